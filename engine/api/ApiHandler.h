// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "api/Exchange.h"


namespace miroir::api {

/// The Meilisearch API of one front thread: finds the route, checks the key, runs it.
class ApiHandler : public QObject, public http::Handler
{
    Q_OBJECT
public:
    ApiHandler(Services services, std::unique_ptr<node::Transport> transport);
    void handle(http::Request request, http::Responder responder) override;

private:
    Services m_services;
    std::unique_ptr<node::Transport> m_transport;
    FrontContext m_front {m_services, nullptr, nullptr};
    Routes m_routes;
};

} // namespace miroir::api
