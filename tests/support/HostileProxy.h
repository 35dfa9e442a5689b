// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/ScriptedServer.h"

#include <QMutex>
#include <QThread>

#include <functional>
#include <memory>

namespace miroir::test {

/// Stands in front of a node, in a thread of its own: hands requests on and answers back, but for searches, fetches and
/// renderings, whose answers the test may replace by anything.
class HostileProxy
{
public:
    /// The bytes to send instead of the node's answer (with head), and whether to hang up after them. Called in the
    /// proxy's thread.
    struct Trick {
        QByteArray bytes;
        bool hangUp = false;
        bool passOn = false; ///< let the node answer
    };
    using Play = std::function<Trick(const SeenRequest &)>;

    explicit HostileProxy(quint16 nodePort)
        : m_nodePort(nodePort)
    {
        m_thread.start();
        QMetaObject::invokeMethod(threadContext(), [this] { listen(); }, Qt::BlockingQueuedConnection);
    }
    ~HostileProxy()
    {
        QMetaObject::invokeMethod(threadContext(), [this] { m_server.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    HostileProxy(const HostileProxy &) = delete;
    HostileProxy &operator=(const HostileProxy &) = delete;

    [[nodiscard]] QUrl url() const { return m_url; }
    /// From now on; an empty function: everything is passed on.
    void play(Play tricks)
    {
        const QMutexLocker lock(&m_mutex);
        m_play = std::move(tricks);
        m_played = 0;
    }
    /// Answers replaced since play().
    [[nodiscard]] int played() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_played;
    }

private:
    QObject *threadContext()
    {
        if (!m_context) {
            m_context = std::make_unique<QObject>();
            m_context->moveToThread(&m_thread);
        }
        return m_context.get();
    }

    void listen()
    {
        m_server = std::make_unique<ScriptedServer>(
            [this](const SeenRequest &request, QTcpSocket *client) { answer(request, client); });
        m_url = m_server->url();
    }

    void answer(const SeenRequest &request, QTcpSocket *client)
    {
        m_server->requests.clear(); // thousands pass by
        Trick trick {{}, false, true};
        if (request.target.contains("/search") || request.target.contains("/documents/fetch")
            || request.target == "/render-template") {
            const QMutexLocker lock(&m_mutex);
            if (m_play) {
                trick = m_play(request);
                m_played += trick.passOn ? 0 : 1;
            }
        }
        if (trick.passOn) {
            passOn(request, client);
            return;
        }
        client->write(trick.bytes);
        if (trick.hangUp)
            client->disconnectFromHost();
    }

    void passOn(const SeenRequest &request, QTcpSocket *client)
    {
        auto *node = new QTcpSocket(client);
        QObject::connect(node, &QTcpSocket::readyRead, client, [node, client] {
            if (client->isOpen()) // an answer that came too late
                client->write(node->readAll());
        });
        QObject::connect(node, &QTcpSocket::disconnected, client, [node, client] {
            if (client->isOpen()) {
                client->write(node->readAll());
                client->disconnectFromHost();
            }
            node->deleteLater();
        });
        node->connectToHost(QHostAddress::LocalHost, m_nodePort);
        QByteArray head = request.head;
        node->write(head + "\r\n" + request.body);
        QObject::connect(client, &QTcpSocket::disconnected, node, &QTcpSocket::disconnectFromHost);
    }

    quint16 m_nodePort;
    QThread m_thread;
    std::unique_ptr<QObject> m_context;
    std::unique_ptr<ScriptedServer> m_server;
    QUrl m_url;
    mutable QMutex m_mutex;
    Play m_play;
    int m_played = 0;
};

} // namespace miroir::test
