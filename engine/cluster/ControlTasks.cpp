// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/Control.h"
#include "cluster/NotStored.h"

#include <QLoggingCategory>

#include <algorithm>
#include <set>

/// Reading, cancelling and deleting tasks.
namespace miroir::cluster {

using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

Q_LOGGING_CATEGORY(tasksLog, "miroir.tasks", QtInfoMsg)

} // namespace

Result<store::TaskList> Control::tasks(const protocol::TaskQuery &query, const store::TaskFilter &visible)
{
    return m_store->tasks(query, visible);
}

Result<std::optional<TaskRecord>> Control::task(std::uint32_t uid)
{
    return m_store->task({uid});
}

Result<store::BatchList> Control::batches(const protocol::TaskQuery &query, const store::TaskFilter &visible)
{
    return m_store->batches(query, visible);
}

Result<std::vector<std::uint64_t>> Control::taskCounts()
{
    return m_store->taskCounts();
}

void Control::runOwnTask(TaskRecord task, const OwnWork &work, const TaskAnswer &answer)
{
    const auto run = [&]() -> Result<TaskRecord> {
        if (const Status<> open = m_commit.touch(); !open)
            return open.err();
        task.enqueuedAtNs = m_clock.utcNs();
        if (const Status<> done = m_sequencer.registerTask(task); !done)
            return done.err();
        TaskRecord enqueued = task;
        task.startedAtNs = task.enqueuedAtNs;
        task.batchUid = m_progress.takeBatch();
        if (const Status<> done = work(task); !done)
            return done.err();
        task.finishedAtNs = m_clock.utcNs();
        task.status = TaskStatus::Succeeded;
        if (const Status<> done = m_store->saveTask(task); !done)
            return done.err();
        return enqueued;
    };
    const Result<TaskRecord> enqueued = run();
    if (!enqueued) {
        failStore(enqueued.error().message);
        answer(Err {notStored(tasksLog(), enqueued.error().message)});
        return;
    }
    m_settleTimer.start();
    m_commit.after([this, enqueued = *enqueued, task, answer](bool onDisk) {
        if (!onDisk) {
            answer(Err {notStored(tasksLog(), "the write was undone")});
            return;
        }
        Q_EMIT taskChanged(std::make_shared<const TaskRecord>(task));
        answer(enqueued);
    });
}

void Control::cancelTasks(const protocol::TaskQuery &query, const std::string &filter, const store::TaskFilter &visible,
    TaskAnswer answer)
{
    protocol::TaskQuery all = query;
    all.limit = UINT32_MAX;
    all.reverse = false; // newest first: what stands behind a task goes before it
    TaskRecord own;
    own.kind = protocol::TaskKind::TaskCancelation;
    own.details.emplace();
    own.details->originalFilter = filter;
    const OwnWork work = [&](TaskRecord &task) -> Status<> {
        const auto matched = m_store->tasks(all, visible);
        if (!matched)
            return matched.err();
        std::uint64_t canceled = 0;
        std::uint64_t others = 0;
        for (const TaskRecord &each : matched->tasks) {
            if (each.uid == task.uid)
                continue; // a task does not cancel itself
            ++others;
            const Result<bool> done = cancelTask(each, task);
            if (!done)
                return done.err();
            canceled += *done ? 1 : 0;
        }
        task.details->matchedTasks = others;
        task.details->canceledTasks = canceled;
        return canceled > 0 ? m_sequencer.load(m_progress.allCommitted()) : Status<>(Done {});
    };
    runOwnTask(std::move(own), work, answer);
}

