// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/HighlightMatcher.h"

#include <algorithm>
#include <set>

namespace miroir::localnode {

HighlightMatcher::HighlightMatcher(const QueryContext &context, const std::vector<LocatedTerm> &terms)
{
    for (const LocatedTerm &located : terms) {
        const QueryTerm &term = context.term(located.term);
        std::set<PhraseRef> phrases(term.synonyms.begin(), term.synonyms.end());
        if (term.phrase)
            phrases.insert(*term.phrase);
        if (term.splitWords)
            phrases.insert(*term.splitWords);
        for (const PhraseRef ref : phrases) {
            Phrase phrase {{}, located.firstPosition, located.lastPosition};
            for (const auto &word : context.phrase(ref))
                phrase.words.push_back(word ? std::optional(context.text(*word)) : std::nullopt);
            m_phrases.push_back(std::move(phrase));
        }
        std::set<WordRef> refs(term.prefixOf.begin(), term.prefixOf.end());
        if (term.exact)
            refs.insert(*term.exact);
        refs.insert(term.oneTypo.begin(), term.oneTypo.end());
        refs.insert(term.twoTypos.begin(), term.twoTypos.end());
        Words words {{}, located.firstPosition, located.lastPosition, term.prefix,
                     codeCount(context.text(term.original))};
        for (const WordRef ref : refs)
            words.texts.push_back(context.text(ref));
        m_words.push_back(std::move(words));
    }
    // Whole words before prefixes, and what stands for more words of the query before what stands for fewer.
    std::stable_sort(m_words.begin(), m_words.end(), [](const Words &a, const Words &b) {
        if (a.prefix != b.prefix)
            return b.prefix;
        return a.lastId - a.firstId > b.lastId - b.firstId;
    });
}

std::optional<TextMatch> HighlightMatcher::matchPhrase(const Phrase &phrase, const std::vector<Token> &tokens,
                                                       const std::vector<WordAt> &words, std::size_t at) const
{
    if (phrase.words.empty() || at + phrase.words.size() > words.size())
        return std::nullopt;
    for (std::size_t i = 0; i < phrase.words.size(); ++i) {
        const Token &token = tokens[words[at + i].token];
        const auto &wanted = phrase.words[i];
        if (wanted ? token.lemma != *wanted : token.kind != TokenKind::StopWord)
            return std::nullopt;
    }
    const WordAt &last = words[at + phrase.words.size() - 1];
    const Token &first = tokens[words[at].token];
    return TextMatch {tokens[last.token].charEnd - first.charStart, phrase.firstId, phrase.lastId,
                      words[at].word,                               last.word,      words[at].token,
                      last.token};
}

std::optional<TextMatch> HighlightMatcher::matchWord(const Token &token, WordAt at) const
{
    for (const Words &words : m_words) {
        for (const std::string &text : words.texts) {
            TextMatch match {token.charEnd - token.charStart, words.firstId, words.lastId, at.word, at.word, at.token,
                             at.token};
            if (words.prefix && token.lemma.starts_with(text)) {
                std::size_t bytes = 0;
                for (std::size_t n = 0; n < words.originalChars && bytes < text.size(); ++n)
                    nextCode(text, bytes);
                if (bytes == 0)
                    continue;
                match.charCount = token.originalChars(bytes);
                return match;
            }
            if (token.lemma == text)
                return match;
        }
    }
    return std::nullopt;
}

std::vector<TextMatch> HighlightMatcher::find(const std::vector<Token> &tokens) const
{
    std::vector<TextMatch> out;
    if (m_words.empty() && m_phrases.empty())
        return out;
    std::vector<WordAt> words;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!tokens[i].isSeparator())
            words.push_back({i, words.size()});
    }
    for (std::size_t at = 0; at < words.size();) {
        std::optional<TextMatch> match;
        for (std::size_t p = 0; p < m_phrases.size() && !match; ++p)
            match = matchPhrase(m_phrases[p], tokens, words, at);
        if (!match)
            match = matchWord(tokens[words[at].token], words[at]);
        if (!match) {
            ++at;
            continue;
        }
        at += match->lastWord - match->firstWord + 1;
        // A phrase of one word is placed as a word.
        out.push_back(*match);
    }
    return out;
}

std::size_t matchBytes(const std::vector<Token> &tokens, const TextMatch &match)
{
    std::size_t bytes = 0;
    std::uint32_t left = match.charCount;
    for (std::size_t i = match.firstToken; i <= match.lastToken && left > 0; ++i) {
        const Token &token = tokens[i];
        if (!token.charMap.empty()) {
            for (std::size_t n = 0; n < token.charMap.size() && left > 0; ++n, --left)
                bytes += token.charMap[n].first;
            continue;
        }
        for (std::size_t at = 0; at < token.lemma.size() && left > 0; --left) {
            const std::size_t start = at;
            nextCode(token.lemma, at);
            bytes += at - start;
        }
    }
    return bytes;
}

} // namespace miroir::localnode
