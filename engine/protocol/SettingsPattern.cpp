// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsPattern.h"

namespace miroir::protocol {

bool isWithin(std::string_view field, std::string_view ancestor)
{
    return field.starts_with(ancestor) && (field.size() == ancestor.size() || field[ancestor.size()] == '.');
}

PatternMatch matchPattern(std::string_view pattern, std::string_view field)
{
    const bool open = pattern.starts_with('*');
    const bool tail = pattern.ends_with('*');
    bool match = false;
    if (pattern == "*")
        match = true;
    else if (open && tail)
        match = field.find(pattern.substr(1, pattern.size() - 2)) != std::string_view::npos;
    else if (open)
        match = field.ends_with(pattern.substr(1));
    else if (tail)
        match = field.starts_with(pattern.substr(0, pattern.size() - 1));
    else
        match = pattern == field;
    if (match)
        return PatternMatch::Match;
    return isWithin(pattern, field) ? PatternMatch::Parent : PatternMatch::No;
}

PatternMatch matchPlainName(std::string_view name, std::string_view field)
{
    if (isWithin(field, name))
        return PatternMatch::Match;
    return isWithin(name, field) ? PatternMatch::Parent : PatternMatch::No;
}

PatternMatch matchDistinctName(std::string_view name, std::string_view field)
{
    if (field == name)
        return PatternMatch::Match;
    return isWithin(name, field) ? PatternMatch::Parent : PatternMatch::No;
}

namespace {

template <typename Compare>
PatternMatch best(const std::vector<std::string> &patterns, std::string_view field, Compare compare)
{
    PatternMatch found = PatternMatch::No;
    for (const std::string &pattern : patterns) {
        const PatternMatch match = compare(pattern, field);
        if (match == PatternMatch::Match)
            return match;
        if (match == PatternMatch::Parent)
            found = match;
    }
    return found;
}

} // namespace

PatternMatch matchAnyPattern(const std::vector<std::string> &patterns, std::string_view field)
{
    return best(patterns, field, matchPattern);
}

PatternMatch matchAnyPlainName(const std::vector<std::string> &names, std::string_view field)
{
    return best(names, field, matchPlainName);
}

bool isReservedName(std::string_view field) { return field.starts_with(reservedPrefix); }

bool isReservedPattern(std::string_view pattern)
{
    if (pattern.starts_with('*'))
        pattern.remove_prefix(1);
    return pattern.starts_with(reservedPrefix);
}

} // namespace miroir::protocol
