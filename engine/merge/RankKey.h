// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "json/Json.h"
#include "merge/Text.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace miroir::merge {

/// The last rule on every node: it lets no two documents tie.
inline constexpr std::string_view orderRule = "_miroir_ord:asc";

/// What one ranking rule says about a hit, in values that can be compared between nodes: counts instead of
/// scores where scores depend on what else a node holds.
struct RankEntry {
    /// In the order in which entries of different kinds compare; that happens only when a node ran out of time.
    enum class Kind : std::uint8_t {
        Words, Typo, Proximity, AttributeRank, WordPosition, Attribute, Exactness, Sort, Geo, Vector, Other, Skipped
    };
    enum class Value : std::uint8_t { Number, Text, None }; ///< numbers before texts before nothing, in both directions

    Kind kind = Kind::Other;
    bool ascending = true; ///< Sort and Geo
    Value value = Value::None; ///< Sort, Geo, Vector
    std::int64_t rank = 0, subRank = 0; ///< all other kinds; greater is better
    double number = 0; ///< sort value, distance in metres, similarity
    double score = 0; ///< of rules that give one: the rank as a share of all ranks
    double ranks = 0; ///< into how many ranks the rule divides; 0: the answer does not tell
    std::string_view text; ///< sort value, normalised by the node
    std::string_view name; ///< the member's name: tells rules of one kind apart
};

/// All rules of one hit, in their order. The comparison is a total order (lexicographic over totally ordered
/// entries), whatever the entries are; so a merge does not depend on how hits were spread over answers. Slices
/// point into the parsed answer or the TextStore.
struct RankKey {
    std::vector<RankEntry> entries;
    std::string_view order; ///< `_miroir_ord`; empty if unknown
    std::optional<std::uint32_t> pin; ///< a dynamic rule puts the hit at this position
    bool cutOff = false; ///< the node ran out of time and skipped rules

    /// From the `_rankingScoreDetails` of a hit. Fails with a sentence when something has the wrong type or is
    /// missing.
    static Result<RankKey> fromDetails(const json::Value &details, TextStore &texts);
    [[nodiscard]] bool semantic() const;
    /// The entries of the client's own rules: without the hidden order, which is the last.
    [[nodiscard]] std::size_t ownRules() const;
};

/// less: a comes before b. Equal only when all entries are alike and the orders are equal or both unknown. Pins
/// are not compared.
[[nodiscard]] std::strong_ordering compare(const RankKey &a, const RankKey &b);
[[nodiscard]] std::strong_ordering compare(const RankEntry &a, const RankEntry &b);

/// The number of steps that terms stand apart, recovered from the score of the proximity rule. The score is
/// 1 - cost / (3 (j-1) + 1) for some number j of terms up to `terms`: the first j from above that gives an
/// integer is taken.
[[nodiscard]] double proximityCost(double score, std::uint64_t terms);

/// True when all rules but the hidden order say the same: one node would have both in its last bucket.
[[nodiscard]] bool sameBucket(const RankKey &a, const RankKey &b);

} // namespace miroir::merge
