// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/HitList.h"

#include <compare>
#include <vector>

namespace miroir::merge {

/// A hit's rules as a hybrid search compares them: rules that divide into ranks and follow one another become one
/// score, a similarity is a score, sort rules stay what they are. The hidden order is left out.
struct ScoreValue {
    double score = 0; ///< when entry is null
    const RankEntry *entry = nullptr; ///< a sort or geo rule of the hit's key
};
[[nodiscard]] std::vector<ScoreValue> scoreValues(const Hit &hit);

/// greater: the first hit is better. Scores count by their weights, within the precision of a double as on a node;
/// so it is meant for merging two sorted lists, not for sorting.
[[nodiscard]] std::weak_ordering compareWeighted(const Hit &a, double weightOfA, const Hit &b, double weightOfB);

} // namespace miroir::merge
