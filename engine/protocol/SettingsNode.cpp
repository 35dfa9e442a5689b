// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsNode.h"

#include "protocol/SettingsJson.h"

#include <algorithm>

namespace miroir::protocol {

using namespace settingsjson;

namespace {

FilterableRule shardRule() { return {true, {std::string(shardField)}, {true, false, false}}; }

/// The distinct attribute of the settings reaches nodes with each search, and there it must be filterable. First,
/// because the first matching rule decides and a client's rule may forbid it.
std::optional<FilterableRule> distinctRule(const Settings &logical)
{
    if (!logical.distinctAttribute)
        return std::nullopt;
    const auto own = logical.filterable(*logical.distinctAttribute);
    if (own && own->features.filterable())
        return std::nullopt;
    FilterFeatures features = own ? own->features : FilterFeatures {true, false, false};
    features.equality = true;
    return FilterableRule {true, {*logical.distinctAttribute}, features};
}

std::vector<FilterableRule> nodeFilterable(const Settings &logical)
{
    std::vector<FilterableRule> rules = logical.filterableAttributes;
    if (auto rule = distinctRule(logical))
        rules.insert(rules.begin(), std::move(*rule));
    // The first matching rule decides, so a pattern such as `*` must not get hold of our field.
    const bool covered = std::any_of(rules.begin(), rules.end(),
        [](const FilterableRule &rule) { return rule.match(shardField) == PatternMatch::Match; });
    rules.insert(covered ? rules.begin() : rules.end(), shardRule());
    return rules;
}

std::vector<RankingRule> nodeRankingRules(const Settings &logical)
{
    std::vector<RankingRule> rules = logical.rankingRules;
    rules.push_back({RankingRule::Kind::Asc, std::string(orderField)});
    return rules;
}

/// A node's own template walks over every searchable field, so ours would be embedded with the rest and move all
/// vectors.
std::string withoutHiddenFields(std::string json)
{
    constexpr std::string_view condition = "field.value != nil";
    const std::string guard
        = " and field.name != '" + std::string(shardField) + "' and field.name != '" + std::string(orderField) + "'";
    for (std::size_t at = json.find(defaultTemplateJson); at != std::string::npos;
         at = json.find(defaultTemplateJson, at + 1))
        json.insert(json.find(condition, at) + condition.size(), guard);
    return json;
}

std::string valueText(const Settings &logical, SettingName name)
{
    return withoutHiddenFields(settingToJson(logical, name, false).toStdString());
}

/// Values that differ from the client's, or null for a default one.
void writeNodeValue(json::Writer &out, const Settings &logical, SettingName name)
{
    switch (name) {
    case SettingName::DisplayedAttributes:
    case SettingName::DistinctAttribute: // given with each search, so that a count over all candidates can be had too
        out.null();
        break;
    case SettingName::FilterableAttributes:
        writeFilterable(out, nodeFilterable(logical));
        break;
    case SettingName::SortableAttributes: {
        std::set<std::string> names = logical.sortableAttributes;
        names.insert(std::string(orderField));
        writeStrings(out, names);
        break;
    }
    case SettingName::RankingRules:
        writeRankingRules(out, nodeRankingRules(logical));
        break;
    case SettingName::Faceting:
        out.beginObject().key("maxValuesPerFacet").number(nodeMaxValuesPerFacet(logical.faceting));
        out.key("sortFacetValuesBy");
        if (logical.faceting.sortFacetValuesBy == Faceting {}.sortFacetValuesBy)
            out.null();
        else
            writeFacetOrders(out, logical.faceting.sortFacetValuesBy);
        out.endObject();
        break;
    default:
        if (logical.isDefault(name))
            out.null();
        else
            out.raw(valueText(logical, name));
        break;
    }
}

bool needsFeature(SettingName name) { return name == SettingName::Chat || name == SettingName::ForeignKeys; }

/// Embedders are merged by name on a node, and so are their members: what a patch takes away must be named with null.
void writeNodeEmbedders(json::Writer &out, const SettingsPatch &patch, const Settings &after)
{
    if (!patch.embedders.isSet()) {
        writeNodeValue(out, after, SettingName::Embedders);
        return;
    }
    out.beginObject();
    for (const auto &[name, change] : patch.embedders.value()) {
        out.key(name);
        const auto now = after.embedders.find(name);
        if (now == after.embedders.end()) {
            out.null();
            continue;
        }
        out.beginObject();
        for (const auto &[member, text] : now->second.members)
            out.key(member).raw(withoutHiddenFields(text));
        if (change.isSet()) {
            for (const auto &[member, text] : change.value().members) {
                if (now->second.find(member) == nullptr)
                    out.key(member).null();
            }
        }
        out.endObject();
    }
    out.endObject();
}

} // namespace

std::uint64_t nodeMaxValuesPerFacet(const Faceting &logical)
{
    constexpr std::uint64_t everything = 100'000;
    constexpr std::uint64_t enough = 4'000; // a node lists numbers in another order for up to 3,000 documents
    constexpr std::uint64_t factor = 8;
    const bool byCount = std::any_of(logical.sortFacetValuesBy.begin(), logical.sortFacetValuesBy.end(),
        [](const auto &entry) { return entry.second == FacetOrder::Count; });
    const std::uint64_t wanted = logical.maxValuesPerFacet;
    const std::uint64_t scaled = wanted > everything ? wanted : std::max(wanted * factor, enough);
    return byCount ? std::max(scaled, everything) : scaled;
}

QByteArray deriveNodeSettings(const Settings &logical)
{
    json::Writer out;
    out.beginObject();
    for (const SettingInfo &info : settingTable()) {
        if (needsFeature(info.name) && logical.isDefault(info.name))
            continue;
        out.key(info.key);
        writeNodeValue(out, logical, info.name);
    }
    out.endObject();
    return out.take();
}

QByteArray deriveNodePatch(const SettingsPatch &patch, const Settings &logicalAfter)
{
    json::Writer out;
    out.beginObject();
    for (const SettingInfo &info : settingTable()) {
        // which fields are displayed and distinct is decided here alone, but the latter must be filterable
        const bool touched = patch.gives(info.name)
            || (info.name == SettingName::FilterableAttributes && patch.gives(SettingName::DistinctAttribute));
        if (!touched || info.name == SettingName::DisplayedAttributes || info.name == SettingName::DistinctAttribute)
            continue;
        out.key(info.key);
        if (info.name == SettingName::Embedders)
            writeNodeEmbedders(out, patch, logicalAfter);
        else
            writeNodeValue(out, logicalAfter, info.name);
    }
    out.endObject();
    return out.take();
}

} // namespace miroir::protocol
