// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Characters as the filter grammar and its messages see them. Private to the module.
namespace miroir::protocol {

/// The code point at `at`, which moves behind it. A byte that is no UTF-8 gives U+FFFD.
char32_t nextCodePoint(std::string_view utf8, std::size_t &at);
std::size_t characterCount(std::string_view utf8);
bool isUnicodeSpace(char32_t c);
bool isBlank(std::string_view utf8); ///< nothing but space
std::string_view trimmed(std::string_view utf8); ///< without space around, as Rust's str::trim

/// Parts of words that need no quotes: letters, digits, `_`, `-`, `.`. Letters as Rust's char::is_alphanumeric sees
/// them, but for a few rare marks (the Unicode data here has no property Alphabetic).
bool isFilterWordPart(char32_t c);

enum class Unescaped : std::uint8_t { Ok, Incomplete, BadNumber, BadCharacter };
/// Removes backslashes: \n, \", \\, \u{..}, \uXXXX, \xXX, octal numbers.
Unescaped unescape(std::string_view text, std::string &out);

/// As Rust's str::escape_debug, which Meilisearch uses inside messages.
std::string escapeDebug(std::string_view utf8);
std::string debugQuoted(std::string_view utf8); ///< in double quotes, as Rust's {:?}
/// True when one text becomes the other by at most two insertions, deletions, replacements or swaps of neighbours.
bool withinTwoTypos(std::string_view a, std::string_view b);

} // namespace miroir::protocol
