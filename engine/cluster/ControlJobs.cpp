// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/Control.h"
#include "cluster/NotStored.h"

#include <QLoggingCategory>

#include <algorithm>

/// Tasks that are carried out beside the log, and what else the API asks about tasks and statistics.
namespace miroir::cluster {

using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

Q_LOGGING_CATEGORY(jobsLog, "miroir.jobs", QtInfoMsg)

constexpr std::size_t recordsPerRead = 100;

} // namespace

void Control::enqueueJob(TaskRecord task, TaskAnswer answer)
{
    task.enqueuedAtNs = m_clock.utcNs();
    task.status = TaskStatus::Enqueued;
    const Status<> open = m_commit.touch();
    if (const Status<> done = open ? m_sequencer.registerTask(task) : open; !done) {
        answer(Err {notStored(jobsLog(), done.error().message)});
        return;
    }
    m_commit.after([this, task, answer = std::move(answer)](bool onDisk) {
        if (!onDisk) {
            answer(Err {notStored(jobsLog(), "the write was undone")});
            return;
        }
        answer(task);
        Q_EMIT taskChanged(std::make_shared<const TaskRecord>(task));
    });
}

Result<bool> Control::saveJob(TaskRecord task)
{
    const auto kept = m_store->task({task.uid});
    if (!kept)
        return kept.err();
    if (!*kept || protocol::isFinished((*kept)->status))
        return false;
    if (const Status<> open = m_commit.touch(); !open)
        return open.err();
    task.batchUid = (*kept)->batchUid;
    if (!task.batchUid && task.status != TaskStatus::Enqueued)
        task.batchUid = m_progress.takeBatch();
    if (const Status<> saved = m_store->saveTask(task); !saved)
        return saved.err();
    m_commit.after([this, task](bool onDisk) {
        if (onDisk)
            Q_EMIT taskChanged(std::make_shared<const TaskRecord>(task));
    });
    m_commit.flush();
    m_settleTimer.start(); // somebody may have waited for it
    return true;
}

Result<std::vector<TaskRecord>> Control::openJobs()
{
    using protocol::TaskKind;
    protocol::TaskQuery query;
    query.limit = UINT32_MAX;
    query.reverse = true;
    query.kinds = std::vector {TaskKind::Export, TaskKind::IndexCompaction, TaskKind::DumpCreation};
    query.statuses = std::vector {TaskStatus::Enqueued, TaskStatus::Processing};
    auto list = m_store->tasks(query, {});
    if (!list)
        return list.err();
    return std::move(list->tasks);
}

Result<std::optional<QByteArray>> Control::taskDocuments(std::uint32_t uid)
{
    const auto task = m_store->task({uid});
    if (!task)
        return task.err();
    if (!*task || protocol::isFinished((*task)->status))
        return std::optional<QByteArray>();
    for (LogOffset from {m_progress.finishedUpTo().value + 1};;) {
        const auto records = m_store->records({}, from, recordsPerRead);
        if (!records)
            return records.err();
        for (const store::LogRecord &record : *records) {
            from.value = record.offset.value + 1;
            if (!record.task || record.task->value != uid || record.payloadBytes == 0)
                continue;
            const auto payload = m_store->payload(record.offset, 0, record.payloadBytes);
            if (!payload)
                return payload.err();
            QByteArray lines;
            for (const store::LoggedDocument &document : record.documents) {
                lines += toBytes(sv(*payload).substr(document.begin, document.length)).replace('\n', ' ');
                lines += '\n';
            }
            return std::optional(std::move(lines));
        }
        if (records->size() < recordsPerRead)
            return std::optional<QByteArray>();
    }
}

Result<store::TaskTally> Control::taskTally()
{
    return m_store->tallyTasks();
}

Result<store::Compaction> Control::compactStore()
{
    m_commit.flush();
    return m_store->compact();
}

Control::KnownStats Control::knownStats() const
{
    KnownStats known;
    for (const Membership::Node *node : m_membership.nodes()) {
        if (!node->statsKnown)
            continue;
        auto &indexes = known[node->id];
        for (const node::NodeStats::Index &index : node->stats.indexes)
            indexes.insert_or_assign(index.uid, index.raw);
    }
    return known;
}

} // namespace miroir::cluster
