// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/FrontGroup.h"

#include "base/Assert.h"
#include "http/FrontServer.h"
#include "http/ListenSocket.h"

#include <QThread>

#include <future>

namespace miroir::http {

/// One front thread. Its handler and server live on the stack of run(), so both are made and destroyed in it.
class FrontGroup::Thread final : public QThread
{
public:
    Thread(const HandlerFactory &factory, qintptr descriptor, Options options, std::shared_ptr<SharedCounters> counters)
        : m_factory(factory), m_descriptor(descriptor), m_options(std::move(options)), m_counters(std::move(counters))
    {
    }

    /// Blocks until the front accepts connections or has failed to.
    Result<quint16> launch()
    {
        std::future<Result<quint16>> started = m_started.get_future();
        start();
        return started.get();
    }
    /// Asks the front to stop; the thread ends when it has.
    void requestStop()
    {
        if (m_server != nullptr)
            QMetaObject::invokeMethod(m_server, [server = m_server] { server->stop(); }, Qt::QueuedConnection);
    }

protected:
    void run() override
    {
        const std::unique_ptr<Handler> handler = m_factory();
        MIROIR_ASSERT(handler != nullptr);
        FrontServer server(*handler, std::move(m_options), m_counters);
        QObject::connect(&server, &FrontServer::stopped, &server, [this] { quit(); });
        const Result<quint16> port = server.adopt(m_descriptor);
        if (port)
            m_server = &server;
        m_started.set_value(port);
        if (port)
            exec();
    }

private:
    const HandlerFactory &m_factory;
    qintptr m_descriptor;
    Options m_options;
    std::shared_ptr<SharedCounters> m_counters;
    std::promise<Result<quint16>> m_started;
    FrontServer *m_server = nullptr; // set before m_started; valid until the thread ends, which only a stop makes it do
};

FrontGroup::FrontGroup(HandlerFactory factory) : m_factory(std::move(factory)) { }

FrontGroup::~FrontGroup()
{
    stop();
}

Result<quint16> FrontGroup::start(const QHostAddress &address, quint16 port, int threads, Options options)
{
    MIROIR_ASSERT(!running() && threads >= 1);
    allowDescriptors(options.connections);
    const Result<Listeners> listeners = openListeners(address, port, threads);
    if (!listeners)
        return listeners.err();
    m_counters = std::make_shared<SharedCounters>();
    Result<quint16> outcome = listeners->port;
    for (const qintptr descriptor : listeners->descriptors) {
        if (!outcome) {
            closeDescriptor(descriptor);
            continue;
        }
        auto thread = std::make_unique<Thread>(m_factory, descriptor, options, m_counters);
        thread->setObjectName(QStringLiteral("miroir-front-%1").arg(m_threads.size()));
        outcome = thread->launch();
        m_threads.push_back(std::move(thread));
    }
    if (outcome)
        m_port = listeners->port;
    else
        stop();
    return outcome;
}

void FrontGroup::stop()
{
    for (const auto &thread : m_threads)
        thread->requestStop();
    for (const auto &thread : m_threads)
        thread->wait();
    m_threads.clear();
    m_counters.reset();
    m_port = 0;
}

int FrontGroup::connectionCount() const
{
    return m_counters ? m_counters->connections.load() : 0;
}

} // namespace miroir::http
