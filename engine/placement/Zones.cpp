// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/Planner.h"

#include <algorithm>
#include <tuple>

namespace miroir::placement {

namespace {

struct Member {
    std::size_t index = 0; // into the nodes given
    ShardSet held;
    std::uint64_t weight = 0;
};
struct Group {
    std::vector<Member> members;

    [[nodiscard]] std::uint64_t weight() const
    {
        std::uint64_t sum = 0;
        for (const Member &member : members)
            sum += member.weight;
        return sum;
    }
    /// Shards held twice, counted for each further holder: what would have to move for the group to be a zone.
    [[nodiscard]] std::size_t doubled() const
    {
        ShardSet seen;
        std::size_t count = 0;
        for (const Member &member : members) {
            count += (seen & member.held).count();
            seen |= member.held;
        }
        return count;
    }
};

/// Less is better: what must move first, then how uneven the weights are.
std::pair<std::size_t, std::uint64_t> badness(const std::vector<Group> &groups)
{
    std::size_t doubled = 0;
    std::uint64_t heaviest = 0;
    std::uint64_t lightest = ~std::uint64_t {0};
    for (const Group &group : groups) {
        doubled += group.doubled();
        heaviest = std::max(heaviest, group.weight());
        lightest = std::min(lightest, group.weight());
    }
    return {doubled, heaviest - lightest};
}

std::vector<Group> deal(const std::vector<Member> &members, std::size_t groupCount)
{
    const std::size_t size = members.size() / groupCount;
    std::vector<Group> groups(groupCount);
    for (const Member &member : members) {
        std::size_t best = groupCount;
        std::tuple<std::size_t, std::uint64_t, std::size_t> bestKey;
        for (std::size_t g = 0; g < groupCount; ++g) {
            if (groups[g].members.size() == size)
                continue;
            Group with = groups[g];
            with.members.push_back(member);
            const std::tuple key(with.doubled(), groups[g].weight(), groups[g].members.size());
            if (best == groupCount || key < bestKey) {
                best = g;
                bestKey = key;
            }
        }
        groups[best].members.push_back(member);
    }
    return groups;
}

/// Exchanges pairs between groups while that helps; a bounded number of passes.
void polish(std::vector<Group> &groups)
{
    constexpr int maxPasses = 8;
    bool better = true;
    for (int pass = 0; better && pass < maxPasses; ++pass) {
        better = false;
        for (std::size_t a = 0; a < groups.size(); ++a) {
            for (std::size_t b = a + 1; b < groups.size(); ++b) {
                for (Member &x : groups[a].members) {
                    for (Member &y : groups[b].members) {
                        const auto before = badness({groups[a], groups[b]});
                        std::swap(x, y);
                        if (badness({groups[a], groups[b]}) < before)
                            better = true;
                        else
                            std::swap(x, y);
                    }
                }
            }
        }
    }
}

} // namespace

std::vector<PlanNode> assignZones(std::vector<PlanNode> nodes, int replicationFactor, const ShardMap *current)
{
    std::vector<Member> members;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        if (!nodes[n].zone.empty())
            return nodes;
        if (nodes[n].state == NodeState::Active)
            members.push_back({n, current != nullptr ? current->shardsOf(nodes[n].id) : ShardSet(), nodes[n].weight});
    }
    if (replicationFactor < 2 || members.empty() || members.size() > maxNodes)
        return nodes;
    const auto groupCount = static_cast<std::size_t>(replicationFactor);
    if (members.size() % groupCount != 0)
        return nodes;
    // holders of much and heavy nodes first: the rest fills up around them
    std::sort(members.begin(), members.end(), [&nodes](const Member &a, const Member &b) {
        const auto key = [&nodes](const Member &m) {
            return std::tuple(shardCount - m.held.count(), ~m.weight, std::string_view(nodes[m.index].id));
        };
        return key(a) < key(b);
    });
    std::vector<Group> groups = deal(members, groupCount);
    polish(groups);
    // names follow the smallest id in each group, so that they do not depend on the order of the input
    std::vector<std::pair<NodeId, const Group *>> order;
    for (const Group &group : groups) {
        const auto smallest = std::min_element(group.members.begin(), group.members.end(),
            [&nodes](const Member &a, const Member &b) { return nodes[a.index].id < nodes[b.index].id; });
        order.emplace_back(nodes[smallest->index].id, &group);
    }
    std::sort(order.begin(), order.end());
    for (std::size_t g = 0; g < order.size(); ++g) {
        for (const Member &member : order[g].second->members)
            nodes[member.index].zone = "zone-" + std::to_string(g + 1);
    }
    return nodes;
}

} // namespace miroir::placement
