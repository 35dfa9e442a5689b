// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verify/Compare.h"
#include "verify/Replay.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Telling expected differences from faults. Pure: what has to be asked for it is asked by the caller.
namespace miroir::ctl {

/// What the settings of the index say about a request.
struct IndexTraits {
    std::string primaryKey;
    bool distinct = false; ///< distinctAttribute is set
    std::string distinctAttribute; ///< then, which
    /// Attributes with several values in a document that filters do not tell apart: by those a cluster cannot ask for
    /// what nodes have dropped on their own.
    std::set<std::string> vague;
    bool facetsByCount = false; ///< some facet is sorted by count
    std::uint64_t maxTotalHits = 1000; ///< of the settings: so many candidates the cluster looks at one by one
    bool sameInsertion = false; ///< the reference got the documents in the order of the cluster
};

/// One hit of a long list, with the counts of its ranking rules.
struct RankedHit {
    std::string id;
    std::string counts;
};

/// What further requests have shown.
struct Evidence {
    /// The same request with every word in quotation marks, so that no word is derived, is answered alike.
    bool alikeWithoutDerivation = false;
    /// The longest list that either server gives for the same request, best first. Empty: not asked.
    std::vector<RankedHit> cluster, reference;
    /// Documents that the reference finds without distinct and threshold; nothing: not known.
    std::optional<std::uint64_t> candidates {};
};

/// The lists that rankedList() reads, and the request for them.
protocol::SearchRequest longList(protocol::SearchRequest search, const std::string &primaryKey);
std::vector<RankedHit> rankedList(const QByteArray &answer, const std::string &primaryKey);
/// The same without derivation; nothing when there is no word to derive from.
std::optional<protocol::SearchRequest> withoutDerivation(protocol::SearchRequest search);

/// The request whose total is the number of candidates; nothing where the settings have a distinct attribute, which no
/// request can put off.
std::optional<protocol::SearchRequest> countOfCandidates(protocol::SearchRequest search, const IndexTraits &traits);
std::optional<std::uint64_t> totalOf(const QByteArray &answer);

/// True when some difference needs evidence to be judged.
bool needsEvidence(const std::vector<Difference> &differences);
/// Writes its reason into each difference that has one. Without evidence only what the request itself explains.
void explain(std::vector<Difference> &differences, const Replay &replay, const IndexTraits &traits,
    const Evidence *evidence = nullptr);

} // namespace miroir::ctl
