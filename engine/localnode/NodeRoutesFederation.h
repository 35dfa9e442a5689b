// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "localnode/LocalNodeIndexes.h"
#include "protocol/MultiSearchRequest.h"

#include <map>
#include <string>
#include <vector>

namespace miroir::localnode {

/// A federated multi-search: several searches, one list. Hits are ordered by their lists of weighted scores, as
/// Meilisearch compares them (crates meilisearch search/federated and milli score_details); of a document that several
/// queries of one index find only the best place counts.
///
/// What differs from Meilisearch: with several queries over one index, totals are exact only up to maxTotalHits
/// documents of each query, and a facet value counts the documents of the query that has most of them.
class FederatedSearch
{
public:
    FederatedSearch(const LocalNodeIndexes &indexes, protocol::Features features, const Clock &clock)
        : m_indexes(indexes), m_features(features), m_clock(clock)
    {
    }
    /// The body of the answer; with a description of each query when metadata is wanted.
    protocol::ApiResult<QByteArray> run(const protocol::MultiSearchRequest &request, bool metadata);

private:
    /// One entry of a hit's score: a weighted number, a sort value or a distance.
    struct ScoreValue {
        enum class Kind : std::uint8_t { Number, Sort, Geo };
        Kind kind = Kind::Number;
        double number = 0; ///< weighted score or similarity; distance of Geo
        bool present = true; ///< Geo: has a point
        bool ascending = true;
        std::string valueJson; ///< Sort
    };
    struct Candidate {
        std::size_t query = 0;
        double weightedScore = 0;
        bool semantic = false; ///< has a vector score
        std::vector<ScoreValue> values;
        Hit hit;
    };

    protocol::ApiStatus check(const protocol::MultiSearchRequest &request);
    protocol::ApiStatus collect(const protocol::MultiSearchRequest &request);
    void add(const protocol::MultiSearchQuery &query, std::size_t position, SearchAnswer answer);
    void dropRepeats(const protocol::MultiSearchRequest &request);
    static std::uint64_t needed(const protocol::MultiSearchRequest &request);
    void addFacets(const std::string &uid, const SearchAnswer &answer);
    static void addFacetStats(std::map<std::string, std::pair<double, double>> &into, const json::Value &stats);
    QByteArray toJson(const protocol::MultiSearchRequest &request, std::int64_t startMs, bool metadata) const;
    std::uint64_t writeHits(json::Writer &w, const protocol::MultiSearchRequest &request) const;
    void writeMetadata(json::Writer &w, const protocol::MultiSearchRequest &request) const;

    static std::vector<ScoreValue> scoreValues(const Hit &hit, double weight);
    /// Below zero when a is worse.
    static int compare(const Candidate &a, const Candidate &b);
    static std::optional<int> compareValues(const ScoreValue &a, const ScoreValue &b);

    struct Facets {
        using Values = std::vector<std::pair<std::string, std::uint64_t>>;
        std::map<std::string, Values> distribution; ///< values in the order of the answer
        std::map<std::string, std::pair<double, double>> stats; ///< least and greatest
    };
    static void writeFacets(json::Writer &w, const Facets &facets, const char *distribution, const char *stats);
    [[nodiscard]] Facets mergedFacets(const protocol::Federation &federation) const;

    const LocalNodeIndexes &m_indexes;
    protocol::Features m_features;
    const Clock &m_clock;
    std::vector<Candidate> m_candidates;
    std::map<std::string, Facets> m_facets; // by index
    std::uint64_t m_total = 0;
    std::map<std::size_t, QByteArray> m_queryVectors; // by position of the query
    bool m_semantic = false; // some query compares vectors
};

} // namespace miroir::localnode
