// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/Planner.h"

#include "placement/Balance.h"
#include "placement/FairShare.h"
#include "placement/Rendezvous.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace miroir::placement {

namespace {

/// The request in the form the algorithms want: active nodes sorted by id, zones numbered by first node.
struct Problem {
    std::vector<PlanNode> nodes;
    std::vector<ShareNode> places; // same order
    std::map<NodeId, std::string, std::less<>> zoneNames; // of all listed nodes, leaving ones too
    unsigned replicationFactor = 1;
    unsigned zoneCapacity = 1;
    std::vector<Share> shares;
};

Status<> check(const PlanRequest &request)
{
    if (request.nodes.size() > maxNodes)
        return fail("more than " + std::to_string(maxNodes) + " nodes");
    if (request.replicationFactor < 1 || request.replicationFactor > maxReplicationFactor)
        return fail("the replication factor must be between 1 and " + std::to_string(maxReplicationFactor));
    if (!request.shardBytes.empty() && request.shardBytes.size() != shardCount)
        return fail("sizes of " + std::to_string(shardCount) + " shards are needed");
    int active = 0;
    std::vector<NodeId> ids;
    for (const PlanNode &node : request.nodes) {
        if (node.id.empty())
            return fail("a node without an id");
        if (node.weight < 1 || node.weight > maxNodeWeight)
            return fail("the weight of node " + node.id + " must be between 1 and " + std::to_string(maxNodeWeight));
        ids.push_back(node.id);
        active += node.state == NodeState::Active ? 1 : 0;
    }
    std::sort(ids.begin(), ids.end());
    if (const auto twice = std::adjacent_find(ids.begin(), ids.end()); twice != ids.end())
        return fail("node " + *twice + " is listed twice");
    if (request.replicationFactor > active) {
        return fail("a replication factor of " + std::to_string(request.replicationFactor)
            + " needs as many active nodes, there are "
            + std::to_string(active));
    }
    return Done {};
}

Problem arrange(const PlanRequest &request)
{
    Problem problem;
    for (const PlanNode &node : request.nodes) {
        problem.zoneNames[node.id] = node.zone;
        if (node.state == NodeState::Active)
            problem.nodes.push_back(node);
    }
    std::sort(problem.nodes.begin(), problem.nodes.end(),
        [](const PlanNode &a, const PlanNode &b) { return a.id < b.id; });
    std::map<std::string, std::size_t> zones;
    std::size_t next = 0;
    for (const PlanNode &node : problem.nodes) {
        std::size_t zone = next;
        if (!node.zone.empty())
            zone = zones.try_emplace(node.zone, next).first->second;
        next += zone == next ? 1 : 0;
        problem.places.push_back({node.weight, zone});
    }
    problem.replicationFactor = static_cast<unsigned>(request.replicationFactor);
    problem.zoneCapacity = zoneCapacity(problem.places, problem.replicationFactor);
    problem.shares = fairShares(problem.places, problem.replicationFactor, problem.zoneCapacity);
    return problem;
}

/// The best nodes of each shard by weighted rendezvous, no zone holding more replicas than it may.
std::vector<std::uint64_t> rendezvousChoice(const Problem &problem)
{
    std::vector<WeightedNode> weighted;
    for (const PlanNode &node : problem.nodes)
        weighted.push_back({node.id, node.weight});
    std::vector<std::uint64_t> chosen(weighted.size(), 0);
    for (std::uint16_t s = 0; s < shardCount; ++s) {
        std::map<std::size_t, unsigned> used;
        unsigned placed = 0;
        for (const std::size_t n : rankNodes(weighted, {s})) {
            if (placed == problem.replicationFactor)
                break;
            if (used[problem.places[n].zone] == problem.zoneCapacity)
                continue;
            ++used[problem.places[n].zone];
            ++placed;
            chosen[n] |= std::uint64_t {1} << s;
        }
    }
    return chosen;
}

std::vector<std::uint64_t> balanced(
    const Problem &problem, const std::vector<std::uint64_t> &held, const std::vector<std::uint64_t> &bytes)
{
    std::vector<Balance::Node> nodes(problem.nodes.size());
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        nodes[n].zone = problem.places[n].zone;
        nodes[n].held = held[n];
        nodes[n].least = problem.shares[n].floor();
        nodes[n].most = problem.shares[n].ceil();
        for (std::uint16_t s = 0; s < shardCount; ++s)
            nodes[n].liking[s] = rendezvousHash(problem.nodes[n].id, {s});
    }
    return Balance(std::move(nodes), problem.replicationFactor, problem.zoneCapacity, bytes).solve();
}

ShardMap firstMap(const Problem &problem, const std::vector<std::uint64_t> &assigned)
{
    std::vector<WeightedNode> weighted;
    for (const PlanNode &node : problem.nodes)
        weighted.push_back({node.id, node.weight});
    ShardMap map;
    map.epoch = {1};
    map.replicationFactor = static_cast<int>(problem.replicationFactor);
    for (std::uint16_t s = 0; s < shardCount; ++s) {
        for (const std::size_t n : rankNodes(weighted, {s})) {
            if ((assigned[n] >> s & 1U) != 0)
                map.replicas[s].push_back(weighted[n].id);
        }
    }
    return map;
}

