// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/PooledTransport.h"

#include "base/Assert.h"
#include "node/AnswerParser.h"
#include "node/CallRules.h"

#include <QNetworkProxy>
#include <QPointer>
#include <QScopedValueRollback>
#include <QSslSocket>
#include <QTcpSocket>

#include <algorithm>
#include <array>
#include <vector>

#include <cerrno>
#include <sys/socket.h>

namespace miroir::node {

namespace {

constexpr qsizetype smallBodyBytes
    = 16 * 1024; ///< written together with the head, in one packet where it fits
constexpr std::size_t readBytes = 64 * 1024;
constexpr int sweepMs = 5000;

} // namespace

struct PooledTransport::Connection
{
    explicit Connection(Host &owner, std::size_t answerBytes)
        : host(owner)
        , parser(answerBytes)
    {
    }
    Host &host;
    QTcpSocket *socket = nullptr;
    AnswerParser parser;
    CallId call = 0; ///< 0: idle
    bool ready = false; ///< connected, and for https encrypted
    std::int64_t idleSinceMs = 0;
};

struct PooledTransport::Host
{
    QString name;
    quint16 port = 0;
    bool tls = false;
    QByteArray field; ///< of the Host header
    std::string label;
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<Connection *> idle; ///< the last used one at the end: it is taken first
    std::deque<CallId> waiting;
    bool dispatching = false;
};

struct PooledTransport::Pending
{
    Host *host = nullptr;
    Connection *connection = nullptr;
    Call call;
    QPointer<QObject> context;
    bool hasContext = false;
    Callback callback;
    std::int64_t startMs = 0;
    std::int64_t dueMs = 0;

