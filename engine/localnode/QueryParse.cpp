// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryParse.h"

#include "localnode/QueryDerive.h"

#include <algorithm>

namespace miroir::localnode {

namespace {

class Parser
{
public:
    Parser(QueryContext &context, ParsedQuery &out) : m_context(context), m_out(out) { }

    void run(const std::vector<Token> &tokens)
    {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const Token &token = tokens[i];
            if (token.lemma.empty())
                continue;
            if (m_out.terms.size() >= querylimits::words)
                return; // an open phrase is dropped with the rest
            if (token.isSeparator())
                separator(token);
            else
                word(token, i + 1 == tokens.size());
            m_afterSpace = endsWithSpace(token.lemma);
        }
        if (m_phrase)
            closePhrase();
    }

private:
    struct OpenPhrase {
        PhraseWords words;
        std::uint16_t first = 0, last = 0;
        [[nodiscard]] bool isEmpty() const
        {
            return std::none_of(words.begin(), words.end(), [](const auto &word) { return word.has_value(); });
        }
    };

    static bool endsWithSpace(std::string_view text)
    {
        std::size_t at = text.size() - 1;
        while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U)
            --at;
        return isSpaceCode(nextCode(text, at));
    }

    void word(const Token &token, bool last)
    {
        ++m_position; // wraps from the highest number to 0 at the first word
        if (m_phrase) {
            if (m_phrase->isEmpty())
                m_phrase->first = m_position;
            m_phrase->last = m_position;
            m_phrase->words.push_back(token.isWord() ? std::optional(m_context.wordRef(token.lemma)) : std::nullopt);
        } else if (m_negative) {
            m_out.negativeWords.push_back(m_context.wordRef(token.lemma));
            m_negative = false;
        } else if (last || token.isWord()) {
            const bool prefix = last && m_context.data.settings.prefixSearch;
            QueryTerm term = termFromWord(m_context, token.lemma, allowedTypos(m_context.data, token.lemma), prefix);
            m_out.terms.push_back({m_context.addTerm(std::move(term)), m_position, m_position});
        }
    }

    void separator(const Token &token)
    {
        const bool hard = token.kind == TokenKind::HardSeparator;
        if (hard)
            m_position = static_cast<std::uint16_t>(m_position + 7);
        if (hard && m_phrase) {
            closePhrase(); // goes on behind the separator, negative or not as before
            m_phrase = OpenPhrase();
        }
        auto quotes = std::count(token.lemma.begin(), token.lemma.end(), '"');
        if (quotes > 0) {
            if (m_phrase) {
                --quotes;
                const bool given = closePhrase();
                if (given)
                    m_negativePhrase = false;
            }
            if (quotes % 2 == 1) {
                m_negativePhrase = m_negative;
                m_phrase = OpenPhrase();
            }
        }
        m_negative = !m_phrase && token.lemma == "-" && m_afterSpace;
    }

    /// False when the phrase had no word.
    bool closePhrase()
    {
        OpenPhrase phrase = std::move(*m_phrase);
        m_phrase.reset();
        if (phrase.isEmpty())
            return false;
        std::string text;
        for (const auto &word : phrase.words) {
            if (word)
                text += (text.empty() ? "" : " ") + m_context.text(*word);
        }
        const PhraseRef ref = m_context.phraseRef(std::move(phrase.words));
        if (m_negativePhrase) {
            m_out.negativePhrases.push_back(ref);
            return true;
        }
        QueryTerm term;
        term.original = m_context.wordRef(text);
        term.phrase = ref;
        m_out.terms.push_back({m_context.addTerm(std::move(term)), phrase.first, phrase.last});
        return true;
    }

    QueryContext &m_context;
    ParsedQuery &m_out;
    std::optional<OpenPhrase> m_phrase;
    std::uint16_t m_position = 0xFFFF;
    bool m_negative = false;
    bool m_negativePhrase = false;
    bool m_afterSpace = true;
};

} // namespace

ParsedQuery parseQuery(QueryContext &context, std::string_view text)
{
    ParsedQuery out;
    std::vector<Token> tokens = context.data.tokenizer.tokenize(text);
    if (tokens.size() > querylimits::tokens)
        tokens.resize(querylimits::tokens);
    Parser(context, out).run(tokens);
    out.graph = std::make_shared<const QueryGraph>(QueryGraph::fromTerms(context, out.terms));
    return out;
}

} // namespace miroir::localnode
