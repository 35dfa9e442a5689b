// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryContext.h"
#include "localnode/QueryParse.h"
#include "localnode/QueryPins.h"
#include "localnode/RankBuckets.h"
#include "protocol/AttributeCheck.h"
#include "protocol/SearchRequest.h"

#include <optional>
#include <vector>

namespace miroir::localnode {

/// Ranked documents of a search from the first on, before they are cut to the page and printed.
struct SearchOutcome {
    std::vector<RankedDocument> documents;
    IndexSet candidates;
    std::vector<LocatedTerm> terms; ///< what highlighting looks for
    std::optional<std::vector<float>> queryVector;
    std::optional<std::uint64_t> semanticHitCount;
};

/// Checks the request against the settings in a node's order, then searches by words, vectors or both.
/// `length`: documents wanted from the first on, pins included.
protocol::ApiResult<SearchOutcome> runSearch(QueryContext &context, const protocol::SearchRequest &request,
                                             std::size_t firstHit, std::size_t length,
                                             const RulesNow *rules = nullptr);
/// Documents over which a facet search counts.
protocol::ApiResult<IndexSet> searchCandidates(QueryContext &context, const protocol::FacetSearchRequest &request);

/// Where a filter is used decides how a node words what is wrong with it.
enum class FilterUse : std::uint8_t { Search, FacetSearch, Similar, Fetch, Deletion };
/// A filter as JSON text, parsed and checked against the settings; nullopt when it says nothing.
protocol::ApiResult<protocol::MaybeFilter> checkedFilter(const IndexData &data, std::string_view filterJson,
                                                         FilterUse use);
/// The vector of a request for its embedder: given, or taken over from a text by nobody (only userProvided is known).
protocol::ApiResult<std::vector<float>> requestVector(const IndexData &data, const protocol::SearchRequest &request);

} // namespace miroir::localnode
