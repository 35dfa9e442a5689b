// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/Sequencer.h"

#include "base/Bytes.h"
#include "placement/Shards.h"
#include "protocol/IndexRequests.h"
#include "protocol/SettingsNode.h"
#include "protocol/SettingsPatch.h"
#include "protocol/SwapRequest.h"
#include "protocol/DocumentId.h"
#include "write/DocumentIds.h"

#include <algorithm>

namespace miroir::write {

using protocol::TaskKind;
using store::OperationKind;

namespace {

/// Records are read back in portions of this many when the head is built.
constexpr std::size_t recordsPerRead = 500;

Result<std::uint64_t> counter(store::Store &store, std::string_view name)
{
    const Result<std::string> text = store.meta(name);
    if (!text)
        return text.err();
    return text->empty() ? 0ULL : std::stoull(*text);
}

protocol::Settings settingsOf(const store::StoredIndex &index)
{
    Result<protocol::Settings> settings = protocol::settingsFromText(toBytes(index.settings));
    MIROIR_ASSERT(settings.ok()); // we wrote it
    return *settings;
}

TaskKind taskKind(WriteRequest::Kind kind)
{
    switch (kind) {
    case WriteRequest::Kind::CreateIndex:
        return TaskKind::IndexCreation;
    case WriteRequest::Kind::UpdateIndex:
        return TaskKind::IndexUpdate;
    case WriteRequest::Kind::DeleteIndex:
        return TaskKind::IndexDeletion;
    case WriteRequest::Kind::Settings:
        return TaskKind::SettingsUpdate;
    case WriteRequest::Kind::Documents:
        return TaskKind::DocumentAdditionOrUpdate;
    case WriteRequest::Kind::DeleteDocuments:
    case WriteRequest::Kind::ClearDocuments:
    case WriteRequest::Kind::DeleteByFilter:
        return TaskKind::DocumentDeletion;
    case WriteRequest::Kind::EditDocuments:
        return TaskKind::DocumentEdition;
    case WriteRequest::Kind::SwapIndexes:
        return TaskKind::IndexSwap;
    }
    return TaskKind::IndexCreation;
}

protocol::Shown<std::string> orNull(const std::optional<std::string> &text)
{
    return text ? protocol::Shown<std::string>(*text) : protocol::Shown<std::string>::null();
}

protocol::TaskDetails enqueuedDetails(const WriteRequest &request)
{
    protocol::TaskDetails details;
    switch (request.kind) {
    case WriteRequest::Kind::CreateIndex:
    case WriteRequest::Kind::UpdateIndex:
        details.primaryKey = request.primaryKey ? protocol::Shown<std::string>(*request.primaryKey)
                                                : protocol::Shown<std::string>::null();
        if (request.newUid) {
            details.oldIndexUid = request.uid;
            details.newIndexUid = request.newUid;
        }
        break;
    case WriteRequest::Kind::DeleteDocuments:
        details.providedIds = request.providedIds;
        details.originalFilter = protocol::Shown<std::string>::null();
        details.deletedDocuments = protocol::Shown<std::uint64_t>::null();
        break;
    case WriteRequest::Kind::DeleteIndex:
    case WriteRequest::Kind::ClearDocuments:
        details.deletedDocuments = protocol::Shown<std::uint64_t>::null();
        break;
    case WriteRequest::Kind::Settings:
        details.settings = request.patch;
        break;
    case WriteRequest::Kind::Documents:
        details.receivedDocuments = request.batch->documents.size();
        details.indexedDocuments = protocol::Shown<std::uint64_t>::null();
        break;
    case WriteRequest::Kind::SwapIndexes:
        details.swaps = request.swaps;
        break;
    case WriteRequest::Kind::DeleteByFilter:
        details.providedIds = 0;
        details.deletedDocuments = protocol::Shown<std::uint64_t>::null();
        details.originalFilter = request.filter.value_or("");
        break;
    case WriteRequest::Kind::EditDocuments:
        details.editedDocuments = protocol::Shown<std::uint64_t>::null();
        details.deletedDocuments = protocol::Shown<std::uint64_t>::null();
        details.originalFilter = orNull(request.filter);
        details.context = orNull(request.context);
        details.function = request.function;
        break;
    }
    return details;
}

} // namespace

Status<> Sequencer::load(const std::map<std::string, LogOffset, std::less<>> &committed)
{
    m_head = {};
    m_new.clear();
    const auto nextTask = m_store.nextTaskUid();
    const auto nextOrder = counter(m_store, "next_order");
    const auto nextGeneration = counter(m_store, "next_generation");
    const auto visible = m_store.indexes();
    if (!nextTask || !nextOrder || !nextGeneration || !visible)
        return fail("cannot read the counters of the store");
    m_nextTask = *nextTask;
    m_nextOrder = *nextOrder;
    m_nextGeneration = *nextGeneration;
    for (const store::StoredIndex &index : *visible)
        m_head.put(index);
    for (LogOffset from {1};;) {
        const auto records = m_store.records({}, from, recordsPerRead);
        if (!records)
            return records.err();
        for (const store::LogRecord &record : *records) {
            from.value = record.offset.value + 1;
            const auto done = committed.find(record.index);
            if (done != committed.end() && record.offset <= done->second)
                continue;
            const Result<Operation> operation = Operation::fromJson(record.argument);
            if (!operation)
                return operation.err();
            m_head.apply(record, *operation, operation->atNs);
        }
        if (records->size() < recordsPerRead)
            break;
    }
    static_cast<void>(m_head.takeChanged());
    return Done {};
}

std::vector<std::pair<store::LogRecord, Operation>> Sequencer::takeNew()
{
    return std::exchange(m_new, {});
}

Status<> Sequencer::registerTask(protocol::TaskRecord &task)
{
    task.uid = m_nextTask++;
    if (const Status<> done = m_store.setMeta("next_task", std::to_string(m_nextTask)); !done)
        return done;
    return m_store.saveTask(task);
}

Result<protocol::TaskRecord> Sequencer::enqueue(const WriteRequest &request)
{
    Task task;
    task.kind = taskKind(request.kind);
    if (request.kind != WriteRequest::Kind::SwapIndexes)
        task.indexUid = request.uid;
    task.enqueuedAtNs = m_clock.utcNs();
    task.details = enqueuedDetails(request);
    task.customMetadata = request.customMetadata;
    if (const Status<> done = registerTask(task); !done)
        return done.err();
    return task;
}

Status<> Sequencer::place(WriteRequest &request, Task &task)
{
    switch (request.kind) {
    case WriteRequest::Kind::CreateIndex:
        return createIndex(request, task);
    case WriteRequest::Kind::UpdateIndex:
        return updateIndex(request, task);
    case WriteRequest::Kind::DeleteIndex:
        return deleteIndex(request, task);
    case WriteRequest::Kind::Settings:
        return settings(request, task);
    case WriteRequest::Kind::Documents:
        return documents(request, task);
    case WriteRequest::Kind::DeleteDocuments:
        return deleteDocuments(request, task);
    case WriteRequest::Kind::ClearDocuments:
        return clearDocuments(request, task);
    case WriteRequest::Kind::SwapIndexes:
        return swapIndexes(request, task);
    case WriteRequest::Kind::DeleteByFilter:
    case WriteRequest::Kind::EditDocuments:
        break;
    }
    MIROIR_ASSERT(!request.needsBarrier()); // these are resolved first
    return Done {};
}

Status<> Sequencer::append(store::LogRecord record, Operation operation, const QByteArray &payload)
{
    operation.atNs = m_clock.utcNs();
    record.argument = operation.toJson();
    if (const Status<> done = m_store.append(record, payload); !done)
        return done;
    m_head.apply(record, operation, operation.atNs);
    m_new.emplace_back(std::move(record), std::move(operation));
    return Done {};
}

Status<> Sequencer::appendTask(const Task &task, std::string index, OperationKind kind, Operation operation)
{
    store::LogRecord record;
    record.index = std::move(index);
    record.kind = kind;
    record.task = TaskUid {task.uid};
    operation.uid = task.indexUid.value_or("");
    return append(std::move(record), std::move(operation));
}

Status<> Sequencer::refuse(const Task &task, const protocol::ApiError &error)
{
    const store::StoredIndex *index = task.indexUid ? m_head.find(*task.indexUid) : nullptr;
    Operation operation;
    operation.error = protocol::TaskError::from(error);
    return appendTask(task, index != nullptr ? index->physical : std::string(), OperationKind::Nothing,
        std::move(operation));
}

std::string Sequencer::freshPhysical(const std::string &uid)
{
    // The plain name as long as no index ever had it: people who look at a node find their index. A deleted or renamed
    // index may still be on nodes, so its name is not used a second time.
    return m_nextGeneration == 0 ? uid : uid + "-g" + std::to_string(m_nextGeneration);
}

Result<std::string> Sequencer::bringIntoBeing(
    const Task &task, const std::string &uid, const std::string &primaryKey)
{
    std::string physical = uid;
    const Result<std::string> used = m_store.meta("physical:" + uid);
    if (!used)
        return used.err();
    if (!used->empty()) {
        ++m_nextGeneration;
        if (const Status<> done = m_store.setMeta("next_generation", std::to_string(m_nextGeneration)); !done)
            return done.err();
        physical = freshPhysical(uid).substr(0, limits::indexUidBytes);
    }
    if (const Status<> done = m_store.setMeta("physical:" + physical, "used"); !done)
        return done.err();
    Operation create;
    create.partOf = task.uid;
    create.uid = uid;
    create.primaryKey = primaryKey;
    store::LogRecord record;
    record.index = physical;
    record.kind = OperationKind::CreateIndex;
    if (const Status<> done = append(record, std::move(create)); !done)
        return done.err();
    Operation apply;
    apply.partOf = task.uid;
    apply.uid = uid;
    const protocol::Settings defaults;
    apply.settings = protocol::settingsToText(defaults).toStdString();
    apply.nodeSettings = protocol::deriveNodeSettings(defaults).toStdString();
    record.kind = OperationKind::ApplySettings;
    if (const Status<> done = append(record, std::move(apply)); !done)
        return done.err();
    return physical;
}

Status<> Sequencer::createIndex(const WriteRequest &request, Task &task)
{
    if (m_head.find(request.uid) != nullptr)
        return refuse(task, protocol::indexAlreadyExists(request.uid));
    const Result<std::string> physical = bringIntoBeing(task, request.uid, request.primaryKey.value_or(""));
    if (!physical)
        return physical.err();
    // The client's task ends with an empty step behind the two that do the work.
    return appendTask(task, *physical, OperationKind::Nothing, {});
}

Status<> Sequencer::updateIndex(const WriteRequest &request, Task &task)
{
    const store::StoredIndex *index = m_head.find(request.uid);
    if (index == nullptr)
        return refuse(task, protocol::indexNotFound(request.uid));
    const std::string physical = index->physical;
    const bool renames = request.newUid && *request.newUid != request.uid;
    if (renames && m_head.find(*request.newUid) != nullptr)
        return refuse(task, protocol::indexAlreadyExists(*request.newUid));
    if (request.primaryKey && *request.primaryKey != index->primaryKey) {
        const Result<std::uint64_t> held = m_store.directorySize(physical);
        if (!held)
            return held.err();
        if (*held > 0)
            return refuse(task, protocol::primaryKeyAlreadyExists(index->primaryKey));
        Operation operation;
        operation.primaryKey = *request.primaryKey;
        if (!renames)
            return appendTask(task, physical, OperationKind::SetPrimaryKey, std::move(operation));
        store::LogRecord record;
        record.index = physical;
        record.kind = OperationKind::SetPrimaryKey;
        operation.uid = request.uid;
        operation.partOf = task.uid;
        if (const Status<> done = append(std::move(record), std::move(operation)); !done)
            return done;
    }
    if (!renames)
        return appendTask(task, physical, OperationKind::Nothing, {});
    Operation rename;
    rename.newUid = *request.newUid;
    return appendTask(task, physical, OperationKind::RenameIndex, std::move(rename));
}

Status<> Sequencer::deleteIndex(const WriteRequest &request, Task &task)
{
    const store::StoredIndex *index = m_head.find(request.uid);
    if (index == nullptr)
        return refuse(task, protocol::indexNotFound(request.uid));
    const std::string physical = index->physical;
    const Result<std::uint64_t> held = m_store.directorySize(physical);
    if (!held)
        return held.err();
    if (const Status<> done = m_store.leaveAll(physical); !done)
        return done;
    Operation operation;
    operation.documents = *held;
    return appendTask(task, physical, OperationKind::DeleteIndex, std::move(operation));
}

Status<> Sequencer::settings(const WriteRequest &request, Task &task)
{
    const store::StoredIndex *index = m_head.find(request.uid);
    if (index == nullptr && (!request.mayCreateIndex || request.settingsReset))
        return refuse(task, protocol::indexNotFound(request.uid));
    const protocol::Settings before = index != nullptr ? settingsOf(*index) : protocol::Settings {};
    const protocol::ApiResult<protocol::Settings> after = protocol::applySettingsPatch(before, request.patch);
    if (!after)
        return refuse(task, after.error());
    std::string physical;
    if (index != nullptr) {
        physical = index->physical;
    } else {
        const Result<std::string> made = bringIntoBeing(task, request.uid, {});
        if (!made)
            return made.err();
        physical = *made;
    }
    Operation operation;
    operation.settings = protocol::settingsToText(*after).toStdString();
    operation.nodeSettings = protocol::deriveNodePatch(request.patch, *after).toStdString();
    return appendTask(task, physical, OperationKind::ApplySettings, std::move(operation));
}

Status<> Sequencer::swapIndexes(const WriteRequest &request, Task &task)
{
    Operation operation;
    operation.swaps = request.swaps;
    const auto refused
        = protocol::checkSwaps(request.swaps, [this](std::string_view uid) { return m_head.find(uid) != nullptr; });
    if (refused)
        operation.error = protocol::TaskError::from(*refused);
    for (const std::string &uid : request.indexUids()) {
        if (const store::StoredIndex *index = m_head.find(uid))
            operation.after.push_back(index->physical);
    }
    const OperationKind kind = operation.error ? OperationKind::Nothing : OperationKind::SwapIndexes;
    return appendTask(task, {}, kind, std::move(operation));
}

Status<> Sequencer::restoreSettings(const store::LogRecord &record, const store::StoredIndex &before)
{
    // What the client had asked for is in its task: the inverse sets just that back. Settings that came after it were
    // derived from it, so they are derived anew from what clients see.
    const auto failed = m_store.task(*record.task);
    const auto later = m_store.records(record.index, {record.offset.value + 1}, SIZE_MAX >> 1U);
    if (!failed || !later)
        return failed ? later.err() : failed.err();
    if (!*failed || !(*failed)->details || !(*failed)->details->settings)
        return Done {};
    protocol::Settings after = settingsOf(before);
    for (const store::LogRecord &each : *later) {
        if (each.kind != OperationKind::ApplySettings || !each.task)
            continue;
        const auto task = m_store.task(*each.task);
        if (!task)
            return task.err();
        if (!*task || !(*task)->details || !(*task)->details->settings)
            continue;
        if (auto applied = protocol::applySettingsPatch(after, *(*task)->details->settings))
            after = std::move(*applied);
    }
    Operation operation;
    operation.uid = before.uid;
    operation.settings = protocol::settingsToText(after).toStdString();
    operation.nodeSettings = protocol::deriveNodePatch(*(*failed)->details->settings, after).toStdString();
    store::LogRecord restore;
    restore.index = record.index;
    restore.kind = OperationKind::ApplySettings;
    return append(std::move(restore), std::move(operation));
}

} // namespace miroir::write
