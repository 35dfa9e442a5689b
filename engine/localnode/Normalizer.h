// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Text as Meilisearch compares it: compatibility decomposition, lower case, marks removed. Pure, over ICU.
namespace miroir::localnode {

enum class Script : std::uint8_t {
    Other, ///< digits, punctuation, spaces, and scripts without a rule of their own
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Georgian,
    Hebrew,
    Arabic,
    Thai,
    Khmer,
    Hangul,
    Cj, ///< Han, Hiragana, Katakana
    Plain, ///< a script that parts words from others but has no rule
};
Script scriptOf(char32_t c);

/// Decodes one code point at `at` and moves behind it; bytes that are no UTF-8 give U+FFFD.
char32_t nextCode(std::string_view text, std::size_t &at);
void appendCode(std::string &out, char32_t c);
std::size_t codeCount(std::string_view text);
/// Length in bytes of the first code point; 0 for the empty text.
std::size_t firstCodeBytes(std::string_view text);
bool isNumericCode(char32_t c);
bool isSpaceCode(char32_t c);
std::string_view trimmed(std::string_view text); ///< Unicode white space at both ends

/// How many bytes each original character has, and how many its normal form.
using CharMap = std::vector<std::pair<std::uint8_t, std::uint8_t>>;

/// The form in which words are classified (stop words, separators): decomposed, without control characters.
/// `map`, when given, is filled with one entry for each character.
std::string decomposed(std::string_view word, CharMap *map = nullptr);
/// From the decomposed form to the one that is indexed; `map` is brought along.
std::string folded(std::string_view word, Script script, CharMap *map = nullptr);

/// Facet values and filter values: trimmed, decomposed, lower case.
std::string normalisedFacet(std::string_view value);
/// What facet search compares: a whole value folded like a word.
std::string foldedFacet(std::string_view value);
/// Longest beginning of at most `bytes` bytes that ends at a character.
std::string_view truncatedTo(std::string_view text, std::size_t bytes);

} // namespace miroir::localnode
