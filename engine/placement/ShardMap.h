// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Shards.h"

#include <QByteArray>

#include <array>
#include <vector>

namespace miroir::placement {

/// One replica goes from a node to another. `from` empty: a replica is added (more replicas wanted). `to`
/// empty: one is given up (fewer wanted). `from` is the node that gives up its replica; when it is gone, the
/// copy is read from another.
struct Move {
    ShardId shard;
    NodeId from;
    NodeId to;
    auto operator<=>(const Move &) const = default;
};

/// The stored assignment shard -> nodes: the only truth about who owns what. A value; compare and copy freely.
struct ShardMap {
    Epoch epoch; ///< 0 = no map yet; each change gives a map with the next epoch
    int replicationFactor = 1; ///< wanted; a shard may have more or fewer while moves run
    std::array<std::vector<NodeId>, shardCount> replicas; ///< in order of preference; no node twice in one shard

    bool operator==(const ShardMap &) const = default;

    [[nodiscard]] const std::vector<NodeId> &replicasOf(ShardId shard) const { return replicas.at(shard.value); }
    [[nodiscard]] bool owns(std::string_view node, ShardId shard) const;
    [[nodiscard]] ShardSet shardsOf(std::string_view node) const;
    /// Every node named in the map, sorted.
    [[nodiscard]] std::vector<NodeId> nodes() const;

    /// Makes one move; the epoch rises by 1. `to` takes the place of `from`. Fails, and changes nothing, when
    /// the move does not fit the map: `from` holds no replica, `to` holds one already, both empty.
    Status<> apply(const Move &move);
    /// The map after one move.
    [[nodiscard]] Result<ShardMap> after(const Move &move) const;

    /// {"epoch":7,"replicationFactor":2,"shards":[["a","b"],["b","c"],..]} with 64 lists.
    [[nodiscard]] QByteArray toJson() const;
    /// Reads what toJson wrote. Fails on any other shape, on wrong counts, empty or repeated names.
    static Result<ShardMap> fromJson(const QByteArray &text);
};

} // namespace miroir::placement
