// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Key.h"

#include "base/Bytes.h"

#include <array>

namespace miroir::protocol {

namespace {

char lower(char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool isHyphenPlace(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

/// 32 digits or the hyphenated form, without anything around.
std::optional<std::string> parseBare(std::string_view text)
{
    const bool simple = text.size() == 32;
    if (!simple && text.size() != 36)
        return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (simple && isHyphenPlace(out.size()))
            out.push_back('-');
        if (!simple && isHyphenPlace(i) ? text[i] != '-' : !isHex(text[i]))
            return std::nullopt;
        out.push_back(lower(text[i]));
    }
    return out;
}

/// The whole character at that place, for the error text.
std::string characterAt(std::string_view text, std::size_t i)
{
    std::size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        ++end;
    return std::string(text.substr(i, end - i));
}

std::string uuidProblem(std::string_view text)
{
    constexpr std::size_t longest = 45;
    if (text.empty() || text.size() > longest)
        return "invalid length: found " + std::to_string(text.size());
    std::size_t begin = 0;
    std::size_t end = text.size();
    if (text.front() == '{' && text.back() == '}' && text.size() > 1) {
        begin = 1;
        end = text.size() > 2 ? text.size() - 3 : 1;
    } else if (text.starts_with("urn:uuid:")) {
        begin = 9;
        end = std::max<std::size_t>(begin, text.size() - 9);
    }
    std::array<std::size_t, 4> groupEnds {};
    std::size_t hyphens = 0;
    for (std::size_t i = begin; i < end; ++i) {
        if (isHex(text[i]))
            continue;
        if (text[i] != '-')
            return "invalid character: found `" + characterAt(text, i) + "` at " + std::to_string(i);
        if (hyphens < groupEnds.size())
            groupEnds[hyphens] = i - begin;
        ++hyphens;
    }
    const bool plain = begin == 0;
    if (plain && hyphens == 0)
        return "invalid length: found " + std::to_string(text.size());
    if (hyphens != groupEnds.size())
        return "invalid group count: expected 5, found " + std::to_string(hyphens + 1);
    constexpr std::array<std::size_t, 5> starts {0, 9, 14, 19, 24};
    constexpr std::array<std::size_t, 5> lengths {8, 4, 4, 4, 12};
    std::size_t group = 4;
    std::size_t length = text.size() - starts[4];
    for (std::size_t i = 0; i < groupEnds.size(); ++i) {
        if (groupEnds[i] != starts[i + 1] - 1) {
            group = i;
            length = groupEnds[i] - starts[i];
            break;
        }
    }
    return "invalid group length in group " + std::to_string(group) + ": expected " + std::to_string(lengths[group])
        + ", found " + std::to_string(length);
}

} // namespace

Result<std::string, std::string> parseUuid(std::string_view text)
{
    std::string_view bare = text;
    if (text.size() == 38 && text.front() == '{' && text.back() == '}')
        bare = text.substr(1, 36);
    else if (text.size() == 45 && text.starts_with("urn:uuid:"))
        bare = text.substr(9);
    if (bare.size() == 32 || bare.size() == 36) {
        if (auto uid = parseBare(bare))
            return std::move(*uid);
    }
    return Err<std::string> {uuidProblem(text)};
}

} // namespace miroir::protocol
