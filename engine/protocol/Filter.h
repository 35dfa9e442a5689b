// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"
#include "protocol/Features.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Filter expressions: the grammar of Meilisearch's filter-parser crate with its messages and positions. Parsing
/// needs no index; what an index allows is in FilterCheck.h. Pure. Source of the grammar: the BNF in
/// filter-parser/src/lib.rs.
namespace miroir::protocol {

enum class FilterOp : std::uint8_t {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Between,
    Null,
    Empty,
    Exists,
    Contains,
    StartsWith,
};
std::string_view filterOpText(FilterOp op); ///< "=", "IS NULL", "TO", ..

/// A word of a filter with the place where it was written.
struct FilterToken {
    std::string value; ///< without quotes and escapes
    std::uint32_t column = 0; ///< from 1, in characters of its line
    std::uint32_t width = 0; ///< characters as written, without quotes
    std::shared_ptr<const std::string> source; ///< the expression it stands in, shown in errors
};

struct FilterNode {
    enum class Kind : std::uint8_t {
        And,
        Or,
        Not, ///< one child
        Compare, ///< attribute op values (two for Between, none for Null, Empty, Exists)
        In, ///< attribute, values
        VectorExists, ///< _vectors, values: embedder if any, then the fragment's name if any
        GeoRadius, ///< values: latitude, longitude, radius, resolution if any
        GeoBoundingBox, ///< values: latitude and longitude of the top right, then of the bottom left corner
        GeoPolygon, ///< values: pairs of latitude and longitude
        Foreign, ///< attribute, one child
    };
    enum class VectorPart : std::uint8_t { Any, Fragment, DocumentTemplate, UserProvided, Regenerate };

    Kind kind = Kind::And;
    FilterOp op = FilterOp::Equal;
    VectorPart vectorPart = VectorPart::Any;
    FilterToken attribute;
    FilterToken keyword; ///< of Contains and StartsWith: where the operator stands
    std::vector<FilterToken> values;
    std::vector<FilterNode> children;
};

/// A filter or nothing (an empty or blank expression).
using MaybeFilter = std::optional<FilterNode>;

/// One expression. Codes: invalid_search_filter, invalid_document_filter, ..
ApiResult<MaybeFilter> parseFilterText(std::string_view text, std::string_view code);
/// A filter as requests carry it: a string, or an array of strings and arrays of strings (AND of ORs). `indexUid`
/// puts "Index `m`: " before messages where a node does so (only editing documents).
ApiResult<MaybeFilter> parseFilter(const json::Value &filter, std::string_view code,
                                   std::string_view indexUid = {});
/// The same from JSON text (the forwarded form of requests).
ApiResult<MaybeFilter> parseFilterJson(std::string_view json, std::string_view code,
                                       std::string_view indexUid = {});
/// Refuses CONTAINS, _foreign, _shard and _vectors while their features are off (feature_not_enabled), then
/// `_foreign` always: no route of ours can join.
ApiStatus checkFilterFeatures(const FilterNode &filter, const Features &features, std::string_view code,
                              std::string_view indexUid = {});

/// An unambiguous expression with the same meaning, as a node writes it when it hands a filter on.
std::string filterText(const FilterNode &filter);
/// Parses filterText() again: searches report attributes and operators at the places of that form.
FilterNode renumbered(const FilterNode &filter);

/// Joins two filters (JSON texts) by AND, as a node joins the filter of a tenant token.
std::string fuseFilters(std::string_view leftJson, std::string_view rightJson);

/// Every attribute that is compared, in written order, with repeats; without `_vectors` and geo filters.
void visitFilterAttributes(const FilterNode &filter, const std::function<void(const FilterToken &)> &visit);
/// True when some attribute satisfies the predicate (reserved names).
bool anyFilterAttribute(const FilterNode &filter, const std::function<bool(std::string_view)> &predicate);

/// message, then the line with the position: "message\n6:10 a = 1"
std::string atToken(const FilterToken &token, std::string_view message);

} // namespace miroir::protocol
