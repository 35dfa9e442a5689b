// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/FederationPlan.h"

#include "protocol/AttributeCheck.h"
#include "protocol/IndexRequests.h"
#include "protocol/RankingCompat.h"

#include <algorithm>
#include <map>

namespace miroir::read {

using protocol::ApiError;
using protocol::ApiResult;
using protocol::ApiStatus;
using protocol::Federation;
using protocol::MultiSearchQuery;
using protocol::MultiSearchRequest;
using protocol::SearchMode;
using protocol::SearchRequest;

namespace {

ApiError missingIsBodysFault(ApiError error)
{
    if (std::string_view(error.code->name) == "index_not_found")
        error.status = 400;
    return error;
}

merge::FederationRequest mergeRequest(const MultiSearchRequest &request)
{
    const Federation &federation = *request.federation;
    merge::FederationRequest merge;
    merge.finite = federation.finite();
    merge.offset = federation.offset;
    merge.limit = federation.limit;
    merge.page = federation.page.value_or(1);
    merge.hitsPerPage = federation.hitsPerPage.value_or(protocol::defaultSearchLimit);
    merge.distinct = federation.distinct;
    merge.mergeFacets = federation.mergeFacets.has_value();
    if (federation.mergeFacets)
        merge.maxValuesPerFacet = federation.mergeFacets->maxValuesPerFacet;
    merge.queryVectors = std::any_of(request.queries.begin(), request.queries.end(),
        [](const MultiSearchQuery &query) { return query.search.retrieveVectors; });
    return merge;
}

/// Finds every document that the filter lets pass, whatever its words are.
bool findsAll(const SearchRequest &search)
{
    return search.mode() == SearchMode::Keyword && search.blankQuery();
}

/// The expression of a filter; nothing when every document passes.
std::optional<std::string> expression(const std::optional<std::string> &filterJson)
{
    if (!filterJson)
        return std::nullopt;
    const auto filter = protocol::parseFilterJson(*filterJson, "invalid_search_filter");
    if (!filter || !*filter)
        return std::nullopt;
    return protocol::filterText(**filter);
}

/// Only what decides which documents are found: order and form of the hits do not.
SearchRequest counting(SearchRequest search, const merge::FederationRequest &federation)
{
    search.offset.reset();
    search.limit.reset();
    search.page.reset();
    search.hitsPerPage.reset();
    search.facets.reset();
    search.sort.reset();
    search.attributesToRetrieve.emplace();
    search.attributesToCrop.reset();
    search.attributesToHighlight.reset();
    search.showMatchesPosition = false;
    search.retrieveVectors = false;
    search.showRankingScore = false;
    search.showRankingScoreDetails = false;
    if (federation.distinct)
        search.distinct.reset();
    return search;
}

class UnionPlanner
{
public:
    UnionPlanner(const merge::FederationRequest &federation, const FederatedIndexPlan &index)
        : m_federation(federation), m_index(index)
    {
    }

    /// Rules of a search without words cannot be compared with those of others on a node, for there the hidden order is
    /// a rule too. So one union holds what such searches find, and another what the others find besides.
    std::vector<UnionPlan> run()
    {
        std::string passed; // by one of the searches without words
        bool everything = false;
        std::vector<SearchRequest> words;
        std::optional<SearchRequest> all;
        for (const FederatedQueryPlan &query : m_index.queries) {
            SearchRequest search = counting(query.search->node, m_federation);
            m_costly = m_costly || search.distinct || search.rankingScoreThreshold;
            if (!findsAll(search)) {
                words.push_back(std::move(search));
                continue;
            }
            const auto filter = expression(search.filter);
            everything = everything || !filter;
            passed += filter ? (passed.empty() ? "(" : " OR (") + *filter + ")" : "";
            all = std::move(search);
        }
        std::vector<UnionPlan> unions;
        if (all) {
            all->filter.reset();
            if (!everything)
                all->filter = json::quoted(passed);
            unions.push_back(plan({*all}));
        }
        if (words.empty() || everything)
            return unions;
        for (SearchRequest &search : words) {
            if (!passed.empty())
                search.filter = joinFilters(search.filter, {}, "NOT (" + passed + ")");
        }
        unions.push_back(plan(words));
        return unions;
    }

private:
    [[nodiscard]] UnionPlan plan(const std::vector<SearchRequest> &searches) const
    {
        UnionPlan plan;
        for (const SearchRequest &search : searches)
            plan.node.queries.push_back({m_index.index->physical, search, std::nullopt});
        Federation &federation = plan.node.federation.emplace();
        // what distinct and a threshold take out depends on how far a node has to look
        const std::uint64_t needed = m_costly || m_federation.distinct
            ? std::min(m_federation.neededHits(), m_index.index->settings->maxTotalHits)
            : 0;
        if (m_federation.finite) {
            federation.page = 1;
            federation.hitsPerPage = needed;
        } else {
            federation.limit = needed;
        }
        federation.distinct = m_federation.distinct;
        if (m_index.facets && !m_index.facets->empty())
            federation.facetsByIndex[m_index.index->physical] = m_index.facets;
        return plan;
    }

