// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Rescale.h"

#include "merge/RankParts.h"

#include <algorithm>
#include <map>

namespace miroir::merge {

namespace {

using Kind = RankEntry::Kind;

RankEntry *entryOf(Hit &hit, Kind kind)
{
    const auto found = std::find_if(
        hit.key.entries.begin(), hit.key.entries.end(), [kind](const RankEntry &e) { return e.kind == kind; });
    return found == hit.key.entries.end() ? nullptr : &*found;
}

RankParts partsOf(const Hit &hit)
{
    const json::Value details = hit.object["_rankingScoreDetails"];
    RankParts parts;
    for (const RankEntry &entry : hit.key.entries) {
        if (!standsAlone(entry.kind))
            parts.add(details, entry, 0);
    }
    return parts;
}

void rescaleOne(Hit &hit, RankEntry &typo, double ranks, std::uint32_t &usualWeight)
{
    const RankParts parts = partsOf(hit);
    const RankEntry *words = entryOf(hit, Kind::Words);
    const auto matching = words == nullptr ? std::uint32_t {1} : static_cast<std::uint32_t>(words->rank);
    const RankGuess guess = parts.best(matching, usualWeight, hit.score);
    if (!parts.fits(guess, hit.score))
        return;
    usualWeight = guess.attributeWeight;
    typo.ranks = ranks;
    typo.score = (ranks + static_cast<double>(typo.rank)) / ranks; // the rank is less the more typos there are
    hit.maxTypos = static_cast<std::uint32_t>(ranks) - 1;
    hit.score = partsOf(hit).joined(guess)->score();
}

} // namespace

void rescale(std::vector<Hit> &hits)
{
    // the words that are left in the query decide, too
    std::map<std::int64_t, double> most;
    bool differ = false;
    const auto wordsOf = [](Hit &hit) {
        const RankEntry *words = entryOf(hit, Kind::Words);
        return words == nullptr ? 0 : words->rank;
    };
    for (Hit &hit : hits) {
        const RankEntry *typo = entryOf(hit, Kind::Typo);
        if (typo == nullptr || hit.key.semantic())
            continue;
        const auto [place, fresh] = most.try_emplace(wordsOf(hit), typo->ranks);
        differ = differ || place->second != typo->ranks;
        place->second = std::max(place->second, typo->ranks);
    }
    if (!differ)
        return;
    std::uint32_t usualWeight = 0;
    for (Hit &hit : hits) {
        RankEntry *typo = entryOf(hit, Kind::Typo);
        if (typo == nullptr || hit.key.semantic())
            continue;
        if (const double ranks = most.at(wordsOf(hit)); typo->ranks < ranks)
            rescaleOne(hit, *typo, ranks, usualWeight);
    }
}

} // namespace miroir::merge
