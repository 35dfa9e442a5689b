// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "Config.h"
#include "base/Clock.h"
#include "base/Result.h"
#include "cluster/Control.h"
#include "http/FrontGroup.h"
#include "read/ClusterView.h"

#include <QThread>

#include <functional>
#include <memory>

namespace miroir {

class LocalCluster;
namespace jobs {
class Jobs;
}

/// The orchestrator: builds the parts, starts them in their threads and stops them. Make it and use it in one thread
/// that has an event loop.
class Engine : public QObject
{
    Q_OBJECT
public:
    explicit Engine(Config config, QObject *parent = nullptr);
    ~Engine() override; ///< stops

    /// How nodes are called, before start(); for measurements, the default is the fastest.
    void setTransport(node::TransportKind kind) { m_transport = kind; }
    /// Starts nodes of its own (if configured), the control thread and the HTTP fronts. Nodes may still be starting
    /// when it returns: ready() tells when all answer.
    Status<> start();
    /// Ends what runs: fronts first, then the control thread, then the nodes it started.
    void stop();

    [[nodiscard]] bool running() const { return m_control != nullptr; }
    [[nodiscard]] QUrl url() const; ///< http://host:port, where clients reach it
    [[nodiscard]] const QByteArray &adminKey() const { return m_adminKey; } ///< a secret
    [[nodiscard]] const Config &config() const { return m_config; }
    [[nodiscard]] std::shared_ptr<const read::ClusterView> view() const { return m_views->get(); }
    [[nodiscard]] QString nodeProgram() const { return m_nodeProgram; } ///< of nodes of its own; else empty

Q_SIGNALS:
    void progress(const QString &sentence); ///< what is happening, for people
    void ready(); ///< every node serves; once
    void failed(const QString &reason); ///< a node of its own cannot be started at all

private:
    struct ControlParts;
    Status<> prepareKeys();
    Result<std::unique_ptr<ControlParts>> buildControl();
    Status<> startJobs();
    Status<> startFronts();
    void announceEndpoint();
    void watch();

    Config m_config;
    node::TransportKind m_transport = node::defaultTransport;
    SystemClock m_clock;
    QByteArray m_adminKey;
    std::shared_ptr<read::ViewHolder> m_views;
    QThread m_controlThread;
    std::unique_ptr<ControlParts> m_parts; // lives in the control thread
    cluster::Control *m_control = nullptr;
    std::unique_ptr<jobs::Jobs> m_jobs; // a thread that works beside the control
    std::unique_ptr<http::FrontGroup> m_fronts;
    QString m_nodeProgram;
    bool m_readySaid = false;
};

} // namespace miroir
