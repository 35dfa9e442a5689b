// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Deserr.h"
#include "protocol/Features.h"
#include "protocol/SettingsEmbedders.h"
#include "protocol/SettingsPatch.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

ApiStatus refuseReserved(SettingName setting, std::string_view name)
{
    return refuse(settingInfo(setting).errorCode,
        "`" + std::string(name) + "` is reserved and can't be used in `" + std::string(settingInfo(setting).key)
            + "`. Names that start with `_miroir_` belong to the cluster.");
}

template <typename List>
ApiStatus checkNames(SettingName setting, const List &names)
{
    for (const std::string &name : names) {
        if (isReservedPattern(name))
            return refuseReserved(setting, name);
    }
    return Done {};
}

template <typename List>
ApiStatus checkNames(SettingName setting, const Change<List> &names)
{
    return names.isSet() ? checkNames(setting, names.value()) : ApiStatus(Done {});
}

/// Templates and the like hold names anywhere in their text.
ApiStatus checkText(SettingName setting, std::string_view json)
{
    return json.find(reservedPrefix) == std::string_view::npos ? ApiStatus(Done {})
                                                               : refuseReserved(setting, shardField);
}

/// A token with a digit of the hidden fields would make a node split their values into words.
ApiStatus checkTokens(SettingName setting, const Change<std::set<std::string>> &tokens)
{
    if (!tokens.isSet())
        return Done {};
    for (const std::string &token : tokens.value()) {
        if (token.find_first_of(tagAlphabet) != std::string::npos) {
            return refuse(settingInfo(setting).errorCode,
                "`" + token + "` can't be used in `" + std::string(settingInfo(setting).key)
                    + "`: the characters `!`, `(`, `)`, `,`, `;`, `?`, `[` and `]` mark the place of documents in "
                      "the cluster and must remain separators.");
        }
    }
    return Done {};
}

ApiStatus checkStructuredNames(const SettingsPatch &p)
{
    using enum SettingName;
    if (p.filterableAttributes.isSet()) {
        for (const FilterableRule &rule : p.filterableAttributes.value()) {
            if (auto s = checkNames(FilterableAttributes, rule.patterns); !s)
                return s;
        }
    }
    if (p.rankingRules.isSet()) {
        for (const RankingRule &rule : p.rankingRules.value()) {
            if (isReservedName(rule.field))
                return refuseReserved(RankingRules, rule.field);
        }
    }
    if (p.localizedAttributes.isSet()) {
        for (const LocalizedRule &rule : p.localizedAttributes.value()) {
            if (auto s = checkNames(LocalizedAttributes, rule.attributePatterns); !s)
                return s;
        }
    }
    if (p.foreignKeys.isSet()) {
        for (const ForeignKey &key : p.foreignKeys.value()) {
            if (isReservedName(key.fieldName))
                return refuseReserved(ForeignKeys, key.fieldName);
        }
    }
    if (p.faceting.isSet() && p.faceting.value().sortFacetValuesBy.isSet()) {
        for (const auto &[facet, order] : p.faceting.value().sortFacetValuesBy.value()) {
            if (isReservedName(facet))
                return refuseReserved(Faceting, facet);
        }
    }
    return Done {};
}

