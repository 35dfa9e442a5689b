// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/FederationMerge.h"
#include "protocol/MultiSearchRequest.h"
#include "read/ClusterView.h"
#include "read/SearchPlan.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// From a federated search to what nodes are asked. Pure.
namespace miroir::read {

struct FederatedQueryPlan {
    std::size_t position = 0; ///< among the queries of the request, or what the client calls it
    std::shared_ptr<const SearchPlan> search;
    bool semantic = false; ///< compares vectors
    bool retrieveVectors = false;
};

/// What several queries of one index find together, each document once: a node counts that for the shards that it
/// answers in one federated search without hits, and counts of different shards can be added.
struct UnionPlan {
    protocol::MultiSearchRequest node; ///< of the physical index
    [[nodiscard]] QByteArray body(const std::string &shardFilter) const; ///< filter empty: none
};

struct FederatedIndexPlan {
    const IndexView *index = nullptr;
    std::vector<FederatedQueryPlan> queries;
    /// For two queries and more: their finds do not overlap, so they are added up.
    std::vector<UnionPlan> unions;
    std::optional<std::vector<std::string>> facets; ///< wanted of this index; may be empty
};

struct FederationPlan {
    /// An index that has facets but no query: nothing is asked of it.
    struct Unused {
        const IndexView *index = nullptr;
        std::vector<std::string> facets; ///< those that are names, not patterns
    };
    merge::FederationRequest merge;
    std::vector<FederatedIndexPlan> indexes; ///< by uid, in byte order
    std::vector<Unused> unused; ///< likewise
};

/// The tenant's filter for an index (JSON text), if any.
using TenantFilters = std::function<std::optional<std::string>(std::string_view uid)>;

/// Refuses what a node would refuse, in its words and its order. The view must outlive the plan.
protocol::ApiResult<FederationPlan> planFederation(
    const ClusterView &view, const protocol::MultiSearchRequest &request, const TenantFilters &tenantFilter);

/// mergeFacets over indexes that order the values of one facet in different ways. names: the facets of each index that
/// were found, in the order of the indexes of the plan.
protocol::ApiStatus checkFacetOrders(
    const FederationPlan &plan, const std::vector<std::vector<std::string>> &names);

/// Where in a multi-search the error stands; a missing index is a mistake in the body there, not in the path.
protocol::ApiError insideMultiSearch(protocol::ApiError error, std::size_t query);

} // namespace miroir::read
