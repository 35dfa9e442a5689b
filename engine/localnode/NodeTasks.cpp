// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeTasks.h"

#include "base/Assert.h"

#include <algorithm>

namespace miroir::localnode {

using protocol::BatchRecord;
using protocol::TaskKind;
using protocol::TaskQuery;
using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

// Tasks that say something about other tasks must not wait behind them; smaller is earlier.
int urgency(TaskKind kind)
{
    switch (kind) {
    case TaskKind::TaskCancelation:
        return 0;
    case TaskKind::TaskDeletion:
        return 1;
    case TaskKind::IndexCompaction:
        return 2;
    case TaskKind::SnapshotCreation:
        return 3;
    case TaskKind::DumpCreation:
        return 4;
    default:
        return 5;
    }
}

} // namespace

Status<> NodeTasks::load()
{
    auto rows = m_store.call([](NodeStore &store) { return store.tasks(); });
    if (!rows)
        return rows.err();
    const std::lock_guard lock(m_mutex);
    for (TaskRow &row : *rows) {
        if (row.task.batchUid)
            m_nextBatch = std::max(m_nextBatch, *row.task.batchUid + 1);
        m_nextUid = row.task.uid + 1;
        if (!protocol::isFinished(row.task.status)) {
            auto content = NodeTaskContent::fromText(row.content);
            if (!content)
                return content.err();
            m_contents.emplace(row.task.uid, std::move(*content));
        }
        m_tasks.push_back(std::move(row.task));
    }
    return Done {};
}

std::vector<TaskRecord>::iterator NodeTasks::at(std::uint32_t uid)
{
    auto found = std::lower_bound(m_tasks.begin(), m_tasks.end(), uid,
                                  [](const TaskRecord &task, std::uint32_t wanted) { return task.uid < wanted; });
    return found != m_tasks.end() && found->uid == uid ? found : m_tasks.end();
}

std::vector<TaskRecord>::const_iterator NodeTasks::at(std::uint32_t uid) const
{
    auto found = std::lower_bound(m_tasks.begin(), m_tasks.end(), uid,
                                  [](const TaskRecord &task, std::uint32_t wanted) { return task.uid < wanted; });
    return found != m_tasks.end() && found->uid == uid ? found : m_tasks.end();
}

Result<TaskRecord> NodeTasks::enqueue(TaskRecord draft, NodeTaskContent content, const QByteArray &payload)
{
    const std::lock_guard order(m_enqueueMutex);
    {
        const std::lock_guard lock(m_mutex);
        draft.uid = m_nextUid;
    }
    draft.status = TaskStatus::Enqueued;
    draft.enqueuedAtNs = m_clock.utcNs();
    const TaskRow row {draft, content.toText()};
    auto stored = m_store.call([&](NodeStore &store) { return store.addTask(row, payload); });
    if (!stored)
        return stored.err();
    {
        const std::lock_guard lock(m_mutex);
        ++m_nextUid;
        m_tasks.push_back(draft);
        const bool hitsRunning = m_running && draft.kind == TaskKind::TaskCancelation
            && std::find(content.uids.begin(), content.uids.end(), *m_running) != content.uids.end();
        if (hitsRunning)
            m_interrupted = true;
        m_contents.emplace(draft.uid, std::move(content));
    }
    m_wake.notify_all();
    return draft;
}

std::optional<TaskRecord> NodeTasks::find(std::uint32_t uid) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = at(uid);
    return found == m_tasks.end() ? std::nullopt : std::optional(*found);
}

QByteArray NodeTasks::listJson(const TaskQuery &query, const Visible &visible) const
{
    const std::lock_guard lock(m_mutex);
    const protocol::TaskPage page = protocol::selectTasks(m_tasks, query, visible);
    std::vector<TaskRecord> tasks;
    tasks.reserve(page.tasks.size());
    for (const TaskRecord *task : page.tasks)
        tasks.push_back(*task);
    return protocol::taskListToJson(tasks, page.total, query.limit, page.next);
}

BatchRecord NodeTasks::batch(std::uint32_t uid) const
{
    BatchRecord record;
    record.uid = uid;
    bool running = false;
    for (const TaskRecord &task : m_tasks) {
        if (task.batchUid != uid)
            continue;
        record.add(task);
        record.startedAtNs = task.startedAtNs.value_or(task.enqueuedAtNs);
        record.finishedAtNs = task.finishedAtNs;
        running = running || !protocol::isFinished(task.status);
        const bool joinable = task.kind == TaskKind::DocumentAdditionOrUpdate || task.kind == TaskKind::DocumentDeletion
            || task.kind == TaskKind::SettingsUpdate;
        // The last task decides: a cancelation has a higher uid than what it canceled.
        const bool rules = task.kind == TaskKind::DsrUpdate || task.kind == TaskKind::DsrClear;
        record.strategy = rules ? protocol::batchStrategyExhausted({})
            : joinable ? protocol::batchStrategyExhausted(task.indexUid.value_or(""))
                                   : protocol::batchStrategyUnbatchable(task.kind);
    }
    if (running)
        record.finishedAtNs.reset();
    record.traceWhole();
    return record;
}

