// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsJson.h"

#include "base/Bytes.h"

#include <array>

namespace miroir::protocol {

namespace settingsjson {

void writeFilterable(json::Writer &out, const std::vector<FilterableRule> &rules)
{
    out.beginArray();
    for (const FilterableRule &rule : rules) {
        if (!rule.object) {
            out.string(rule.patterns.front());
            continue;
        }
        out.beginObject().key("attributePatterns");
        writeStrings(out, rule.patterns);
        out.key("features").beginObject().key("facetSearch").boolean(rule.features.facetSearch);
        out.key("filter").beginObject();
        out.key("equality").boolean(rule.features.equality);
        out.key("comparison").boolean(rule.features.comparison);
        out.endObject().endObject().endObject();
    }
    out.endArray();
}

void writeForeignKeys(json::Writer &out, const std::vector<ForeignKey> &keys)
{
    out.beginArray();
    for (const ForeignKey &key : keys) {
        out.beginObject();
        out.key("foreignIndexUid").string(key.foreignIndexUid);
        out.key("fieldName").string(key.fieldName);
        out.endObject();
    }
    out.endArray();
}

void writeRankingRules(json::Writer &out, const std::vector<RankingRule> &rules)
{
    out.beginArray();
    for (const RankingRule &rule : rules)
        out.string(rule.text());
    out.endArray();
}

void writeSynonyms(json::Writer &out, const std::map<std::string, std::vector<std::string>> &synonyms)
{
    out.beginObject();
    for (const auto &[word, others] : synonyms) {
        out.key(word);
        writeStrings(out, others);
    }
    out.endObject();
}

void writeFacetOrders(json::Writer &out, const std::map<std::string, FacetOrder> &orders)
{
    out.beginObject();
    for (const auto &[facet, order] : orders)
        out.key(facet).string(order == FacetOrder::Count ? "count" : "alpha");
    out.endObject();
}

void writeEmbedder(json::Writer &out, const Embedder &embedder, bool maskSecrets)
{
    out.beginObject();
    for (const auto &[name, value] : embedder.members) {
        out.key(name);
        if (maskSecrets && name == "apiKey" && value != "null") {
            const auto doc = json::Document::parse(std::string_view(value));
            out.string(maskedSecret(doc ? doc->root().toString() : std::string {}));
        } else {
            out.raw(value);
        }
    }
    out.endObject();
}

void writeLocalized(json::Writer &out, const std::vector<LocalizedRule> &rules)
{
    out.beginArray();
    for (const LocalizedRule &rule : rules) {
        out.beginObject().key("attributePatterns");
        writeStrings(out, rule.attributePatterns);
        out.key("locales");
        writeStrings(out, rule.locales);
        out.endObject();
    }
    out.endArray();
}

} // namespace settingsjson

using namespace settingsjson;

namespace {

constexpr std::array<std::string_view, 7> ChatSearchMembers {
    "hybrid", "limit", "sort", "distinct", "matchingStrategy", "attributesToSearchOn", "rankingScoreThreshold"};

void writeAll(json::Writer &out, const std::optional<std::vector<std::string>> &list)
{
    if (list)
        writeStrings(out, *list);
    else
        out.beginArray().string("*").endArray();
}

void writeTypo(json::Writer &out, const TypoTolerance &typo)
{
    out.beginObject();
    out.key("enabled").boolean(typo.enabled);
    out.key("minWordSizeForTypos").beginObject();
    out.key("oneTypo").number(static_cast<unsigned>(typo.oneTypo));
    out.key("twoTypos").number(static_cast<unsigned>(typo.twoTypos));
    out.endObject();
    out.key("disableOnWords");
    writeStrings(out, typo.disableOnWords);
    out.key("disableOnAttributes");
    writeStrings(out, typo.disableOnAttributes);
    out.key("disableOnNumbers").boolean(typo.disableOnNumbers);
    out.endObject();
}

void writeChat(json::Writer &out, const std::map<std::string, std::string> &chat)
{
    const auto member = [&](std::string_view name, std::string fallback) {
        const auto found = chat.find(std::string(name));
        out.key(name).raw(found == chat.end() ? fallback : found->second);
    };
    out.beginObject();
    member("description", "\"\"");
    member("documentTemplate", std::string(defaultTemplateJson));
    member("documentTemplateMaxBytes", "400");
    out.key("searchParameters").beginObject();
    for (const std::string_view name : ChatSearchMembers) {
        const auto found = chat.find(std::string(chatSearchPrefix) + std::string(name));
        if (found != chat.end())
            out.key(name).raw(found->second);
    }
    out.endObject().endObject();
}

void writeEmbedders(json::Writer &out, const std::map<std::string, Embedder> &embedders, bool maskSecrets)
{
    out.beginObject();
    for (const auto &[name, embedder] : embedders) {
        out.key(name);
        writeEmbedder(out, embedder, maskSecrets);
    }
    out.endObject();
}

template <typename T, typename Write>
void writeOptional(json::Writer &out, const std::optional<T> &value, Write write)
{
    if (value)
        write(*value);
    else
        out.null();
}

/// The later half of the settings; see writeSetting.
void writeLaterSetting(json::Writer &out, const Settings &s, SettingName name, bool maskSecrets)
{
    switch (name) {
    case SettingName::ProximityPrecision:
        out.string(s.proximityByAttribute ? "byAttribute" : "byWord");
        break;
    case SettingName::TypoTolerance:
        writeTypo(out, s.typoTolerance);
        break;
    case SettingName::Faceting:
        out.beginObject().key("maxValuesPerFacet").number(s.faceting.maxValuesPerFacet).key("sortFacetValuesBy");
        writeFacetOrders(out, s.faceting.sortFacetValuesBy);
        out.endObject();
        break;
    case SettingName::Pagination:
        out.beginObject().key("maxTotalHits").number(s.maxTotalHits).endObject();
        break;
    case SettingName::Embedders:
        writeEmbedders(out, s.embedders, maskSecrets);
        break;
    case SettingName::SearchCutoffMs:
        writeOptional(out, s.searchCutoffMs, [&](std::uint64_t ms) { out.number(ms); });
        break;
    case SettingName::LocalizedAttributes:
        writeOptional(out, s.localizedAttributes, [&](const auto &rules) { writeLocalized(out, rules); });
        break;
    case SettingName::FacetSearch:
        out.boolean(s.facetSearch);
        break;
    case SettingName::PrefixSearch:
        out.string(s.prefixSearch ? "indexingTime" : "disabled");
        break;
    default:
        MIROIR_ASSERT(name == SettingName::Chat);
        writeChat(out, s.chat);
        break;
    }
}

void writeSetting(json::Writer &out, const Settings &s, SettingName name, bool maskSecrets)
{
    switch (name) {
    case SettingName::DisplayedAttributes:
        return writeAll(out, s.displayedAttributes);
    case SettingName::SearchableAttributes:
        return writeAll(out, s.searchableAttributes);
    case SettingName::FilterableAttributes:
        return writeFilterable(out, s.filterableAttributes);
    case SettingName::SortableAttributes:
        return writeStrings(out, s.sortableAttributes);
    case SettingName::ForeignKeys:
        return writeForeignKeys(out, s.foreignKeys);
    case SettingName::RankingRules:
        return writeRankingRules(out, s.rankingRules);
    case SettingName::StopWords:
        return writeStrings(out, s.stopWords);
    case SettingName::NonSeparatorTokens:
        return writeStrings(out, s.nonSeparatorTokens);
    case SettingName::SeparatorTokens:
        return writeStrings(out, s.separatorTokens);
    case SettingName::Dictionary:
        return writeStrings(out, s.dictionary);
    case SettingName::Synonyms:
        return writeSynonyms(out, s.synonyms);
    case SettingName::DistinctAttribute:
        return writeOptional(out, s.distinctAttribute, [&](const std::string &name_) { out.string(name_); });
    default:
        return writeLaterSetting(out, s, name, maskSecrets);
    }
}

/// Only what was set, so that it reads back as it was.
void writeGivenChat(json::Writer &out, const std::map<std::string, std::string> &chat)
{
    out.beginObject();
    bool inside = false;
    for (const auto &[name, value] : chat) {
        const std::string_view key = name;
        const bool search = key.starts_with(chatSearchPrefix);
        if (search && !inside)
            out.key("searchParameters").beginObject();
        inside = search;
        out.key(search ? key.substr(chatSearchPrefix.size()) : key).raw(value);
    }
    if (inside)
        out.endObject();
    out.endObject();
}

} // namespace

QByteArray settingsToJson(const Settings &settings, const SettingsView &view)
{
    json::Writer out;
    out.beginObject();
    for (const SettingInfo &info : settingTable()) {
        const bool hidden = (info.name == SettingName::Chat && !view.chat)
            || (info.name == SettingName::ForeignKeys && !view.foreignKeys);
        if (hidden)
            continue;
        out.key(info.key);
        writeSetting(out, settings, info.name, view.maskSecrets);
    }
    out.endObject();
    return out.take();
}

QByteArray settingToJson(const Settings &settings, SettingName name, bool maskSecrets)
{
    json::Writer out;
    writeSetting(out, settings, name, maskSecrets);
    return out.take();
}

QByteArray settingsToText(const Settings &settings)
{
    json::Writer out;
    out.beginObject();
    for (const SettingInfo &info : settingTable()) {
        if (info.name == SettingName::Chat) {
            if (settings.chat.empty())
                continue;
            out.key(info.key);
            writeGivenChat(out, settings.chat);
        } else if (!settings.isDefault(info.name)) {
            out.key(info.key);
            writeSetting(out, settings, info.name, false);
        }
    }
    out.endObject();
    return out.take();
}

Result<Settings> settingsFromText(const QByteArray &text)
{
    auto patch = patchFromText(text);
    if (!patch)
        return patch.err();
    auto settings = applySettingsPatch(Settings {}, *patch);
    if (!settings)
        return fail("stored settings are not valid: " + settings.error().message);
    return std::move(settings).value();
}

std::string maskedSecret(std::string_view secret)
{
    // the longer the secret, the more of it is shown and the longer the mask
    std::size_t keep = 5;
    std::size_t marks = 6;
    if (secret.size() < 10) {
        keep = 0;
        marks = 3;
    } else if (secret.size() < 20) {
        keep = 2;
        marks = 4;
    } else if (secret.size() < 30) {
        keep = 3;
        marks = 5;
    }
    // never inside a character
    while (keep > 0 && keep < secret.size() && (static_cast<unsigned char>(secret[keep]) & 0xC0U) == 0x80U)
        ++keep;
    return std::string(secret.substr(0, keep)) + std::string(marks, 'X') + "...";
}

} // namespace miroir::protocol
