// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryTerm.h"

#include <algorithm>
#include <iterator>

namespace miroir::localnode {

namespace {

std::vector<std::uint32_t> common(const std::vector<std::uint32_t> &a, const std::vector<std::uint32_t> &b)
{
    std::vector<std::uint32_t> out;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

std::size_t hashOf(const TypoSubset &subset, std::size_t seed)
{
    seed = mixHash(seed, static_cast<std::size_t>(subset.kind));
    for (const WordRef word : subset.words)
        seed = mixHash(seed, word);
    for (const PhraseRef phrase : subset.phrases)
        seed = mixHash(seed, phrase + 0x10000U);
    return seed;
}

} // namespace

bool TypoSubset::hasWord(WordRef word) const
{
    return kind == Kind::All || (kind == Kind::Some && std::binary_search(words.begin(), words.end(), word));
}

bool TypoSubset::hasPhrase(PhraseRef phrase) const
{
    return kind == Kind::All || (kind == Kind::Some && std::binary_search(phrases.begin(), phrases.end(), phrase));
}

void TypoSubset::intersect(const TypoSubset &other)
{
    if (kind == Kind::All) {
        *this = other;
    } else if (kind == Kind::Some && other.kind == Kind::None) {
        *this = other;
    } else if (kind == Kind::Some && other.kind == Kind::Some) {
        words = common(words, other.words);
        phrases = common(phrases, other.phrases);
    }
}

std::size_t LocatedSubset::hash(std::size_t seed) const
{
    seed = mixHash(seed, subset.term);
    seed = hashOf(subset.zero, seed);
    seed = hashOf(subset.one, seed);
    seed = hashOf(subset.two, seed);
    seed = mixHash(seed, static_cast<std::size_t>(subset.mandatory));
    seed = mixHash(seed, (std::size_t {firstPosition} << 16U) | lastPosition);
    return mixHash(seed, (std::size_t {firstId} << 8U) | lastId);
}

} // namespace miroir::localnode
