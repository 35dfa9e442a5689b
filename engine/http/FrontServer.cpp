// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/FrontServer.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "http/Connection.h"
#include "http/FrontCore.h"
#include "http/ListenSocket.h"
#include "http/QtBridge.h"

#include <QTcpServer>
#include <QTimer>

#include <algorithm>

namespace miroir::http {

namespace {

/// Connections beyond the limit that are still told so; further ones are closed without a word.
constexpr int refusedConnectionsMax = 64;
constexpr int acceptPauseMs = 100;
constexpr int sweepMsMin = 10;
constexpr int sweepMsMax = 500;

/// Often enough that no deadline is missed by more than an eighth.
int sweepMs(const Options &options)
{
    const int shortest = std::min({options.headTimeoutMs, options.bodyGraceMs, options.idleTimeoutMs,
                                   options.slowReaderTimeoutMs, options.lingerMs, options.eventPingMs});
    return std::clamp(shortest / 8, sweepMsMin, sweepMsMax);
}

/// The listening socket that QtHttpServer is bound to. It never sees the descriptors of clients, only feed sockets.
class GuardedServer final : public QTcpServer
{
public:
    explicit GuardedServer(std::function<FeedSocket *(qintptr)> accept) : m_accept(std::move(accept)) { }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        if (FeedSocket *feed = m_accept(descriptor))
            addPendingConnection(feed);
    }

private:
    std::function<FeedSocket *(qintptr)> m_accept;
};

} // namespace

class FrontServer::Private
{
public:
    Private(FrontServer &owner, Handler &handler, Options options, std::shared_ptr<SharedCounters> counters);
    ~Private();

    Result<quint16> adopt(qintptr descriptor);
    void stop();

    FrontCore core;

private:
    FeedSocket *accept(qintptr descriptor);
    QTcpSocket *makeSocket(qintptr descriptor);
    void sweep();
    void connectionEnded();
    void cutAll();

    FrontServer &m_owner;
    QObject m_context; // for posted work and as the parent of connections; gone with the front
    QtBridge m_bridge;
    GuardedServer *m_listener = nullptr; // owned by the bridge
    QTimer m_sweepTimer;
    QTimer m_stopTimer;
    ConnectionId m_nextId = 1;
    int m_refused = 0; // connections beyond the limit that are being told so
    bool m_stoppedTold = false;
};

FrontServer::Private::Private(FrontServer &owner, Handler &handler, Options options,
                              std::shared_ptr<SharedCounters> counters)
    : core(handler, std::move(options), std::move(counters), std::make_shared<FrontLink>(&m_context)), m_owner(owner)
{
    if (!core.counters)
        core.counters = std::make_shared<SharedCounters>();
    core.link->attach(&core);
    core.connectionEnded = [this] { connectionEnded(); };
    QObject::connect(&m_sweepTimer, &QTimer::timeout, &m_context, [this] { sweep(); });
    m_stopTimer.setSingleShot(true);
    QObject::connect(&m_stopTimer, &QTimer::timeout, &m_context, [this] { cutAll(); });
}

FrontServer::Private::~Private()
{
    core.link->detach();
    core.connectionEnded = [] {};
    const auto connections = core.connections; // each takes itself out of the original
    for (const auto &[id, connection] : connections)
        delete connection;
}

Result<quint16> FrontServer::Private::adopt(qintptr descriptor)
{
    MIROIR_ASSERT(m_listener == nullptr);
    m_listener = new GuardedServer([this](qintptr client) { return accept(client); });
    if (!m_listener->setSocketDescriptor(descriptor)) {
        const std::string reason = toStd(m_listener->errorString());
        delete std::exchange(m_listener, nullptr);
        closeDescriptor(descriptor);
        return fail("the listening socket cannot be used: " + reason);
    }
    // Qt stops accepting for good when descriptors run out for a moment.
    QObject::connect(m_listener, &QTcpServer::acceptError, &m_context, [this] {
        QTimer::singleShot(acceptPauseMs, m_listener, [this] { m_listener->resumeAccepting(); });
    });
    m_bridge.bind(m_listener);
    return m_listener->serverPort();
}

