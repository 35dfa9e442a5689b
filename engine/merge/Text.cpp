// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Text.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace miroir::merge {

namespace {

constexpr std::size_t longestFacetBytes = 468;

bool isAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool isAsciiSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string normaliseAscii(std::string_view text)
{
    while (!text.empty() && isAsciiSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isAsciiSpace(text.back()))
        text.remove_suffix(1);
    std::string out(text);
    for (char &c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view trimmed(std::string_view text)
{
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(text.data()); // what ICU's macros want
    const auto length = static_cast<std::int32_t>(text.size());
    std::int32_t begin = 0;
    while (begin < length) {
        std::int32_t next = begin;
        UChar32 c = 0;
        U8_NEXT(bytes, next, length, c);
        if (c < 0 || !u_isUWhiteSpace(c))
            break;
        begin = next;
    }
    std::int32_t end = length;
    while (end > begin) {
        std::int32_t previous = end - 1;
        while (previous > begin && (bytes[previous] & 0xC0U) == 0x80U)
            --previous;
        std::int32_t next = previous;
        UChar32 c = 0;
        U8_NEXT(bytes, next, length, c);
        if (c < 0 || !u_isUWhiteSpace(c))
            break;
        end = previous;
    }
    return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

icu::StringPiece piece(std::string_view text)
{
    return {text.data(), static_cast<std::int32_t>(text.size())};
}

std::string normaliseUnicode(std::string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2 *nfkd = icu::Normalizer2::getNFKDInstance(status);
    std::string decomposed;
    icu::StringByteSink<std::string> decomposedSink(&decomposed);
    if (U_SUCCESS(status))
        nfkd->normalizeUTF8(0, piece(trimmed(text)), decomposedSink, nullptr, status);
    std::string lower;
    icu::StringByteSink<std::string> lowerSink(&lower);
    if (U_SUCCESS(status))
        icu::CaseMap::utf8ToLower("", 0, piece(decomposed), lowerSink, nullptr, status);
    // without ICU data nothing can be normalised; the text itself is then the best key
    return U_SUCCESS(status) ? lower : std::string(text);
}

} // namespace

std::string withoutMarks(std::string_view normalised)
{
    if (isAscii(normalised))
        return std::string(normalised);
    std::string out;
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(normalised.data()); // what ICU's macros want
    const auto length = static_cast<std::int32_t>(normalised.size());
    for (std::int32_t at = 0; at < length;) {
        const std::int32_t begin = at;
        UChar32 c = 0;
        U8_NEXT(bytes, at, length, c);
        if (c < 0 || u_charType(c) != U_NON_SPACING_MARK)
            out += normalised.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
    }
    return out;
}

std::string normaliseFacet(std::string_view utf8)
{
    std::string key = isAscii(utf8) ? normaliseAscii(utf8) : normaliseUnicode(utf8);
    if (key.size() > longestFacetBytes) {
        std::size_t end = longestFacetBytes;
        while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xC0U) == 0x80U)
            --end; // never inside a character
        key.resize(end);
    }
    return key;
}

} // namespace miroir::merge
