// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FederatedUnion.h"

#include "merge/Answers.h"
#include "merge/FacetMerge.h"

namespace miroir::merge {

Result<MergedUnion, MergeError> mergeUnion(
    bool finite, std::string_view indexUid, const FacetSettings &faceting, const NodeAnswers &answers)
{
    if (const auto fault = faultyAnswer(answers))
        return refuse(fault->answer, fault->reason);
    MergedUnion merged;
    FacetMerge facets;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const json::Value answer = answers[i].root();
        const auto total = answer[finite ? "totalHits" : "estimatedTotalHits"].toU64();
        if (!total)
            return refuse(i, "has no total");
        merged.total = merged.total + *total < *total ? ~std::uint64_t {0} : merged.total + *total;
        const json::Value counted = answer["facetsByIndex"][indexUid];
        if (const auto added = facets.add(counted["distribution"], counted["stats"]); !added)
            return refuse(i, added.error().message);
    }
    merged.facetDistribution = facets.distribution(faceting, merged.total);
    merged.facetStats = facets.stats();
    return merged;
}

} // namespace miroir::merge
