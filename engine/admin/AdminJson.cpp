// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/AdminJson.h"

#include "base/Bytes.h"
#include "base/Clock.h"
#include "json/Json.h"
#include "placement/Shards.h"

#include <algorithm>
#include <numeric>

namespace miroir::admin {

using read::ClusterView;
using read::NodeState;
using read::NodeView;

namespace {

bool serves(const ClusterView &view, const NodeId &id)
{
    const NodeView *node = view.node(id);
    return node != nullptr && node->state == NodeState::Serving;
}

void writeNode(json::Writer &out, const ClusterView &view, const NodeView &node)
{
    out.beginObject().key("id").string(node.id);
    out.key("address").string(node.url.toString().toStdString());
    out.key("zone");
    if (node.zone.empty())
        out.null();
    else
        out.string(node.zone);
    out.key("weight").number(node.weight).key("state").string(read::nodeStateName(node.state));
    out.key("stateSince").string(rfc3339(node.stateSinceNs)).key("version").string(node.version);
    out.key("latencyMs").number(node.latencyMs);
    out.key("shards").number(static_cast<std::uint64_t>(view.map.shardsOf(node.id).count()));
    out.key("documents").number(node.documents).key("bytes");
    if (node.bytes)
        out.number(*node.bytes);
    else
        out.null();
    out.key("lag").number(node.lag).key("pid");
    if (node.pid > 0)
        out.number(node.pid);
    else
        out.null();
    out.key("error");
    if (node.error.empty())
        out.null();
    else
        out.string(node.error);
    out.endObject();
}

void writeNodes(json::Writer &out, const ClusterView &view)
{
    out.beginArray();
    for (const NodeView &node : view.nodes)
        writeNode(out, view, node);
    out.endArray();
}

void writeCopies(json::Writer &out, const ClusterView &view)
{
    out.beginArray();
    for (const read::CopyView &copy : view.copies) {
        out.beginObject().key("node").string(copy.node).key("indexUid").string(copy.indexUid);
        out.key("stage").string(copy.stage).key("copied").number(copy.copied).key("documents").number(copy.documents);
        out.key("why").string(copy.why).key("note");
        if (copy.note.empty())
            out.null();
        else
            out.string(copy.note);
        out.endObject();
    }
    out.endArray();
}

std::uint64_t sumOf(const std::vector<std::uint64_t> &numbers)
{
    return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t {0});
}

void writeIndexes(json::Writer &out, const Report &report)
{
    out.beginArray();
    for (const auto &[uid, index] : report.view->indexes) {
        const auto documents = report.shardDocuments.find(uid);
        out.beginObject().key("uid").string(uid).key("primaryKey");
        if (index.primaryKey)
            out.string(*index.primaryKey);
        else
            out.null();
        out.key("documents").number(documents == report.shardDocuments.end() ? 0 : sumOf(documents->second));
        out.key("createdAt").string(rfc3339(index.createdAtNs));
        out.key("updatedAt").string(rfc3339(index.updatedAtNs));
        out.key("isIndexing").boolean(index.indexing).endObject();
    }
    out.endArray();
}

std::string names(const ClusterView &view, NodeState state)
{
    std::string text;
    for (const NodeView &node : view.nodes) {
        if (node.state == state)
            text += (text.empty() ? "" : ", ") + node.id;
    }
    return text;
}

} // namespace

Report makeReport(cluster::Control &control, std::shared_ptr<const ClusterView> view, bool local)
{
    Report report;
    report.local = local;
    report.view = std::move(view);
    const auto counts = control.taskCounts();
    report.taskCounts = counts ? *counts : std::vector<std::uint64_t>(protocol::taskStatusCount);
    for (const auto &[uid, index] : report.view->indexes) {
        if (const auto shards = control.documentsByShard(index.physical))
            report.shardDocuments.emplace(uid, *shards);
    }
    return report;
}

Cover coverOf(const ClusterView &view)
{
    Cover cover;
    for (const auto &replicas : view.map.replicas) {
        const auto serving
            = std::count_if(replicas.begin(), replicas.end(), [&view](const NodeId &id) { return serves(view, id); });
        if (serving == 0)
            ++cover.none;
        else if (static_cast<std::size_t>(serving) < replicas.size())
            ++cover.reduced;
        else
            ++cover.full;
    }
    return cover;
}

std::string stateOf(const ClusterView &view)
{
    const Cover cover = coverOf(view);
    return cover.none > 0 ? "unavailable" : cover.reduced > 0 ? "degraded" : "healthy";
}

