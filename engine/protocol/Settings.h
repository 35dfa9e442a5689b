// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SettingsPattern.h"

#include "base/Result.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The settings of one index as Meilisearch v1.50 has them, defaults resolved. A default-constructed Settings is that
/// of a new index. Pure values; what clients send is a SettingsPatch.
namespace miroir::protocol {

/// In the order in which a node writes them.
enum class SettingName : std::uint8_t {
    DisplayedAttributes,
    SearchableAttributes,
    FilterableAttributes,
    SortableAttributes,
    ForeignKeys,
    RankingRules,
    StopWords,
    NonSeparatorTokens,
    SeparatorTokens,
    Dictionary,
    Synonyms,
    DistinctAttribute,
    ProximityPrecision,
    TypoTolerance,
    Faceting,
    Pagination,
    Embedders,
    SearchCutoffMs,
    LocalizedAttributes,
    FacetSearch,
    PrefixSearch,
    Chat,
};
inline constexpr int settingCount = 22;

struct SettingInfo
{
    SettingName name;
    std::string_view key; ///< "displayedAttributes", the member in JSON
    std::string_view path; ///< "displayed-attributes", the last part of the sub-route
    std::string_view verb; ///< "PUT" or "PATCH": how the sub-route is written
    std::string_view errorCode; ///< "invalid_settings_displayed_attributes"
};
const SettingInfo &settingInfo(SettingName name);
/// All 22, in JSON order.
const std::vector<SettingInfo> &settingTable();
const SettingInfo *settingByPath(std::string_view path); ///< nullptr: no such sub-route (404)
const SettingInfo *settingByKey(std::string_view key);

struct FilterFeatures
{
    bool equality = true;
    bool comparison = false;
    bool facetSearch = false;
    bool operator==(const FilterFeatures &) const = default;
    [[nodiscard]] bool filterable() const { return equality || comparison; }
};

/// One entry of filterableAttributes: a string (all features) or an object.
struct FilterableRule
{
    bool object = false; ///< written as {"attributePatterns":..,"features":..}
    std::vector<std::string> patterns; ///< exactly one name when not an object
    FilterFeatures features {true, true, true};
    bool operator==(const FilterableRule &) const = default;
    [[nodiscard]] PatternMatch match(std::string_view field) const;
};
struct MatchedFilterable
{
    std::size_t rule = 0; ///< place in the list, from 0
    FilterFeatures features;
};

struct ForeignKey
{
    std::string foreignIndexUid;
    std::string fieldName;
    bool operator==(const ForeignKey &) const = default;
};

struct RankingRule
{
    enum class Kind : std::uint8_t {
        Words,
        Typo,
        Proximity,
        Attribute,
        AttributeRank,
        WordPosition,
        Sort,
        Exactness,
        Asc,
        Desc,
    };
    Kind kind = Kind::Words;
    std::string field; ///< of Asc and Desc
    bool operator==(const RankingRule &) const = default;
    [[nodiscard]] std::string text() const; ///< "words", "price:asc"
    /// The rule, or the sentence that a client gets.
    static Result<RankingRule, std::string> parse(std::string_view text);
    static std::vector<RankingRule> defaults();
};

struct TypoTolerance
{
    bool enabled = true;
    std::uint8_t oneTypo = 5; ///< characters from which one typo is allowed
    std::uint8_t twoTypos = 9;
    std::set<std::string> disableOnWords;
    std::set<std::string> disableOnAttributes;
    bool disableOnNumbers = false;
    bool operator==(const TypoTolerance &) const = default;
};

enum class FacetOrder : std::uint8_t { Alpha, Count };

struct Faceting
{
    std::uint64_t maxValuesPerFacet = 100;
    std::map<std::string, FacetOrder> sortFacetValuesBy {{"*", FacetOrder::Alpha}};
    bool operator==(const Faceting &) const = default;
    /// The order of one facet: its own entry, else that of `*`.
    [[nodiscard]] FacetOrder order(std::string_view facet) const;
};

struct LocalizedRule
{
    std::vector<std::string> attributePatterns;
    std::vector<std::string> locales; ///< as written: "eng", "en"
    bool operator==(const LocalizedRule &) const = default;
};

/// One embedder: the members that are set, as JSON texts by member name, in a node's order.
struct Embedder
{
    std::vector<std::pair<std::string, std::string>> members;
    bool operator==(const Embedder &) const = default;
    [[nodiscard]] const std::string *find(std::string_view member) const;
    [[nodiscard]] std::string source() const; ///< "userProvided"; "openAi" when none is written
    [[nodiscard]] std::optional<std::uint64_t> dimensions() const;
    [[nodiscard]] bool binaryQuantized() const;
};

struct Settings
{
    std::optional<std::vector<std::string>> displayedAttributes; ///< empty optional: all
    std::optional<std::vector<std::string>> searchableAttributes; ///< empty optional: all
    std::vector<FilterableRule> filterableAttributes;
    std::set<std::string> sortableAttributes;
    std::vector<ForeignKey> foreignKeys;
    std::vector<RankingRule> rankingRules = RankingRule::defaults();
    std::set<std::string> stopWords;
    std::set<std::string> nonSeparatorTokens;
    std::set<std::string> separatorTokens;
    std::set<std::string> dictionary;
    std::map<std::string, std::vector<std::string>> synonyms;
    std::optional<std::string> distinctAttribute;
    bool proximityByAttribute = false; ///< proximityPrecision: byAttribute instead of byWord
    TypoTolerance typoTolerance;
    Faceting faceting;
    std::uint64_t maxTotalHits = 1000;
    std::map<std::string, Embedder> embedders;
    std::optional<std::uint64_t> searchCutoffMs; ///< none: 1500
    std::optional<std::vector<LocalizedRule>> localizedAttributes;
    bool facetSearch = true;
    bool prefixSearch = true; ///< prefixSearch: indexingTime, else disabled
    /// Members that were set, as JSON texts; those of searchParameters are named "searchParameters.limit".
    std::map<std::string, std::string> chat;

