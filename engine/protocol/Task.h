// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "protocol/SearchRule.h"
#include "protocol/SettingsPatch.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Tasks as clients see them. Pure values.
namespace miroir::protocol {

enum class TaskStatus : std::uint8_t { Enqueued, Processing, Succeeded, Failed, Canceled };
inline constexpr int taskStatusCount = 5;
std::string_view taskStatusName(TaskStatus status);
std::optional<TaskStatus> taskStatusByName(std::string_view name); ///< upper and lower case alike
inline bool isFinished(TaskStatus status) { return status >= TaskStatus::Succeeded; }

enum class TaskKind : std::uint8_t {
    DocumentAdditionOrUpdate,
    DocumentEdition,
    DocumentDeletion,
    SettingsUpdate,
    IndexCreation,
    IndexDeletion,
    IndexUpdate,
    IndexSwap,
    TaskCancelation,
    TaskDeletion,
    DumpCreation,
    SnapshotCreation,
    Export,
    UpgradeDatabase,
    IndexCompaction,
    NetworkTopologyChange,
    DsrUpdate,
    DsrClear,
};
inline constexpr int taskKindCount = 18;
std::string_view taskKindName(TaskKind kind);
std::optional<TaskKind> taskKindByName(std::string_view name); ///< upper and lower case alike

/// Present, present as null, or absent: the three states of many members of task details.
template <typename T>
struct Shown
{
    bool present = false;
    std::optional<T> value; ///< null in JSON when present without a value
    Shown() = default;
    Shown(T v)
        : present(true)
        , value(std::move(v))
    {
    }
    static Shown null()
    {
        Shown s;
        s.present = true;
        return s;
    }
    bool operator==(const Shown &) const = default;
};

struct TaskSwap
{
    std::string first, second;
    bool rename = false;
    bool operator==(const TaskSwap &) const = default;
};

/// `details` of tasks and batches, all kinds in one, in a node's key order. Fill the members your kind has.
struct TaskDetails
{
    std::optional<std::uint64_t> receivedDocuments;
    Shown<std::uint64_t> indexedDocuments;
    Shown<std::uint64_t> editedDocuments;
    Shown<std::string> primaryKey;
    std::optional<std::uint64_t> providedIds;
    Shown<std::uint64_t> deletedDocuments;
    std::optional<std::uint64_t> matchedTasks;
    Shown<std::uint64_t> canceledTasks;
    Shown<std::uint64_t> deletedTasks;
    Shown<std::string> originalFilter; ///< JSON text of a filter, or the query string of a cancelation
    Shown<std::string> dumpUid;
    Shown<std::string> context; ///< a JSON object as text
    std::optional<std::string> function;
    std::optional<SettingsPatch> settings; ///< its members are written flat
    std::optional<std::vector<TaskSwap>> swaps;
    std::optional<std::string> upgradeFrom, upgradeTo; ///< "v1.49.0"
    std::optional<std::string> url, apiKey, payloadSize;
    std::optional<std::string> indexes; ///< a JSON object as text
    std::optional<std::string> oldIndexUid, newIndexUid;
    std::optional<std::string> preCompactionSize, postCompactionSize;
    std::optional<SearchRulePatch> rule; ///< only what the request gave; none for a rule that is deleted
    std::optional<std::uint64_t> updatedRules;

    bool operator==(const TaskDetails &) const = default;
    /// Adds another task's details, as the details of a batch are made.
    void accumulate(const TaskDetails &other);
    /// What a failed task shows: counts that were unknown become 0.
    void toFailed();
    /// The same for a canceled one. `deletedDocuments` of a clear included.
    void toCanceled() { toFailed(); }
};
/// The object; embedder secrets masked unless told otherwise.
QByteArray detailsToJson(const TaskDetails &details, bool maskSecrets = true);

struct TaskError
{
    std::string message, code, type, link;
    bool operator==(const TaskError &) const = default;
    static TaskError from(const ApiError &error);
};

struct TaskRecord
{
    std::uint32_t uid = 0;
    std::optional<std::uint32_t> batchUid; ///< none until it is taken up
    std::optional<std::string> indexUid; ///< none for tasks of the whole instance
    TaskStatus status = TaskStatus::Enqueued;
    TaskKind kind = TaskKind::DocumentAdditionOrUpdate;
    std::optional<std::uint32_t> canceledBy;
    std::optional<TaskDetails> details;
    std::optional<TaskError> error;
    std::int64_t enqueuedAtNs = 0;
    std::optional<std::int64_t> startedAtNs;
    std::optional<std::int64_t> finishedAtNs;
    std::optional<std::string> customMetadata;

    bool operator==(const TaskRecord &) const = default;
    /// Indexes that the task concerns: its own, or both of each swap.
    [[nodiscard]] std::vector<std::string> indexUids() const;
};

/// {taskUid,indexUid,status,type,enqueuedAt,customMetadata?}: the 202 answer.
QByteArray taskSummaryToJson(const TaskRecord &task);
/// The object of GET /tasks/{uid}.
QByteArray taskToJson(const TaskRecord &task);
/// {results,total,limit,from,next}. `tasks` are the page, newest first (or oldest with reverse).
QByteArray taskListToJson(const std::vector<TaskRecord> &tasks, std::uint64_t total, std::uint32_t limit,
    std::optional<std::uint32_t> next);

/// For the store: reads back equal, secrets included.
QByteArray taskToText(const TaskRecord &task);
Result<TaskRecord> taskFromText(const QByteArray &text);
/// A node's view of a task (GET /tasks of a node); settings details are kept as far as they can be read.
Result<TaskRecord> taskFromView(const json::Value &view);
Result<TaskDetails> detailsFromView(const json::Value &view, TaskKind kind);

ApiError taskNotFound(std::uint32_t uid);
ApiError batchNotFound(std::uint32_t uid);
/// Number in a path (/tasks/{uid}, /batches/{uid}) or the node's refusal.
ApiResult<std::uint32_t> parseTaskUid(std::string_view pathPart);
ApiResult<std::uint32_t> parseBatchUid(std::string_view pathPart);

} // namespace miroir::protocol
