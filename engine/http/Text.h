// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <algorithm>
#include <string_view>

/// The character classes of RFC 9110 and what is done with such text. Pure.
namespace miroir::http {

inline bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
inline bool isTokenChar(char c)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.find(c) != std::string_view::npos;
}
inline bool isToken(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenChar);
}
/// Visible, space, tab or a byte over 127; no other control character.
inline bool isFieldValueChar(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}
inline bool isFieldValue(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), isFieldValueChar);
}
inline std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}
inline char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline bool equalsIgnoringCase(std::string_view text, std::string_view lowerCase)
{
    return std::equal(text.begin(), text.end(), lowerCase.begin(), lowerCase.end(),
                      [](char a, char b) { return lower(a) == b; });
}
inline QByteArray toLower(std::string_view text)
{
    QByteArray out(static_cast<qsizetype>(text.size()), Qt::Uninitialized);
    std::transform(text.begin(), text.end(), out.begin(), lower);
    return out;
}
/// Calls visit with each trimmed, non-empty member of a comma-separated list.
template <typename Visit>
void forEachListItem(std::string_view list, Visit visit)
{
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view item = trimmed(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        if (!item.empty())
            visit(item);
    }
}

} // namespace miroir::http
