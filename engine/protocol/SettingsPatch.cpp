// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsPatch.h"

#include "base/Bytes.h"
#include "protocol/Deserr.h"
#include "protocol/SettingsEmbedders.h"
#include "protocol/SettingsJson.h"

#include <algorithm>

namespace miroir::protocol {

using namespace settingsjson;

namespace {

/// Calls visit(name, change) for each member.
template <typename Patch, typename Visit>
void eachChange(Patch &p, Visit visit)
{
    using enum SettingName;
    visit(DisplayedAttributes, p.displayedAttributes);
    visit(SearchableAttributes, p.searchableAttributes);
    visit(FilterableAttributes, p.filterableAttributes);
    visit(SortableAttributes, p.sortableAttributes);
    visit(ForeignKeys, p.foreignKeys);
    visit(RankingRules, p.rankingRules);
    visit(StopWords, p.stopWords);
    visit(NonSeparatorTokens, p.nonSeparatorTokens);
    visit(SeparatorTokens, p.separatorTokens);
    visit(Dictionary, p.dictionary);
    visit(Synonyms, p.synonyms);
    visit(DistinctAttribute, p.distinctAttribute);
    visit(ProximityPrecision, p.proximityByAttribute);
    visit(TypoTolerance, p.typoTolerance);
    visit(Faceting, p.faceting);
    visit(Pagination, p.pagination);
    visit(Embedders, p.embedders);
    visit(SearchCutoffMs, p.searchCutoffMs);
    visit(LocalizedAttributes, p.localizedAttributes);
    visit(FacetSearch, p.facetSearch);
    visit(PrefixSearch, p.prefixSearch);
    visit(Chat, p.chat);
}

void resetChange(SettingsPatch &patch, const SettingName *only)
{
    eachChange(patch, [only](SettingName name, auto &change) {
        using Type = std::remove_reference_t<decltype(change)>;
        if (only == nullptr || *only == name)
            change = Type::reset();
    });
}

/// Compatibility forms are folded as the indexer does it, so that what is read back is what a node shows.
std::string decomposed(const std::string &word)
{
    return toStd(toQString(word).normalized(QString::NormalizationForm_KD));
}

std::set<std::string> decomposed(const std::set<std::string> &words)
{
    std::set<std::string> out;
    for (const std::string &word : words)
        out.insert(decomposed(word));
    return out;
}

/// Words without typos are compared after lower case and without marks.
std::set<std::string> folded(const std::set<std::string> &words)
{
    std::set<std::string> out;
    for (const std::string &word : words) {
        QString plain;
        const QString parts = toQString(word).normalized(QString::NormalizationForm_KD).toLower();
        std::copy_if(parts.begin(), parts.end(), std::back_inserter(plain),
            [](QChar c) { return c.category() != QChar::Mark_NonSpacing; });
        out.insert(toStd(plain));
    }
    return out;
}

std::optional<std::vector<std::string>> withoutStar(const std::vector<std::string> &names)
{
    if (std::find(names.begin(), names.end(), "*") != names.end())
        return std::nullopt;
    return names;
}

void applyNames(std::optional<std::vector<std::string>> &target, const Change<std::vector<std::string>> &change)
{
    if (change.isSet())
        target = withoutStar(change.value());
    else if (change.given())
        target.reset();
}

ApiStatus applyTypo(TypoTolerance &target, const Change<TypoPatch> &change)
{
    if (!change.isSet()) {
        if (change.given())
            target = TypoTolerance {};
        return Done {};
    }
    const TypoPatch &patch = change.value();
    const TypoTolerance fresh;
    patch.enabled.applyTo(target.enabled, fresh.enabled);
    if (patch.minWordSizeForTypos.isSet()) {
        patch.minWordSizeForTypos.value().oneTypo.applyTo(target.oneTypo, fresh.oneTypo);
        patch.minWordSizeForTypos.value().twoTypos.applyTo(target.twoTypos, fresh.twoTypos);
    } else if (patch.minWordSizeForTypos.given()) {
        target.oneTypo = fresh.oneTypo;
        target.twoTypos = fresh.twoTypos;
    }
    if (target.oneTypo > target.twoTypos)
        return refuse("invalid_settings_typo_tolerance", typoSizesProblem(target.oneTypo, target.twoTypos));
    if (patch.disableOnWords.given())
        target.disableOnWords
            = patch.disableOnWords.isSet() ? folded(patch.disableOnWords.value()) : std::set<std::string> {};
    patch.disableOnAttributes.applyTo(target.disableOnAttributes, fresh.disableOnAttributes);
    patch.disableOnNumbers.applyTo(target.disableOnNumbers, fresh.disableOnNumbers);
    return Done {};
}

void applyFaceting(Faceting &target, const Change<FacetingPatch> &change)
{
    const Faceting fresh;
    if (change.isSet()) {
        change.value().maxValuesPerFacet.applyTo(target.maxValuesPerFacet, fresh.maxValuesPerFacet);
        change.value().sortFacetValuesBy.applyTo(target.sortFacetValuesBy, fresh.sortFacetValuesBy);
        target.sortFacetValuesBy.emplace("*", FacetOrder::Alpha);
    } else if (change.given()) {
        target = fresh;
    }
}

ApiStatus applyEmbedders(
    std::map<std::string, Embedder> &target, const Change<std::map<std::string, Change<EmbedderPatch>>> &change)
{
    if (change.isReset())
        target.clear();
    if (!change.isSet())
        return Done {};
    for (const auto &[name, embedder] : change.value()) {
        if (!embedder.isSet()) {
            target.erase(name);
            continue;
        }
        const auto before = target.find(name);
        auto after = embedders::apply(name, before == target.end() ? nullptr : &before->second, embedder.value());
        if (!after)
            return after.err();
        target.insert_or_assign(name, std::move(after).value());
    }
    constexpr std::size_t limit = 256;
    if (target.size() > limit) {
        return refuse("invalid_settings_embedders",
            "Too many embedders in the configuration. Found " + std::to_string(target.size())
                + ", but limited to 256.");
    }
    return Done {};
}

void setOrErase(std::map<std::string, std::string> &chat, const std::string &name, std::string text)
{
    if (text == "null")
        chat.erase(name);
    else
        chat[name] = std::move(text);
}

ApiStatus applyChat(
    std::map<std::string, std::string> &chat, const Change<std::vector<std::pair<std::string, std::string>>> &change)
{
    if (change.isReset())
        chat.clear();
    if (!change.isSet())
        return Done {};
    for (const auto &[name, text] : change.value()) {
        if (name != "searchParameters") {
            if (name == "documentTemplateMaxBytes" && text == "0") {
                return refuse("invalid_settings_embedders",
                    "`.chat.documentTemplateMaxBytes`: `documentTemplateMaxBytes` cannot be zero");
            }
            setOrErase(chat, name, text);
            continue;
        }
        if (text == "null")
            std::erase_if(chat, [](const auto &entry) { return entry.first.starts_with(chatSearchPrefix); });
        const auto doc = json::Document::parse(std::string_view(text));
        MIROIR_ASSERT(doc.ok());
        for (const auto &[member, value] : uniqueMembers(doc->root()))
            setOrErase(chat, std::string(chatSearchPrefix) + member, json::compact(value));
    }
    return Done {};
}

void applyPlain(Settings &s, const SettingsPatch &p)
{
    const Settings fresh;
    applyNames(s.displayedAttributes, p.displayedAttributes);
    applyNames(s.searchableAttributes, p.searchableAttributes);
    p.filterableAttributes.applyTo(s.filterableAttributes, fresh.filterableAttributes);
    p.sortableAttributes.applyTo(s.sortableAttributes, fresh.sortableAttributes);
    p.foreignKeys.applyTo(s.foreignKeys, fresh.foreignKeys);
    p.rankingRules.applyTo(s.rankingRules, fresh.rankingRules);
    if (p.stopWords.given())
        s.stopWords = p.stopWords.isSet() ? decomposed(p.stopWords.value()) : fresh.stopWords;
    p.nonSeparatorTokens.applyTo(s.nonSeparatorTokens, fresh.nonSeparatorTokens);
    p.separatorTokens.applyTo(s.separatorTokens, fresh.separatorTokens);
    p.dictionary.applyTo(s.dictionary, fresh.dictionary);
    p.synonyms.applyTo(s.synonyms, fresh.synonyms);
    p.distinctAttribute.applyTo(s.distinctAttribute, fresh.distinctAttribute);
    p.proximityByAttribute.applyTo(s.proximityByAttribute, fresh.proximityByAttribute);
    if (p.pagination.isSet())
        p.pagination.value().maxTotalHits.applyTo(s.maxTotalHits, fresh.maxTotalHits);
    else if (p.pagination.given())
        s.maxTotalHits = fresh.maxTotalHits;
    p.searchCutoffMs.applyTo(s.searchCutoffMs, fresh.searchCutoffMs);
    p.localizedAttributes.applyTo(s.localizedAttributes, fresh.localizedAttributes);
    p.facetSearch.applyTo(s.facetSearch, fresh.facetSearch);
    p.prefixSearch.applyTo(s.prefixSearch, fresh.prefixSearch);
}

} // namespace

std::string typoSizesProblem(unsigned oneTypo, unsigned twoTypos)
{
    return "`minWordSizeForTypos` setting is invalid. `oneTypo` and `twoTypos` fields should be between `0` and "
           "`255`, and "
           "`twoTypos` should be greater or equals to `oneTypo` but found `oneTypo: "
        + std::to_string(oneTypo) + "` and twoTypos: " + std::to_string(twoTypos) + "`.";
}

bool SettingsPatch::gives(SettingName name) const
{
    bool given = false;
    eachChange(
        *this, [&](SettingName other, const auto &change) { given = given || (other == name && change.given()); });
    return given;
}

bool SettingsPatch::isEmpty() const
{
    bool given = false;
    eachChange(*this, [&](SettingName, const auto &change) { given = given || change.given(); });
    return !given;
}

SettingsPatch SettingsPatch::resetAll()
{
    SettingsPatch patch;
    resetChange(patch, nullptr);
    return patch;
}

SettingsPatch SettingsPatch::resetOne(SettingName name)
{
    SettingsPatch patch;
    resetChange(patch, &name);
    return patch;
}

ApiResult<Settings> applySettingsPatch(const Settings &before, const SettingsPatch &patch)
{
    Settings after = before;
    applyPlain(after, patch);
    if (auto s = applyTypo(after.typoTolerance, patch.typoTolerance); !s)
        return s.err();
    applyFaceting(after.faceting, patch.faceting);
    if (auto s = applyEmbedders(after.embedders, patch.embedders); !s)
        return s.err();
    if (auto s = applyChat(after.chat, patch.chat); !s)
        return s.err();
    return after;
}

void mergeSettingsPatch(SettingsPatch &earlier, const SettingsPatch &later)
{
    const bool joins = earlier.embedders.isSet() && later.embedders.isSet();
    auto joined = earlier.embedders;
    if (joins) {
        for (const auto &[name, embedder] : later.embedders.value())
            joined.value().insert_or_assign(name, embedder);
    }
    const auto take = [](auto &target, const auto &source) {
        if (source.given())
            target = source;
    };
    take(earlier.displayedAttributes, later.displayedAttributes);
    take(earlier.searchableAttributes, later.searchableAttributes);
    take(earlier.filterableAttributes, later.filterableAttributes);
    take(earlier.sortableAttributes, later.sortableAttributes);
    take(earlier.foreignKeys, later.foreignKeys);
    take(earlier.rankingRules, later.rankingRules);
    take(earlier.stopWords, later.stopWords);
    take(earlier.nonSeparatorTokens, later.nonSeparatorTokens);
    take(earlier.separatorTokens, later.separatorTokens);
    take(earlier.dictionary, later.dictionary);
    take(earlier.synonyms, later.synonyms);
    take(earlier.distinctAttribute, later.distinctAttribute);
    take(earlier.proximityByAttribute, later.proximityByAttribute);
    take(earlier.typoTolerance, later.typoTolerance);
    take(earlier.faceting, later.faceting);
    take(earlier.pagination, later.pagination);
    take(earlier.embedders, later.embedders);
    take(earlier.searchCutoffMs, later.searchCutoffMs);
    take(earlier.localizedAttributes, later.localizedAttributes);
    take(earlier.facetSearch, later.facetSearch);
    take(earlier.prefixSearch, later.prefixSearch);
    take(earlier.chat, later.chat);
    if (joins)
        earlier.embedders = std::move(joined);
}

} // namespace miroir::protocol
