// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Recovery.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "placement/CoveringSet.h"
#include "protocol/SettingsNode.h"

#include <QDeadlineTimer>
#include <QLoggingCategory>

#include <algorithm>

namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(recoveryLog, "miroir.recovery", QtInfoMsg)

constexpr int lookIntervalMs = 250;
constexpr int pauseFirstMs = 500;
constexpr int pauseMaxMs = 30'000;
constexpr std::size_t recordsLookedAt = 1000; ///< of the log, to tell what is on the way
constexpr auto marksKey = "copies_needed"; ///< of the store's meta table

std::int64_t nowMs()
{
    return QDeadlineTimer::current().deadline();
}

} // namespace

Recovery::Recovery(Cluster cluster, QObject *parent)
    : QObject(parent), m_cluster(std::move(cluster)), m_timer(this)
{
    m_timer.setInterval(lookIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &Recovery::look);
}

Status<> Recovery::load()
{
    const auto kept = m_cluster.store.meta(marksKey);
    if (!kept)
        return kept.err();
    const auto marks = json::Document::parse(std::string_view(kept->empty() ? "[]" : *kept));
    if (!marks)
        return fail("stored copies: " + marks.error().message());
    for (const json::Value mark : marks->root().items()) {
        const Key key {mark.at(0).toString(), mark.at(1).toString()};
        write::Pipe *pipe = m_cluster.pipeOf(key.first, key.second);
        if (pipe == nullptr)
            continue;
        pipe->hold();
        m_needs[key].why = mark.at(2).toString();
    }
    if (!m_needs.empty())
        m_timer.start();
    return Done {};
}

void Recovery::save()
{
    json::Writer out;
    out.beginArray();
    for (const auto &[key, need] : m_needs)
        out.beginArray().string(key.first).string(key.second).string(need.why).endArray();
    const Status<> open = m_cluster.commit.touch();
    const Status<> saved = open ? m_cluster.store.setMeta(marksKey, sv(out.endArray().bytes())) : open;
    if (!saved)
        qCCritical(recoveryLog, "%s", saved.error().message.c_str());
}

void Recovery::mark(const NodeId &node, const std::string &index, const std::string &why)
{
    write::Pipe *pipe = m_cluster.pipeOf(node, index);
    if (pipe == nullptr || marked(node, index))
        return;
    qCWarning(recoveryLog, "node %s needs a copy of index %s: %s", node.c_str(), index.c_str(), why.c_str());
    pipe->hold();
    m_needs[{node, index}].why = why;
    save();
    m_timer.start();
    Q_EMIT changed();
}

void Recovery::markAll(const NodeId &node, const std::string &why)
{
    for (const auto &[uid, index] : m_cluster.progress.visible().all())
        mark(node, index.physical, why);
}

bool Recovery::marked(const NodeId &node, const std::string &index) const
{
    return m_needs.contains({node, index});
}

bool Recovery::running(const NodeId &node, const std::string &index) const
{
    const auto found = m_needs.find({node, index});
    return found != m_needs.end() && found->second.copy != nullptr;
}

std::optional<std::string> Recovery::examine(const Membership::Node &node, bool arriving)
{
    for (const auto &[uid, index] : m_cluster.progress.visible().all()) {
        const Key key {node.id, index.physical};
        const bool there = std::any_of(node.stats.indexes.begin(), node.stats.indexes.end(),
            [&index = index](const node::NodeStats::Index &held) { return held.uid == index.physical; });
        const write::Pipe *pipe = m_cluster.pipeOf(node.id, index.physical);
        // An index that is being deleted may be gone already.
        const bool wanted = m_cluster.sequencer.head().findPhysical(index.physical) != nullptr;
        if (there || !wanted || pipe == nullptr || marked(node.id, index.physical)) {
            m_missingOnce.erase(key);
            continue;
        }
        const auto next = m_cluster.store.records(index.physical, {pipe->applied().value + 1}, 1);
        if (next && !next->empty() && next->front().kind == store::OperationKind::CreateIndex)
            continue; // it has not been told yet
        // What a busy node says may be older than the position of its pipe: it has to be missing twice.
        if (arriving || !m_missingOnce.insert(key).second)
            mark(node.id, index.physical, "the node has lost it");
    }
    if (arriving)
        takeBackGiven(node);
    return hopeless(node.id);
}

placement::ShardSet Recovery::neededShards(const NodeId &node, const std::string &index) const
{
    placement::ShardSet shards = m_cluster.map.shardsOf(node);
    const auto documents = m_cluster.store.directoryShards(index);
    for (std::size_t i = 0; documents && i < shards.size(); ++i) {
        if ((*documents)[i] == 0) // nothing to copy: nobody is needed
            shards.reset(i);
    }
    return shards;
}

std::size_t Recovery::shardsWithoutOther(const NodeId &node, const std::string &index) const
{
    const placement::ShardSet shards = neededShards(node, index);
    std::size_t alone = 0;
    for (std::uint16_t shard = 0; shard < placement::shardCount; ++shard)
        alone += shards.test(shard) && m_cluster.map.replicasOf({shard}).size() < 2 ? 1 : 0;
    return alone;
}

