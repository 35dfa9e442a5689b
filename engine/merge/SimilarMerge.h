// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/HitList.h"
#include "merge/SearchMerge.h"

namespace miroir::merge {

/// Documents near another one, from the answers to a search by its vector for offset + limit + 1 hits.
struct SimilarMergeRequest {
    std::string id; ///< canonical id of that document; it is never a hit
    std::string primaryKey; ///< name or dotted path
    bool sourceCounts = false; ///< it is among the candidates of the nodes
    std::optional<double> threshold;
    MergeRequest page; ///< offset, limit and what of a hit is shown
};

/// Best first by similarity alone, whatever the ranking rules. The total is that of all candidates, at most
/// maxTotalHits; a node lessens it only when a hit of the page is below the threshold.
[[nodiscard]] Result<MergedSearch, MergeError> mergeSimilar(
    const SimilarMergeRequest &request, const NodeAnswers &answers);

/// What stands around the hits.
struct SimilarFrame {
    std::uint64_t processingTimeMs = 0;
    std::string performanceDetails; ///< raw JSON; empty: absent
};

/// {"hits":[..],"id":"..","processingTimeMs":n,"limit":n,"offset":n,"estimatedTotalHits":n,"performanceDetails"?:{..}}
[[nodiscard]] QByteArray writeSimilar(
    const SimilarMergeRequest &request, const MergedSearch &merged, const SimilarFrame &frame);

} // namespace miroir::merge
