// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/RankGraph.h"

#include <algorithm>

namespace miroir::localnode {

struct RankGraph::Walk {
    QueryContext &context;
    IndexSet left; // documents that no path gave yet
    IndexSet bucket;
    std::vector<Step> path;
    IndexSet visited; // nodes on the path
    IndexSet skipped; // nodes that may not be visited
    std::vector<std::vector<std::uint32_t>> good; // conditions of the paths that gave documents
};

RankResolved RankGraph::resolveAny(QueryContext &context, const LocatedSubset &term, const IndexSet &universe)
{
    return {context.docsOf(term.subset, universe), std::nullopt, term};
}

void RankGraph::start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph)
{
    end();
    m_graph = std::move(graph);
    m_universe = universe;
    m_maxRank = 1;
    if (m_strategy) {
        // Each word of a phrase counts; the 1 above already stands for one of them.
        const std::uint32_t words = m_graph->wordsInPhrases(context);
        m_maxRank += words > 0 ? words - 1 : 0;
    }
    buildEdges(context);
    computeCosts();
    const auto &all = m_costs[QueryGraph::start];
    m_maxRank += all.empty() ? 0 : all.back();
}

void RankGraph::end()
{
    m_graph.reset();
    m_conditions.clear();
    m_conditionIds.clear();
    m_resolved.clear();
    m_edges.clear();
    m_costs.clear();
    m_nextCost = 0;
}

std::uint32_t RankGraph::conditionId(RankCondition condition)
{
    std::size_t hash = condition.term.hash(static_cast<std::size_t>(condition.kind));
    hash = mixHash(hash, condition.cost);
    hash = mixHash(hash, condition.field.value_or(0xFFFF));
    hash = mixHash(hash, condition.positions.empty() ? 0 : condition.positions.front());
    const auto [first, last] = m_conditionIds.equal_range(hash);
    for (auto it = first; it != last; ++it) {
        if (m_conditions[it->second] == condition)
            return it->second;
    }
    const auto id = static_cast<std::uint32_t>(m_conditions.size());
    m_conditions.push_back(std::move(condition));
    m_resolved.emplace_back();
    m_conditionIds.emplace(hash, id);
    return id;
}

void RankGraph::buildEdges(QueryContext &context)
{
    const auto &nodes = m_graph->nodes();
    m_edges.resize(nodes.size());
    const std::vector<IndexSet> removal
        = m_strategy ? m_graph->removalOrder(context, *m_strategy) : std::vector<IndexSet> {};
    for (std::uint32_t from = 0; from < nodes.size(); ++from)
        nodes[from].after.forEach([&](std::uint32_t to) { addEdges(context, from, to, removal); });
}

void RankGraph::addEdges(QueryContext &context, std::uint32_t from, std::uint32_t to,
                         const std::vector<IndexSet> &removal)
{
    const auto &nodes = m_graph->nodes();
    if (to == QueryGraph::end) {
        m_edges[from].push_back({to, 0, std::nullopt, {}});
        return;
    }
    IndexSet removedBefore;
    for (const IndexSet &step : removal) {
        if (step.contains(to)) {
            // Leaving this node out obliges the path to leave out all that goes before it in the order.
            m_edges[from].push_back({to, nodes[to].term.idCount(), std::nullopt, removedBefore});
            break;
        }
        removedBefore |= step;
    }
    const LocatedSubset *source = from == QueryGraph::start ? nullptr : &nodes[from].term;
    for (auto &[cost, condition] : edges(context, source, nodes[to].term))
        m_edges[from].push_back({to, cost, conditionId(std::move(condition)), {}});
}

