// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/MediaType.h"
#include "base/Bytes.h"

namespace miroir::protocol {

namespace {

bool isToken(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::size_t skipTokens(std::string_view text, std::size_t at)
{
    while (at < text.size() && isToken(text[at]))
        ++at;
    return at;
}

/// The quoted value that starts behind its opening quote; npos when it has no end or a control character.
std::size_t skipQuoted(std::string_view text, std::size_t at)
{
    const std::size_t begin = at;
    for (; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c == '"' && at > begin)
            return at + 1;
        if (c < 32 || c == 127)
            return std::string_view::npos;
    }
    return std::string_view::npos;
}

bool parametersValid(std::string_view text, std::size_t at)
{
    while (at < text.size()) {
        if (text[at] == ' ') {
            ++at;
            continue;
        }
        const std::size_t nameEnd = skipTokens(text, at);
        if (nameEnd == at || nameEnd >= text.size() || text[nameEnd] != '=')
            return false;
        at = nameEnd + 1;
        if (at < text.size() && text[at] == '"') {
            at = skipQuoted(text, at + 1);
            if (at == std::string_view::npos)
                return false;
            while (at < text.size() && text[at] == ' ')
                ++at;
        } else {
            const std::size_t valueEnd = skipTokens(text, at);
            if (valueEnd == at && valueEnd < text.size())
                return false;
            at = valueEnd;
        }
        if (at < text.size() && text[at++] != ';')
            return false;
    }
    return true;
}

} // namespace

std::optional<MediaType> parseMediaType(std::string_view text)
{
    const std::size_t slash = skipTokens(text, 0);
    if (slash == 0 || slash >= text.size() || text[slash] != '/')
        return std::nullopt;
    const std::size_t begin = slash + 1;
    const std::size_t end = skipTokens(text, begin);
    if (end < text.size() && (text[end] != ';' || end == begin || !parametersValid(text, end + 1)))
        return std::nullopt;
    MediaType out;
    out.type = lowerAscii(text.substr(0, slash));
    out.subtype = lowerAscii(text.substr(begin, end - begin));
    const std::size_t plus = out.subtype.rfind('+');
    if (plus != std::string::npos && plus > 0) {
        out.suffix = out.subtype.substr(plus + 1);
        out.subtype.resize(plus);
    }
    return out;
}

} // namespace miroir::protocol
