// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Task.h"

#include "base/Bytes.h"
#include "base/Clock.h"
#include "protocol/Query.h"

#include <algorithm>
#include <array>
#include <limits>

namespace miroir::protocol {

namespace {

constexpr std::array<std::string_view, taskStatusCount> StatusNames {
    "enqueued", "processing", "succeeded", "failed", "canceled"};
constexpr std::array<std::string_view, taskKindCount> KindNames {"documentAdditionOrUpdate", "documentEdition",
    "documentDeletion", "settingsUpdate", "indexCreation", "indexDeletion", "indexUpdate", "indexSwap",
    "taskCancelation", "taskDeletion", "dumpCreation", "snapshotCreation", "export", "upgradeDatabase",
    "indexCompaction", "networkTopologyChange", "dsrUpdate", "dsrClear"};

bool equalIgnoringCase(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

template <typename Enum, std::size_t Count>
std::optional<Enum> byName(const std::array<std::string_view, Count> &names, std::string_view name)
{
    for (std::size_t i = 0; i < Count; ++i) {
        if (equalIgnoringCase(names[i], name))
            return static_cast<Enum>(i);
    }
    return std::nullopt;
}

template <typename T>
void sum(std::optional<T> &left, const std::optional<T> &right)
{
    if (right)
        left = left.value_or(0) + *right;
}

void sum(Shown<std::uint64_t> &left, const Shown<std::uint64_t> &right)
{
    left.present = left.present || right.present;
    sum(left.value, right.value);
}

template <typename T>
void keepFirst(std::optional<T> &left, const std::optional<T> &right)
{
    if (!left)
        left = right;
}

template <typename T>
void keepFirst(Shown<T> &left, const Shown<T> &right)
{
    left.present = left.present || right.present;
    keepFirst(left.value, right.value);
}

void zeroIfNull(Shown<std::uint64_t> &count)
{
    if (count.present && !count.value)
        count.value = 0;
}

} // namespace

std::string_view taskStatusName(TaskStatus status) { return StatusNames[static_cast<std::size_t>(status)]; }

std::optional<TaskStatus> taskStatusByName(std::string_view name) { return byName<TaskStatus>(StatusNames, name); }

std::string_view taskKindName(TaskKind kind) { return KindNames[static_cast<std::size_t>(kind)]; }

std::optional<TaskKind> taskKindByName(std::string_view name) { return byName<TaskKind>(KindNames, name); }

void TaskDetails::accumulate(const TaskDetails &other)
{
    sum(receivedDocuments, other.receivedDocuments);
    sum(indexedDocuments, other.indexedDocuments);
    sum(editedDocuments, other.editedDocuments);
    keepFirst(primaryKey, other.primaryKey);
    sum(providedIds, other.providedIds);
    sum(deletedDocuments, other.deletedDocuments);
    sum(matchedTasks, other.matchedTasks);
    sum(canceledTasks, other.canceledTasks);
    sum(deletedTasks, other.deletedTasks);
    if (originalFilter.value && other.originalFilter.value)
        *originalFilter.value += "&" + *other.originalFilter.value;
    else
        keepFirst(originalFilter, other.originalFilter);
    keepFirst(dumpUid, other.dumpUid);
    keepFirst(context, other.context);
    keepFirst(function, other.function);
    if (settings && other.settings)
        mergeSettingsPatch(*settings, *other.settings);
    else
        keepFirst(settings, other.settings);
    if (swaps && other.swaps)
        swaps->insert(swaps->end(), other.swaps->begin(), other.swaps->end());
    else
        keepFirst(swaps, other.swaps);
    keepFirst(upgradeFrom, other.upgradeFrom);
    if (other.upgradeTo)
        upgradeTo = other.upgradeTo;
    keepFirst(url, other.url);
    keepFirst(apiKey, other.apiKey);
    keepFirst(payloadSize, other.payloadSize);
    keepFirst(indexes, other.indexes);
    keepFirst(oldIndexUid, other.oldIndexUid);
    keepFirst(newIndexUid, other.newIndexUid);
    keepFirst(preCompactionSize, other.preCompactionSize);
    keepFirst(postCompactionSize, other.postCompactionSize);
    // two rules show neither of them, so a third one is shown again
    if (rule && other.rule)
        rule.reset();
    else
        keepFirst(rule, other.rule);
    sum(updatedRules, other.updatedRules);
}

void TaskDetails::toFailed()
{
    zeroIfNull(indexedDocuments);
    zeroIfNull(editedDocuments);
    // an edition keeps its unknown deletions
    if (!editedDocuments.present)
        zeroIfNull(deletedDocuments);
    zeroIfNull(canceledTasks);
    zeroIfNull(deletedTasks);
    preCompactionSize.reset();
    postCompactionSize.reset();
}

TaskError TaskError::from(const ApiError &error)
{
    return {error.message, error.code->name, error.code->type,
        "https://docs.meilisearch.com/errors#" + std::string(error.code->name)};
}

std::vector<std::string> TaskRecord::indexUids() const
{
    if (indexUid)
        return {*indexUid};
    std::vector<std::string> uids;
    if (details && details->swaps) {
        for (const TaskSwap &swap : *details->swaps) {
            for (const std::string &other : {swap.first, swap.second}) {
                if (std::find(uids.begin(), uids.end(), other) == uids.end())
                    uids.push_back(other);
            }
        }
    }
    return uids;
}

ApiError taskNotFound(std::uint32_t uid)
{
    return apiError("task_not_found", "Task `" + std::to_string(uid) + "` not found.");
}

ApiError batchNotFound(std::uint32_t uid)
{
    return apiError("batch_not_found", "Batch `" + std::to_string(uid) + "` not found.");
}

namespace {

ApiResult<std::uint32_t> parseUid(std::string_view text, std::string_view what, std::string_view code)
{
    const auto number = parsePositive(text);
    if (number && *number <= std::numeric_limits<std::uint32_t>::max())
        return static_cast<std::uint32_t>(*number);
    return refuse(code,
        std::string(what) + " uid `" + std::string(text)
            + "` is invalid. It should only contain numeric characters.");
}

} // namespace

ApiResult<std::uint32_t> parseTaskUid(std::string_view pathPart)
{
    return parseUid(pathPart, "Task", "invalid_task_uids");
}

ApiResult<std::uint32_t> parseBatchUid(std::string_view pathPart)
{
    return parseUid(pathPart, "Batch", "invalid_batch_uids");
}

} // namespace miroir::protocol
