// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Control.h"

#include "base/Bytes.h"
#include "placement/Planner.h"

#include <QLoggingCategory>
#include <QUuid>

#include <algorithm>

namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(controlLog, "miroir.control", QtInfoMsg)

constexpr int viewDelayMs = 20;
constexpr int trimIntervalMs = 5000;

std::string freshUid()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
}

} // namespace

Control::Control(ControlOptions options, std::unique_ptr<store::Store> store, node::Transport *transport,
    const Clock &clock, std::shared_ptr<read::ViewHolder> views, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_store(std::move(store)), m_transport(transport),
      m_clock(clock), m_views(std::move(views)), m_commit(*m_store, this), m_sequencer(*m_store, clock),
      m_progress(*m_store, clock), m_deletions(*m_store), m_membership(transport, clock, m_options.health, this),
      m_recovery(recoveryCluster(), this), m_viewTimer(this), m_rollTimer(this), m_settleTimer(this), m_trimTimer(this)
{
    m_viewTimer.setSingleShot(true);
    m_viewTimer.setInterval(viewDelayMs);
    connect(&m_viewTimer, &QTimer::timeout, this, &Control::publishView);
    m_rollTimer.setSingleShot(true);
    connect(&m_rollTimer, &QTimer::timeout, this, &Control::rollSettings);
    m_settleTimer.setSingleShot(true);
    m_settleTimer.setInterval(0);
    connect(&m_settleTimer, &QTimer::timeout, this, &Control::settle);
    m_trimTimer.setInterval(trimIntervalMs);
    connect(&m_trimTimer, &QTimer::timeout, this, &Control::trim);
    connect(&m_commit, &store::GroupCommit::undone, this, &Control::storeUndone);
    connect(&m_membership, &Membership::arriving, this, &Control::arriving);
    connect(&m_membership, &Membership::healthChanged, this, &Control::healthChanged);
    connect(&m_membership, &Membership::looked, this, &Control::looked);
    connect(&m_recovery, &Recovery::changed, this, &Control::copiesChanged);
    connect(&m_recovery, &Recovery::advanced, this, &Control::scheduleView);
    m_rules = makeRules();
    m_waiting = std::make_unique<WaitingLine>(
        WaitingLine::Parts {*m_store, m_commit, m_sequencer, m_progress, m_transport, [this] { return m_views->get(); },
            [this] { publishNew(); },
            [this](const protocol::TaskRecord &task) {
                Q_EMIT taskChanged(std::make_shared<const protocol::TaskRecord>(task));
            },
            [this](const std::string &why) { failStore(why); }},
        nullptr);
}

Control::~Control()
{
    m_commit.flush();
}

Status<> Control::start()
{
    m_startedAtNs = m_clock.utcNs();
    for (const NodeSpec &spec : m_options.nodes) {
        auto link = std::make_unique<NodeLink>();
        link->spec = spec;
        link->client = std::make_unique<node::NodeClient>(m_transport, spec.url, m_options.nodeKey, this);
        link->poller = std::make_unique<write::TaskPoller>(*link->client, this);
        m_links.push_back(std::move(link));
        m_membership.add(spec.id, spec.url, m_options.nodeKey);
    }
    if (const Status<> open = m_commit.touch(); !open)
        return open;
    if (const Status<> done = loadMap(); !done)
        return done;
    if (const Status<> done = loadKeys(); !done)
        return done;
    if (const Status<> done = loadFeatures(); !done)
        return done;
    if (const Status<> done = loadWebhooks(); !done)
        return done;
    if (const Status<> done = loadState(); !done)
        return done;
    if (const Status<> done = openPipes(); !done)
        return done;
    if (const Status<> done = m_recovery.load(); !done)
        return done;
    rollSettings();
    m_commit.flush();
    publishView();
    m_membership.start();
    m_trimTimer.start();
    m_settleTimer.start();
    return Done {};
}

Status<> Control::loadMap()
{
    const auto uid = m_store->meta("cluster_uid");
    const auto stored = m_store->meta("shard_map");
    if (!uid || !stored)
        return fail("cannot read the shard map from the store");
    m_clusterUid = uid->empty() ? freshUid() : *uid;
    if (uid->empty()) {
        if (const Status<> saved = m_store->setMeta("cluster_uid", m_clusterUid); !saved)
            return saved;
    }
    if (!stored->empty()) {
        auto map = placement::ShardMap::fromJson(toBytes(*stored));
        if (!map)
            return map.err();
        m_map = std::move(*map);
        for (const NodeId &id : m_map.nodes()) {
            const auto known = std::any_of(
                m_links.begin(), m_links.end(), [&id](const auto &link) { return link->spec.id == id; });
            if (!known)
                return fail("node '" + id + "' holds shards but is missing in the configuration");
        }
        if (m_map.replicationFactor != m_options.replicationFactor)
            qCWarning(controlLog,
                "replication_factor %d of the configuration is not that of the stored shard map (%d), which stays",
                m_options.replicationFactor, m_map.replicationFactor);
        takeZones(placement::assignZones(plannedNodes(), m_map.replicationFactor, &m_map));
        return Done {};
    }
    placement::PlanRequest request;
    request.replicationFactor = m_options.replicationFactor;
    request.nodes = placement::assignZones(plannedNodes(), request.replicationFactor);
    auto plan = placement::plan(request);
    if (!plan)
        return plan.err();
    m_map = std::move(plan->target);
    takeZones(request.nodes);
    return m_store->setMeta("shard_map", sv(m_map.toJson()));
}

std::vector<placement::PlanNode> Control::plannedNodes() const
{
    std::vector<placement::PlanNode> nodes;
    for (const auto &link : m_links)
        nodes.push_back({link->spec.id, link->spec.weight, link->spec.zone, placement::NodeState::Active});
    return nodes;
}

void Control::takeZones(const std::vector<placement::PlanNode> &nodes)
{
    for (const auto &link : m_links) {
        const auto planned = std::find_if(nodes.begin(), nodes.end(),
            [&link](const placement::PlanNode &n) { return n.id == link->spec.id; });
        link->spec.zone = planned->zone;
    }
}

Status<> Control::loadState()
{
    if (const Status<> done = m_progress.load(m_map); !done)
        return done;
    if (const Status<> done = m_sequencer.load(m_progress.allCommitted()); !done)
        return done;
    if (const Status<> done = m_deletions.load(); !done)
        return done;
    if (const Status<> done = m_rules->load(); !done)
        return done;
    return m_waiting->load();
}

void Control::addPipe(NodeLink &link, const std::string &index, LogOffset applied)
{
    write::Pipe::Setup setup {link.spec.id, index, applied, m_map.shardsOf(link.spec.id), m_clusterUid, link.queue};
    auto pipe = std::make_unique<write::Pipe>(std::move(setup), *m_store, m_commit, *link.client, nullptr);
    connect(pipe.get(), &write::Pipe::progressed, this, [this] { m_settleTimer.start(); });
    connect(pipe.get(), &write::Pipe::sent, this, [this](LogOffset offset) {
        const Status<> open = m_commit.touch();
        const auto started = open ? m_progress.markProcessing(offset) : open.err();
        if (!started)
            qCCritical(controlLog, "%s", started.error().message.c_str());
        else if (*started) {
            // A task that is `enqueued` on disk has never been sent: that is what makes it possible to cancel it.
            m_commit.flush();
            Q_EMIT taskChanged(std::make_shared<const protocol::TaskRecord>(**started));
        }
    });
    connect(pipe.get(), &write::Pipe::nodeBeganAnew, this, [this, id = link.spec.id] {
        m_recovery.markAll(id, "the node has lost its data");
        m_membership.lost(id, "the node has begun anew");
    });
    link.poller->addPipe(pipe.get());
    pipe->setUsable(m_membership.up(link.spec.id));
    link.pipes.insert_or_assign(index, std::move(pipe));
}

Status<> Control::openPipes()
{
    const auto stored = m_store->pipes();
    if (!stored)
        return stored.err();
    for (const store::StoredPipe &pipe : *stored) {
        for (const auto &link : m_links) {
            if (link->spec.id == pipe.node)
                addPipe(*link, pipe.index, pipe.applied);
        }
    }
    constexpr std::size_t recordsPerRead = 500;
    for (LogOffset from {1};;) {
        const auto records = m_store->records({}, from, recordsPerRead);
        if (!records)
            return records.err();
        for (const store::LogRecord &record : *records) {
            from.value = record.offset.value + 1;
            for (const auto &link : m_links) {
                if (write::Pipe *pipe = pipeOf(link->spec.id, record.index))
                    pipe->noticeRecord(record.offset);
            }
        }
        if (records->size() < recordsPerRead)
            return Done {};
    }
}

Control::NodeLink *Control::linkOf(std::string_view node) const
{
    for (const auto &link : m_links) {
        if (link->spec.id == node)
            return link.get();
    }
    return nullptr;
}

write::Pipe *Control::pipeOf(const NodeId &node, const std::string &index) const
{
    const NodeLink *link = linkOf(node);
    if (link == nullptr)
        return nullptr;
    const auto found = link->pipes.find(index);
    return found == link->pipes.end() ? nullptr : found->second.get();
}

Recovery::Cluster Control::recoveryCluster()
{
    return {*m_store, m_commit, m_progress, m_sequencer, m_membership, m_map, m_transport, m_options.nodeKey,
        [this](const NodeId &node, const std::string &index) { return pipeOf(node, index); },
        [this](const NodeId &node) { return linkOf(node)->queue; }};
}

std::unique_ptr<SearchRules> Control::makeRules()
{
    const auto clientOf = [this](const NodeId &node) -> const node::NodeClient * {
        const NodeLink *link = linkOf(node);
        return link == nullptr ? nullptr : link->client.get();
    };
    const auto tell = [this](const protocol::TaskRecord &task) {
        Q_EMIT taskChanged(std::make_shared<const protocol::TaskRecord>(task));
        m_settleTimer.start(); // somebody may have waited for it
    };
    auto rules = std::make_unique<SearchRules>(
        SearchRules::Parts {*m_store, m_commit, m_sequencer, m_progress, m_membership, m_clock,
            clientOf, tell, [this](const std::string &why) { failStore(why); }},
        nullptr);
    connect(rules.get(), &SearchRules::changed, this, &Control::publishView);
    m_membership.setTeacher(
        [this](const NodeId &node, const node::NodeClient &client, const Membership::Taught &done) {
            m_rules->teach(node, client, done);
        });
    return rules;
}

void Control::arriving(const QByteArray &id)
{
    const Membership::Node *node = m_membership.find(sv(id));
    if (const auto why = m_recovery.examine(*node, true))
        m_membership.refuse(node->id, *why);
}

void Control::looked(const QByteArray &id)
{
    const Membership::Node *node = m_membership.find(sv(id));
    if (const auto why = m_recovery.examine(*node, false))
        m_membership.refuse(node->id, *why);
    scheduleView();
}

void Control::copiesChanged()
{
    // At once: a node must not be asked for what it does not hold.
    publishView();
    m_settleTimer.start();
}

void Control::nodeStarted(const NodeId &id, std::int64_t pid)
{
    if (NodeLink *link = linkOf(id))
        link->pid = pid;
    m_membership.suspect(id);
    scheduleView();
}

void Control::nodeEnded(const NodeId &id, const std::string &why)
{
    if (NodeLink *link = linkOf(id))
        link->pid = 0;
    m_membership.lost(id, why);
}

void Control::setNodeAddress(const NodeId &id, const QUrl &url)
{
    NodeLink *link = linkOf(id);
    if (link == nullptr || link->spec.url == url)
        return;
    link->spec.url = url;
    link->client = std::make_unique<node::NodeClient>(m_transport, url, m_options.nodeKey, this);
    link->poller->setClient(*link->client);
    for (const auto &[index, pipe] : link->pipes)
        pipe->setClient(*link->client);
    m_membership.setAddress(id, url, m_options.nodeKey);
    publishView();
}

void Control::healthChanged(const QByteArray &id)
{
    NodeLink *link = linkOf(sv(id));
    if (link == nullptr)
        return;
    const bool up = m_membership.up(link->spec.id);
    link->poller->setUsable(up);
    for (const auto &[index, pipe] : link->pipes)
        pipe->setUsable(up);
    if (!up)
        m_recovery.nodeGone(link->spec.id);
    m_recovery.look();
    m_rules->nodesChanged();
    m_settleTimer.start();
    publishView();
}

void Control::failStore(const std::string &why)
{
    m_commit.abandon();
    storeUndone(toQString(why));
}

void Control::storeUndone(const QString &why)
{
    // Memory is ahead of what is kept. Going on would give numbers twice; a restart reads everything anew.
    qCCritical(controlLog, "the store refused a commit: %s", qUtf8Printable(why));
    m_rolling.clear();
    const Status<> reloaded = loadState();
    if (!reloaded)
        qFatal("the store cannot be read after a failed commit: %s", reloaded.error().message.c_str());
}

void ControlLink::post(std::function<void(Control &)> work) const
{
    QMetaObject::invokeMethod(
        m_control, [control = m_control, work = std::move(work)] { work(*control); }, Qt::QueuedConnection);
}

} // namespace miroir::cluster
