// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Task.h"
#include "protocol/TaskQuery.h"

#include <map>

/// Batches as clients see them. Pure.
namespace miroir::protocol {

struct BatchRecord
{
    std::uint32_t uid = 0;
    std::optional<std::string> progress; ///< JSON object as text while it runs
    TaskDetails details;
    std::uint32_t totalTasks = 0;
    std::map<TaskStatus, std::uint32_t> statuses;
    std::map<TaskKind, std::uint32_t> kinds;
    std::map<std::string, std::uint32_t> indexUids;
    std::vector<std::pair<std::string, std::string>> progressTrace; ///< step and "1.39ms"; left out when empty
    std::int64_t startedAtNs = 0;
    std::optional<std::int64_t> finishedAtNs;
    std::string strategy = "unspecified"; ///< why the batch stopped growing; texts below

    bool operator==(const BatchRecord &) const = default;
    /// Counts one more task of the batch and adds its details.
    void add(const TaskRecord &task);
    /// Fills progressTrace of a finished batch with a node's outermost step, which lasts from the start to the end. The
    /// steps within it are matters of one machine.
    void traceWhole();
};

QByteArray batchToJson(const BatchRecord &batch);
QByteArray batchListToJson(const std::vector<BatchRecord> &batches, std::uint64_t total, std::uint32_t limit,
    std::optional<std::uint32_t> next);

// Texts of `batchStrategy`.
std::string batchStrategyUnbatchable(TaskKind kind); ///< kinds that only go with their own
std::string batchStrategySingle(TaskKind kind, std::uint32_t uid); ///< a task that goes alone
std::string batchStrategyExhausted(std::string_view indexUid); ///< nothing else was waiting (for the index)
std::string batchStrategyUnspecified();

} // namespace miroir::protocol