FeedSocket *FrontServer::Private::accept(qintptr descriptor)
{
    const bool full = core.counters->connections.fetch_add(1) >= core.options.connections;
    if (full)
        core.counters->connections.fetch_sub(1);
    QTcpSocket *socket = nullptr;
    if (full && m_refused >= refusedConnectionsMax)
        closeDescriptor(descriptor);
    else
        socket = makeSocket(descriptor);
    if (socket == nullptr) {
        if (!full)
            core.counters->connections.fetch_sub(1);
        return nullptr;
    }
    auto *connection = new Connection(core, m_nextId++, socket, !full, &m_context);
    if (!m_sweepTimer.isActive())
        m_sweepTimer.start(sweepMs(core.options));
    if (!full)
        return connection->feed();
    ++m_refused;
    QObject::connect(connection, &QObject::destroyed, &m_context, [this] { --m_refused; });
    connection->refuse(overloaded("Too many connections are open. Try again later."));
    return nullptr;
}

QTcpSocket *FrontServer::Private::makeSocket(qintptr descriptor)
{
    QTcpSocket *socket = nullptr;
    if (core.options.socketFactory) {
        socket = core.options.socketFactory(descriptor, &m_context);
    } else {
        socket = new QTcpSocket(&m_context);
        if (!socket->setSocketDescriptor(descriptor)) {
            closeDescriptor(descriptor);
            delete std::exchange(socket, nullptr);
        }
    }
    // A client that has reset the connection before it was accepted has no address any more.
    if (socket != nullptr && socket->peerAddress().isNull())
        delete std::exchange(socket, nullptr);
    return socket;
}

void FrontServer::Private::sweep()
{
    const std::int64_t nowMs = FrontCore::nowMs();
    std::vector<ConnectionId> ids;
    ids.reserve(core.connections.size());
    for (const auto &[id, connection] : core.connections)
        ids.push_back(id);
    // By id, because a check may end its connection and, through a handler, others.
    for (const ConnectionId id : ids) {
        if (Connection *connection = core.find(id))
            connection->checkDeadlines(nowMs);
    }
}

void FrontServer::Private::connectionEnded()
{
    if (!core.connections.empty())
        return;
    m_sweepTimer.stop();
    if (core.stopping && !std::exchange(m_stoppedTold, true)) {
        m_stopTimer.stop();
        QMetaObject::invokeMethod(&m_owner, [this] { Q_EMIT m_owner.stopped(); }, Qt::QueuedConnection);
    }
}

void FrontServer::Private::stop()
{
    if (std::exchange(core.stopping, true))
        return;
    if (m_listener != nullptr)
        m_listener->close();
    const auto connections = core.connections;
    for (const auto &[id, connection] : connections) {
        if (core.find(id) != nullptr)
            connection->stop();
    }
    m_stopTimer.start(core.options.stopTimeoutMs);
    connectionEnded();
}

void FrontServer::Private::cutAll()
{
    const auto connections = core.connections;
    for (const auto &[id, connection] : connections) {
        if (core.find(id) != nullptr)
            connection->cut();
    }
}

FrontServer::FrontServer(Handler &handler, Options options, std::shared_ptr<SharedCounters> counters)
    : m_d(std::make_unique<Private>(*this, handler, std::move(options), std::move(counters)))
{
}

FrontServer::~FrontServer() = default;

Result<quint16> FrontServer::listen(const QHostAddress &address, quint16 port)
{
    const Result<Listeners> listeners = openListeners(address, port, 1);
    return listeners ? m_d->adopt(listeners->descriptors.front()) : listeners.err();
}

Result<quint16> FrontServer::adopt(qintptr listeningDescriptor)
{
    return m_d->adopt(listeningDescriptor);
}

void FrontServer::stop()
{
    m_d->stop();
}

int FrontServer::connectionCount() const
{
    return static_cast<int>(m_d->core.connections.size());
}

} // namespace miroir::http
