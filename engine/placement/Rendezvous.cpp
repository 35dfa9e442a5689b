// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/Rendezvous.h"

#include "base/Assert.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>

#include <xxhash.h>

namespace miroir::placement {

namespace {

constexpr unsigned fractionBits = 32;

// The square of a 64-bit mantissa needs 128 bits; both compilers that we build with have the type.
__extension__ using Wide = unsigned __int128;

/// log2(x) in units of 2^-32 for x >= 1, bit by bit: squaring a mantissa doubles its logarithm, and whether the
/// square reaches 2 is the next bit. Rounded down; integers only.
std::uint64_t log2Fixed(std::uint64_t x)
{
    const unsigned whole = 63U - static_cast<unsigned>(std::countl_zero(x));
    std::uint64_t mantissa = x << (63U - whole); // 1.63 fixed point, in [1, 2)
    std::uint64_t result = whole;
    for (unsigned bit = 0; bit < fractionBits; ++bit) {
        const Wide square = static_cast<Wide>(mantissa) * mantissa; // 2.126 fixed point
        const bool reachesTwo = (square >> 127U) != 0;
        mantissa = static_cast<std::uint64_t>(square >> (reachesTwo ? 64U : 63U));
        result = result << 1U | (reachesTwo ? 1U : 0U);
    }
    return result;
}

} // namespace

std::strong_ordering RendezvousScore::operator<=>(const RendezvousScore &other) const
{
    // weights stay below 2^20 and logarithms at or below 2^38, so the products fit
    const std::uint64_t mine = weight * other.negLog2;
    const std::uint64_t theirs = other.weight * negLog2;
    if (mine != theirs)
        return mine <=> theirs;
    return hash <=> other.hash;
}

std::uint64_t rendezvousHash(std::string_view node, ShardId shard)
{
    std::string bytes(node);
    bytes += '\0';
    bytes += static_cast<char>(shard.value & 0xFFU);
    bytes += static_cast<char>(shard.value >> 8U);
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), rendezvousSeed);
}

std::uint64_t negativeLog2(std::uint64_t hash)
{
    if (hash == ~std::uint64_t {0})
        return 1; // u is 1 and its logarithm 0, which cannot be divided by
    const std::uint64_t full = std::uint64_t {64} << fractionBits;
    return std::max<std::uint64_t>(1, full - log2Fixed(hash + 1));
}

RendezvousScore rendezvousScore(std::string_view node, std::uint32_t weight, ShardId shard)
{
    MIROIR_ASSERT(weight >= 1 && weight <= maxNodeWeight);
    const std::uint64_t hash = rendezvousHash(node, shard);
    return {weight, negativeLog2(hash), hash};
}

std::vector<std::size_t> rankNodes(const std::vector<WeightedNode> &nodes, ShardId shard)
{
    std::vector<RendezvousScore> scores;
    scores.reserve(nodes.size());
    for (const WeightedNode &node : nodes)
        scores.push_back(rendezvousScore(node.id, node.weight, shard));
    std::vector<std::size_t> order(nodes.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto by = scores[a] <=> scores[b];
        return by != 0 ? by > 0 : nodes[a].id < nodes[b].id;
    });
    return order;
}

} // namespace miroir::placement
