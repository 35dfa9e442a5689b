// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/Tokenizer.h"

#include "localnode/TokenizerTables.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

namespace miroir::localnode {

namespace {

/// Separators of more than one character.
constexpr std::string_view sequences[] = {". ", ", ", "\u17D4\u179B\u17D4"};

bool isAsciiPunctuation(char32_t c)
{
    return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
}

bool isDefaultSeparator(std::string_view text)
{
    if (std::find(std::begin(sequences), std::end(sequences), text) != std::end(sequences))
        return true;
    std::size_t at = 0;
    return !text.empty() && isSeparatorCode(nextCode(text, at)) && at == text.size();
}

bool isHardSeparator(std::string_view text)
{
    if (std::find(std::begin(sequences), std::end(sequences), text) != std::end(sequences))
        return true;
    std::size_t at = 0;
    return !text.empty() && isHardSeparatorCode(nextCode(text, at)) && at == text.size();
}

bool numberLike(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = nextCode(text, at);
        if (!isNumericCode(c) && !isAsciiPunctuation(c))
            return false;
    }
    return true;
}

bool needsDictionary(Script script)
{
    return script == Script::Cj || script == Script::Thai || script == Script::Khmer;
}

/// Byte offsets of ICU's word boundaries, the end included.
std::vector<std::size_t> wordBoundaries(std::string_view text, Script script)
{
    const icu::Locale locale = script == Script::Thai ? icu::Locale("th")
        : script == Script::Khmer                     ? icu::Locale("km")
                                                      : icu::Locale("ja");
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> it(icu::BreakIterator::createWordInstance(locale, status));
    if (U_FAILURE(status))
        return {text.size()};
    const icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    it->setText(unicode);
    std::vector<std::size_t> out;
    std::size_t bytes = 0;
    std::int32_t units = 0;
    for (std::int32_t end = it->next(); end != icu::BreakIterator::DONE; end = it->next()) {
        while (units < end && bytes < text.size()) {
            const char32_t c = nextCode(text, bytes);
            units += c >= 0x10000 ? 2 : 1;
        }
        out.push_back(bytes);
    }
    if (out.empty() || out.back() != text.size())
        out.push_back(text.size());
    return out;
}

} // namespace

std::uint32_t Token::originalChars(std::size_t bytes) const
{
    std::uint32_t chars = 0;
    std::size_t seen = 0;
    if (charMap.empty()) {
        for (std::size_t at = 0; at < lemma.size() && at < bytes; ++chars)
            nextCode(lemma, at);
        return chars;
    }
    for (const auto &entry : charMap) {
        if (seen >= bytes)
            break;
        seen += entry.second;
        ++chars;
    }
    return chars;
}

Tokenizer::Tokenizer(TokenizerOptions options) : m_options(std::move(options))
{
    const auto add = [this](std::string_view text) {
        if (!text.empty())
            m_long[static_cast<unsigned char>(text.front())].emplace_back(text);
    };
    for (const std::string_view text : sequences) {
        if (!m_options.nonSeparators.contains(std::string(text)))
            add(text);
    }
    for (const std::string &text : m_options.separators)
        add(text);
    for (const std::string &text : m_options.dictionary)
        add(text);
    for (auto &[first, list] : m_long) {
        std::sort(list.begin(), list.end(),
                  [](const std::string &a, const std::string &b) { return a.size() > b.size(); });
    }
    for (unsigned char c = 0; c < 128; ++c)
        m_cuts[c] = m_long.contains(c) || isSeparatorCode(c);
}

/// Length of what has to be cut out at this place: the longest of separators and dictionary words.
std::size_t Tokenizer::matchAt(std::string_view text, std::size_t at) const
{
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 128 && !m_cuts[first])
        return 0;
    std::size_t best = 0;
    const auto found = m_long.find(first);
    if (found != m_long.end()) {
        for (const std::string &candidate : found->second) {
            if (text.substr(at, candidate.size()) == candidate) {
                best = candidate.size();
                break;
            }
        }
    }
    std::size_t end = at;
    const char32_t c = nextCode(text, end);
    if (end - at > best && isSeparatorCode(c)
        && (m_options.nonSeparators.empty()
            || !m_options.nonSeparators.contains(std::string(text.substr(at, end - at)))))
        best = end - at;
    return best;
}

