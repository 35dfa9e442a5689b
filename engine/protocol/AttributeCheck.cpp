// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/AttributeCheck.h"

#include "protocol/FilterCheck.h"
#include "protocol/FilterText.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

constexpr std::string_view geoField = "_geo";

std::string inIndex(std::string_view indexUid)
{
    return indexUid.empty() ? std::string {} : "Index `" + std::string(indexUid) + "`: ";
}

bool isReservedKeyword(std::string_view name)
{
    static constexpr std::string_view names[] = {"_geo",       "_geojson",        "_geoDistance", "_geoPoint",
                                                 "_geoRadius", "_geoBoundingBox", "_geoPolygon"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Err<ApiError> reservedInSort(std::string_view name, std::string_view code)
{
    const std::string start = "is a reserved keyword and thus can't be used as a sort expression.";
    const std::string hint =
        " Use the _geoPoint(latitude, longitude) built-in rule to sort on _geo field coordinates.";
    if (name.starts_with("_geoPoint")) {
        return refuse(
            code,
            "Invalid syntax for the geo parameter: expected expression formated like `_geoPoint(latitude, "
            "longitude)` and ending by `:asc` or `:desc`, found `"
                + std::string(name) + "`.");
    }
    if (name == geoField)
        return refuse(code, "`_geo` " + start + hint);
    for (const std::string_view filter : {std::string_view("_geoRadius"), std::string_view("_geoBoundingBox")}) {
        if (name.starts_with(filter))
            return refuse(code, "`" + std::string(filter) + "` " + start + hint);
    }
    return refuse(code, "`" + std::string(name) + "` " + start);
}

ApiResult<SortRule> parseGeoPoint(std::string_view member, std::string_view code)
{
    constexpr std::string_view opening = "_geoPoint(";
    const std::string_view point = member.substr(opening.size(), member.size() - opening.size() - 1);
    const std::size_t comma = point.find(',');
    if (comma == std::string_view::npos)
        return reservedInSort(member, code);
    const auto latitude = parseRustDouble(trimmed(point.substr(0, comma)));
    const auto longitude = parseRustDouble(trimmed(point.substr(comma + 1)));
    if (!latitude || !longitude)
        return reservedInSort(member, code);
    if (const auto problem = badLatitude(*latitude))
        return refuse(code, *problem);
    if (const auto problem = badLongitude(*longitude))
        return refuse(code, *problem);
    SortRule rule;
    rule.geo = true;
    rule.latitude = *latitude;
    rule.longitude = *longitude;
    return rule;
}

/// "`a, b`" with a note when some names are hidden from clients.
std::string listShown(const std::set<std::string> &names, bool hidden)
{
    std::string out = "`";
    for (const std::string &name : names) {
        if (out.size() > 1)
            out += ", ";
        out += name;
    }
    return out + (hidden ? ", <..hidden-attributes>" : "") + "`";
}

/// Only what displayedAttributes names literally; true when something was taken away.
bool removeHidden(std::set<std::string> &names, const Settings &settings)
{
    if (!settings.displayedAttributes)
        return false;
    const auto &displayed = *settings.displayedAttributes;
    return std::erase_if(names,
                         [&](const std::string &name) {
                             return std::find(displayed.begin(), displayed.end(), name) == displayed.end();
                         })
        > 0;
}

template <typename Predicate>
std::set<std::string> patternsWhere(const std::vector<FilterableRule> &rules, const Predicate &predicate)
{
    std::set<std::string> out;
    for (const FilterableRule &rule : rules) {
        if (predicate(rule))
            out.insert(rule.patterns.begin(), rule.patterns.end());
    }
    return out;
}

std::optional<std::size_t> firstMatch(std::string_view field, const std::vector<FilterableRule> &rules)
{
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].match(field) == PatternMatch::Match)
            return i;
    }
    return std::nullopt;
}

bool filterableRule(const FilterableRule &rule)
{
    return rule.features.filterable();
}

/// True when a facet pattern and a rule have a field in common.
bool intersects(const FilterableRule &rule, const std::string &pattern)
{
    if (!rule.object)
        return matchPlainName(pattern, rule.patterns.front()) != PatternMatch::No;
    return std::any_of(rule.patterns.begin(), rule.patterns.end(), [&](const std::string &own) {
        return matchPattern(pattern, own) != PatternMatch::No || matchPattern(own, pattern) != PatternMatch::No;
    });
}

bool isSortable(std::string_view field, const std::set<std::string> &sortable)
{
    return std::any_of(sortable.begin(), sortable.end(),
                       [&](const std::string &name) { return isWithin(field, name); });
}

