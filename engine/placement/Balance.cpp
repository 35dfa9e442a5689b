// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/Balance.h"

#include "base/Assert.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace miroir::placement {

namespace {

constexpr std::size_t pool = std::numeric_limits<std::size_t>::max();
constexpr std::int32_t unreachable = std::numeric_limits<std::int32_t>::max();

std::uint64_t bit(std::size_t shard)
{
    return std::uint64_t {1} << shard;
}

template <typename Visit>
void forEachShard(std::uint64_t shards, const Visit &visit)
{
    for (; shards != 0; shards &= shards - 1)
        visit(static_cast<std::size_t>(std::countr_zero(shards)));
}

unsigned count(std::uint64_t shards)
{
    return static_cast<unsigned>(std::popcount(shards));
}

} // namespace

Balance::Balance(std::vector<Node> nodes, unsigned replicationFactor, unsigned zoneCapacity,
    std::vector<std::uint64_t> bytes)
    : m_nodes(std::move(nodes)), m_now(m_nodes.size(), 0), m_limit(m_nodes.size()),
      m_zoneCapacity(zoneCapacity), m_bytes(std::move(bytes))
{
    std::size_t zones = 0;
    for (const Node &node : m_nodes)
        zones = std::max(zones, node.zone + 1);
    m_inZone.resize(zones);
    m_zoneFull.resize(zones, 0);
    m_pool.fill(replicationFactor);
    m_poolShards = ~std::uint64_t {0};
    if (!m_bytes.empty())
        m_meanBytes = std::accumulate(m_bytes.begin(), m_bytes.end(), std::uint64_t {0}) / shardCount;
}

void Balance::put(std::size_t node, std::size_t shard)
{
    const std::size_t zone = m_nodes[node].zone;
    m_now[node] |= bit(shard);
    if (++m_inZone[zone][shard] == m_zoneCapacity)
        m_zoneFull[zone] |= bit(shard);
    MIROIR_ASSERT(m_inZone[zone][shard] <= m_zoneCapacity);
}

void Balance::take(std::size_t node, std::size_t shard)
{
    const std::size_t zone = m_nodes[node].zone;
    m_now[node] &= ~bit(shard);
    --m_inZone[zone][shard];
    m_zoneFull[zone] &= ~bit(shard);
}

/// Keeping costs nothing, and a flow of cost 0 is the cheapest of its amount: any choice is a right start.
void Balance::keepWhatStays()
{
    for (std::size_t shard = 0; shard < shardCount; ++shard) {
        for (std::size_t n = 0; n < m_nodes.size() && m_pool[shard] > 0; ++n) {
            const bool full = (m_zoneFull[m_nodes[n].zone] & bit(shard)) != 0 || count(m_now[n]) >= m_limit[n];
            if ((m_nodes[n].held & bit(shard)) == 0 || full)
                continue;
            put(n, shard);
            if (--m_pool[shard] == 0)
                m_poolShards &= ~bit(shard);
        }
    }
}

Balance::Edge Balance::fromPool(std::size_t to) const
{
    const Node &node = m_nodes[to];
    const std::uint64_t possible = m_poolShards & ~m_now[to] & ~m_zoneFull[node.zone];
    if ((possible & node.held) != 0)
        return {1, possible & node.held};
    return {costUnit + 1, possible};
}

/// `from` gives one of its shards to `to`. That costs 1 if `to` did not hold it, and saves 1 if `from` did not
/// either.
Balance::Edge Balance::between(std::size_t from, std::size_t to) const
{
    const Node &giver = m_nodes[from];
    const Node &taker = m_nodes[to];
    std::uint64_t possible = m_now[from] & ~m_now[to];
    if (giver.zone != taker.zone)
        possible &= ~m_zoneFull[taker.zone];
    if (const std::uint64_t shards = possible & taker.held & ~giver.held; shards != 0)
        return {1 - costUnit, shards};
    if (const std::uint64_t shards = possible & ~(taker.held ^ giver.held); shards != 0)
        return {1, shards};
    return {1 + costUnit, possible};
}

