// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "localnode/LocalIndex.h"
#include "protocol/Task.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QSqlDatabase;

namespace miroir::localnode {

/// A task as it is kept on disk, without its payload. `processing` is never stored.
struct TaskRow {
    protocol::TaskRecord task;
    QByteArray content; ///< JSON object: what has to be done (see NodeTaskContent)
};

struct IndexRow {
    std::int64_t id = 0; ///< number of the index inside the store; stays through renames and swaps
    std::string uid;
    std::optional<std::string> primaryKey;
    std::int64_t createdNs = 0, updatedNs = 0;
    QByteArray settings; ///< protocol::settingsToText
    QByteArray fieldNames; ///< JSON array
};

struct KeyRow {
    std::string uid;
    QByteArray json; ///< members of the key without `key` itself, which is computed
    std::int64_t createdNs = 0;
};

/// One step of a commit, in the order in which they are applied.
struct StoreStep {
    enum class Kind : std::uint8_t { PutIndex, DropIndex, Documents, ClearDocuments };
    Kind kind = Kind::PutIndex;
    IndexRow index; ///< PutIndex: the whole row; otherwise only its id counts
    std::vector<StoredChange> documents; ///< Documents
};

/// Everything one batch changed; written in one transaction, so that after a crash either all of it is there or the
/// tasks are still enqueued.
struct StoreCommit {
    std::vector<StoreStep> steps;
    std::vector<TaskRow> tasks; ///< new states; payloads of finished ones are dropped
    std::vector<std::uint32_t> deletedTasks;
};

/// What the node keeps on disk: tasks with their payloads, indexes, settings, documents, keys, features, webhooks.
/// SQLite through QtSql (WAL, synchronous=FULL): a function that returned without an error is durable, also against
/// loss of power. The schema has a version; a newer one than this program knows is refused.
/// One thread only: the one that opened it (see StoreThread).
class NodeStore
{
public:
    static constexpr int schemaVersion = 1;

    /// `file` is the database file; empty keeps everything in memory.
    static Result<std::unique_ptr<NodeStore>> open(const QString &file);
    ~NodeStore();
    NodeStore(const NodeStore &) = delete;
    NodeStore &operator=(const NodeStore &) = delete;

    Result<std::vector<IndexRow>> indexes();
    Result<std::vector<TaskRow>> tasks(); ///< by rising uid
    Result<std::vector<KeyRow>> keys();
    /// Calls visit for each document of the index by rising docid; returns the number of documents.
    Result<std::uint64_t> documents(std::int64_t index, const std::function<void(DocId, QByteArray)> &visit);
    Result<QByteArray> payload(std::uint32_t task); ///< empty when there is none

    /// The 202: task and payload are on disk when it returns.
    Status<> addTask(const TaskRow &row, const QByteArray &payload);
    Status<> commit(const StoreCommit &commit);

    Status<> putKey(const KeyRow &key);
    Status<> deleteKey(const std::string &uid);

    /// Named values: "instance_uid", "features", "webhooks".
    Result<QByteArray> value(const char *name); ///< empty when never set
    Status<> setValue(const char *name, const QByteArray &value);

    Result<std::uint64_t> bytes(); ///< size of the database file, and what of it is used
    Result<std::uint64_t> usedBytes();
    Status<> compact(); ///< gives unused pages back
    /// A consistent copy of the database; the file must not exist.
    Status<> copyTo(const QString &file);

private:
    NodeStore() = default;
    Status<> migrate();
    Status<> run(const QString &statement);
    Status<> inTransaction(const std::function<Status<>()> &body);
    Status<> putTask(const TaskRow &row);
    Status<> applyStep(const StoreStep &step);
    Status<> writeDocuments(std::int64_t index, const std::vector<StoredChange> &changes);
    Result<std::uint64_t> pragma(const char *name);
    std::unique_ptr<QSqlDatabase> m_db;
    QString m_connection;
};

} // namespace miroir::localnode
