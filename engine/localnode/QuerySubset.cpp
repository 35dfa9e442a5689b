// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryContext.h"
#include "localnode/QueryDerive.h"

#include <algorithm>
#include <iterator>

namespace miroir::localnode {

namespace {

/// Adds those of `words` that the subset keeps.
void addKept(std::vector<UsedWord> &out, const TypoSubset &subset, const std::vector<WordRef> &words, bool derived)
{
    for (const WordRef word : words) {
        if (subset.hasWord(word))
            out.push_back({derived, word});
    }
}

} // namespace

std::vector<UsedWord> QueryContext::wordsOf(const TermSubset &subset)
{
    if (!subset.one.isEmpty() || !subset.two.isEmpty())
        deriveTypos(*this, subset.term);
    const QueryTerm &t = term(subset.term);
    std::vector<UsedWord> out;
    if (t.exact && subset.zero.hasWord(*t.exact))
        out.push_back({t.isNgram(), *t.exact});
    addKept(out, subset.zero, t.prefixOf, t.isNgram());
    addKept(out, subset.one, t.oneTypo, true);
    addKept(out, subset.two, t.twoTypos, true);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<PhraseRef> QueryContext::phrasesOf(const TermSubset &subset)
{
    if (!subset.one.isEmpty())
        deriveTypos(*this, subset.term);
    const QueryTerm &t = term(subset.term);
    // Phrases and synonyms stay possible whatever subset of the words is left, as on a node.
    std::vector<PhraseRef> out = t.synonyms;
    if (t.phrase)
        out.push_back(*t.phrase);
    if (t.splitWords && subset.one.hasPhrase(*t.splitWords))
        out.push_back(*t.splitWords);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<UsedWord> QueryContext::prefixOf(const TermSubset &subset) const
{
    const QueryTerm &t = term(subset.term);
    if (!t.prefixWord || !subset.zero.hasWord(*t.prefixWord))
        return std::nullopt;
    return UsedWord {t.isNgram(), *t.prefixWord};
}

std::optional<PhraseRef> QueryContext::phraseOf(const TermSubset &subset) const
{
    const QueryTerm &t = term(subset.term);
    return t.phrase && subset.zero.hasPhrase(*t.phrase) ? t.phrase : std::nullopt;
}

std::optional<QueryContext::ExactTerm> QueryContext::exactOf(const TermSubset &subset) const
{
    const QueryTerm &t = term(subset.term);
    if (t.isNgram())
        return std::nullopt;
    if (t.phrase)
        return subset.zero.hasPhrase(*t.phrase) ? std::optional(ExactTerm {t.phrase, 0}) : std::nullopt;
    if (t.exact && subset.zero.hasWord(*t.exact))
        return ExactTerm {std::nullopt, *t.exact};
    return std::nullopt;
}

std::uint32_t QueryContext::maxTypoCost(const TermSubset &subset) const
{
    const QueryTerm &t = term(subset.term);
    if (t.maxTypos == 0)
        return t.phrase ? 0 : 1; // a word without typos may still be split in two
    if (t.maxTypos == 2 && !subset.two.isEmpty())
        return 2;
    return subset.one.isEmpty() ? 0 : 1;
}

IndexSet QueryContext::docsOf(const TermSubset &subset, const IndexSet &universe)
{
    IndexSet out;
    for (const UsedWord word : wordsOf(subset))
        out |= wordDocs(word);
    for (const PhraseRef phrase : phrasesOf(subset))
        out |= phraseDocs(phrase);
    if (const auto prefix = prefixOf(subset))
        out |= prefixDocs(*prefix);
    out &= universe;
    return out;
}

IndexSet QueryContext::docsInField(const TermSubset &subset, FieldId field)
{
    IndexSet out;
    for (const UsedWord word : wordsOf(subset))
        out |= inField(word.word, field, false);
    for (const PhraseRef phraseRef : phrasesOf(subset)) {
        // A phrase may match over several fields; its first word decides.
        for (const auto &word : phrase(phraseRef)) {
            if (word) {
                out |= phraseDocs(phraseRef) & inField(*word, field, false);
                break;
            }
        }
    }
    if (const auto prefix = prefixOf(subset))
        out |= inField(prefix->word, field, true);
    return out;
}

IndexSet QueryContext::docsAt(const TermSubset &subset, std::uint16_t bucket)
{
    IndexSet out;
    for (const UsedWord word : wordsOf(subset))
        out |= atPosition(word.word, bucket, false);
    for (const PhraseRef phraseRef : phrasesOf(subset)) {
        for (const auto &word : phrase(phraseRef)) {
            if (word) {
                out |= phraseDocs(phraseRef) & atPosition(*word, bucket, false);
                break;
            }
        }
    }
    if (const auto prefix = prefixOf(subset))
        out |= atPosition(prefix->word, bucket, true);
    return out;
}

} // namespace miroir::localnode
