// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SearchRuleMoment.h"

#include <array>
#include <cstdio>
#include <utility>

namespace miroir::protocol {

using namespace std::chrono;

namespace {

constexpr std::uint32_t lastNanosecond = 999'999'999;

bool isDecimal(char c) { return c >= '0' && c <= '9'; }

/// Takes decimal digits from the front; -1 when there are fewer.
int takeNumber(std::string_view &text, std::size_t digits)
{
    if (text.size() < digits)
        return -1;
    int value = 0;
    for (const char c : text.substr(0, digits)) {
        if (!isDecimal(c))
            return -1;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view &text, std::string_view oneOf)
{
    if (text.empty() || oneOf.find(text.front()) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<local_days> takeDate(std::string_view &text)
{
    const int y = takeNumber(text, 4);
    const bool first = take(text, "-");
    const int m = takeNumber(text, 2);
    const bool second = take(text, "-");
    const int d = takeNumber(text, 2);
    if (y < 0 || !first || m < 0 || !second || d < 0)
        return std::nullopt;
    const year_month_day date {year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
    return date.ok() ? std::optional(local_days(date)) : std::nullopt;
}

/// The second of the day, and whether it is a leap second.
std::optional<std::pair<seconds, bool>> takeTime(std::string_view &text)
{
    const int h = takeNumber(text, 2);
    const bool first = take(text, ":");
    const int m = takeNumber(text, 2);
    const bool second = take(text, ":");
    const int s = takeNumber(text, 2);
    if (h < 0 || h > 23 || !first || m < 0 || m > 59 || !second || s < 0 || s > 60)
        return std::nullopt;
    return std::pair {seconds(h * 3600 + m * 60 + (s == 60 ? 59 : s)), s == 60};
}

/// The fraction behind the point, cut to nanoseconds.
std::optional<std::uint32_t> takeFraction(std::string_view &text)
{
    if (!take(text, "."))
        return 0;
    if (text.empty() || !isDecimal(text.front()))
        return std::nullopt;
    std::uint32_t value = 0;
    for (std::uint32_t unit = 100'000'000; !text.empty() && isDecimal(text.front()); unit /= 10) {
        value += static_cast<std::uint32_t>(text.front() - '0') * unit;
        text.remove_prefix(1);
    }
    return value;
}

std::optional<minutes> takeOffset(std::string_view &text)
{
    if (take(text, "Zz"))
        return minutes(0);
    const bool west = !text.empty() && text.front() == '-';
    if (!take(text, "+-"))
        return std::nullopt;
    const int h = takeNumber(text, 2);
    const bool colon = take(text, ":");
    const int m = takeNumber(text, 2);
    if (h < 0 || h > 23 || !colon || m < 0 || m > 59)
        return std::nullopt;
    return minutes((h * 60 + m) * (west ? -1 : 1));
}

bool endsMonth(local_seconds moment)
{
    const auto day = floor<days>(moment);
    const year_month_day date(day);
    return moment == day + hours(24) - seconds(1) && date.day() == (date.year() / date.month() / last).day();
}

std::string fractionText(std::uint32_t nanoseconds)
{
    std::array<char, 16> text {};
    std::snprintf(text.data(), text.size(), "%09u", nanoseconds);
    std::string digits(text.data());
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits;
}

std::string dateText(local_days day)
{
    const year_month_day date(day);
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

/// `format` gets hours, minutes and seconds.
std::string clockText(const char *format, seconds time)
{
    const auto count = static_cast<int>(time.count());
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), format, count / 3600, count / 60 % 60, count % 60);
    return text.data();
}

} // namespace

std::optional<SearchRuleMoment> SearchRuleMoment::parse(std::string_view text)
{
    const auto date = takeDate(text);
    if (!date || text.empty())
        return std::nullopt;
    text.remove_prefix(1);
    const auto time = takeTime(text);
    if (!time)
        return std::nullopt;
    const auto fraction = takeFraction(text);
    if (!fraction)
        return std::nullopt;
    const auto offset = takeOffset(text);
    if (!offset || !text.empty())
        return std::nullopt;
    const auto [second, isLeap] = *time;
    const SearchRuleMoment moment {*date, second, isLeap ? lastNanosecond : *fraction, *offset};
    if (isLeap && !endsMonth(moment.inUtc()))
        return std::nullopt;
    return moment;
}

std::string SearchRuleMoment::text() const
{
    std::string out = dateText(day) + clockText("T%02d:%02d:%02d", time);
    if (nanoseconds != 0)
        out += "." + fractionText(nanoseconds);
    if (offset.count() == 0)
        return out + "Z";
    // the seconds are none, and cut off with their colon
    const std::string zone = clockText("%02d:%02d:%02d", abs(offset));
    return out + (offset.count() < 0 ? "-" : "+") + zone.substr(0, 5);
}

std::string SearchRuleMoment::shown() const
{
    return dateText(day) + clockText(" %d:%02d:%02d", time) + "." + (nanoseconds == 0 ? "0" : fractionText(nanoseconds))
        + (offset.count() < 0 ? " -" : " +") + clockText("%02d:%02d:%02d", abs(offset));
}

bool SearchRuleMoment::isAfter(const SearchRuleMoment &other) const
{
    return std::pair(inUtc(), nanoseconds) > std::pair(other.inUtc(), other.nanoseconds);
}

} // namespace miroir::protocol
