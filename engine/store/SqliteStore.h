// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/SegmentFiles.h"
#include "store/Sql.h"
#include "store/Store.h"

#include <QLockFile>
#include <QSqlDatabase>

#include <memory>

namespace miroir::store {

/// Store of a single orchestrator: one SQLite file (WAL, synchronous=FULL) and payload files beside it. A lock file
/// keeps a second process out.
class SqliteStore final : public Store
{
public:
    /// Creates the folder and the file when they are missing. Beside it stand FILE-lock and FILE-payloads. Errors:
    /// not writable, locked by another process, made by a newer version, damaged.
    static Result<std::unique_ptr<SqliteStore>> openFile(const QString &file);
    /// The file miroir.sqlite in that folder.
    static Result<std::unique_ptr<SqliteStore>> open(const QString &directory);
    ~SqliteStore() override;

    Status<> begin() override;
    Status<> commit() override;
    void rollback() override;
    Result<Compaction> compact() override;
    Result<std::string> meta(std::string_view key) override;
    Status<> setMeta(std::string_view key, std::string_view value) override;
    Result<std::vector<StoredIndex>> indexes() override;
    Status<> saveIndex(const StoredIndex &index) override;
    Status<> removeIndex(std::string_view uid) override;
    Status<> saveTask(const protocol::TaskRecord &task) override;
    Result<std::optional<protocol::TaskRecord>> task(TaskUid uid) override;
    Result<TaskList> tasks(const protocol::TaskQuery &query, const TaskFilter &visible) override;
    Result<BatchList> batches(const protocol::TaskQuery &query, const TaskFilter &visible) override;
    Status<> exchangeTaskIndexes(std::string_view first, std::string_view second, TaskUid before) override;
    Result<std::uint64_t> deleteTasks(const std::vector<std::uint32_t> &uids) override;
    Result<std::vector<std::uint64_t>> taskCounts() override;
    Result<TaskTally> tallyTasks() override;
    Result<std::uint32_t> nextTaskUid() override;
    Status<> append(LogRecord &record, const QByteArray &payload) override;
    Result<std::vector<LogRecord>> records(std::string_view index, LogOffset from, std::size_t limit) override;
    Result<QByteArray> payload(LogOffset offset, std::uint64_t begin, std::uint64_t length) override;
    Status<> neutralise(LogOffset offset, const QByteArray &argument) override;
    Result<std::uint64_t> logBytes(LogOffset after) override;
    Status<> trim(LogOffset upTo) override;
    Status<> saveWaiting(const StoredWaiting &waiting, const QByteArray &payload) override;
    Result<std::vector<StoredWaiting>> waiting() override;
    Result<std::optional<WaitingRequest>> waitingRequest(TaskUid task) override;
    Status<> removeWaiting(TaskUid task) override;
    Result<std::vector<StoredPipe>> pipes() override;
    Status<> savePipe(const StoredPipe &pipe) override;
    Status<> removePipes(std::string_view index) override;
    Result<std::vector<std::optional<DirectoryEntry>>> lookUp(
        std::string_view index, const std::vector<std::string> &ids) override;
    Status<> enter(std::string_view index,
        const std::vector<std::pair<std::string, DirectoryEntry>> &entries) override;
    Status<> leave(std::string_view index, const std::vector<std::string> &ids) override;
    Status<> leaveByOrder(std::string_view index, std::uint64_t first, std::uint64_t last) override;
    Result<std::vector<std::string>> idsByOrder(
        std::string_view index, std::uint64_t first, std::uint64_t last) override;
    Status<> leaveAll(std::string_view index) override;
    Result<std::uint64_t> directorySize(std::string_view index) override;
    Result<std::vector<std::pair<std::string, DirectoryEntry>>> directoryPage(
        std::string_view index, std::uint64_t fromOrder, std::size_t limit) override;
    Result<std::vector<std::uint64_t>> directoryShards(std::string_view index) override;

private:
    SqliteStore() = default;
    Status<> prepare();
    Status<> upgrade(int from);
    Result<std::vector<protocol::TaskRecord>> batchTasks(std::uint32_t batch);
    Result<qint64> indexNumber(std::string_view index, bool create);

    QString m_file;
    std::unique_ptr<QLockFile> m_lock;
    QSqlDatabase m_database;
    std::unique_ptr<Sql> m_sql;
    std::unique_ptr<SegmentFiles> m_segments;
};

} // namespace miroir::store
