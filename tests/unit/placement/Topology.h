// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Planner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

/// Random clusters, and second opinions about plans that share no code with the planner.
namespace miroir::placement::testing {

using Random = std::mt19937_64;

inline std::uint64_t below(Random &random, std::uint64_t limit)
{
    return random() % limit;
}

inline PlanNode randomNode(Random &random, int number, bool equalWeights, unsigned zones)
{
    PlanNode node;
    node.id = "n" + std::to_string(number);
    node.weight = equalWeights ? 100 : static_cast<std::uint32_t>(1 + below(random, 1000));
    if (zones > 0)
        node.zone = "z" + std::to_string(below(random, zones));
    return node;
}

inline std::vector<PlanNode> activeOf(const std::vector<PlanNode> &nodes)
{
    std::vector<PlanNode> active;
    for (const PlanNode &node : nodes) {
        if (node.state == NodeState::Active)
            active.push_back(node);
    }
    return active;
}

/// Index of the zone of each active node.
inline std::vector<std::size_t> zonesOf(const std::vector<PlanNode> &active)
{
    std::map<std::string, std::size_t> numbers;
    std::vector<std::size_t> zones;
    std::size_t next = 0;
    for (const PlanNode &node : active) {
        const std::string name = node.zone.empty() ? "\n" + node.id : node.zone;
        const auto [place, fresh] = numbers.try_emplace(name, next);
        next += fresh ? 1 : 0;
        zones.push_back(place->second);
    }
    return zones;
}

inline unsigned capacityOf(const std::vector<std::size_t> &zones, unsigned replicas)
{
    std::map<std::size_t, unsigned> members;
    for (const std::size_t zone : zones)
        ++members[zone];
    for (unsigned capacity = 1;; ++capacity) {
        unsigned places = 0;
        for (const auto &[zone, count] : members)
            places += std::min(count, capacity);
        if (places >= replicas)
            return capacity;
    }
}

/// Fair shares by bisection of the water level.
inline std::vector<double> fairByBisection(const std::vector<PlanNode> &active, unsigned replicas)
{
    constexpr int halvings = 60;
    const auto zones = zonesOf(active);
    const double zoneMost = 64.0 * capacityOf(zones, replicas);
    std::vector<std::vector<std::size_t>> members(active.size());
    for (std::size_t n = 0; n < active.size(); ++n)
        members[zones[n]].push_back(n);
    std::vector<double> shares(active.size());
    const auto fill = [&](const std::vector<std::size_t> &list, double level) {
        double sum = 0;
        for (const std::size_t n : list)
            sum += shares[n] = std::min(64.0, level * active[n].weight);
        return sum;
    };
    const auto atLevel = [&](double level) {
        double sum = 0;
        for (const auto &list : members) {
            double filled = fill(list, level);
            if (filled > zoneMost) {
                double low = 0;
                double high = level;
                for (int i = 0; i < halvings; ++i)
                    (fill(list, (low + high) / 2) <= zoneMost ? low : high) = (low + high) / 2;
                filled = fill(list, low);
            }
            sum += filled;
        }
        return sum;
    };
    double low = 0;
    double high = 64;
    for (int i = 0; i < halvings; ++i)
        (atLevel((low + high) / 2) <= 64.0 * replicas ? low : high) = (low + high) / 2;
    atLevel(low);
    return shares;
}

/// Least number of copies by a plain minimum cost flow over source, shards, (shard, zone), nodes, sink.
class ReferenceFlow
{
public:
    ReferenceFlow(const std::vector<PlanNode> &active, unsigned replicas, const ShardMap &current,
        const std::vector<double> &fair)
    {
        const auto zones = zonesOf(active);
        const unsigned capacity = capacityOf(zones, replicas);
        const std::size_t zoneCount = 1 + *std::max_element(zones.begin(), zones.end());
        const auto shard = [](std::size_t s) { return 2 + s; };
        const auto inZone = [zoneCount](std::size_t s, std::size_t z) { return 2 + 64 + s * zoneCount + z; };
        const auto node = [zoneCount](std::size_t n) { return 2 + 64 + 64 * zoneCount + n; };
        m_edges.resize(node(active.size()));
        for (std::size_t s = 0; s < 64; ++s) {
            connect(0, shard(s), static_cast<int>(replicas), 0);
            for (std::size_t z = 0; z < zoneCount; ++z)
                connect(shard(s), inZone(s, z), static_cast<int>(capacity), 0);
            for (std::size_t n = 0; n < active.size(); ++n)
                connect(inZone(s, zones[n]), node(n), 1, current.owns(active[n].id,
                    {static_cast<std::uint16_t>(s)}) ? 0 : 1);
        }
        for (std::size_t n = 0; n < active.size(); ++n) {
            const int least = static_cast<int>(std::floor(fair[n] + 1e-6));
            const int most = static_cast<int>(std::ceil(fair[n] - 1e-6));
            connect(node(n), 1, least, -1000); // filled first
            connect(node(n), 1, most - least, 0);
            m_floors += least;
        }
    }
    int copies()
    {
        int cost = 0;
        while (augment(cost)) { }
        return cost + 1000 * m_floors;
    }

private:
    struct Edge {
        std::size_t to, back;
        int room, cost;
    };
    void connect(std::size_t from, std::size_t to, int room, int cost)
    {
        m_edges[from].push_back({to, m_edges[to].size(), room, cost});
        m_edges[to].push_back({from, m_edges[from].size() - 1, 0, -cost});
    }
    bool augment(int &total)
    {
        std::vector<int> distance(m_edges.size(), 1 << 30);
        std::vector<std::pair<std::size_t, std::size_t>> by(m_edges.size());
        distance[0] = 0;
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t v = 0; v < m_edges.size(); ++v) {
                if (distance[v] == 1 << 30)
                    continue;
                for (std::size_t e = 0; e < m_edges[v].size(); ++e) {
                    const Edge &edge = m_edges[v][e];
                    if (edge.room > 0 && distance[v] + edge.cost < distance[edge.to]) {
                        distance[edge.to] = distance[v] + edge.cost;
                        by[edge.to] = {v, e};
                        changed = true;
                    }
                }
            }
        }
        if (distance[1] == 1 << 30)
            return false;
        for (std::size_t v = 1; v != 0; v = by[v].first) {
            Edge &edge = m_edges[by[v].first][by[v].second];
            --edge.room;
            ++m_edges[edge.to][edge.back].room;
        }
        total += distance[1];
        return true;
    }

    std::vector<std::vector<Edge>> m_edges; // 0 source, 1 sink
    int m_floors = 0;
};

} // namespace miroir::placement::testing
