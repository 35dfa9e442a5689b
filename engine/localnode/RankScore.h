// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/GeoPoint.h"
#include "localnode/LocalIndex.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace miroir::localnode {

/// A place in the order of one rule: maxRank is best, 0 is no match.
struct Rank {
    std::uint32_t rank = 1, maxRank = 1;
    [[nodiscard]] double score() const { return static_cast<double>(rank) / static_cast<double>(maxRank); }
    /// The order of two rules after each other, as one.
    [[nodiscard]] Rank then(Rank inner) const;
};

/// What one rule found out about a document. attributeRank and wordPosition are Field and Position, also when the older
/// rule `attribute` runs both; exactness is Attribute match and then Exact words.
struct ScoreDetail {
    enum class Kind : std::uint8_t {
        Words,
        Typo,
        Proximity,
        Field,
        Position,
        Match,
        ExactWords,
        Sort,
        Geo,
        Vector,
        Pin,
    };
    Kind kind = Kind::Words;
    Rank rank; ///< of all but Sort, Geo, Vector and Pin
    std::string field; ///< of Sort
    bool ascending = true;
    bool redacted = false; ///< the field is not displayed: name and value are hidden
    std::string valueJson; ///< of Sort
    GeoPoint target;
    std::optional<GeoPoint> point; ///< of Geo: the first one of the bucket
    std::optional<float> similarity;
    std::uint32_t position = 0; ///< of Pin, which is always alone
};
using ScoreDetails = std::vector<ScoreDetail>;

/// _rankingScore: the ranks of all rules as one number; the similarity when a vector decided.
double globalScore(const ScoreDetails &details);
/// _rankingScoreDetails. `unifiedAttribute`: the settings use `attribute`.
QByteArray scoreDetailsJson(const ScoreDetails &details, bool unifiedAttribute);
std::vector<RuleScore> ruleScores(const ScoreDetails &details);
/// Orders two hits of lists of the same rules by weighted scores; used by hybrid search.
int compareWeighted(const ScoreDetails &left, double leftWeight, const ScoreDetails &right, double rightWeight);

} // namespace miroir::localnode