Result<bool> Control::cancelTask(TaskRecord task, const TaskRecord &by)
{
    if (protocol::isFinished(task.status))
        return false;
    Result<bool> waiting = m_waiting->cancel(TaskUid {task.uid});
    if (waiting && !*waiting)
        waiting = m_rules->cancel(TaskUid {task.uid});
    if (!waiting)
        return waiting;
    if (!*waiting && !isJob(task.kind)) { // a job hears of it and stops
        const std::vector<LogOffset> offsets = task.status == TaskStatus::Enqueued
            ? m_progress.removable(TaskUid {task.uid})
            : std::vector<LogOffset> {};
        if (offsets.empty())
            return false;
        // newest first, so that the directory goes back the way it came
        for (auto offset = offsets.rbegin(); offset != offsets.rend(); ++offset) {
            const auto records = m_store->records({}, *offset, 1);
            if (!records)
                return records.err();
            MIROIR_ASSERT(!records->empty() && records->front().offset == *offset);
            const store::LogRecord &record = records->front();
            const auto operation = write::Operation::fromJson(record.argument);
            if (!operation)
                return operation.err();
            if (const Status<> done = m_sequencer.undo(record, *operation); !done)
                return done.err();
            write::Operation nothing;
            nothing.atNs = operation->atNs;
            if (const Status<> done = m_store->neutralise(*offset, nothing.toJson()); !done)
                return done.err();
            for (const auto &link : m_links) {
                if (write::Pipe *pipe = pipeOf(link->spec.id, record.index))
                    pipe->forget(*offset);
            }
        }
        m_progress.neutralise(offsets);
    }
    task.status = TaskStatus::Canceled;
    task.canceledBy = by.uid;
    task.batchUid = by.batchUid;
    task.startedAtNs = by.startedAtNs;
    task.finishedAtNs = m_clock.utcNs();
    if (task.details)
        task.details->toCanceled();
    if (const Status<> saved = m_store->saveTask(task); !saved)
        return saved.err();
    m_commit.after([this, task](bool onDisk) {
        if (onDisk)
            Q_EMIT taskChanged(std::make_shared<const TaskRecord>(task));
    });
    return true;
}

void Control::deleteTasks(const protocol::TaskQuery &query, const std::string &filter, const store::TaskFilter &visible,
    TaskAnswer answer)
{
    protocol::TaskQuery all = query;
    all.limit = UINT32_MAX;
    TaskRecord own;
    own.kind = protocol::TaskKind::TaskDeletion;
    own.status = TaskStatus::Enqueued;
    own.details.emplace();
    own.details->originalFilter = filter;
    own.details->deletedTasks = protocol::Shown<std::uint64_t>::null();
    const auto enqueue = [&]() -> Status<> {
        if (const Status<> open = m_commit.touch(); !open)
            return open.err();
        const auto matched = m_store->tasks(all, visible);
        if (!matched)
            return matched.err();
        // the oldest unfinished task is what a node would be at
        const std::vector<std::uint32_t> open = m_progress.openTasks();
        std::vector<std::uint32_t> uids;
        std::set<std::uint32_t> running;
        for (const TaskRecord &each : matched->tasks) {
            uids.push_back(each.uid);
            if (each.status == TaskStatus::Processing || (!open.empty() && each.uid == open.front()))
                running.insert(each.uid);
        }
        own.details->matchedTasks = uids.size();
        own.enqueuedAtNs = m_clock.utcNs();
        if (const Status<> done = m_sequencer.registerTask(own); !done)
            return done;
        return m_deletions.add(own, std::move(uids), std::move(running));
    };
    if (const Status<> done = enqueue(); !done) {
        failStore(done.error().message);
        answer(Err {notStored(tasksLog(), done.error().message)});
        return;
    }
    m_settleTimer.start();
    m_commit.after([this, own, answer](bool onDisk) {
        if (!onDisk) {
            answer(Err {notStored(tasksLog(), "the write was undone")});
            return;
        }
        Q_EMIT taskChanged(std::make_shared<const TaskRecord>(own));
        answer(own);
    });
}

bool Control::settleDeletions()
{
    const Status<> open = m_commit.touch();
    const auto ended = open ? m_deletions.advance(m_clock.utcNs(), [this] { return m_progress.takeBatch(); })
                            : Result<std::vector<TaskRecord>>(open.err());
    if (!ended) {
        qCCritical(tasksLog, "%s", ended.error().message.c_str());
        failStore(ended.error().message);
        return false;
    }
    for (const TaskRecord &task : *ended) {
        m_commit.after([this, task](bool onDisk) {
            if (onDisk)
                Q_EMIT taskChanged(std::make_shared<const TaskRecord>(task));
        });
    }
    return !ended->empty();
}

} // namespace miroir::cluster
