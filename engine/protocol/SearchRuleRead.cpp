// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SearchRule.h"

#include "protocol/Deserr.h"
#include "protocol/IndexRequests.h"
#include "protocol/SearchRuleMoment.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

constexpr const char *conditionsCode = "invalid_dynamic_search_rule_conditions";
constexpr const char *actionsCode = "invalid_dynamic_search_rule_actions";
// precedence had another name once, and its code kept it
constexpr const char *precedenceCode = "invalid_dynamic_search_rule_priority";

/// Any object of these members, of which none is needed.
ApiStatus readMembers(
    const json::Value &v, const Location &at, std::string_view code, std::initializer_list<Field> fields)
{
    ObjectRules rules;
    rules.code = code;
    return readObject(v, at, fields, rules);
}

ReadJson momentInto(std::optional<SearchRuleMoment> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        std::optional<std::string> text;
        if (auto s = readInto(text, v, at, code); !s)
            return s;
        out->reset();
        if (!text)
            return Done {};
        *out = SearchRuleMoment::parse(*text);
        if (*out)
            return Done {};
        return invalidValue("`" + *text
                + "` is not a valid date. It should follow the RFC 3339 format to represents a date or datetime in "
                  "the future or specified as a null value. e.g. 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS'.\n",
            at, code);
    };
}

struct Period
{
    std::optional<SearchRuleMoment> start, end;
};

ApiStatus readInto(Period &out, const json::Value &v, const Location &at, std::string_view code)
{
    ObjectRules rules;
    rules.code = code;
    rules.denyUnknown = false; // the one object of a rule that lets unknown members pass
    return readObject(v, at,
        {{"start", conditionsCode, momentInto(&out.start)}, {"end", conditionsCode, momentInto(&out.end)}}, rules);
}

} // namespace

// found by argument-dependent look-up, as the readers of other types
static ApiStatus readInto(SearchRuleQuery &out, const json::Value &v, const Location &at, std::string_view code)
{
    return readMembers(v, at, code,
        {{"isEmpty", conditionsCode, into(&out.isEmpty)}, {"words", conditionsCode, into(&out.words)}});
}

static ApiStatus readInto(SearchRuleConditions &out, const json::Value &v, const Location &at, std::string_view code)
{
    std::optional<Period> period;
    const ReadJson time = [&](const json::Value &value, const Location &where, std::string_view valueCode) {
        period.reset();
        if (value.isNull())
            return ApiStatus(Done {});
        return readInto(period.emplace(), value, where, valueCode);
    };
    const auto s
        = readMembers(v, at, code, {{"time", conditionsCode, time}, {"query", conditionsCode, into(&out.query)}});
    if (!s)
        return s;
    // what members say together is judged last, and has no code of its own
    if (out.query && out.query->isEmpty == true && out.query->words) {
        return invalidValue(
            "either `isEmpty` or `words` can be used, not both at once", at.key("query"), "bad_request");
    }
    if (!period)
        return Done {};
    if (period->start && period->end && period->start->isAfter(*period->end)) {
        return invalidValue("`end` (`" + period->end->shown() + "`) should be later than `start` (`"
                + period->start->shown() + "`)",
            at.key("time"), "bad_request");
    }
    out.time.emplace();
    if (period->start)
        out.time->start = period->start->text();
    if (period->end)
        out.time->end = period->end->text();
    return Done {};
}