bool Recovery::copyable(const NodeId &node, const std::string &index) const
{
    return shardsWithoutOther(node, index) == 0;
}

std::optional<std::string> Recovery::hopeless(const NodeId &node) const
{
    for (const auto &[key, need] : m_needs) {
        const std::size_t alone = key.first == node ? shardsWithoutOther(node, key.second) : 0;
        if (alone > 0)
            return "the node has lost index '" + key.second + "', and no other node has a copy of "
                + std::to_string(alone) + " of its shards (replication_factor "
                + std::to_string(m_cluster.map.replicationFactor) + "): give it back its data";
    }
    return std::nullopt;
}

bool Recovery::holdsAll(const Membership::Node &node, const std::string &index) const
{
    const auto held = std::find_if(node.stats.indexes.begin(), node.stats.indexes.end(),
        [&index](const node::NodeStats::Index &each) { return each.uid == index; });
    const auto counts = m_cluster.store.directoryShards(index);
    if (held == node.stats.indexes.end() || !counts)
        return false;
    const placement::ShardSet shards = m_cluster.map.shardsOf(node.id);
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < shards.size(); ++i)
        expected += shards.test(i) ? (*counts)[i] : 0;
    std::uint64_t onTheWay = 0;
    const auto pending
        = m_cluster.store.records(index, {m_cluster.pipeOf(node.id, index)->applied().value + 1}, recordsLookedAt);
    for (const store::LogRecord &record : pending ? *pending : std::vector<store::LogRecord> {})
        onTheWay += record.documents.size();
    return held->documents + onTheWay >= expected;
}

/// Somebody has put the only copy back by hand: there is nothing to copy any more.
void Recovery::takeBackGiven(const Membership::Node &node)
{
    std::vector<Key> given;
    for (const auto &[key, need] : m_needs) {
        if (key.first == node.id && !copyable(node.id, key.second) && holdsAll(node, key.second))
            given.push_back(key);
    }
    for (const Key &key : given) {
        m_needs.erase(key);
        save();
        m_cluster.pipeOf(key.first, key.second)->release();
        Q_EMIT changed();
    }
}

void Recovery::nodeGone(const NodeId &node)
{
    for (auto &[key, need] : m_needs) {
        if (key.first == node && need.copy != nullptr)
            failed(key, "the node went away");
    }
}

void Recovery::look()
{
    std::set<NodeId> busy;
    for (const auto &[key, need] : m_needs) {
        if (need.copy != nullptr)
            busy.insert(key.first);
    }
    std::vector<Key> gone;
    for (auto &[key, need] : m_needs) {
        const bool deleted = m_cluster.progress.visible().findPhysical(key.second) == nullptr;
        if (deleted && need.copy != nullptr)
            failed(key, "the index was deleted");
        const bool ready = m_cluster.membership.up(key.first) && nowMs() >= need.notBeforeMs
            && m_cluster.pipeOf(key.first, key.second)->quiet();
        if (ready && deleted) {
            gone.push_back(key);
        } else if (ready && !busy.contains(key.first)) {
            begin(key, need);
            busy.insert(key.first);
        }
    }
    for (const Key &key : gone)
        drop(key);
    if (m_needs.empty())
        m_timer.stop();
}

std::vector<IndexCopy::Source> Recovery::sourcesFor(
    const Key &key, const placement::ShardSet &shards, placement::ShardSet &missing) const
{
    std::vector<placement::Server> servers;
    for (const NodeId &node : m_cluster.map.nodes()) {
        const write::Pipe *pipe = m_cluster.pipeOf(node, key.second);
        if (node == key.first || marked(node, key.second) || !m_cluster.membership.up(node) || pipe == nullptr
            || pipe->applied() < m_cluster.progress.committed(key.second))
            continue;
        placement::Server server;
        server.id = node;
        server.serves = server.holds = m_cluster.map.shardsOf(node);
        servers.push_back(std::move(server));
    }
    const placement::CoveringSet chosen = placement::cover(servers, 0, shards);
    missing = chosen.missing;
    std::vector<IndexCopy::Source> sources;
    for (const placement::CoveringPart &part : chosen.parts)
        sources.push_back({part.node, m_cluster.membership.find(part.node)->url, part.shards});
    return sources;
}

