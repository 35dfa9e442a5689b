// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Task.h"

#include <functional>

/// Filters over tasks and batches. Pure.
namespace miroir::protocol {

struct TaskQuery
{
    std::uint32_t limit = 20;
    std::optional<std::uint32_t> from;
    bool reverse = false;
    // A list that is absent, or `*`, does not restrict.
    std::optional<std::vector<std::uint32_t>> batchUids, uids, canceledBy;
    std::optional<std::vector<TaskKind>> kinds;
    std::optional<std::vector<TaskStatus>> statuses;
    std::optional<std::vector<std::string>> indexUids;
    // Exclusive bounds.
    std::optional<std::int64_t> afterEnqueuedAtNs, beforeEnqueuedAtNs;
    std::optional<std::int64_t> afterStartedAtNs, beforeStartedAtNs;
    std::optional<std::int64_t> afterFinishedAtNs, beforeFinishedAtNs;

    bool operator==(const TaskQuery &) const = default;

    /// Query string (without '?', still encoded) of GET /tasks and GET /batches.
    static ApiResult<TaskQuery> parseList(std::string_view query);
    enum class Action : std::uint8_t { Cancel, Delete };
    /// Of POST /tasks/cancel and DELETE /tasks, where at least one filter must be given (`*` counts).
    static ApiResult<TaskQuery> parseAction(std::string_view query, Action action);

    /// All filters, without from, limit and reverse. A filter by index leaves swaps out, as a node does.
    [[nodiscard]] bool matches(const TaskRecord &task) const;
    /// `from` counts up with reverse and down without.
    [[nodiscard]] bool withinPage(std::uint32_t uid) const;
};

/// Who may see a task: with a restricted key it must belong to one index and that index must be allowed.
bool taskVisible(const TaskRecord &task, bool allIndexes, const std::function<bool(std::string_view)> &allowed);

/// `originalFilter` of a cancelation or deletion: "?" and the query string as sent.
std::string originalTaskFilter(std::string_view query);

struct TaskPage
{
    std::vector<const TaskRecord *> tasks; ///< at most limit
    std::uint64_t total = 0; ///< of all pages
    std::optional<std::uint32_t> next;
};
/// One page over records in ascending uid order.
TaskPage selectTasks(const std::vector<TaskRecord> &ascending, const TaskQuery &query,
    const std::function<bool(const TaskRecord &)> &visible);

} // namespace miroir::protocol
