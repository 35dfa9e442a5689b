// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/Normalizer.h"

#include "base/Assert.h"
#include "localnode/TokenizerTables.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace miroir::localnode {

namespace {

const icu::Normalizer2 &nfkd()
{
    static const icu::Normalizer2 *instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        const icu::Normalizer2 *n = icu::Normalizer2::getNFKDInstance(status);
        MIROIR_ASSERT(U_SUCCESS(status));
        return n;
    }();
    return *instance;
}

bool isAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string fromUnicode(const icu::UnicodeString &text)
{
    std::string out;
    text.toUTF8String(out);
    return out;
}

/// Characters are decomposed one by one, for the reader of a highlight has to find each of them again.
void appendDecomposed(std::string &out, char32_t c)
{
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
        return;
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString one(static_cast<UChar32>(c));
    out += fromUnicode(nfkd().normalize(one, status));
}

void appendLower(std::string &out, char32_t c)
{
    if (c < 0x80) {
        out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c));
        return;
    }
    if (c == 0x0130) { // the one letter whose small form has two characters
        out += "i\xCC\x87";
        return;
    }
    appendCode(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))));
}

bool hasCase(Script script)
{
    return script == Script::Latin || script == Script::Cyrillic || script == Script::Greek
        || script == Script::Georgian || script == Script::Armenian;
}

bool dropsMarks(Script script)
{
    return script == Script::Hebrew || script == Script::Thai || script == Script::Arabic
        || script == Script::Latin || script == Script::Greek;
}

void appendArabic(std::string &out, char32_t c)
{
    switch (c) {
    case 0x0640: // tatweel
        return;
    case 0x0623:
    case 0x0625:
    case 0x0622:
    case 0x0671:
        return appendCode(out, 0x0627);
    case 0x0649:
        return appendCode(out, 0x064A);
    case 0x0629:
        return appendCode(out, 0x0647);
    default:
        appendCode(out, c);
    }
}

void appendFolded(std::string &out, char32_t c, Script script)
{
    if (dropsMarks(script) && isRemovedMark(c))
        return;
    if (script == Script::Arabic)
        return appendArabic(out, c);
    if (script == Script::Cj) {
        const bool katakana = c >= 0x30A1 && c <= 0x30F6;
        return appendCode(out, katakana ? c - 0x60 : c);
    }
    if (!hasCase(script))
        return appendCode(out, c);
    std::string lower;
    appendLower(lower, c);
    if (script == Script::Latin) {
        if (lower == "\u0153")
            lower = "oe";
        else if (lower == "\u00E6")
            lower = "ae";
        else if (lower == "\u0111" || lower == "\u00F0")
            lower = "d";
        else if (lower == "\u0131")
            lower = "i";
        else if (lower == "i\xCC\x87")
            lower = "i";
        else if (lower == "\u2019" || lower == "\u2018" || lower == "\u201B")
            lower = "'";
    }
    out += lower;
}

bool plainScript(UScriptCode code)
{
    switch (code) {
    case USCRIPT_BENGALI:
    case USCRIPT_DEVANAGARI:
    case USCRIPT_ETHIOPIC:
    case USCRIPT_GUJARATI:
    case USCRIPT_GURMUKHI:
    case USCRIPT_KANNADA:
    case USCRIPT_MALAYALAM:
    case USCRIPT_MYANMAR:
    case USCRIPT_ORIYA:
    case USCRIPT_SINHALA:
    case USCRIPT_TAMIL:
    case USCRIPT_TELUGU:
        return true;
    default:
        return false;
    }
}

bool latinCode(char32_t c)
{
    return (c >= 0x80 && c <= 0x2AF) || (c >= 0x1D00 && c <= 0x1DBF) || (c >= 0x1E00 && c <= 0x1EFF)
        || (c >= 0x2100 && c <= 0x214F) || (c >= 0x2C60 && c <= 0x2C7F) || (c >= 0xA720 && c <= 0xA7FF)
        || (c >= 0xAB30 && c <= 0xAB6F);
}

} // namespace

Script scriptOf(char32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? Script::Latin : Script::Other;
    if (latinCode(c))
        return Script::Latin;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode code = uscript_getScript(static_cast<UChar32>(c), &status);
    switch (code) {
    case USCRIPT_GREEK:
        return Script::Greek;
    case USCRIPT_CYRILLIC:
        return Script::Cyrillic;
    case USCRIPT_ARMENIAN:
        return Script::Armenian;
    case USCRIPT_GEORGIAN:
        return Script::Georgian;
    case USCRIPT_HEBREW:
        return Script::Hebrew;
    case USCRIPT_ARABIC:
        return Script::Arabic;
    case USCRIPT_THAI:
        return Script::Thai;
    case USCRIPT_KHMER:
        return Script::Khmer;
    case USCRIPT_HANGUL:
        return Script::Hangul;
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return Script::Cj;
    default:
        return plainScript(code) ? Script::Plain : Script::Other;
    }
}