namespace {

ApiStatus readSelector(SearchRuleAction &out, const json::Value &v, const Location &at, std::string_view code)
{
    const ReadJson indexUid = [&](const json::Value &value, const Location &where, std::string_view uidCode) {
        if (auto s = readInto(out.indexUid, value, where, uidCode); !s)
            return s;
        if (out.indexUid && !isIndexUid(*out.indexUid))
            return ApiStatus(invalidValue(indexUidProblem(*out.indexUid), where, uidCode));
        return ApiStatus(Done {});
    };
    return readMembers(
        v, at, code, {{"indexUid", actionsCode, indexUid}, {"id", actionsCode, into(&out.id), actionsCode}});
}

/// The type decides what else there may be, so it is read first wherever it stands.
ApiStatus readPin(SearchRuleAction &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isObject())
        return wrongType(v, AcceptsObject, at, code);
    const json::Value type = v.find("type");
    if (!type.exists())
        return missingField("type", at, code);
    std::string name;
    if (auto s = readInto(name, type, at.key("type"), code); !s)
        return s;
    if (name != "pin")
        return invalidValue("Incorrect tag value", at, code);
    ObjectRules rules;
    rules.code = code;
    rules.onUnknown = [&](std::string_view key, const std::vector<const char *> &) -> std::optional<ApiError> {
        static constexpr const char *accepted[] = {"position"};
        return unknownField(key, accepted, at, code).error;
    };
    return readObject(v, at,
        {{"position", actionsCode, into(&out.position), actionsCode}, {"type", actionsCode, ignored()}}, rules);
}

} // namespace

static ApiStatus readInto(SearchRuleAction &out, const json::Value &v, const Location &at, std::string_view code)
{
    const ReadJson selector = [&](const json::Value &value, const Location &where, std::string_view valueCode) {
        return readSelector(out, value, where, valueCode);
    };
    const ReadJson action = [&](const json::Value &value, const Location &where, std::string_view valueCode) {
        return readPin(out, value, where, valueCode);
    };
    return readMembers(v, at, code,
        {{"selector", actionsCode, selector, actionsCode}, {"action", actionsCode, action, actionsCode}});
}

namespace {

/// null resets.
template <typename T>
ReadJson changeInto(Change<T> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (v.isNull()) {
            *out = Change<T>::reset();
            return Done {};
        }
        T value {};
        if (auto s = readInto(value, v, at, code); !s)
            return s;
        *out = Change<T>::set(std::move(value));
        return Done {};
    };
}

} // namespace

ApiResult<SearchRulePatch> parseSearchRulePatch(const json::Value &body)
{
    SearchRulePatch patch;
    const auto s = readObject(body, {},
        {{"description", "invalid_dynamic_search_rule_description", changeInto(&patch.description)},
            {"precedence", precedenceCode, changeInto(&patch.precedence)},
            {"active", "invalid_dynamic_search_rule_active", changeInto(&patch.active)},
            {"conditions", conditionsCode, changeInto(&patch.conditions)},
            {"actions", actionsCode, changeInto(&patch.actions)}});
    if (!s)
        return s.err();
    return patch;
}

ApiResult<SearchRuleListQuery> parseSearchRuleListQuery(const json::Value &body)
{
    SearchRuleListQuery query;
    const ReadJson filter = [&](const json::Value &v, const Location &at, std::string_view code) {
        if (v.isNull())
            return ApiStatus(Done {});
        return readMembers(v, at, code,
            {{"query", "invalid_dynamic_search_rule_filter_query", into(&query.query)},
                {"active", "invalid_dynamic_search_rule_filter_active", into(&query.active)}});
    };
    const auto s = readObject(body, {},
        {{"offset", "invalid_dynamic_search_rule_offset", into(&query.offset)},
            {"limit", "invalid_dynamic_search_rule_limit", into(&query.limit)},
            {"filter", "invalid_dynamic_search_rule_filter", filter}});
    if (!s)
        return s.err();
    return query;
}

Result<SearchRule> searchRuleFromJson(const json::Value &view)
{
    SearchRule rule;
    const auto s = readObject(view, {},
        {{"uid", "bad_request", into(&rule.uid), "bad_request"},
            {"description", "bad_request", into(&rule.description)},
            {"precedence", "bad_request", into(&rule.precedence)}, {"active", "bad_request", into(&rule.active)},
            {"conditions", "bad_request", into(&rule.conditions)},
            {"actions", "bad_request", into(&rule.actions)}});
    if (!s)
        return fail("a search rule cannot be read: " + s.error().message);
    return rule;
}

Result<SearchRule> searchRuleFromText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    if (!doc)
        return fail("a stored search rule is no JSON: " + doc.error().message());
    return searchRuleFromJson(doc->root());
}

} // namespace miroir::protocol
