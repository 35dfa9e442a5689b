// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "localnode/IndexSet.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace miroir::localnode {

using WordId = std::uint32_t;

/// A word at one place of a document.
struct Occurrence {
    std::uint32_t doc = 0;
    std::uint16_t field = 0;
    std::uint16_t position = 0; ///< exact, not bucketed
    auto operator<=>(const Occurrence &) const = default;
};

/// Positions are compared by ranking rules only in buckets: exact up to 16, then 24, then powers of two.
std::uint16_t bucketedPosition(std::uint16_t position);

/// The inverted index: for each word the sorted list of its places. Everything else that ranking asks (documents of a
/// word, of a word in a field, at a position, of two words close to each other) is read from these lists.
class IndexWords
{
public:
    [[nodiscard]] std::optional<WordId> find(std::string_view word) const;
    WordId idOf(std::string_view word); ///< adds it
    [[nodiscard]] const std::string &text(WordId word) const { return m_words[word].text; }
    [[nodiscard]] const std::vector<Occurrence> &occurrences(WordId word) const { return m_words[word].places; }

    /// Places may come in any order; finish() sorts what was touched.
    void add(WordId word, Occurrence place);
    /// Drops the places of these documents; `words` names each word that occurs in them (repeats allowed).
    void removeDocuments(const IndexSet &documents, const std::vector<WordId> &words);
    void finish();
    void clear();

    /// Words that occur somewhere, in byte order.
    [[nodiscard]] const std::vector<WordId> &sorted() const;
    /// Range of sorted() that begins with the prefix.
    [[nodiscard]] std::pair<std::size_t, std::size_t> prefixRange(std::string_view prefix) const;
    /// First place of sorted() behind `from` that does not begin with the prefix; the word at `from` does.
    [[nodiscard]] std::size_t endOfPrefix(std::size_t from, std::string_view prefix) const;

private:
    struct Word {
        std::string text;
        std::vector<Occurrence> places;
        bool unsorted = false;
    };
    std::vector<Word> m_words;
    std::unordered_map<std::string, WordId, StringHash, std::equal_to<>> m_ids;
    std::vector<WordId> m_unsorted;
    mutable std::vector<WordId> m_sorted;
    mutable bool m_stale = true;
};

} // namespace miroir::localnode