char32_t nextCode(std::string_view text, std::size_t &at)
{
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
        ++at;
        return lead;
    }
    auto offset = static_cast<std::int32_t>(at);
    const auto length = static_cast<std::int32_t>(text.size());
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text.data(), offset, length, c);
    at = static_cast<std::size_t>(offset);
    return static_cast<char32_t>(c);
}

void appendCode(std::string &out, char32_t c)
{
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
        return;
    }
    char buffer[4];
    std::int32_t n = 0;
    UBool failed = false;
    U8_APPEND(buffer, n, 4, static_cast<UChar32>(c), failed);
    if (!failed)
        out.append(buffer, static_cast<std::size_t>(n));
}

std::size_t codeCount(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t firstCodeBytes(std::string_view text)
{
    if (text.empty())
        return 0;
    std::size_t at = 0;
    nextCode(text, at);
    return at;
}

bool isNumericCode(char32_t c)
{
    if (c < 0x80)
        return c >= '0' && c <= '9';
    const auto type = u_charType(static_cast<UChar32>(c));
    return type == U_DECIMAL_DIGIT_NUMBER || type == U_LETTER_NUMBER || type == U_OTHER_NUMBER;
}

bool isSpaceCode(char32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= 0x09 && c <= 0x0D);
    return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

std::string_view trimmed(std::string_view text)
{
    const auto plain = [](char c) { return c > ' ' && c < 0x7F; };
    if (!text.empty() && plain(text.front()) && plain(text.back()))
        return text;
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t next = begin;
        if (!isSpaceCode(nextCode(text, next)))
            break;
        begin = next;
    }
    std::size_t end = text.size();
    while (end > begin) {
        std::size_t start = end - 1;
        while (start > begin && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U)
            --start;
        std::size_t at = start;
        if (!isSpaceCode(nextCode(text, at)))
            break;
        end = start;
    }
    return text.substr(begin, end - begin);
}

std::string decomposed(std::string_view word, CharMap *map)
{
    std::string out;
    out.reserve(word.size());
    std::string one;
    for (std::size_t at = 0; at < word.size();) {
        const std::size_t start = at;
        const char32_t c = nextCode(word, at);
        one.clear();
        const bool control = (c < 0x20 || (c >= 0x7F && c < 0xA0)) && !isSpaceCode(c);
        if (!control)
            appendDecomposed(one, c);
        out += one;
        if (map != nullptr)
            map->emplace_back(static_cast<std::uint8_t>(at - start), static_cast<std::uint8_t>(one.size()));
    }
    return out;
}

std::string folded(std::string_view word, Script script, CharMap *map)
{
    std::string out;
    out.reserve(word.size());
    if (map == nullptr) {
        for (std::size_t at = 0; at < word.size();)
            appendFolded(out, nextCode(word, at), script);
    } else {
        std::size_t at = 0;
        for (auto &[original, normal] : *map) {
            const std::size_t end = at + normal;
            const std::size_t before = out.size();
            while (at < end)
                appendFolded(out, nextCode(word, at), script);
            normal = static_cast<std::uint8_t>(out.size() - before);
        }
    }
    if (script == Script::Greek && out.ends_with("\u03C2"))
        out.replace(out.size() - 2, 2, "\u03C3");
    return out;
}

std::string normalisedFacet(std::string_view value)
{
    const std::string_view text = trimmed(value);
    std::string out;
    out.reserve(text.size());
    if (isAscii(text)) {
        for (const char c : text)
            out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
        return out;
    }
    for (std::size_t at = 0; at < text.size();)
        appendDecomposed(out, nextCode(text, at));
    icu::UnicodeString lower = icu::UnicodeString::fromUTF8(out);
    lower.toLower(icu::Locale::getRoot());
    return fromUnicode(lower);
}

std::string foldedFacet(std::string_view value)
{
    // The script of a text is that of most of its letters; a facet value rarely mixes them.
    int counts[16] = {};
    for (std::size_t at = 0; at < value.size();)
        ++counts[static_cast<int>(scriptOf(nextCode(value, at)))];
    counts[static_cast<int>(Script::Other)] = 0;
    const auto best = std::max_element(std::begin(counts), std::end(counts));
    const auto script = *best == 0 ? Script::Other : static_cast<Script>(best - std::begin(counts));
    return folded(decomposed(value), script);
}

std::string_view truncatedTo(std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes)
        return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
        --bytes;
    return text.substr(0, bytes);
}

} // namespace miroir::localnode
