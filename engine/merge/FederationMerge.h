// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"

#include <map>
#include <set>

/// The merged answers of several queries, each of them over the whole cluster, become one list, as one node merges its
/// own queries: first those of one index, where a document counts once, then the indexes. Lists are merged, never
/// sorted anew: within a query the order is that of the index. Pure: values in, values out, any thread.
namespace miroir::merge {

/// What a federated search asks of the whole.
struct FederationRequest {
    bool finite = false;
    std::uint64_t offset = 0, limit = 20; ///< when not finite
    std::uint64_t page = 1, hitsPerPage = 20; ///< when finite
    std::optional<std::string> distinct; ///< one hit of each value, over all indexes
    bool mergeFacets = false;
    std::optional<std::uint64_t> maxValuesPerFacet; ///< of mergeFacets
    bool queryVectors = false; ///< some query retrieves vectors

    [[nodiscard]] std::uint64_t firstHit() const;
    [[nodiscard]] std::uint64_t hitCount() const;
    [[nodiscard]] std::uint64_t neededHits() const; ///< from the first hit of all; saturating
};

struct FederatedAnswer {
    std::uint64_t position = 0; ///< of the query
    bool semantic = false; ///< compares vectors
    bool retrieveVectors = false;
    MergedSearch found; ///< with `ranked`
};

/// All queries of one index, in the order of their positions.
struct FederatedIndex {
    std::string uid;
    std::uint64_t maxTotalHits = 1000;
    std::vector<FederatedAnswer> queries;
    std::uint64_t total = 0; ///< documents found by any of them
    bool facets = false; ///< distribution and stats are wanted; the objects are empty when no facet was named
    QByteArray facetDistribution = "{}", facetStats = "{}";
    FacetSettings faceting;
};

struct MergedFederation {
    QByteArray hits; ///< JSON array
    std::uint64_t total = 0;
    std::optional<std::uint64_t> semanticHitCount;
    QByteArray queryVectors; ///< object by position; empty: absent
    QByteArray facetDistribution, facetStats; ///< of mergeFacets; empty: absent
    QByteArray facetsByIndex; ///< empty: absent
};

/// Indexes in byte order of their uids. Fails when facets are no JSON (the number is that of the index).
[[nodiscard]] Result<MergedFederation, MergeError> mergeFederation(
    const FederationRequest &request, std::vector<FederatedIndex> indexes);

/// Members of the answer that are not merged.
struct FederationFrame {
    std::uint64_t processingTimeMs = 0;
    std::string requestUid; ///< text
    std::string metadata; ///< raw JSON array; empty: absent
    std::string performanceDetails; ///< raw JSON; empty: absent
};

/// The complete body in a node's key order.
[[nodiscard]] QByteArray writeFederation(
    const FederationRequest &request, const MergedFederation &merged, const FederationFrame &frame);

} // namespace miroir::merge
