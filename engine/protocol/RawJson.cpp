// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/RawJson.h"

#include "base/Bytes.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

} // namespace

json::ParseError errorAt(std::string_view text, std::size_t offset, const char *reason, bool eof)
{
    json::ParseError error;
    error.reason = reason;
    error.eof = eof;
    error.offset = offset;
    const std::string_view before = text.substr(0, offset);
    error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t lineStart = before.rfind('\n');
    error.column = lineStart == std::string_view::npos ? offset : offset - lineStart - 1;
    return error;
}

bool RawScanner::fail(const char *reason, bool eof)
{
    m_error = errorAt(m_text, m_at, reason, eof);
    return false;
}

bool RawScanner::failPeek(const char *reason, bool eof)
{
    m_error = errorAt(m_text, std::min(m_text.size(), m_at + 1), reason, eof);
    return false;
}

void RawScanner::skipSpace()
{
    while (m_at < m_text.size()
           && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t' || m_text[m_at] == '\r'))
        ++m_at;
}

bool RawScanner::skipValue()
{
    // the open brackets; a loop instead of recursion, so that depth costs memory only
    std::vector<char> frames;
    for (;;) {
        skipSpace();
        if (atEnd())
            return failPeek("EOF while parsing a value", true);
        const char c = peek();
        bool acceptComma = true;
        if (c == '[' || c == '{') {
            frames.push_back(c);
            ++m_at;
            acceptComma = false;
        } else if (!skipScalar()) {
            return false;
        }
        bool done = false;
        if (!closeFrames(frames, acceptComma, done))
            return false;
        if (done)
            return true;
        if (frames.back() == '{' && !skipKey())
            return false;
    }
}

/// Behind a value or an opening bracket: up to where the next value (or key) has to stand, or done.
bool RawScanner::closeFrames(std::vector<char> &frames, bool acceptComma, bool &done)
{
    while (!frames.empty()) {
        const bool list = frames.back() == '[';
        skipSpace();
        if (atEnd())
            return failPeek(list ? "EOF while parsing a list" : "EOF while parsing an object", true);
        const char c = peek();
        if (c == ',' && acceptComma) {
            ++m_at;
            return true;
        }
        if (c != (list ? ']' : '}')) {
            if (acceptComma)
                return failPeek(list ? "expected `,` or `]`" : "expected `,` or `}`");
            return true;
        }
        ++m_at;
        frames.pop_back();
        acceptComma = true;
    }
    done = true;
    return true;
}

bool RawScanner::skipKey()
{
    skipSpace();
    if (atEnd())
        return failPeek("EOF while parsing an object", true);
    if (peek() != '"')
        return failPeek("key must be a string");
    ++m_at;
    if (!skipString())
        return false;
    skipSpace();
    if (atEnd())
        return failPeek("EOF while parsing an object", true);
    if (peek() != ':')
        return failPeek("expected `:`");
    ++m_at;
    return true;
}

bool RawScanner::skipScalar()
{
    switch (peek()) {
    case 'n':
        return skipWord("ull");
    case 't':
        return skipWord("rue");
    case 'f':
        return skipWord("alse");
    case '"':
        ++m_at;
        return skipString();
    default:
        break;
    }
    if (peek() == '-' || isDigit(peek()))
        return skipNumber();
    return failPeek("expected value");
}

bool RawScanner::skipWord(std::string_view rest)
{
    ++m_at;
    for (const char expected : rest) {
        if (atEnd())
            return fail("EOF while parsing a value", true);
        if (m_text[m_at++] != expected)
            return fail("expected ident");
    }
    return true;
}

bool RawScanner::skipDigits()
{
    const std::size_t begin = m_at;
    while (!atEnd() && isDigit(peek()))
        ++m_at;
    return m_at > begin;
}

bool RawScanner::skipNumber()
{
    if (peek() == '-')
        ++m_at;
    if (atEnd())
        return fail("invalid number");
    const char first = m_text[m_at++];
    if (!isDigit(first))
        return fail("invalid number");
    if (first != '0')
        skipDigits();
    else if (!atEnd() && isDigit(peek()))
        return failPeek("invalid number");
    if (!atEnd() && peek() == '.') {
        ++m_at;
        if (!skipDigits())
            return failPeek("invalid number");
    }
    if (atEnd() || (peek() != 'e' && peek() != 'E'))
        return true;
    ++m_at;
    if (!atEnd() && (peek() == '+' || peek() == '-'))
        ++m_at;
    if (atEnd())
        return fail("invalid number");
    if (!isDigit(m_text[m_at++]))
        return fail("invalid number");
    skipDigits();
    return true;
}

bool RawScanner::skipString()
{
    for (;;) {
        while (m_at < m_text.size() && m_text[m_at] != '"' && m_text[m_at] != '\\'
               && static_cast<unsigned char>(m_text[m_at]) >= 0x20)
            ++m_at;
        if (atEnd())
            return fail("EOF while parsing a string", true);
        const char c = peek();
        if (c == '"') {
            ++m_at;
            return true;
        }
        if (c != '\\')
            return fail("control character (\\u0000-\\u001F) found while parsing a string");
        ++m_at;
        if (!skipEscape())
            return false;
    }
}

bool RawScanner::skipEscape()
{
    if (atEnd())
        return fail("EOF while parsing a string", true);
    const char c = m_text[m_at++];
    if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos)
        return true;
    if (c != 'u')
        return fail("invalid escape");
    if (m_text.size() - m_at < 4) {
        m_at = m_text.size();
        return fail("EOF while parsing a string", true);
    }
    const std::string_view digits = m_text.substr(m_at, 4);
    m_at += 4;
    return std::all_of(digits.begin(), digits.end(), isHex) || fail("invalid escape");
}

std::vector<RawMember> rawMembers(std::string_view object)
{
    std::vector<RawMember> out;
    RawScanner scanner(object);
    scanner.skipSpace();
    if (scanner.atEnd() || scanner.peek() != '{')
        return out;
    scanner.advance();
    const auto slice = [&](std::size_t begin) { return object.substr(begin, scanner.at() - begin); };
    for (;;) {
        scanner.skipSpace();
        if (scanner.atEnd() || scanner.peek() != '"')
            return out;
        const std::size_t keyBegin = scanner.at();
        scanner.advance();
        if (!scanner.skipString())
            return out;
        const std::string_view key = slice(keyBegin);
        scanner.skipSpace();
        if (scanner.atEnd() || scanner.peek() != ':')
            return out;
        scanner.advance();
        scanner.skipSpace();
        const std::size_t valueBegin = scanner.at();
        if (!scanner.skipValue())
            return out;
        out.push_back({key, slice(valueBegin)});
        scanner.skipSpace();
        if (scanner.atEnd() || scanner.peek() != ',')
            return out;
        scanner.advance();
    }
}

std::string rawString(std::string_view quoted)
{
    if (quoted.size() < 2)
        return {};
    const std::string_view inner = quoted.substr(1, quoted.size() - 2);
    if (inner.find('\\') == std::string_view::npos)
        return std::string(inner);
    const auto doc = json::Document::parse(quoted);
    return doc ? doc->root().toString() : std::string(inner);
}

} // namespace miroir::protocol
