// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/HitList.h"
#include "merge/SearchMerge.h"

namespace miroir::merge {

/// Positions in the merged list, first and one behind the last. Never beyond maxTotalHits.
struct Page {
    std::uint64_t begin = 0, end = 0;
};
[[nodiscard]] Page pageOf(const MergeRequest &request);

/// Takes the page out of the list and writes it: hits, hitCount and, when that is set, semanticHitCount. Pins take
/// their places; the other hits fill up around them, and late pins move forward when there are no others.
void writePage(const MergeRequest &request, const HitList &list, MergedSearch &result);

} // namespace miroir::merge
