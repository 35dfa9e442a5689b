// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/Snapshot.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace miroir::ui {

namespace {

using json::Value;

// More than any cluster has; an answer beyond is cut, so that a broken server cannot fill the memory of the window.
constexpr int nodesMax = 1024;
constexpr int shardsMax = 32'768;
constexpr int indexesMax = 20'000;
constexpr int tasksMax = 5'000;
constexpr int pendingMax = 1024;

QString text(const Value &value)
{
    return toQString(value.toString());
}

qint64 integer(const Value &value, qint64 otherwise = 0)
{
    if (const auto n = value.toI64())
        return *n;
    return value.isNumber() ? static_cast<qint64>(value.toDouble()) : otherwise;
}

QDateTime time(const Value &value)
{
    return QDateTime::fromString(text(value), Qt::ISODateWithMs).toUTC();
}

NodeState nodeState(const std::string &word)
{
    static const std::array<std::pair<const char *, NodeState>, 7> words {{
        {"serving", NodeState::Serving},
        {"catching_up", NodeState::CatchingUp},
        {"copying", NodeState::Copying},
        {"draining", NodeState::Draining},
        {"spare", NodeState::Spare},
        {"down", NodeState::Down},
        {"refused", NodeState::Refused},
    }};
    const auto found = std::find_if(words.begin(), words.end(), [&](const auto &w) { return word == w.first; });
    return found == words.end() ? NodeState::Unknown : found->second;
}

ClusterState clusterState(const std::string &word)
{
    if (word == "healthy")
        return ClusterState::Healthy;
    return word == "degraded" ? ClusterState::Degraded : ClusterState::Unavailable;
}

Cover cover(const std::string &word)
{
    if (word == "full")
        return Cover::Full;
    return word == "reduced" ? Cover::Reduced : Cover::None;
}

NodeInfo node(const Value &value)
{
    NodeInfo n;
    n.id = text(value["id"]);
    n.address = text(value["address"]);
    n.zone = text(value["zone"]);
    n.weight = value["weight"].isNumber() ? value["weight"].toDouble() : 1.0;
    n.state = nodeState(value["state"].toString());
    n.stateSince = time(value["stateSince"]);
    n.version = text(value["version"]);
    n.latencyMs = value["latencyMs"].isNumber() ? value["latencyMs"].toDouble() : -1.0;
    n.shards = static_cast<int>(integer(value["shards"]));
    n.documents = integer(value["documents"]);
    if (value["bytes"].isNumber())
        n.bytes = integer(value["bytes"]);
    n.lag = integer(value["lag"]);
    n.error = text(value["error"]);
    return n;
}

IndexInfo index(const Value &value)
{
    IndexInfo i;
    i.uid = text(value["uid"]);
    i.primaryKey = text(value["primaryKey"]);
    i.documents = integer(value["documents"]);
    i.createdAt = time(value["createdAt"]);
    i.updatedAt = time(value["updatedAt"]);
    i.isIndexing = value["isIndexing"].toBool();
    return i;
}

ApiError apiError(const Value &value)
{
    return {text(value["message"]), text(value["code"]), text(value["type"]), text(value["link"])};
}

TaskInfo task(const Value &value)
{
    TaskInfo t;
    t.uid = integer(value["uid"], integer(value["taskUid"], -1));
    t.indexUid = text(value["indexUid"]);
    t.type = text(value["type"]);
    t.status = text(value["status"]);
    t.enqueuedAt = time(value["enqueuedAt"]);
    t.finishedAt = time(value["finishedAt"]);
    if (value["error"].isObject())
        t.error = apiError(value["error"]);
    for (const Value p : value["pending"].items()) {
        if (t.pending.size() < pendingMax)
            t.pending.append({text(p["node"]), integer(p["operations"])});
    }
    return t;
}

Result<json::Document> object(const QByteArray &bytes, const char *what)
{
    auto document = json::Document::parse(bytes);
    if (!document)
        return fail(std::string("the ") + what + " answer is no JSON: " + document.error().message());
    if (!document->root().isObject())
        return fail(std::string("the ") + what + " answer is no object");
    return std::move(document).value();
}

} // namespace

const NodeInfo *ClusterInfo::node(const QString &id) const
{
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const NodeInfo &n) { return n.id == id; });
    return found == nodes.end() ? nullptr : &*found;
}

Result<ClusterInfo> readCluster(const QByteArray &bytes)
{
    const auto document = object(bytes, "cluster");
    if (!document)
        return document.err();
    const Value root = document->root();
    if (!root["nodes"].isArray())
        return fail("the cluster answer names no nodes; is this a Miroir server?");
    ClusterInfo c;
    c.name = text(root["name"]);
    c.version = text(root["version"]);
    c.state = clusterState(root["state"].toString());
    c.sentence = text(root["sentence"]);
    c.epoch = integer(root["epoch"]);
    c.shards = static_cast<int>(integer(root["shards"]));
    c.replicationFactor = static_cast<int>(integer(root["replicationFactor"]));
    c.local = root["local"].toBool();
    for (const Value n : root["nodes"].items()) {
        if (c.nodes.size() < nodesMax)
            c.nodes.append(node(n));
    }
    for (const Value i : root["indexes"].items()) {
        if (c.indexes.size() < indexesMax)
            c.indexes.append(index(i));
    }
    const Value t = root["tasks"];
    c.tasks = {integer(t["enqueued"]), integer(t["processing"]), integer(t["succeeded"]), integer(t["failed"]),
        integer(t["canceled"])};
    return c;
}

Result<ShardMap> readShards(const QByteArray &bytes)
{
    const auto document = object(bytes, "shard");
    if (!document)
        return document.err();
    const Value root = document->root();
    if (!root["shards"].isArray())
        return fail("the shard answer has no shards");
    ShardMap map;
    map.epoch = integer(root["epoch"]);
    for (const Value s : root["shards"].items()) {
        if (map.shards.size() >= shardsMax)
            break;
        ShardInfo shard;
        shard.id = static_cast<int>(integer(s["id"]));
        for (const Value n : s["nodes"].items())
            shard.nodes.append(text(n));
        shard.cover = cover(s["cover"].toString());
        shard.documents = integer(s["documents"]);
        map.shards.append(shard);
    }
    return map;
}

Result<QVector<TaskInfo>> readTasks(const QByteArray &bytes)
{
    const auto document = object(bytes, "task");
    if (!document)
        return document.err();
    const Value list = document->root()["tasks"];
    if (!list.isArray())
        return fail("the task answer has no tasks");
    QVector<TaskInfo> tasks;
    for (const Value t : list.items()) {
        if (tasks.size() < tasksMax)
            tasks.append(task(t));
    }
    return tasks;
}

Result<TaskInfo> readTask(const QByteArray &bytes)
{
    const auto document = object(bytes, "task");
    if (!document)
        return document.err();
    const TaskInfo t = task(document->root());
    if (t.uid < 0)
        return fail("the task has no uid");
    return t;
}

Result<QByteArray> readAccess(const QByteArray &bytes)
{
    const auto document = object(bytes, "access");
    if (!document)
        return document.err();
    return text(document->root()["apiKey"]).toUtf8();
}

std::optional<ApiError> readError(const QByteArray &bytes)
{
    const auto document = json::Document::parse(bytes);
    if (!document || !document->root()["message"].isString())
        return std::nullopt;
    return apiError(document->root());
}

} // namespace miroir::ui
