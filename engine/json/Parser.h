// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

/// The one JSON grammar of the project, over a sink that either builds a table or only validates. Order of checks and
/// error positions follow serde_json's slice reader, so that messages equal those of a node.
namespace miroir::json {

struct NullSink {
    std::uint32_t open(Kind, std::size_t) { return 0; }
    void close(std::uint32_t, std::size_t, std::uint32_t, bool = false) { }
};

template <typename Sink>
class Parser
{
public:
    Parser(std::string_view text, Sink &sink, std::size_t from = 0) : m_text(text), m_at(from), m_sink(sink) { }

    bool value(int depth = limits::jsonDepth);
    /// Nothing but space may be left.
    bool end()
    {
        skipSpace();
        return m_at == m_text.size() ? true : failPeek("trailing characters");
    }
    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] const ParseError &error() const { return m_error; }
    void skipSpace()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }

    bool array(int depth);
    bool object(int depth);
    bool fail(const char *reason, bool eof = false) { return failAt(m_at, reason, eof); }
    bool failPeek(const char *reason, bool eof = false)
    {
        return failAt(std::min(m_text.size(), m_at + 1), reason, eof);
    }
    bool failEof(const char *what) { return failPeek(what, true); }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char peek() const { return m_text[m_at]; }
    void advance() { ++m_at; }

private:
    static bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
    static bool isDigit(char c) { return c >= '0' && c <= '9'; }
    bool ident(std::string_view word, Kind kind);
    bool number();
    bool exponent(std::string_view significand);
    bool finishNumber(std::size_t start, bool negative, bool fractional, bool large);
    bool string();
    void skipPlain();
    bool escape();
    bool hex4(unsigned &code);
    [[nodiscard]] std::size_t utf8Length() const;
    bool failAt(std::size_t position, const char *reason, bool eof)
    {
        m_error.reason = reason;
        m_error.eof = eof;
        m_error.offset = position;
        const std::string_view before = m_text.substr(0, position);
        m_error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
        const std::size_t lineStart = before.rfind('\n');
        m_error.column = lineStart == std::string_view::npos ? position : position - lineStart - 1;
        return false;
    }

    std::string_view m_text;
    std::size_t m_at;
    Sink &m_sink;
    ParseError m_error;
};

template <typename Sink>
bool Parser<Sink>::value(int depth)
{
    skipSpace();
    if (atEnd())
        return failEof("EOF while parsing a value");
    switch (peek()) {
    case 'n':
        return ident("null", Kind::Null);
    case 't':
        return ident("true", Kind::Bool);
    case 'f':
        return ident("false", Kind::Bool);
    case '"':
        return string();
    case '[':
        return array(depth);
    case '{':
        return object(depth);
    default:
        if (peek() == '-' || isDigit(peek()))
            return number();
        return failPeek("expected value");
    }
}

template <typename Sink>
bool Parser<Sink>::ident(std::string_view word, Kind kind)
{
    const std::uint32_t node = m_sink.open(kind, m_at);
    ++m_at;
    for (const char expected : word.substr(1)) {
        if (atEnd())
            return fail("EOF while parsing a value", true);
        ++m_at;
        if (m_text[m_at - 1] != expected)
            return fail("expected ident");
    }
    m_sink.close(node, m_at, 0);
    return true;
}

template <typename Sink>
bool Parser<Sink>::number()
{
    const std::size_t start = m_at;
    const bool negative = peek() == '-';
    if (negative)
        ++m_at;
    if (atEnd())
        return fail("EOF while parsing a value", true);
    const char first = m_text[m_at++];
    if (!isDigit(first))
        return fail("invalid number");
    if (first == '0') {
        if (!atEnd() && isDigit(peek()))
            return failPeek("invalid number");
    } else {
        while (!atEnd() && isDigit(peek()))
            ++m_at;
    }
    bool fractional = false;
    bool scaled = false;
    if (!atEnd() && peek() == '.') {
        fractional = true;
        ++m_at;
        const std::size_t digits = m_at;
        while (!atEnd() && isDigit(peek()))
            ++m_at;
        if (m_at == digits)
            return atEnd() ? failEof("EOF while parsing a value") : failPeek("invalid number");
    }
    if (!atEnd() && (peek() == 'e' || peek() == 'E')) {
        fractional = scaled = true;
        if (!exponent(m_text.substr(start, m_at - start)))
            return false;
    }
    constexpr std::size_t alwaysFinite = 300; // bytes of a number without an exponent
    return finishNumber(start, negative, fractional, scaled || m_at - start >= alwaysFinite);
}

