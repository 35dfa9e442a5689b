// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Shards.h"

#include <array>
#include <cstdint>
#include <vector>

namespace miroir::placement {

/// The balanced assignment that keeps the most replicas where they are. Nodes are indices here.
///
/// It is a minimum cost flow shard -> (shard, zone) -> node with cost 1 for a replica on a node that did not
/// hold it, solved by successive shortest paths. A path through a shard is one edge between two nodes, and
/// which shards can take it is one operation on 64-bit sets; so the search runs over nodes only. Distances
/// count cost first and edges second: a path with the fewest edges never uses one shard twice in a way that
/// would overfill a zone.
class Balance
{
public:
    struct Node {
        std::size_t zone = 0; ///< dense from 0
        std::uint64_t held = 0; ///< bit s: holds shard s now
        unsigned least = 0, most = 0; ///< replicas in the end; a solution must exist
        /// among equal choices the shard with the greatest value is taken
        std::array<std::uint64_t, shardCount> liking {};
    };
    /// zoneCapacity: replicas of one shard in one zone at most. bytes: empty or 64 sizes.
    Balance(std::vector<Node> nodes, unsigned replicationFactor, unsigned zoneCapacity,
        std::vector<std::uint64_t> bytes = {});

    /// The shards of each node afterwards.
    [[nodiscard]] std::vector<std::uint64_t> solve();

private:
    static constexpr std::int32_t costUnit = 4096; // more than the edges of any path
    struct Edge {
        std::int32_t length = 0;
        std::uint64_t shards = 0; // any of them will do; 0: no edge
    };

    void keepWhatStays();
    bool improve();
    [[nodiscard]] Edge fromPool(std::size_t to) const;
    [[nodiscard]] Edge between(std::size_t from, std::size_t to) const;
    [[nodiscard]] std::size_t choose(std::uint64_t shards, std::size_t to) const;
    void searchPaths();
    void follow(std::size_t end);
    void put(std::size_t node, std::size_t shard);
    void take(std::size_t node, std::size_t shard);
    [[nodiscard]] std::uint64_t bytesOf(std::uint64_t shards) const;

    std::vector<Node> m_nodes;
    std::vector<std::uint64_t> m_now; // shards by node
    std::vector<unsigned> m_limit; // replicas by node in this phase
    std::vector<std::array<std::uint8_t, shardCount>> m_inZone; // replicas by zone and shard
    std::vector<std::uint64_t> m_zoneFull; // shards of which the zone can take no more
    std::array<unsigned, shardCount> m_pool {}; // replicas without a node
    std::uint64_t m_poolShards = 0;
    std::vector<std::int32_t> m_distance;
    std::vector<std::size_t> m_before; // node in front on the path; npos: the pool
    unsigned m_zoneCapacity;
    std::vector<std::uint64_t> m_bytes;
    std::uint64_t m_meanBytes = 0;
};

} // namespace miroir::placement
