// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SearchRequest.h"

#include <map>
#include <utility>

/// Several searches in one request, each for itself or merged into one list. Pure.
namespace miroir::protocol {

struct FederationOptions {
    double weight = 1.0; ///< >= 0
    std::optional<std::string> remote;
    std::optional<std::uint64_t> queryPosition;
};

struct MultiSearchQuery {
    std::string indexUid;
    SearchRequest search;
    std::optional<FederationOptions> federationOptions;
    void write(json::Writer &out) const;
};

struct MergeFacets {
    std::optional<std::uint64_t> maxValuesPerFacet;
};

struct Federation {
    std::uint64_t limit = defaultSearchLimit;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> page;
    std::optional<std::uint64_t> hitsPerPage;
    std::map<std::string, std::optional<std::vector<std::string>>> facetsByIndex; ///< no value: null was given
    std::optional<MergeFacets> mergeFacets;
    std::optional<std::string> distinct;
    bool showPerformanceDetails = false;
    std::optional<std::string> userContext; ///< of personalize
    [[nodiscard]] bool finite() const { return page.has_value() || hitsPerPage.has_value(); }
    [[nodiscard]] std::uint64_t firstHit() const;
    [[nodiscard]] std::uint64_t hitCount() const;
};

struct MultiSearchRequest {
    std::vector<MultiSearchQuery> queries;
    std::optional<Federation> federation;
    [[nodiscard]] QByteArray toJson() const;
};
ApiResult<MultiSearchRequest> parseMultiSearchBody(const json::Value &body);

/// A query that may not stand where it stands: federated queries may not page, ask for facets and so on; others
/// have no federationOptions. A node first parses the filters of all federated queries (checkSearchFilter), then
/// calls this for each query in order; without federation each query is checked and answered before the next one.
ApiStatus checkMultiSearchQuery(const MultiSearchQuery &query, const MultiSearchRequest &request,
                                const Features &features);
/// "Inside `.queries[1]`: "
ApiError insideQuery(ApiError error, std::size_t query);
/// "Inside `.federation.facetsByIndex.m`: "
ApiError insideFacetsByIndex(ApiError error, std::string_view indexUid, bool unused);

} // namespace miroir::protocol
