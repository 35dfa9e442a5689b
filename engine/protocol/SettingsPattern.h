// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// How attribute names are compared with the patterns of settings. Pure.
namespace miroir::protocol {

enum class PatternMatch : unsigned char {
    No,
    Parent, ///< the field is an ancestor of what the pattern names: field `a`, pattern `a.b`
    Match,
};

/// Object rules of filterableAttributes and localizedAttributes: `*`, `a*`, `*a`, `*a*` or an exact name.
PatternMatch matchPattern(std::string_view pattern, std::string_view field);
/// Plain names (string rules of filterableAttributes, sortable, searchable, displayed): `a` covers `a` and `a.b`.
PatternMatch matchPlainName(std::string_view name, std::string_view field);
/// The distinct attribute: only the very field, or its ancestors as Parent.
PatternMatch matchDistinctName(std::string_view name, std::string_view field);
/// The best match over several patterns.
PatternMatch matchAnyPattern(const std::vector<std::string> &patterns, std::string_view field);
PatternMatch matchAnyPlainName(const std::vector<std::string> &names, std::string_view field);
/// True for `a.b` within `a` and for `a` itself.
bool isWithin(std::string_view field, std::string_view ancestor);

/// Names that the engine keeps for itself inside documents; clients may not use them.
inline constexpr std::string_view reservedPrefix = "_miroir_";
inline constexpr std::string_view shardField = "_miroir_shard";
inline constexpr std::string_view orderField = "_miroir_ord";
/// The digits of both hidden fields, in ascending order.
inline constexpr std::string_view tagAlphabet = "!(),;?[]";
/// True when the name is one of ours, lies inside one of ours, or starts as ours do.
bool isReservedName(std::string_view field);
/// True when a pattern spells our prefix out (`_miroir_*`, `_miroir_shard`). A pattern that only happens to cover our
/// names (`*`, `_*`, `*d`) is a client's right: it is answered without our names.
bool isReservedPattern(std::string_view pattern);

} // namespace miroir::protocol