/// The name of the first criterion that may not be sorted by.
const std::string *unsortable(const std::vector<SortRule> &sort, const std::set<std::string> &sortable)
{
    static const std::string geo(geoField);
    for (const SortRule &rule : sort) {
        if (rule.geo ? !sortable.contains(geo) : !isSortable(rule.field, sortable))
            return rule.geo ? &geo : &rule.field;
    }
    return nullptr;
}

std::string notSortable(const std::string &field, const std::set<std::string> &shown, bool hidden)
{
    const std::string start = "Attribute `" + field + "` is not sortable. ";
    if (shown.empty())
        return start + "This index does not have configured sortable attributes.";
    return start + "Available sortable attributes are: " + listShown(shown, hidden) + ".";
}

} // namespace

ApiResult<SortRule> parseSortRule(std::string_view text, std::string_view code)
{
    const std::size_t colon = text.rfind(':');
    const std::string_view direction =
        colon == std::string_view::npos ? std::string_view {} : text.substr(colon + 1);
    if (direction != "asc" && direction != "desc") {
        return refuse(
            code,
            "Invalid syntax for the sort parameter: expected expression ending by `:asc` or `:desc`, found `"
                + std::string(text) + "`.");
    }
    const std::string_view member = text.substr(0, colon);
    SortRule rule;
    if (member.starts_with("_geoPoint(") && member.ends_with(')')) {
        auto point = parseGeoPoint(member, code);
        if (!point)
            return point;
        rule = std::move(point).value();
    } else {
        if (isReservedKeyword(member) || member.starts_with("_geoRadius(") || member.starts_with("_geoBoundingBox(")
            || member.starts_with("_geo(") || member.starts_with("_geoDistance("))
            return reservedInSort(member, code);
        rule.field = member;
    }
    rule.ascending = direction == "asc";
    return rule;
}

ApiResult<std::vector<SortRule>> parseSort(const std::vector<std::string> &texts, std::string_view code)
{
    std::vector<SortRule> out;
    for (const std::string &text : texts) {
        auto rule = parseSortRule(text, code);
        if (!rule)
            return rule.err();
        out.push_back(std::move(rule).value());
    }
    return out;
}

ApiStatus checkSearchSort(const std::vector<SortRule> &sort, const Settings &settings, std::string_view indexUid)
{
    if (sort.empty())
        return Done {};
    const auto isSort = [](const RankingRule &rule) { return rule.kind == RankingRule::Kind::Sort; };
    if (std::none_of(settings.rankingRules.begin(), settings.rankingRules.end(), isSort)) {
        return refuse("invalid_search_sort",
                      inIndex(indexUid)
                          + "You must specify where `sort` is listed in the rankingRules setting to use the sort "
                            "parameter at search "
                            "time.");
    }
    const std::string *wrong = unsortable(sort, settings.sortableAttributes);
    if (wrong == nullptr)
        return Done {};
    std::set<std::string> shown = settings.sortableAttributes;
    const bool hidden = removeHidden(shown, settings);
    return refuse("invalid_search_sort", inIndex(indexUid) + notSortable(*wrong, shown, hidden));
}

ApiStatus checkDocumentSort(const std::vector<SortRule> &sort, const std::set<std::string> &sortable)
{
    const std::string *wrong = unsortable(sort, sortable);
    if (wrong == nullptr)
        return Done {};
    return refuse("invalid_document_sort", notSortable(*wrong, sortable, false));
}

bool isFilterable(std::string_view field, const std::vector<FilterableRule> &rules)
{
    const auto rule = firstMatch(field, rules);
    return rule && filterableRule(rules[*rule]);
}

ApiStatus checkDistinct(std::string_view attribute, const Settings &settings, std::string_view indexUid)
{
    const auto &rules = settings.filterableAttributes;
    if (isFilterable(attribute, rules))
        return Done {};
    const std::string name(attribute);
    std::string message = inIndex(indexUid) + "Attribute `" + name
        + "` is not filterable and thus, cannot be used as distinct attribute. ";
    std::set<std::string> shown = patternsWhere(rules, filterableRule);
    const bool hidden = removeHidden(shown, settings);
    if (const auto rule = firstMatch(attribute, rules)) {
        const std::string number = std::to_string(*rule);
        message += "Note: this attribute matches rule #" + number
            + " in filterableAttributes, but this rule does not enable filtering.\nHint: enable filtering in rule #"
            + number + " by adding appropriate filter features.\nHint: prepend another rule matching " + name
            + " with filter features before rule #" + number;
    } else if (shown.empty()) {
        message += "This index does not have configured filterable attributes.";
    } else {
        message += "Available filterable attributes patterns are: " + listShown(shown, hidden) + ".";
    }
    return refuse("invalid_search_distinct", std::move(message));
}

