// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/RankParts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace miroir::merge {

namespace {

using Unknown = RankPart::Unknown;
constexpr std::uint32_t maxTerms = 10; // a query has no more
constexpr std::uint32_t maxAttributeWeight = 255;
constexpr std::uint32_t positionsPerTerm = 10;
constexpr std::uint32_t stepsPerPair = 3;
constexpr std::uint32_t maxRankCount = 1'000'000;

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

} // namespace

std::uint32_t rankCount(const json::Value &details, std::string_view rule, std::string_view member)
{
    const auto number = details[rule][member].toU64().value_or(0);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, maxRankCount));
}

double exactNumber(const json::Value &value)
{
    double number = 0;
    const std::string_view text = value.isNumber() ? value.raw() : std::string_view();
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool standsAlone(RankEntry::Kind kind)
{
    return kind == RankEntry::Kind::Sort || kind == RankEntry::Kind::Geo || kind == RankEntry::Kind::Vector;
}

std::uint32_t RankGuess::maxOf(Unknown unknown) const
{
    switch (unknown) {
    case Unknown::Proximity:
        return stepsPerPair * (terms - 1 - gaps) + 1;
    case Unknown::Attribute:
        return attributeWeight * terms + 1;
    case Unknown::Position:
        return positionsPerTerm * terms + 1;
    case Unknown::None:
        break;
    }
    return 1;
}

bool RankParts::has(Unknown unknown) const
{
    return std::any_of(m_parts.begin(), m_parts.end(), [unknown](const RankPart &p) { return p.unknown == unknown; });
}

std::optional<Rank> RankParts::joined(const RankGuess &guess) const
{
    Rank all;
    for (const RankPart &part : m_parts) {
        std::optional<Rank> rank = part.rank;
        if (part.unknown != Unknown::None)
            rank = asRank(part.score, guess.maxOf(part.unknown));
        if (!rank)
            return std::nullopt;
        all = all.then(*rank);
    }
    return all;
}

bool RankParts::fits(const RankGuess &guess, std::optional<double> score) const
{
    const std::optional<Rank> all = joined(guess);
    return all && (!score || std::abs(all->score() - *score) < 1e-12);
}

RankGuess RankParts::best(std::uint32_t words, std::uint32_t usualWeight, std::optional<double> score) const
{
    RankGuess guess {std::max(1U, words), 0, usualWeight};
    if (fits(guess, score))
        return guess;
    for (std::uint32_t i = 0; i <= maxTerms; ++i) {
        guess.terms = i == 0 ? std::max(1U, words) : i;
        const std::uint32_t maxGaps = has(Unknown::Proximity) ? guess.terms - 1 : 0;
        for (guess.gaps = 0; guess.gaps <= maxGaps; ++guess.gaps) {
            const std::uint32_t maxWeight = has(Unknown::Attribute) ? maxAttributeWeight : 0;
            for (guess.attributeWeight = 0; guess.attributeWeight <= maxWeight; ++guess.attributeWeight) {
                if (fits(guess, score))
                    return guess;
            }
        }
    }
    return {std::max(1U, words), 0, usualWeight};
}

double RankParts::scoreOf(std::size_t run, const RankGuess &guess) const
{
    Rank all;
    for (const RankPart &part : m_parts) {
        if (part.run != run)
            continue;
        const std::uint32_t max = guess.maxOf(part.unknown);
        const double near = std::clamp(std::round(part.score * max), 0.0, static_cast<double>(max));
        all = all.then(part.unknown == Unknown::None ? part.rank : Rank {static_cast<std::uint32_t>(near), max});
    }
    return all.score();
}

void RankParts::addExactness(const json::Value &details, std::size_t run)
{
    const json::Value members = details["exactness"];
    const std::string type = members["matchType"].toString();
    const std::uint32_t rank = type == "exactMatch" ? 3 : type == "matchesStart" ? 2 : 1;
    m_parts.push_back({run, Unknown::None, {rank, 3}, 0});
    if (rank == 1 && members["matchingWords"]) {
        const std::uint32_t max = rankCount(details, "exactness", "maxMatchingWords") + 1;
        m_parts.push_back({run, Unknown::None, {rankCount(details, "exactness", "matchingWords") + 1, max}, 0});
    }
    // a node does not show the words of the other two: all of them match
}

void RankParts::add(const json::Value &details, const RankEntry &entry, std::size_t run)
{
    using Kind = RankEntry::Kind;
    const auto quotient = [&](Unknown unknown, std::string_view member) {
        m_parts.push_back({run, unknown, {}, exactNumber(details[entry.name][member])});
    };
    switch (entry.kind) {
    case Kind::Words: {
        const std::uint32_t max = std::max(1U, rankCount(details, entry.name, "maxMatchingWords"));
        m_parts.push_back({run, Unknown::None, {rankCount(details, entry.name, "matchingWords"), max}, 0});
        break;
    }
    case Kind::Typo: {
        // of the entry, where it may be that of another answer
        const auto max = static_cast<std::uint32_t>(std::clamp(entry.ranks, 1.0, double {maxRankCount}));
        const std::uint32_t typos = std::min(max, rankCount(details, entry.name, "typoCount"));
        m_parts.push_back({run, Unknown::None, {max - typos, max}, 0});
        break;
    }
    case Kind::Proximity:
        quotient(Unknown::Proximity, "score");
        break;
    case Kind::AttributeRank:
        quotient(Unknown::Attribute, "score");
        break;
    case Kind::WordPosition:
        quotient(Unknown::Position, "score");
        break;
    case Kind::Attribute:
        quotient(Unknown::Attribute, "attributeRankingOrderScore");
        quotient(Unknown::Position, "queryWordDistanceScore");
        break;
    case Kind::Exactness:
        addExactness(details, run);
        break;
    case Kind::Skipped:
        m_parts.push_back({run, Unknown::None, {0, 1}, 0});
        break;
    case Kind::Sort:
    case Kind::Geo:
    case Kind::Vector:
    case Kind::Other:
        break;
    }
}

} // namespace miroir::merge
