// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/ScoreValues.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace miroir::merge {

namespace {

using Kind = RankEntry::Kind;

bool isSort(const RankEntry &entry)
{
    return entry.kind == Kind::Sort || entry.kind == Kind::Geo;
}

/// Into how many ranks a rule divides when the answer does not tell: the least number that makes the share whole.
double ranksOf(const RankEntry &entry)
{
    constexpr int most = 4096;
    constexpr double tolerance = 1e-9;
    if (entry.ranks > 0)
        return entry.ranks;
    for (int ranks = 1; ranks < most; ++ranks) {
        const double rank = entry.score * ranks;
        if (std::abs(rank - std::round(rank)) < tolerance)
            return ranks;
    }
    return most;
}

/// The shares of consecutive rules as one: a number whose digits are the ranks, most important first.
double joined(const RankEntry *first, const RankEntry *last)
{
    double share = (last - 1)->score;
    for (const RankEntry *entry = last - 1; entry != first;) {
        --entry;
        const double ranks = ranksOf(*entry);
        share = (std::round(entry->score * ranks) - 1 + share) / ranks;
    }
    return share;
}

std::weak_ordering compareScores(double a, double b)
{
    if (std::abs(a - b) <= std::numeric_limits<double>::epsilon())
        return std::weak_ordering::equivalent;
    return a < b ? std::weak_ordering::less : std::weak_ordering::greater;
}

} // namespace

std::vector<ScoreValue> scoreValues(const Hit &hit)
{
    const std::size_t rules = hit.key.ownRules();
    const RankEntry *entry = hit.key.entries.data();
    const RankEntry *end = entry + rules;
    std::vector<ScoreValue> values;
    const bool sorted = std::any_of(entry, end, isSort);
    while (entry != end) {
        if (isSort(*entry)) {
            values.push_back({0, entry++});
            continue;
        }
        if (entry->kind == Kind::Vector) {
            // a node keeps similarities in single precision
            const auto similarity = static_cast<float>(entry->number);
            values.push_back({entry->value == RankEntry::Value::Number ? static_cast<double>(similarity) : 0, nullptr});
            ++entry;
            continue;
        }
        const RankEntry *last = std::find_if(
            entry, end, [](const RankEntry &e) { return isSort(e) || e.kind == Kind::Vector; });
        // without sort rules the node has written the joined score itself
        values.push_back({sorted ? joined(entry, last) : hit.score, nullptr});
        entry = last;
    }
    return values;
}

std::weak_ordering compareWeighted(const Hit &a, double weightOfA, const Hit &b, double weightOfB)
{
    const std::vector<ScoreValue> left = scoreValues(a);
    const std::vector<ScoreValue> right = scoreValues(b);
    const std::size_t both = std::min(left.size(), right.size());
    for (std::size_t i = 0; i < both; ++i) {
        const ScoreValue &l = left[i];
        const ScoreValue &r = right[i];
        std::weak_ordering order = std::weak_ordering::equivalent;
        if (l.entry == nullptr && r.entry == nullptr)
            order = compareScores(l.score * weightOfA, r.score * weightOfB);
        else if (l.entry != nullptr && r.entry != nullptr)
            order = 0 <=> compare(*l.entry, *r.entry); // there the better comes first
        else if (l.entry == nullptr)
            order = l.score == 0 ? std::weak_ordering::less : std::weak_ordering::greater;
        else
            order = r.score == 0 ? std::weak_ordering::greater : std::weak_ordering::less;
        if (order != 0)
            return order;
    }
    return left.size() <=> right.size();
}

} // namespace miroir::merge