    [[nodiscard]] bool wanted() const { return !hasContext || context; }
};

PooledTransport::PooledTransport(PoolOptions options, QObject *parent)
    : Transport(parent)
    , m_options(options)
    , m_deadlines([this](CallId id) { expire(id); }, this)
    , m_sweep(this)
{
    m_sweep.setInterval(std::clamp(m_options.idleTimeoutMs / 2, 10, sweepMs));
    connect(&m_sweep, &QTimer::timeout, this, &PooledTransport::sweepIdle);
}

PooledTransport::~PooledTransport()
{
    for (auto &[key, host] : m_hosts) {
        for (auto &connection : host->connections)
            connection->socket->disconnect(this);
    }
}

CallId PooledTransport::send(const QUrl &base, Call call, QObject *context, Callback callback)
{
    const QScopedValueRollback<bool> inside(m_insideCall, true);
    const CallId id = ++m_lastId;
    auto pending = std::make_unique<Pending>();
    pending->context = context;
    pending->hasContext = context != nullptr;
    pending->callback = std::move(callback);
    pending->startMs = DeadlineQueue::nowMs();
    pending->dueMs = pending->startMs + std::max(call.deadlineMs, 0);
    pending->call = std::move(call);
    Pending &kept = *m_calls.emplace(id, std::move(pending)).first->second;

    std::string problem = callProblem(base, kept.call);
    if (problem.empty()) {
        kept.host = &hostFor(base);
        if (kept.host->waiting.size()
            >= static_cast<std::size_t>(std::max(m_options.waitingPerHost, 0)))
            problem = "too many calls wait for " + kept.host->label;
    }
    m_deadlines.add(id, kept.dueMs);
    if (!problem.empty()) {
        finishLater(id,
            {.outcome = Answer::Outcome::Refused, .failure = std::move(problem), .unsent = true});
        return id;
    }
    kept.host->waiting.push_back(id);
    dispatch(*kept.host);
    return id;
}

void PooledTransport::cancel(CallId id)
{
    const QScopedValueRollback<bool> inside(m_insideCall, true);
    abandon(id, Answer::Outcome::Cancelled, "the call was cancelled");
}

int PooledTransport::openConnections() const
{
    std::size_t count = 0;
    for (const auto &[key, host] : m_hosts)
        count += host->connections.size();
    return static_cast<int>(count);
}

PooledTransport::Host &PooledTransport::hostFor(const QUrl &base)
{
    const bool tls = base.scheme() == QLatin1String("https");
    const QByteArray name = base.host(QUrl::FullyEncoded).toLatin1();
    const int port = base.port(defaultPort(tls));
    const QByteArray field
        = (name.contains(':') ? '[' + name + ']' : name) + ':' + QByteArray::number(port);
    const std::string key = (tls ? "https://" : "http://") + field.toStdString();
    const auto found = m_hosts.find(key);
    if (found != m_hosts.end())
        return *found->second;
    auto host = std::make_unique<Host>();
    host->name = QString::fromLatin1(name);
    host->port = static_cast<quint16>(port);
    host->tls = tls;
    host->field = field;
    host->label = key;
    return *m_hosts.emplace(key, std::move(host)).first->second;
}

void PooledTransport::dispatch(Host &host)
{
    // Connecting over loopback can fail at once and lead back to here; the outer loop goes on then.
    if (host.dispatching)
        return;
    const QScopedValueRollback<bool> guard(host.dispatching, true);
    while (!host.waiting.empty()) {
        while (!host.idle.empty() && !stillOpen(*host.idle.back()))
            drop(*host.idle.back());
        const bool mayOpen = host.connections.size()
            < static_cast<std::size_t>(std::max(m_options.connectionsPerHost, 1));
        if (host.idle.empty() && !mayOpen)
            return;
        const CallId id = host.waiting.front();
        host.waiting.pop_front();
        if (host.idle.empty()) {
            open(host, id);
            continue;
        }
        Connection &connection = *host.idle.back();
        host.idle.pop_back();
        assign(connection, id);
        writeRequest(connection);
    }
}

void PooledTransport::assign(Connection &connection, CallId id)
{
    connection.call = id;
    connection.parser.reset();
    m_calls.at(id)->connection = &connection;
}

void PooledTransport::open(Host &host, CallId id)
{
    auto owned = std::make_unique<Connection>(host, m_options.answerBytes);
    Connection &connection = *owned;
    connection.socket = host.tls ? new QSslSocket(this) : new QTcpSocket(this);
    connection.socket->setProxy(QNetworkProxy::NoProxy);
    host.connections.push_back(std::move(owned));
    assign(connection, id);
    connectSignals(connection);
    if (!m_sweep.isActive())
        m_sweep.start();
    if (auto *secure = qobject_cast<QSslSocket *>(connection.socket))
        secure->connectToHostEncrypted(host.name, host.port);
    else
        connection.socket->connectToHost(host.name, host.port);
}

void PooledTransport::connectSignals(Connection &connection)
{
    QTcpSocket *socket = connection.socket;
    Connection *raw = &connection;
    if (auto *secure = qobject_cast<QSslSocket *>(socket))
        connect(secure, &QSslSocket::encrypted, this, [this, raw] { ready(*raw); });
    else
        connect(socket, &QTcpSocket::connected, this, [this, raw] { ready(*raw); });
    connect(socket, &QTcpSocket::readyRead, this, [this, raw] { readable(*raw); });
    connect(socket, &QTcpSocket::errorOccurred, this,
        [this, raw] { closed(*raw, raw->socket->errorString().toStdString()); });
    connect(socket, &QTcpSocket::disconnected, this,
        [this, raw] { closed(*raw, "the connection was closed"); });
}

void PooledTransport::ready(Connection &connection)
{
    connection.ready = true;
    connection.socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    writeRequest(connection);
}

void PooledTransport::writeRequest(Connection &connection)
{
    Call &call = m_calls.at(connection.call)->call;
    QByteArray head;
    head.reserve(256 + call.target.size() + call.key.size()
        + (call.body.size() <= smallBodyBytes ? call.body.size() : 0));
    head += call.method + ' ' + call.target + " HTTP/1.1\r\nHost: " + connection.host.field
        + "\r\nUser-Agent: Miroir\r\n";
    if (!call.key.isEmpty())
        head += "Authorization: Bearer " + call.key + "\r\n";
    if (!call.body.isEmpty())
        head += "Content-Type: "
            + (call.contentType.isEmpty() ? QByteArrayLiteral("application/json")
                                          : call.contentType)
            + "\r\n";
    if (!call.body.isEmpty() || methodHasBody(call.method))
        head += "Content-Length: " + QByteArray::number(call.body.size()) + "\r\n";
    head += "\r\n";
    if (call.body.size() <= smallBodyBytes) {
        head += call.body;
        connection.socket->write(head);
    } else {
        connection.socket->write(head);
        connection.socket->write(call.body); // shared with the socket's buffer, not copied
    }
    call.body.clear();
    connection.socket->flush(); // now, and not after another turn of the event loop
}

void PooledTransport::readable(Connection &connection)
{
    if (connection.call == 0) {
        drop(connection); // bytes that nobody asked for
        return;
    }
    std::array<char, readBytes> buffer;
    while (connection.socket->bytesAvailable() > 0) {
        const qint64 got
            = connection.socket->read(buffer.data(), static_cast<qint64>(buffer.size()));
        if (got <= 0)
            break;
        const auto size = static_cast<std::size_t>(got);
        const std::size_t used = connection.parser.feed({buffer.data(), size});
        if (connection.parser.done() || connection.parser.broken()) {
            // Anything behind the answer was not asked for: the connection is not to be trusted any
            // more.
            connection.ready
                = connection.ready && used == size && connection.socket->bytesAvailable() == 0;
            answered(connection);
            return;
        }
    }
}

void PooledTransport::closed(Connection &connection, const std::string &reason)
{
    if (connection.call == 0) {
        drop(connection);
        return;
    }
    const CallId id = connection.call;
    Host &host = connection.host;
    if (!connection.ready) {
        drop(connection);
        dispatch(host);
        finish(id,
            {.outcome = Answer::Outcome::Refused,
                .failure = "no connection to " + host.label + ": " + reason,
                .unsent = true});
        return;
    }
    const bool unsent = connection.socket->bytesToWrite() > 0;
    readable(connection);
    if (!m_calls.contains(id))
        return; // the last bytes ended the answer
    connection.parser.end();
    if (connection.parser.done()) {
        answered(connection);
        return;
    }
    const std::string broke = connection.parser.reason();
    drop(connection);
    dispatch(host);
    finish(id,
        {.outcome = Answer::Outcome::Lost, .failure = host.label + ": " + broke, .unsent = unsent});
}

void PooledTransport::answered(Connection &connection)
{
    const CallId id = connection.call;
    Host &host = connection.host;
    AnswerParser &parser = connection.parser;
    Answer answer;
    if (parser.broken()) {
        const bool large = parser.fault() == AnswerParser::Fault::TooLarge;
        answer.outcome = large ? Answer::Outcome::TooLarge : Answer::Outcome::Lost;
        answer.failure = host.label + ": " + parser.reason();
    } else {
        answer.outcome = Answer::Outcome::Answered;
        answer.status = parser.status();
        answer.contentType = parser.contentType();
        answer.body = parser.takeBody();
    }
    release(connection);
    dispatch(host);
    finish(id, std::move(answer));
}

void PooledTransport::release(Connection &connection)
{
    // An answer that came before the request was written leaves the rest of the request in the way.
    const bool reusable = connection.ready && connection.parser.done()
        && connection.parser.keepAlive() && connection.socket->bytesToWrite() == 0
        && connection.socket->state() == QAbstractSocket::ConnectedState;
    if (!reusable) {
        drop(connection);
        return;
    }
    connection.call = 0;
    connection.idleSinceMs = DeadlineQueue::nowMs();
    connection.host.idle.push_back(&connection);
}

void PooledTransport::drop(Connection &connection)
{
    connection.socket->disconnect(this);
    connection.socket->abort();
    connection.socket->deleteLater();
    Host &host = connection.host;
    std::erase(host.idle, &connection);
    std::erase_if(
        host.connections, [&connection](const auto &owned) { return owned.get() == &connection; });
}

void PooledTransport::expire(CallId id)
{
    abandon(id, Answer::Outcome::TimedOut, "no answer in time");
}

void PooledTransport::abandon(CallId id, Answer::Outcome outcome, std::string failure)
{
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
        return;
    Pending &pending = *found->second;
    Answer answer {.outcome = outcome, .failure = std::move(failure), .unsent = true};
    Host *host = pending.host;
    if (host != nullptr)
        answer.failure = host->label + ": " + answer.failure;
    if (Connection *connection = pending.connection) {
        // Nothing but closing the connection tells a node that nobody waits any more.
        answer.unsent = !connection->ready || connection->socket->bytesToWrite() > 0;
        drop(*connection);
    } else if (host != nullptr) {
        std::erase(host->waiting, id);
    }
    finishLater(id, std::move(answer));
    if (host != nullptr)
        dispatch(*host);
}

void PooledTransport::finish(CallId id, Answer answer)
{
    if (m_insideCall) {
        // The caller of send() or cancel() does not expect a callback before it has returned.
        finishLater(id, std::move(answer));
        return;
    }
    const auto node = m_calls.extract(id);
    MIROIR_ASSERT(!node.empty());
    const Pending &pending = *node.mapped();
    m_deadlines.remove(id, pending.dueMs);
    answer.elapsedMs = static_cast<int>(DeadlineQueue::nowMs() - pending.startMs);
    if (pending.wanted())
        pending.callback(std::move(answer)); // last: it may send further calls
}

void PooledTransport::finishLater(CallId id, Answer answer)
{
    auto node = m_calls.extract(id);
    MIROIR_ASSERT(!node.empty());
    const std::shared_ptr<Pending> pending = std::move(node.mapped());
    m_deadlines.remove(id, pending->dueMs);
    answer.elapsedMs = static_cast<int>(DeadlineQueue::nowMs() - pending->startMs);
    QMetaObject::invokeMethod(
        this,
        [pending, answer = std::move(answer)] {
            if (pending->wanted())
                pending->callback(answer);
        },
        Qt::QueuedConnection);
}

void PooledTransport::sweepIdle()
{
    const std::int64_t oldest = DeadlineQueue::nowMs() - m_options.idleTimeoutMs;
    for (auto &[key, host] : m_hosts) {
        const std::vector<Connection *> idle = host->idle;
        for (Connection *connection : idle) {
            if (connection->idleSinceMs <= oldest)
                drop(*connection);
        }
    }
    std::erase_if(m_hosts, [](const auto &entry) {
        return entry.second->connections.empty() && entry.second->waiting.empty();
    });
    if (m_hosts.empty())
        m_sweep.stop();
}

bool PooledTransport::stillOpen(const Connection &connection)
{
    if (connection.socket->state() != QAbstractSocket::ConnectedState
        || connection.socket->bytesAvailable() > 0)
        return false;
    char byte = 0;
    const auto descriptor = static_cast<int>(connection.socket->socketDescriptor());
    const auto got = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace miroir::node
