// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Rendezvous.h"
#include "placement/ShardMap.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// From the present map and the nodes wanted to the cheapest balanced map, and the moves that lead there. Pure and
/// deterministic: the same values give the same plan on every machine, in whatever order nodes are listed.
namespace miroir::placement {

inline constexpr std::size_t maxNodes = 256;
inline constexpr int maxReplicationFactor = 16;

enum class NodeState : std::uint8_t {
    Active, ///< may hold shards
    Leaving, ///< gives up everything; nodes of the map that are not listed at all count as gone, likewise
};

struct PlanNode {
    NodeId id;
    std::uint32_t weight = 1; ///< 1 .. maxNodeWeight; only ratios count
    std::string zone; ///< empty: a zone of its own
    NodeState state = NodeState::Active;
};

struct PlanRequest {
    std::optional<ShardMap> current; ///< nothing, or epoch 0: the first map is made
    std::vector<PlanNode> nodes;
    int replicationFactor = 1;
    std::vector<std::uint64_t> shardBytes; ///< empty, or 64 sizes: equally cheap choices are then made by size
};

struct NodeShare {
    NodeId id;
    std::string zone;
    unsigned before = 0; ///< replicas in the current map
    unsigned after = 0;
    double fair = 0; ///< replicas by weight, for display; after is never below floor(fair) or above ceil(fair)
    std::uint64_t bytesAfter = 0; ///< 0 without sizes
};

struct Plan {
    ShardMap target; ///< epoch = current epoch + number of moves (1 for a first map)
    std::vector<Move> moves; ///< empty for a first map; applying them in order to current gives target
    unsigned copies = 0; ///< moves that copy data (those with a `to`); the least possible
    std::uint64_t bytesToCopy = 0; ///< 0 without sizes
    std::vector<NodeShare> shares; ///< active nodes, sorted by id
    /// Largest after/fair over the nodes, minus 1: 0.03 means the fullest node holds 3 % above its fair share.
    double imbalance = 0;
};

/// Fair share of a node: replicationFactor * 64 * weight / sum of weights, but a node holds each shard at most
/// once and a zone no more replicas of one shard than must be (one when there are at least as many zones as
/// replicas); what a full node or zone cannot take goes to the others by weight. Within these the plan copies
/// as few replicas as possible: it is a minimum cost flow, found by successive shortest paths (R. K. Ahuja, T.
/// L. Magnanti, J. B. Orlin, "Network Flows", 1993, 9.7). The first map is the balanced map nearest to the
/// rendezvous choice. Fails when: no node; more nodes than maxNodes; duplicate or empty ids; weight out of
/// range; replicationFactor < 1, above the limit or above the number of active nodes; wrong number of sizes.
[[nodiscard]] Result<Plan> plan(const PlanRequest &request);

/// Fills in zones when none is configured and replicationFactor divides the number of active nodes (and is
/// above 1): as many zones as replicas, named "zone-1".., of equal node count and weights as even as can be;
/// with a map, nodes that share few shards come together, so that little must move. Otherwise the nodes come
/// back as given. Leaving nodes get no zone.
[[nodiscard]] std::vector<PlanNode> assignZones(
    std::vector<PlanNode> nodes, int replicationFactor, const ShardMap *current = nullptr);

} // namespace miroir::placement
