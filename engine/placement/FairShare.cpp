// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/FairShare.h"

#include "base/Assert.h"
#include "placement/Shards.h"

#include <algorithm>
#include <optional>

namespace miroir::placement {

namespace {

std::size_t zoneTotal(const std::vector<ShareNode> &nodes)
{
    std::size_t zones = 0;
    for (const ShareNode &node : nodes)
        zones = std::max(zones, node.zone + 1);
    return zones;
}

bool less(const Share &a, const Share &b)
{
    return a.numerator * b.denominator < b.numerator * a.denominator;
}

/// The water level: replicas for each unit of weight. It rises until all replicas are placed; a node or zone that is
/// full on the way stops there.
class Filling
{
public:
    Filling(const std::vector<ShareNode> &nodes, unsigned replicationFactor, unsigned capacity)
        : m_nodes(nodes), m_shares(nodes.size()), m_frozen(nodes.size(), false), m_zones(zoneTotal(nodes)),
          m_capacity(capacity), m_left(std::uint64_t {shardCount} * replicationFactor)
    {
        for (const ShareNode &node : nodes) {
            m_zones[node.zone].weight += node.weight;
            m_weight += node.weight;
        }
    }

    std::vector<Share> run()
    {
        while (m_weight > 0 && freezeNext()) { }
        for (std::size_t n = 0; n < m_nodes.size(); ++n) {
            if (!m_frozen[n])
                m_shares[n] = {m_left * m_nodes[n].weight, m_weight};
        }
        return std::move(m_shares);
    }

private:
    struct Zone {
        std::uint64_t weight = 0; // of members that are not frozen
        unsigned fullNodes = 0;
    };

    /// Freezes what fills up first, if anything does before the final level is reached.
    bool freezeNext()
    {
        Share level {m_left, m_weight};
        std::optional<std::size_t> node;
        std::optional<std::size_t> zone;
        for (std::size_t n = 0; n < m_nodes.size(); ++n) {
            const Share full {shardCount, m_nodes[n].weight};
            if (!m_frozen[n] && less(full, level)) {
                level = full;
                node = n;
            }
        }
        for (std::size_t z = 0; z < m_zones.size(); ++z) {
            if (m_zones[z].weight > 0 && less(zoneLevel(z), level)) {
                level = zoneLevel(z);
                zone = z;
            }
        }
        if (zone)
            freezeZone(*zone);
        else if (node)
            freezeNode(*node);
        return zone || node;
    }

    [[nodiscard]] Share zoneLevel(std::size_t z) const
    {
        return {std::uint64_t {shardCount} * (m_capacity - m_zones[z].fullNodes), m_zones[z].weight};
    }
    void freezeNode(std::size_t n)
    {
        Zone &zone = m_zones[m_nodes[n].zone];
        MIROIR_ASSERT(zone.fullNodes < m_capacity);
        m_frozen[n] = true;
        m_shares[n] = {shardCount, 1};
        m_left -= shardCount;
        m_weight -= m_nodes[n].weight;
        zone.weight -= m_nodes[n].weight;
        ++zone.fullNodes;
    }
    void freezeZone(std::size_t z)
    {
        const Share level = zoneLevel(z);
        for (std::size_t n = 0; n < m_nodes.size(); ++n) {
            if (m_nodes[n].zone != z || m_frozen[n])
                continue;
            m_frozen[n] = true;
            m_shares[n] = {level.numerator * m_nodes[n].weight, level.denominator};
            m_weight -= m_nodes[n].weight;
        }
        MIROIR_ASSERT(m_left >= level.numerator);
        m_left -= level.numerator;
        m_zones[z].weight = 0;
    }

    const std::vector<ShareNode> &m_nodes;
    std::vector<Share> m_shares;
    std::vector<bool> m_frozen;
    std::vector<Zone> m_zones;
    unsigned m_capacity;
    std::uint64_t m_left; // replicas not yet given to frozen nodes
    std::uint64_t m_weight = 0; // of nodes that are not frozen
};

} // namespace

unsigned zoneCapacity(const std::vector<ShareNode> &nodes, unsigned replicationFactor)
{
    std::vector<unsigned> members(zoneTotal(nodes), 0);
    for (const ShareNode &node : nodes)
        ++members[node.zone];
    for (unsigned capacity = 1; capacity <= replicationFactor; ++capacity) {
        unsigned places = 0;
        for (const unsigned count : members)
            places += std::min(capacity, count);
        if (places >= replicationFactor)
            return capacity;
    }
    MIROIR_ASSERT(false); // the caller checked that there are enough nodes
    return replicationFactor;
}

std::vector<Share> fairShares(
    const std::vector<ShareNode> &nodes, unsigned replicationFactor, unsigned capacity)
{
    return Filling(nodes, replicationFactor, capacity).run();
}

} // namespace miroir::placement
