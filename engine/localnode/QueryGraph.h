// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryContext.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace miroir::localnode {

enum class Strategy : std::uint8_t { Last, All, Frequency };

struct QueryNode {
    enum class Kind : std::uint8_t { Start, End, Term, Deleted };
    Kind kind = Kind::Deleted;
    LocatedSubset term; ///< of Term
    IndexSet before, after; ///< neighbouring nodes
};

/// All ways to read the query: each path from start to end is a sequence of terms, where a term covers one to three
/// words. "sun flower" has the paths sun-flower and sunflower.
/// Source: the query graph of the milli crate.
class QueryGraph
{
public:
    static constexpr std::uint32_t start = 0, end = 1;
    using Nodes = std::vector<QueryNode>;

    /// `terms` is extended by those that were joined from neighbours.
    static QueryGraph fromTerms(QueryContext &context, std::vector<LocatedTerm> &terms);
    /// The graph of exactly these paths; equal ends of paths share nodes. An item is what a rule's condition used:
    /// the term it came from, if it looked at it, and the term it led to.
    using Step = std::pair<std::optional<LocatedSubset>, LocatedSubset>;
    static QueryGraph fromPaths(const std::vector<std::vector<Step>> &paths);

    [[nodiscard]] const Nodes &nodes() const { return m_nodes; }
    /// Nodes that matching strategies may leave out, in the order in which they are: one set for each step.
    [[nodiscard]] std::vector<IndexSet> removalOrder(QueryContext &context, Strategy strategy) const;
    void removeKeepingPaths(const IndexSet &nodes);
    [[nodiscard]] std::uint32_t wordsInPhrases(const QueryContext &context) const;
    /// Documents of the universe that match some path.
    [[nodiscard]] IndexSet documents(QueryContext &context, const IndexSet &universe) const;

private:
    std::uint32_t addNode(QueryNode::Kind kind, LocatedSubset term = {});
    void link(std::uint32_t from, std::uint32_t to);
    void linkByIds();
    [[nodiscard]] std::vector<IndexSet> removalByCost(const QueryContext &context,
                                                      const std::map<std::uint8_t, std::uint32_t> &costs) const;
    [[nodiscard]] std::map<std::uint8_t, std::uint32_t> frequencyCosts(QueryContext &context) const;

    Nodes m_nodes;
};
using QueryGraphPtr = std::shared_ptr<const QueryGraph>;

} // namespace miroir::localnode
