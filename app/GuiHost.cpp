// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "GuiHost.h"

#include "Engine.h"
#include "base/Bytes.h"

#include <QCoreApplication>

namespace miroir {

GuiHost::GuiHost(Config config, std::optional<Endpoint> connectTo)
    : m_config(std::move(config)), m_connectTo(std::move(connectTo))
{
    m_thread.setObjectName(QStringLiteral("engine"));
}

GuiHost::~GuiHost()
{
    stopLocal();
    m_thread.quit();
    m_thread.wait();
}

void GuiHost::finish(const QString &error, Endpoint endpoint)
{
    // from the engine's thread to the window's
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [this, error, endpoint = std::move(endpoint)] {
            if (const Started started = std::exchange(m_started, {}))
                started(error, endpoint);
        },
        Qt::QueuedConnection);
}

void GuiHost::startLocal(Progress progress, Started started)
{
    m_started = std::move(started);
    if (!m_thread.isRunning())
        m_thread.start();
    auto *runner = new QObject;
    runner->moveToThread(&m_thread);
    QMetaObject::invokeMethod(runner, [this, runner, progress] {
        runner->deleteLater();
        const auto endpoint = [this] {
            return Endpoint {m_engine->url(), m_engine->adminKey(), tr("Local cluster"), true};
        };
        if (m_engine && m_engine->running()) {
            finish({}, endpoint());
            return;
        }
        m_engine = std::make_unique<Engine>(m_config);
        connect(m_engine.get(), &Engine::progress, QCoreApplication::instance(), [progress](const QString &sentence) {
            if (progress)
                progress(sentence);
        });
        connect(m_engine.get(), &Engine::ready, m_engine.get(), [this, endpoint] { finish({}, endpoint()); });
        connect(m_engine.get(), &Engine::failed, m_engine.get(), [this](const QString &reason) { finish(reason, {}); });
        if (const Status<> done = m_engine->start(); !done)
            finish(toQString(done.error().message), {});
    });
}

void GuiHost::stopLocal()
{
    m_started = {};
    if (!m_thread.isRunning())
        return;
    auto *runner = new QObject;
    runner->moveToThread(&m_thread);
    QMetaObject::invokeMethod(
        runner, [this] { m_engine.reset(); }, Qt::BlockingQueuedConnection);
    runner->deleteLater();
}

} // namespace miroir
