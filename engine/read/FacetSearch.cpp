// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/FacetSearch.h"

#include "merge/FacetSearchMerge.h"
#include "protocol/AttributeCheck.h"

namespace miroir::read {

using protocol::ApiStatus;
using protocol::FacetSearchRequest;

protocol::ApiStatus checkFacetSearch(const FacetSearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features)
{
    if (const ApiStatus kind = protocol::checkSearchKind(request.search, features); !kind)
        return kind;
    const auto filter = protocol::checkSearchFilter(request.search, features);
    if (!filter)
        return filter.err();
    if (!settings.facetSearch)
        return protocol::refuse("facet_search_disabled", "The facet search is disabled for this index");
    if (const ApiStatus allowed = checkFilterAllowed(*filter, settings, indexUid); !allowed)
        return allowed;
    return protocol::checkFacetName(request.facetName, settings);
}

void facetSearch(const ReadContext &context, const FacetSearchRequest &request,
    const std::optional<std::string> &tenantFilter, OnBody done)
{
    const protocol::Settings &settings = *context.index->settings;
    FacetSearchRequest joined = request;
    joined.search.filter = joinFilters(request.search.filter, tenantFilter, {});
    const ApiStatus checked = checkFacetSearch(joined, settings, context.index->uid, context.view->features);
    if (!checked) {
        done(checked.err());
        return;
    }
    joined.search.useNetwork.reset();
    auto node = std::make_shared<const FacetSearchRequest>(std::move(joined));
    ScatterRequest scatter = context.scatter("/facet-search");
    scatter.clock = std::make_shared<WorkClock>();
    scatter.body = [node](const std::string &filter) {
        FacetSearchRequest filtered = *node;
        filtered.search.filter = joinFilters(node->search.filter, {}, filter);
        return filtered.toJson();
    };
    const auto order = settings.faceting.order(request.facetName) == protocol::FacetOrder::Count
        ? merge::FacetOrder::Count
        : merge::FacetOrder::Alpha;
    Scatter::run(
        scatter, context.transport, context.context,
        [order, limit = settings.faceting.maxValuesPerFacet, clock = scatter.clock, done](
            const Scatter::Parts &parts) -> std::optional<std::size_t> {
            const auto merged = merge::mergeFacetSearch(order, limit, Scatter::answers(parts));
            if (!merged)
                return merged.error().answer;
            done(merge::writeFacetSearch(*merged, clock->workMs()));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

} // namespace miroir::read
