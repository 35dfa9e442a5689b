// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/RuleSync.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <QTimer>

#include <algorithm>
#include <set>

namespace miroir::cluster {

using protocol::SearchRule;

namespace {

constexpr std::uint64_t rulesPerPage = 500;
constexpr int roundsMax = 3;
constexpr int deadlineMs = 10'000; // a node that indexes may be slow to take a task
constexpr int pauseMinMs = 20;
constexpr int pauseMaxMs = 500;

QByteArray targetOf(const std::string &uid)
{
    return node::Target("dynamic-search-rules").segment(uid).take();
}

/// Everything that the rule has, and a reset for what it has not.
QByteArray patchOf(const SearchRule &rule)
{
    protocol::SearchRulePatch patch;
    patch.description = rule.description ? protocol::Change<std::string>::set(*rule.description)
                                         : protocol::Change<std::string>::reset();
    patch.precedence = protocol::Change<std::uint64_t>::set(*rule.precedence);
    patch.active = protocol::Change<bool>::set(rule.active);
    patch.conditions = protocol::Change<protocol::SearchRuleConditions>::set(rule.conditions);
    patch.actions = protocol::Change<std::vector<protocol::SearchRuleAction>>::set(rule.actions);
    return protocol::searchRulePatchToJson(patch);
}

} // namespace

void RuleSync::run(const node::NodeClient &client, QObject *context, Rules rules, OnDone done)
{
    const std::shared_ptr<RuleSync> sync(new RuleSync(client, context, std::move(rules), std::move(done)));
    sync->m_client.setDeadlineMs(deadlineMs);
    sync->look(0);
}

void RuleSync::look(std::uint64_t offset)
{
    if (offset == 0)
        m_found.clear();
    json::Writer body;
    body.beginObject().key("offset").number(offset).key("limit").number(rulesPerPage).endObject();
    m_client.send("POST", node::Target("dynamic-search-rules").take(), body.take(),
        [self = shared_from_this(), offset](const node::Answer &answer) {
            const auto taken = answer.success() ? self->take(answer.body) : fail(node::whyNot(answer));
            if (!taken)
                self->m_done(fail("the node does not tell its search rules: " + taken.error().message));
            else if (*taken < rulesPerPage)
                self->compare();
            else
                self->look(offset + rulesPerPage);
        });
}

Result<std::uint64_t> RuleSync::take(const QByteArray &body)
{
    const auto page = json::Document::parse(body);
    if (!page)
        return fail(page.error().message());
    const json::Value results = page->root()["results"];
    if (!results.isArray())
        return fail("results is not an array");
    for (const json::Value item : results.items()) {
        auto rule = protocol::searchRuleFromJson(item);
        if (!rule)
            return rule.err();
        m_found.insert_or_assign(rule->uid, std::move(*rule));
    }
    return results.size();
}

void RuleSync::compare()
{
    std::set<std::string> wanted;
    for (const SearchRule &rule : *m_rules) {
        wanted.insert(rule.uid);
        const auto found = m_found.find(rule.uid);
        if (found == m_found.end() || found->second != rule)
            m_steps.push_back({"PATCH", targetOf(rule.uid), patchOf(rule)});
    }
    for (const auto &[uid, rule] : m_found) {
        if (!wanted.contains(uid))
            m_steps.push_back({"DELETE", targetOf(uid), {}});
    }
    if (m_steps.empty()) {
        m_done(Done {});
    } else if (++m_rounds > roundsMax) {
        m_done(fail("the node does not keep its search rules"));
    } else {
        // deletions first: a new rule gets the place of one that is gone, as in the cluster
        std::reverse(m_steps.begin(), m_steps.end());
        std::stable_partition(m_steps.begin(), m_steps.end(), [](const Step &step) { return step.method == "PATCH"; });
        send();
    }
}

void RuleSync::send()
{
    if (m_steps.empty()) {
        await(pauseMinMs);
        return;
    }
    const Step step = std::move(m_steps.back());
    m_steps.pop_back();
    m_client.send(step.method, step.target, step.body, [self = shared_from_this()](const node::Answer &answer) {
        const auto task = answer.success() ? node::parseTaskUid(answer.body) : fail(node::whyNot(answer));
        if (!task) {
            self->m_done(fail("the node does not take search rules: " + task.error().message));
            return;
        }
        self->m_task = *task;
        self->send();
    });
}

/// A node carries out its tasks in their order, so the last one tells about all. It may have much to do before.
void RuleSync::await(int pauseMs)
{
    node::TaskQuery query;
    query.uids = {m_task};
    m_client.tasks(query, [self = shared_from_this(), pauseMs](const node::Tasks &tasks) {
        if (!tasks.page) {
            self->m_done(fail(tasks.failure));
            return;
        }
        if (tasks.page->tasks.empty() || tasks.page->tasks.front().finished()) {
            self->look(0);
            return;
        }
        QTimer::singleShot(
            pauseMs, self->m_context, [self, pauseMs] { self->await(std::min(2 * pauseMs, pauseMaxMs)); });
    });
}

} // namespace miroir::cluster
