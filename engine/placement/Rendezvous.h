// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

/// Weighted rendezvous hashing: every node gets a score for every shard, and the nodes with the best scores are
/// the shard's candidates. D. Thaler, C. V. Ravishankar, "Using name-based mappings to increase hit rates",
/// IEEE/ACM Transactions on Networking 6(1), 1998; weighted form -w / ln(u) after J. Resch, "New hashing
/// algorithms for data storage", SNIA SDC 2015. Pure; integers only, so that every machine gives the same
/// answer.
namespace miroir::placement {

inline constexpr std::uint32_t maxNodeWeight = 1'000'000;
inline constexpr std::uint64_t rendezvousSeed = 0x4D69'726F'6972'2031; // "Miroir 1"

/// weight / -log2(u) as a fraction; the base of the logarithm does not change the order.
struct RendezvousScore {
    std::uint32_t weight = 1;
    std::uint64_t negLog2 = 1; ///< -log2((hash + 1) / 2^64) in units of 2^-32, at least 1
    std::uint64_t hash = 0; ///< decides between equal fractions
    /// Greater is better. Exact: cross multiplication, no division.
    [[nodiscard]] std::strong_ordering operator<=>(const RendezvousScore &other) const;
    [[nodiscard]] bool operator==(const RendezvousScore &other) const { return (*this <=> other) == 0; }
};

/// XXH3_64bits_withSeed over: bytes of the node id, one zero byte, the shard number as two bytes, low byte first.
[[nodiscard]] std::uint64_t rendezvousHash(std::string_view node, ShardId shard);
/// weight 1 .. maxNodeWeight (asserted).
[[nodiscard]] RendezvousScore rendezvousScore(std::string_view node, std::uint32_t weight, ShardId shard);
/// -log2((hash + 1) / 2^64) in units of 2^-32, rounded up, at least 1. Computed bit by bit in integers.
[[nodiscard]] std::uint64_t negativeLog2(std::uint64_t hash);

struct WeightedNode {
    NodeId id;
    std::uint32_t weight = 1;
};
/// Indices into `nodes`, best first; equal scores by id.
[[nodiscard]] std::vector<std::size_t> rankNodes(const std::vector<WeightedNode> &nodes, ShardId shard);

} // namespace miroir::placement
