// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/IndexWords.h"

#include <algorithm>
#include <bit>

namespace miroir::localnode {

std::uint16_t bucketedPosition(std::uint16_t position)
{
    if (position < 16)
        return position;
    if (position < 24)
        return 24;
    const unsigned power = std::bit_ceil(static_cast<unsigned>(position));
    return static_cast<std::uint16_t>(std::min(power, 0xFFFFU));
}

std::optional<WordId> IndexWords::find(std::string_view word) const
{
    const auto it = m_ids.find(word);
    return it == m_ids.end() ? std::nullopt : std::optional(it->second);
}

WordId IndexWords::idOf(std::string_view word)
{
    const auto it = m_ids.find(word);
    if (it != m_ids.end())
        return it->second;
    const auto id = static_cast<WordId>(m_words.size());
    m_words.push_back({std::string(word), {}, false});
    m_ids.emplace(std::string(word), id);
    return id;
}

void IndexWords::add(WordId id, Occurrence place)
{
    Word &word = m_words[id];
    if (word.places.empty())
        m_stale = true;
    else if (!word.unsorted && place < word.places.back()) {
        word.unsorted = true;
        m_unsorted.push_back(id);
    }
    word.places.push_back(place);
}

void IndexWords::removeDocuments(const IndexSet &documents, const std::vector<WordId> &words)
{
    std::vector<WordId> unique = words;
    std::sort(unique.begin(), unique.end());
    unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
    for (const WordId id : unique) {
        auto &places = m_words[id].places;
        std::erase_if(places, [&documents](const Occurrence &o) { return documents.contains(o.doc); });
        if (places.empty())
            m_stale = true;
    }
}

void IndexWords::finish()
{
    for (const WordId id : m_unsorted) {
        Word &word = m_words[id];
        std::sort(word.places.begin(), word.places.end());
        word.unsorted = false;
    }
    m_unsorted.clear();
}

void IndexWords::clear()
{
    *this = IndexWords();
}

const std::vector<WordId> &IndexWords::sorted() const
{
    if (!m_stale)
        return m_sorted;
    // Only when a word appeared or vanished; a search after each single write pays a few milliseconds.
    m_sorted.clear();
    for (WordId id = 0; id < m_words.size(); ++id) {
        if (!m_words[id].places.empty())
            m_sorted.push_back(id);
    }
    std::sort(m_sorted.begin(), m_sorted.end(),
              [this](WordId a, WordId b) { return m_words[a].text < m_words[b].text; });
    m_stale = false;
    return m_sorted;
}

std::pair<std::size_t, std::size_t> IndexWords::prefixRange(std::string_view prefix) const
{
    const auto &list = sorted();
    const auto first = std::lower_bound(list.begin(), list.end(), prefix, [this](WordId id, std::string_view p) {
        return std::string_view(m_words[id].text) < p;
    });
    const auto last = std::partition_point(first, list.end(),
                                           [&](WordId id) { return m_words[id].text.starts_with(prefix); });
    return {static_cast<std::size_t>(first - list.begin()), static_cast<std::size_t>(last - list.begin())};
}

std::size_t IndexWords::endOfPrefix(std::size_t from, std::string_view prefix) const
{
    // In growing steps, for most beginnings are shared by few words.
    const auto &list = sorted();
    const auto shares = [&](std::size_t i) { return m_words[list[i]].text.starts_with(prefix); };
    std::size_t step = 1;
    std::size_t low = from;
    while (low + step < list.size() && shares(low + step)) {
        low += step;
        step *= 2;
    }
    std::size_t high = std::min(low + step, list.size());
    while (low + 1 < high) {
        const std::size_t middle = low + (high - low) / 2;
        (shares(middle) ? low : high) = middle;
    }
    return high;
}

} // namespace miroir::localnode