std::optional<BatchRecord> NodeTasks::findBatch(std::uint32_t uid, const Visible &visible) const
{
    const std::lock_guard lock(m_mutex);
    const bool seen = std::any_of(m_tasks.begin(), m_tasks.end(), [&](const TaskRecord &task) {
        return task.batchUid == uid && visible(task);
    });
    return seen ? std::optional(batch(uid)) : std::nullopt;
}

QByteArray NodeTasks::batchListJson(const TaskQuery &query, const Visible &visible) const
{
    const std::lock_guard lock(m_mutex);
    std::set<std::uint32_t> uids;
    for (const TaskRecord &task : m_tasks) {
        if (task.batchUid && visible(task) && query.matches(task))
            uids.insert(*task.batchUid);
    }
    std::vector<std::uint32_t> order(uids.begin(), uids.end());
    if (!query.reverse)
        std::reverse(order.begin(), order.end());
    std::vector<BatchRecord> page;
    std::optional<std::uint32_t> next;
    for (const std::uint32_t uid : order) {
        if (!query.withinPage(uid))
            continue;
        if (page.size() == query.limit) {
            next = uid;
            break;
        }
        page.push_back(batch(uid));
    }
    return protocol::batchListToJson(page, uids.size(), query.limit, next);
}

std::vector<std::uint32_t> NodeTasks::matching(const TaskQuery &query, const Visible &visible) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<std::uint32_t> uids;
    for (const TaskRecord &task : m_tasks) {
        if (visible(task) && query.matches(task))
            uids.push_back(task.uid);
    }
    return uids;
}

std::set<std::string> NodeTasks::processingIndexes() const
{
    const std::lock_guard lock(m_mutex);
    std::set<std::string> indexes;
    if (m_running) {
        for (std::string &uid : at(*m_running)->indexUids())
            indexes.insert(std::move(uid));
    }
    return indexes;
}

std::map<TaskStatus, std::uint64_t> NodeTasks::counts() const
{
    const std::lock_guard lock(m_mutex);
    std::map<TaskStatus, std::uint64_t> counts;
    for (const TaskRecord &task : m_tasks)
        ++counts[task.status];
    return counts;
}

std::optional<NodeTasks::Job> NodeTasks::take()
{
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return m_stopping || !m_contents.empty(); });
    if (m_stopping)
        return std::nullopt;
    MIROIR_ASSERT(!m_running);
    auto first = m_tasks.end();
    for (const auto &[uid, content] : m_contents) {
        const auto candidate = at(uid);
        MIROIR_ASSERT(candidate != m_tasks.end());
        if (first == m_tasks.end() || urgency(candidate->kind) < urgency(first->kind))
            first = candidate;
    }
    first->status = TaskStatus::Processing;
    first->batchUid = m_nextBatch++;
    first->startedAtNs = m_clock.utcNs();
    m_running = first->uid;
    m_interrupted = false;
    return Job {*first, m_contents.at(first->uid)};
}

void NodeTasks::putBack(std::uint32_t uid)
{
    const std::lock_guard lock(m_mutex);
    const auto task = at(uid);
    MIROIR_ASSERT(task != m_tasks.end() && m_running == uid);
    task->status = TaskStatus::Enqueued;
    task->batchUid.reset();
    task->startedAtNs.reset();
    m_running.reset();
}

void NodeTasks::settle(const std::vector<TaskRecord> &tasks, const std::vector<std::uint32_t> &deleted)
{
    const std::lock_guard lock(m_mutex);
    for (const TaskRecord &task : tasks) {
        const auto found = at(task.uid);
        MIROIR_ASSERT(found != m_tasks.end());
        *found = task;
        if (!protocol::isFinished(task.status))
            continue;
        m_contents.erase(task.uid);
        if (m_running == task.uid)
            m_running.reset();
    }
    if (deleted.empty())
        return;
    const std::set<std::uint32_t> gone(deleted.begin(), deleted.end());
    std::erase_if(m_tasks, [&](const TaskRecord &task) { return gone.contains(task.uid); });
}

std::vector<std::uint32_t> NodeTasks::surplus() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<std::uint32_t> uids;
    if (m_tasks.size() <= taskLimit)
        return uids;
    for (const TaskRecord &task : m_tasks) {
        if (uids.size() == taskLimit / 10)
            break;
        if (protocol::isFinished(task.status))
            uids.push_back(task.uid);
    }
    return uids;
}

std::vector<TaskRecord> NodeTasks::renamedBySwap(const std::vector<protocol::TaskSwap> &swaps,
                                                 std::uint32_t before) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<TaskRecord> renamed;
    for (const TaskRecord &task : m_tasks) {
        if (task.uid >= before)
            break;
        for (const protocol::TaskSwap &swap : swaps) {
            if (task.indexUid != swap.first && task.indexUid != swap.second)
                continue;
            renamed.push_back(task);
            renamed.back().indexUid = task.indexUid == swap.first ? swap.second : swap.first;
            break;
        }
    }
    return renamed;
}

std::optional<NodeTaskContent> NodeTasks::contentOf(std::uint32_t uid) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_contents.find(uid);
    return found == m_contents.end() ? std::nullopt : std::optional(found->second);
}

void NodeTasks::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
}

} // namespace miroir::localnode
