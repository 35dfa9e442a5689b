// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/SearchRules.h"

/// How rules and the changes that wait lie in the store.
namespace miroir::cluster {

namespace {

constexpr std::string_view rulesKey = "search_rules";
constexpr std::string_view queueKey = "search_rule_changes";

} // namespace

Status<> SearchRules::loadTable()
{
    const auto stored = m_parts.store.meta(rulesKey);
    if (!stored)
        return stored.err();
    auto table = std::make_shared<RuleTable>();
    if (!stored->empty()) {
        const auto text = json::Document::parse(std::string_view(*stored));
        if (!text)
            return fail("the stored search rules: " + text.error().message());
        for (const json::Value each : text->root()["rules"].items()) {
            auto rule = protocol::searchRuleFromJson(each["rule"]);
            if (!rule)
                return fail("a stored search rule: " + rule.error().message);
            table->rules.push_back({static_cast<std::uint32_t>(each["number"].toU64().value_or(0)), std::move(*rule),
                each["activeGiven"].toBool()});
        }
        table->activeKnown = text->root()["activeKnown"].toBool();
    }
    setTable(std::move(table));
    return Done {};
}

Status<> SearchRules::saveTable()
{
    json::Writer out;
    out.beginObject().key("activeKnown").boolean(m_table->activeKnown).key("rules").beginArray();
    for (const KeptRule &kept : m_table->rules) {
        out.beginObject().key("number").number(kept.number).key("activeGiven").boolean(kept.activeGiven);
        out.key("rule").raw(sv(protocol::searchRuleToJson(kept.rule))).endObject();
    }
    return m_parts.store.setMeta(rulesKey, sv(out.endArray().endObject().bytes()));
}

Status<> SearchRules::loadQueue()
{
    const auto stored = m_parts.store.meta(queueKey);
    if (!stored)
        return stored.err();
    m_queue.clear();
    if (stored->empty())
        return Done {};
    const auto text = json::Document::parse(std::string_view(*stored));
    if (!text)
        return fail("the stored changes of search rules: " + text.error().message());
    for (const json::Value each : text->root().items()) {
        Queued queued;
        queued.task = static_cast<std::uint32_t>(each["task"].toU64().value_or(0));
        queued.begun = each["begun"].toBool();
        if (each["uid"].exists())
            queued.change.uid = each["uid"].toString();
        if (each["patch"].exists()) {
            auto patch = protocol::parseSearchRulePatch(each["patch"]);
            if (!patch)
                return fail("a stored change of a search rule: " + patch.error().message);
            queued.change.patch = std::move(*patch);
        }
        m_queue.push_back(std::move(queued));
    }
    return Done {};
}

Status<> SearchRules::saveQueue()
{
    json::Writer out;
    out.beginArray();
    for (const Queued &queued : m_queue) {
        out.beginObject().key("task").number(queued.task).key("begun").boolean(queued.begun);
        if (queued.change.uid)
            out.key("uid").string(*queued.change.uid);
        if (queued.change.patch)
            out.key("patch").raw(sv(protocol::searchRulePatchToJson(*queued.change.patch)));
        out.endObject();
    }
    return m_parts.store.setMeta(queueKey, m_queue.empty() ? std::string_view() : sv(out.endArray().bytes()));
}

} // namespace miroir::cluster
