// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/SearchRules.h"

#include "base/Bytes.h"
#include "cluster/NotStored.h"

#include <QLoggingCategory>
#include <QTimer>

#include <algorithm>

namespace miroir::cluster {

using protocol::TaskKind;
using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

Q_LOGGING_CATEGORY(rulesLog, "miroir.rules", QtInfoMsg)

constexpr int attemptsMax = 5; // before a node comes up without rules
constexpr int retryMinMs = 300;
constexpr int retryMaxMs = 10'000;

} // namespace

SearchRules::SearchRules(Parts parts, QObject *parent) : QObject(parent), m_parts(std::move(parts)) { }

Status<> SearchRules::load()
{
    if (const Status<> done = loadTable(); !done)
        return done;
    if (const Status<> done = loadQueue(); !done)
        return done;
    replan();
    return Done {};
}

void SearchRules::setEnabled(bool enabled)
{
    if (m_enabled == enabled)
        return;
    m_enabled = enabled;
    m_given.clear(); // nobody has looked after the nodes' rules meanwhile
    m_pins.clear();
    push();
    advance();
}

void SearchRules::submit(Change change, std::optional<std::string> customMetadata, const TaskAnswer &answer)
{
    const Result<TaskRecord> task = enqueue(change, std::move(customMetadata));
    if (!task) {
        m_parts.storeFailed(task.error().message);
        answer(Err {notStored(rulesLog(), task.error().message)});
        return;
    }
    m_parts.commit.after([this, task = *task, answer](bool onDisk) {
        if (!onDisk) {
            answer(Err {notStored(rulesLog(), "the write was undone")});
            return;
        }
        m_parts.taskChanged(task);
        answer(task);
        advance();
    });
}

Result<TaskRecord> SearchRules::enqueue(Change &change, std::optional<std::string> customMetadata)
{
    if (const Status<> open = m_parts.commit.touch(); !open)
        return open.err();
    TaskRecord task;
    task.kind = change.uid ? TaskKind::DsrUpdate : TaskKind::DsrClear;
    task.indexUid = std::string(protocol::searchRuleIndexUid);
    task.customMetadata = std::move(customMetadata);
    task.enqueuedAtNs = m_parts.clock.utcNs();
    task.details.emplace();
    if (change.uid) {
        task.details->rule = change.patch;
        task.details->updatedRules = 1;
    } else {
        task.details->deletedDocuments = protocol::Shown<std::uint64_t>::null();
    }
    if (const Status<> done = m_parts.sequencer.registerTask(task); !done)
        return done.err();
    m_queue.push_back({task.uid, std::move(change), false});
    if (const Status<> saved = saveQueue(); !saved)
        return saved.err();
    return task;
}

Result<bool> SearchRules::cancel(TaskUid task)
{
    const auto queued = std::find_if(
        m_queue.begin(), m_queue.end(), [task](const Queued &each) { return each.task == task.value; });
    if (queued == m_queue.end() || queued->begun)
        return false;
    m_queue.erase(queued);
    if (const Status<> saved = saveQueue(); !saved)
        return saved.err();
    return true;
}

/// One step at a time: what follows waits for the disk or for nodes, and comes here again.
void SearchRules::advance()
{
    if (m_queue.empty())
        return;
    const bool moved = m_queue.front().begun ? everywhere() && end() : begin();
    if (moved)
        m_parts.commit.flush();
}

Result<TaskRecord> SearchRules::load(std::uint32_t uid)
{
    const auto task = m_parts.store.task({uid});
    if (!task)
        return task.err();
    MIROIR_ASSERT(task->has_value()); // an unfinished task is not deleted
    return **task;
}

