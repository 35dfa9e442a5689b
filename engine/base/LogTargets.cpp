// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/LogTargets.h"

#include "base/Bytes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace miroir {

namespace {

constexpr std::array<const char *, 6> names {"OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};
constexpr const char *badLevel = "error parsing level filter: expected one of \"off\", \"error\", \"warn\", \"info\", "
                                 "\"debug\", \"trace\", or a number 0-5";

std::optional<LogLevel> levelOf(std::string_view text)
{
    if (text.empty())
        return LogLevel::Error;
    std::string_view digits = text.substr(text.starts_with('+') ? 1 : 0);
    while (digits.size() > 1 && digits.front() == '0')
        digits.remove_prefix(1);
    if (digits.size() == 1 && digits.front() >= '0' && digits.front() <= '5')
        return static_cast<LogLevel>(digits.front() - '0');
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (lowerAscii(text) == lowerAscii(names[i]))
            return static_cast<LogLevel>(i);
    }
    return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, std::string_view by)
{
    std::vector<std::string_view> parts;
    for (std::size_t at = text.find(by); at != std::string_view::npos; at = text.find(by)) {
        parts.push_back(text.substr(0, at));
        text.remove_prefix(at + by.size());
    }
    parts.push_back(text);
    return parts;
}

} // namespace

const char *logLevelName(LogLevel level) { return names[static_cast<std::size_t>(level)]; }

Result<LogTargets::Directive, std::string> LogTargets::directive(std::string_view text)
{
    const auto halves = split(text, "=");
    Directive made;
    if (halves.size() == 1) {
        const auto level = levelOf(text);
        made.bare = level.has_value();
        made.level = level.value_or(LogLevel::Trace);
        made.target = level ? std::string() : std::string(text);
        return made;
    }
    if (halves.size() > 2)
        return Err<std::string> {"invalid filter directive: too many '=' in filter directive, expected 0 or 1"};
    const auto parts = split(halves[0], "[{");
    if (parts.size() > 2)
        return Err<std::string> {"invalid filter directive: too many '[{' in filter directive, expected 0 or 1"};
    made.target = parts[0];
    if (parts.size() == 2) {
        std::string_view fields = parts[1];
        if (!fields.ends_with("}]"))
            return Err<std::string> {"invalid filter directive: expected fields list to end with '}]'"};
        while (fields.ends_with("}]"))
            fields.remove_suffix(2);
        for (const std::string_view field : split(fields, ",")) {
            if (!field.empty())
                made.fields.emplace_back(field);
        }
    }
    const auto level = levelOf(halves[1]);
    if (!level)
        return Err<std::string> {badLevel};
    made.level = *level;
    return made;
}

void LogTargets::add(Directive added)
{
    using Rank = std::tuple<bool, std::size_t, std::size_t, const std::string &, const std::vector<std::string> &>;
    const auto rank = [](const Directive &d) {
        return Rank(!d.bare, d.target.size(), d.fields.size(), d.target, d.fields);
    };
    const auto place = std::find_if(m_directives.begin(), m_directives.end(),
        [&](const Directive &there) { return !(rank(there) > rank(added)); });
    if (place != m_directives.end() && rank(*place) == rank(added))
        *place = std::move(added); // of two the later one counts
    else
        m_directives.insert(place, std::move(added));
}

Result<LogTargets, std::string> LogTargets::parse(std::string_view text)
{
    LogTargets targets;
    for (const std::string_view part : split(text, ",")) {
        auto made = directive(part);
        if (!made)
            return made.err();
        targets.add(std::move(*made));
    }
    return targets;
}

bool LogTargets::enabled(std::string_view category, LogLevel level) const
{
    const auto fits = std::find_if(m_directives.begin(), m_directives.end(), [category](const Directive &d) {
        return category.starts_with(d.target)
            && std::all_of(d.fields.begin(), d.fields.end(), [](const std::string &f) { return f == "message"; });
    });
    return fits != m_directives.end() && fits->level >= level;
}

} // namespace miroir
