// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Percent.h"

#include "base/Bytes.h"

#include <QUtf8StringView>

namespace miroir::http {

namespace {

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

std::optional<char> escapedByte(std::string_view text, std::size_t at)
{
    if (at + 2 >= text.size())
        return std::nullopt;
    const int high = hexValue(text[at + 1]);
    const int low = hexValue(text[at + 2]);
    if (high < 0 || low < 0)
        return std::nullopt;
    return static_cast<char>(high * 16 + low);
}

std::string decodeLeniently(std::string_view text, Plus plus)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (const std::optional<char> byte = escapedByte(text, i)) {
                out.push_back(*byte);
                i += 2;
                continue;
            }
        }
        out.push_back(text[i] == '+' && plus == Plus::Space ? ' ' : text[i]);
    }
    if (QUtf8StringView(out.data(), static_cast<qsizetype>(out.size())).isValidUtf8())
        return out;
    return toStd(toQString(out));
}

} // namespace miroir::http
