// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/RankRule.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace miroir::localnode {

struct BucketSortRequest {
    IndexSet universe;
    QueryGraphPtr graph; ///< null for a placeholder search
    std::size_t length = 20; ///< documents wanted from the first on
    std::optional<FieldId> distinct;
    std::optional<double> scoreThreshold;
    bool exhaustive = false; ///< finite pagination: the total has to be exact
    std::size_t maxTotalHits = 1000;
};

struct RankedDocument {
    DocId docid = 0;
    ScoreDetails details;
};

struct BucketSortResult {
    std::vector<RankedDocument> documents;
    IndexSet candidates; ///< what is counted as hits
};

/// Sorts the universe by the rules, each splitting the buckets of the one before, only as far as documents are wanted.
/// Documents of a last bucket stand in the order of their numbers.
BucketSortResult bucketSort(QueryContext &context, RankRules rules, const BucketSortRequest &request);

/// Documents of which one is kept for each value of the field: the first by number.
struct DistinctSplit {
    IndexSet remaining, excluded;
};
DistinctSplit applyDistinct(const IndexData &data, FieldId field, const IndexSet &candidates);
/// Adds all documents that share a value with this one, itself included when it has a value.
void excludeSameValues(const IndexData &data, FieldId field, DocId doc, IndexSet &excluded);

} // namespace miroir::localnode