std::vector<Token> Tokenizer::tokenize(std::string_view text) const
{
    std::vector<Token> out;
    std::size_t groupStart = 0;
    Script current = Script::Other;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const Script script = scriptOf(nextCode(text, at));
        if (script == Script::Other || script == current)
            continue;
        if (current != Script::Other) {
            cutGroup(text.substr(groupStart, start - groupStart), current, out);
            groupStart = start;
        }
        current = script;
    }
    if (groupStart < text.size())
        cutGroup(text.substr(groupStart), current, out);
    return out;
}

void Tokenizer::cutGroup(std::string_view group, Script script, std::vector<Token> &out) const
{
    std::size_t start = 0;
    for (std::size_t at = 0; at < group.size();) {
        const std::size_t length = matchAt(group, at);
        if (length == 0) {
            nextCode(group, at);
            continue;
        }
        if (at > start)
            cutBetween(group.substr(start, at - start), script, out);
        push(group.substr(at, length), script, out);
        at += length;
        start = at;
    }
    if (start < group.size())
        cutBetween(group.substr(start), script, out);
}

void Tokenizer::cutBetween(std::string_view text, Script script, std::vector<Token> &out) const
{
    constexpr std::string_view articles[]
        = {"\u0627\u0644", "\u0623\u0644", "\u0625\u0644", "\u0622\u0644", "\u0671\u0644"};
    if (script == Script::Arabic && text.size() > 4 && !numberLike(text)) {
        const bool article
            = std::find(std::begin(articles), std::end(articles), text.substr(0, 4)) != std::end(articles);
        if (article) {
            push(text.substr(0, 4), script, out);
            push(text.substr(4), script, out);
            return;
        }
    }
    if (!needsDictionary(script) || numberLike(text))
        return push(text, script, out, true);
    std::size_t start = 0;
    for (const std::size_t end : wordBoundaries(text, script)) {
        if (end > start)
            push(text.substr(start, end - start), script, out);
        start = end;
    }
}

bool Tokenizer::isSeparator(std::string_view lemma) const
{
    const std::string key(lemma);
    if (m_options.nonSeparators.contains(key))
        return false;
    return m_options.separators.contains(key) || isDefaultSeparator(lemma);
}

void Tokenizer::classify(Token &token, bool between) const
{
    if (!m_options.stopWords.empty() && m_options.stopWords.contains(token.lemma))
        token.kind = TokenKind::StopWord;
    else if (!between && isSeparator(token.lemma))
        token.kind = isHardSeparator(token.lemma) ? TokenKind::HardSeparator : TokenKind::SoftSeparator;
    else
        token.kind = TokenKind::Word;
}

void Tokenizer::push(std::string_view original, Script script, std::vector<Token> &out, bool between) const
{
    Token token;
    if (!out.empty()) {
        token.byteStart = out.back().byteEnd;
        token.charStart = out.back().charEnd;
    }
    token.byteEnd = token.byteStart + static_cast<std::uint32_t>(original.size());
    bool simple = true;
    for (const char c : original)
        simple = simple && static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
    if (simple) {
        token.charEnd = token.charStart + static_cast<std::uint32_t>(original.size());
        token.lemma.assign(original);
        classify(token, between);
        for (char &c : token.lemma) {
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c + 32);
        }
    } else {
        token.charEnd = token.charStart + static_cast<std::uint32_t>(codeCount(original));
        CharMap *map = m_options.charMap ? &token.charMap : nullptr;
        token.lemma = decomposed(original, map);
        classify(token, false); // a sign may decompose to a separator
        token.lemma = folded(token.lemma, script, map);
    }
    out.push_back(std::move(token));
}

std::vector<std::string> wordsOf(const Tokenizer &tokenizer, std::string_view text)
{
    std::vector<std::string> out;
    for (Token &token : tokenizer.tokenize(text)) {
        if (token.isWord() && !token.lemma.empty())
            out.push_back(std::move(token.lemma));
    }
    return out;
}

} // namespace miroir::localnode
