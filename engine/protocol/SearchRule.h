// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SettingsPatch.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Dynamic search rules: under which conditions which documents stand at fixed places of an answer. Pure values.
namespace miroir::protocol {

/// The index of its tasks: no client can name it, in a path or in a filter of tasks.
inline constexpr std::string_view searchRuleIndexUid = ".meili_dsr";

/// "Put the document with this id at this place." A pin, the only kind of action there is.
struct SearchRuleAction
{
    std::optional<std::string> indexUid; ///< none: in every index that has such a document
    std::string id; ///< any text: no document needs to have it
    std::uint32_t position = 0; ///< from 0
    bool operator==(const SearchRuleAction &) const = default;
};

/// RFC 3339 as a node writes it back: `T`, no useless zeros in the fraction, `Z` or the offset that was given.
struct SearchRuleTime
{
    std::optional<std::string> start, end;
    bool operator==(const SearchRuleTime &) const = default;
};

struct SearchRuleQuery
{
    std::optional<bool> isEmpty;
    std::optional<std::string> words;
    bool operator==(const SearchRuleQuery &) const = default;
};

/// Absent and present without members are shown differently, though they mean the same.
struct SearchRuleConditions
{
    std::optional<SearchRuleTime> time;
    std::optional<SearchRuleQuery> query;
    bool operator==(const SearchRuleConditions &) const = default;
};

struct SearchRule
{
    std::string uid;
    std::optional<std::string> description;
    std::optional<std::uint64_t> precedence; ///< the smallest goes first, those without one last
    bool active = true;
    SearchRuleConditions conditions;
    std::vector<SearchRuleAction> actions;
    bool operator==(const SearchRule &) const = default;
};

/// What PATCH changes. Each member replaces the one of the rule as a whole.
struct SearchRulePatch
{
    Change<std::string> description;
    Change<std::uint64_t> precedence;
    Change<bool> active;
    Change<SearchRuleConditions> conditions;
    Change<std::vector<SearchRuleAction>> actions;
    bool operator==(const SearchRulePatch &) const = default;
};

/// The body of PATCH /dynamic-search-rules/{uid}.
ApiResult<SearchRulePatch> parseSearchRulePatch(const json::Value &body);
/// What is wrong with the {uid} of a path, or nothing. A node answers it as 404 with this text as text/plain, no
/// JSON; after the key was checked, and before the body, the feature and (unless it is a DELETE) the parameters.
std::optional<std::string> searchRuleUidProblem(std::string_view uid);
ApiError searchRuleNotFound(std::string_view uid);

/// The body of POST /dynamic-search-rules.
struct SearchRuleListQuery
{
    std::uint64_t offset = 0;
    std::uint64_t limit = 20;
    std::optional<std::string> query; ///< words of description and conditions.query.words
    std::optional<bool> active;
};
ApiResult<SearchRuleListQuery> parseSearchRuleListQuery(const json::Value &body);

/// A member that is reset gets its default value.
void apply(SearchRule &rule, const SearchRulePatch &patch);
/// The same change with default values instead of null for active, conditions and actions. v1.50 stores these nulls as
/// they are, and then answers 500 to GET and to every list, and never applies the rule: no node should get them.
SearchRulePatch withoutNulls(SearchRulePatch patch);

/// {uid,description?,precedence?,active,conditions,actions}: the answers of GET and of lists. Nothing is lost in it.
QByteArray searchRuleToJson(const SearchRule &rule);
/// Reads what searchRuleToJson wrote: for the store, and for the answers of nodes.
Result<SearchRule> searchRuleFromJson(const json::Value &view);
Result<SearchRule> searchRuleFromText(const QByteArray &text);
/// The members that are given, in the order of a node; null for a reset. For task details and requests to nodes.
QByteArray searchRulePatchToJson(const SearchRulePatch &patch);

} // namespace miroir::protocol
