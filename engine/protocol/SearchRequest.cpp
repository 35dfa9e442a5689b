// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SearchRequest.h"

#include "base/Bytes.h"
#include "protocol/AttributeCheck.h"
#include "protocol/DocumentId.h"
#include "protocol/FilterText.h"
#include "protocol/SearchParams.h"

#include <limits>

namespace miroir::protocol {

namespace {

std::uint64_t saturatingProduct(std::uint64_t a, std::uint64_t b)
{
    constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
    return b != 0 && a > max / b ? max : a * b;
}

} // namespace

std::uint64_t pageFirstHit(const std::optional<std::uint64_t> &page,
                           const std::optional<std::uint64_t> &hitsPerPage)
{
    const std::uint64_t number = page.value_or(1);
    return number == 0 ? 0 : saturatingProduct(number - 1, hitsPerPage.value_or(defaultSearchLimit));
}

std::uint64_t pageHitCount(const std::optional<std::uint64_t> &page,
                           const std::optional<std::uint64_t> &hitsPerPage)
{
    return page.value_or(1) == 0 ? 0 : hitsPerPage.value_or(defaultSearchLimit);
}

std::uint64_t SearchRequest::firstHit() const
{
    return finite() ? pageFirstHit(page, hitsPerPage) : offset.value_or(0);
}

std::uint64_t SearchRequest::hitCount() const
{
    return finite() ? pageHitCount(page, hitsPerPage) : limit.value_or(defaultSearchLimit);
}

bool SearchRequest::blankQuery() const
{
    return !q || isBlank(*q);
}

SearchMode SearchRequest::mode() const
{
    if (!hybrid || hybrid->semanticRatio == 0.0F || (blankQuery() && !vector && !media))
        return SearchMode::Keyword;
    if (hybrid->semanticRatio == 1.0F || blankQuery())
        return SearchMode::Semantic;
    return SearchMode::Hybrid;
}

QByteArray SearchRequest::toJson() const
{
    json::Writer out;
    out.beginObject();
    writeMembers(out);
    out.endObject();
    return out.take();
}

void SearchRequest::writeMembers(json::Writer &out) const
{
    static const SearchRequest defaults;
    writeMember(out, "q", q);
    writeMember(out, "offset", offset);
    writeMember(out, "limit", limit);
    writeMember(out, "page", page);
    writeMember(out, "hitsPerPage", hitsPerPage);
    writeMember(out, "attributesToRetrieve", attributesToRetrieve);
    writeMember(out, "attributesToCrop", attributesToCrop);
    if (cropLength != defaults.cropLength)
        out.key("cropLength").number(cropLength);
    if (cropMarker != defaults.cropMarker)
        out.key("cropMarker").string(cropMarker);
    writeMember(out, "attributesToHighlight", attributesToHighlight);
    if (highlightPreTag != defaults.highlightPreTag)
        out.key("highlightPreTag").string(highlightPreTag);
    if (highlightPostTag != defaults.highlightPostTag)
        out.key("highlightPostTag").string(highlightPostTag);
    writeFlag(out, "showMatchesPosition", showMatchesPosition);
    writeRawMember(out, "filter", filter);
    writeMember(out, "sort", sort);
    writeMember(out, "distinct", distinct);
    writeMember(out, "facets", facets);
    if (matchingStrategy != MatchingStrategy::Last)
        out.key("matchingStrategy").string(matchingStrategyName(matchingStrategy));
    writeMember(out, "attributesToSearchOn", attributesToSearchOn);
    writeMember(out, "rankingScoreThreshold", rankingScoreThreshold);
    writeMember(out, "locales", locales);
    if (hybrid)
        writeHybrid(out, *hybrid);
    if (vector)
        writeVector(out, *vector);
    writeFlag(out, "retrieveVectors", retrieveVectors);
    writeRawMember(out, "media", media);
    if (userContext)
        out.key("personalize").beginObject().key("userContext").string(*userContext).endObject();
    writeMember(out, "useNetwork", useNetwork);
    writeFlag(out, "showRankingScore", showRankingScore);
    writeFlag(out, "showRankingScoreDetails", showRankingScoreDetails);
    writeMember(out, "showPerformanceDetails", showPerformanceDetails);
}

std::vector<Field> searchFields(SearchRequest &out, bool single)
{
    return {
        {"q", "invalid_search_q", into(&out.q)},
        {"offset", "invalid_search_offset", single ? intoPresent(&out.offset) : into(&out.offset)},
        {"limit", "invalid_search_limit", single ? intoPresent(&out.limit) : into(&out.limit)},
        {"page", "invalid_search_page", into(&out.page)},
        {"hitsPerPage", "invalid_search_hits_per_page", into(&out.hitsPerPage)},
        {"attributesToRetrieve", "invalid_search_attributes_to_retrieve", into(&out.attributesToRetrieve)},
        {"attributesToCrop", "invalid_search_attributes_to_crop", into(&out.attributesToCrop)},
        {"cropLength", "invalid_search_crop_length", into(&out.cropLength)},
        {"cropMarker", "invalid_search_crop_marker", into(&out.cropMarker)},
        {"attributesToHighlight", "invalid_search_attributes_to_highlight", into(&out.attributesToHighlight)},
        {"highlightPreTag", "invalid_search_highlight_pre_tag", into(&out.highlightPreTag)},
        {"highlightPostTag", "invalid_search_highlight_post_tag", into(&out.highlightPostTag)},
        {"showMatchesPosition", "invalid_search_show_matches_position", into(&out.showMatchesPosition)},
        {"filter", "invalid_search_filter", intoRaw(&out.filter)},
        {"sort", "invalid_search_sort", into(&out.sort)},
        {"distinct", "invalid_search_distinct", into(&out.distinct)},
        {"facets", "invalid_search_facets", into(&out.facets)},
        {"matchingStrategy", "invalid_search_matching_strategy", into(&out.matchingStrategy)},
        {"attributesToSearchOn", "invalid_search_attributes_to_search_on", into(&out.attributesToSearchOn)},
        {"rankingScoreThreshold", "invalid_search_ranking_score_threshold",
         intoThreshold(&out.rankingScoreThreshold)},
        {"locales", "invalid_search_locales", intoLocales(&out.locales)},
        {"hybrid", "invalid_search_hybrid_query", into(&out.hybrid)},
        {"vector", "invalid_search_vector", into(&out.vector)},
        {"retrieveVectors", "invalid_search_retrieve_vectors", into(&out.retrieveVectors)},
        {"media", "invalid_search_media", intoRaw(&out.media)},
        {"personalize", "invalid_search_personalize", intoPersonalize(&out.userContext)},
        {"useNetwork", "invalid_search_use_network", into(&out.useNetwork)},
        {"showRankingScore", "invalid_search_show_ranking_score", into(&out.showRankingScore)},
        {"showRankingScoreDetails", "invalid_search_show_ranking_score_details",
         into(&out.showRankingScoreDetails)},
        {"showPerformanceDetails", "invalid_search_show_performance_details",
         single ? intoPresent(&out.showPerformanceDetails) : into(&out.showPerformanceDetails)},
    };
}

ApiResult<SearchRequest> parseSearchBody(const json::Value &body)
{
    SearchRequest out;
    if (auto s = readObject(body, {}, searchFields(out, true)); !s)
        return s.err();
    return out;
}

ApiResult<SearchRequest> parseSearchQuery(const QueryParams &query)
{
    SearchRequest out;
    std::optional<std::string> filter, sort, embedder;
    std::optional<float> ratio;
    const auto status = readParams(
        query,
        {
            {"q", "invalid_search_q", paramInto(&out.q)},
            {"offset", "invalid_search_offset", paramInto(&out.offset)},
            {"limit", "invalid_search_limit", paramInto(&out.limit)},
            {"page", "invalid_search_page", paramInto(&out.page)},
            {"hitsPerPage", "invalid_search_hits_per_page", paramInto(&out.hitsPerPage)},
            {"attributesToRetrieve", "invalid_search_attributes_to_retrieve", paramInto(&out.attributesToRetrieve)},
            {"attributesToCrop", "invalid_search_attributes_to_crop", paramInto(&out.attributesToCrop)},
            {"cropLength", "invalid_search_crop_length", paramInto(&out.cropLength)},
            {"cropMarker", "invalid_search_crop_marker", paramInto(&out.cropMarker)},
            {"attributesToHighlight", "invalid_search_attributes_to_highlight",
             paramInto(&out.attributesToHighlight)},
            {"highlightPreTag", "invalid_search_highlight_pre_tag", paramInto(&out.highlightPreTag)},
            {"highlightPostTag", "invalid_search_highlight_post_tag", paramInto(&out.highlightPostTag)},
            {"showMatchesPosition", "invalid_search_show_matches_position", paramInto(&out.showMatchesPosition)},
            {"filter", "invalid_search_filter", paramInto(&filter)},
            {"sort", "invalid_search_sort", paramInto(&sort)},
            {"distinct", "invalid_search_distinct", paramInto(&out.distinct)},
            {"facets", "invalid_search_facets", paramInto(&out.facets)},
            {"matchingStrategy", "invalid_search_matching_strategy", paramInto(&out.matchingStrategy)},
            {"attributesToSearchOn", "invalid_search_attributes_to_search_on",
             paramInto(&out.attributesToSearchOn)},
            {"rankingScoreThreshold", "invalid_search_ranking_score_threshold",
             paramIntoThreshold(&out.rankingScoreThreshold)},
            {"locales", "invalid_search_locales", paramIntoLocales(&out.locales)},
            {"hybridEmbedder", "invalid_search_embedder", paramInto(&embedder)},
            {"hybridSemanticRatio", "invalid_search_semantic_ratio", paramIntoRatio(&ratio)},
            {"vector", "invalid_search_vector", paramIntoVector(&out.vector)},
            {"retrieveVectors", "invalid_search_retrieve_vectors", paramInto(&out.retrieveVectors)},
            {"personalizeUserContext", "invalid_search_personalize_user_context", paramInto(&out.userContext)},
            {"useNetwork", "invalid_search_use_network", paramInto(&out.useNetwork)},
            {"showRankingScore", "invalid_search_show_ranking_score", paramInto(&out.showRankingScore)},
            {"showRankingScoreDetails", "invalid_search_show_ranking_score_details",
             paramInto(&out.showRankingScoreDetails)},
            {"showPerformanceDetails", "invalid_search_show_performance_details",
             paramInto(&out.showPerformanceDetails)},
        });
    if (!status)
        return status.err();
    if (filter)
        out.filter = filterParamJson(*filter);
    if (sort)
        out.sort = splitSortParam(*sort);
    if (!embedder && ratio) {
        return refuse("invalid_search_hybrid_query",
                      "`hybridEmbedder` is mandatory when `hybridSemanticRatio` is present");
    }
    if (embedder)
        out.hybrid = Hybrid {std::move(*embedder), ratio.value_or(0.5F)};
    if (out.vector && !out.hybrid)
        return refuse("missing_search_hybrid", "`hybridEmbedder` is mandatory when `vector` is present");
    return out;
}

ApiResult<MaybeFilter> checkFilterParam(const std::optional<std::string> &filterJson, const Features &features,
                                        std::string_view code)
{
    if (!filterJson)
        return MaybeFilter {};
    auto filter = parseFilterJson(*filterJson, code);
    if (!filter || !filter->has_value())
        return filter;
    if (auto s = checkFilterFeatures(**filter, features, code); !s)
        return s.err();
    return filter;
}

ApiResult<MaybeFilter> checkSearchFilter(const SearchRequest &request, const Features &features)
{
    return checkFilterParam(request.filter, features, "invalid_search_filter");
}

ApiStatus checkUseNetwork(const std::optional<bool> &useNetwork, const Features &features)
{
    if (!useNetwork)
        return Done {};
    return checkFeature(features, Feature::Network, "passing `useNetwork` in a search query");
}

ApiStatus checkSearchKind(const SearchRequest &request, const Features &features)
{
    if (request.media && request.vector) {
        return refuse("invalid_search_media_and_vector",
                      "Invalid request: both `media` and `vector` parameters are present.");
    }
    if ((request.media || request.vector) && !request.hybrid) {
        return refuse("missing_search_hybrid",
                      "Invalid request: missing `hybrid` parameter when `vector` or `media` are present.");
    }
    if (request.sort) {
        if (auto sort = parseSort(*request.sort, "invalid_search_sort"); !sort)
            return sort.err();
    }
    if (request.media)
        return checkFeature(features, Feature::Multimodal, "passing `media` in a search query");
    return Done {};
}

ApiStatus checkPersonalize(const SearchRequest &request)
{
    if (!request.userContext)
        return Done {};
    return Err {featureNotEnabled("reranking search results", "personalization",
                                  "https://github.com/orgs/meilisearch/discussions/866")};
}

QByteArray FacetSearchRequest::toJson() const
{
    json::Writer out;
    out.beginObject().key("facetName").string(facetName);
    writeMember(out, "facetQuery", facetQuery);
    writeMember(out, "exhaustiveFacetCount", exhaustiveFacetCount);
    search.writeMembers(out);
    out.endObject();
    return out.take();
}

ApiResult<FacetSearchRequest> parseFacetSearchBody(const json::Value &body)
{
    FacetSearchRequest out;
    SearchRequest &search = out.search;
    ObjectRules rules;
    rules.denyUnknown = false; // parameters of plain searches are tolerated
    const auto status = readObject(
        body, {},
        {
            {"facetQuery", "invalid_facet_search_query", into(&out.facetQuery)},
            {"facetName", "invalid_facet_search_facet_name", into(&out.facetName),
             "missing_facet_search_facet_name"},
            {"q", "invalid_search_q", into(&search.q)},
            {"vector", "invalid_search_vector", into(&search.vector)},
            {"media", "invalid_search_media", intoRaw(&search.media)},
            {"hybrid", "invalid_search_hybrid_query", into(&search.hybrid)},
            {"filter", "invalid_search_filter", intoRaw(&search.filter)},
            {"matchingStrategy", "invalid_search_matching_strategy", into(&search.matchingStrategy)},
            {"attributesToSearchOn", "invalid_search_attributes_to_search_on", into(&search.attributesToSearchOn)},
            {"rankingScoreThreshold", "invalid_search_ranking_score_threshold",
             intoThreshold(&search.rankingScoreThreshold)},
            {"locales", "invalid_search_locales", intoLocales(&search.locales)},
            {"exhaustiveFacetCount", "invalid_facet_search_exhaustive_facet_count",
             into(&out.exhaustiveFacetCount)},
            {"useNetwork", "invalid_search_use_network", into(&search.useNetwork)},
        },
        rules);
    if (!status)
        return status.err();
    return out;
}

QByteArray SimilarRequest::toJson() const
{
    json::Writer out;
    out.beginObject().key("id").raw(id);
    if (offset != 0)
        out.key("offset").number(offset);
    if (limit != defaultSearchLimit)
        out.key("limit").number(limit);
    writeRawMember(out, "filter", filter);
    out.key("embedder").string(embedder);
    writeMember(out, "attributesToRetrieve", attributesToRetrieve);
    writeFlag(out, "retrieveVectors", retrieveVectors);
    writeFlag(out, "showRankingScore", showRankingScore);
    writeFlag(out, "showRankingScoreDetails", showRankingScoreDetails);
    writeFlag(out, "showPerformanceDetails", showPerformanceDetails);
    writeMember(out, "rankingScoreThreshold", rankingScoreThreshold);
    out.endObject();
    return out.take();
}

ApiResult<SimilarRequest> parseSimilarBody(const json::Value &body)
{
    SimilarRequest out;
    json::Value id;
    const auto status = readObject(
        body, {},
        {
            {"id", "invalid_similar_id", into(&id), "bad_request"},
            {"offset", "invalid_similar_offset", into(&out.offset)},
            {"limit", "invalid_similar_limit", into(&out.limit)},
            {"filter", "invalid_similar_filter", intoRaw(&out.filter)},
            {"embedder", "invalid_similar_embedder", into(&out.embedder), "bad_request"},
            {"attributesToRetrieve", "invalid_similar_attributes_to_retrieve", into(&out.attributesToRetrieve)},
            {"retrieveVectors", "invalid_similar_retrieve_vectors", into(&out.retrieveVectors)},
            {"showRankingScore", "invalid_similar_show_ranking_score", into(&out.showRankingScore)},
            {"showRankingScoreDetails", "invalid_similar_show_ranking_score_details",
             into(&out.showRankingScoreDetails)},
            {"showPerformanceDetails", "invalid_similar_show_performance_details",
             into(&out.showPerformanceDetails)},
            {"rankingScoreThreshold", "invalid_similar_ranking_score_threshold",
             intoThreshold(&out.rankingScoreThreshold)},
        });
    if (!status)
        return status.err();
    out.id = id.raw();
    return out;
}

ApiResult<SimilarRequest> parseSimilarQuery(const QueryParams &query)
{
    SimilarRequest out;
    std::optional<std::string> filter;
    const auto status =
        readParams(query,
                   {
                       {"id", "invalid_similar_id", paramInto(&out.id), "bad_request"},
                       {"embedder", "invalid_similar_embedder", paramInto(&out.embedder), "bad_request"},
                       {"offset", "invalid_similar_offset", paramInto(&out.offset)},
                       {"limit", "invalid_similar_limit", paramInto(&out.limit)},
                       {"attributesToRetrieve", "invalid_similar_attributes_to_retrieve",
                        paramInto(&out.attributesToRetrieve)},
                       {"retrieveVectors", "invalid_similar_retrieve_vectors", paramInto(&out.retrieveVectors)},
                       {"filter", "invalid_similar_filter", paramInto(&filter)},
                       {"showRankingScore", "invalid_similar_show_ranking_score", paramInto(&out.showRankingScore)},
                       {"showRankingScoreDetails", "invalid_similar_show_ranking_score_details",
                        paramInto(&out.showRankingScoreDetails)},
                       {"showPerformanceDetails", "invalid_similar_show_performance_details",
                        paramInto(&out.showPerformanceDetails)},
                       {"rankingScoreThreshold", "invalid_similar_ranking_score_threshold",
                        paramIntoThreshold(&out.rankingScoreThreshold)},
                   });
    if (!status)
        return status.err();
    out.id = json::quoted(out.id);
    if (filter)
        out.filter = filterParamJson(*filter);
    return out;
}

ApiResult<std::string> similarId(const SimilarRequest &request)
{
    auto id = canonicalIdJson(request.id, "invalid_similar_id");
    if (!id)
        return Err {prefixed(id.error(), "Invalid value at `.id`: ")};
    return id;
}

ApiResult<MaybeFilter> checkSimilarFilter(const SimilarRequest &request, const Features &features)
{
    return checkFilterParam(request.filter, features, "invalid_similar_filter");
}

} // namespace miroir::protocol
