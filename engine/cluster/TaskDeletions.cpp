// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/TaskDeletions.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "json/Json.h"

#include <algorithm>

namespace miroir::cluster {

using protocol::TaskRecord;

namespace {

constexpr std::string_view metaKey = "task_deletions";

} // namespace

Status<> TaskDeletions::load()
{
    const auto stored = m_store.meta(metaKey);
    if (!stored)
        return stored.err();
    m_entries.clear();
    if (stored->empty())
        return Done {};
    const auto text = json::Document::parse(std::string_view(*stored));
    if (!text)
        return fail("the stored deletions of tasks: " + text.error().message());
    for (const json::Value each : text->root().items()) {
        Entry entry;
        entry.own = static_cast<std::uint32_t>(each["own"].toU64().value_or(0));
        for (const json::Value uid : each["uids"].items())
            entry.uids.push_back(static_cast<std::uint32_t>(uid.toU64().value_or(0)));
        for (const json::Value uid : each["running"].items())
            entry.running.insert(static_cast<std::uint32_t>(uid.toU64().value_or(0)));
        m_entries.push_back(std::move(entry));
    }
    return Done {};
}

Status<> TaskDeletions::save()
{
    json::Writer out;
    out.beginArray();
    for (const Entry &entry : m_entries) {
        out.beginObject().key("own").number(entry.own).key("uids").beginArray();
        for (const std::uint32_t uid : entry.uids)
            out.number(uid);
        out.endArray().key("running").beginArray();
        for (const std::uint32_t uid : entry.running)
            out.number(uid);
        out.endArray().endObject();
    }
    return m_store.setMeta(metaKey, m_entries.empty() ? std::string_view() : sv(out.endArray().take()));
}

Status<> TaskDeletions::add(
    const TaskRecord &own, std::vector<std::uint32_t> uids, std::set<std::uint32_t> running)
{
    m_entries.push_back({own.uid, std::move(uids), std::move(running)});
    return save();
}

Result<bool> TaskDeletions::stillWaits(Entry &entry)
{
    while (!entry.running.empty()) {
        const auto task = m_store.task({*entry.running.begin()});
        if (!task)
            return task.err();
        if (*task && !protocol::isFinished((*task)->status))
            return true;
        entry.running.erase(entry.running.begin());
    }
    return false;
}

Result<std::vector<TaskRecord>> TaskDeletions::advance(std::int64_t nowNs, const TakeBatch &takeBatch)
{
    std::vector<TaskRecord> ended;
    for (Entry &entry : m_entries) {
        const Result<bool> waits = stillWaits(entry);
        if (!waits)
            return waits.err();
        if (*waits)
            continue;
        const auto deleted = m_store.deleteTasks(entry.uids);
        if (!deleted)
            return deleted.err();
        const auto own = m_store.task({entry.own});
        if (!own)
            return own.err();
        MIROIR_ASSERT(own->has_value()); // an unfinished task is not deleted
        TaskRecord task = **own;
        task.startedAtNs = nowNs;
        task.finishedAtNs = nowNs;
        task.batchUid = takeBatch();
        task.status = protocol::TaskStatus::Succeeded;
        task.details->deletedTasks = *deleted;
        if (const Status<> saved = m_store.saveTask(task); !saved)
            return saved.err();
        entry.own = UINT32_MAX; // done
        ended.push_back(std::move(task));
    }
    if (ended.empty())
        return ended;
    std::erase_if(m_entries, [](const Entry &entry) { return entry.own == UINT32_MAX; });
    if (const Status<> saved = save(); !saved)
        return saved.err();
    return ended;
}

} // namespace miroir::cluster
