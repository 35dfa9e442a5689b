// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "base/Result.h"
#include "protocol/TaskQuery.h"
#include "store/LogRecord.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace miroir::store {

/// An index as its clients see it now: the state after the last finished task.
struct StoredIndex {
    std::string uid; ///< logical
    std::string physical; ///< name on the nodes
    std::string primaryKey; ///< empty: none yet
    std::int64_t createdAtNs = 0;
    std::int64_t updatedAtNs = 0;
    std::string settings; ///< protocol::Settings as JSON text
};

/// Position of one node in the log of one physical index.
struct StoredPipe {
    NodeId node;
    std::string index;
    LogOffset applied;
};

/// Which documents an index holds, in the order of the log.
struct DirectoryEntry {
    std::uint64_t order = 0;
    std::uint64_t hash = 0;
};

/// A request that was accepted and has no place in the log yet: what it depends on is not settled.
struct StoredWaiting {
    TaskUid task; ///< also its place in the line
    QByteArray request; ///< text of write::WriteRequest
};

using TaskFilter = std::function<bool(const protocol::TaskRecord &)>;

struct TaskList {
    std::vector<protocol::TaskRecord> tasks;
    std::uint64_t total = 0; ///< of all pages
    std::optional<std::uint32_t> next; ///< where the next page begins
};

/// One page of batches: each is the tasks that it holds, oldest first.
struct BatchList {
    std::vector<std::vector<protocol::TaskRecord>> batches;
    std::uint64_t total = 0; ///< of all pages
    std::optional<std::uint32_t> next;
};

/// How many tasks there are of each sort.
struct TaskTally {
    std::map<protocol::TaskStatus, std::uint64_t> byStatus;
    std::map<protocol::TaskKind, std::uint64_t> byKind;
    std::map<std::string, std::uint64_t> byIndex;
};

/// Bytes on disk before and after unused space was given back.
struct Compaction {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
};

/// All durable state of one orchestrator. Used in the control thread only. Changes between begin() and commit() are
/// made together and are on disk when commit() returns; a failing commit leaves nothing of them.
class Store
{
public:
    virtual ~Store() = default;

    virtual Status<> begin() = 0;
    virtual Status<> commit() = 0;
    virtual void rollback() = 0;

    /// Gives unused space back; no transaction may be open. Takes as long as copying everything.
    virtual Result<Compaction> compact() = 0;

    virtual Result<std::string> meta(std::string_view key) = 0; ///< empty when unset
    virtual Status<> setMeta(std::string_view key, std::string_view value) = 0;

    virtual Result<std::vector<StoredIndex>> indexes() = 0;
    virtual Status<> saveIndex(const StoredIndex &index) = 0;
    virtual Status<> removeIndex(std::string_view uid) = 0;

    virtual Status<> saveTask(const protocol::TaskRecord &task) = 0; ///< inserts or replaces
    virtual Result<std::optional<protocol::TaskRecord>> task(TaskUid uid) = 0;
    /// One page of the tasks that match, newest first (oldest first when the query says reverse).
    /// visible, when given, leaves out what the caller may not see.
    virtual Result<TaskList> tasks(const protocol::TaskQuery &query, const TaskFilter &visible) = 0;
    /// One page of the batches that hold a matching task, newest first (oldest first when the query says reverse);
    /// `from` is a batch uid.
    virtual Result<BatchList> batches(const protocol::TaskQuery &query, const TaskFilter &visible) = 0;
    /// Two indexes have exchanged their names: tasks older than that one follow.
    virtual Status<> exchangeTaskIndexes(std::string_view first, std::string_view second, TaskUid before) = 0;
    /// Removes the finished ones among those uids.
    virtual Result<std::uint64_t> deleteTasks(const std::vector<std::uint32_t> &uids) = 0;
    /// How many tasks have each status, by TaskStatus.
    virtual Result<std::vector<std::uint64_t>> taskCounts() = 0;
    virtual Result<TaskTally> tallyTasks() = 0; ///< reads every task's columns: for people, not for each request
    virtual Result<std::uint32_t> nextTaskUid() = 0; ///< one above every uid ever given

    /// Gives record.offset. The payload is durable with the transaction.
    virtual Status<> append(LogRecord &record, const QByteArray &payload) = 0;
    /// Records of that index (empty: of all) with offset >= from in order, at most limit.
    virtual Result<std::vector<LogRecord>> records(std::string_view index, LogOffset from, std::size_t limit) = 0;
    /// length bytes of the payload of that record, from begin on.
    virtual Result<QByteArray> payload(LogOffset offset, std::uint64_t begin, std::uint64_t length) = 0;
    /// Makes an empty step of a record that nobody has been sent, or that failed everywhere: who comes to it later
    /// passes over it.
    virtual Status<> neutralise(LogOffset offset, const QByteArray &argument) = 0;
    /// Bytes that the records behind that offset keep on disk.
    virtual Result<std::uint64_t> logBytes(LogOffset after) = 0;
    /// Forgets records up to and including that offset.
    virtual Status<> trim(LogOffset upTo) = 0;

    virtual Status<> saveWaiting(const StoredWaiting &waiting, const QByteArray &payload) = 0;
    virtual Result<std::vector<StoredWaiting>> waiting() = 0; ///< in the order of the line
    struct WaitingRequest {
        QByteArray request, payload;
    };
    virtual Result<std::optional<WaitingRequest>> waitingRequest(TaskUid task) = 0;
    virtual Status<> removeWaiting(TaskUid task) = 0;

    virtual Result<std::vector<StoredPipe>> pipes() = 0;
    virtual Status<> savePipe(const StoredPipe &pipe) = 0;
    virtual Status<> removePipes(std::string_view index) = 0;

    /// found[i] belongs to ids[i].
    virtual Result<std::vector<std::optional<DirectoryEntry>>> lookUp(
        std::string_view index, const std::vector<std::string> &ids) = 0;
    virtual Status<> enter(std::string_view index,
        const std::vector<std::pair<std::string, DirectoryEntry>> &entries) = 0;
    virtual Status<> leave(std::string_view index, const std::vector<std::string> &ids) = 0;
    /// Entries whose order is in [first, last]: a write that failed on every node takes back what it entered.
    virtual Status<> leaveByOrder(std::string_view index, std::uint64_t first, std::uint64_t last) = 0;
    virtual Result<std::vector<std::string>> idsByOrder(
        std::string_view index, std::uint64_t first, std::uint64_t last) = 0;
    virtual Status<> leaveAll(std::string_view index) = 0;
    virtual Result<std::uint64_t> directorySize(std::string_view index) = 0;
    /// Entries in the order of first insertion, from that order on, at most limit: what a copy goes through.
    virtual Result<std::vector<std::pair<std::string, DirectoryEntry>>> directoryPage(
        std::string_view index, std::uint64_t fromOrder, std::size_t limit) = 0;
    /// Documents of each of the 64 shards, by the directory.
    virtual Result<std::vector<std::uint64_t>> directoryShards(std::string_view index) = 0;
};

} // namespace miroir::store
