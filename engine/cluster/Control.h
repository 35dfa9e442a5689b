// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "base/Clock.h"
#include "cluster/Membership.h"
#include "cluster/Recovery.h"
#include "cluster/SearchRules.h"
#include "cluster/TaskDeletions.h"
#include "cluster/WaitingLine.h"
#include "placement/Planner.h"
#include "protocol/Error.h"
#include "protocol/Webhook.h"
#include "read/ClusterView.h"
#include "store/GroupCommit.h"
#include "store/Store.h"
#include "write/Pipe.h"
#include "write/Progress.h"
#include "write/Sequencer.h"
#include "write/SettingsRoll.h"
#include "write/TaskPoller.h"

#include <QPointer>
#include <QTimer>

#include <functional>
#include <memory>
#include <set>

namespace miroir::cluster {

struct NodeSpec {
    NodeId id;
    QUrl url;
    std::string zone;
    std::uint32_t weight = 1000; ///< thousandths of the configured weight
};

struct ControlOptions {
    std::string name = "miroir"; ///< of the cluster, for people
    int replicationFactor = 2;
    std::vector<NodeSpec> nodes;
    QByteArray nodeKey; ///< master key of the nodes
    std::string masterKey; ///< that clients use; empty: none
    HealthOptions health;
    /// What the log may keep for a node that is away; beyond either, the node has to be copied anew.
    std::uint64_t logBytesMax = 10'000'000'000;
    std::int64_t logAgeMaxMs = 24LL * 3600 * 1000;
};

/// Tasks that are carried out beside the log: see Control::enqueueJob.
inline bool isJob(protocol::TaskKind kind)
{
    using protocol::TaskKind;
    return kind == TaskKind::Export || kind == TaskKind::IndexCompaction || kind == TaskKind::DumpCreation;
}

/// Owner of all mutable state: the store, the log and its pipes, the nodes' health. Everything here runs in the control
/// thread; other threads read views() and come in through ControlLink.
class Control : public QObject
{
    Q_OBJECT
public:
    Control(ControlOptions options, std::unique_ptr<store::Store> store, node::Transport *transport,
        const Clock &clock, std::shared_ptr<read::ViewHolder> views, QObject *parent = nullptr);
    ~Control() override;

    /// Reads the stored state, makes the shard map on the first start, begins to watch nodes and to deliver.
    /// Fails when the store cannot be read or the configuration does not fit it (other nodes, other replication).
    Status<> start();

    using TaskAnswer = std::function<void(protocol::ApiResult<protocol::TaskRecord>)>;
    /// Enqueues a write; answers when it is durable.
    void submit(write::WriteRequest request, TaskAnswer answer);
    /// Cancels or deletes tasks; a task of its own, finished at once or, for deletions, as TaskDeletions says.
    void cancelTasks(const protocol::TaskQuery &query, const std::string &filter, const store::TaskFilter &visible,
        TaskAnswer answer);
    void deleteTasks(const protocol::TaskQuery &query, const std::string &filter, const store::TaskFilter &visible,
        TaskAnswer answer);

    Result<store::TaskList> tasks(const protocol::TaskQuery &query, const store::TaskFilter &visible);
    Result<std::optional<protocol::TaskRecord>> task(std::uint32_t uid);
    Result<store::BatchList> batches(const protocol::TaskQuery &query, const store::TaskFilter &visible);
    Result<std::vector<std::uint64_t>> taskCounts();
    /// Documents of each shard of that physical index at the head of the log; counted anew at most once a second.
    Result<std::vector<std::uint64_t>> documentsByShard(const std::string &physical);
    /// A front could not reach that node.
    void suspect(const NodeId &id) { m_membership.suspect(id); }
    /// The node's process on this machine answers.
    void nodeStarted(const NodeId &id, std::int64_t pid);
    /// The node's process has ended: nothing of it is used until it has come back and was judged.
    void nodeEnded(const NodeId &id, const std::string &why);
    /// The node is found under another address from now on.
    void setNodeAddress(const NodeId &id, const QUrl &url);
    /// The node needs a copy of that physical index, for example because it is further behind than the log reaches.
    void needCopy(const NodeId &id, const std::string &physical, const std::string &why)
    {
        m_recovery.mark(id, physical, why);
    }

