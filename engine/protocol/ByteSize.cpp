// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/ByteSize.h"
#include "base/Bytes.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace miroir::protocol {

namespace {

struct Unit {
    const char *name;
    std::uint64_t bytes;
};
// From the largest to the smallest.
constexpr std::array<Unit, 12> units {{
    {"EiB", 1ULL << 60U},
    {"EB", 1'000'000'000'000'000'000ULL},
    {"PiB", 1ULL << 50U},
    {"PB", 1'000'000'000'000'000ULL},
    {"TiB", 1ULL << 40U},
    {"TB", 1'000'000'000'000ULL},
    {"GiB", 1ULL << 30U},
    {"GB", 1'000'000'000ULL},
    {"MiB", 1ULL << 20U},
    {"MB", 1'000'000ULL},
    {"KiB", 1ULL << 10U},
    {"KB", 1000ULL},
}};

std::string_view withoutSpaces(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// Bytes of a unit; 0 when there is no such unit. "b" alone is the byte, and a trailing "b" may be left out.
std::uint64_t unitBytes(std::string_view name)
{
    const std::string wanted = lowerAscii(name);
    if (wanted.empty() || wanted == "b")
        return 1;
    for (const Unit &unit : units) {
        const std::string known = lowerAscii(unit.name);
        if (wanted == known || wanted + "b" == known)
            return unit.bytes;
    }
    return 0;
}

} // namespace

Result<std::uint64_t, std::string> parseByteSize(std::string_view text)
{
    const std::string_view whole = withoutSpaces(text);
    if (whole.empty())
        return Err<std::string> {"no value can be found"};
    if (std::isdigit(static_cast<unsigned char>(whole.front())) == 0)
        return Err<std::string> {"the character '" + std::string(1, whole.front()) + "' is not a number"};
    double value = 0;
    const auto [end, error]
        = std::from_chars(whole.data(), whole.data() + whole.size(), value, std::chars_format::fixed);
    if (error != std::errc())
        return Err<std::string> {"value number is too long"};
    const std::string_view unit = withoutSpaces(whole.substr(static_cast<std::size_t>(end - whole.data())));
    const std::uint64_t factor = unitBytes(unit);
    if (factor == 0)
        return Err<std::string> {"the character '" + std::string(1, unit.front())
            + "' is incorrect ('B', 'K', 'M', 'G', 'T', 'P', 'E' or no character or no character is expected)"};
    constexpr double most = 18'446'744'073'709'549'568.0; // the largest double below 2^64
    const double bytes = std::ceil(value * static_cast<double>(factor));
    if (bytes > most)
        return Err<std::string> {"the value exceeds the valid range"};
    return static_cast<std::uint64_t>(bytes);
}

std::string byteSizeText(std::uint64_t bytes)
{
    for (const Unit &unit : units) {
        if (bytes < unit.bytes)
            continue;
        std::array<char, 64> digits {};
        const double value = static_cast<double>(bytes) / static_cast<double>(unit.bytes);
        const auto written
            = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
        return std::string(digits.data(), written.ptr) + " " + unit.name;
    }
    return std::to_string(bytes) + " B";
}

std::string wholeByteSizeText(std::uint64_t bytes)
{
    for (const Unit &unit : units) {
        if (bytes >= unit.bytes && bytes % unit.bytes == 0)
            return std::to_string(bytes / unit.bytes) + " " + unit.name;
    }
    return std::to_string(bytes) + " B";
}

} // namespace miroir::protocol
