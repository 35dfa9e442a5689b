// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "http/Http.h"
#include "http/Options.h"

#include <QHostAddress>

#include <functional>
#include <memory>
#include <vector>

namespace miroir::http {

/// The HTTP server as a program uses it: several threads, each with an event loop, a listening socket of its own on the
/// same port (SO_REUSEPORT: the kernel spreads the connections) and a handler of its own.
///
/// start() and stop() belong to the thread that made the group; both block. Handlers are made, called and destroyed in
/// their own thread. The application object must live from before start() until after stop().
class FrontGroup
{
public:
    using HandlerFactory = std::function<std::unique_ptr<Handler>()>;

    /// The factory is called once in each front thread, before the first connection is accepted there.
    explicit FrontGroup(HandlerFactory factory);
    ~FrontGroup(); ///< stops
    FrontGroup(const FrontGroup &) = delete;
    FrontGroup &operator=(const FrontGroup &) = delete;

    /// Port 0 takes a free one. Gives the port; after a failure nothing runs. A port on which somebody listens
    /// already is refused, although SO_REUSEPORT would share it.
    Result<quint16> start(const QHostAddress &address, quint16 port, int threads, Options options = {});
    /// Ends running requests (for options.stopTimeoutMs at most) and joins the threads. Does nothing when not started.
    void stop();

    [[nodiscard]] bool running() const { return !m_threads.empty(); }
    [[nodiscard]] quint16 port() const { return m_port; } ///< 0 when not running
    [[nodiscard]] int connectionCount() const; ///< of all threads

private:
    class Thread;
    HandlerFactory m_factory;
    std::shared_ptr<struct SharedCounters> m_counters;
    std::vector<std::unique_ptr<Thread>> m_threads;
    quint16 m_port = 0;
};

} // namespace miroir::http
