// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Settings.h"

#include "base/Assert.h"

#include <algorithm>
#include <array>

namespace miroir::protocol {

const std::vector<SettingInfo> &settingTable()
{
    using enum SettingName;
    static const std::vector<SettingInfo> table {
        {DisplayedAttributes, "displayedAttributes", "displayed-attributes", "PUT",
            "invalid_settings_displayed_attributes"},
        {SearchableAttributes, "searchableAttributes", "searchable-attributes", "PUT",
            "invalid_settings_searchable_attributes"},
        {FilterableAttributes, "filterableAttributes", "filterable-attributes", "PUT",
            "invalid_settings_filterable_attributes"},
        {SortableAttributes, "sortableAttributes", "sortable-attributes", "PUT",
            "invalid_settings_sortable_attributes"},
        {ForeignKeys, "foreignKeys", "foreign-keys", "PUT", "invalid_settings_foreign_keys"},
        {RankingRules, "rankingRules", "ranking-rules", "PUT", "invalid_settings_ranking_rules"},
        {StopWords, "stopWords", "stop-words", "PUT", "invalid_settings_stop_words"},
        {NonSeparatorTokens, "nonSeparatorTokens", "non-separator-tokens", "PUT",
            "invalid_settings_non_separator_tokens"},
        {SeparatorTokens, "separatorTokens", "separator-tokens", "PUT", "invalid_settings_separator_tokens"},
        {Dictionary, "dictionary", "dictionary", "PUT", "invalid_settings_dictionary"},
        {Synonyms, "synonyms", "synonyms", "PUT", "invalid_settings_synonyms"},
        {DistinctAttribute, "distinctAttribute", "distinct-attribute", "PUT", "invalid_settings_distinct_attribute"},
        {ProximityPrecision, "proximityPrecision", "proximity-precision", "PUT",
            "invalid_settings_proximity_precision"},
        {TypoTolerance, "typoTolerance", "typo-tolerance", "PATCH", "invalid_settings_typo_tolerance"},
        {Faceting, "faceting", "faceting", "PATCH", "invalid_settings_faceting"},
        {Pagination, "pagination", "pagination", "PATCH", "invalid_settings_pagination"},
        {Embedders, "embedders", "embedders", "PATCH", "invalid_settings_embedders"},
        {SearchCutoffMs, "searchCutoffMs", "search-cutoff-ms", "PUT", "invalid_settings_search_cutoff_ms"},
        {LocalizedAttributes, "localizedAttributes", "localized-attributes", "PUT",
            "invalid_settings_localized_attributes"},
        {FacetSearch, "facetSearch", "facet-search", "PUT", "invalid_settings_facet_search"},
        {PrefixSearch, "prefixSearch", "prefix-search", "PUT", "invalid_settings_prefix_search"},
        {Chat, "chat", "chat", "PATCH", "invalid_settings_index_chat"},
    };
    MIROIR_ASSERT(table.size() == settingCount);
    return table;
}

const SettingInfo &settingInfo(SettingName name) { return settingTable()[static_cast<std::size_t>(name)]; }

const SettingInfo *settingByPath(std::string_view path)
{
    const auto &table = settingTable();
    const auto found
        = std::find_if(table.begin(), table.end(), [&](const SettingInfo &info) { return info.path == path; });
    return found == table.end() ? nullptr : &*found;
}

const SettingInfo *settingByKey(std::string_view key)
{
    const auto &table = settingTable();
    const auto found
        = std::find_if(table.begin(), table.end(), [&](const SettingInfo &info) { return info.key == key; });
    return found == table.end() ? nullptr : &*found;
}

PatternMatch FilterableRule::match(std::string_view field) const
{
    return object ? matchAnyPattern(patterns, field) : matchAnyPlainName(patterns, field);
}

namespace {

// In the order of RankingRule::Kind.
constexpr std::array<std::string_view, 8> RuleNames {
    "words", "typo", "proximity", "attribute", "attributeRank", "wordPosition", "sort", "exactness"};
constexpr std::array<std::string_view, 6> ReservedKeywords {
    "_geo", "_geojson", "_geoDistance", "_geoPoint", "_geoRadius", "_geoBoundingBox"};

std::string reservedForRules(std::string_view name)
{
    return "`" + std::string(name) + "` is a reserved keyword and thus can't be used as a ranking rule";
}

/// What is wrong with sorting by that name, or nothing.
std::optional<std::string> ruleFieldProblem(std::string_view field)
{
    const bool keyword = std::find(ReservedKeywords.begin(), ReservedKeywords.end(), field) != ReservedKeywords.end();
    const bool call = field.starts_with("_geoPoint(") && field.ends_with(')');
    const bool reserved = keyword || call || field.starts_with("_geoRadius(") || field.starts_with("_geoBoundingBox(")
        || field.starts_with("_geo(") || field.starts_with("_geoDistance(");
    if (!reserved)
        return std::nullopt;
    const auto onlyFor = [](std::string_view name, std::string_view use) {
        return reservedForRules(name) + ". `" + std::string(name) + "` can only be used for " + std::string(use)
            + " at search time";
    };
    if (field.starts_with("_geoPoint"))
        return onlyFor("_geoPoint", "sorting");
    if (field.starts_with("_geoRadius"))
        return onlyFor("_geoRadius", "filtering");
    if (field.starts_with("_geoBoundingBox"))
        return onlyFor("_geoBoundingBox", "filtering");
    return reservedForRules(field);
}

} // namespace

Result<RankingRule, std::string> RankingRule::parse(std::string_view text)
{
    const auto known = std::find(RuleNames.begin(), RuleNames.end(), text);
    if (known != RuleNames.end())
        return RankingRule {static_cast<Kind>(known - RuleNames.begin()), {}};
    const std::size_t colon = text.rfind(':');
    const std::string_view order = colon == std::string_view::npos ? std::string_view {} : text.substr(colon + 1);
    if (order != "asc" && order != "desc") {
        return Err<std::string> {"`" + std::string(text)
            + "` ranking rule is invalid. Valid ranking rules are words, typo, sort, proximity, "
              "attribute, exactness and custom ranking rules."};
    }
    const std::string_view field = text.substr(0, colon);
    if (auto problem = ruleFieldProblem(field))
        return Err<std::string> {std::move(*problem)};
    return RankingRule {order == "asc" ? Kind::Asc : Kind::Desc, std::string(field)};
}

std::string RankingRule::text() const
{
    if (kind == Kind::Asc)
        return field + ":asc";
    if (kind == Kind::Desc)
        return field + ":desc";
    return std::string(RuleNames[static_cast<std::size_t>(kind)]);
}

std::vector<RankingRule> RankingRule::defaults()
{
    using enum Kind;
    std::vector<RankingRule> rules;
    for (const Kind kind : {Words, Typo, Proximity, AttributeRank, Sort, WordPosition, Exactness})
        rules.push_back({kind, {}});
    return rules;
}

FacetOrder Faceting::order(std::string_view facet) const
{
    auto found = sortFacetValuesBy.find(std::string(facet));
    if (found == sortFacetValuesBy.end())
        found = sortFacetValuesBy.find("*");
    return found == sortFacetValuesBy.end() ? FacetOrder::Alpha : found->second;
}

const std::string *Embedder::find(std::string_view member) const
{
    for (const auto &[name, value] : members) {
        if (name == member)
            return &value;
    }
    return nullptr;
}

std::string Embedder::source() const
{
    const std::string *text = find("source");
    if (text == nullptr || *text == "null")
        return "openAi";
    const auto doc = json::Document::parse(std::string_view(*text));
    return doc ? doc->root().toString() : std::string {};
}

std::optional<std::uint64_t> Embedder::dimensions() const
{
    const std::string *text = find("dimensions");
    if (text == nullptr)
        return std::nullopt;
    const auto doc = json::Document::parse(std::string_view(*text));
    return doc ? doc->root().toU64() : std::nullopt;
}

bool Embedder::binaryQuantized() const
{
    const std::string *text = find("binaryQuantized");
    return text != nullptr && *text == "true";
}

bool Settings::isDefault(SettingName name) const
{
    static const Settings fresh;
    return settingToJson(*this, name, false) == settingToJson(fresh, name, false);
}

std::optional<MatchedFilterable> Settings::filterable(std::string_view field) const
{
    for (std::size_t i = 0; i < filterableAttributes.size(); ++i) {
        if (filterableAttributes[i].match(field) == PatternMatch::Match)
            return MatchedFilterable {i, filterableAttributes[i].features};
    }
    return std::nullopt;
}

bool Settings::sortable(std::string_view field) const
{
    return std::any_of(sortableAttributes.begin(), sortableAttributes.end(),
        [&](const std::string &name) { return isWithin(field, name); });
}

bool Settings::displayed(std::string_view field) const
{
    return !displayedAttributes || matchAnyPlainName(*displayedAttributes, field) == PatternMatch::Match;
}

bool Settings::hasObjectRules() const
{
    return std::any_of(filterableAttributes.begin(), filterableAttributes.end(),
        [](const FilterableRule &rule) { return rule.object; });
}

std::vector<std::string> Settings::filterablePatterns() const
{
    std::set<std::string> names;
    for (const FilterableRule &rule : filterableAttributes) {
        if (rule.features.filterable())
            names.insert(rule.patterns.begin(), rule.patterns.end());
    }
    return {names.begin(), names.end()};
}

bool Settings::geoFilterable() const
{
    return std::any_of(filterableAttributes.begin(), filterableAttributes.end(), [](const FilterableRule &rule) {
        return !rule.object && !rule.patterns.empty() && rule.patterns.front() == "_geo";
    });
}

bool Settings::geoSortable() const { return sortableAttributes.contains("_geo"); }

} // namespace miroir::protocol