/// From the end backwards, for each node the sums that its ways to the end can have.
void RankGraph::computeCosts()
{
    const auto &nodes = m_graph->nodes();
    m_costs.assign(nodes.size(), {});
    m_costs[QueryGraph::end] = {0};
    std::vector<bool> done(nodes.size(), false);
    done[QueryGraph::end] = true;
    bool progress = true;
    while (progress) {
        progress = false;
        for (std::uint32_t n = 0; n < nodes.size(); ++n) {
            if (done[n] || nodes[n].kind == QueryNode::Kind::Deleted)
                continue;
            bool ready = true;
            nodes[n].after.forEach([&](std::uint32_t to) { ready = ready && done[to]; });
            if (!ready)
                continue;
            std::vector<std::uint64_t> costs;
            for (const Edge &edge : m_edges[n]) {
                for (const std::uint64_t cost : m_costs[edge.to])
                    costs.push_back(cost + edge.cost);
            }
            std::sort(costs.begin(), costs.end());
            costs.erase(std::unique(costs.begin(), costs.end()), costs.end());
            m_costs[n] = std::move(costs);
            done[n] = progress = true;
        }
    }
}

const RankResolved &RankGraph::resolved(QueryContext &context, std::uint32_t condition)
{
    std::optional<RankResolved> &slot = m_resolved[condition];
    if (!slot)
        slot = resolve(context, m_conditions[condition], m_universe);
    return *slot;
}

std::optional<RankBucket> RankGraph::next(QueryContext &context, const IndexSet &universe)
{
    if (!m_graph)
        return std::nullopt;
    const auto &costs = m_costs[QueryGraph::start];
    auto cost = std::lower_bound(costs.begin(), costs.end(), m_nextCost);
    for (; cost != costs.end(); ++cost) {
        Walk walk {context, universe, {}, {}, {}, {}, {}};
        visit(walk, QueryGraph::start, *cost);
        m_nextCost = *cost + 1;
        if (walk.bucket.isEmpty())
            continue;
        std::vector<std::vector<QueryGraph::Step>> paths;
        for (const auto &conditions : walk.good) {
            auto &path = paths.emplace_back();
            for (const std::uint32_t id : conditions)
                path.emplace_back(m_resolved[id]->from, m_resolved[id]->to);
        }
        RankBucket out;
        out.graph = std::make_shared<const QueryGraph>(QueryGraph::fromPaths(paths));
        out.documents = std::move(walk.bucket);
        out.detail.kind = m_kind;
        out.detail.rank = {static_cast<std::uint32_t>(m_maxRank - *cost), static_cast<std::uint32_t>(m_maxRank)};
        return out;
    }
    return std::nullopt;
}

void RankGraph::visit(Walk &walk, std::uint32_t node, std::uint64_t budget)
{
    for (const Edge &edge : m_edges[node]) {
        if (walk.left.isEmpty())
            return;
        if (edge.cost > budget)
            continue;
        const std::uint64_t rest = budget - edge.cost;
        const auto &possible = m_costs[edge.to];
        if (!std::binary_search(possible.begin(), possible.end(), rest))
            continue;
        if (edge.condition) {
            if (!tryCondition(walk, edge, rest))
                continue;
            // What this edge gave may have used up the documents of the path so far.
            if (!walk.path.empty() && walk.path.back().documents.isEmpty())
                return;
        } else if (edge.to == QueryGraph::end) {
            finishPath(walk);
        } else {
            const IndexSet before = walk.skipped;
            walk.skipped |= edge.skips;
            visit(walk, edge.to, rest);
            walk.skipped = before;
        }
    }
}

/// False when the edge cannot be taken.
bool RankGraph::tryCondition(Walk &walk, const Edge &edge, std::uint64_t budget)
{
    if (walk.skipped.contains(edge.to) || edge.skips.intersects(walk.visited))
        return false;
    const IndexSet &documents = resolved(walk.context, *edge.condition).documents;
    Step step {*edge.condition, documents & (walk.path.empty() ? walk.left : walk.path.back().documents)};
    if (step.documents.isEmpty())
        return false;
    walk.path.push_back(std::move(step));
    walk.visited.insert(edge.to);
    visit(walk, edge.to, budget);
    walk.visited.remove(edge.to);
    walk.path.pop_back();
    return true;
}

void RankGraph::finishPath(Walk &walk)
{
    const IndexSet found = walk.path.empty() ? walk.left : walk.path.back().documents;
    if (found.isEmpty())
        return;
    auto &conditions = walk.good.emplace_back();
    for (Step &step : walk.path) {
        conditions.push_back(step.condition);
        step.documents -= found;
    }
    walk.bucket |= found;
    walk.left -= found;
}

} // namespace miroir::localnode