ApiStatus checkFacets(const std::vector<std::string> &facets, const std::vector<FilterableRule> &rules)
{
    for (const std::string &facet : facets) {
        bool valid = false;
        std::optional<std::size_t> blocking;
        for (std::size_t i = 0; i < rules.size() && !valid && !blocking; ++i) {
            if (filterableRule(rules[i]))
                valid = intersects(rules[i], facet);
            else if (rules[i].match(facet) == PatternMatch::Match)
                blocking = i;
        }
        if (valid)
            continue;
        const std::string start = "Invalid facet distribution: ";
        if (blocking) {
            const std::string number = std::to_string(*blocking);
            return refuse("invalid_search_facets",
                          start + "Attribute `" + facet + "` matched rule #" + number
                              + " in filterableAttributes, but this rule does not enable filtering.\nHint: enable "
                                "filtering in rule #"
                              + number
                              + " by modifying the features.filter object\nHint: prepend another rule matching `"
                              + facet + "` with appropriate filter features before rule #" + number);
        }
        const std::set<std::string> known = patternsWhere(rules, filterableRule);
        const std::string ending = known.empty()
            ? std::string("This index does not have configured filterable attributes.")
            : "Available filterable attributes patterns are: " + listShown(known, false) + ".";
        return refuse("invalid_search_facets", start + "Pattern `" + facet + "` is not filterable. " + ending);
    }
    return Done {};
}

std::vector<std::string> expandFacets(const std::vector<std::string> &facets,
                                      const std::vector<FilterableRule> &rules,
                                      const std::vector<std::string> &fields)
{
    std::vector<std::string> out;
    for (const std::string &field : fields) {
        if (matchAnyPattern(facets, field) == PatternMatch::Match && isFilterable(field, rules))
            out.push_back(field);
    }
    return out;
}

ApiStatus checkFacetName(std::string_view facet, const Settings &settings)
{
    const auto &rules = settings.filterableAttributes;
    const auto rule = firstMatch(facet, rules);
    if (rule && rules[*rule].features.facetSearch)
        return Done {};
    const std::string name(facet);
    std::string message = "Attribute `" + name + "` is not facet-searchable. ";
    std::set<std::string> shown =
        patternsWhere(rules, [](const FilterableRule &r) { return r.features.facetSearch; });
    const bool hidden = removeHidden(shown, settings);
    const std::string remedy = " To make it facet-searchable add it to the `filterableAttributes` index settings.";
    if (rule) {
        const std::string number = std::to_string(*rule);
        message += "Note: this attribute matches rule #" + number
            + " in filterableAttributes, but this rule does not enable facetSearch.\nHint: enable facetSearch in "
              "rule #"
            + number + " by adding `\"facetSearch\": true` to the rule.\nHint: prepend another rule matching "
            + name + " with facetSearch: true before rule #" + number;
    } else if (shown.empty()) {
        message += "This index does not have configured facet-searchable attributes." + remedy;
    } else {
        message += "Available facet-searchable attributes patterns are: " + listShown(shown, hidden) + "." + remedy;
    }
    return refuse("invalid_facet_search_facet_name", std::move(message));
}

ApiStatus checkSearchOn(const std::vector<std::string> &attributes, const Settings &settings,
                        const std::vector<std::string> &searchable, std::string_view indexUid)
{
    if (!settings.searchableAttributes)
        return Done {}; // every name is as good as any other while all fields are searched
    const auto &declared = *settings.searchableAttributes;
    for (const std::string &name : attributes) {
        const auto covers = [&](const std::string &field) {
            return field == name
                || (name.find('*') != std::string::npos && matchPattern(name, field) == PatternMatch::Match);
        };
        if (name == "*" || std::any_of(searchable.begin(), searchable.end(), covers)
            || std::find(declared.begin(), declared.end(), name) != declared.end())
            continue;
        std::set<std::string> shown(searchable.begin(), searchable.end());
        const bool hidden = removeHidden(shown, settings);
        return refuse("invalid_search_attributes_to_search_on",
                      inIndex(indexUid) + "Attribute `" + name
                          + "` is not searchable. Available searchable attributes are: " + listShown(shown, hidden)
                          + ".");
    }
    return Done {};
}

} // namespace miroir::protocol
