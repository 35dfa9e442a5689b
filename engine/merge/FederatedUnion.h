// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"

namespace miroir::merge {

/// How many documents several queries of one index find together, with their facets.
struct MergedUnion {
    std::uint64_t total = 0;
    QByteArray facetDistribution, facetStats; ///< objects
};

/// Answers to federated searches over one index of nodes, each about other documents: counts are added. indexUid: as
/// the nodes call it.
[[nodiscard]] Result<MergedUnion, MergeError> mergeUnion(
    bool finite, std::string_view indexUid, const FacetSettings &faceting, const NodeAnswers &answers);

} // namespace miroir::merge