/// m_at is at the e. An exponent beyond 32 bits is refused at the digit that goes beyond, unless the number is
/// zero anyway.
template <typename Sink>
bool Parser<Sink>::exponent(std::string_view significand)
{
    ++m_at;
    const bool smaller = !atEnd() && peek() == '-';
    if (!atEnd() && (peek() == '+' || peek() == '-'))
        ++m_at;
    if (atEnd())
        return fail("EOF while parsing a value", true);
    ++m_at;
    if (!isDigit(m_text[m_at - 1]))
        return fail("invalid number");
    std::int64_t value = m_text[m_at - 1] - '0';
    while (!atEnd() && isDigit(peek())) {
        value = std::min<std::int64_t>(value * 10 + (peek() - '0'), std::int64_t {1} << 32U);
        ++m_at;
        if (value > 0x7FFF'FFFF && !smaller && significand.find_first_of("123456789") != std::string_view::npos)
            return fail("number out of range");
    }
    return true;
}

bool numberInRange(std::string_view text); // finite as a double
Kind integerKind(std::string_view text, bool negative);

template <typename Sink>
bool Parser<Sink>::finishNumber(std::size_t start, bool negative, bool fractional, bool large)
{
    const std::string_view text = m_text.substr(start, m_at - start);
    const Kind kind = fractional ? Kind::Float : integerKind(text, negative);
    if (kind == Kind::Float && large && !numberInRange(text))
        return fail("number out of range");
    m_sink.close(m_sink.open(kind, start), m_at, 0);
    return true;
}

template <typename Sink>
bool Parser<Sink>::string()
{
    const std::uint32_t node = m_sink.open(Kind::String, m_at);
    ++m_at;
    bool escaped = false;
    bool valid = true;
    for (;;) {
        skipPlain();
        if (atEnd())
            return fail("EOF while parsing a string", true);
        const auto c = static_cast<unsigned char>(peek());
        if (c == '"')
            break;
        if (c == '\\') {
            escaped = true;
            ++m_at;
            if (!escape())
                return false;
        } else if (c < 0x20) {
            ++m_at;
            return fail("control character (\\u0000-\\u001F) found while parsing a string");
        } else if (c >= 0x80) {
            const std::size_t length = utf8Length();
            valid = valid && length > 0;
            m_at += std::max<std::size_t>(length, 1);
        } else {
            ++m_at;
        }
    }
    ++m_at;
    if (!valid) // noticed only here, after everything else that may be wrong inside
        return fail("invalid unicode code point");
    m_sink.close(node, m_at, 0, escaped);
    return true;
}

/// Passes over the characters that a string is mostly made of: ASCII, no control character, no quote, no backslash.
template <typename Sink>
void Parser<Sink>::skipPlain()
{
    static constexpr auto plain = [] {
        std::array<bool, 256> table {};
        for (std::size_t c = 0x20; c < 0x80; ++c)
            table[c] = c != '"' && c != '\\';
        return table;
    }();
    // Eight at a time: a byte is left as 0 in its high bit only when it is plain. Hacker's Delight, 6-1.
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101, highs = ones * 0x80;
    const auto low = [](std::uint64_t bytes, std::uint64_t limit) { return (bytes - ones * limit) & ~bytes; };
    const char *at = m_text.data() + m_at;
    const char *end = m_text.data() + m_text.size();
    while (end - at >= 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, at, sizeof bytes);
        const std::uint64_t quotes = low(bytes ^ (ones * '"'), 1) | low(bytes ^ (ones * '\\'), 1);
        if (const std::uint64_t special = (bytes | low(bytes, 0x20) | quotes) & highs; special != 0) {
            if constexpr (std::endian::native == std::endian::little)
                at += std::countr_zero(special) / 8; // a borrow marks plain bytes only behind the first
            break;
        }
        at += 8;
    }
    while (at != end && plain[static_cast<unsigned char>(*at)])
        ++at;
    m_at = static_cast<std::size_t>(at - m_text.data());
}

