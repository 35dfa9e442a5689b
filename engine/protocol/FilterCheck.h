// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Filter.h"
#include "protocol/Settings.h"

/// What an index allows in filters, with Meilisearch's sentences. Pure.
namespace miroir::protocol {

struct FilterScope {
    const std::vector<FilterableRule> &rules;
    std::string_view code =
        "invalid_search_filter"; ///< operators are refused with invalid_search_filter in any case
    std::string_view indexUid = {}; ///< puts "Index `m`: " before the message (searches)
    /// A node says nothing about operators on a field that no document has; without the function all fields exist.
    std::function<bool(std::string_view field)> fieldExists = {};
    /// Names of the embedders, for `_vectors.name EXISTS`; without them names are not checked.
    std::optional<std::vector<std::string>> embedders = std::nullopt;
};

/// Attributes first (of several the last written one is reported), then operators, geo shapes and embedders in
/// written order. Give searches the renumbered() filter, since a node reports the places of that form. (A node
/// stops evaluating an AND once it has no candidate left; here every part is judged.)
ApiStatus checkFilter(const FilterNode &filter, const FilterScope &scope);

/// Rust's way to write a double in a sentence: shortest digits, never an exponent.
std::string displayDouble(double number);
/// As Rust's parse::<f64>(): also "inf", "nan", ".5", "5."; nothing when it is no number.
std::optional<double> parseRustDouble(std::string_view text);
/// "Bad latitude `200`. .." or nothing.
std::optional<std::string> badLatitude(double latitude);
std::optional<std::string> badLongitude(double longitude);

} // namespace miroir::protocol
