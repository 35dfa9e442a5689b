// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryContext.h"
#include "localnode/RankBuckets.h"
#include "localnode/SearchRules.h"

#include <initializer_list>
#include <vector>

namespace miroir::localnode {

/// A document that a rule puts at a place of the answer.
struct Pin
{
    DocId docid = 0;
    std::uint32_t position = 0; ///< from 0
};
inline constexpr std::size_t pinLimit = 100; ///< of one search

/// The pins of a search, in the order of precedence. Each document is pinned once, and only if it is in the universe,
/// which it leaves: it does not compete any more.
std::vector<Pin> takePins(
    const QueryContext &context, const std::vector<LocatedTerm> &terms, const RulesNow &now, IndexSet &universe);
/// Joins pins and ranked documents up to `length`: a pin waits for its place, and those behind it wait with it, unless
/// there is no other document left.
std::vector<RankedDocument> withPins(
    const std::vector<Pin> &pins, std::vector<RankedDocument> ranked, std::size_t length);
/// Takes the pins out of ranked lists, each document once, in the order of positions, and adds them to `pinned`.
std::vector<Pin> separatePins(std::initializer_list<std::vector<RankedDocument> *> lists, IndexSet &pinned);
/// A node searches every index as if it were a part of a federated search: pins that have got a place in the order of
/// precedence are placed again in the order of their positions. Gives the number of pins.
std::size_t sortPins(std::vector<RankedDocument> &documents, std::size_t length);

} // namespace miroir::localnode
