// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/Control.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::cluster {

using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

Q_LOGGING_CATEGORY(log, "miroir.write", QtInfoMsg)

/// Counting a large directory takes a while, and its readers look several times a second.
constexpr std::int64_t countIntervalMs = 1000;

/// What a client hears when the store cannot take its request.
protocol::ApiError storeError(const std::string &why)
{
    qCCritical(log, "%s", why.c_str());
    return protocol::apiError("internal", "The request could not be stored.");
}

} // namespace

void Control::submit(write::WriteRequest request, TaskAnswer answer)
{
    if (const Status<> open = m_commit.touch(); !open) {
        answer(Err {storeError(open.error().message)});
        return;
    }
    const Result<TaskRecord> task = m_sequencer.accept(request);
    if (!task) {
        // Half of the request may stand in the open transaction, so all of it goes.
        const std::string why = task.error().message;
        m_commit.abandon();
        storeUndone(toQString(why));
        answer(Err {storeError(why)});
        return;
    }
    publishNew();
    m_commit.after([this, answer = std::move(answer), kept = *task](bool onDisk) {
        if (!onDisk) {
            answer(Err {storeError("the write was undone")});
            return;
        }
        Q_EMIT taskChanged(std::make_shared<const TaskRecord>(kept));
        answer(kept);
    });
}

void Control::publishNew()
{
    for (auto &[record, operation] : m_sequencer.takeNew()) {
        if (record.kind == store::OperationKind::CreateIndex) {
            const LogOffset before {record.offset.value - 1};
            for (const auto &link : m_links) {
                addPipe(*link, record.index, before);
                const Status<> saved = m_store->savePipe({link->spec.id, record.index, before});
                if (!saved)
                    qCCritical(log, "%s", saved.error().message.c_str());
            }
        }
        m_progress.add(record, std::move(operation));
        // Nodes hear of it only when it is on disk: what a crash undoes must not have been sent.
        m_commit.after([this, index = record.index, offset = record.offset](bool onDisk) {
            if (!onDisk)
                return;
            for (const auto &link : m_links) {
                if (write::Pipe *pipe = pipeOf(link->spec.id, index))
                    pipe->noticeRecord(offset);
            }
            m_settleTimer.start();
        });
    }
}

/// Records whose task has ended cannot be decided any more: a node that refuses one then has to try again until it
/// takes it, or passes over it when it failed everywhere.
void Control::retryLateRefusals()
{
    for (const auto &link : m_links) {
        for (const auto &[index, pipe] : link->pipes) {
            if (pipe->refusal() && pipe->refusedAt() <= m_progress.committed(index))
                pipe->retryRefused();
        }
    }
}

void Control::settle()
{
    if (const Status<> open = m_commit.touch(); !open) {
        qCCritical(log, "%s", open.error().message.c_str());
        return;
    }
    retryLateRefusals();
    const auto finished = m_progress.finish(
        [this](const NodeId &node, const std::string &index) { return pipeOf(node, index); },
        [this](const NodeId &node, const std::string &index) {
            return m_membership.up(node) && !m_recovery.marked(node, index);
        },
        [this](const store::LogRecord &record, const write::Operation &operation) {
            return m_sequencer.takeBack(record, operation);
        });
    if (!finished) {
        qCCritical(log, "%s", finished.error().message.c_str());
        m_commit.abandon();
        storeUndone(toQString(finished.error().message));
        return;
    }
    scheduleView();
    if (finished->empty())
        return;
    m_commit.after([this, ended = *finished](bool onDisk) {
        if (!onDisk)
            return;
        // Before anybody can hear of a finished task its effect must be in the view that the fronts use.
        publishView();
        for (const write::Progress::Finished &each : ended) {
            if (each.task)
                Q_EMIT taskChanged(std::make_shared<const TaskRecord>(*each.task));
        }
    });
    m_commit.flush();
}

Result<store::TaskList> Control::tasks(const protocol::TaskQuery &query, const store::TaskFilter &visible)
{
    return m_store->tasks(query, visible);
}

Result<std::optional<TaskRecord>> Control::task(std::uint32_t uid)
{
    return m_store->task({uid});
}

Result<std::vector<std::uint64_t>> Control::taskCounts()
{
    return m_store->taskCounts();
}

Result<std::vector<std::uint64_t>> Control::documentsByShard(const std::string &physical)
{
    LogOffset head;
    for (const auto &link : m_links) {
        if (const write::Pipe *pipe = pipeOf(link->spec.id, physical))
            head = std::max(head, pipe->newest());
    }
    ShardCount &kept = m_shardCounts[physical];
    const std::int64_t nowMs = m_clock.monotonicMs();
    if (!kept.documents.empty() && (kept.head == head || nowMs - kept.atMs < countIntervalMs))
        return kept.documents;
    auto counted = m_store->directoryShards(physical);
    if (counted)
        kept = {head, nowMs, *counted};
    return counted;
}

void Control::finishOwnTask(TaskRecord task, const TaskAnswer &answer)
{
    task.enqueuedAtNs = m_clock.utcNs();
    if (const Status<> done = m_sequencer.registerTask(task); !done) {
        answer(Err {storeError(done.error().message)});
        return;
    }
    const TaskRecord enqueued = task;
    task.startedAtNs = task.enqueuedAtNs;
    task.finishedAtNs = m_clock.utcNs();
    task.status = TaskStatus::Succeeded;
    task.batchUid = m_progress.takeBatch();
    if (const Status<> done = m_store->saveTask(task); !done) {
        answer(Err {storeError(done.error().message)});
        return;
    }
    m_commit.after([this, enqueued, task, answer](bool onDisk) {
        if (!onDisk) {
            answer(Err {storeError("the write was undone")});
            return;
        }
        Q_EMIT taskChanged(std::make_shared<const TaskRecord>(task));
        answer(enqueued);
    });
}

void Control::cancelTasks(const protocol::TaskQuery &query, const std::string &filter, const store::TaskFilter &visible,
    TaskAnswer answer)
{
    static_cast<void>(m_commit.touch());
    protocol::TaskQuery all = query;
    all.limit = UINT32_MAX;
    const auto matched = m_store->tasks(all, visible);
    if (!matched) {
        answer(Err {storeError(matched.error().message)});
        return;
    }
    TaskRecord own;
    own.kind = protocol::TaskKind::TaskCancelation;
    own.details.emplace();
    own.details->matchedTasks = matched->total;
    // What is in the log has been promised to every replica in its order; it cannot be taken out again.
    own.details->canceledTasks = std::uint64_t {0};
    own.details->originalFilter = filter;
    finishOwnTask(std::move(own), answer);
}

void Control::deleteTasks(const protocol::TaskQuery &query, const std::string &filter, const store::TaskFilter &visible,
    TaskAnswer answer)
{
    static_cast<void>(m_commit.touch());
    protocol::TaskQuery all = query;
    all.limit = UINT32_MAX;
    const auto matched = m_store->tasks(all, visible);
    std::vector<std::uint32_t> uids;
    for (const TaskRecord &task : matched ? matched->tasks : std::vector<TaskRecord> {})
        uids.push_back(task.uid);
    const auto deleted = matched ? m_store->deleteTasks(uids) : Result<std::uint64_t>(matched.err());
    if (!deleted) {
        answer(Err {storeError(deleted.error().message)});
        return;
    }
    TaskRecord own;
    own.kind = protocol::TaskKind::TaskDeletion;
    own.details.emplace();
    own.details->matchedTasks = matched->total;
    own.details->deletedTasks = *deleted;
    own.details->originalFilter = filter;
    finishOwnTask(std::move(own), answer);
}

} // namespace miroir::cluster