/// Work that changes tasks in the store; `then` follows when it is on disk and they have been told of.
bool SearchRules::step(Result<Tasks> (SearchRules::*work)(), std::function<void()> then)
{
    const Status<> open = m_parts.commit.touch();
    const Result<Tasks> tasks = open ? (this->*work)() : Result<Tasks>(open.err());
    if (!tasks) {
        qCCritical(rulesLog, "%s", tasks.error().message.c_str());
        m_parts.storeFailed(tasks.error().message);
        return false;
    }
    m_parts.commit.after([this, tasks = *tasks, then = std::move(then)](bool onDisk) {
        if (!onDisk)
            return;
        for (const TaskRecord &task : tasks)
            m_parts.taskChanged(task);
        then();
        advance();
    });
    return true;
}

bool SearchRules::begin()
{
    return step(&SearchRules::beginAll, [this] {
        replan();
        Q_EMIT changed();
    });
}

Result<SearchRules::Tasks> SearchRules::beginAll()
{
    Tasks tasks;
    for (Queued &queued : m_queue) {
        Result<TaskRecord> task = load(queued.task);
        if (!task)
            return task.err();
        task->status = TaskStatus::Processing;
        task->startedAtNs = m_parts.clock.utcNs();
        task->batchUid = m_parts.progress.takeBatch();
        queued.begun = true;
        m_planned = false;
        carryOut(queued.change, *task);
        if (const Status<> saved = m_parts.store.saveTask(*task); !saved)
            return saved.err();
        tasks.push_back(std::move(*task));
    }
    if (const Status<> saved = saveTable(); !saved)
        return saved.err();
    if (const Status<> saved = saveQueue(); !saved)
        return saved.err();
    return tasks;
}

std::uint32_t SearchRules::freeNumber(const RuleTable &table)
{
    std::uint32_t number = 0;
    for (const KeptRule &kept : table.rules) {
        if (kept.number != number)
            break;
        ++number;
    }
    return number;
}

void SearchRules::carryOut(const Change &change, TaskRecord &task)
{
    auto table = std::make_shared<RuleTable>(*m_table);
    if (!change.uid) {
        task.details->deletedDocuments = table->rules.size();
        *table = {};
    } else if (!change.patch) {
        std::erase_if(table->rules, [&change](const KeptRule &kept) { return kept.rule.uid == *change.uid; });
    } else {
        std::vector<KeptRule> &rules = table->rules;
        auto kept = std::find_if(rules.begin(), rules.end(),
            [&change](const KeptRule &each) { return each.rule.uid == *change.uid; });
        if (kept == rules.end()) {
            KeptRule created {freeNumber(*table), {}, false};
            created.rule.uid = *change.uid;
            const auto behind = std::find_if(rules.begin(), rules.end(),
                [&created](const KeptRule &each) { return each.number > created.number; });
            kept = rules.insert(behind, std::move(created));
        }
        protocol::apply(kept->rule, *change.patch);
        if (change.patch->active.given())
            kept->activeGiven = table->activeKnown = true;
    }
    setTable(std::move(table));
}

void SearchRules::setTable(std::shared_ptr<const RuleTable> table)
{
    auto rules = std::make_shared<std::vector<read::ListedRule>>();
    for (const KeptRule &kept : table->rules)
        rules->push_back({kept.rule, kept.activeGiven,
            kept.activeGiven || !table->activeKnown ? std::optional(kept.rule.active) : std::nullopt});
    m_table = std::move(table);
    m_rules = std::move(rules);
}

bool SearchRules::end()
{
    return step(&SearchRules::endAll, [] { });
}

Result<SearchRules::Tasks> SearchRules::endAll()
{
    Tasks tasks;
    while (!m_queue.empty() && m_queue.front().begun) {
        Result<TaskRecord> task = load(m_queue.front().task);
        if (!task)
            return task.err();
        task->status = TaskStatus::Succeeded;
        task->finishedAtNs = m_parts.clock.utcNs();
        if (const Status<> saved = m_parts.store.saveTask(*task); !saved)
            return saved.err();
        tasks.push_back(std::move(*task));
        m_queue.pop_front();
    }
    if (const Status<> saved = saveQueue(); !saved)
        return saved.err();
    return tasks;
}

