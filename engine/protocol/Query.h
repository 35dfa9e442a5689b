// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Query parameters and their refusals in Meilisearch's words ("Invalid value in parameter `limit`: .."). Pure.
namespace miroir::protocol {

/// Decoded parameters in the order they were written; of a repeated name the last value at the first place.
class QueryParams
{
public:
    QueryParams() = default;
    /// From the raw text behind the `?`, form encoded: `+` is a space, %XX a byte, bytes that are no UTF-8 are
    /// replaced.
    static QueryParams parse(std::string_view rawQuery);
    void set(std::string name, std::string value);
    [[nodiscard]] const std::string *find(std::string_view name) const;
    [[nodiscard]] bool isEmpty() const { return m_list.empty(); }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>> &list() const { return m_list; }

private:
    std::vector<std::pair<std::string, std::string>> m_list;
};

/// "Invalid value in parameter `limit`: message"
Err<ApiError> invalidParam(std::string_view message, std::string_view param, std::string_view code);
/// "Missing parameter `x`"
Err<ApiError> missingParam(std::string_view param, std::string_view code);
/// "Unknown parameter `x`: expected one of `a`, `b`"
Err<ApiError> unknownParam(std::string_view param, std::span<const char *const> accepted, std::string_view code);
/// "Unknown value `x` for parameter `a`: expected one of `y`, `z`"
Err<ApiError> unknownParamValue(std::string_view value, std::span<const char *const> accepted,
                                std::string_view param, std::string_view code);

// The readers: one overload for a type; add your own beside your types.
ApiStatus readParam(std::string &out, std::string_view text, std::string_view param, std::string_view code);
ApiStatus readParam(std::uint64_t &out, std::string_view text, std::string_view param, std::string_view code);
ApiStatus readParam(std::uint32_t &out, std::string_view text, std::string_view param, std::string_view code);
ApiStatus readParam(bool &out, std::string_view text, std::string_view param, std::string_view code);
/// A comma separated list; the empty text is the empty list.
ApiStatus readParam(std::vector<std::string> &out, std::string_view text, std::string_view param,
                    std::string_view code);
template <typename T>
ApiStatus readParam(std::optional<T> &out, std::string_view text, std::string_view param, std::string_view code)
{
    T value {};
    if (auto s = readParam(value, text, param, code); !s)
        return s.err();
    out = std::move(value);
    return Done {};
}

using ReadParam = std::function<ApiStatus(std::string_view text, std::string_view param, std::string_view code)>;

template <typename T>
ReadParam paramInto(T *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) {
        return readParam(*out, text, param, code);
    };
}

struct Param {
    const char *name;
    const char *code; ///< of the refusals of its value
    ReadParam read;
    const char *missing = nullptr; ///< code when it is absent; without one the parameter is optional
};

/// Unknown parameters are refused with bad_request unless denyUnknown is false.
ApiStatus readParams(const QueryParams &query, std::span<const Param> params, bool denyUnknown = true);
inline ApiStatus readParams(const QueryParams &query, std::initializer_list<Param> params, bool denyUnknown = true)
{
    return readParams(query, std::span<const Param>(params.begin(), params.size()), denyUnknown);
}

/// As Rust's parse::<usize>(): digits, an optional plus sign.
std::optional<std::uint64_t> parsePositive(std::string_view text);

} // namespace miroir::protocol
