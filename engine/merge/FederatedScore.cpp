// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FederatedScore.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace miroir::merge {

namespace {

using Kind = RankEntry::Kind;
constexpr std::uint32_t maxTerms = 10; // a query has no more
constexpr std::uint32_t maxAttributeWeight = 255;
constexpr std::uint32_t positionsPerTerm = 10;
constexpr std::uint32_t stepsPerPair = 3;

/// A place among so many, as a node counts: 32 bits that wrap around.
struct Rank {
    std::uint32_t rank = 1, max = 1;
    [[nodiscard]] Rank then(const Rank &inner) const
    {
        return {(rank == 0 ? 0 : rank - 1) * inner.max + inner.rank, max * inner.max};
    }
    [[nodiscard]] double score() const { return static_cast<double>(rank) / static_cast<double>(max); }
};

/// One rank of the details: known, or a quotient whose maximum depends on the words of the query.
struct Part {
    enum class Unknown : std::uint8_t { None, Proximity, Attribute, Position };
    std::size_t run = 0;
    Unknown unknown = Unknown::None;
    Rank rank; // when known
    double score = 0; // else
};

std::uint32_t count(const json::Value &details, std::string_view rule, std::string_view member)
{
    const auto number = details[rule][member].toU64().value_or(0);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, 1'000'000));
}

/// The rank whose quotient that is, when it is one of `max`.
std::optional<Rank> asRank(double score, std::uint32_t max)
{
    constexpr double tolerance = 1e-9;
    const double rank = score * static_cast<double>(max);
    const double whole = std::round(rank);
    if (whole < 0 || whole > static_cast<double>(max) || std::abs(rank - whole) > tolerance * std::max(1.0, whole))
        return std::nullopt;
    return Rank {static_cast<std::uint32_t>(whole), max};
}

/// What is guessed about the query: so many terms, so many neighbours that do not stand together, the greatest weight
/// of a searched attribute.
struct Guess {
    std::uint32_t terms = 1, gaps = 0, attributeWeight = 0;
    [[nodiscard]] std::uint32_t maxOf(Part::Unknown unknown) const
    {
        switch (unknown) {
        case Part::Unknown::Proximity:
            return stepsPerPair * (terms - 1 - gaps) + 1;
        case Part::Unknown::Attribute:
            return attributeWeight * terms + 1;
        case Part::Unknown::Position:
            return positionsPerTerm * terms + 1;
        case Part::Unknown::None:
            break;
        }
        return 1;
    }
};

class Runs
{
public:
    std::vector<Part> parts;

    [[nodiscard]] bool has(Part::Unknown unknown) const
    {
        return std::any_of(parts.begin(), parts.end(), [unknown](const Part &p) { return p.unknown == unknown; });
    }
    [[nodiscard]] bool fits(const Guess &guess, std::optional<double> score) const
    {
        Rank all;
        for (const Part &part : parts) {
            std::optional<Rank> rank = part.rank;
            if (part.unknown != Part::Unknown::None)
                rank = asRank(part.score, guess.maxOf(part.unknown));
            if (!rank)
                return false;
            all = all.then(*rank);
        }
        return !score || std::abs(all.score() - *score) < 1e-12;
    }
    [[nodiscard]] Guess best(std::uint32_t words, std::uint32_t usualWeight, std::optional<double> score) const
    {
        Guess guess {std::max(1U, words), 0, usualWeight};
        if (fits(guess, score))
            return guess;
        for (std::uint32_t i = 0; i <= maxTerms; ++i) {
            guess.terms = i == 0 ? std::max(1U, words) : i;
            const std::uint32_t maxGaps = has(Part::Unknown::Proximity) ? guess.terms - 1 : 0;
            for (guess.gaps = 0; guess.gaps <= maxGaps; ++guess.gaps) {
                const std::uint32_t maxWeight = has(Part::Unknown::Attribute) ? maxAttributeWeight : 0;
                for (guess.attributeWeight = 0; guess.attributeWeight <= maxWeight; ++guess.attributeWeight) {
                    if (fits(guess, score))
                        return guess;
                }
            }
        }
        return {std::max(1U, words), 0, usualWeight};
    }
    /// The weighted score of one run.
    [[nodiscard]] double scoreOf(std::size_t run, const Guess &guess) const
    {
        Rank all;
        for (const Part &part : parts) {
            if (part.run != run)
                continue;
            const std::uint32_t max = guess.maxOf(part.unknown);
            const double near = std::clamp(std::round(part.score * max), 0.0, static_cast<double>(max));
            all = all.then(
                part.unknown == Part::Unknown::None ? part.rank : Rank {static_cast<std::uint32_t>(near), max});
        }
        return all.score();
    }
};

