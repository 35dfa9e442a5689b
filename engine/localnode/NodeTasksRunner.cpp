// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeTasksRunner.h"

#include "base/Bytes.h"

#include <QDateTime>

#include <cstdio>

namespace miroir::localnode {

using protocol::TaskKind;
using protocol::TaskRecord;
using protocol::TaskStatus;

void NodeTasksRunner::run()
{
    while (std::optional<NodeTasks::Job> job = m_c.tasks.take()) {
        Outcome outcome = execute(*job);
        if (outcome.interrupted)
            m_c.tasks.putBack(job->task.uid);
        else
            finish(*job, std::move(outcome));
    }
}

NodeTasksRunner::Outcome NodeTasksRunner::execute(NodeTasks::Job &job)
{
    switch (job.task.kind) {
    case TaskKind::DocumentAdditionOrUpdate:
        return addDocuments(job);
    case TaskKind::DocumentDeletion:
        return deleteDocuments(job);
    case TaskKind::SettingsUpdate:
        return updateSettings(job);
    case TaskKind::IndexCreation:
        return createIndex(job);
    case TaskKind::IndexUpdate:
        return updateIndex(job);
    case TaskKind::IndexDeletion:
        return deleteIndex(job);
    case TaskKind::IndexSwap:
        return swapIndexes(job);
    case TaskKind::TaskCancelation:
        return cancelTasks(job);
    case TaskKind::TaskDeletion:
        return deleteTasks(job);
    case TaskKind::IndexCompaction:
        return compactIndex(job);
    case TaskKind::DsrUpdate:
        return updateRule(job);
    case TaskKind::DsrClear:
        return clearRules(job);
    case TaskKind::SnapshotCreation:
        return copyDatabase(job, QStringLiteral("snapshots"), QStringLiteral("data.ms.snapshot"));
    case TaskKind::DumpCreation: {
        const QString uid = QDateTime::fromMSecsSinceEpoch(m_c.clock.utcNs() / 1'000'000, Qt::UTC)
                                .toString(QStringLiteral("yyyyMMdd-HHmmsszzz"));
        if (job.task.details)
            job.task.details->dumpUid = toStd(uid);
        return copyDatabase(job, QStringLiteral("dumps"), uid + QStringLiteral(".sqlite"));
    }
    case TaskKind::DocumentEdition:
    case TaskKind::Export:
    case TaskKind::UpgradeDatabase:
    case TaskKind::NetworkTopologyChange:
        break;
    }
    // The routes refuse these, so such a task can only come from the database of another program version.
    return failed(protocol::apiError("internal", "this evaluation node cannot carry out tasks of this type"));
}

NodeTasksRunner::Outcome NodeTasksRunner::failed(protocol::ApiError error)
{
    Outcome outcome;
    outcome.error = std::move(error);
    return outcome;
}

protocol::ApiError NodeTasksRunner::internal(const Failure &failure)
{
    return protocol::apiError("internal", failure.message);
}

Status<> NodeTasksRunner::storeOutcome(const TaskRecord &task, const Outcome &outcome)
{
    StoreCommit commit;
    commit.steps = outcome.steps;
    commit.deletedTasks = outcome.deletedTasks;
    commit.tasks.push_back({task, {}});
    for (const TaskRecord &other : outcome.others) {
        const auto content = m_c.tasks.contentOf(other.uid);
        commit.tasks.push_back({other, content ? content->toText() : QByteArray()});
        if (other.status == TaskStatus::Processing)
            commit.tasks.back().task.status = TaskStatus::Enqueued;
    }
    return m_c.store.call([&](NodeStore &store) { return store.commit(commit); });
}

void NodeTasksRunner::finish(NodeTasks::Job &job, Outcome outcome)
{
    TaskRecord &task = job.task;
    const auto close = [&](const std::optional<protocol::ApiError> &error) {
        task.finishedAtNs = m_c.clock.utcNs();
        task.status = error ? TaskStatus::Failed : TaskStatus::Succeeded;
        if (!error)
            return;
        task.error = protocol::TaskError::from(*error);
        if (task.details)
            task.details->toFailed();
    };
    for (const std::uint32_t uid : m_c.tasks.surplus())
        outcome.deletedTasks.push_back(uid);
    close(outcome.error);
    if (auto stored = storeOutcome(task, outcome); !stored) {
        // The disk has the state before the task, so memory goes back to it as well.
        for (const IndexEntry &entry : outcome.inMemory)
            rebuild(entry);
        outcome = failed(internal(stored.error()));
        close(outcome.error);
        if (auto again = storeOutcome(task, outcome); !again)
            std::fprintf(stderr, "task %u could not be recorded as failed and will run again at the next start: %s\n",
                         task.uid, again.error().message.c_str());
    }
    if (outcome.afterStore)
        outcome.afterStore();
    outcome.others.push_back(task);
    m_c.tasks.settle(outcome.others, outcome.deletedTasks);
}

void NodeTasksRunner::rebuild(const IndexEntry &entry)
{
    auto rows = m_c.store.call([](NodeStore &store) { return store.indexes(); });
    if (rows) {
        for (const IndexRow &row : *rows) {
            if (row.id != entry.id)
                continue;
            auto index = LocalNodeIndexes::build(m_c.store, row);
            if (!index)
                break;
            entry.slot->replace(std::move(*index));
            m_c.indexes.update({row.uid, row.createdNs, row.updatedNs, row.primaryKey});
            return;
        }
    }
    std::fprintf(stderr, "index %s could not be rebuilt from the database; restart the node\n",
                 entry.info.uid.c_str());
}

} // namespace miroir::localnode
