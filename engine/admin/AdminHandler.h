// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "admin/AdminJson.h"
#include "base/Clock.h"
#include "cluster/Control.h"
#include "http/Http.h"
#include "http/Router.h"

#include <QTimer>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace miroir::admin {

struct AdminServices {
    std::shared_ptr<read::ViewHolder> views;
    cluster::Control *control = nullptr; ///< only for its signals and through ControlLink
    QByteArray key; ///< of the admin API; a secret
    bool local = false;
};

/// The admin API (/_miroir/..) of one front thread: what the console, miroir-ctl and scripts use. It has a key of its
/// own. docs/admin-api.md is the contract.
class AdminHandler : public QObject, public http::Handler
{
    Q_OBJECT
public:
    explicit AdminHandler(AdminServices services);
    void handle(http::Request request, http::Responder responder) override;

private:
    struct Exchange {
        http::Request request;
        http::Responder responder;
        std::map<std::string, std::string> parameters; ///< of the query; only those that the route takes
    };
    struct Route {
        void (AdminHandler::*run)(std::shared_ptr<Exchange> exchange) = nullptr;
        std::span<const char *const> parameters; ///< that it takes
    };
    [[nodiscard]] bool authorised(const http::Request &request) const;
    void report(std::function<QByteArray(const Report &)> render, std::function<void(QByteArray)> done);
    void answerReport(const std::shared_ptr<Exchange> &exchange, std::function<QByteArray(const Report &)> render);

    void cluster(std::shared_ptr<Exchange> exchange);
    void nodes(std::shared_ptr<Exchange> exchange);
    void shards(std::shared_ptr<Exchange> exchange);
    void indexes(std::shared_ptr<Exchange> exchange);
    void tasks(std::shared_ptr<Exchange> exchange);
    void events(std::shared_ptr<Exchange> exchange);
    void access(std::shared_ptr<Exchange> exchange);

    void sendCluster();
    void sendTask(const std::shared_ptr<const protocol::TaskRecord> &task);
    void broadcast(const QByteArray &event, const QByteArray &data);

    AdminServices m_services;
    cluster::ControlLink m_link;
    http::Router<Route> m_routes;
    std::vector<std::shared_ptr<http::EventSink>> m_sinks;
    QTimer m_clusterTimer;
    QTimer m_pingTimer;
};

} // namespace miroir::admin
