// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/TaskQuery.h"

#include "protocol/IndexRequests.h"
#include "protocol/Query.h"
#include "protocol/TaskTime.h"

#include <algorithm>
#include <limits>

namespace miroir::protocol {

namespace {

std::string available(std::string_view what, int count, std::string_view (*nameAt)(int))
{
    std::string text = " Available " + std::string(what) + " are ";
    for (int i = 0; i < count; ++i)
        text += std::string(i > 0 ? ", " : "") + "`" + std::string(nameAt(i)) + "`";
    return text + ".";
}

/// The item, or what is wrong with it.
Result<std::uint32_t, std::string> readItem(std::uint32_t *, const std::string &text)
{
    const auto number = parsePositive(text);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max())
        return Err<std::string> {"could not parse `" + text + "` as a positive integer"};
    return static_cast<std::uint32_t>(*number);
}

Result<TaskKind, std::string> readItem(TaskKind *, const std::string &text)
{
    if (const auto kind = taskKindByName(text))
        return *kind;
    return Err<std::string> {"`" + text + "` is not a valid task type."
        + available("types", taskKindCount, [](int i) { return taskKindName(static_cast<TaskKind>(i)); })};
}

Result<TaskStatus, std::string> readItem(TaskStatus *, const std::string &text)
{
    if (const auto status = taskStatusByName(text))
        return *status;
    return Err<std::string> {"`" + text + "` is not a valid task status."
        + available("statuses", taskStatusCount, [](int i) { return taskStatusName(static_cast<TaskStatus>(i)); })};
}

Result<std::string, std::string> readItem(std::string *, const std::string &text)
{
    if (isIndexUid(text))
        return text;
    return Err<std::string> {indexUidProblem(text)};
}

/// A comma separated list in which `*` stands for no restriction.
template <typename T>
ReadParam listOrStar(std::optional<std::vector<T>> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        std::vector<std::string> parts;
        if (auto s = readParam(parts, text, param, code); !s)
            return s;
        std::vector<T> items;
        bool star = false;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i] == "*") {
                star = true;
                continue;
            }
            auto item = readItem(static_cast<T *>(nullptr), parts[i]);
            if (!item) {
                const std::string place = parts.size() > 1 ? "[" + std::to_string(i) + "]" : std::string {};
                return invalidParam(item.error(), std::string(param) + place, code);
            }
            items.push_back(std::move(item).value());
        }
        if (star)
            out->reset();
        else
            *out = std::move(items);
        return Done {};
    };
}

/// RFC 3339, or a date: then `after` means after the whole day.
ReadParam dateOrStar(std::optional<std::int64_t> *out, bool after)
{
    return [out, after](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        if (text == "*")
            return Done {};
        if (const auto time = parseRfc3339(text)) {
            *out = *time;
        } else if (const auto date = parseDate(text)) {
            constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
            *out = after && *date < most - nanosecondsPerDay ? *date + nanosecondsPerDay : *date;
        } else {
            return invalidParam("`" + std::string(text)
                    + "` is an invalid date-time. It should follow the YYYY-MM-DD or RFC 3339 date-time "
                      "format.",
                param, code);
        }
        return Done {};
    };
}

void addFilters(std::vector<Param> &params, TaskQuery &q)
{
    params.push_back({"canceledBy", "invalid_task_canceled_by", listOrStar(&q.canceledBy)});
    params.push_back({"types", "invalid_task_types", listOrStar(&q.kinds)});
    params.push_back({"statuses", "invalid_task_statuses", listOrStar(&q.statuses)});
    params.push_back({"indexUids", "invalid_index_uid", listOrStar(&q.indexUids)});
    params.push_back({"afterEnqueuedAt", "invalid_task_after_enqueued_at", dateOrStar(&q.afterEnqueuedAtNs, true)});
    params.push_back(
        {"beforeEnqueuedAt", "invalid_task_before_enqueued_at", dateOrStar(&q.beforeEnqueuedAtNs, false)});
    params.push_back({"afterStartedAt", "invalid_task_after_started_at", dateOrStar(&q.afterStartedAtNs, true)});
    params.push_back({"beforeStartedAt", "invalid_task_before_started_at", dateOrStar(&q.beforeStartedAtNs, false)});
    params.push_back({"afterFinishedAt", "invalid_task_after_finished_at", dateOrStar(&q.afterFinishedAtNs, true)});
    params.push_back(
        {"beforeFinishedAt", "invalid_task_before_finished_at", dateOrStar(&q.beforeFinishedAtNs, false)});
}

