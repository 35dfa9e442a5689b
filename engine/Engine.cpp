// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Engine.h"

#include "LocalCluster.h"
#include "admin/AdminHandler.h"
#include "api/ApiHandler.h"
#include "base/Bytes.h"
#include "jobs/JobRunner.h"
#include "json/Json.h"
#include "store/SqliteStore.h"

#include <QDir>
#include <QFile>
#include <QHostInfo>
#include <QSaveFile>

#include <algorithm>

namespace miroir {

namespace {

constexpr std::string_view adminPrefix = "/_miroir/";

/// One front: admin requests to the one handler, everything else to the other.
class FrontHandler final : public http::Handler
{
public:
    FrontHandler(std::unique_ptr<api::ApiHandler> api, std::unique_ptr<admin::AdminHandler> adminHandler)
        : m_api(std::move(api)), m_admin(std::move(adminHandler))
    {
    }
    void handle(http::Request request, http::Responder responder) override
    {
        if (m_admin != nullptr && sv(request.path).starts_with(adminPrefix))
            m_admin->handle(std::move(request), std::move(responder));
        else
            m_api->handle(std::move(request), std::move(responder));
    }

private:
    std::unique_ptr<api::ApiHandler> m_api;
    std::unique_ptr<admin::AdminHandler> m_admin;
};

cluster::ControlOptions controlOptions(const Config &config)
{
    cluster::ControlOptions options;
    options.name = config.localCluster.nodes > 0 ? "local cluster" : "miroir";
    options.replicationFactor = config.replicationFactor;
    for (const NodeConfig &node : config.nodes) {
        // the planner counts in whole numbers: weights keep three decimals
        const auto weight = static_cast<std::uint32_t>(std::max(1.0, node.weight * 1000.0));
        options.nodes.push_back({node.id, node.address, node.zone, weight});
    }
    options.nodeKey = config.nodeMasterKey;
    options.masterKey = config.masterKey.toStdString();
    options.health = {config.health.intervalMs, config.health.timeoutMs, config.health.unhealthyThreshold,
        config.health.recoveryThreshold};
    options.logBytesMax = static_cast<std::uint64_t>(config.write.logMaxBytes);
    options.logAgeMaxMs = std::int64_t {config.write.logMaxHours} * 3'600'000;
    return options;
}

QHostAddress bindAddress(const std::string &bind)
{
    return bind == "localhost" ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(toQString(bind));
}

} // namespace

/// What lives in the control thread, in the order in which it is built.
struct Engine::ControlParts {
    // Destroyed from the last to the first: the control before what it uses.
    std::unique_ptr<LocalCluster> localCluster;
    std::unique_ptr<node::Transport> transport;
    std::unique_ptr<cluster::Control> control;
};

Engine::Engine(Config config, QObject *parent)
    : QObject(parent), m_config(std::move(config)), m_views(std::make_shared<read::ViewHolder>())
{
    m_controlThread.setObjectName(QStringLiteral("control"));
}

Engine::~Engine()
{
    stop();
}

QUrl Engine::url() const
{
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    const bool any = m_config.server.bind == "0.0.0.0" || m_config.server.bind == "::";
    url.setHost(
        any || m_config.server.bind == "127.0.0.1" ? QStringLiteral("localhost") : toQString(m_config.server.bind));
    url.setPort(m_fronts ? m_fronts->port() : m_config.server.port);
    return url;
}

Status<> Engine::prepareKeys()
{
    if (!QDir().mkpath(m_config.dataDir))
        return fail("cannot create the data folder " + toStd(m_config.dataDir));
    m_adminKey = m_config.admin.apiKey;
    if (m_adminKey.isEmpty()) {
        const Result<QByteArray> kept = keptSecret(m_config.dataDir + QStringLiteral("/admin.key"));
        if (!kept)
            return kept.err();
        m_adminKey = *kept;
    }
    return Done {};
}

Status<> Engine::start()
{
    MIROIR_ASSERT(!running());
    if (const Status<> done = prepareKeys(); !done)
        return done;
    m_controlThread.start();
    auto *starter = new QObject;
    starter->moveToThread(&m_controlThread);
    Result<std::unique_ptr<ControlParts>> parts = fail("the control thread did not start");
    QMetaObject::invokeMethod(
        starter, [this, &parts] { parts = buildControl(); }, Qt::BlockingQueuedConnection);
    starter->deleteLater();
    if (!parts) {
        stop();
        return parts.err();
    }
    m_parts = std::move(*parts);
    m_control = m_parts->control.get();
    if (const Status<> done = startJobs(); !done) {
        stop();
        return done;
    }
    if (const Status<> done = startFronts(); !done) {
        stop();
        return done;
    }
    watch();
    announceEndpoint();
    return Done {};
}

Result<std::unique_ptr<Engine::ControlParts>> Engine::buildControl()
{
    auto parts = std::make_unique<ControlParts>();
    if (m_config.localCluster.nodes > 0) {
        parts->localCluster = std::make_unique<LocalCluster>(LocalClusterOptions::from(m_config));
        LocalCluster *local = parts->localCluster.get();
        connect(local, &LocalCluster::nodeState, this,
            [this](const QString &id, LocalCluster::State state, const QString &reason) {
                if (state == LocalCluster::State::Starting)
                    Q_EMIT progress(tr("Starting %1").arg(id));
                else if (state == LocalCluster::State::Restarting)
                    Q_EMIT progress(tr("%1 has ended (%2) and is started again").arg(id, reason));
            });
        connect(local, &LocalCluster::failed, this, &Engine::failed);
        if (const Status<> started = local->start(); !started)
            return started.err();
        m_config.nodes = local->nodes();
        m_config.nodeMasterKey = local->nodeKey();
        m_nodeProgram = local->program();
    }
    auto store = store::SqliteStore::openFile(m_config.storePath());
    if (!store)
        return store.err();
    parts->transport = node::makeTransport(m_transport);
    parts->control = std::make_unique<cluster::Control>(
        controlOptions(m_config), std::move(*store), parts->transport.get(), m_clock, m_views);
    if (parts->localCluster) {
        // A node that has ended, or answers again, is looked at without waiting for the next check.
        connect(parts->localCluster.get(), &LocalCluster::nodeState, parts->control.get(),
            [control = parts->control.get(), local = parts->localCluster.get()](
                const QString &id, LocalCluster::State state, const QString &reason) {
                if (state == LocalCluster::State::Ready)
                    control->nodeStarted(id.toStdString(), local->pidOf(id.toStdString()));
                else
                    control->nodeEnded(id.toStdString(), reason.isEmpty() ? "the node is starting" : toStd(reason));
            });
        connect(parts->localCluster.get(), &LocalCluster::addressChanged, parts->control.get(),
            [control = parts->control.get()](const QString &id, const QUrl &url) {
                control->setNodeAddress(id.toStdString(), url);
            });
    }
    if (const Status<> started = parts->control->start(); !started)
        return started.err();
    return parts;
}

Status<> Engine::startJobs()
{
    const auto policy = node::AddressPolicy::parse(m_config.allowedIpNetworks);
    if (!policy)
        return fail("allowed_ip_networks: " + policy.error().message);
    m_jobs = std::make_unique<jobs::Jobs>(jobs::JobServices {m_views, m_control, &m_clock, *policy,
        m_config.scatter.nodeTimeoutMs, m_config.dataDir + QStringLiteral("/dumps")});
    return Done {};
}

Status<> Engine::startFronts()
{
    const auto metrics = std::make_shared<api::Metrics>();
    m_fronts = std::make_unique<http::FrontGroup>([this, metrics]() -> std::unique_ptr<http::Handler> {
        api::Services services {m_views, cluster::ControlLink(m_control), &m_clock, m_config.scatter.nodeTimeoutMs,
            m_config.scatter.retryOnTimeout,
            m_config.scatter.unavailableShardPolicy == UnavailableShardPolicy::Partial, metrics};
        auto apiHandler = std::make_unique<api::ApiHandler>(std::move(services), node::makeTransport(m_transport));
        std::unique_ptr<admin::AdminHandler> adminHandler;
        if (m_config.admin.enabled)
            adminHandler = std::make_unique<admin::AdminHandler>(
                admin::AdminServices {m_views, m_control, m_adminKey, m_config.localCluster.nodes > 0});
        return std::make_unique<FrontHandler>(std::move(apiHandler), std::move(adminHandler));
    });
    http::Options options;
    options.bodyBytes = static_cast<std::size_t>(m_config.server.maxBodyBytes);
    options.connections = m_config.server.maxConnections;
    const auto port = m_fronts->start(
        bindAddress(m_config.server.bind), m_config.server.port, m_config.frontThreads(), options);
    if (!port)
        return port.err();
    return Done {};
}

void Engine::watch()
{
    connect(m_control, &cluster::Control::viewChanged, this, [this] {
        const auto now = view();
        const bool all = !now->nodes.empty()
            && std::all_of(now->nodes.begin(), now->nodes.end(),
                [](const read::NodeView &node) { return node.state == read::NodeState::Serving; });
        if (!all || m_readySaid)
            return;
        m_readySaid = true;
        Q_EMIT ready();
    });
}

void Engine::announceEndpoint()
{
    // miroir-ctl on this machine finds the engine and its key here.
    json::Writer out;
    out.beginObject().key("url").string(url().toString().toStdString());
    out.key("adminKey").string(sv(m_adminKey)).endObject();
    QSaveFile file(m_config.dataDir + QStringLiteral("/endpoint.json"));
    if (file.open(QIODevice::WriteOnly)) {
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
        file.write(out.take() + '\n');
        file.commit();
    }
}

void Engine::stop()
{
    if (m_fronts) {
        m_fronts->stop();
        m_fronts.reset();
        QFile::remove(m_config.dataDir + QStringLiteral("/endpoint.json"));
    }
    m_jobs.reset(); // before the control, to which jobs report
    if (!m_controlThread.isRunning())
        return;
    auto *stopper = new QObject;
    stopper->moveToThread(&m_controlThread);
    m_control = nullptr;
    QMetaObject::invokeMethod(
        stopper, [this] { m_parts.reset(); }, Qt::BlockingQueuedConnection);
    stopper->deleteLater();
    m_controlThread.quit();
    m_controlThread.wait();
}

} // namespace miroir
