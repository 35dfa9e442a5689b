// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/Normalizer.h"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

enum class TokenKind : std::uint8_t { Word, StopWord, SoftSeparator, HardSeparator };

/// A piece of a text; the tokens of a text cover it without gaps.
struct Token {
    TokenKind kind = TokenKind::Word;
    std::string lemma; ///< normalised
    std::uint32_t charStart = 0, charEnd = 0; ///< in the original, in characters
    std::uint32_t byteStart = 0, byteEnd = 0;
    CharMap charMap; ///< empty when lemma and original have the same characters or no map was asked

    [[nodiscard]] bool isSeparator() const
    {
        return kind == TokenKind::SoftSeparator || kind == TokenKind::HardSeparator;
    }
    [[nodiscard]] bool isWord() const { return kind == TokenKind::Word; }
    /// Number of original characters that make the first `bytes` bytes of the lemma.
    [[nodiscard]] std::uint32_t originalChars(std::size_t bytes) const;
};

struct TokenizerOptions {
    std::set<std::string> stopWords;
    std::set<std::string> separators; ///< more than the default ones
    std::set<std::string> nonSeparators; ///< default ones that are none
    std::set<std::string> dictionary; ///< kept whole even if they contain separators
    bool charMap = false; ///< fill Token::charMap, for highlighting
};

/// Cuts texts at separators, and texts of scripts without spaces at the word boundaries of ICU's dictionaries.
/// Source of the rules: charabia 0.9.9, the tokenizer of Meilisearch v1.50; the dictionaries of Chinese, Japanese,
/// Korean and German differ from its own. Immutable after construction.
class Tokenizer
{
public:
    explicit Tokenizer(TokenizerOptions options = {});
    [[nodiscard]] std::vector<Token> tokenize(std::string_view text) const;

private:
    [[nodiscard]] std::size_t matchAt(std::string_view text, std::size_t at) const;
    void cutGroup(std::string_view group, Script script, std::vector<Token> &out) const;
    void cutBetween(std::string_view text, Script script, std::vector<Token> &out) const;
    /// `between`: known to hold no separator of ASCII.
    void push(std::string_view original, Script script, std::vector<Token> &out, bool between = false) const;
    void classify(Token &token, bool between) const;
    [[nodiscard]] bool isSeparator(std::string_view lemma) const;

    TokenizerOptions m_options;
    std::map<unsigned char, std::vector<std::string>> m_long; // by first byte, longest first: what is cut out whole
    std::array<bool, 128> m_cuts {}; // ASCII characters that may begin something to cut out
};

/// The words of a text without stop words, as synonyms are stored.
std::vector<std::string> wordsOf(const Tokenizer &tokenizer, std::string_view text);

} // namespace miroir::localnode
