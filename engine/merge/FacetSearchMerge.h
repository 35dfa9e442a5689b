// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"

namespace miroir::merge {

struct MergedFacetSearch {
    QByteArray facetHits; ///< [{"value":"..","count":n},..]
    QByteArray facetQuery; ///< raw JSON, of the first answer; null when it has none
};

/// Answers of /indexes/{uid}/facet-search: counts are added by normalised value, sorted by `order`, cut to `limit`
/// (the logical maxValuesPerFacet). Ask nodes with a much larger maxValuesPerFacet: what they cut cannot be added.
/// With a facetQuery a node walks over the values by their searchable form, which has no accents. The form shown is
/// that of the answer with most documents: most likely it holds the first one, whose form a node shows.
[[nodiscard]] Result<MergedFacetSearch, MergeError> mergeFacetSearch(
    FacetOrder order, std::uint64_t limit, const NodeAnswers &answers);

/// {"facetHits":[..],"facetQuery":..,"processingTimeMs":n}
[[nodiscard]] QByteArray writeFacetSearch(const MergedFacetSearch &merged, std::uint64_t processingTimeMs);

} // namespace miroir::merge
