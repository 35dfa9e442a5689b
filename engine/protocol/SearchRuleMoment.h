// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times in the conditions of search rules. For this module only.
namespace miroir::protocol {

/// A local date and time with its offset: a node keeps the offset, so an instant alone would not do.
struct SearchRuleMoment
{
    std::chrono::local_days day;
    std::chrono::seconds time {0}; ///< of the day
    std::uint32_t nanoseconds = 0;
    std::chrono::minutes offset {0}; ///< east of UTC

    /// RFC 3339; one sign of any kind between date and time. A leap second is allowed where there can be one, at the
    /// end of a month of UTC, and is kept as the last nanosecond before it.
    static std::optional<SearchRuleMoment> parse(std::string_view text);
    [[nodiscard]] std::string text() const; ///< "2020-01-01T00:00:00.5+02:00"
    [[nodiscard]] std::string shown() const; ///< as in a refusal: "2020-01-01 0:00:00.5 +02:00:00"
    [[nodiscard]] bool isAfter(const SearchRuleMoment &other) const;

private:
    [[nodiscard]] std::chrono::local_seconds inUtc() const { return day + time - offset; }
};

} // namespace miroir::protocol
