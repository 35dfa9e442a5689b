// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "placement/Shards.h"
#include "protocol/IndexRequests.h"
#include "protocol/DocumentId.h"
#include "write/ContentCheck.h"
#include "write/DocumentIds.h"
#include "write/FirstOfId.h"
#include "write/Sequencer.h"

#include <algorithm>
#include <unordered_set>

namespace miroir::write {

using store::OperationKind;

namespace {

/// A larger deletion becomes several records, so that none of them needs much memory.
constexpr std::size_t deletedPerRecord = 100'000;

/// Documents of a large upload go to the store in portions, so that what is made for it stays small.
constexpr std::size_t documentsPerStep = 4096;

} // namespace

Status<> Sequencer::documents(WriteRequest &request, Task &task)
{
    DocumentBatch &batch = *request.batch;
    const store::StoredIndex *index = m_head.find(request.uid);
    if (index == nullptr && !request.mayCreateIndex)
        return refuse(task, protocol::indexNotFound(request.uid));
    if (index != nullptr && !index->primaryKey.empty() && index->primaryKey != batch.primaryKey) {
        if (batch.keyGiven)
            return refuse(task, protocol::primaryKeyAlreadyExists(index->primaryKey));
        batch.failure.reset();
        findIds(batch, index->primaryKey);
    }
    std::string physical = index != nullptr ? index->physical : std::string();
    if (index == nullptr) {
        // A node brings the index into being even when the documents are refused.
        const Result<std::string> made = bringIntoBeing(task, request.uid, {});
        if (!made)
            return made.err();
        physical = *made;
    }
    if (batch.failure)
        return refuse(task, *batch.failure);
    if (batch.documents.empty())
        return appendTask(task, physical, OperationKind::Nothing, {});

    Result<Known> known = lookUp(physical, batch);
    if (!known)
        return known.err();
    const auto settings = protocol::settingsFromText(toBytes(m_head.findPhysical(physical)->settings));
    MIROIR_ASSERT(settings.ok()); // we wrote it
    const auto exists = [&known](std::size_t i) { return (*known)[i] != notKnown; };
    if (const auto problem = contentProblem(batch, exists, *settings, request.uid, request.partial))
        return refuse(task, *problem);
    store::LogRecord record;
    record.index = physical;
    record.kind = request.partial ? OperationKind::UpdateDocuments : OperationKind::ReplaceDocuments;
    record.task = TaskUid {task.uid};
    record.primaryKey = batch.primaryKey;
    Operation operation;
    operation.uid = request.uid;
    if (const Status<> done = enterDocuments(batch, *known, request.skipCreation, record, operation); !done)
        return done;
    batch.documents.clear(); // the record has all that is needed now
    const bool nothing = record.documents.empty();
    return append(std::move(record), std::move(operation), nothing ? QByteArray() : batch.payload);
}

Result<Sequencer::Known> Sequencer::lookUp(const std::string &physical, const DocumentBatch &batch)
{
    Known known;
    known.reserve(batch.documents.size());
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < batch.documents.size(); ++i) {
        ids.push_back(batch.documents[i].id);
        if (ids.size() < documentsPerStep && i + 1 < batch.documents.size())
            continue;
        const auto found = m_store.lookUp(physical, ids);
        if (!found)
            return found.err();
        for (const auto &entry : *found)
            known.push_back(entry ? entry->order : notKnown);
        ids.clear();
    }
    return known;
}

Status<> Sequencer::enterDocuments(const DocumentBatch &batch, Known &known, bool skipCreation,
    store::LogRecord &record, Operation &operation)
{
    std::vector<std::pair<std::string, store::DirectoryEntry>> entries;
    FirstOfId firstOfId(batch);
    const std::uint64_t firstOrder = m_nextOrder;
    record.documents.reserve(batch.documents.size());
    for (std::size_t i = 0; i < batch.documents.size(); ++i) {
        const BatchDocument &document = batch.documents[i];
        const std::size_t first = firstOfId.enter(i);
        // a node counts the documents that it leaves out, too
        if (first == i)
            ++operation.documents;
        if (skipCreation && known[first] == notKnown)
            continue;
        if (known[first] == notKnown) {
            known[first] = m_nextOrder++;
            entries.emplace_back(document.id, store::DirectoryEntry {known[first], document.hash});
        }
        record.documents.push_back({known[first], document.hash, document.begin, document.length});
        if (entries.size() < documentsPerStep)
            continue;
        if (const Status<> done = m_store.enter(record.index, entries); !done)
            return done;
        entries.clear();
    }
    if (m_nextOrder > firstOrder) {
        operation.ordersGiven = true;
        operation.firstOrder = firstOrder;
        operation.lastOrder = m_nextOrder - 1;
        if (const Status<> done = m_store.setMeta("next_order", std::to_string(m_nextOrder)); !done)
            return done;
    }
    return m_store.enter(record.index, entries);
}