/// Bellman-Ford from the pool: lengths may be negative, cycles are not.
void Balance::searchPaths()
{
    m_distance.assign(m_nodes.size(), unreachable);
    m_before.assign(m_nodes.size(), pool);
    for (std::size_t to = 0; to < m_nodes.size(); ++to) {
        if (const Edge edge = fromPool(to); edge.shards != 0)
            m_distance[to] = edge.length;
    }
    bool changed = true;
    for (std::size_t round = 0; changed && round <= m_nodes.size(); ++round) {
        changed = false;
        for (std::size_t from = 0; from < m_nodes.size(); ++from) {
            if (m_distance[from] == unreachable)
                continue;
            for (std::size_t to = 0; to < m_nodes.size(); ++to) {
                if (to == from || m_distance[from] + 1 - costUnit >= m_distance[to])
                    continue; // not even the shortest edge would help
                const Edge edge = between(from, to);
                if (edge.shards != 0 && m_distance[from] + edge.length < m_distance[to]) {
                    m_distance[to] = m_distance[from] + edge.length;
                    m_before[to] = from;
                    changed = true;
                }
            }
        }
    }
    MIROIR_ASSERT(!changed);
}

std::uint64_t Balance::bytesOf(std::uint64_t shards) const
{
    std::uint64_t sum = 0;
    forEachShard(shards, [&](std::size_t shard) { sum += m_bytes[shard]; });
    return sum;
}

/// Which of equally cheap shards goes to the node: with sizes the one that brings it nearest to the mean, else
/// the best liked.
std::size_t Balance::choose(std::uint64_t shards, std::size_t to) const
{
    const std::uint64_t has = m_bytes.empty() ? 0 : bytesOf(m_now[to]);
    const std::uint64_t wanted = m_bytes.empty() ? 0 : m_meanBytes * (count(m_now[to]) + 1);
    std::size_t best = shardCount;
    std::uint64_t bestGap = 0;
    forEachShard(shards, [&](std::size_t shard) {
        const std::uint64_t would = m_bytes.empty() ? 0 : has + m_bytes[shard];
        const std::uint64_t gap = would > wanted ? would - wanted : wanted - would;
        const auto &liking = m_nodes[to].liking;
        if (best == shardCount || gap < bestGap || (gap == bestGap && liking[shard] > liking[best])) {
            best = shard;
            bestGap = gap;
        }
    });
    MIROIR_ASSERT(best < shardCount);
    return best;
}

/// Moves one replica along each edge of the path found, from its end to the pool.
void Balance::follow(std::size_t end)
{
    struct Step {
        std::size_t from, to, shard;
    };
    std::vector<Step> steps;
    for (std::size_t to = end;;) {
        const std::size_t from = m_before[to];
        const Edge edge = from == pool ? fromPool(to) : between(from, to);
        steps.push_back({from, to, choose(edge.shards, to)});
        MIROIR_ASSERT(steps.size() <= m_nodes.size());
        if (from == pool)
            break;
        to = from;
    }
    for (const Step &step : steps) {
        if (step.from != pool)
            take(step.from, step.shard);
        else if (--m_pool[step.shard] == 0)
            m_poolShards &= ~bit(step.shard);
    }
    for (const Step &step : steps)
        put(step.to, step.shard);
}

/// Places one more replica at the least cost; false when every node has what this phase allows, or all is placed.
bool Balance::improve()
{
    if (m_poolShards == 0)
        return false;
    searchPaths();
    std::size_t end = pool;
    for (std::size_t n = 0; n < m_nodes.size(); ++n) {
        if (count(m_now[n]) >= m_limit[n] || m_distance[n] == unreachable)
            continue;
        if (end == pool || m_distance[n] < m_distance[end])
            end = n;
    }
    if (end == pool)
        return false;
    follow(end);
    return true;
}

std::vector<std::uint64_t> Balance::solve()
{
    // Two phases, because filling every node to its least comes before any cost.
    for (std::size_t n = 0; n < m_nodes.size(); ++n)
        m_limit[n] = m_nodes[n].least;
    keepWhatStays();
    while (improve()) { }
    for (std::size_t n = 0; n < m_nodes.size(); ++n) {
        MIROIR_ASSERT(count(m_now[n]) == m_nodes[n].least);
        m_limit[n] = m_nodes[n].most;
    }
    while (improve()) { }
    MIROIR_ASSERT(m_poolShards == 0);
    return m_now;
}

} // namespace miroir::placement
