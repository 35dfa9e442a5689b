// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "write/Operation.h"
#include "write/WriteRequest.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace miroir::write {

/// Gives every write its place: judges it against the head of the log, makes its log records and its task. A request
/// that was accepted by the front always gets a task; if it cannot succeed the task fails at its place in the order.
/// Control thread; every call within a transaction of the store.
class Sequencer
{
public:
    Sequencer(store::Store &store, const Clock &clock) : m_store(store), m_clock(clock) { }

    /// Reads counters and builds the head from what clients see and the log behind it.
    /// committed: offset up to which each physical index is finished.
    Status<> load(const std::map<std::string, LogOffset, std::less<>> &committed);

    /// Enqueues; the task is durable when the transaction is. Failures are those of the store.
    Result<protocol::TaskRecord> accept(WriteRequest &request);
    /// A task that needs no log: cancelation, deletion of tasks. Gives it a uid and stores it.
    Status<> registerTask(protocol::TaskRecord &task);

    /// Records made since the last call, in order.
    [[nodiscard]] std::vector<std::pair<store::LogRecord, Operation>> takeNew();
    [[nodiscard]] const IndexTable &head() const { return m_head; }
    /// A record whose task failed on every node: ids that it entered leave the directory again.
    Status<> takeBack(const store::LogRecord &record, const Operation &operation);

private:
    using Task = protocol::TaskRecord;
    Status<> createIndex(const WriteRequest &request, Task &task);
    Status<> updateIndex(const WriteRequest &request, Task &task);
    Status<> deleteIndex(const WriteRequest &request, Task &task);
    Status<> settings(const WriteRequest &request, Task &task);
    Status<> documents(WriteRequest &request, Task &task);
    Status<> deleteDocuments(const WriteRequest &request, Task &task);
    Status<> clearDocuments(const WriteRequest &request, Task &task);
    Status<> swapIndexes(const WriteRequest &request, Task &task);

    Status<> appendTask(const Task &task, std::string index, store::OperationKind kind, Operation operation);
    Status<> append(store::LogRecord record, Operation operation, const QByteArray &payload = {});
    Status<> refuse(const Task &task, const protocol::ApiError &error);
    /// Appends the records that bring an index into being.
    Result<std::string> bringIntoBeing(const std::string &uid, const std::string &primaryKey);
    [[nodiscard]] std::string freshPhysical(const std::string &uid);
    Status<> enterDocuments(const std::string &physical, DocumentBatch &batch, store::LogRecord &record,
        Operation &operation);

    store::Store &m_store;
    const Clock &m_clock;
    IndexTable m_head;
    std::vector<std::pair<store::LogRecord, Operation>> m_new;
    std::uint32_t m_nextTask = 0;
    std::uint64_t m_nextOrder = 0;
    std::uint64_t m_nextGeneration = 0;
};

} // namespace miroir::write