Status<> Sequencer::deleteDocuments(const WriteRequest &request, Task &task)
{
    const store::StoredIndex *index = m_head.find(request.uid);
    if (index == nullptr)
        return refuse(task, protocol::indexNotFound(request.uid));
    const std::string physical = index->physical;
    store::LogRecord record;
    record.index = physical;
    record.task = TaskUid {task.uid};
    Operation operation;
    operation.uid = request.uid;
    return appendDeletion(std::move(record), std::move(operation), request.ids);
}

Status<> Sequencer::appendDeletion(
    store::LogRecord record, Operation operation, const std::vector<std::string> &ids)
{
    const auto known = m_store.lookUp(record.index, ids);
    if (!known)
        return known.err();
    json::Writer list;
    list.beginArray();
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!(*known)[i] || !seen.insert(ids[i]).second)
            continue;
        // begin and length name no bytes here: the place in the list of ids is that in the list of documents
        record.documents.push_back({(*known)[i]->order, (*known)[i]->hash, 0, 0});
        list.string(ids[i]);
    }
    if (operation.documents == 0)
        operation.documents = seen.size();
    operation.ids = list.endArray().take().toStdString();
    record.kind = record.documents.empty() ? OperationKind::Nothing : OperationKind::DeleteDocuments;
    if (const Status<> done = m_store.leave(record.index, ids); !done)
        return done;
    return append(std::move(record), std::move(operation));
}

Status<> Sequencer::placeDeletion(const Task &task, const std::string &physical, const std::vector<std::string> &ids,
    std::uint64_t reported)
{
    std::size_t from = 0;
    do {
        const std::size_t upTo = std::min(ids.size(), from + deletedPerRecord);
        store::LogRecord record;
        record.index = physical;
        Operation operation;
        operation.uid = task.indexUid.value_or("");
        operation.documents = reported;
        if (upTo == ids.size())
            record.task = TaskUid {task.uid};
        else
            operation.partOf = task.uid;
        const std::vector<std::string> part(ids.begin() + static_cast<std::ptrdiff_t>(from),
            ids.begin() + static_cast<std::ptrdiff_t>(upTo));
        if (const Status<> done = appendDeletion(std::move(record), std::move(operation), part); !done)
            return done;
        from = upTo;
    } while (from < ids.size());
    return Done {};
}

Status<> Sequencer::placeEdition(const Task &task, const std::string &physical, Edition &edition)
{
    for (DocumentBatch &batch : edition.changed) {
        Result<Known> known = lookUp(physical, batch);
        if (!known)
            return known.err();
        store::LogRecord record;
        record.index = physical;
        record.kind = OperationKind::ReplaceDocuments;
        record.primaryKey = batch.primaryKey;
        Operation operation;
        operation.uid = task.indexUid.value_or("");
        operation.partOf = task.uid;
        // the ids were read behind everything that is in the log, so each of them is known
        if (const Status<> done = enterDocuments(batch, *known, true, record, operation); !done)
            return done;
        if (const Status<> done = append(std::move(record), std::move(operation), batch.payload); !done)
            return done;
    }
    return placeDeletion(task, physical, edition.deleted, edition.matched);
}

Status<> Sequencer::clearDocuments(const WriteRequest &request, Task &task)
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
    return appendTask(task, physical, OperationKind::ClearDocuments, std::move(operation));
}

Status<> Sequencer::takeBack(const store::LogRecord &record, const Operation &operation, const Failure &failure)
{
    if (record.kind == OperationKind::ApplySettings && record.task && failure.visible != nullptr)
        return restoreSettings(record, *failure.visible, failure.partly);
    if (!operation.ordersGiven)
        return Done {};
    if (!failure.partly)
        return m_store.leaveByOrder(record.index, operation.firstOrder, operation.lastOrder);
    const auto ids = m_store.idsByOrder(record.index, operation.firstOrder, operation.lastOrder);
    if (!ids)
        return ids.err();
    store::LogRecord deletion;
    deletion.index = record.index;
    Operation own;
    own.uid = operation.uid;
    return appendDeletion(std::move(deletion), std::move(own), *ids);
}

Status<> Sequencer::undo(const store::LogRecord &record, const Operation &operation)
{
    if (operation.ordersGiven)
        return m_store.leaveByOrder(record.index, operation.firstOrder, operation.lastOrder);
    if (record.kind != OperationKind::DeleteDocuments)
        return Done {};
    const auto ids = json::Document::parse(std::string_view(operation.ids));
    if (!ids)
        return fail("log record: " + ids.error().message());
    std::vector<std::pair<std::string, store::DirectoryEntry>> entries;
    for (const json::Value id : ids->root().items()) {
        const store::LoggedDocument &document = record.documents.at(entries.size());
        entries.emplace_back(id.toString(), store::DirectoryEntry {document.order, document.hash});
    }
    return m_store.enter(record.index, entries);
}

} // namespace miroir::write