    const merge::FederationRequest &m_federation;
    const FederatedIndexPlan &m_index;
    bool m_costly = false;
};

class FederationPlanner
{
public:
    FederationPlanner(const ClusterView &view, const MultiSearchRequest &request, const TenantFilters &tenantFilter)
        : m_view(view), m_request(request), m_tenantFilter(tenantFilter)
    {
    }

    ApiResult<FederationPlan> run()
    {
        m_plan.merge = mergeRequest(m_request);
        if (const ApiStatus checked = checkQueries(); !checked)
            return checked.err();
        std::map<std::string_view, std::vector<std::size_t>> byIndex;
        for (std::size_t i = 0; i < m_request.queries.size(); ++i)
            byIndex[m_request.queries[i].indexUid].push_back(i);
        for (const auto &[uid, positions] : byIndex) {
            if (const ApiStatus planned = planIndex(uid, positions); !planned)
                return planned.err();
        }
        for (const auto &[uid, facets] : m_request.federation->facetsByIndex) {
            if (byIndex.contains(uid))
                continue;
            if (const ApiStatus checked = checkUnused(uid, facets); !checked)
                return checked.err();
        }
        return std::move(m_plan);
    }

private:
    ApiStatus checkQueries()
    {
        for (std::size_t i = 0; i < m_request.queries.size(); ++i) {
            const auto filter = protocol::checkSearchFilter(m_request.queries[i].search, m_view.features);
            if (!filter)
                return Err {insideMultiSearch(filter.error(), i)};
        }
        for (std::size_t i = 0; i < m_request.queries.size(); ++i) {
            const auto fits = protocol::checkMultiSearchQuery(m_request.queries[i], m_request, m_view.features);
            if (!fits)
                return Err {insideMultiSearch(fits.error(), i)};
        }
        return Done {};
    }

    ApiStatus planIndex(std::string_view uid, const std::vector<std::size_t> &positions)
    {
        FederatedIndexPlan plan;
        plan.index = m_view.index(uid);
        if (plan.index == nullptr)
            return Err {insideMultiSearch(protocol::indexNotFound(uid), positions.front())};
        const auto facets = m_request.federation->facetsByIndex.find(std::string(uid));
        if (facets != m_request.federation->facetsByIndex.end())
            plan.facets = facets->second;
        for (const std::size_t position : positions) {
            const ApiStatus planned = planQuery(plan, position, false);
            if (!planned)
                return Err {insideMultiSearch(planned.error(), position)};
        }
        if (plan.facets) {
            const ApiStatus valid = protocol::checkFacets(*plan.facets, plan.index->settings->filterableAttributes);
            if (!valid) {
                return Err {insideMultiSearch(
                    protocol::insideFacetsByIndex(valid.error(), uid, false), positions.front())};
            }
        }
        if (positions.size() > 1) {
            plan.unions = UnionPlanner(m_plan.merge, plan).run();
        } else if (plan.facets && !plan.facets->empty()) {
            plan.queries.clear();
            const ApiStatus planned = planQuery(plan, positions.front(), true);
            MIROIR_ASSERT(planned.ok()); // it was without facets, and those are valid
        }
        m_plan.indexes.push_back(std::move(plan));
        return Done {};
    }

    ApiStatus planQuery(FederatedIndexPlan &plan, std::size_t position, bool again)
    {
        const MultiSearchQuery &query = m_request.queries[position];
        const protocol::Settings &settings = *plan.index->settings;
        if (const ApiStatus kind = protocol::checkSearchKind(query.search, m_view.features); !kind)
            return kind;
        if (!again) {
            if (const ApiStatus compatible = checkRules(query, settings, position); !compatible)
                return compatible;
        }
        SearchRequest search = query.search;
        const std::uint64_t needed = m_plan.merge.neededHits();
        if (m_plan.merge.finite) {
            search.page = 1;
            search.hitsPerPage = needed;
        } else {
            search.offset = 0;
            search.limit = needed;
        }
        if (m_plan.merge.distinct)
            search.distinct = m_plan.merge.distinct;
        search.facets.reset();
        if (again)
            search.facets = plan.facets;
        auto planned = planSearch(search, settings, plan.index->uid, m_view.features,
            m_tenantFilter(plan.index->uid), plan.index->pins);
        if (!planned)
            return planned.err();
        const bool keep = m_plan.merge.distinct.has_value();
        const protocol::FederationOptions options = query.federationOptions.value_or(protocol::FederationOptions {});
        const std::size_t shown = options.queryPosition.value_or(position);
        planned->merge.federated = merge::FederatedQuery {plan.index->uid, shown, options.weight, keep};
        if (keep && plan.facets)
            retrieve(*plan.facets, planned->node);
        FederatedQueryPlan out;
        out.position = shown;
        out.search = std::make_shared<const SearchPlan>(std::move(*planned));
        out.semantic = search.mode() != SearchMode::Keyword;
        out.retrieveVectors = search.retrieveVectors;
        plan.queries.push_back(std::move(out));
        return Done {};
    }

