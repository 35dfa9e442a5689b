// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/Control.h"
#include "cluster/NotStored.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::cluster {

using protocol::TaskRecord;

namespace {

Q_LOGGING_CATEGORY(writeLog, "miroir.write", QtInfoMsg)

/// Counting a large directory takes a while, and its readers look several times a second.
constexpr std::int64_t countIntervalMs = 1000;

} // namespace

Result<TaskRecord> Control::acceptWrite(write::WriteRequest &request)
{
    if (const Status<> open = m_commit.touch(); !open)
        return open.err();
    if (m_waiting->mustWait(request))
        return m_waiting->add(request);
    Result<TaskRecord> task = m_sequencer.enqueue(request);
    if (!task)
        return task;
    if (const Status<> done = m_sequencer.place(request, *task); !done)
        return done.err();
    return task;
}

void Control::submit(write::WriteRequest request, TaskAnswer answer)
{
    const Result<TaskRecord> task = acceptWrite(request);
    if (!task) {
        // Half of the request may stand in the open transaction, so all of it goes.
        const std::string why = task.error().message;
        failStore(why);
        answer(Err {notStored(writeLog(), why)});
        return;
    }
    publishNew();
    m_settleTimer.start();
    m_commit.after([this, answer = std::move(answer), kept = *task](bool onDisk) {
        if (!onDisk) {
            answer(Err {notStored(writeLog(), "the write was undone")});
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
                    qCCritical(writeLog, "%s", saved.error().message.c_str());
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
    rollSettings(); // before any pipe can hear of a new change
}

void Control::settle()
{
    if (const Status<> open = m_commit.touch(); !open) {
        qCCritical(writeLog, "%s", open.error().message.c_str());
        return;
    }
    const auto finished = m_progress.finish(
        [this](const NodeId &node, const std::string &index) { return pipeOf(node, index); },
        [this](const NodeId &node, const std::string &index) {
            return m_membership.up(node) && !m_recovery.marked(node, index);
        },
        [this](const store::LogRecord &record, const write::Operation &operation, bool partly) {
            return m_sequencer.takeBack(record, operation, {partly, m_progress.visible().findPhysical(record.index)});
        });
    if (!finished) {
        qCCritical(writeLog, "%s", finished.error().message.c_str());
        failStore(finished.error().message);
        return;
    }
    retryLateRefusals();
    if (!finished->empty())
        m_rules->indexesChanged();
    scheduleView();
    publishNew(); // what was taken back
    if (!finished->empty()) {
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
    }
    m_waiting->advance();
    if (settleDeletions() || !finished->empty())
        m_commit.flush();
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

} // namespace miroir::cluster
