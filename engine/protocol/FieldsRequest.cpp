// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/FieldsRequest.h"

#include "protocol/Deserr.h"
#include "protocol/IndexRequests.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

/// One field as the settings see it.
struct FieldView {
    bool displayed = false, searchable = false, sortable = false, distinct = false;
    std::optional<std::string> rankingOrder; ///< "asc" or "desc"
    FilterFeatures filter {false, false, false};
    FacetOrder order = FacetOrder::Alpha;
    std::vector<std::string> locales;
    [[nodiscard]] bool filterable() const { return filter.equality || filter.comparison || filter.facetSearch; }
};

bool isGeo(std::string_view name)
{
    return isWithin(name, "_geo") || isWithin(name, "_geojson");
}

FieldView viewOf(const std::string &name, const Settings &settings)
{
    FieldView view;
    view.displayed = settings.displayed(name);
    view.searchable = settings.searchableAttributes
        ? matchAnyPlainName(*settings.searchableAttributes, name) == PatternMatch::Match
        : !isGeo(name);
    view.sortable = settings.sortable(name);
    view.distinct = settings.distinctAttribute == name;
    for (const RankingRule &rule : settings.rankingRules) {
        if (rule.field == name && rule.kind == RankingRule::Kind::Asc)
            view.rankingOrder = "asc";
        else if (rule.field == name && rule.kind == RankingRule::Kind::Desc)
            view.rankingOrder = "desc";
    }
    if (const auto matched = settings.filterable(name))
        view.filter = matched->features;
    view.order = settings.faceting.order(name);
    for (const LocalizedRule &rule : settings.localizedAttributes.value_or(
             std::vector<LocalizedRule> {})) {
        if (matchAnyPattern(rule.attributePatterns, name) != PatternMatch::Match)
            continue;
        view.locales = rule.locales;
        break;
    }
    return view;
}

bool passes(const FieldsFilter &filter, const std::string &name, const FieldView &view)
{
    const auto wanted = [](const std::optional<bool> &asked, bool is) { return !asked || *asked == is; };
    if (filter.attributePatterns
        && matchAnyPattern(*filter.attributePatterns, name) != PatternMatch::Match)
        return false;
    return wanted(filter.displayed, view.displayed) && wanted(filter.searchable, view.searchable)
        && wanted(filter.sortable, view.sortable) && wanted(filter.distinct, view.distinct)
        && wanted(filter.rankingRule, view.rankingOrder.has_value()) && wanted(filter.filterable, view.filterable());
}

QByteArray toJson(const std::string &name, const FieldView &view)
{
    json::Writer w;
    const auto enabled = [&w](const char *key, bool on) { w.key(key).beginObject().key("enabled").boolean(on); };
    w.beginObject().key("name").string(name);
    enabled("displayed", view.displayed);
    w.endObject();
    enabled("searchable", view.searchable);
    w.endObject();
    enabled("sortable", view.sortable);
    w.endObject();
    enabled("distinct", view.distinct);
    w.endObject();
    enabled("rankingRule", view.rankingOrder.has_value());
    if (view.rankingOrder)
        w.key("order").string(*view.rankingOrder);
    w.endObject();
    enabled("filterable", view.filterable());
    w.key("sortBy").string(view.order == FacetOrder::Count ? "count" : "alpha");
    w.key("facetSearch").boolean(view.filter.facetSearch).key("equality").boolean(view.filter.equality);
    w.key("comparison").boolean(view.filter.comparison).endObject();
    w.key("localized").beginObject().key("locales").beginArray();
    for (const std::string &locale : view.locales)
        w.string(locale);
    w.endArray().endObject().endObject();
    return w.take();
}

} // namespace

ApiResult<FieldsRequest> parseFieldsRequest(const json::Value &body)
{
    FieldsRequest request;
    FieldsFilter &f = request.filter;
    const auto readFilter = [&f](const json::Value &v, const Location &at, std::string_view) -> ApiStatus {
        if (v.isNull())
            return Done {};
        return readObject(v, at,
                          {{"attributePatterns", "invalid_index_fields_filter_attribute_patterns",
                            into(&f.attributePatterns)},
                           {"displayed", "invalid_index_fields_filter_displayed", into(&f.displayed)},
                           {"searchable", "invalid_index_fields_filter_searchable", into(&f.searchable)},
                           {"sortable", "invalid_index_fields_filter_sortable", into(&f.sortable)},
                           {"distinct", "invalid_index_fields_filter_distinct", into(&f.distinct)},
                           {"rankingRule", "invalid_index_fields_filter_ranking_rule", into(&f.rankingRule)},
                           {"filterable", "invalid_index_fields_filter_filterable", into(&f.filterable)}},
                          {"invalid_index_fields_filter", true, {}});
    };
    auto read = readObject(body, Location(),
                           {{"offset", "invalid_index_offset", into(&request.offset)},
                            {"limit", "invalid_index_limit", into(&request.limit)},
                            {"filter", "invalid_index_fields_filter", readFilter}});
    if (!read)
        return read.err();
    return request;
}

QByteArray fieldsToJson(std::vector<std::string> names, const Settings &settings, const FieldsRequest &request)
{
    std::sort(names.begin(), names.end());
    std::vector<QByteArray> items;
    for (const std::string &name : names) {
        const FieldView view = viewOf(name, settings);
        if (passes(request.filter, name, view))
            items.push_back(toJson(name, view));
    }
    return pageToJson(items, {request.offset, request.limit});
}

} // namespace miroir::protocol
