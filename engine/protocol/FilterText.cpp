// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/FilterText.h"

#include <QChar>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace miroir::protocol {

namespace {

void appendUtf8(std::string &out, char32_t c)
{
    const auto byte = [&out](char32_t bits) { out.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0 | (c >> 6));
        byte(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        byte(0xE0 | (c >> 12));
        byte(0x80 | ((c >> 6) & 0x3F));
        byte(0x80 | (c & 0x3F));
    } else {
        byte(0xF0 | (c >> 18));
        byte(0x80 | ((c >> 12) & 0x3F));
        byte(0x80 | ((c >> 6) & 0x3F));
        byte(0x80 | (c & 0x3F));
    }
}

/// As Rust's from_str_radix: digits of the base behind an optional plus sign, at least one, at most `max`.
bool parseNumber(std::string_view text, unsigned base, std::uint32_t max, std::uint32_t &out)
{
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    if (text.empty())
        return false;
    std::uint64_t n = 0;
    for (const char c : text) {
        unsigned digit = 16;
        if (c >= '0' && c <= '9')
            digit = static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = static_cast<unsigned>(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = static_cast<unsigned>(c - 'A') + 10;
        if (digit >= base)
            return false;
        n = n * base + digit;
        if (n > max)
            return false;
    }
    out = static_cast<std::uint32_t>(n);
    return true;
}

/// Moves `at` over `count` characters; false when the text ends before.
bool skipCharacters(std::string_view text, std::size_t &at, int count)
{
    for (int i = 0; i < count; ++i) {
        if (at >= text.size())
            return false;
        nextCodePoint(text, at);
    }
    return true;
}

Unescaped unescapeUnicode(std::string_view text, std::size_t &at, std::string &out)
{
    if (at >= text.size())
        return Unescaped::Incomplete;
    std::string_view digits;
    if (text[at] == '{') {
        const std::size_t begin = ++at;
        const std::size_t close = std::min(text.find('}', begin), text.size());
        digits = text.substr(begin, close - begin);
        at = std::min(close + 1, text.size());
    } else {
        const std::size_t begin = at;
        if (!skipCharacters(text, at, 4))
            return Unescaped::Incomplete;
        digits = text.substr(begin, at - begin);
    }
    std::uint32_t c = 0;
    if (!parseNumber(digits, 16, 0xFFFFFFFFU, c))
        return Unescaped::BadNumber;
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return Unescaped::BadCharacter;
    appendUtf8(out, c);
    return Unescaped::Ok;
}

Unescaped unescapeByte(std::string_view text, std::size_t &at, std::string &out)
{
    const std::size_t begin = at;
    if (!skipCharacters(text, at, 2))
        return Unescaped::Incomplete;
    std::uint32_t c = 0;
    if (!parseNumber(text.substr(begin, at - begin), 16, 0xFF, c))
        return Unescaped::BadNumber;
    appendUtf8(out, c);
    return Unescaped::Ok;
}

/// `at` stands on the first digit: up to three, so that the number stays below 256.
Unescaped unescapeOctal(std::string_view text, std::size_t &at, std::string &out)
{
    const char first = text[at];
    if (first < '0' || first > '7')
        return Unescaped::BadCharacter;
    const std::size_t limit = at + (first <= '3' ? 3 : 2);
    char32_t c = 0;
    while (at < text.size() && at < limit && text[at] >= '0' && text[at] <= '7')
        c = c * 8 + static_cast<char32_t>(text[at++] - '0');
    appendUtf8(out, c);
    return Unescaped::Ok;
}

Unescaped unescapeOne(std::string_view text, std::size_t &at, std::string &out)
{
    static constexpr std::string_view letters = "bfnrt'\"\\/";
    static constexpr std::string_view meanings = "\b\f\n\r\t'\"\\/";
    if (at >= text.size())
        return Unescaped::Incomplete;
    const std::size_t simple = letters.find(text[at]);
    if (simple != std::string_view::npos) {
        out.push_back(meanings[simple]);
        ++at;
        return Unescaped::Ok;
    }
    if (text[at] == 'u')
        return unescapeUnicode(text, ++at, out);
    if (text[at] == 'x')
        return unescapeByte(text, ++at, out);
    return unescapeOctal(text, at, out);
}

bool isAlphabeticMark(char32_t c)
{
    // variation selectors and the grapheme joiner are marks without being letters
    if ((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF) || c == 0x034F)
        return false;
    const unsigned char order = QChar::combiningClass(c);
    return order == 0 || (order >= 10 && order < 200);
}

bool isPrintable(char32_t c)
{
    switch (QChar::category(c)) {
    case QChar::Separator_Space:
        return c == U' ';
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return QChar::isPrint(c);
    }
}

} // namespace

char32_t nextCodePoint(std::string_view utf8, std::size_t &at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
    const unsigned char first = byte(at++);
    if (first < 0x80)
        return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
    if (more == 0 || first > 0xF4 || utf8.size() - at < static_cast<std::size_t>(more))
        return 0xFFFD;
    char32_t c = first & (0x3FU >> more);
    for (int i = 0; i < more; ++i) {
        const unsigned char next = byte(at + static_cast<std::size_t>(i));
        if ((next & 0xC0) != 0x80)
            return 0xFFFD;
        c = (c << 6) | (next & 0x3FU);
    }
    at += static_cast<std::size_t>(more);
    return c;
}

std::size_t characterCount(std::string_view utf8)
{
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool isUnicodeSpace(char32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool isBlank(std::string_view utf8)
{
    std::size_t at = 0;
    while (at < utf8.size()) {
        if (!isUnicodeSpace(nextCodePoint(utf8, at)))
            return false;
    }
    return true;
}

std::string_view trimmed(std::string_view utf8)
{
    std::size_t begin = 0;
    std::size_t end = 0; // behind the last character that is no space
    bool started = false;
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t here = at;
        if (isUnicodeSpace(nextCodePoint(utf8, at)))
            continue;
        if (!started)
            begin = here;
        started = true;
        end = at;
    }
    return utf8.substr(begin, end - begin);
}

bool isFilterWordPart(char32_t c)
{
    if (c < 0x80) {
        return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || c == U'_'
            || c == U'-' || c == U'.';
    }
    switch (QChar::category(c)) {
    case QChar::Letter_Uppercase:
    case QChar::Letter_Lowercase:
    case QChar::Letter_Titlecase:
    case QChar::Letter_Modifier:
    case QChar::Letter_Other:
    case QChar::Number_DecimalDigit:
    case QChar::Number_Letter:
    case QChar::Number_Other:
        return c != 0xFFFD;
    case QChar::Mark_SpacingCombining:
    case QChar::Mark_NonSpacing:
        return isAlphabeticMark(c);
    default:
        return c >= 0x24B6 && c <= 0x24E9; // circled letters
    }
}

Unescaped unescape(std::string_view text, std::string &out)
{
    out.clear();
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] != '\\') {
            out.push_back(text[at++]);
            continue;
        }
        const Unescaped result = unescapeOne(text, ++at, out);
        if (result != Unescaped::Ok)
            return result;
    }
    return Unescaped::Ok;
}

