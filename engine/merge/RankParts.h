// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/RankKey.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace miroir::merge {

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
struct RankPart {
    enum class Unknown : std::uint8_t { None, Proximity, Attribute, Position };
    std::size_t run = 0;
    Unknown unknown = Unknown::None;
    Rank rank; // when known
    double score = 0; // else
};

/// What is guessed about the query: so many terms, so many neighbours that do not stand together, the greatest weight
/// of a searched attribute.
struct RankGuess {
    std::uint32_t terms = 1, gaps = 0, attributeWeight = 0;
    [[nodiscard]] std::uint32_t maxOf(RankPart::Unknown unknown) const;
};

/// The ranks behind a `_rankingScore`. A node joins the ranks of its rules of relevancy as integers and shows of some
/// rules a quotient only; the integers are found again as those that a query of so many words can have and that
/// together give the score. (milli/src/score_details.rs)
class RankParts
{
public:
    /// The ranks of one rule of relevancy; runs are numbered by the caller, in the order of rules.
    void add(const json::Value &details, const RankEntry &entry, std::size_t run);
    /// The guess that gives the score; without a score any that makes all quotients whole. Where there is none, one
    /// with that many words and the usual weight: fits() tells.
    [[nodiscard]] RankGuess best(std::uint32_t words, std::uint32_t usualWeight, std::optional<double> score) const;
    [[nodiscard]] bool fits(const RankGuess &guess, std::optional<double> score) const;
    /// All ranks as one; nothing when a quotient is not whole.
    [[nodiscard]] std::optional<Rank> joined(const RankGuess &guess) const;
    /// The score of one run.
    [[nodiscard]] double scoreOf(std::size_t run, const RankGuess &guess) const;

private:
    [[nodiscard]] bool has(RankPart::Unknown unknown) const;
    void addExactness(const json::Value &details, std::size_t run);

    std::vector<RankPart> m_parts;
};

/// Rules that are no rules of relevancy: sort values, distances, similarities.
[[nodiscard]] bool standsAlone(RankEntry::Kind kind);
/// A count in the entry of a rule.
[[nodiscard]] std::uint32_t rankCount(const json::Value &details, std::string_view rule, std::string_view member);
/// The number as it is written. (Value::toDouble() reads it as a node reads documents, which may be one bit off.)
[[nodiscard]] double exactNumber(const json::Value &value);

} // namespace miroir::merge
