// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "http/Http.h"
#include "http/Options.h"

#include <QHostAddress>
#include <QObject>

#include <atomic>
#include <cstddef>
#include <memory>

namespace miroir::http {

/// What the fronts of one group count together. Thread-safe.
struct SharedCounters {
    std::atomic<int> connections {0};
    std::atomic<std::size_t> bodyBytes {0};
};

/// One listening socket with all its connections, in one thread: the guard that examines every byte, QtHttpServer
/// behind it, and the handler behind that. Use it alone where one thread is enough, else through FrontGroup.
///
/// Everything happens in the thread that made it, which must run an event loop. The handler must outlive it.
class FrontServer : public QObject
{
    Q_OBJECT
public:
    FrontServer(Handler &handler, Options options, std::shared_ptr<SharedCounters> counters = {});
    /// Connections are cut; responders that are still held stay harmless.
    ~FrontServer() override;
    FrontServer(const FrontServer &) = delete;
    FrontServer &operator=(const FrontServer &) = delete;

    /// Opens a listening socket of its own; port 0 takes a free one. Gives the port.
    Result<quint16> listen(const QHostAddress &address, quint16 port);
    /// Takes a listening descriptor (of FrontGroup, or one that systemd passed) and owns it from then on.
    Result<quint16> adopt(qintptr listeningDescriptor);

    /// Accepts no more, closes idle connections and event streams, lets running requests end for stopTimeoutMs, then
    /// cuts the rest. Emits stopped() once, later.
    void stop();
    [[nodiscard]] int connectionCount() const;

Q_SIGNALS:
    void stopped();

private:
    class Private;
    std::unique_ptr<Private> m_d;
};

} // namespace miroir::http
