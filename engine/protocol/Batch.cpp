// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Batch.h"

#include "base/Clock.h"
#include "protocol/TaskJson.h"

#include <algorithm>
#include <array>

namespace miroir::protocol {

using namespace taskjson;

void BatchRecord::add(const TaskRecord &task)
{
    ++totalTasks;
    ++statuses[task.status];
    ++kinds[task.kind];
    if (task.indexUid)
        ++indexUids[*task.indexUid];
    if (task.details)
        details.accumulate(*task.details);
}

void BatchRecord::traceWhole()
{
    progressTrace.clear();
    if (!finishedAtNs)
        return;
    // as Rust shows a duration with two digits
    static constexpr std::array<std::pair<double, const char *>, 4> units {
        {{1e9, "s"}, {1e6, "ms"}, {1e3, "\u00b5s"}, {1, "ns"}}};
    const auto ns = static_cast<double>(*finishedAtNs - startedAtNs);
    const auto unit = std::find_if(
        units.begin(), units.end() - 1, [ns](const auto &each) { return ns >= each.first; });
    progressTrace.emplace_back(
        "processing tasks", QByteArray::number(ns / unit->first, 'f', 2).toStdString() + unit->second);
}

QByteArray batchToJson(const BatchRecord &batch)
{
    json::Writer out;
    out.beginObject();
    out.key("uid").number(batch.uid);
    out.key("progress").raw(batch.progress.value_or("null"));
    out.key("details").raw(detailsToJson(batch.details).toStdString());
    out.key("stats").beginObject();
    out.key("totalNbTasks").number(batch.totalTasks);
    out.key("status").beginObject();
    for (const auto &[status, count] : batch.statuses)
        out.key(taskStatusName(status)).number(count);
    out.endObject().key("types").beginObject();
    for (const auto &[kind, count] : batch.kinds)
        out.key(taskKindName(kind)).number(count);
    out.endObject().key("indexUids").beginObject();
    for (const auto &[uid, count] : batch.indexUids)
        out.key(uid).number(count);
    out.endObject();
    if (!batch.progressTrace.empty()) {
        out.key("progressTrace").beginObject();
        for (const auto &[step, duration] : batch.progressTrace)
            out.key(step).string(duration);
        out.endObject();
    }
    out.endObject();
    out.key("duration");
    writeDuration(out, batch.startedAtNs, batch.finishedAtNs);
    out.key("startedAt").string(rfc3339(batch.startedAtNs));
    out.key("finishedAt");
    writeTime(out, batch.finishedAtNs);
    out.key("batchStrategy").string(batch.strategy);
    out.endObject();
    return out.take();
}

QByteArray batchListToJson(const std::vector<BatchRecord> &batches, std::uint64_t total, std::uint32_t limit,
    std::optional<std::uint32_t> next)
{
    std::vector<QByteArray> results;
    results.reserve(batches.size());
    for (const BatchRecord &batch : batches)
        results.push_back(batchToJson(batch));
    const auto from = batches.empty() ? std::nullopt : std::optional(batches.front().uid);
    return list(results, total, limit, from, next);
}

std::string batchStrategyUnbatchable(TaskKind kind)
{
    return "stopped after the last task of type `" + std::string(taskKindName(kind))
        + "` because they cannot be batched with tasks of any other type.";
}

std::string batchStrategySingle(TaskKind kind, std::uint32_t uid)
{
    return "created batch containing only task with id " + std::to_string(uid) + " of type `"
        + std::string(taskKindName(kind)) + "` that cannot be batched with any other task.";
}

std::string batchStrategyExhausted(std::string_view indexUid)
{
    const std::string all = "batched all enqueued tasks";
    return indexUid.empty() ? all : all + " for index `" + std::string(indexUid) + "`";
}

std::string batchStrategyUnspecified() { return "unspecified"; }

} // namespace miroir::protocol