    bool operator==(const Settings &) const = default;

    /// True when this setting has its default value.
    [[nodiscard]] bool isDefault(SettingName name) const;
    /// The first rule that matches exactly decides, as on a node.
    [[nodiscard]] std::optional<MatchedFilterable> filterable(std::string_view field) const;
    [[nodiscard]] bool sortable(std::string_view field) const; ///< `a` covers `a.b`
    [[nodiscard]] bool displayed(std::string_view field) const; ///< `a` covers `a.b`
    [[nodiscard]] bool displaysAll() const { return !displayedAttributes.has_value(); }
    [[nodiscard]] bool searchesAll() const { return !searchableAttributes.has_value(); }
    /// True when some filterable rule is an object: then `facets` may hold patterns.
    [[nodiscard]] bool hasObjectRules() const;
    /// Patterns whose rules allow filtering, in byte order without repeats, for error texts.
    [[nodiscard]] std::vector<std::string> filterablePatterns() const;
    [[nodiscard]] bool geoFilterable() const; ///< `_geo` is a plain entry
    [[nodiscard]] bool geoSortable() const;
};

/// What decides if optional members are shown.
struct SettingsView
{
    bool chat = false; ///< feature chatCompletions
    bool foreignKeys = false; ///< feature foreignKeys
    bool maskSecrets = true; ///< API keys of embedders as "abcdeXXXXXX..."
};
/// GET /settings: every setting with its resolved value, key order of a node.
QByteArray settingsToJson(const Settings &settings, const SettingsView &view = {});
/// GET of one sub-route: the bare value. (Features are checked by the route, as only whole reads hide members.)
QByteArray settingToJson(const Settings &settings, SettingName name, bool maskSecrets = true);
/// For the store: everything, secrets included. Reads back equal.
QByteArray settingsToText(const Settings &settings);
Result<Settings> settingsFromText(const QByteArray &text);
/// "abcdeXXXXXX...": what a client sees of a secret.
std::string maskedSecret(std::string_view secret);

} // namespace miroir::protocol