ApiStatus checkReserved(const SettingsPatch &p)
{
    using enum SettingName;
    if (auto s = checkNames(DisplayedAttributes, p.displayedAttributes); !s)
        return s;
    if (auto s = checkNames(SearchableAttributes, p.searchableAttributes); !s)
        return s;
    if (auto s = checkNames(SortableAttributes, p.sortableAttributes); !s)
        return s;
    if (p.distinctAttribute.isSet() && isReservedName(p.distinctAttribute.value()))
        return refuseReserved(DistinctAttribute, p.distinctAttribute.value());
    if (p.typoTolerance.isSet()) {
        if (auto s = checkNames(TypoTolerance, p.typoTolerance.value().disableOnAttributes); !s)
            return s;
    }
    if (auto s = checkStructuredNames(p); !s)
        return s;
    if (auto s = checkTokens(NonSeparatorTokens, p.nonSeparatorTokens); !s)
        return s;
    if (auto s = checkTokens(Dictionary, p.dictionary); !s)
        return s;
    if (p.embedders.isSet()) {
        for (const auto &[name, embedder] : p.embedders.value()) {
            if (!embedder.isSet())
                continue;
            for (const auto &[member, text] : embedder.value().members) {
                if (auto s = checkText(Embedders, text); !s)
                    return s;
            }
        }
    }
    if (p.chat.isSet()) {
        for (const auto &[member, text] : p.chat.value()) {
            if (auto s = checkText(Chat, text); !s)
                return s;
        }
    }
    return Done {};
}

ApiStatus checkEmbedderFeatures(const EmbedderPatch &embedder, const Features &features)
{
    struct Gate
    {
        const char *member;
        Feature feature;
        const char *action;
    };
    static constexpr Gate gates[] = {
        {"searchEmbedder", Feature::CompositeEmbedders, "setting `searchEmbedder`"},
        {"indexingEmbedder", Feature::CompositeEmbedders, "setting `indexingEmbedder`"},
        {"indexingFragments", Feature::Multimodal, "setting `indexingFragments`"},
        {"searchFragments", Feature::Multimodal, "setting `searchFragments`"},
    };
    if (embedder.find("source") != nullptr && embedder.source() == "composite") {
        if (auto s = checkFeature(features, Feature::CompositeEmbedders, "using `\"composite\"` as source"); !s)
            return s;
    }
    for (const Gate &gate : gates) {
        const std::string *text = embedder.find(gate.member);
        if (text == nullptr || *text == "null")
            continue;
        if (auto s = checkFeature(features, gate.feature, gate.action); !s)
            return s;
    }
    return Done {};
}

ApiStatus checkFeatures(const SettingsPatch &p, const Features &features)
{
    if (p.embedders.isSet()) {
        for (const auto &[name, embedder] : p.embedders.value()) {
            if (!embedder.isSet())
                continue;
            if (auto s = checkEmbedderFeatures(embedder.value(), features); !s)
                return s;
        }
    }
    if (p.chat.isSet()) {
        if (auto s = checkFeature(features, Feature::ChatCompletions, "setting `chat` in the index settings"); !s)
            return s;
    }
    if (p.foreignKeys.isSet())
        return checkFeature(features, Feature::ForeignKeys, "setting `foreignKeys` in the index settings");
    return Done {};
}

} // namespace

ApiStatus validateSettingsPatch(const SettingsPatch &patch, const Features &features, ReservedNames names)
{
    if (auto s = checkFeatures(patch, features); !s)
        return s;
    if (patch.rankingRules.isSet()) {
        const auto &rules = patch.rankingRules.value();
        const auto holds = [&](RankingRule::Kind kind) {
            return std::any_of(
                rules.begin(), rules.end(), [kind](const RankingRule &rule) { return rule.kind == kind; });
        };
        if (holds(RankingRule::Kind::Attribute)
            && (holds(RankingRule::Kind::AttributeRank) || holds(RankingRule::Kind::WordPosition))) {
            return refuse("invalid_settings_ranking_rules",
                "Mixed usage of the attribute, attributeRank, and wordPosition ranking rules. You must either use "
                "the attribute ranking rule alone or the attributeRank and wordPosition ranking rules.");
        }
    }
    if (patch.embedders.isSet()) {
        for (const auto &[name, embedder] : patch.embedders.value()) {
            if (!embedder.isSet())
                continue;
            if (auto s = embedders::validatePatch(name, embedder.value()); !s)
                return s;
        }
    }
    return names == ReservedNames::Refused ? checkReserved(patch) : ApiStatus(Done {});
}

} // namespace miroir::protocol