template <typename Sink>
bool Parser<Sink>::escape()
{
    if (atEnd())
        return fail("EOF while parsing a string", true);
    const char c = m_text[m_at++];
    if (std::strchr("\"\\/bfnrt", c) != nullptr && c != '\0')
        return true;
    if (c != 'u')
        return fail("invalid escape");
    unsigned code = 0;
    if (!hex4(code))
        return false;
    if (code >= 0xDC00 && code <= 0xDFFF)
        return fail("lone leading surrogate in hex escape");
    if (code < 0xD800 || code > 0xDBFF)
        return true;
    for (const char expected : {'\\', 'u'}) {
        if (atEnd())
            return fail("EOF while parsing a string", true);
        ++m_at;
        if (m_text[m_at - 1] != expected)
            return fail("unexpected end of hex escape");
    }
    if (!hex4(code))
        return false;
    return code >= 0xDC00 && code <= 0xDFFF ? true : fail("lone leading surrogate in hex escape");
}

template <typename Sink>
bool Parser<Sink>::hex4(unsigned &code)
{
    if (m_at + 4 > m_text.size()) {
        m_at = m_text.size();
        return fail("EOF while parsing a string", true);
    }
    code = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = m_text[m_at++];
        const int digit = isDigit(c) ? c - '0'
            : c >= 'a' && c <= 'f'   ? c - 'a' + 10
            : c >= 'A' && c <= 'F'   ? c - 'A' + 10
                                     : -1;
        if (digit < 0) {
            m_at += static_cast<std::size_t>(3 - i);
            return fail("invalid escape");
        }
        code = code * 16 + static_cast<unsigned>(digit);
    }
    return true;
}

/// Bytes of the character that starts here; 0 when it is none (Unicode 15, table 3-7).
template <typename Sink>
std::size_t Parser<Sink>::utf8Length() const
{
    const auto byte = [this](std::size_t i) {
        return m_at + i < m_text.size() ? static_cast<unsigned char>(m_text[m_at + i]) : 0U;
    };
    const auto tail = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF)
        return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) > 0x9F;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool overlong = lead == 0xF0 && byte(1) < 0x90;
        const bool tooLarge = lead == 0xF4 && byte(1) > 0x8F;
        return tail(1) && tail(2) && tail(3) && !overlong && !tooLarge ? 4 : 0;
    }
    return 0;
}

template <typename Sink>
bool Parser<Sink>::array(int depth)
{
    if (depth <= 1)
        return failPeek("recursion limit exceeded");
    const std::uint32_t node = m_sink.open(Kind::Array, m_at);
    ++m_at;
    std::uint32_t count = 0;
    for (;; ++count) {
        skipSpace();
        if (atEnd())
            return failEof("EOF while parsing a list");
        if (peek() == ']')
            break;
        if (count > 0) {
            if (peek() != ',')
                return failPeek("expected `,` or `]`");
            ++m_at;
            skipSpace();
            if (!atEnd() && peek() == ']')
                return failPeek("trailing comma");
        }
        if (!value(depth - 1))
            return false;
    }
    ++m_at;
    m_sink.close(node, m_at, count);
    return true;
}

template <typename Sink>
bool Parser<Sink>::object(int depth)
{
    if (depth <= 1)
        return failPeek("recursion limit exceeded");
    const std::uint32_t node = m_sink.open(Kind::Object, m_at);
    ++m_at;
    std::uint32_t count = 0;
    for (;; ++count) {
        skipSpace();
        if (atEnd())
            return failEof("EOF while parsing an object");
        if (peek() == '}')
            break;
        if (count > 0) {
            if (peek() != ',')
                return failPeek("expected `,` or `}`");
            ++m_at;
            skipSpace();
            if (atEnd())
                return failEof("EOF while parsing a value");
            if (peek() == '}')
                return failPeek("trailing comma");
        }
        if (peek() != '"')
            return failPeek("key must be a string");
        if (!string())
            return false;
        skipSpace();
        if (atEnd())
            return failEof("EOF while parsing an object");
        if (peek() != ':')
            return failPeek("expected `:`");
        ++m_at;
        if (!value(depth - 1))
            return false;
    }
    ++m_at;
    m_sink.close(node, m_at, count);
    return true;
}

} // namespace miroir::json
