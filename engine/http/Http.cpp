// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Http.h"

#include "base/Bytes.h"
#include "http/Percent.h"

namespace miroir::http {

QByteArray Request::field(std::string_view name) const
{
    for (const auto &[fieldName, value] : fields) {
        if (sv(fieldName) == name)
            return value;
    }
    return {};
}

std::optional<QByteArray> percentDecode(std::string_view text)
{
    QByteArray out;
    out.reserve(static_cast<qsizetype>(text.size()));
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.append(text[i]);
            continue;
        }
        const std::optional<char> byte = escapedByte(text, i);
        if (!byte)
            return std::nullopt;
        out.append(*byte);
        i += 2;
    }
    return out.isNull() ? QByteArray("") : out;
}

std::vector<std::pair<std::string, std::string>> parseQuery(std::string_view query)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (pair.empty())
            continue;
        const std::size_t equals = pair.find('=');
        const std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
        pairs.emplace_back(decodeLeniently(pair.substr(0, equals), Plus::Space), decodeLeniently(value, Plus::Space));
    }
    return pairs;
}

} // namespace miroir::http
