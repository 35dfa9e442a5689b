// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "protocol/Deserr.h"
#include "protocol/Settings.h"

#include <algorithm>

/// POST /indexes/{index_uid}/fields: every field with what the settings make of it.
namespace miroir::localnode {

namespace {

struct FieldsFilter {
    std::optional<std::vector<std::string>> attributePatterns;
    std::optional<bool> displayed, searchable, sortable, distinct, rankingRule, filterable;
};

struct FieldsRequest {
    std::uint64_t offset = 0;
    std::uint64_t limit = 20;
    FieldsFilter filter;
};

protocol::ApiResult<FieldsRequest> parseFieldsRequest(const json::Value &body)
{
    using namespace protocol;
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

/// One field as the settings see it.
struct FieldView {
    bool displayed = false, searchable = false, sortable = false, distinct = false;
    std::optional<std::string> rankingOrder; ///< "asc" or "desc"
    protocol::FilterFeatures filter {false, false, false};
    protocol::FacetOrder order = protocol::FacetOrder::Alpha;
    std::vector<std::string> locales;
    [[nodiscard]] bool filterable() const { return filter.equality || filter.comparison || filter.facetSearch; }
};

bool isGeo(std::string_view name)
{
    return protocol::isWithin(name, "_geo") || protocol::isWithin(name, "_geojson");
}

FieldView viewOf(const std::string &name, const protocol::Settings &settings)
{
    using protocol::PatternMatch;
    FieldView view;
    view.displayed = settings.displayed(name);
    view.searchable = settings.searchableAttributes
        ? protocol::matchAnyPlainName(*settings.searchableAttributes, name) == PatternMatch::Match
        : !isGeo(name);
    view.sortable = settings.sortable(name);
    view.distinct = settings.distinctAttribute == name;
    for (const protocol::RankingRule &rule : settings.rankingRules) {
        if (rule.field == name && rule.kind == protocol::RankingRule::Kind::Asc)
            view.rankingOrder = "asc";
        else if (rule.field == name && rule.kind == protocol::RankingRule::Kind::Desc)
            view.rankingOrder = "desc";
    }
    if (const auto matched = settings.filterable(name))
        view.filter = matched->features;
    view.order = settings.faceting.order(name);
    for (const protocol::LocalizedRule &rule : settings.localizedAttributes.value_or(
             std::vector<protocol::LocalizedRule> {})) {
        if (protocol::matchAnyPattern(rule.attributePatterns, name) != PatternMatch::Match)
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
        && protocol::matchAnyPattern(*filter.attributePatterns, name) != protocol::PatternMatch::Match)
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
    w.key("sortBy").string(view.order == protocol::FacetOrder::Count ? "count" : "alpha");
    w.key("facetSearch").boolean(view.filter.facetSearch).key("equality").boolean(view.filter.equality);
    w.key("comparison").boolean(view.filter.comparison).endObject();
    w.key("localized").beginObject().key("locales").beginArray();
    for (const std::string &locale : view.locales)
        w.string(locale);
    w.endArray().endObject().endObject();
    return w.take();
}

} // namespace

NodeRoutes::Answer NodeRoutes::fields(const Call &call)
{
    if (auto scope = authorise(call, protocol::Action::FieldsPost); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto request = parseFieldsRequest(document->root());
    if (!request)
        return request.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    std::vector<std::string> names;
    const protocol::Settings settings = entry->slot->with([&](LocalIndex &i) {
        names = i.fieldNames();
        return i.settings();
    });
    std::sort(names.begin(), names.end());
    std::vector<QByteArray> items;
    for (const std::string &name : names) {
        const FieldView view = viewOf(name, settings);
        if (passes(request->filter, name, view))
            items.push_back(toJson(name, view));
    }
    return ok(protocol::pageToJson(items, {request->offset, request->limit}));
}

} // namespace miroir::localnode
