// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/ShardMap.h"

#include "json/Json.h"

#include <algorithm>
#include <set>

namespace miroir::placement {

namespace {

constexpr std::size_t maxReplicasRead = 64; // twice the limit of replicas and more: moves in flight add some

Result<std::vector<NodeId>> readReplicas(const json::Value &list)
{
    if (!list.isArray() || list.size() > maxReplicasRead)
        return fail("a shard of the map is not a list of nodes");
    std::vector<NodeId> nodes;
    for (const json::Value item : list.items()) {
        NodeId id = item.toString();
        if (id.empty() || std::find(nodes.begin(), nodes.end(), id) != nodes.end())
            return fail("a shard of the map names an empty node or one node twice");
        nodes.push_back(std::move(id));
    }
    return nodes;
}

} // namespace

bool ShardMap::owns(std::string_view node, ShardId shard) const
{
    const auto &list = replicasOf(shard);
    return std::find(list.begin(), list.end(), node) != list.end();
}

ShardSet ShardMap::shardsOf(std::string_view node) const
{
    ShardSet shards;
    for (std::size_t s = 0; s < shardCount; ++s)
        shards[s] = std::find(replicas[s].begin(), replicas[s].end(), node) != replicas[s].end();
    return shards;
}

std::vector<NodeId> ShardMap::nodes() const
{
    std::set<NodeId> names;
    for (const auto &list : replicas)
        names.insert(list.begin(), list.end());
    return {names.begin(), names.end()};
}

Status<> ShardMap::apply(const Move &move)
{
    if (move.shard.value >= shardCount)
        return fail("the move names no shard");
    if (move.from.empty() && move.to.empty())
        return fail("the move names no node");
    if (!move.to.empty() && owns(move.to, move.shard))
        return fail("node " + move.to + " holds the shard already");
    auto &list = replicas[move.shard.value];
    const auto place = std::find(list.begin(), list.end(), move.from);
    if (!move.from.empty() && place == list.end())
        return fail("node " + move.from + " does not hold the shard");
    if (move.from.empty())
        list.push_back(move.to);
    else if (move.to.empty())
        list.erase(place);
    else
        *place = move.to;
    ++epoch.value;
    return Done {};
}

Result<ShardMap> ShardMap::after(const Move &move) const
{
    ShardMap next = *this;
    if (const auto applied = next.apply(move); !applied)
        return applied.err();
    return next;
}

QByteArray ShardMap::toJson() const
{
    json::Writer writer;
    writer.beginObject().key("epoch").number(epoch.value).key("replicationFactor").number(replicationFactor);
    writer.key("shards").beginArray();
    for (const auto &list : replicas) {
        writer.beginArray();
        for (const NodeId &node : list)
            writer.string(node);
        writer.endArray();
    }
    writer.endArray().endObject();
    return writer.take();
}

Result<ShardMap> ShardMap::fromJson(const QByteArray &text)
{
    const auto parsed = json::Document::parse(text);
    if (!parsed)
        return fail("the shard map is not JSON: " + parsed.error().message());
    const json::Value root = parsed->root();
    const auto epoch = root["epoch"].toU64();
    const auto factor = root["replicationFactor"].toU64();
    const json::Value shards = root["shards"];
    if (!epoch || !factor || *factor < 1 || *factor > maxReplicasRead)
        return fail("the shard map has no valid epoch or replicationFactor");
    if (!shards.isArray() || shards.size() != shardCount)
        return fail("the shard map does not list 64 shards");
    ShardMap map;
    map.epoch = {*epoch};
    map.replicationFactor = static_cast<int>(*factor);
    std::size_t s = 0;
    for (const json::Value list : shards.items()) {
        auto nodes = readReplicas(list);
        if (!nodes)
            return nodes.err();
        map.replicas[s++] = std::move(*nodes);
    }
    return map;
}

} // namespace miroir::placement