    /// Keys: `change` is given the newest ones and may refuse; then nothing is changed. Durable when it returns.
    using KeyChange = std::function<protocol::ApiStatus(std::vector<protocol::ApiKey> &)>;
    protocol::ApiStatus changeKeys(const KeyChange &change);
    /// Experimental features: durable, in the next view, and known to every live node when `done` is called.
    using FeatureChange = std::function<protocol::ApiResult<protocol::Features>(const protocol::Features &)>;
    using FeaturesAnswer = std::function<void(protocol::ApiResult<protocol::Features>)>;
    void changeFeatures(const FeatureChange &change, FeaturesAnswer done);
    /// Webhooks by uuid; a change is durable when it returns.
    using Webhooks = std::map<std::string, protocol::Webhook>;
    [[nodiscard]] const Webhooks &webhooks() const { return m_webhooks; }
    protocol::ApiStatus changeWebhooks(const std::function<protocol::ApiStatus(Webhooks &)> &change);

    /// A change of dynamic search rules: SearchRules::submit.
    void changeRules(SearchRules::Change change, std::optional<std::string> customMetadata, const TaskAnswer &answer)
    {
        m_rules->submit(std::move(change), std::move(customMetadata), answer);
    }

    /// Jobs are tasks without a place in the log, carried out by somebody else (api::JobRunner): exports, compactions,
    /// dumps. Enqueues one; answers when it is durable.
    void enqueueJob(protocol::TaskRecord task, TaskAnswer answer);
    /// Keeps what has become of a job, gives it a batch once it runs. False, and nothing is changed, when it is over
    /// already (cancelled) or gone.
    Result<bool> saveJob(protocol::TaskRecord task);
    /// Jobs that are not over, oldest first.
    Result<std::vector<protocol::TaskRecord>> openJobs();
    /// Payload of an unfinished documents task, one document a line; nothing when it has none or is finished.
    Result<std::optional<QByteArray>> taskDocuments(std::uint32_t uid);
    /// Documents of a physical index in the order of first insertion, from that order on: Store::directoryPage.
    Result<std::vector<std::pair<std::string, store::DirectoryEntry>>> directoryPage(
        const std::string &physical, std::uint64_t fromOrder, std::size_t limit)
    {
        return m_store->directoryPage(physical, fromOrder, limit);
    }
    Result<std::uint64_t> directorySize(const std::string &physical) { return m_store->directorySize(physical); }
    Result<store::TaskTally> taskTally();
    /// Gives unused space of the store back; sizes of its files before and after.
    Result<store::Compaction> compactStore();
    /// Statistics of every physical index as each node told them last, also of nodes that are down now.
    using KnownStats = std::map<NodeId, std::map<std::string, QByteArray, std::less<>>>;
    [[nodiscard]] KnownStats knownStats() const;

    struct PendingDelivery {
        NodeId node;
        std::uint64_t operations = 0; ///< log positions it is behind
    };
    [[nodiscard]] std::vector<PendingDelivery> pendingOf(const std::string &physical) const;
    [[nodiscard]] std::int64_t startedAtNs() const { return m_startedAtNs; }
    [[nodiscard]] const Membership &membership() const { return m_membership; }

Q_SIGNALS:
    void viewChanged(); ///< views() has a new one
    void taskChanged(std::shared_ptr<const miroir::protocol::TaskRecord> task);
    void webhooksChanged();

private:
    struct NodeLink {
        NodeSpec spec;
        std::unique_ptr<node::NodeClient> client;
        std::unique_ptr<write::TaskPoller> poller;
        std::int64_t pid = 0; // of a process on this machine that answers; 0: none
        std::shared_ptr<write::QueueWatch> queue = std::make_shared<write::QueueWatch>();
        std::map<std::string, std::unique_ptr<write::Pipe>, std::less<>> pipes; // by physical index
    };
    Status<> loadMap();
    [[nodiscard]] std::vector<placement::PlanNode> plannedNodes() const;
    void takeZones(const std::vector<placement::PlanNode> &nodes);
    Status<> loadKeys();
    Status<> saveKeys();
    Status<> loadFeatures();
    Status<> loadWebhooks();
    void pushFeatures(std::function<void()> done);
    Status<> loadState();
    Status<> openPipes();
    void addPipe(NodeLink &link, const std::string &index, LogOffset applied);
    void publishNew();
    void settle();
    bool settleDeletions(); ///< true when one was carried out
    void rollSettings();
    void retryLateRefusals();
    void trim();
    Status<> limitLog();
    void leaveBehind(const NodeLink &link, const std::string &why);
    Result<protocol::TaskRecord> acceptWrite(write::WriteRequest &request);
    Result<bool> cancelTask(protocol::TaskRecord task, const protocol::TaskRecord &by);
    void arriving(const QByteArray &id);
    void healthChanged(const QByteArray &id);
    void looked(const QByteArray &id);
    void copiesChanged();
    [[nodiscard]] Recovery::Cluster recoveryCluster();
    [[nodiscard]] std::unique_ptr<SearchRules> makeRules();
    [[nodiscard]] NodeLink *linkOf(std::string_view node) const;
    void publishView();
    void scheduleView();
    [[nodiscard]] read::NodeView nodeView(const NodeLink &link) const;
    [[nodiscard]] read::IndexView indexView(const store::StoredIndex &index) const;
    [[nodiscard]] write::Pipe *pipeOf(const NodeId &node, const std::string &index) const;
    using OwnWork = std::function<Status<>(protocol::TaskRecord &own)>;
    void runOwnTask(protocol::TaskRecord task, const OwnWork &work, const TaskAnswer &answer);
    void failStore(const std::string &why);
    void storeUndone(const QString &why);

