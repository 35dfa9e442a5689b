// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/ValueFilter.h"

#include "json/Json.h"
#include "merge/Distinct.h"
#include "protocol/FilterCheck.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace miroir::merge {

namespace {

/// A filter knows other escapes than JSON: only what would end or change the value is escaped.
std::string quoted(const std::string &value)
{
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

/// What a node reads a value of a filter as besides a text.
std::optional<double> numberIn(std::string_view text)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

/// One number and no text: from one way of writing it to another that comes first among texts, so that as a range of
/// texts it is empty.
std::string onlyNumber(const std::string &attribute, double number)
{
    const std::string text = protocol::displayDouble(number);
    const std::string longer = text + (text.find('.') == std::string::npos ? ".0" : "0");
    return attribute + ' ' + quoted(longer) + " TO " + quoted(text);
}

/// One text and no number: up to what is no number, and comes right behind it among texts.
std::string onlyText(const std::string &attribute, const std::string &text)
{
    return attribute + ' ' + quoted(text) + " TO " + quoted(text + '\x01');
}

} // namespace

std::string valueFilter(const std::string &attribute, const std::vector<std::string> &keys, bool ranges)
{
    const std::string name = json::quoted(attribute);
    std::string list, others;
    for (const std::string &key : keys) {
        const std::string value = Distinct::facetKeyOf(key);
        const std::optional<double> number = ranges ? numberIn(value) : std::nullopt;
        if (!number)
            list += (list.empty() ? "" : ", ") + quoted(value);
        else if (Distinct::isNumber(key))
            others += " OR " + onlyNumber(name, *number);
        else
            others += " OR " + onlyText(name, value);
    }
    if (!list.empty())
        return name + " IN [" + list + ']' + others;
    return others.empty() ? std::string() : others.substr(std::string_view(" OR ").size());
}

} // namespace miroir::merge
