// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "Config.h"
#include "../ui/client/Host.h"

#include <QThread>

#include <memory>
#include <optional>

namespace miroir {

class Engine;

/// What the window asks of the program: start an engine with nodes of its own, and stop it. The engine lives in a
/// thread of its own, so that the window never waits.
class GuiHost : public QObject, public ui::Host
{
    Q_OBJECT
public:
    /// config: for an engine of our own. connectTo: an engine that runs already; the window opens on it.
    GuiHost(Config config, std::optional<Endpoint> connectTo);
    ~GuiHost() override;

    void startLocal(Progress progress, Started started) override;
    void stopLocal() override;
    std::optional<Endpoint> initial() override { return m_connectTo; }

private:
    void finish(const QString &error, Endpoint endpoint);
    Config m_config;
    std::optional<Endpoint> m_connectTo;
    QThread m_thread;
    std::unique_ptr<Engine> m_engine; // lives in m_thread
    Started m_started;
};

} // namespace miroir
