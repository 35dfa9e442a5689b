// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Deserr.h"
#include "protocol/Features.h"
#include "protocol/Filter.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The parameters of searches as values: read from JSON bodies and query strings, written as JSON bodies for nodes.
/// Pure.
namespace miroir::protocol {

inline constexpr std::uint64_t defaultSearchLimit = 20;

enum class MatchingStrategy : std::uint8_t { Last, All, Frequency };

struct Hybrid {
    std::string embedder;
    float semanticRatio = 0.5F; ///< 0 to 1
    bool operator==(const Hybrid &) const = default;
};

enum class SearchMode : std::uint8_t { Keyword, Semantic, Hybrid };

struct SearchRequest {
    std::optional<std::string> q;
    std::optional<std::uint64_t> offset; ///< empty: not given
    std::optional<std::uint64_t> limit;
    std::optional<std::uint64_t> page;
    std::optional<std::uint64_t> hitsPerPage;
    std::optional<std::vector<std::string>> attributesToRetrieve; ///< empty optional: all
    std::optional<std::vector<std::string>> attributesToCrop; ///< "attr" or "attr:length"
    std::uint64_t cropLength = 10;
    std::string cropMarker = "…";
    std::optional<std::vector<std::string>> attributesToHighlight;
    std::string highlightPreTag = "<em>";
    std::string highlightPostTag = "</em>";
    bool showMatchesPosition = false;
    std::optional<std::string> filter; ///< JSON text of what the client gave
    std::optional<std::vector<std::string>> sort;
    std::optional<std::string> distinct;
    std::optional<std::vector<std::string>> facets;
    MatchingStrategy matchingStrategy = MatchingStrategy::Last;
    std::optional<std::vector<std::string>> attributesToSearchOn;
    std::optional<double> rankingScoreThreshold;
    std::optional<std::vector<std::string>> locales;
    std::optional<Hybrid> hybrid;
    std::optional<std::vector<float>> vector;
    bool retrieveVectors = false;
    std::optional<std::string> media; ///< JSON text
    std::optional<std::string> userContext; ///< of personalize
    std::optional<bool> useNetwork;
    bool showRankingScore = false;
    bool showRankingScoreDetails = false;
    std::optional<bool> showPerformanceDetails;

    /// page or hitsPerPage is given: answered with totalHits and totalPages.
    [[nodiscard]] bool finite() const { return page.has_value() || hitsPerPage.has_value(); }
    /// The first hit and the number of hits that are asked for, in either mode (page 0: nothing). Saturating.
    [[nodiscard]] std::uint64_t firstHit() const;
    [[nodiscard]] std::uint64_t hitCount() const;
    [[nodiscard]] bool blankQuery() const; ///< no q, or nothing but space
    /// What kind of search a node makes of it; meaningful when checkSearchKind() passes.
    [[nodiscard]] SearchMode mode() const;
    /// The body of POST /indexes/{uid}/search; members that have their default value are left out.
    [[nodiscard]] QByteArray toJson() const;
    /// The same members inside an object that is being written.
    void writeMembers(json::Writer &out) const;
};

ApiResult<SearchRequest> parseSearchBody(const json::Value &body);
ApiResult<SearchRequest> parseSearchQuery(const QueryParams &query);
/// Fields of one search for readObject; `single` is the search route (null is no offset there), else multi-search.
std::vector<Field> searchFields(SearchRequest &out, bool single);

// A node refuses in this order: filter, useNetwork (for multi-search see there), the index, kind; then what
// settings forbid (attributesToSearchOn, distinct, filter, sort, facets), at last personalize.
/// The filter's syntax and its experimental parts. Gives the parsed filter.
ApiResult<MaybeFilter> checkSearchFilter(const SearchRequest &request, const Features &features);
ApiStatus checkUseNetwork(const std::optional<bool> &useNetwork, const Features &features);
/// Media, vector and hybrid together, the syntax of sort, media's feature.
ApiStatus checkSearchKind(const SearchRequest &request, const Features &features);
/// The refusal of `personalize`: no provider can be configured here.
ApiStatus checkPersonalize(const SearchRequest &request);

struct FacetSearchRequest {
    std::string facetName;
    std::optional<std::string> facetQuery;
    std::optional<bool> exhaustiveFacetCount;
    /// q, vector, media, hybrid, filter, matchingStrategy, attributesToSearchOn, rankingScoreThreshold, locales,
    /// useNetwork
    SearchRequest search;
    [[nodiscard]] QByteArray toJson() const;
};
ApiResult<FacetSearchRequest> parseFacetSearchBody(const json::Value &body);

struct SimilarRequest {
    std::string id; ///< JSON text as given; see similarId()
    std::uint64_t offset = 0;
    std::uint64_t limit = defaultSearchLimit;
    std::optional<std::string> filter; ///< JSON text
    std::string embedder;
    std::optional<std::vector<std::string>> attributesToRetrieve;
    bool retrieveVectors = false;
    bool showRankingScore = false;
    bool showRankingScoreDetails = false;
    bool showPerformanceDetails = false;
    std::optional<double> rankingScoreThreshold;
    [[nodiscard]] QByteArray toJson() const;
};
ApiResult<SimilarRequest> parseSimilarBody(const json::Value &body);
ApiResult<SimilarRequest> parseSimilarQuery(const QueryParams &query);
/// The document id in canonical form, or invalid_similar_id. A node asks this after index, embedder and filter.
ApiResult<std::string> similarId(const SimilarRequest &request);
ApiResult<MaybeFilter> checkSimilarFilter(const SimilarRequest &request, const Features &features);

/// The JSON text of a filter given in a query string: itself when it is JSON, else a JSON string.
std::string filterParamJson(std::string_view text);
/// `a:asc,_geoPoint(1,2):desc` of a query string.
std::vector<std::string> splitSortParam(std::string_view text);
/// True when the field Meili-Include-Metadata asks for metadata.
bool wantsMetadata(std::string_view headerValue);

} // namespace miroir::protocol
