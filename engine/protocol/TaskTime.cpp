// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/TaskTime.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace miroir::protocol {

namespace {

/// Reads fixed-width decimal fields from the front.
class Scanner
{
public:
    explicit Scanner(std::string_view text)
        : m_text(text)
    {
    }
    int number(std::size_t digits)
    {
        if (m_text.size() < digits)
            return failed();
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (m_text[i] < '0' || m_text[i] > '9')
                return failed();
            value = value * 10 + (m_text[i] - '0');
        }
        m_text.remove_prefix(digits);
        return value;
    }
    void literal(char c)
    {
        if (m_text.empty() || m_text.front() != c)
            failed();
        else
            m_text.remove_prefix(1);
    }
    void skipOne()
    {
        if (m_text.empty())
            failed();
        else
            m_text.remove_prefix(1);
    }
    /// Takes the next character when it is one of these; otherwise 0.
    char oneOf(std::string_view set)
    {
        if (m_text.empty() || set.find(m_text.front()) == std::string_view::npos)
            return 0;
        const char c = m_text.front();
        m_text.remove_prefix(1);
        return c;
    }
    /// Digits of a fraction as nanoseconds; those behind the ninth are dropped.
    std::int64_t fraction()
    {
        std::int64_t value = 0;
        std::int64_t unit = 100'000'000;
        bool any = false;
        while (!m_text.empty() && m_text.front() >= '0' && m_text.front() <= '9') {
            value += (m_text.front() - '0') * unit;
            unit /= 10;
            any = true;
            m_text.remove_prefix(1);
        }
        if (!any)
            failed();
        return value;
    }
    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] bool done() const { return m_ok && m_text.empty(); }
    int failed()
    {
        m_ok = false;
        return 0;
    }

private:
    std::string_view m_text;
    bool m_ok = true;
};

/// Days since 1970; nothing for a date that does not exist.
std::optional<std::int64_t> readDate(Scanner &in)
{
    const int year = in.number(4);
    in.literal('-');
    const int month = in.number(2);
    in.literal('-');
    const int day = in.number(2);
    const std::chrono::year_month_day date {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))};
    if (!in.ok() || !date.ok())
        return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

/// Seconds of the day.
std::optional<std::int64_t> readTime(Scanner &in, int lastSecond)
{
    const int hour = in.number(2);
    in.literal(':');
    const int minute = in.number(2);
    in.literal(':');
    const int second = in.number(2);
    if (!in.ok() || hour > 23 || minute > 59 || second > lastSecond)
        return std::nullopt;
    // a leap second is taken as the end of the minute
    return hour * 3600 + minute * 60 + std::min(second, 59);
}

std::int64_t clampedNs(std::int64_t seconds, std::int64_t fraction)
{
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (seconds >= most / second)
        return most;
    if (seconds <= -(most / second))
        return -most;
    return seconds * second + fraction;
}

} // namespace

std::optional<std::int64_t> parseRfc3339(std::string_view text)
{
    Scanner in(text);
    const auto days = readDate(in);
    in.skipOne(); // T, or any other sign between date and time
    const auto time = readTime(in, 60);
    const std::int64_t fraction = in.oneOf(".") ? in.fraction() : 0;
    std::int64_t offset = 0;
    if (!in.oneOf("Zz")) {
        const char sign = in.oneOf("+-");
        const int hours = in.number(2);
        in.literal(':');
        const int minutes = in.number(2);
        if (sign == 0 || hours > 23 || minutes > 59)
            return std::nullopt;
        offset = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    }
    if (!in.done() || !days || !time)
        return std::nullopt;
    return clampedNs(*days * 86'400 + *time - offset, fraction);
}

std::optional<std::int64_t> parseDate(std::string_view text)
{
    Scanner in(text);
    const auto days = readDate(in);
    if (!days || !in.done())
        return std::nullopt;
    return clampedNs(*days * 86'400, 0);
}

std::optional<std::int64_t> parsePrimitiveDateTime(std::string_view text, char separator)
{
    Scanner in(text);
    const auto days = readDate(in);
    in.literal(separator);
    const auto time = readTime(in, 59);
    if (!in.done() || !days || !time)
        return std::nullopt;
    return clampedNs(*days * 86'400 + *time, 0);
}

} // namespace miroir::protocol
