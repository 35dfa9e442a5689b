// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace miroir {

/// Time as the engine sees it; the simulator gives its own.
class Clock
{
public:
    virtual ~Clock() = default;
    /// Nanoseconds since 1970-01-01 UTC.
    [[nodiscard]] virtual std::int64_t utcNs() const = 0;
    /// Milliseconds of a clock that never goes back.
    [[nodiscard]] virtual std::int64_t monotonicMs() const = 0;
};

class SystemClock final : public Clock
{
public:
    [[nodiscard]] std::int64_t utcNs() const override
    {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    [[nodiscard]] std::int64_t monotonicMs() const override
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }
};

/// RFC 3339 in UTC with 'Z', trailing zeros of the fraction trimmed, as Meilisearch writes times.
std::string rfc3339(std::int64_t utcNs);
/// ISO 8601 duration as Meilisearch writes it: PT0.009330S, with 0, 3, 6 or 9 decimals.
std::string isoDuration(std::int64_t ns);

} // namespace miroir
