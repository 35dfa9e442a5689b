// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsJson.h"

namespace miroir::protocol {

using namespace settingsjson;

namespace {

/// Writes one member unless it is not mentioned; a reset is null.
template <typename T, typename Write>
void member(json::Writer &out, std::string_view key, const Change<T> &change, Write write)
{
    if (!change.given())
        return;
    out.key(key);
    if (change.isSet())
        write(change.value());
    else
        out.null();
}

class PatchWriter
{
public:
    PatchWriter(bool asDetails, bool maskSecrets)
        : m_asDetails(asDetails)
        , m_maskSecrets(maskSecrets)
    {
    }
    QByteArray write(const SettingsPatch &p);

private:
    void names(SettingName name, const Change<std::vector<std::string>> &change);
    template <typename T, typename Write>
    void put(SettingName name, const Change<T> &change, Write write)
    {
        member(m_out, settingInfo(name).key, change, write);
    }
    template <typename T>
    void strings(SettingName name, const Change<T> &change)
    {
        put(name, change, [this](const T &list) { writeStrings(m_out, list); });
    }
    void flag(SettingName name, const Change<bool> &change, const char *no, const char *yes)
    {
        put(name, change, [=, this](bool value) { m_out.string(value ? yes : no); });
    }
    void typo(const TypoPatch &p);
    void faceting(const FacetingPatch &p);
    void embedders(const std::map<std::string, Change<EmbedderPatch>> &embedders);
    void writeLater(const SettingsPatch &p);

    json::Writer m_out;
    bool m_asDetails;
    bool m_maskSecrets;
};

void PatchWriter::names(SettingName name, const Change<std::vector<std::string>> &change)
{
    // details show what a reset means
    if (m_asDetails && change.isReset())
        m_out.key(settingInfo(name).key).beginArray().string("*").endArray();
    else
        strings(name, change);
}

void PatchWriter::typo(const TypoPatch &p)
{
    const auto boolean = [this](bool value) { m_out.boolean(value); };
    const auto number = [this](std::uint8_t value) { m_out.number(static_cast<unsigned>(value)); };
    const auto words = [this](const std::set<std::string> &value) { writeStrings(m_out, value); };
    m_out.beginObject();
    member(m_out, "enabled", p.enabled, boolean);
    member(m_out, "minWordSizeForTypos", p.minWordSizeForTypos, [&](const TypoPatch::Sizes &sizes) {
        m_out.beginObject();
        member(m_out, "oneTypo", sizes.oneTypo, number);
        member(m_out, "twoTypos", sizes.twoTypos, number);
        m_out.endObject();
    });
    member(m_out, "disableOnWords", p.disableOnWords, words);
    member(m_out, "disableOnAttributes", p.disableOnAttributes, words);
    member(m_out, "disableOnNumbers", p.disableOnNumbers, boolean);
    m_out.endObject();
}

void PatchWriter::faceting(const FacetingPatch &p)
{
    m_out.beginObject();
    member(m_out, "maxValuesPerFacet", p.maxValuesPerFacet, [this](std::uint64_t value) { m_out.number(value); });
    member(m_out, "sortFacetValuesBy", p.sortFacetValuesBy,
        [this](const auto &orders) { writeFacetOrders(m_out, orders); });
    m_out.endObject();
}

void PatchWriter::embedders(const std::map<std::string, Change<EmbedderPatch>> &embedders)
{
    m_out.beginObject();
    for (const auto &[name, embedder] : embedders) {
        m_out.key(name);
        if (embedder.isSet())
            writeEmbedder(m_out, embedder.value(), m_maskSecrets);
        else
            m_out.null();
    }
    m_out.endObject();
}

void PatchWriter::writeLater(const SettingsPatch &p)
{
    put(SettingName::TypoTolerance, p.typoTolerance, [this](const TypoPatch &value) { typo(value); });
    put(SettingName::Faceting, p.faceting, [this](const FacetingPatch &value) { faceting(value); });
    put(SettingName::Pagination, p.pagination, [this](const PaginationPatch &value) {
        m_out.beginObject();
        member(m_out, "maxTotalHits", value.maxTotalHits, [this](std::uint64_t hits) { m_out.number(hits); });
        m_out.endObject();
    });
    put(SettingName::Embedders, p.embedders, [this](const auto &value) { embedders(value); });
    put(SettingName::SearchCutoffMs, p.searchCutoffMs, [this](std::uint64_t ms) { m_out.number(ms); });
    put(SettingName::LocalizedAttributes, p.localizedAttributes,
        [this](const auto &rules) { writeLocalized(m_out, rules); });
    put(SettingName::FacetSearch, p.facetSearch, [this](bool value) { m_out.boolean(value); });
    flag(SettingName::PrefixSearch, p.prefixSearch, "disabled", "indexingTime");
    put(SettingName::Chat, p.chat, [this](const auto &members) {
        m_out.beginObject();
        for (const auto &[name, text] : members)
            m_out.key(name).raw(text);
        m_out.endObject();
    });
}

QByteArray PatchWriter::write(const SettingsPatch &p)
{
    m_out.beginObject();
    names(SettingName::DisplayedAttributes, p.displayedAttributes);
    names(SettingName::SearchableAttributes, p.searchableAttributes);
    put(SettingName::FilterableAttributes, p.filterableAttributes,
        [this](const auto &r) { writeFilterable(m_out, r); });
    strings(SettingName::SortableAttributes, p.sortableAttributes);
    put(SettingName::ForeignKeys, p.foreignKeys, [this](const auto &keys) { writeForeignKeys(m_out, keys); });
    put(SettingName::RankingRules, p.rankingRules, [this](const auto &rules) { writeRankingRules(m_out, rules); });
    strings(SettingName::StopWords, p.stopWords);
    strings(SettingName::NonSeparatorTokens, p.nonSeparatorTokens);
    strings(SettingName::SeparatorTokens, p.separatorTokens);
    strings(SettingName::Dictionary, p.dictionary);
    put(SettingName::Synonyms, p.synonyms, [this](const auto &synonyms) { writeSynonyms(m_out, synonyms); });
    put(SettingName::DistinctAttribute, p.distinctAttribute, [this](const std::string &name) { m_out.string(name); });
    flag(SettingName::ProximityPrecision, p.proximityByAttribute, "byWord", "byAttribute");
    writeLater(p);
    m_out.endObject();
    return m_out.take();
}

} // namespace

QByteArray patchToJson(const SettingsPatch &patch, bool maskSecrets)
{
    return PatchWriter(true, maskSecrets).write(patch);
}

QByteArray patchToText(const SettingsPatch &patch) { return PatchWriter(false, false).write(patch); }

} // namespace miroir::protocol
