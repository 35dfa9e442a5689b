// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/Sequencer.h"

#include "base/Bytes.h"
#include "placement/Shards.h"
#include "protocol/IndexRequests.h"
#include "protocol/SettingsNode.h"
#include "protocol/SettingsPatch.h"
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
        return TaskKind::DocumentDeletion;
    case WriteRequest::Kind::SwapIndexes:
        return TaskKind::IndexSwap;
    }
    return TaskKind::IndexCreation;
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

Result<protocol::TaskRecord> Sequencer::accept(WriteRequest &request)
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
    Status<> done = Done {};
    switch (request.kind) {
    case WriteRequest::Kind::CreateIndex:
        done = createIndex(request, task);
        break;
    case WriteRequest::Kind::UpdateIndex:
        done = updateIndex(request, task);
        break;
    case WriteRequest::Kind::DeleteIndex:
        done = deleteIndex(request, task);
        break;
    case WriteRequest::Kind::Settings:
        done = settings(request, task);
        break;
    case WriteRequest::Kind::Documents:
        done = documents(request, task);
        break;
    case WriteRequest::Kind::DeleteDocuments:
        done = deleteDocuments(request, task);
        break;
    case WriteRequest::Kind::ClearDocuments:
        done = clearDocuments(request, task);
        break;
    case WriteRequest::Kind::SwapIndexes:
        done = swapIndexes(request, task);
        break;
    }
    if (!done)
        return done.err();
    return task;
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

Result<std::string> Sequencer::bringIntoBeing(const std::string &uid, const std::string &primaryKey)
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
    create.uid = uid;
    create.primaryKey = primaryKey;
    store::LogRecord record;
    record.index = physical;
    record.kind = OperationKind::CreateIndex;
    if (const Status<> done = append(record, std::move(create)); !done)
        return done.err();
    Operation apply;
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
    const Result<std::string> physical = bringIntoBeing(request.uid, request.primaryKey.value_or(""));
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
    if (request.newUid && m_head.find(*request.newUid) != nullptr)
        return refuse(task, protocol::indexAlreadyExists(*request.newUid));
    if (request.primaryKey && *request.primaryKey != index->primaryKey) {
        const Result<std::uint64_t> held = m_store.directorySize(physical);
        if (!held)
            return held.err();
        if (*held > 0)
            return refuse(task, protocol::primaryKeyAlreadyExists(index->primaryKey));
        Operation operation;
        operation.primaryKey = *request.primaryKey;
        if (!request.newUid)
            return appendTask(task, physical, OperationKind::SetPrimaryKey, std::move(operation));
        store::LogRecord record;
        record.index = physical;
        record.kind = OperationKind::SetPrimaryKey;
        operation.uid = request.uid;
        if (const Status<> done = append(std::move(record), std::move(operation)); !done)
            return done;
    }
    if (!request.newUid)
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
        const Result<std::string> made = bringIntoBeing(request.uid, {});
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
    for (const protocol::TaskSwap &swap : request.swaps) {
        if (m_head.find(swap.first) == nullptr)
            operation.error = protocol::TaskError::from(protocol::indexNotFound(swap.first));
        else if (!swap.rename && m_head.find(swap.second) == nullptr)
            operation.error = protocol::TaskError::from(protocol::indexNotFound(swap.second));
        else if (swap.rename && m_head.find(swap.second) != nullptr)
            operation.error = protocol::TaskError::from(protocol::indexAlreadyExists(swap.second));
        if (operation.error)
            break;
    }
    const OperationKind kind = operation.error ? OperationKind::Nothing : OperationKind::SwapIndexes;
    return appendTask(task, {}, kind, std::move(operation));
}

} // namespace miroir::write
