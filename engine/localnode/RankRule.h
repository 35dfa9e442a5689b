// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryGraph.h"
#include "localnode/RankScore.h"

#include <memory>
#include <optional>
#include <vector>

namespace miroir::localnode {

/// One bucket of documents that a rule holds for equal.
struct RankBucket {
    QueryGraphPtr graph; ///< the readings of the query that these documents match; for the next rule
    IndexSet documents;
    ScoreDetail detail;
};

/// A ranking rule splits a set of documents into buckets, best first. start, next.., end; then it may start again with
/// another set.
class RankRule
{
public:
    virtual ~RankRule() = default;
    virtual void start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph) = 0;
    /// The next bucket out of what is left; nullopt when the rule has no more.
    virtual std::optional<RankBucket> next(QueryContext &context, const IndexSet &universe) = 0;
    virtual void end() = 0;
};
using RankRules = std::vector<std::unique_ptr<RankRule>>;

std::unique_ptr<RankRule> makeWordsRule(Strategy strategy);
std::unique_ptr<RankRule> makeTypoRule();
std::unique_ptr<RankRule> makeProximityRule();
std::unique_ptr<RankRule> makeFieldRule(); ///< attributeRank
std::unique_ptr<RankRule> makePositionRule(); ///< wordPosition
std::unique_ptr<RankRule> makeExactWordsRule(); ///< second half of exactness
std::unique_ptr<RankRule> makeExactMatchRule(); ///< first half of exactness
std::unique_ptr<RankRule> makeSortRule(const IndexData &data, std::string field, bool ascending);
std::unique_ptr<RankRule> makeGeoRule(GeoPoint target, bool ascending);
std::unique_ptr<RankRule> makeVectorRule(std::string embedder, std::vector<float> target);

} // namespace miroir::localnode
