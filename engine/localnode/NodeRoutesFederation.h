// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "localnode/LocalNodeIndexes.h"
#include "localnode/SearchRules.h"
#include "merge/FederationMerge.h"
#include "protocol/MultiSearchRequest.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace miroir::localnode {

/// A federated multi-search: several searches, one list. The lists are put together as the orchestrator does it
/// (merge/FederationMerge), which is how Meilisearch does it.
///
/// What differs from Meilisearch: with several queries over one index, totals are exact only up to maxTotalHits
/// documents of each query, and a facet value counts the documents of the query that has most of them.
class FederatedSearch
{
public:
    FederatedSearch(const LocalNodeIndexes &indexes, protocol::Features features, std::optional<RulesNow> rules,
                    const Clock &clock)
        : m_indexes(indexes), m_features(features), m_rules(std::move(rules)), m_clock(clock)
    {
    }
    /// The body of the answer; with a description of each query when metadata is wanted.
    protocol::ApiResult<QByteArray> run(const protocol::MultiSearchRequest &request, bool metadata);

private:
    struct Facets {
        using Values = std::vector<std::pair<std::string, std::uint64_t>>;
        std::map<std::string, Values> distribution; ///< values in the order of the answer
        std::map<std::string, std::pair<double, double>> stats; ///< least and greatest
        [[nodiscard]] QByteArray distributionJson() const;
        [[nodiscard]] QByteArray statsJson() const;
    };
    /// A document that a rule put at a place; it does not compete with what was found, and may be found as well.
    struct PinnedHit {
        std::uint32_t position = 0;
        QByteArray shown; ///< as the client gets it
    };
    /// What one query found.
    struct Answer {
        SearchAnswer whole;
        std::set<DocId> reachedPins; ///< the others have no place among the hits that are needed
    };
    /// What the queries of one index found.
    struct Found {
        merge::FederatedIndex index;
        std::set<DocId> seen;
        Facets facets;
        std::vector<PinnedHit> pins; ///< by query, then as they stand in its list
    };

    protocol::ApiStatus check(const protocol::MultiSearchRequest &request);
    protocol::ApiStatus checkFacets(const protocol::MultiSearchRequest &request);
    protocol::ApiStatus collect(const protocol::MultiSearchRequest &request);
    protocol::ApiResult<Answer> search(const protocol::MultiSearchRequest &request, std::size_t position);
    [[nodiscard]] protocol::ApiResult<Answer> searchPinned(
        const LocalIndex &index, protocol::SearchRequest search, bool beyond) const;
    void add(const protocol::MultiSearchRequest &request, std::size_t position, Answer answered);
    static void addFacets(Facets &facets, const SearchAnswer &answer);
    [[nodiscard]] std::vector<PinnedHit> sortedPins();
    static std::uint64_t roomBeside(const std::vector<PinnedHit> &pins, std::uint64_t places);
    [[nodiscard]] QByteArray pageWith(const std::vector<PinnedHit> &pins, const QByteArray &hits) const;
    void writeMetadata(json::Writer &w, const protocol::MultiSearchRequest &request) const;
    [[nodiscard]] std::vector<merge::FederatedIndex> found();

    const LocalNodeIndexes &m_indexes;
    protocol::Features m_features;
    std::optional<RulesNow> m_rules;
    const Clock &m_clock;
    merge::FederationRequest m_merge;
    std::map<std::string, Found> m_found; // by index
};

} // namespace miroir::localnode
