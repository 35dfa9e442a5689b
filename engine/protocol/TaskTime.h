// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// Times as clients write them. Pure; nanoseconds since 1970-01-01 UTC.
namespace miroir::protocol {

/// RFC 3339 date-time with `Z` or an offset; fractions beyond nanoseconds are cut. Years 0000 to 9999, but only what
/// fits 64 bits of nanoseconds (1677 to 2262) keeps its value: others are clamped to that range.
std::optional<std::int64_t> parseRfc3339(std::string_view text);
/// YYYY-MM-DD, at midnight UTC.
std::optional<std::int64_t> parseDate(std::string_view text);
/// YYYY-MM-DD, `separator`, HH:MM:SS; in UTC.
std::optional<std::int64_t> parsePrimitiveDateTime(std::string_view text, char separator);
inline constexpr std::int64_t nanosecondsPerDay = 86'400'000'000'000;

} // namespace miroir::protocol
