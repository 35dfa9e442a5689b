// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SearchRequest.h"

#include <cmath>
#include <type_traits>

/// Readers and writers of the parameters that searches share. Private to the module.
namespace miroir::protocol {

std::string_view matchingStrategyName(MatchingStrategy strategy);

// found by argument-dependent look-up from into() and paramInto()
ApiStatus readInto(MatchingStrategy &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(Hybrid &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readParam(MatchingStrategy &out, std::string_view text, std::string_view param, std::string_view code);

/// Keeps the JSON text of any value; null is nothing.
ReadJson intoRaw(std::optional<std::string> *out);
/// A number from 0 to 1.
ReadJson intoThreshold(std::optional<double> *out);
ReadJson intoLocales(std::optional<std::vector<std::string>> *out);
/// {"userContext": ".."}
ReadJson intoPersonalize(std::optional<std::string> *out);
ReadParam paramIntoThreshold(std::optional<double> *out);
ReadParam paramIntoRatio(std::optional<float> *out);
ReadParam paramIntoVector(std::optional<std::vector<float>> *out);
ReadParam paramIntoLocales(std::optional<std::vector<std::string>> *out);

/// Where pages begin and how much they hold; page 0 holds nothing.
std::uint64_t pageFirstHit(const std::optional<std::uint64_t> &page,
                           const std::optional<std::uint64_t> &hitsPerPage);
std::uint64_t pageHitCount(const std::optional<std::uint64_t> &page,
                           const std::optional<std::uint64_t> &hitsPerPage);

/// Parses and gates the filter of a request; nothing gives nothing.
ApiResult<MaybeFilter> checkFilterParam(const std::optional<std::string> &filterJson, const Features &features,
                                        std::string_view code);

void writeStrings(json::Writer &out, const std::vector<std::string> &texts);
void writeVector(json::Writer &out, const std::vector<float> &vector);
void writeHybrid(json::Writer &out, const Hybrid &hybrid);
void writeFlag(json::Writer &out, std::string_view name, bool value); ///< only when true
void writeRawMember(json::Writer &out, std::string_view name, const std::optional<std::string> &json);

/// A member that is left out when it has no value.
template <typename T>
void writeMember(json::Writer &out, std::string_view name, const std::optional<T> &value)
{
    if (!value)
        return;
    if constexpr (std::is_same_v<T, double>) {
        if (!std::isfinite(*value))
            return; // JSON has no word for it
    }
    out.key(name);
    if constexpr (std::is_same_v<T, std::string>)
        out.string(*value);
    else if constexpr (std::is_same_v<T, bool>)
        out.boolean(*value);
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        writeStrings(out, *value);
    else
        out.number(*value);
}

} // namespace miroir::protocol