    ControlOptions m_options;
    std::unique_ptr<store::Store> m_store;
    node::Transport *m_transport;
    const Clock &m_clock;
    std::shared_ptr<read::ViewHolder> m_views;
    store::GroupCommit m_commit;
    write::Sequencer m_sequencer;
    write::Progress m_progress;
    TaskDeletions m_deletions;
    Membership m_membership;
    std::vector<std::unique_ptr<NodeLink>> m_links;
    std::unique_ptr<WaitingLine> m_waiting;
    placement::ShardMap m_map;
    Recovery m_recovery;
    std::unique_ptr<SearchRules> m_rules;
    std::string m_clusterUid;
    std::vector<protocol::ApiKey> m_keys;
    protocol::Features m_features;
    Webhooks m_webhooks;
    mutable std::map<std::string, std::pair<std::string, std::shared_ptr<const protocol::Settings>>>
        m_settings; // parsed once
    /// A change of settings on its way from node to node.
    struct Rolling {
        LogOffset at; ///< its record
        LogOffset next; ///< the change behind it, which waits for this one; 0: none
        struct Turn {
            std::uint64_t view = 0; ///< the last one in which it was not known
            std::int64_t latestMs = 0; ///< when searches with such views are no longer waited for
        };
        std::map<NodeId, Turn> turns; ///< nodes whose turn has come
        bool inTurns = false; ///< false: the index held nothing, and every node was sent it at once
    };
    [[nodiscard]] Result<Rolling> beginRoll(const std::string &physical, LogOffset at) const;
    void continueRoll(const std::string &physical, Rolling &rolling);
    [[nodiscard]] bool endRoll(const std::string &physical, Rolling &rolling);
    bool announce(Rolling &rolling, const NodeId &node);
    [[nodiscard]] bool mayGo(const Rolling &rolling, const NodeId &node);
    [[nodiscard]] write::RollNode::State rollState(
        const NodeId &node, const write::Pipe &pipe, const Rolling &rolling) const;
    std::map<std::string, Rolling, std::less<>> m_rolling; // by physical index
    struct ShardCount {
        LogOffset head; // records counted in
        std::int64_t atMs = 0;
        std::vector<std::uint64_t> documents;
    };
    std::map<std::string, ShardCount, std::less<>> m_shardCounts;
    std::uint64_t m_viewNumber = 0; // of the newest view
    std::vector<std::pair<std::uint64_t, std::weak_ptr<const read::ClusterView>>> m_pastViews; // some may be in use
    QTimer m_viewTimer;
    QTimer m_rollTimer;
    QTimer m_settleTimer;
    QTimer m_trimTimer;
    std::int64_t m_startedAtNs = 0;
    LogOffset m_trimmed;
};

/// The way into the control thread for other threads.
class ControlLink
{
public:
    explicit ControlLink(Control *control) : m_control(control) { }
    /// Runs `work` with the Control in its thread, soon. `work` must not throw and must not block.
    void post(std::function<void(Control &)> work) const;
    /// The same, and brings the value back to the thread of `context`; nothing happens there when context is gone.
    template <typename T>
    void ask(std::function<T(Control &)> work, QObject *context, std::function<void(T)> answer) const
    {
        const QPointer<QObject> guard(context);
        post([work = std::move(work), guard, answer = std::move(answer)](Control &control) {
            reply<T>(guard, work(control), answer);
        });
    }
    /// Brings a value from the control thread back to the thread of `context`.
    template <typename T>
    static void reply(const QPointer<QObject> &context, T value, std::function<void(T)> answer)
    {
        if (context.isNull())
            return;
        QMetaObject::invokeMethod(
            context.data(),
            [value = std::move(value), answer = std::move(answer)]() mutable { answer(std::move(value)); },
            Qt::QueuedConnection);
    }

private:
    Control *m_control;
};

} // namespace miroir::cluster
