// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/ShardFilter.h"
#include "placement/ShardMap.h"

#include <cstdint>
#include <string>
#include <vector>

/// Which nodes answer one search, each for which shards. Pure; cheap enough for every request.
namespace miroir::placement {

/// A node that may be asked.
struct Server {
    NodeId id;
    std::string zone; ///< empty: none
    ShardSet serves; ///< shards it owns in the pinned map and is fit to answer for (alive, applied enough)
    /// shards of which it may hold any document, so also those arriving or not yet cleaned; includes serves
    ShardSet holds;
    /// decides between sets of equally many nodes: lower sum wins (load, latency; 0 = no opinion)
    std::uint32_t cost = 0;
};

struct CoveringPart {
    std::size_t server = 0; ///< index into the servers given
    NodeId node;
    ShardSet shards; ///< never empty; disjoint from all other parts
    bool needsFilter = true; ///< false when shards are exactly all it holds
};

struct CoveringSet {
    std::vector<CoveringPart> parts; ///< sorted by server
    ShardSet missing; ///< wanted shards that no server serves
    std::string zone; ///< the zone that answers alone, or empty
    [[nodiscard]] bool complete() const { return missing.none(); }
};

/// Chooses servers so that every wanted shard is answered exactly once: a whole zone if one can answer alone
/// (the one with the fewest nodes, then without filters, then cheapest); else the fewest nodes around one that
/// is drawn by lot from the cheapest, so that no node stays idle (at most one more than the fewest possible),
/// then the lowest cost. `seed` is the lot: a counter as seed spreads searches over the replicas. Shards with
/// several chosen holders go to the least loaded one. At most maxNodes servers (asserted). The search is exact
/// up to a step limit, then greedy.
[[nodiscard]] CoveringSet cover(
    const std::vector<Server> &servers, std::uint64_t seed, const ShardSet &wanted = allShards());

} // namespace miroir::placement
