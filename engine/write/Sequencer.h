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

    /// Gives the request its task, and no place in the log yet. Failures, here and below, are those of the store.
    Result<protocol::TaskRecord> enqueue(const WriteRequest &request);
    /// Gives the request of that task its place in the log: here it is judged. Not for requests with a barrier.
    Status<> place(WriteRequest &request, protocol::TaskRecord &task);
    /// The ends of requests with a barrier, once they have been resolved against a state in which everything before
    /// them was applied. The documents carry canonical ids, and belong to that physical index.
    Status<> placeDeletion(const protocol::TaskRecord &task, const std::string &physical,
        const std::vector<std::string> &ids, std::uint64_t reported);
    struct Edition {
        std::vector<DocumentBatch> changed; ///< whole documents; each batch becomes a record
        std::vector<std::string> deleted;
        std::uint64_t matched = 0; ///< what the task reports
    };
    Status<> placeEdition(const protocol::TaskRecord &task, const std::string &physical, Edition &edition);
    Status<> refuse(const protocol::TaskRecord &task, const protocol::ApiError &error);
    /// A task that needs no log: cancelation, deletion of tasks. Gives it a uid and stores it.
    Status<> registerTask(protocol::TaskRecord &task);

    /// Records made since the last call, in order.
    [[nodiscard]] std::vector<std::pair<store::LogRecord, Operation>> takeNew();
    [[nodiscard]] const IndexTable &head() const { return m_head; }
    /// A record whose task failed: ids that it entered leave the directory again, and settings become what clients see.
    /// What some nodes have carried out all the same is taken back by records of our own.
    struct Failure {
        bool partly = false; ///< some node has carried it out
        const store::StoredIndex *visible = nullptr; ///< the index as clients see it
    };
    Status<> takeBack(const store::LogRecord &record, const Operation &operation, const Failure &failure);
    /// A record that nobody has been sent is taken out: the directory is as before it. The head has to be loaded anew.
    Status<> undo(const store::LogRecord &record, const Operation &operation);

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
    /// Appends the records that bring an index into being.
    Result<std::string> bringIntoBeing(const Task &task, const std::string &uid, const std::string &primaryKey);
    [[nodiscard]] std::string freshPhysical(const std::string &uid);
    /// Orders of the documents of a batch, or notKnown: an upload has millions of them, so eight bytes each.
    using Known = std::vector<std::uint64_t>;
    static constexpr std::uint64_t notKnown = UINT64_MAX;
    /// Gives the documents that were not known their orders, in `known` as well.
    Status<> enterDocuments(const DocumentBatch &batch, Known &known, bool skipCreation, store::LogRecord &record,
        Operation &operation);
    Result<Known> lookUp(const std::string &physical, const DocumentBatch &batch);
    Status<> appendDeletion(store::LogRecord record, Operation operation, const std::vector<std::string> &ids);
    /// onNodes: some node has taken the settings that failed.
    Status<> restoreSettings(const store::LogRecord &record, const store::StoredIndex &before, bool onNodes);

    store::Store &m_store;
    const Clock &m_clock;
    IndexTable m_head;
    std::vector<std::pair<store::LogRecord, Operation>> m_new;
    std::uint32_t m_nextTask = 0;
    std::uint64_t m_nextOrder = 0;
    std::uint64_t m_nextGeneration = 0;
};

} // namespace miroir::write
