// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryContext.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

/// Edit distance with neighbouring letters swapped as one edit (optimal string alignment), from a query word to words
/// that are asked in byte order, so that the work on common beginnings is done once. With `prefix` the distance is
/// that to the nearest beginning of the word.
class EditDistance
{
public:
    EditDistance(std::string_view query, std::uint32_t limit, bool prefix);
    /// The distance when it is at most the limit, else limit + 1.
    std::uint32_t to(std::string_view word);
    /// Bytes of the last word that already made it hopeless; words with the same beginning need not be asked. 0: none.
    [[nodiscard]] std::size_t deadBytes() const { return m_deadBytes; }

private:
    std::u32string m_query;
    std::uint32_t m_limit;
    bool m_prefix;
    std::string m_last; // the word whose rows are kept
    std::vector<char32_t> m_chars;
    std::vector<std::size_t> m_ends; // byte behind each character
    std::vector<std::vector<std::uint32_t>> m_rows; // [0] is that of the empty word
    std::vector<std::uint32_t> m_best; // smallest last cell up to each row
    std::size_t m_deadBytes = 0;
};

/// How many typos a word may have by the settings.
std::uint8_t allowedTypos(const IndexData &data, std::string_view word);
/// A term with all that it may stand for without typos.
QueryTerm termFromWord(QueryContext &context, std::string_view word, std::uint8_t maxTypos, bool prefix);
/// Finds the words with typos and the best split of a term, once.
void deriveTypos(QueryContext &context, TermRef term);

} // namespace miroir::localnode