void addExactness(const json::Value &details, std::size_t run, Runs &runs)
{
    const json::Value members = details["exactness"];
    const std::string type = members["matchType"].toString();
    const std::uint32_t rank = type == "exactMatch" ? 3 : type == "matchesStart" ? 2 : 1;
    runs.parts.push_back({run, Part::Unknown::None, {rank, 3}, 0});
    if (rank == 1 && members["matchingWords"]) {
        const std::uint32_t max = count(details, "exactness", "maxMatchingWords") + 1;
        runs.parts.push_back(
            {run, Part::Unknown::None, {count(details, "exactness", "matchingWords") + 1, max}, 0});
    }
    // a node does not show the words of the other two: all of them match
}

/// Adds the ranks of one rule of relevancy.
void addRanks(const json::Value &details, const RankEntry &entry, std::size_t run, Runs &runs)
{
    const json::Value members = details[entry.name];
    const auto quotient = [&](Part::Unknown unknown, std::string_view member) {
        runs.parts.push_back({run, unknown, {}, exactNumber(members[member])});
    };
    switch (entry.kind) {
    case Kind::Words: {
        const std::uint32_t max = std::max(1U, count(details, entry.name, "maxMatchingWords"));
        runs.parts.push_back({run, Part::Unknown::None, {count(details, entry.name, "matchingWords"), max}, 0});
        break;
    }
    case Kind::Typo: {
        const std::uint32_t max = count(details, entry.name, "maxTypoCount") + 1;
        const std::uint32_t typos = std::min(max, count(details, entry.name, "typoCount"));
        runs.parts.push_back({run, Part::Unknown::None, {max - typos, max}, 0});
        break;
    }
    case Kind::Proximity:
        quotient(Part::Unknown::Proximity, "score");
        break;
    case Kind::AttributeRank:
        quotient(Part::Unknown::Attribute, "score");
        break;
    case Kind::WordPosition:
        quotient(Part::Unknown::Position, "score");
        break;
    case Kind::Attribute:
        quotient(Part::Unknown::Attribute, "attributeRankingOrderScore");
        quotient(Part::Unknown::Position, "queryWordDistanceScore");
        break;
    case Kind::Exactness:
        addExactness(details, run, runs);
        break;
    case Kind::Skipped:
        runs.parts.push_back({run, Part::Unknown::None, {0, 1}, 0});
        break;
    case Kind::Sort:
    case Kind::Geo:
    case Kind::Vector:
    case Kind::Other:
        break;
    }
}

bool standsAlone(Kind kind)
{
    return kind == Kind::Sort || kind == Kind::Geo || kind == Kind::Vector;
}

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

double exactNumber(const json::Value &value)
{
    double number = 0;
    const std::string_view text = value.isNumber() ? value.raw() : std::string_view();
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

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
    Runs runs;
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
        addRanks(details, entry, places.size() - 1, runs);
    }
    if (places.size() == 1 && !key.semantic()) { // the usual case: a node has merged the same ranks
        out.values[places.front()].number = out.score;
        return out;
    }
    if (places.empty())
        return out;
    const std::uint32_t words = count(details, "words", "matchingWords");
    const Guess guess
        = runs.best(words, m_attributeWeight, key.semantic() ? std::nullopt : std::optional(score));
    m_attributeWeight = guess.attributeWeight;
    for (std::size_t run = 0; run < places.size(); ++run)
        out.values[places[run]].number = runs.scoreOf(run, guess) * m_weight;
    return out;
}

} // namespace miroir::merge
