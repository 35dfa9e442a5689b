// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryDerive.h"

#include <algorithm>

namespace miroir::localnode {

EditDistance::EditDistance(std::string_view query, std::uint32_t limit, bool prefix) : m_limit(limit), m_prefix(prefix)
{
    for (std::size_t at = 0; at < query.size();)
        m_query.push_back(nextCode(query, at));
    std::vector<std::uint32_t> first(m_query.size() + 1);
    for (std::size_t i = 0; i < first.size(); ++i)
        first[i] = static_cast<std::uint32_t>(i);
    m_best.push_back(first.back());
    m_rows.push_back(std::move(first));
}

std::uint32_t EditDistance::to(std::string_view word)
{
    const auto mismatch = std::mismatch(word.begin(), word.end(), m_last.begin(), m_last.end()).first;
    const auto shared = static_cast<std::size_t>(mismatch - word.begin());
    std::size_t kept = 0;
    while (kept < m_ends.size() && m_ends[kept] <= shared)
        ++kept;
    m_chars.resize(kept);
    m_ends.resize(kept);
    m_rows.resize(kept + 1);
    m_best.resize(kept + 1);
    m_last.assign(word);
    m_deadBytes = 0;
    const std::size_t n = m_query.size();
    for (std::size_t at = kept == 0 ? 0 : m_ends.back(); at < word.size();) {
        const char32_t c = nextCode(word, at);
        const std::vector<std::uint32_t> &above = m_rows.back();
        std::vector<std::uint32_t> row(n + 1);
        row[0] = above[0] + 1;
        std::uint32_t smallest = row[0];
        for (std::size_t i = 1; i <= n; ++i) {
            const std::uint32_t change = above[i - 1] + (m_query[i - 1] == c ? 0 : 1);
            row[i] = std::min({change, above[i] + 1, row[i - 1] + 1});
            if (i > 1 && !m_chars.empty() && m_query[i - 2] == c && m_query[i - 1] == m_chars.back())
                row[i] = std::min(row[i], m_rows[m_rows.size() - 2][i - 2] + 1);
            smallest = std::min(smallest, row[i]);
        }
        m_best.push_back(std::min(m_best.back(), row.back()));
        m_rows.push_back(std::move(row));
        m_chars.push_back(c);
        m_ends.push_back(at);
        // A swap reads the row before, so a row is hopeless only when the one above it is as well.
        const auto &previous = m_rows[m_rows.size() - 2];
        if (smallest > m_limit && *std::min_element(previous.begin(), previous.end()) > m_limit) {
            m_deadBytes = m_prefix && m_best.back() <= m_limit ? 0 : at; // else every longer word matches
            return m_prefix ? std::min(m_best.back(), m_limit + 1) : m_limit + 1;
        }
    }
    return std::min(m_prefix ? m_best.back() : m_rows.back().back(), m_limit + 1);
}

std::uint8_t allowedTypos(const IndexData &data, std::string_view word)
{
    const protocol::TypoTolerance &typo = data.settings.typoTolerance;
    const std::size_t length = codeCount(word);
    if (!typo.enabled || length < typo.oneTypo || data.exactWords.contains(std::string(word)))
        return 0;
    return length < typo.twoTypos ? 1 : 2;
}

QueryTerm termFromWord(QueryContext &context, std::string_view word, std::uint8_t maxTypos, bool prefix)
{
    QueryTerm out;
    out.original = context.wordRef(word);
    if (word.size() > querylimits::wordBytes) {
        out.derived = true;
        return out;
    }
    out.maxTypos = maxTypos;
    out.prefix = prefix;
    if (prefix && context.isCommonPrefix(word))
        out.prefixWord = out.original;
    if (context.inIndex(out.original))
        out.exact = out.original;
    if (prefix && !out.prefixWord) {
        const auto [first, last] = context.data.words.prefixRange(word);
        for (std::size_t i = first; i < last && out.prefixOf.size() < querylimits::prefixes; ++i) {
            const WordRef found = context.wordRef(context.data.words.text(context.data.words.sorted()[i]));
            if (found != out.original)
                out.prefixOf.push_back(found);
        }
        std::sort(out.prefixOf.begin(), out.prefixOf.end());
    }
    const auto synonyms = context.data.synonyms.find({std::string(word)});
    if (synonyms != context.data.synonyms.end()) {
        std::size_t words = 0;
        for (std::size_t i = 0; i < std::min(synonyms->second.size(), querylimits::synonymPhrases); ++i) {
            const std::vector<std::string> &synonym = synonyms->second[i];
            if (words + synonym.size() > querylimits::synonymWords)
                continue;
            words += synonym.size();
            PhraseWords phrase;
            for (const std::string &part : synonym)
                phrase.emplace_back(context.wordRef(part));
            out.synonyms.push_back(context.phraseRef(std::move(phrase)));
        }
        std::sort(out.synonyms.begin(), out.synonyms.end());
    }
    return out;
}

namespace {

/// The two words that stand next to each other most often among all ways to cut the word.
std::optional<PhraseRef> bestSplit(QueryContext &context, const std::string &word)
{
    std::optional<std::size_t> bestCount;
    PhraseWords best;
    for (std::size_t at = firstCodeBytes(word); at < word.size();) {
        const WordRef left = context.wordRef(std::string_view(word).substr(0, at));
        const WordRef right = context.wordRef(std::string_view(word).substr(at));
        if (const IndexSet *docs = context.near(left, right, 1)) {
            const std::size_t count = docs->count();
            if (!bestCount || count > *bestCount) {
                bestCount = count;
                best = {left, right};
            }
        }
        nextCode(word, at);
    }
    return bestCount ? std::optional(context.phraseRef(std::move(best))) : std::nullopt;
}

struct TypoCollector {
    QueryContext &context;
    const std::string word; // a copy: interning moves texts
    bool prefix;
    std::vector<WordRef> one, two;

