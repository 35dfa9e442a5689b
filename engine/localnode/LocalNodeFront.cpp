// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNodeFront.h"

#include <QMetaObject>

namespace miroir::localnode {

LocalNodeFront::LocalNodeFront(NodeRoutes &routes, QThreadPool &readers, QThreadPool &writers)
    : m_routes(routes), m_readers(readers), m_writers(writers), m_mailbox(std::make_shared<Mailbox>())
{
    m_mailbox->receiver = &m_receiver;
    m_mailbox->deliver = [this](quint64 id, http::Response response) {
        auto waiting = m_waiting.extract(id);
        if (!waiting.empty())
            waiting.mapped().send(std::move(response));
    };
}

LocalNodeFront::~LocalNodeFront()
{
    const std::lock_guard lock(m_mailbox->mutex);
    m_mailbox->receiver = nullptr;
}

void LocalNodeFront::Mailbox::post(quint64 id, http::Response response)
{
    const std::lock_guard lock(mutex);
    if (receiver == nullptr)
        return;
    auto answer = std::make_shared<http::Response>(std::move(response));
    // Run in the front's thread; dropped with the receiver, so `deliver` never meets a front that is gone.
    QMetaObject::invokeMethod(
        receiver, [this, id, answer] { deliver(id, std::move(*answer)); }, Qt::QueuedConnection);
}

void LocalNodeFront::handle(http::Request request, http::Responder responder)
{
    NodeRoutes::Match match = m_routes.find(request);
    if (match.kind != http::RouteKind::Found) {
        responder.send(m_routes.run(request, match));
        return;
    }
    const quint64 id = m_nextId++;
    m_waiting.emplace(id, std::move(responder));
    struct Job {
        http::Request request;
        NodeRoutes::Match match;
    };
    auto job = std::make_shared<Job>(Job {std::move(request), std::move(match)});
    QThreadPool &pool = job->match.target->pool == NodeRoutes::Pool::Write ? m_writers : m_readers;
    pool.start([routes = &m_routes, job, id, mailbox = m_mailbox] {
        http::Response response = routes->run(job->request, job->match);
        job->request.body.clear();
        mailbox->post(id, std::move(response));
    });
}

} // namespace miroir::localnode
