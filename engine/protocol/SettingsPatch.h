// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "protocol/Settings.h"

#include <optional>
#include <utility>

/// Changes to settings as clients send them. Pure.
namespace miroir::protocol {

struct Features;

/// Not mentioned, reset to the default, or set to a value.
template <typename T>
class Change
{
public:
    Change() = default;
    static Change reset()
    {
        Change c;
        c.m_given = true;
        return c;
    }
    static Change set(T value)
    {
        Change c;
        c.m_given = true;
        c.m_value = std::move(value);
        return c;
    }
    [[nodiscard]] bool given() const { return m_given; } ///< reset or set
    [[nodiscard]] bool isReset() const { return m_given && !m_value; }
    [[nodiscard]] bool isSet() const { return m_value.has_value(); }
    [[nodiscard]] const T &value() const { return *m_value; }
    [[nodiscard]] T &value() { return *m_value; }
    bool operator==(const Change &) const = default;
    /// Gives `target` the new value, `fallback` when reset, nothing when not mentioned.
    template <typename U>
    void applyTo(U &target, U fallback) const
    {
        if (isSet())
            target = *m_value;
        else if (m_given)
            target = std::move(fallback);
    }

private:
    bool m_given = false;
    std::optional<T> m_value;
};

struct TypoPatch
{
    struct Sizes
    {
        Change<std::uint8_t> oneTypo, twoTypos;
        bool operator==(const Sizes &) const = default;
    };
    Change<bool> enabled;
    Change<Sizes> minWordSizeForTypos;
    Change<std::set<std::string>> disableOnWords;
    Change<std::set<std::string>> disableOnAttributes;
    Change<bool> disableOnNumbers;
    bool operator==(const TypoPatch &) const = default;
};
struct FacetingPatch
{
    Change<std::uint64_t> maxValuesPerFacet;
    Change<std::map<std::string, FacetOrder>> sortFacetValuesBy;
    bool operator==(const FacetingPatch &) const = default;
};
struct PaginationPatch
{
    Change<std::uint64_t> maxTotalHits;
    bool operator==(const PaginationPatch &) const = default;
};
/// Members of an embedder that are mentioned: JSON texts ("null" for a reset), in a node's order.
using EmbedderPatch = Embedder;

struct SettingsPatch
{
    Change<std::vector<std::string>> displayedAttributes;
    Change<std::vector<std::string>> searchableAttributes;
    Change<std::vector<FilterableRule>> filterableAttributes;
    Change<std::set<std::string>> sortableAttributes;
    Change<std::vector<ForeignKey>> foreignKeys;
    Change<std::vector<RankingRule>> rankingRules;
    Change<std::set<std::string>> stopWords;
    Change<std::set<std::string>> nonSeparatorTokens;
    Change<std::set<std::string>> separatorTokens;
    Change<std::set<std::string>> dictionary;
    Change<std::map<std::string, std::vector<std::string>>> synonyms;
    Change<std::string> distinctAttribute;
    Change<bool> proximityByAttribute;
    Change<TypoPatch> typoTolerance;
    Change<FacetingPatch> faceting;
    Change<PaginationPatch> pagination;
    Change<std::map<std::string, Change<EmbedderPatch>>> embedders;
    Change<std::uint64_t> searchCutoffMs;
    Change<std::vector<LocalizedRule>> localizedAttributes;
    Change<bool> facetSearch;
    Change<bool> prefixSearch;
    Change<std::vector<std::pair<std::string, std::string>>> chat; ///< members as JSON texts

    bool operator==(const SettingsPatch &) const = default;
    [[nodiscard]] bool gives(SettingName name) const;
    [[nodiscard]] bool isEmpty() const;
    /// Everything reset: DELETE /settings.
    static SettingsPatch resetAll();
    /// One setting reset: DELETE of a sub-route.
    static SettingsPatch resetOne(SettingName name);
};

/// Names that start with `_miroir_`: a cluster keeps them for itself, a single node takes them like any other.
enum class ReservedNames : std::uint8_t { Refused, Allowed };

/// Body of PATCH /settings. Errors, order and texts are those of a node; reserved names are refused with the
/// setting's code.
ApiResult<SettingsPatch> parseSettingsPatch(
    const json::Value &body, const Features &features, ReservedNames names = ReservedNames::Refused);
/// Body of PUT or PATCH of one sub-route; null resets.
ApiResult<SettingsPatch> parseSettingPatch(SettingName name, const json::Value &body, const Features &features,
    ReservedNames names = ReservedNames::Refused);
/// The checks behind the parse (features, reserved names, mixed ranking rules, embedder members). Both parsers call
/// it.
ApiStatus validateSettingsPatch(
    const SettingsPatch &patch, const Features &features, ReservedNames names = ReservedNames::Refused);

/// The settings after the change, or the error with which the task fails (a node puts "Index `m`: " in front).
ApiResult<Settings> applySettingsPatch(const Settings &before, const SettingsPatch &patch);
/// Two patches as the details of a batch show them: of each setting the later one, embedders joined by name. Not a
/// replacement for applying both, for a later typoTolerance hides the members of an earlier one.
void mergeSettingsPatch(SettingsPatch &earlier, const SettingsPatch &later);

/// The sentence about oneTypo above twoTypos.
std::string typoSizesProblem(unsigned oneTypo, unsigned twoTypos);

/// The members of a settingsUpdate task's details, in braces: {"stopWords":null,..}. Secrets masked when asked.
QByteArray patchToJson(const SettingsPatch &patch, bool maskSecrets);
/// For the log: reads back equal. Validation is not repeated.
QByteArray patchToText(const SettingsPatch &patch);
Result<SettingsPatch> patchFromText(const QByteArray &text);

} // namespace miroir::protocol
