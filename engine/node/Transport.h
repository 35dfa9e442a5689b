// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QUrl>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace miroir::node {

/// One HTTP request to a node.
struct Call
{
    QByteArray method {}; ///< GET, POST, PUT, PATCH, DELETE
    QByteArray target {}; ///< path and query, encoded
    QByteArray body {};
    QByteArray contentType {}; ///< empty: application/json when there is a body
    QByteArray key {}; ///< bearer key of the node; empty: no Authorization field
    int deadlineMs = 5000; ///< from now until the last byte of the answer, waiting for a free
                           ///< connection included
};

/// What became of a Call.
struct Answer
{
    enum class Outcome : std::uint8_t {
        Answered, ///< the node answered; status and body are its own, whatever the status
        Refused, ///< no connection: the node has certainly not seen the request
        Lost, ///< the connection broke: the node may or may not have acted on it
        TimedOut, ///< the deadline passed: may or may not
        TooLarge, ///< the answer went over limits::nodeAnswerBytes
        Cancelled,
    };
    Outcome outcome = Outcome::Lost;
    int status = 0;
    QByteArray contentType {};
    QByteArray body {};
    int elapsedMs = 0;
    std::string failure {}; ///< for people, when not Answered; no secret in it
    bool unsent = false; ///< not Answered, and the node has certainly not seen the whole request:
                         ///< safe to send again

    [[nodiscard]] bool answered() const { return outcome == Outcome::Answered; }
    [[nodiscard]] bool success() const { return answered() && status >= 200 && status < 300; }
};

using CallId = std::uint64_t;

/// Ways to send calls; the difference is described in docs/transport.md.
enum class TransportKind : std::uint8_t {
    Pooled, ///< own keep-alive pool over QTcpSocket
    Qnam, ///< QNetworkAccessManager
};
inline constexpr TransportKind defaultTransport = TransportKind::Pooled;

/// Sends calls to nodes. Lives in one thread: calls are made and answered there. A call is sent at
/// most once: nothing is repeated behind the caller's back. Redirects are not followed, proxies not
/// used, cookies not kept.
class Transport : public QObject
{
    Q_OBJECT
public:
    using Callback = std::function<void(Answer)>;
    using QObject::QObject;
    /// base: scheme, host and port of the node. The callback runs exactly once, later, from the
    /// event loop, unless context is destroyed before (then never).
    virtual CallId send(const QUrl &base, Call call, QObject *context, Callback callback) = 0;
    /// The callback runs soon with Outcome::Cancelled; an unknown or finished id is ignored.
    virtual void cancel(CallId id) = 0;
};

/// A transport for the calling thread. Destroying it drops its calls without running their
/// callbacks; do that from the event loop (deleteLater), not from inside a callback.
std::unique_ptr<Transport> makeTransport(TransportKind kind = defaultTransport);

} // namespace miroir::node
