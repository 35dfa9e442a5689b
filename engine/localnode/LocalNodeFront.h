// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/Http.h"
#include "localnode/NodeRoutes.h"

#include <QObject>
#include <QThreadPool>

#include <map>
#include <memory>
#include <mutex>

namespace miroir::localnode {

/// What one front thread does with a request: hands it to a pool and sends the answer when it comes back. Responders
/// stay in the front's thread, as they must.
class LocalNodeFront final : public http::Handler
{
public:
    LocalNodeFront(NodeRoutes &routes, QThreadPool &readers, QThreadPool &writers);
    ~LocalNodeFront() override;

    void handle(http::Request request, http::Responder responder) override;

private:
    /// Where the pools put answers; outlives the front as long as one of them holds it.
    struct Mailbox {
        std::mutex mutex;
        QObject *receiver = nullptr; ///< null once the front is gone
        std::function<void(quint64, http::Response)> deliver;
        void post(quint64 id, http::Response response);
    };

    NodeRoutes &m_routes;
    QThreadPool &m_readers;
    QThreadPool &m_writers;
    QObject m_receiver; // lives in the front's thread
    std::shared_ptr<Mailbox> m_mailbox;
    std::map<quint64, http::Responder> m_waiting;
    quint64 m_nextId = 0;
};

} // namespace miroir::localnode