    [[nodiscard]] std::string_view first(std::string_view text) const { return text.substr(0, firstCodeBytes(text)); }

    /// A typo in the first letter counts double, so with one typo only words with the same first letter are read.
    void oneTypo()
    {
        EditDistance distance(word, 1, prefix);
        const auto [begin, end] = context.data.words.prefixRange(first(word));
        for (std::size_t i = begin; i < end && one.size() < querylimits::oneTypo; ++i) {
            const WordId id = context.data.words.sorted()[i];
            const std::string &text = context.data.words.text(id);
            if (distance.to(text) == 1 && context.allowsTypos(id))
                one.push_back(context.wordRef(text));
            i = skipDead(distance, text, i);
        }
    }

    void twoTypos()
    {
        EditDistance far(word, 2, prefix);
        const auto &sorted = context.data.words.sorted();
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            const bool oneFull = one.size() >= querylimits::oneTypo;
            const bool twoFull = two.size() >= querylimits::twoTypos;
            if (oneFull && twoFull)
                return;
            const std::string &text = context.data.words.text(sorted[i]);
            const std::uint32_t d = far.to(text);
            const bool sameStart = first(text) == first(word);
            const bool wanted = sameStart ? d == 1 || d == 2 : d == 1;
            if (wanted && context.allowsTypos(sorted[i])) {
                const bool asTwo = d == 2 || !sameStart;
                if (asTwo && !twoFull)
                    two.push_back(context.wordRef(text));
                else if (d == 1 && (sameStart || twoFull) && !oneFull)
                    one.push_back(context.wordRef(text));
            }
            i = skipDead(far, text, i);
        }
    }

    /// The last word that shares the beginning which made this one hopeless.
    [[nodiscard]] std::size_t skipDead(const EditDistance &distance, const std::string &text, std::size_t i) const
    {
        if (distance.deadBytes() == 0)
            return i;
        return context.data.words.endOfPrefix(i, std::string_view(text).substr(0, distance.deadBytes())) - 1;
    }
};

} // namespace

void deriveTypos(QueryContext &context, TermRef ref)
{
    if (context.term(ref).derived)
        return;
    context.term(ref).derived = true;
    const QueryTerm term = context.term(ref);
    TypoCollector found {context, context.text(term.original), term.prefix, {}, {}};
    if (term.maxTypos == 1)
        found.oneTypo();
    else if (term.maxTypos > 1)
        found.twoTypos();
    std::optional<PhraseRef> split;
    if (term.maxTypos > 1 || !term.phrase)
        split = bestSplit(context, found.word);
    if (split && term.maxTypos <= 1 && term.isNgram()) {
        PhraseWords parts;
        for (const WordRef word : term.ngramWords)
            parts.emplace_back(word);
        if (context.phrase(*split) == parts)
            split.reset();
    }
    std::sort(found.one.begin(), found.one.end());
    std::sort(found.two.begin(), found.two.end());
    QueryTerm &out = context.term(ref);
    out.oneTypo = std::move(found.one);
    out.twoTypos = std::move(found.two);
    out.splitWords = split;
}

} // namespace miroir::localnode