void Recovery::begin(const Key &key, Need &need)
{
    const store::StoredIndex *index = m_cluster.progress.visible().findPhysical(key.second);
    const store::StoredIndex *head = m_cluster.sequencer.head().findPhysical(key.second);
    const placement::ShardSet shards = neededShards(key.first, key.second);
    placement::ShardSet missing;
    IndexCopy::Plan plan;
    plan.sources = sourcesFor(key, shards, missing);
    if (missing.any()) {
        need.note = "waits for a node that can give " + std::to_string(missing.count()) + " of its shards";
        need.notBeforeMs = nowMs() + pauseFirstMs;
        return;
    }
    const auto settings = protocol::settingsFromText(toBytes(index->settings));
    MIROIR_ASSERT(settings.ok()); // we wrote it
    plan.target = key.first;
    plan.url = m_cluster.membership.find(key.first)->url;
    plan.key = m_cluster.nodeKey;
    plan.queue = m_cluster.queueOf(key.first);
    plan.index = key.second;
    // The newest one: ids of documents that are written behind the position may be by it already.
    plan.primaryKey = head != nullptr ? head->primaryKey : index->primaryKey;
    plan.settings = protocol::deriveNodeSettings(*settings);
    const Status<> based
        = m_cluster.pipeOf(key.first, key.second)->rebase(m_cluster.progress.committed(key.second));
    if (!based) {
        qCCritical(recoveryLog, "%s", based.error().message.c_str());
        return;
    }
    const auto counts = m_cluster.store.directoryShards(key.second);
    need.documents = 0;
    for (std::size_t i = 0; counts && i < shards.size(); ++i)
        need.documents += shards.test(i) ? (*counts)[i] : 0;
    need.note.clear();
    need.copy = std::make_unique<IndexCopy>(std::move(plan), m_cluster.store, m_cluster.transport, nullptr);
    need.attempt = ++m_attempts;
    listenTo(key, *need.copy, need.attempt);
    qCInfo(recoveryLog, "node %s: index %s is copied anew, %llu documents", key.first.c_str(), key.second.c_str(),
        static_cast<unsigned long long>(need.documents));
    need.copy->start();
    Q_EMIT changed();
}

void Recovery::listenTo(const Key &key, IndexCopy &copy, std::uint64_t attempt)
{
    // Queued: the copy is deleted by what it causes.
    const auto whenCurrent = [this, key, attempt](auto act) {
        const auto found = m_needs.find(key);
        if (found != m_needs.end() && found->second.copy != nullptr && found->second.attempt == attempt)
            act();
    };
    connect(&copy, &IndexCopy::finished, this,
        [this, key, whenCurrent] { whenCurrent([&] { ended(key); }); }, Qt::QueuedConnection);
    connect(&copy, &IndexCopy::failed, this,
        [this, key, whenCurrent](const QString &why) { whenCurrent([&] { failed(key, toStd(why)); }); },
        Qt::QueuedConnection);
    connect(&copy, &IndexCopy::targetBeganAnew, this,
        [this, key, whenCurrent] {
            whenCurrent([&] { markAll(key.first, "the node has lost its data"); });
        },
        Qt::QueuedConnection);
    connect(&copy, &IndexCopy::advanced, this, &Recovery::advanced);
}

void Recovery::ended(const Key &key)
{
    const auto found = m_needs.find(key);
    if (found == m_needs.end() || found->second.copy == nullptr)
        return;
    for (const IndexCopy::Source &source : found->second.copy->plan().sources) {
        if (marked(source.node, key.second)) {
            failed(key, "node " + source.node + " has lost its data meanwhile");
            return;
        }
    }
    qCInfo(recoveryLog, "node %s: index %s is copied, %llu documents", key.first.c_str(), key.second.c_str(),
        static_cast<unsigned long long>(found->second.copy->copied()));
    m_needs.erase(found);
    save();
    m_cluster.pipeOf(key.first, key.second)->release();
    Q_EMIT changed();
    look();
}

void Recovery::failed(const Key &key, const std::string &why)
{
    const auto found = m_needs.find(key);
    if (found == m_needs.end() || found->second.copy == nullptr)
        return;
    Need &need = found->second;
    qCWarning(recoveryLog, "node %s: the copy of index %s failed: %s", key.first.c_str(), key.second.c_str(),
        why.c_str());
    need.copy.reset();
    need.note = why;
    need.notBeforeMs = nowMs() + std::min(pauseFirstMs << std::min(need.failures++, 10), pauseMaxMs);
    Q_EMIT changed();
}

void Recovery::drop(const Key &key)
{
    // The index was deleted: what a copy may have made of it has to go, and the log has nothing more for this node.
    write::Pipe *pipe = m_cluster.pipeOf(key.first, key.second);
    if (const Status<> based = pipe->rebase(std::max(pipe->newest(), m_cluster.progress.committed(key.second)));
        !based) {
        qCCritical(recoveryLog, "%s", based.error().message.c_str());
        return;
    }
    m_needs.erase(key);
    save();
    const node::NodeClient client(
        m_cluster.transport, m_cluster.membership.find(key.first)->url, m_cluster.nodeKey, this);
    client.deleteIndex(key.second, [](const node::Accepted &) { });
    pipe->release();
    Q_EMIT changed();
}

std::vector<read::CopyView> Recovery::views() const
{
    std::vector<read::CopyView> all;
    for (const auto &[key, need] : m_needs) {
        const store::StoredIndex *index = m_cluster.progress.visible().findPhysical(key.second);
        read::CopyView view;
        view.node = key.first;
        view.indexUid = index != nullptr ? index->uid : key.second;
        view.stage = need.copy != nullptr ? copyStageName(need.copy->stage()) : "waiting";
        view.why = need.why;
        view.note = need.note;
        view.copied = need.copy != nullptr ? need.copy->copied() : 0;
        view.documents = need.documents;
        all.push_back(std::move(view));
    }
    return all;
}

} // namespace miroir::cluster