std::string escapeDebug(std::string_view utf8)
{
    std::string out;
    std::size_t at = 0;
    while (at < utf8.size()) {
        const std::size_t begin = at;
        const char32_t c = nextCodePoint(utf8, at);
        static constexpr std::string_view plain = "\t\r\n'\"\\";
        static constexpr std::string_view letters = "trn'\"\\";
        const std::size_t simple = c < 0x80 ? plain.find(static_cast<char>(c)) : std::string_view::npos;
        const bool loneMark = begin == 0
            && (QChar::category(c) == QChar::Mark_NonSpacing || QChar::category(c) == QChar::Mark_Enclosing);
        if (c == 0) {
            out += "\\0";
        } else if (simple != std::string_view::npos) {
            out += '\\';
            out += letters[simple];
        } else if (isPrintable(c) && !loneMark) {
            out += utf8.substr(begin, at - begin);
        } else {
            char buffer[16];
            std::snprintf(buffer, sizeof buffer, "\\u{%x}", static_cast<unsigned>(c));
            out += buffer;
        }
    }
    return out;
}

std::string debugQuoted(std::string_view utf8)
{
    // unlike escape_debug it leaves single quotes alone
    std::string out = "\"";
    for (;;) {
        const std::size_t quote = std::min(utf8.find('\''), utf8.size());
        out += escapeDebug(utf8.substr(0, quote));
        if (quote == utf8.size())
            return out + "\"";
        out += '\'';
        utf8.remove_prefix(quote + 1);
    }
}

bool withinTwoTypos(std::string_view a, std::string_view b)
{
    if (a.size() > b.size() + 8 || b.size() > a.size() + 8)
        return false;
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = std::min(now[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, now);
    }
    return last[b.size()] <= 2;
}

} // namespace miroir::protocol
