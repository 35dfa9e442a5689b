// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/SearchPlan.h"

#include "json/Json.h"
#include "placement/Shards.h"
#include "protocol/AttributeCheck.h"
#include "protocol/FilterCheck.h"
#include "protocol/SettingsNode.h"

#include <algorithm>
#include <map>

namespace miroir::read {

using protocol::ApiResult;
using protocol::ApiStatus;

namespace {

constexpr std::uint64_t defaultHitsPerPage = 20;

/// "attr:length" of attributesToCrop without the length.
std::string withoutLength(const std::string &attribute)
{
    return attribute.substr(0, attribute.rfind(':'));
}

bool isReserved(std::string_view attribute)
{
    return attribute.starts_with(placement::hiddenPrefix);
}

ApiStatus checkEmbedder(const protocol::SearchRequest &request, const protocol::Settings &settings)
{
    if (request.mode() == protocol::SearchMode::Keyword)
        return Done {};
    const std::string &name = request.hybrid->embedder;
    const auto embedder = settings.embedders.find(name);
    if (embedder == settings.embedders.end())
        return protocol::refuse("invalid_search_embedder", "Cannot find embedder with name `" + name + "`.");
    const auto expected = embedder->second.dimensions();
    if (!request.vector || !expected || *expected == request.vector->size())
        return Done {};
    return protocol::refuse("invalid_vector_dimensions",
        "Invalid vector dimensions: expected: `" + std::to_string(*expected) + "`, found: `"
            + std::to_string(request.vector->size()) + "`.");
}

/// In a node's order.
ApiStatus checkRequest(const protocol::SearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features)
{
    const ApiResult<protocol::MaybeFilter> filter = protocol::checkSearchFilter(request, features);
    if (!filter)
        return filter.err();
    if (const ApiStatus kind = protocol::checkSearchKind(request, features); !kind)
        return kind;
    if (const ApiStatus known = checkEmbedder(request, settings); !known)
        return known;
    if (request.distinct) {
        if (const ApiStatus allowed = protocol::checkDistinct(*request.distinct, settings, indexUid); !allowed)
            return allowed;
    }
    if (const ApiStatus allowed = checkFilterAllowed(*filter, settings, indexUid); !allowed)
        return allowed;
    if (request.sort) {
        const auto rules = protocol::parseSort(*request.sort, "invalid_search_sort");
        if (!rules)
            return rules.err();
        if (const ApiStatus allowed = protocol::checkSearchSort(*rules, settings, indexUid); !allowed)
            return allowed;
    }
    if (request.facets) {
        if (const ApiStatus allowed = protocol::checkFacets(*request.facets, settings.filterableAttributes); !allowed)
            return allowed;
    }
    return protocol::checkPersonalize(request);
}

std::vector<std::pair<std::string, merge::FacetOrder>> facetOrders(const protocol::Faceting &faceting)
{
    std::vector<std::pair<std::string, merge::FacetOrder>> orders;
    for (const auto &[name, order] : faceting.sortFacetValuesBy)
        orders.emplace_back(
            name, order == protocol::FacetOrder::Count ? merge::FacetOrder::Count : merge::FacetOrder::Alpha);
    return orders;
}

merge::MergeRequest mergeRequest(const protocol::SearchRequest &request, const protocol::Settings &settings)
{
    merge::MergeRequest merge;
    merge.finite = request.finite();
    merge.offset = request.offset.value_or(0);
    merge.limit = request.limit.value_or(protocol::defaultSearchLimit);
    merge.page = request.page.value_or(1);
    merge.hitsPerPage = request.hitsPerPage.value_or(defaultHitsPerPage);
    merge.maxTotalHits = settings.maxTotalHits;
    merge.distinct = request.distinct ? request.distinct : settings.distinctAttribute;
    merge.facets = request.facets && !request.facets->empty();
    merge.faceting.maxValuesPerFacet = settings.faceting.maxValuesPerFacet;
    merge.nodeValuesPerFacet = protocol::nodeMaxValuesPerFacet(settings.faceting);
    merge.faceting.sortFacetValuesBy = facetOrders(settings.faceting);
    merge.tags.expected = true;
    if (merge.distinct && !protocol::isFilterable(*merge.distinct, settings.filterableAttributes))
        merge.hiddenFacets.push_back(*merge.distinct);
    merge.showRankingScore = request.showRankingScore;
    merge.showRankingScoreDetails = request.showRankingScoreDetails;
    merge.displayed = settings.displayedAttributes;
    merge.retrieve = request.attributesToRetrieve;
    if (request.attributesToHighlight)
        merge.formatted = *request.attributesToHighlight;
    for (const std::string &crop : request.attributesToCrop.value_or(std::vector<std::string> {}))
        merge.formatted.push_back(withoutLength(crop));
    return merge;
}

/// Hidden names asked for by name would otherwise be shown: for clients they are fields that no document has.
void dropReserved(std::optional<std::vector<std::string>> &attributes)
{
    if (attributes)
        std::erase_if(*attributes, [](const std::string &attribute) { return isReserved(attribute); });
}

} // namespace

ApiStatus checkFilterAllowed(
    const protocol::MaybeFilter &filter, const protocol::Settings &settings, const std::string &indexUid)
{
    if (!filter)
        return Done {};
    std::vector<std::string> embedders;
    for (const auto &[name, embedder] : settings.embedders)
        embedders.push_back(name);
    return protocol::checkFilter(protocol::renumbered(*filter),
        {settings.filterableAttributes, "invalid_search_filter", indexUid, {}, std::move(embedders)});
}

std::optional<std::string> joinFilters(
    const std::optional<std::string> &client, const std::optional<std::string> &tenant, const std::string &shardFilter)
{
    std::optional<std::string> joined = client;
    if (tenant)
        joined = joined ? protocol::fuseFilters(*joined, *tenant) : *tenant;
    if (!shardFilter.empty()) {
        const std::string quoted = json::quoted(shardFilter);
        joined = joined ? protocol::fuseFilters(*joined, quoted) : quoted;
    }
    return joined;
}

namespace {

void addMissing(std::vector<std::string> &names, const std::vector<std::string> &more)
{
    if (std::find(names.begin(), names.end(), "*") != names.end())
        return;
    for (const std::string &name : more) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
}

/// Offset and limit, or page and hits of a page, that give the best `count` hits with whatever is pinned.
void askFor(protocol::SearchRequest &node, std::uint64_t count, std::uint64_t pinRoom)
{
    if (count > 0)
        count = merge::addSaturated(count, pinRoom);
    if (node.finite()) {
        node.page = 1;
        node.hitsPerPage = count;
    } else {
        node.offset = 0;
        node.limit = count;
    }
}

merge::CandidateRequest candidateRequest(
    const protocol::SearchRequest &request, const protocol::Settings &settings, const merge::MergeRequest &merge)
{
    merge::CandidateRequest candidates;
    candidates.distinct = merge.distinct;
    candidates.threshold = request.rankingScoreThreshold;
    candidates.finite = merge.finite;
    candidates.wanted = merge::hitsNeeded(merge);
    candidates.maxTotalHits = merge.maxTotalHits;
    candidates.nodeValuesPerFacet = protocol::nodeMaxValuesPerFacet(settings.faceting);
    if (merge.distinct) {
        const auto filterable = settings.filterable(*merge.distinct);
        // what clients may not filter by at all, nodes may: that of the settings
        candidates.distinctFilter
            = !filterable || !filterable->features.filterable() || filterable->features.equality;
        candidates.distinctRanges = filterable && filterable->features.comparison;
    }
    candidates.facets = merge.facets;
    candidates.faceting = merge.faceting;
    // the facet of the distinct attribute is asked for in any case
    const auto asked = request.facets.value_or(std::vector<std::string> {});
    if (merge.distinct && protocol::expandFacets(asked, settings.filterableAttributes, {*merge.distinct}).empty())
        candidates.hiddenFacets.push_back(*merge.distinct);
    return candidates;
}

} // namespace

ApiResult<SearchPlan> planSearch(const protocol::SearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features, const std::optional<std::string> &tenantFilter,
    const std::shared_ptr<const merge::Pins> &pins)
{
    if (const ApiStatus checked = checkRequest(request, settings, indexUid, features); !checked)
        return checked.err();
    SearchPlan plan;
    plan.mode = request.mode();
    plan.merge = mergeRequest(request, settings);
    plan.candidates = candidateRequest(request, settings, plan.merge);
    plan.merge.tags.pins = pins;
    plan.candidates.tags.pins = pins;
    plan.pinRoom = pins ? pins->room() : 0;
    plan.merge.cutTotals = features.has(protocol::Feature::LegacySearch);
    plan.node = request;
    dropReserved(plan.node.attributesToRetrieve);
    dropReserved(plan.node.attributesToHighlight);
    dropReserved(plan.node.attributesToCrop);
    dropReserved(plan.merge.retrieve);
    plan.node.filter = joinFilters(request.filter, tenantFilter, {});
    plan.node.distinct = plan.merge.distinct;
    plan.node.showRankingScore = true;
    plan.node.showRankingScoreDetails = true;
    plan.node.useNetwork.reset();
    plan.node.showPerformanceDetails.reset();
    // Without words every score is 1. A node would still walk through all documents, one by one because of the hidden
    // order, and run out of time over it.
    const bool scored = plan.mode != protocol::SearchMode::Keyword || !request.blankQuery();
    if (!scored)
        plan.node.rankingScoreThreshold.reset();
    askFor(plan.node, merge::hitsNeeded(plan.merge), plan.pinRoom);
    if (plan.node.attributesToRetrieve)
        addMissing(*plan.node.attributesToRetrieve, merge::mergeFields(plan.merge));
    plan.countsCandidates = plan.mode != protocol::SearchMode::Hybrid
        && (plan.merge.distinct || (scored && request.rankingScoreThreshold && !request.finite()));
    return plan;
}

protocol::SearchRequest SearchPlan::candidatesRequest() const
{
    protocol::SearchRequest lean = node;
    lean.distinct.reset();
    lean.rankingScoreThreshold.reset();
    lean.page.reset();
    lean.hitsPerPage.reset();
    lean.attributesToHighlight.reset();
    lean.attributesToCrop.reset();
    lean.showMatchesPosition = false;
    lean.retrieveVectors = false;
    askFor(lean, merge.maxTotalHits, pinRoom);
    std::vector<std::string> facets = merge.facets ? *node.facets : std::vector<std::string> {};
    if (merge.distinct)
        addMissing(facets, {*merge.distinct});
    const bool patterns = std::any_of(
        facets.begin(), facets.end(), [](const std::string &facet) { return facet.find('*') != std::string::npos; });
    lean.attributesToRetrieve = patterns ? std::vector<std::string> {"*"} : facets;
    addMissing(*lean.attributesToRetrieve, merge::mergeFields(merge));
    lean.facets = std::move(facets);
    return lean;
}

std::optional<protocol::SearchRequest> SearchPlan::formsRequest(const merge::FacetValues &values) const
{
    constexpr std::size_t valuesMax = 50;
    const bool drops = merge.distinct || node.rankingScoreThreshold;
    if (mode != protocol::SearchMode::Keyword || drops || values.size() > valuesMax)
        return std::nullopt;
    std::map<std::string, std::string> lists; // of values, by facet
    for (const merge::FacetValue &value : values) {
        const std::string quoted = json::quoted(value.key);
        const auto quotes = std::count(value.key.begin(), value.key.end(), '"');
        if (quoted.size() != value.key.size() + 2 + static_cast<std::size_t>(quotes))
            continue; // a filter knows fewer escapes than JSON
        std::string &list = lists[value.facet];
        list += (list.empty() ? "" : ", ") + quoted;
    }
    if (lists.empty())
        return std::nullopt;
    protocol::SearchRequest forms = candidatesRequest();
    forms.facets.reset();
    forms.attributesToRetrieve.emplace();
    std::string filter;
    for (const auto &[facet, list] : lists) {
        filter += (filter.empty() ? "" : " OR ") + json::quoted(facet) + " IN [" + list + ']';
        forms.attributesToRetrieve->push_back(facet);
    }
    addMissing(*forms.attributesToRetrieve, merge::mergeFields(merge));
    forms.filter = joinFilters(node.filter, json::quoted(filter), {});
    return forms;
}

protocol::SearchRequest SearchPlan::sharingRequest(const std::string &filter) const
{
    protocol::SearchRequest sharing = candidatesRequest();
    sharing.filter = joinFilters(node.filter, filter, {});
    sharing.limit = 0;
    return sharing;
}

protocol::SearchRequest SearchPlan::pageOfCandidates(std::uint64_t count) const
{
    protocol::SearchRequest best = node;
    best.distinct.reset();
    askFor(best, count, pinRoom);
    return best;
}

protocol::SearchRequest SearchPlan::roundRequest(const merge::DistinctRounds &rounds) const
{
    protocol::SearchRequest round = candidatesRequest();
    round.facets.reset();
    if (rounds.nodesDrop())
        round.distinct = node.distinct;
    round.rankingScoreThreshold = node.rankingScoreThreshold; // what does not reach it excludes nothing
    if (const std::string filter = rounds.openFilter(); !filter.empty())
        round.filter = joinFilters(node.filter, filter, {});
    round.limit = rounds.openHits();
    return round;
}

protocol::SearchRequest SearchPlan::pageOfRounds(
    const merge::DistinctRounds &rounds, const placement::ShardSet &shards) const
{
    const auto own = rounds.ownOf(shards);
    protocol::SearchRequest page = node;
    page.facets.reset();
    if (!own.filter.empty())
        page.filter = joinFilters(node.filter, own.filter, {});
    askFor(page, own.hits, pinRoom);
    return page;
}

protocol::SearchRequest SearchPlan::wordsRequest() const
{
    protocol::SearchRequest words = node;
    words.hybrid.reset();
    words.vector.reset();
    words.media.reset();
    return words;
}

protocol::SearchRequest SearchPlan::vectorRequest() const
{
    protocol::SearchRequest embed;
    embed.q = node.q;
    embed.media = node.media;
    embed.hybrid = protocol::Hybrid {node.hybrid->embedder, 1.0F};
    embed.retrieveVectors = true;
    embed.limit = 0;
    return embed;
}

protocol::SearchRequest SearchPlan::semanticRequest(const QByteArray &vector) const
{
    // The greatest single-precision number below one: a node then weighs what the words found with next to nothing.
    constexpr float nearlyOne = 0.99999994F;
    protocol::SearchRequest near = node;
    if (mode == protocol::SearchMode::Hybrid)
        near.hybrid->semanticRatio = nearlyOne;
    if (vector.isEmpty())
        return near;
    near.media.reset();
    const auto array = json::Document::parse(vector);
    near.vector.emplace();
    if (array) {
        for (const json::Value number : array->root().items())
            near.vector->push_back(static_cast<float>(number.toDouble()));
    }
    return near;
}

QByteArray bodyWithFilter(const protocol::SearchRequest &node, const std::string &shardFilter)
{
    if (shardFilter.empty())
        return node.toJson();
    protocol::SearchRequest filtered = node;
    filtered.filter = joinFilters(node.filter, {}, shardFilter);
    return filtered.toJson();
}

} // namespace miroir::read
