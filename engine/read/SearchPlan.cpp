// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/SearchPlan.h"

#include "json/Json.h"
#include "placement/Shards.h"
#include "protocol/AttributeCheck.h"
#include "protocol/FilterCheck.h"

#include <algorithm>

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

ApiStatus checkRequest(const protocol::SearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features)
{
    const ApiResult<protocol::MaybeFilter> filter = protocol::checkSearchFilter(request, features);
    if (!filter)
        return filter.err();
    if (const ApiStatus kind = protocol::checkSearchKind(request, features); !kind)
        return kind;
    if (*filter) {
        std::vector<std::string> embedders;
        for (const auto &[name, embedder] : settings.embedders)
            embedders.push_back(name);
        const ApiStatus allowed = protocol::checkFilter(protocol::renumbered(**filter),
            {settings.filterableAttributes, "invalid_search_filter", indexUid, {}, std::move(embedders)});
        if (!allowed)
            return allowed;
    }
    if (request.sort) {
        const auto rules = protocol::parseSort(*request.sort, "invalid_search_sort");
        if (!rules)
            return rules.err();
        if (const ApiStatus allowed = protocol::checkSearchSort(*rules, settings, indexUid); !allowed)
            return allowed;
    }
    if (request.distinct) {
        if (const ApiStatus allowed = protocol::checkDistinct(*request.distinct, settings, indexUid); !allowed)
            return allowed;
    }
    if (request.facets) {
        if (const ApiStatus allowed = protocol::checkFacets(*request.facets, settings.filterableAttributes); !allowed)
            return allowed;
    }
    return Done {};
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
    merge.faceting.sortFacetValuesBy = facetOrders(settings.faceting);
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

ApiResult<SearchPlan> planSearch(const protocol::SearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features, const std::optional<std::string> &tenantFilter)
{
    if (const ApiStatus checked = checkRequest(request, settings, indexUid, features); !checked)
        return checked.err();
    SearchPlan plan;
    plan.merge = mergeRequest(request, settings);
    plan.merge.cutTotals = features.has(protocol::Feature::LegacySearch);
    plan.node = request;
    dropReserved(plan.node.attributesToRetrieve);
    dropReserved(plan.node.attributesToHighlight);
    dropReserved(plan.node.attributesToCrop);
    dropReserved(plan.merge.retrieve);
    plan.node.filter = joinFilters(request.filter, tenantFilter, {});
    plan.node.showRankingScore = true;
    plan.node.showRankingScoreDetails = true;
    plan.node.useNetwork.reset();
    const std::uint64_t first = request.firstHit();
    const std::uint64_t count = request.hitCount();
    const std::uint64_t needed = std::min(
        first > settings.maxTotalHits ? settings.maxTotalHits : first + std::min(count, settings.maxTotalHits),
        settings.maxTotalHits);
    if (request.finite()) {
        plan.node.page = 1;
        plan.node.hitsPerPage = needed;
    } else {
        plan.node.offset = 0;
        plan.node.limit = needed;
    }
    std::vector<std::string> &retrieved = plan.node.attributesToRetrieve.emplace(
        plan.node.attributesToRetrieve.value_or(std::vector<std::string> {"*"}));
    if (std::find(retrieved.begin(), retrieved.end(), "*") == retrieved.end()) {
        for (const std::string &field : merge::mergeFields(plan.merge))
            retrieved.push_back(field);
    }
    if (plan.merge.finite && plan.merge.distinct) {
        plan.merge.totalByGroups = true;
        std::vector<std::string> &facets
            = plan.node.facets.emplace(plan.node.facets.value_or(std::vector<std::string> {}));
        const bool there = std::find(facets.begin(), facets.end(), *plan.merge.distinct) != facets.end();
        const bool all = std::find(facets.begin(), facets.end(), "*") != facets.end();
        // the distinct attribute of the settings need not be filterable, and then has no facet
        if (!protocol::isFilterable(*plan.merge.distinct, settings.filterableAttributes))
            plan.merge.totalByGroups = false;
        else if (!there && !all) {
            facets.push_back(*plan.merge.distinct);
            plan.merge.distinctFacetAdded = true;
        }
    }
    return plan;
}

QByteArray SearchPlan::body(const std::string &shardFilter) const
{
    if (shardFilter.empty())
        return node.toJson();
    protocol::SearchRequest filtered = node;
    filtered.filter = joinFilters(node.filter, {}, shardFilter);
    return filtered.toJson();
}

} // namespace miroir::read
