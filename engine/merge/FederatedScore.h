// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/RankKey.h"

#include <string>
#include <vector>

namespace miroir::merge {

/// One entry of what a federated search compares: neighbouring rules of relevancy are one weighted number, sort values,
/// distances and similarities stand for themselves (milli/src/score_details.rs, weighted_score_values).
struct FederatedValue {
    enum class Kind : std::uint8_t { Score, Similarity, Sort, Geo };
    Kind kind = Kind::Score;
    double number = 0; ///< weighted score or similarity; sort value; distance in metres
    RankEntry::Value value = RankEntry::Value::Number; ///< Sort, Geo: None is a document without a value
    bool ascending = true; ///< Sort, Geo
    std::string text; ///< Sort
};

/// The values of one hit of a query, best comparable first; the hidden order rule is not among them.
struct FederatedScore {
    std::vector<FederatedValue> values;
    double score = 0; ///< `_rankingScore` times the weight
};

/// Less than 0 when `a` is worse. Numbers that differ by less than the machine's epsilon are alike; values of different
/// kinds say nothing about each other: then the hit with more of them left is better, then the weighted score decides.
/// Farther points are better in both directions, as on a node.
[[nodiscard]] int compareFederated(const FederatedScore &a, const FederatedScore &b);

/// Reads the values out of `_rankingScoreDetails`. A node joins the ranks of neighbouring rules: when a sort rule
/// stands between rules of relevancy, RankParts finds them again.
class FederatedScoreReader
{
public:
    explicit FederatedScoreReader(double weight) : m_weight(weight) { }
    /// key: of the same details; score: `_rankingScore`.
    [[nodiscard]] FederatedScore read(const json::Value &details, const RankKey &key, double score);

private:
    double m_weight;
    std::uint32_t m_attributeWeight = 0; // of the last hit whose integers were found
};

} // namespace miroir::merge
