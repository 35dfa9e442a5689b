// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "placement/Shards.h"
#include "protocol/IndexRequests.h"
#include "protocol/DocumentId.h"
#include "write/DocumentIds.h"
#include "write/Sequencer.h"

#include <unordered_set>

namespace miroir::write {

using store::OperationKind;

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
        const Result<std::string> made = bringIntoBeing(request.uid, {});
        if (!made)
            return made.err();
        physical = *made;
    }
    if (batch.failure)
        return refuse(task, *batch.failure);
    if (batch.documents.empty())
        return appendTask(task, physical, OperationKind::Nothing, {});

    store::LogRecord record;
    record.index = physical;
    record.kind = request.partial ? OperationKind::UpdateDocuments : OperationKind::ReplaceDocuments;
    record.task = TaskUid {task.uid};
    record.primaryKey = batch.primaryKey;
    Operation operation;
    operation.uid = request.uid;
    if (const Status<> done = enterDocuments(physical, batch, record, operation); !done)
        return done;
    return append(std::move(record), std::move(operation), batch.payload);
}

Status<> Sequencer::enterDocuments(
    const std::string &physical, DocumentBatch &batch, store::LogRecord &record, Operation &operation)
{
    std::vector<std::string> ids;
    ids.reserve(batch.documents.size());
    for (BatchDocument &document : batch.documents)
        ids.push_back(std::move(document.id));
    const auto known = m_store.lookUp(physical, ids);
    if (!known)
        return known.err();
    std::vector<std::pair<std::string, store::DirectoryEntry>> entries;
    std::unordered_map<std::string_view, std::uint64_t> seen; // ids of this payload: views into `ids`
    const std::uint64_t firstOrder = m_nextOrder;
    record.documents.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const BatchDocument &document = batch.documents[i];
        const auto [place, fresh] = seen.try_emplace(ids[i], 0);
        if (fresh) {
            const bool isNew = !(*known)[i].has_value();
            place->second = isNew ? m_nextOrder++ : (*known)[i]->order;
            if (isNew)
                entries.emplace_back(ids[i], store::DirectoryEntry {place->second, document.hash});
        }
        record.documents.push_back({place->second, document.hash, document.begin, document.length});
    }
    operation.documents = seen.size();
    if (m_nextOrder > firstOrder) {
        operation.ordersGiven = true;
        operation.firstOrder = firstOrder;
        operation.lastOrder = m_nextOrder - 1;
        if (const Status<> done = m_store.setMeta("next_order", std::to_string(m_nextOrder)); !done)
            return done;
    }
    return m_store.enter(physical, entries);
}

Status<> Sequencer::deleteDocuments(const WriteRequest &request, Task &task)
{
    const store::StoredIndex *index = m_head.find(request.uid);
    if (index == nullptr)
        return refuse(task, protocol::indexNotFound(request.uid));
    const std::string physical = index->physical;
    const auto known = m_store.lookUp(physical, request.ids);
    if (!known)
        return known.err();
    store::LogRecord record;
    record.index = physical;
    record.kind = OperationKind::DeleteDocuments;
    record.task = TaskUid {task.uid};
    Operation operation;
    operation.uid = request.uid;
    json::Writer ids;
    ids.beginArray();
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < request.ids.size(); ++i) {
        if (!(*known)[i] || !seen.insert(request.ids[i]).second)
            continue;
        // begin and length name no bytes here: the place in the list of ids is that in the list of documents
        record.documents.push_back({(*known)[i]->order, (*known)[i]->hash, 0, 0});
        ids.string(request.ids[i]);
    }
    operation.documents = seen.size();
    operation.ids = ids.endArray().take().toStdString();
    if (record.documents.empty())
        record.kind = OperationKind::Nothing;
    if (const Status<> done = m_store.leave(physical, request.ids); !done)
        return done;
    return append(std::move(record), std::move(operation));
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

Status<> Sequencer::takeBack(const store::LogRecord &record, const Operation &operation)
{
    if (!operation.ordersGiven)
        return Done {};
    return m_store.leaveByOrder(record.index, operation.firstOrder, operation.lastOrder);
}

} // namespace miroir::write
