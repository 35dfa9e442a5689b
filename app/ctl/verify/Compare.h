// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <QByteArray>

#include <string>
#include <vector>

/// Comparing the answers of two servers to one request. Pure.
namespace miroir::ctl {

struct ServerAnswer {
    int status = 0;
    QByteArray body;
};

enum class DifferenceClass : std::uint8_t {
    Status, ///< another HTTP status
    Error, ///< another error
    Form, ///< one of them is no JSON of that kind
    HitsSet, ///< other documents
    HitsOrder, ///< the same documents in another order
    HitMembers, ///< a hit has other members or values
    RankDetails, ///< other counts in _rankingScoreDetails
    ScoreDigits, ///< only scores and their maxima
    Highlight, ///< only _formatted or _matchesPosition
    KeyOrder, ///< only the order of members inside a hit
    Totals, ///< number of hits or pages
    FacetTies, ///< facet values of equal count in another order, or others of them at the cut
    FacetForm, ///< the same facet values, written in another way
    Facets, ///< facet values, counts or stats
    Other, ///< any other member
};
inline constexpr std::size_t differenceClasses = static_cast<std::size_t>(DifferenceClass::Other) + 1;
/// Name as reports have it: "hits set".
const char *className(DifferenceClass kind);

/// Why a difference is expected; `None`: it is not.
enum class Reason : std::uint8_t {
    None,
    KeyOrder,
    Derivation,
    Frequency,
    DistinctHits,
    DistinctTotals,
    DistinctFacets,
    Threshold,
    ScoreMaxima,
    Highlight,
    Geo,
    FacetTies,
    FacetForm,
    FacetMixed,
    Insertion,
    Vectors,
};
/// A sentence, and the document that says more. Empty for None.
const char *reasonText(Reason reason);

struct Difference {
    DifferenceClass kind = DifferenceClass::Other;
    std::string where; ///< path of the member, "results[1].hits"
    std::string detail; ///< for people: what stands on either side
    Reason reason = Reason::None;
    bool mixedFacet = false; ///< of a facet in which some values read as numbers and others do not
    [[nodiscard]] bool documented() const { return reason != Reason::None; }
};

/// Everything in which the answers differ; empty when they are equal but for processing times and the ids of requests.
/// primaryKey: tells documents apart; where a hit lacks it all its members do.
std::vector<Difference> compareAnswers(
    const ServerAnswer &cluster, const ServerAnswer &reference, const std::string &primaryKey);

/// JSON without space, the members of every object in byte order: equal texts mean equal values, to the last digit.
std::string canonical(const json::Value &value);
/// What names the document of that hit.
std::string hitId(const json::Value &hit, const std::string &primaryKey);
/// _rankingScoreDetails without the numbers that depend on what else a server holds.
std::string rankCounts(const json::Value &details);

} // namespace miroir::ctl
