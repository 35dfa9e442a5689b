// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SearchRule.h"

#include "protocol/IndexRequests.h"

namespace miroir::protocol {

namespace {

void write(json::Writer &out, const std::string &text) { out.string(text); }

void write(json::Writer &out, bool flag) { out.boolean(flag); }

void write(json::Writer &out, std::uint64_t number) { out.number(number); }

template <typename T>
void put(json::Writer &out, std::string_view key, const std::optional<T> &value)
{
    if (!value)
        return;
    out.key(key);
    write(out, *value);
}

void write(json::Writer &out, const SearchRuleConditions &conditions)
{
    out.beginObject();
    if (conditions.time) {
        out.key("time").beginObject();
        put(out, "start", conditions.time->start);
        put(out, "end", conditions.time->end);
        out.endObject();
    }
    if (conditions.query) {
        out.key("query").beginObject();
        put(out, "isEmpty", conditions.query->isEmpty);
        put(out, "words", conditions.query->words);
        out.endObject();
    }
    out.endObject();
}

void write(json::Writer &out, const std::vector<SearchRuleAction> &actions)
{
    out.beginArray();
    for (const SearchRuleAction &action : actions) {
        out.beginObject().key("selector").beginObject();
        put(out, "indexUid", action.indexUid);
        out.key("id").string(action.id).endObject();
        out.key("action").beginObject().key("type").string("pin").key("position").number(action.position);
        out.endObject().endObject();
    }
    out.endArray();
}

template <typename T>
void put(json::Writer &out, std::string_view key, const Change<T> &change)
{
    if (!change.given())
        return;
    out.key(key);
    if (change.isSet())
        write(out, change.value());
    else
        out.null();
}

template <typename T>
void fill(Change<T> &change, T fallback)
{
    if (change.isReset())
        change = Change<T>::set(std::move(fallback));
}

} // namespace

std::optional<std::string> searchRuleUidProblem(std::string_view uid)
{
    return isIndexUid(uid) ? std::nullopt : std::optional(indexUidProblem(uid));
}

ApiError searchRuleNotFound(std::string_view uid)
{
    return apiError("dynamic_search_rule_not_found", "Dynamic search rule `" + std::string(uid) + "` not found.");
}

void apply(SearchRule &rule, const SearchRulePatch &patch)
{
    const SearchRule fresh;
    patch.description.applyTo(rule.description, fresh.description);
    patch.precedence.applyTo(rule.precedence, fresh.precedence);
    patch.active.applyTo(rule.active, fresh.active);
    patch.conditions.applyTo(rule.conditions, fresh.conditions);
    patch.actions.applyTo(rule.actions, fresh.actions);
}

SearchRulePatch withoutNulls(SearchRulePatch patch)
{
    const SearchRule fresh;
    fill(patch.active, fresh.active);
    fill(patch.conditions, fresh.conditions);
    fill(patch.actions, fresh.actions);
    return patch;
}

QByteArray searchRuleToJson(const SearchRule &rule)
{
    json::Writer out;
    out.beginObject();
    out.key("uid").string(rule.uid);
    put(out, "description", rule.description);
    put(out, "precedence", rule.precedence);
    out.key("active").boolean(rule.active);
    out.key("conditions");
    write(out, rule.conditions);
    out.key("actions");
    write(out, rule.actions);
    out.endObject();
    return out.take();
}

QByteArray searchRulePatchToJson(const SearchRulePatch &patch)
{
    json::Writer out;
    out.beginObject();
    put(out, "description", patch.description);
    put(out, "precedence", patch.precedence);
    put(out, "active", patch.active);
    put(out, "conditions", patch.conditions);
    put(out, "actions", patch.actions);
    out.endObject();
    return out.take();
}

} // namespace miroir::protocol
