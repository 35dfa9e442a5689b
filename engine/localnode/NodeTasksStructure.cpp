// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeTasksRunner.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "protocol/Stats.h"
#include "protocol/SwapRequest.h"

#include <QDir>
#include <QFile>

#include <algorithm>

/// Tasks about indexes as a whole, about other tasks and about the database.
namespace miroir::localnode {

using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

StoreStep putRow(IndexRow row)
{
    StoreStep step;
    step.kind = StoreStep::Kind::PutIndex;
    step.index = std::move(row);
    return step;
}

} // namespace

NodeTasksRunner::Outcome NodeTasksRunner::createIndex(NodeTasks::Job &job)
{
    const std::string uid = job.task.indexUid.value_or("");
    if (m_c.indexes.contains(uid))
        return failed(protocol::indexAlreadyExists(uid));
    const auto primaryKey = job.task.details ? job.task.details->primaryKey.value : std::nullopt;
    const IndexEntry entry = m_c.indexes.prepare(uid, primaryKey, m_c.clock.utcNs());
    Outcome outcome;
    outcome.steps.push_back(putRow(LocalNodeIndexes::row(entry)));
    outcome.afterStore = [this, entry] { m_c.indexes.insert(entry); };
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::updateIndex(NodeTasks::Job &job)
{
    const std::string uid = job.task.indexUid.value_or("");
    std::optional<IndexEntry> entry = m_c.indexes.find(uid);
    if (!entry)
        return failed(protocol::indexNotFound(uid));
    const auto primaryKey = job.task.details->primaryKey.value;
    const auto newUid = job.task.details->newIndexUid;
    if (newUid && m_c.indexes.contains(*newUid))
        return failed(protocol::indexAlreadyExists(*newUid));
    const std::int64_t now = m_c.clock.utcNs();
    IndexRow row = LocalNodeIndexes::row(*entry);
    if (primaryKey && row.primaryKey && row.primaryKey != primaryKey) {
        const bool empty
            = entry->slot->with([](LocalIndex &index) { return index.stats().numberOfDocuments == 0; });
        if (!empty)
            return failed(protocol::apiError("index_primary_key_already_exists",
                                             "Index `" + uid + "`: Index already has a primary key: `"
                                                 + *row.primaryKey + "`."));
    }
    if (primaryKey)
        row.primaryKey = primaryKey;
    row.uid = newUid.value_or(uid);
    row.updatedNs = now;
    Outcome outcome;
    outcome.steps.push_back(putRow(row));
    outcome.afterStore = [this, uid, row, now, slot = entry->slot] {
        slot->with([&](LocalIndex &index) { index.setPrimaryKey(row.primaryKey); });
        m_c.indexes.update({uid, row.createdNs, now, row.primaryKey});
        if (row.uid != uid)
            m_c.indexes.rename(uid, row.uid, now);
    };
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::deleteIndex(NodeTasks::Job &job)
{
    const std::string uid = job.task.indexUid.value_or("");
    const std::optional<IndexEntry> entry = m_c.indexes.find(uid);
    if (!entry)
        return failed(protocol::indexNotFound(uid));
    job.task.details->deletedDocuments
        = entry->slot->with([](LocalIndex &index) { return index.stats().numberOfDocuments; });
    Outcome outcome;
    StoreStep drop;
    drop.kind = StoreStep::Kind::DropIndex;
    drop.index.id = entry->id;
    outcome.steps.push_back(std::move(drop));
    outcome.afterStore = [this, uid] { m_c.indexes.erase(uid); };
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::swapIndexes(NodeTasks::Job &job)
{
    MIROIR_ASSERT(job.task.details && job.task.details->swaps);
    const std::vector<protocol::TaskSwap> &swaps = *job.task.details->swaps;
    if (auto refused = protocol::checkSwaps(swaps, [this](std::string_view uid) { return m_c.indexes.contains(uid); }))
        return failed(std::move(*refused));
    Outcome outcome;
    const std::int64_t now = m_c.clock.utcNs();
    const auto put = [&](const std::string &from, const std::string &to, bool renamed) {
        const std::optional<IndexEntry> entry = m_c.indexes.find(from);
        MIROIR_ASSERT(entry);
        IndexRow row = LocalNodeIndexes::row(*entry);
        row.uid = to;
        if (renamed)
            row.updatedNs = now;
        outcome.steps.push_back(putRow(std::move(row)));
    };
    for (const protocol::TaskSwap &swap : swaps) {
        put(swap.first, swap.second, swap.rename);
        if (!swap.rename)
            put(swap.second, swap.first, false);
    }
    // Tasks follow their index, so that what is waiting for it still reaches it.
    outcome.others = m_c.tasks.renamedBySwap(swaps, job.task.uid);
    outcome.afterStore = [this, swaps, now] {
        for (const protocol::TaskSwap &swap : swaps) {
            if (swap.rename)
                m_c.indexes.rename(swap.first, swap.second, now);
            else
                m_c.indexes.exchange(swap.first, swap.second);
        }
    };
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::cancelTasks(NodeTasks::Job &job)
{
    Outcome outcome;
    std::uint64_t canceled = 0;
    for (const std::uint32_t uid : job.content.uids) {
        std::optional<TaskRecord> task = m_c.tasks.find(uid);
        if (!task || task->status != TaskStatus::Enqueued || uid == job.task.uid)
            continue;
        task->status = TaskStatus::Canceled;
        task->canceledBy = job.task.uid;
        task->batchUid = job.task.batchUid;
        task->startedAtNs = job.task.startedAtNs;
        task->finishedAtNs = m_c.clock.utcNs();
        if (task->details)
            task->details->toCanceled();
        outcome.others.push_back(std::move(*task));
        ++canceled;
    }
    job.task.details->canceledTasks = canceled;
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::deleteTasks(NodeTasks::Job &job)
{
    Outcome outcome;
    for (const std::uint32_t uid : job.content.uids) {
        const std::optional<TaskRecord> task = m_c.tasks.find(uid);
        if (task && protocol::isFinished(task->status))
            outcome.deletedTasks.push_back(uid);
    }
    job.task.details->deletedTasks = outcome.deletedTasks.size();
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::compactIndex(NodeTasks::Job &job)
{
    const std::string uid = job.task.indexUid.value_or("");
    if (!m_c.indexes.contains(uid))
        return failed(protocol::indexNotFound(uid));
    // All indexes share one database here, so compacting one compacts them all.
    const auto before = m_c.store.call([](NodeStore &store) { return store.bytes(); });
    const auto done = m_c.store.call([](NodeStore &store) { return store.compact(); });
    const auto after = m_c.store.call([](NodeStore &store) { return store.bytes(); });
    if (!before || !done || !after)
        return failed(internal(!before ? before.error() : !done ? done.error() : after.error()));
    job.task.details->preCompactionSize = protocol::humanSize(*before);
    job.task.details->postCompactionSize = protocol::humanSize(*after);
    return {};
}

NodeTasksRunner::Outcome NodeTasksRunner::copyDatabase(NodeTasks::Job &, const QString &subfolder, const QString &name)
{
    if (m_c.folder.isEmpty())
        return failed(protocol::apiError("internal", "this node keeps everything in memory, there is nothing to copy"));
    const QDir folder(m_c.folder);
    if (!folder.mkpath(subfolder))
        return failed(protocol::apiError("internal", "the folder " + toStd(subfolder) + " cannot be made"));
    const QString target = folder.filePath(subfolder + QLatin1Char('/') + name);
    // Written beside and renamed, so that an older copy stays until the new one is complete.
    const QString draft = target + QStringLiteral(".part");
    QFile::remove(draft);
    const auto copied = m_c.store.call([&](NodeStore &store) { return store.copyTo(draft); });
    if (!copied)
        return failed(internal(copied.error()));
    QFile::remove(target);
    if (!QFile::rename(draft, target))
        return failed(protocol::apiError("internal", "the copy of the database cannot be put in place"));
    return {};
}

} // namespace miroir::localnode
