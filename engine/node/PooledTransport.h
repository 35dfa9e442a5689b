// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Limits.h"
#include "node/DeadlineQueue.h"
#include "node/Transport.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

class QTcpSocket;

namespace miroir::node {

struct PoolOptions
{
    int connectionsPerHost = 64; ///< busy and idle; further calls wait, their deadline running
    int waitingPerHost = 4096; ///< beyond it a call is answered Refused
    int idleTimeoutMs = 20'000; ///< an unused connection is closed after this time
    std::size_t answerBytes = limits::nodeAnswerBytes;
};

/// Keep-alive connections over QTcpSocket (QSslSocket for https), one request at a time on each. A
/// request is written to one connection and never again: when that connection breaks the call is
/// Lost. A kept connection is looked at (MSG_PEEK) right before it is used, so that one that the
/// node has closed meanwhile costs nothing.
class PooledTransport final : public Transport
{
    Q_OBJECT
public:
    explicit PooledTransport(PoolOptions options = {}, QObject *parent = nullptr);
    ~PooledTransport() override;
    CallId send(const QUrl &base, Call call, QObject *context, Callback callback) override;
    void cancel(CallId id) override;

    [[nodiscard]] int openConnections() const; ///< over all hosts, busy and idle

private:
    struct Host;
    struct Connection;
    struct Pending;

    Host &hostFor(const QUrl &base);
    void dispatch(Host &host);
    void assign(Connection &connection, CallId id);
    void open(Host &host, CallId id);
    void connectSignals(Connection &connection);
    void ready(Connection &connection);
    void writeRequest(Connection &connection);
    void readable(Connection &connection);
    void closed(Connection &connection, const std::string &reason);
    void answered(Connection &connection);
    void release(Connection &connection);
    void drop(Connection &connection);
    void expire(CallId id);
    void abandon(CallId id, Answer::Outcome outcome, std::string failure);
    void finish(CallId id, Answer answer);
    void finishLater(CallId id, Answer answer);
    void sweepIdle();
    static bool stillOpen(const Connection &connection);

    PoolOptions m_options;
    CallId m_lastId = 0;
    bool m_insideCall = false; ///< in send() or cancel()
    std::map<std::string, std::unique_ptr<Host>, std::less<>> m_hosts; ///< by scheme://host:port
    std::unordered_map<CallId, std::unique_ptr<Pending>> m_calls;
    DeadlineQueue m_deadlines;
    QTimer m_sweep;
};

} // namespace miroir::node
