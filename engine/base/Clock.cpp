// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Clock.h"

#include <cstdio>
#include <ctime>

namespace miroir {

namespace {
constexpr std::int64_t nsPerSecond = 1'000'000'000;
}

std::string rfc3339(std::int64_t utcNs)
{
    std::time_t seconds = static_cast<std::time_t>(utcNs / nsPerSecond);
    std::int64_t fraction = utcNs % nsPerSecond;
    if (fraction < 0) {
        fraction += nsPerSecond;
        --seconds;
    }
    std::tm parts {};
    gmtime_r(&seconds, &parts);
    char text[80];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900,
        parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    std::string out = text;
    if (fraction != 0) {
        std::snprintf(text, sizeof text, ".%09lld", static_cast<long long>(fraction));
        out += text;
        while (out.back() == '0')
            out.pop_back();
    }
    return out + 'Z';
}

std::string isoDuration(std::int64_t ns)
{
    if (ns < 0)
        ns = 0;
    std::int64_t seconds = ns / nsPerSecond;
    const std::int64_t fraction = ns % nsPerSecond;
    std::string out = "P";
    constexpr std::int64_t secondsPerDay = 86400;
    if (seconds >= secondsPerDay) {
        out += std::to_string(seconds / secondsPerDay) + "D";
        seconds %= secondsPerDay;
    }
    char text[40] = "";
    if (fraction == 0)
        std::snprintf(text, sizeof text, "T%lldS", static_cast<long long>(seconds));
    else if (fraction % 1'000'000 == 0)
        std::snprintf(text, sizeof text, "T%lld.%03lldS", static_cast<long long>(seconds),
            static_cast<long long>(fraction / 1'000'000));
    else if (fraction % 1'000 == 0)
        std::snprintf(text, sizeof text, "T%lld.%06lldS", static_cast<long long>(seconds),
            static_cast<long long>(fraction / 1'000));
    else
        std::snprintf(text, sizeof text, "T%lld.%09lldS", static_cast<long long>(seconds),
            static_cast<long long>(fraction));
    return out + text;
}

} // namespace miroir
