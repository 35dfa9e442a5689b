// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Query.h"

#include "protocol/Deserr.h"

#include <QString>

#include <limits>

namespace miroir::protocol {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// Form decoding; an escape that is none stays as it is.
std::string decodeForm(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    bool ascii = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && i + 2 < text.size()) {
            const int high = hexDigit(text[i + 1]);
            const int low = hexDigit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                c = static_cast<char>(high * 16 + low);
                i += 2;
            }
        }
        ascii = ascii && static_cast<unsigned char>(c) < 0x80;
        out.push_back(c);
    }
    if (ascii)
        return out;
    // one trip through UTF-16 replaces what is no UTF-8 by U+FFFD and leaves the rest as it is
    return QString::fromUtf8(out.data(), static_cast<qsizetype>(out.size())).toStdString();
}

std::string quoteParam(std::string_view param)
{
    return "`" + std::string(param) + "`";
}

std::string cannotParse(std::string_view text, std::string_view as)
{
    return "could not parse `" + std::string(text) + "` as " + std::string(as);
}

} // namespace

QueryParams QueryParams::parse(std::string_view rawQuery)
{
    QueryParams out;
    while (!rawQuery.empty()) {
        const std::size_t end = std::min(rawQuery.find('&'), rawQuery.size());
        const std::string_view pair = rawQuery.substr(0, end);
        rawQuery.remove_prefix(std::min(end + 1, rawQuery.size()));
        if (pair.empty())
            continue;
        const std::size_t equal = pair.find('=');
        if (equal == std::string_view::npos)
            out.set(decodeForm(pair), {});
        else
            out.set(decodeForm(pair.substr(0, equal)), decodeForm(pair.substr(equal + 1)));
    }
    return out;
}

void QueryParams::set(std::string name, std::string value)
{
    // the request line is short (limits::requestLineBytes), so a linear search is enough
    for (auto &[known, old] : m_list) {
        if (known == name) {
            old = std::move(value);
            return;
        }
    }
    m_list.emplace_back(std::move(name), std::move(value));
}

const std::string *QueryParams::find(std::string_view name) const
{
    for (const auto &[known, value] : m_list) {
        if (known == name)
            return &value;
    }
    return nullptr;
}

Err<ApiError> invalidParam(std::string_view message, std::string_view param, std::string_view code)
{
    return refuse(code, "Invalid value in parameter " + quoteParam(param) + ": " + std::string(message));
}

Err<ApiError> missingParam(std::string_view param, std::string_view code)
{
    return refuse(code, "Missing parameter " + quoteParam(param));
}

Err<ApiError> unknownParam(std::string_view param, std::span<const char *const> accepted, std::string_view code)
{
    return refuse(code,
                  "Unknown parameter " + quoteParam(param) + ": " + didYouMean(param, accepted) + "expected one of "
                      + listInBackticks(accepted));
}

Err<ApiError> unknownParamValue(std::string_view value, std::span<const char *const> accepted,
                                std::string_view param, std::string_view code)
{
    return refuse(code,
                  "Unknown value " + quoteParam(value) + " for parameter " + quoteParam(param) + ": "
                      + didYouMean(value, accepted) + "expected one of " + listInBackticks(accepted));
}

std::optional<std::uint64_t> parsePositive(std::string_view text)
{
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    if (text.empty())
        return std::nullopt;
    constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t n = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (n > (max - digit) / 10)
            return std::nullopt;
        n = n * 10 + digit;
    }
    return n;
}

ApiStatus readParam(std::string &out, std::string_view text, std::string_view, std::string_view)
{
    out = text;
    return Done {};
}

ApiStatus readParam(std::uint64_t &out, std::string_view text, std::string_view param, std::string_view code)
{
    const auto n = parsePositive(text);
    if (!n)
        return invalidParam(cannotParse(text, "a positive integer"), param, code);
    out = *n;
    return Done {};
}

ApiStatus readParam(std::uint32_t &out, std::string_view text, std::string_view param, std::string_view code)
{
    const auto n = parsePositive(text);
    if (!n || *n > std::numeric_limits<std::uint32_t>::max())
        return invalidParam(cannotParse(text, "a positive integer"), param, code);
    out = static_cast<std::uint32_t>(*n);
    return Done {};
}

ApiStatus readParam(bool &out, std::string_view text, std::string_view param, std::string_view code)
{
    if (text != "true" && text != "false")
        return invalidParam(cannotParse(text, "a boolean, expected either `true` or `false`"), param, code);
    out = text == "true";
    return Done {};
}

ApiStatus readParam(std::vector<std::string> &out, std::string_view text, std::string_view, std::string_view)
{
    out.clear();
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        if (end > 0)
            out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return Done {};
}

ApiStatus readParams(const QueryParams &query, std::span<const Param> params, bool denyUnknown)
{
    for (const auto &[name, text] : query.list()) {
        const Param *found = nullptr;
        for (const Param &param : params) {
            if (name == param.name)
                found = &param;
        }
        if (found == nullptr) {
            if (!denyUnknown)
                continue;
            std::vector<const char *> accepted;
            for (const Param &param : params)
                accepted.push_back(param.name);
            return unknownParam(name, accepted, "bad_request");
        }
        if (auto s = found->read(text, name, found->code); !s)
            return s;
    }
    for (const Param &param : params) {
        if (param.missing != nullptr && query.find(param.name) == nullptr)
            return missingParam(param.name, param.missing);
    }
    return Done {};
}

} // namespace miroir::protocol