template <typename List, typename Item>
bool allows(const std::optional<List> &list, const std::optional<Item> &item)
{
    return !list || (item && std::find(list->begin(), list->end(), *item) != list->end());
}

bool between(const std::optional<std::int64_t> &time, const std::optional<std::int64_t> &after,
    const std::optional<std::int64_t> &before)
{
    if (!after && !before)
        return true;
    return time && (!after || *time > *after) && (!before || *time < *before);
}

} // namespace

ApiResult<TaskQuery> TaskQuery::parseList(std::string_view query)
{
    TaskQuery q;
    std::vector<Param> params;
    params.push_back({"limit", "invalid_task_limit", paramInto(&q.limit)});
    params.push_back({"from", "invalid_task_from", paramInto(&q.from)});
    params.push_back({"reverse", "invalid_task_reverse", paramInto(&q.reverse)});
    params.push_back({"batchUids", "invalid_batch_uids", listOrStar(&q.batchUids)});
    params.push_back({"uids", "invalid_task_uids", listOrStar(&q.uids)});
    addFilters(params, q);
    if (auto s = readParams(QueryParams::parse(query), params); !s)
        return s.err();
    return q;
}

ApiResult<TaskQuery> TaskQuery::parseAction(std::string_view query, Action action)
{
    TaskQuery q;
    std::vector<Param> params;
    params.push_back({"uids", "invalid_task_uids", listOrStar(&q.uids)});
    params.push_back({"batchUids", "invalid_batch_uids", listOrStar(&q.batchUids)});
    addFilters(params, q);
    const QueryParams given = QueryParams::parse(query);
    if (auto s = readParams(given, params); !s)
        return s.err();
    if (given.isEmpty()) {
        const std::string verb = action == Action::Cancel ? "cancel" : "delete";
        return refuse("missing_task_filters",
            "Query parameters to filter the tasks to " + verb
                + " are missing. Available query parameters are: `uids`, `indexUids`, `statuses`, `types`, "
                  "`canceledBy`, `beforeEnqueuedAt`, `afterEnqueuedAt`, `beforeStartedAt`, `afterStartedAt`, "
                  "`beforeFinishedAt`, `afterFinishedAt`.");
    }
    return q;
}

bool TaskQuery::matches(const TaskRecord &task) const
{
    return allows(uids, std::optional(task.uid)) && allows(batchUids, task.batchUid)
        && allows(canceledBy, task.canceledBy) && allows(kinds, std::optional(task.kind))
        && allows(statuses, std::optional(task.status)) && allows(indexUids, task.indexUid)
        && between(task.enqueuedAtNs, afterEnqueuedAtNs, beforeEnqueuedAtNs)
        && between(task.startedAtNs, afterStartedAtNs, beforeStartedAtNs)
        && between(task.finishedAtNs, afterFinishedAtNs, beforeFinishedAtNs);
}

bool TaskQuery::withinPage(std::uint32_t uid) const { return !from || (reverse ? uid >= *from : uid <= *from); }

bool taskVisible(const TaskRecord &task, bool allIndexes, const std::function<bool(std::string_view)> &allowed)
{
    return allIndexes || (task.indexUid && allowed(*task.indexUid));
}

std::string originalTaskFilter(std::string_view query) { return "?" + std::string(query); }

TaskPage selectTasks(const std::vector<TaskRecord> &ascending, const TaskQuery &query,
    const std::function<bool(const TaskRecord &)> &visible)
{
    TaskPage page;
    const auto take = [&](const TaskRecord &task) {
        if (!visible(task) || !query.matches(task))
            return;
        ++page.total;
        if (!query.withinPage(task.uid))
            return;
        if (page.tasks.size() < query.limit)
            page.tasks.push_back(&task);
        else if (!page.next)
            page.next = task.uid;
    };
    if (query.reverse)
        std::for_each(ascending.begin(), ascending.end(), take);
    else
        std::for_each(ascending.rbegin(), ascending.rend(), take);
    return page;
}

} // namespace miroir::protocol
