// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/RankRule.h"

#include <unordered_map>
#include <vector>

namespace miroir::localnode {

/// What an edge of a rule's graph asks of a document.
struct RankCondition {
    enum class Kind : std::uint8_t { Any, Near, Field, Positions, Exact };
    Kind kind = Kind::Any;
    LocatedSubset term; ///< the term the edge leads to
    std::optional<LocatedSubset> left; ///< Near: the term before it
    std::uint32_t cost = 0; ///< Near
    std::optional<FieldId> field; ///< Field; none matches nothing
    std::vector<std::uint16_t> positions; ///< Positions: buckets; none match nothing
    bool operator==(const RankCondition &) const = default;
};

/// The documents of a condition, and the terms that the next rule has to look at.
struct RankResolved {
    IndexSet documents;
    std::optional<LocatedSubset> from;
    LocatedSubset to;
};

/// Rules that rank by the cheapest way through the query graph: an edge costs what the rule makes of the step from one
/// term to the next; a bucket holds the documents of all paths of one total cost.
/// Source: the graph-based ranking rules of the milli crate; here the search for paths cuts off when the documents
/// of a beginning of a path are none, which needs no cache of dead ends.
class RankGraph : public RankRule
{
public:
    RankGraph(ScoreDetail::Kind kind, std::optional<Strategy> strategy) : m_kind(kind), m_strategy(strategy) { }

    void start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph) override;
    std::optional<RankBucket> next(QueryContext &context, const IndexSet &universe) override;
    void end() override;

protected:
    using Costed = std::pair<std::uint32_t, RankCondition>;
    /// The edges from a term (none: the start of the query) to another.
    virtual std::vector<Costed> edges(QueryContext &context, const LocatedSubset *from, const LocatedSubset &to) = 0;
    virtual RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) = 0;
    /// A condition that is just "the term is in the document".
    static RankResolved resolveAny(QueryContext &context, const LocatedSubset &term, const IndexSet &universe);

private:
    struct Edge {
        std::uint32_t to = 0;
        std::uint32_t cost = 0;
        std::optional<std::uint32_t> condition;
        IndexSet skips; ///< nodes that may not be on the path when this edge leaves its node out
    };
    struct Step {
        std::uint32_t condition = 0;
        IndexSet documents; ///< of the path up to here, without those that a path already gave
    };
    struct Walk; // one search for the paths of a cost
    void buildEdges(QueryContext &context);
    void addEdges(QueryContext &context, std::uint32_t from, std::uint32_t to, const std::vector<IndexSet> &removal);
    std::uint32_t conditionId(RankCondition condition);
    void computeCosts();
    void visit(Walk &walk, std::uint32_t node, std::uint64_t budget);
    bool tryCondition(Walk &walk, const Edge &edge, std::uint64_t budget);
    void finishPath(Walk &walk);
    const RankResolved &resolved(QueryContext &context, std::uint32_t condition);

    ScoreDetail::Kind m_kind;
    std::optional<Strategy> m_strategy;

    QueryGraphPtr m_graph;
    IndexSet m_universe; // at the start
    std::vector<RankCondition> m_conditions;
    std::unordered_multimap<std::size_t, std::uint32_t> m_conditionIds;
    std::vector<std::optional<RankResolved>> m_resolved;
    std::vector<std::vector<Edge>> m_edges; // by node
    std::vector<std::vector<std::uint64_t>> m_costs; // by node: possible costs to the end, ascending
    std::uint64_t m_nextCost = 0;
    std::uint64_t m_maxRank = 0;
};

} // namespace miroir::localnode