    ApiStatus checkRules(const MultiSearchQuery &query, const protocol::Settings &settings, std::size_t position)
    {
        std::optional<std::vector<protocol::SortRule>> sort;
        if (query.search.sort) {
            auto rules = protocol::parseSort(*query.search.sort, "invalid_search_sort");
            if (!rules)
                return rules.err();
            sort = std::move(*rules);
        }
        return m_rules.add({settings.rankingRules, sort, query.search.matchingStrategy, rankingSearch(query.search)},
            position, query.indexUid);
    }

    /// The fields of facets are needed to take out of the counts what distinct drops; the merge does not show them.
    static void retrieve(const std::vector<std::string> &facets, SearchRequest &node)
    {
        if (!node.attributesToRetrieve)
            return; // all of them
        std::vector<std::string> &fields = *node.attributesToRetrieve;
        const bool patterns = std::any_of(facets.begin(), facets.end(),
            [](const std::string &facet) { return facet.find('*') != std::string::npos; });
        if (patterns)
            fields = {"*"};
        else if (std::find(fields.begin(), fields.end(), "*") == fields.end())
            fields.insert(fields.end(), facets.begin(), facets.end());
    }

    ApiStatus checkUnused(const std::string &uid, const std::optional<std::vector<std::string>> &facets)
    {
        const IndexView *index = m_view.index(uid);
        ApiStatus valid = Done {};
        if (index == nullptr)
            valid = Err {protocol::indexNotFound(uid)};
        else if (facets)
            valid = protocol::checkFacets(*facets, index->settings->filterableAttributes);
        if (!valid)
            return Err {missingIsBodysFault(protocol::insideFacetsByIndex(valid.error(), uid, true))};
        FederationPlan::Unused &unused = m_plan.unused.emplace_back();
        unused.index = index;
        for (const std::string &facet : facets.value_or(std::vector<std::string> {})) {
            if (facet.find('*') == std::string::npos)
                unused.facets.push_back(facet);
        }
        return Done {};
    }

    const ClusterView &m_view;
    const MultiSearchRequest &m_request;
    const TenantFilters &m_tenantFilter;
    protocol::RankingCompat m_rules;
    FederationPlan m_plan;
};

/// A facet whose values this index orders otherwise than an earlier one.
std::optional<ApiError> oddOrder(
    const IndexView &index, const std::vector<std::string> &names, std::map<std::string, const IndexView *> &first)
{
    const auto described = [](protocol::FacetOrder order) {
        return order == protocol::FacetOrder::Count ? "by count" : "alphabetically";
    };
    for (const std::string &name : names) {
        const auto [known, fresh] = first.try_emplace(name, &index);
        const protocol::FacetOrder before = known->second->settings->faceting.order(name);
        const protocol::FacetOrder now = index.settings->faceting.order(name);
        if (fresh || before == now)
            continue;
        return protocol::apiError("invalid_multi_search_facet_order",
            "Inconsistent order for values in facet `" + name + "`: index `" + known->second->uid + "` orders "
                + described(before) + ", but index `" + index.uid + "` orders " + described(now)
                + ".\n - Hint: Remove `federation.mergeFacets` or change `faceting.sortFacetValuesBy` to be "
                  "consistent in settings.");
    }
    return std::nullopt;
}

} // namespace

ApiError insideMultiSearch(ApiError error, std::size_t query)
{
    return protocol::insideQuery(missingIsBodysFault(std::move(error)), query);
}

QByteArray UnionPlan::body(const std::string &shardFilter) const
{
    if (shardFilter.empty())
        return node.toJson();
    MultiSearchRequest filtered = node;
    for (MultiSearchQuery &query : filtered.queries)
        query.search.filter = joinFilters(query.search.filter, {}, shardFilter);
    return filtered.toJson();
}

ApiResult<FederationPlan> planFederation(
    const ClusterView &view, const MultiSearchRequest &request, const TenantFilters &tenantFilter)
{
    return FederationPlanner(view, request, tenantFilter).run();
}

ApiStatus checkFacetOrders(const FederationPlan &plan, const std::vector<std::vector<std::string>> &names)
{
    std::map<std::string, const IndexView *> first; // that has the facet
    for (std::size_t i = 0; i < plan.indexes.size(); ++i) {
        const IndexView &index = *plan.indexes[i].index;
        if (auto odd = oddOrder(index, names[i], first)) {
            return Err {insideMultiSearch(protocol::insideFacetsByIndex(std::move(*odd), index.uid, false),
                plan.indexes[i].queries.front().position)};
        }
    }
    for (const FederationPlan::Unused &unused : plan.unused) {
        if (auto odd = oddOrder(*unused.index, unused.facets, first))
            return Err {protocol::insideFacetsByIndex(std::move(*odd), unused.index->uid, true)};
    }
    return Done {};
}

} // namespace miroir::read