/// Pairs who gives up a shard with who gets it, within a zone where that is possible.
void pairMoves(const Problem &problem, ShardId shard, std::vector<NodeId> leaving, std::vector<NodeId> coming,
    std::vector<Move> &moves)
{
    const auto zoneOf = [&problem](const NodeId &id) {
        const auto found = problem.zoneNames.find(id);
        return found == problem.zoneNames.end() ? std::string() : found->second;
    };
    const auto pairUp = [&](bool sameZone) {
        for (auto from = leaving.begin(); from != leaving.end();) {
            const auto to = std::find_if(coming.begin(), coming.end(),
                [&](const NodeId &id) { return !sameZone || (!zoneOf(id).empty() && zoneOf(id) == zoneOf(*from)); });
            if (to == coming.end()) {
                ++from;
                continue;
            }
            moves.push_back({shard, *from, *to});
            coming.erase(to);
            from = leaving.erase(from);
        }
    };
    pairUp(true);
    pairUp(false);
    for (const NodeId &to : coming)
        moves.push_back({shard, {}, to});
    for (const NodeId &from : leaving)
        moves.push_back({shard, from, {}});
}

std::vector<Move> differences(
    const Problem &problem, const ShardMap &current, const std::vector<std::uint64_t> &assigned)
{
    std::vector<Move> moves;
    for (std::uint16_t s = 0; s < shardCount; ++s) {
        std::vector<NodeId> leaving = current.replicas[s];
        std::vector<NodeId> coming;
        for (std::size_t n = 0; n < assigned.size(); ++n) {
            if ((assigned[n] >> s & 1U) == 0)
                continue;
            const NodeId &id = problem.nodes[n].id;
            if (const auto kept = std::find(leaving.begin(), leaving.end(), id); kept != leaving.end())
                leaving.erase(kept);
            else
                coming.push_back(id);
        }
        pairMoves(problem, {s}, std::move(leaving), std::move(coming), moves);
    }
    return moves;
}

/// Added replicas first, for they restore safety; then copies, taking turns between targets, so that several
/// nodes work at once and loads stay level on the way; what is only given up comes last.
void arrangeMoves(std::vector<Move> &moves)
{
    const auto kind = [](const Move &move) { return move.from.empty() ? 0 : move.to.empty() ? 2 : 1; };
    std::map<NodeId, unsigned> turns;
    std::vector<std::tuple<int, unsigned, Move>> keyed;
    for (Move &move : moves) {
        const unsigned turn = turns[move.to]++;
        keyed.emplace_back(kind(move), turn, std::move(move));
    }
    std::sort(keyed.begin(), keyed.end(), [](const auto &a, const auto &b) {
        const Move &x = std::get<2>(a);
        const Move &y = std::get<2>(b);
        return std::tie(std::get<0>(a), std::get<1>(a), x.to, x.shard, x.from)
            < std::tie(std::get<0>(b), std::get<1>(b), y.to, y.shard, y.from);
    });
    moves.clear();
    for (auto &[group, turn, move] : keyed)
        moves.push_back(std::move(move));
}

void describe(const PlanRequest &request, const Problem &problem, const std::vector<std::uint64_t> &assigned,
    Plan &plan)
{
    for (std::size_t n = 0; n < assigned.size(); ++n) {
        NodeShare share;
        share.id = problem.nodes[n].id;
        share.zone = problem.nodes[n].zone;
        share.before = request.current ? static_cast<unsigned>(request.current->shardsOf(share.id).count()) : 0;
        share.after = static_cast<unsigned>(ShardSet(assigned[n]).count());
        share.fair = problem.shares[n].value();
        for (std::size_t s = 0; s < request.shardBytes.size(); ++s)
            share.bytesAfter += (assigned[n] >> s & 1U) != 0 ? request.shardBytes[s] : 0;
        plan.imbalance = std::max(plan.imbalance, share.after / share.fair - 1);
        plan.shares.push_back(std::move(share));
    }
    for (const Move &move : plan.moves) {
        if (move.to.empty())
            continue;
        ++plan.copies;
        plan.bytesToCopy += request.shardBytes.empty() ? 0 : request.shardBytes[move.shard.value];
    }
}

} // namespace

Result<Plan> plan(const PlanRequest &request)
{
    if (const auto checked = check(request); !checked)
        return checked.err();
    const Problem problem = arrange(request);
    const bool first = !request.current || request.current->epoch.value == 0;
    Plan result;
    if (first) {
        const auto assigned = balanced(problem, rendezvousChoice(problem), request.shardBytes);
        result.target = firstMap(problem, assigned);
        describe(request, problem, assigned, result);
        return result;
    }
    std::vector<std::uint64_t> held;
    for (const PlanNode &node : problem.nodes)
        held.push_back(request.current->shardsOf(node.id).to_ullong());
    const auto assigned = balanced(problem, held, request.shardBytes);
    result.moves = differences(problem, *request.current, assigned);
    arrangeMoves(result.moves);
    result.target = *request.current;
    result.target.replicationFactor = request.replicationFactor;
    for (const Move &move : result.moves) {
        const bool fits = result.target.apply(move).ok();
        MIROIR_ASSERT(fits);
    }
    describe(request, problem, assigned, result);
    return result;
}

} // namespace miroir::placement