std::string sentenceOf(const ClusterView &view)
{
    const Cover cover = coverOf(view);
    if (cover.none == 0 && cover.reduced == 0)
        return "Healthy \u2013 " + std::to_string(view.nodes.size()) + " nodes, "
            + std::to_string(placement::shardCount) + " shards \u00d7 " + std::to_string(view.map.replicationFactor)
            + " replicas, nothing moving";
    std::string sentence = cover.none > 0 ? "Unavailable: " : "Degraded: ";
    std::string parts;
    const auto add = [&parts](const std::string &nodes, const std::string &what) {
        if (!nodes.empty())
            parts += (parts.empty() ? "" : "; ") + nodes + (nodes.find(',') == std::string::npos ? " is " : " are ")
                + what;
    };
    add(names(view, NodeState::Down), "down");
    add(names(view, NodeState::Refused), "refused");
    add(names(view, NodeState::CatchingUp), "catching up");
    sentence += parts;
    if (cover.none > 0)
        return sentence + "; " + std::to_string(cover.none) + " shards have no replica that can answer";
    return sentence + "; every shard still has a replica";
}

QByteArray clusterJson(const Report &report)
{
    const ClusterView &view = *report.view;
    json::Writer out;
    out.beginObject().key("name").string(view.name).key("version").string(MIROIR_VERSION);
    out.key("state").string(stateOf(view)).key("sentence").string(sentenceOf(view));
    out.key("epoch").number(view.map.epoch.value);
    out.key("shards").number(static_cast<std::uint64_t>(placement::shardCount));
    out.key("replicationFactor").number(view.map.replicationFactor).key("local").boolean(report.local);
    out.key("nodes");
    writeNodes(out, view);
    out.key("moves").beginArray().endArray().key("copies");
    writeCopies(out, view);
    out.key("indexes");
    writeIndexes(out, report);
    out.key("tasks").beginObject();
    for (int i = 0; i < protocol::taskStatusCount; ++i)
        out.key(protocol::taskStatusName(static_cast<protocol::TaskStatus>(i)))
            .number(report.taskCounts.at(static_cast<std::size_t>(i)));
    return out.endObject().endObject().take();
}

QByteArray shardsJson(const Report &report, const std::string &uid)
{
    const ClusterView &view = *report.view;
    json::Writer out;
    out.beginObject().key("epoch").number(view.map.epoch.value).key("shards").beginArray();
    for (std::uint16_t shard = 0; shard < placement::shardCount; ++shard) {
        const auto &replicas = view.map.replicasOf({shard});
        const auto serving
            = std::count_if(replicas.begin(), replicas.end(), [&view](const NodeId &id) { return serves(view, id); });
        std::uint64_t documents = 0;
        for (const auto &[name, counts] : report.shardDocuments) {
            if (uid.empty() || name == uid)
                documents += counts.at(shard);
        }
        out.beginObject().key("id").number(unsigned {shard}).key("nodes").beginArray();
        for (const NodeId &id : replicas)
            out.string(id);
        out.endArray().key("cover");
        out.string(serving == 0 ? "none" : static_cast<std::size_t>(serving) < replicas.size() ? "reduced" : "full");
        out.key("documents").number(documents).endObject();
    }
    return out.endArray().endObject().take();
}

QByteArray nodesJson(const ClusterView &view)
{
    json::Writer out;
    out.beginObject().key("nodes");
    writeNodes(out, view);
    return out.endObject().take();
}

QByteArray indexesJson(const Report &report)
{
    json::Writer out;
    out.beginObject().key("indexes");
    writeIndexes(out, report);
    return out.endObject().take();
}

std::vector<cluster::Control::PendingDelivery> pendingOf(
    const cluster::Control &control, const ClusterView &view, const protocol::TaskRecord &task)
{
    const read::IndexView *index = task.indexUid ? view.index(*task.indexUid) : nullptr;
    if (index == nullptr || protocol::isFinished(task.status))
        return {};
    return control.pendingOf(index->physical);
}

QByteArray taskJson(const protocol::TaskRecord &task, const std::vector<cluster::Control::PendingDelivery> &pending)
{
    QByteArray out = protocol::taskToJson(task);
    MIROIR_ASSERT(out.endsWith('}'));
    out.chop(1);
    json::Writer list;
    list.beginArray();
    for (const cluster::Control::PendingDelivery &delivery : pending)
        list.beginObject().key("node").string(delivery.node).key("operations").number(delivery.operations).endObject();
    return out + ",\"pending\":" + list.endArray().take() + '}';
}

} // namespace miroir::admin
