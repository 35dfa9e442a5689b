// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FederatedScore.h"

#include "merge/RankParts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace miroir::merge {

namespace {

using Kind = RankEntry::Kind;

FederatedValue valueOf(const RankEntry &entry, double weight)
{
    FederatedValue value;
    value.ascending = entry.ascending;
    value.value = entry.value;
    value.number = entry.number;
    if (entry.kind == Kind::Vector) {
        value.kind = FederatedValue::Kind::Similarity;
        value.number *= weight;
    } else if (entry.kind == Kind::Geo) {
        value.kind = FederatedValue::Kind::Geo;
    } else {
        value.kind = FederatedValue::Kind::Sort;
        value.text = entry.text;
    }
    return value;
}

int order(double a, double b)
{
    return std::abs(a - b) <= std::numeric_limits<double>::epsilon() ? 0 : a < b ? -1 : a > b ? 1 : 0;
}

int reversedIf(bool reverse, int order)
{
    return reverse ? -order : order;
}

int compareSort(const FederatedValue &a, const FederatedValue &b)
{
    if (a.value != b.value)
        return a.value < b.value ? 1 : -1; // numbers before texts before nothing
    switch (a.value) {
    case RankEntry::Value::Number:
        return reversedIf(a.ascending, a.number < b.number ? -1 : a.number > b.number ? 1 : 0);
    case RankEntry::Value::Text: {
        const int order = a.text.compare(b.text);
        return reversedIf(a.ascending, order < 0 ? -1 : order > 0 ? 1 : 0);
    }
    case RankEntry::Value::None:
        break;
    }
    return 0;
}

/// Nothing when the two cannot be compared.
std::optional<int> compareValues(const FederatedValue &a, const FederatedValue &b)
{
    const auto isScore = [](const FederatedValue &v) { return v.kind <= FederatedValue::Kind::Similarity; };
    if (isScore(a) && isScore(b))
        return order(a.number, b.number);
    if (a.kind != b.kind || a.ascending != b.ascending)
        return std::nullopt;
    if (a.kind == FederatedValue::Kind::Sort)
        return compareSort(a, b);
    const bool hasA = a.value == RankEntry::Value::Number;
    const bool hasB = b.value == RankEntry::Value::Number;
    if (!hasA || !hasB)
        return hasA == hasB ? 0 : hasA ? 1 : -1;
    return order(a.number, b.number);
}

} // namespace

int compareFederated(const FederatedScore &a, const FederatedScore &b)
{
    const std::size_t both = std::min(a.values.size(), b.values.size());
    const auto bySize = [&a, &b] {
        return a.values.size() < b.values.size() ? -1 : a.values.size() > b.values.size() ? 1 : 0;
    };
    for (std::size_t i = 0; i < both; ++i) {
        const std::optional<int> order = compareValues(a.values[i], b.values[i]);
        if (order == 0)
            continue;
        if (order)
            return *order;
        if (const int longer = bySize(); longer != 0)
            return longer;
        return a.score < b.score ? -1 : a.score > b.score ? 1 : 0;
    }
    return bySize();
}

FederatedScore FederatedScoreReader::read(const json::Value &details, const RankKey &key, double score)
{
    FederatedScore out;
    out.score = score * m_weight;
    RankParts parts;
    std::vector<std::size_t> places; // of the runs among the values
    bool inRun = false;
    for (const RankEntry &entry : key.entries) {
        if (entry.name == orderRule)
            continue;
        if (standsAlone(entry.kind)) {
            out.values.push_back(valueOf(entry, m_weight));
            inRun = false;
            continue;
        }
        if (!inRun) {
            places.push_back(out.values.size());
            out.values.emplace_back();
        }
        inRun = true;
        parts.add(details, entry, places.size() - 1);
    }
    if (places.size() == 1 && !key.semantic()) { // the usual case: a node has merged the same ranks
        out.values[places.front()].number = out.score;
        return out;
    }
    if (places.empty())
        return out;
    const std::uint32_t words = rankCount(details, "words", "matchingWords");
    const RankGuess guess
        = parts.best(words, m_attributeWeight, key.semantic() ? std::nullopt : std::optional(score));
    m_attributeWeight = guess.attributeWeight;
    for (std::size_t run = 0; run < places.size(); ++run)
        out.values[places[run]].number = parts.scoreOf(run, guess) * m_weight;
    return out;
}

} // namespace miroir::merge
