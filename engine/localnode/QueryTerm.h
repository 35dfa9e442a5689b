// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace miroir::localnode {

/// Numbers that hold for one search only, given in the order in which things were first met.
using WordRef = std::uint32_t;
using PhraseRef = std::uint32_t;
using TermRef = std::uint32_t;

/// Words that stand next to each other; nullopt is a stop word in between.
using PhraseWords = std::vector<std::optional<WordRef>>;

/// A word as a rule asks for it: found by a typo or joined from several (derived), it does not count in fields
/// where typos are disabled.
struct UsedWord {
    bool derived = false;
    WordRef word = 0;
    auto operator<=>(const UsedWord &) const = default;
};

/// One word, phrase or joined word of the query with all that it may stand for.
struct QueryTerm {
    WordRef original = 0;
    std::vector<WordRef> ngramWords; ///< the words it was joined from; empty for plain words and phrases
    std::uint8_t maxTypos = 0;
    bool prefix = false;
    // without typo
    std::optional<PhraseRef> phrase;
    std::optional<WordRef> exact;
    std::vector<WordRef> prefixOf; ///< ascending
    std::vector<PhraseRef> synonyms; ///< ascending
    std::optional<WordRef> prefixWord; ///< set when the prefix is so common that it is looked up as a whole
    // with typos, found when first needed
    bool derived = false;
    std::vector<WordRef> oneTypo, twoTypos; ///< ascending
    std::optional<PhraseRef> splitWords;

    [[nodiscard]] bool isNgram() const { return !ngramWords.empty(); }
};

/// All, some or none of the words that a term has with a number of typos.
struct TypoSubset {
    enum class Kind : std::uint8_t { All, Some, None };
    Kind kind = Kind::All;
    std::vector<WordRef> words; ///< for Some, ascending
    std::vector<PhraseRef> phrases;
    bool operator==(const TypoSubset &) const = default;
    [[nodiscard]] bool isEmpty() const
    {
        return kind == Kind::None || (kind == Kind::Some && words.empty() && phrases.empty());
    }
    [[nodiscard]] bool hasWord(WordRef word) const;
    [[nodiscard]] bool hasPhrase(PhraseRef phrase) const;
    void intersect(const TypoSubset &other);
};

/// The part of a term that is still possible after earlier rules.
struct TermSubset {
    TermRef term = 0;
    TypoSubset zero, one, two;
    bool mandatory = false;
    bool operator==(const TermSubset &) const = default;
};

/// A subset with its place in the query.
struct LocatedSubset {
    TermSubset subset;
    std::uint16_t firstPosition = 0, lastPosition = 0;
    std::uint8_t firstId = 0, lastId = 0; ///< which query words it covers
    bool operator==(const LocatedSubset &) const = default;
    [[nodiscard]] std::uint32_t idCount() const { return static_cast<std::uint32_t>(lastId - firstId + 1); }
    [[nodiscard]] std::size_t hash(std::size_t seed = 0) const;
};

struct LocatedTerm {
    TermRef term = 0;
    std::uint16_t firstPosition = 0, lastPosition = 0;
};

inline std::size_t mixHash(std::size_t seed, std::size_t value)
{
    return seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U));
}

} // namespace miroir::localnode
