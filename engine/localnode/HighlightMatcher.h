// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryContext.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

/// A place of a text that the query matched.
struct TextMatch {
    std::uint32_t charCount = 0; ///< characters of the original that are marked
    std::uint16_t firstId = 0, lastId = 0; ///< which words of the query it stands for
    std::size_t firstWord = 0, lastWord = 0; ///< counted without separators
    std::size_t firstToken = 0, lastToken = 0;
};

/// The words that a search really looked for, with typos, synonyms and split words; finds them in texts.
class HighlightMatcher
{
public:
    HighlightMatcher() = default;
    HighlightMatcher(const QueryContext &context, const std::vector<LocatedTerm> &terms);
    [[nodiscard]] std::vector<TextMatch> find(const std::vector<Token> &tokens) const;

private:
    struct Phrase {
        std::vector<std::optional<std::string>> words; ///< nullopt: a stop word
        std::uint16_t firstId = 0, lastId = 0;
    };
    struct Words {
        std::vector<std::string> texts;
        std::uint16_t firstId = 0, lastId = 0;
        bool prefix = false;
        std::size_t originalChars = 0;
    };
    struct WordAt {
        std::size_t token = 0, word = 0;
    };
    [[nodiscard]] std::optional<TextMatch> matchPhrase(const Phrase &phrase, const std::vector<Token> &tokens,
                                                       const std::vector<WordAt> &words, std::size_t at) const;
    [[nodiscard]] std::optional<TextMatch> matchWord(const Token &token, WordAt at) const;

    std::vector<Phrase> m_phrases;
    std::vector<Words> m_words;
};

struct CropFormat {
    bool highlight = false;
    std::optional<std::size_t> crop; ///< words to keep; 0 keeps all
};
struct HighlightMarks {
    std::string before = "<em>", after = "</em>", crop = "…";
};

/// The text cropped around its best matches and with the matches marked.
std::string formatText(std::string_view text, const std::vector<Token> &tokens, const std::vector<TextMatch> &matches,
                       const CropFormat &format, const HighlightMarks &marks);
/// Bytes of the original that a match covers, from the start of its first token.
std::size_t matchBytes(const std::vector<Token> &tokens, const TextMatch &match);

} // namespace miroir::localnode