std::shared_ptr<const merge::Pins> SearchRules::pinsOf(const store::StoredIndex &index)
{
    if (!m_enabled || index.primaryKey.empty())
        return nullptr;
    Pinned &pinned = m_pins[index.uid];
    if (pinned.table != m_table || pinned.primaryKey != index.primaryKey) {
        auto pins = cluster::pinsOf(*m_table, index.uid, index.primaryKey);
        if (pinned.pins)
            pins->keepEarlier(*pinned.pins);
        pinned = {index.primaryKey, m_table, std::move(pins)};
    }
    return pinned.pins->empty() ? nullptr : pinned.pins;
}

void SearchRules::indexesChanged()
{
    const write::IndexTable &visible = m_parts.progress.visible();
    std::erase_if(m_pins, [&visible](const auto &entry) { return visible.find(entry.first) == nullptr; });
    replan();
    advance();
}

void SearchRules::replan()
{
    const PhysicalOf physicalOf = [this](const std::string &uid) -> std::optional<std::string> {
        const store::StoredIndex *index = m_parts.progress.visible().find(uid);
        return index == nullptr ? std::nullopt : std::optional(index->physical);
    };
    m_planned = true;
    std::vector<protocol::SearchRule> rules = rulesForNodes(*m_table, physicalOf);
    if (rules == *m_wanted)
        return;
    m_wanted = std::make_shared<const std::vector<protocol::SearchRule>>(std::move(rules));
    ++m_version;
    push();
}

void SearchRules::nodesChanged()
{
    for (const Membership::Node *node : m_parts.membership.nodes()) {
        if (node->health != Membership::Health::Up)
            m_given.erase(node->id);
    }
    push();
    advance();
}

void SearchRules::push()
{
    if (!m_enabled)
        return;
    for (const Membership::Node *node : m_parts.membership.nodes()) {
        const auto given = m_given.find(node->id);
        const bool has = given != m_given.end() && given->second == m_version;
        const node::NodeClient *client = m_parts.clientOf(node->id);
        if (node->health != Membership::Health::Up || has || client == nullptr || !m_running.insert(node->id).second)
            continue;
        RuleSync::run(*client, this, m_wanted,
            [this, id = node->id, version = m_version](const Status<> &done) { pushed(id, version, done); });
    }
}

void SearchRules::pushed(const NodeId &node, std::uint64_t version, const Status<> &done)
{
    m_running.erase(node);
    if (!m_parts.membership.up(node) || !m_enabled)
        return;
    if (!done) {
        const int failures = std::min(++m_failures[node], attemptsMax);
        qCWarning(rulesLog, "node %s: %s", node.c_str(), done.error().message.c_str());
        QTimer::singleShot(std::min(retryMinMs << failures, retryMaxMs), this, &SearchRules::push);
        return;
    }
    m_failures.erase(node);
    m_given[node] = version;
    push(); // the rules may have changed again
    advance();
}

/// Every node that is up has the newest rules, and there is one.
bool SearchRules::everywhere() const
{
    if (!m_planned)
        return false;
    if (!m_enabled)
        return true;
    bool any = false;
    for (const Membership::Node *node : m_parts.membership.nodes()) {
        if (node->health != Membership::Health::Up)
            continue;
        const auto given = m_given.find(node->id);
        if (given == m_given.end() || given->second != m_version)
            return false;
        any = true;
    }
    return any;
}

void SearchRules::teach(const NodeId &node, const node::NodeClient &client, const RuleSync::OnDone &done)
{
    if (!m_enabled) {
        done(Done {});
        return;
    }
    RuleSync::run(client, this, m_wanted, [this, node, done](const Status<> &taught) {
        if (taught) {
            m_failures.erase(node);
            done(taught);
        } else if (++m_failures[node] <= attemptsMax) {
            done(taught);
        } else {
            qCWarning(rulesLog, "node %s comes up without them: %s", node.c_str(), taught.error().message.c_str());
            done(Done {});
        }
    });
}

} // namespace miroir::cluster
