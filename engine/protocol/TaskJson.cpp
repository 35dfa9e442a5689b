// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/TaskJson.h"

#include "base/Bytes.h"
#include "base/Clock.h"

namespace miroir::protocol {

namespace taskjson {

void writeTime(json::Writer &out, const std::optional<std::int64_t> &ns)
{
    if (ns)
        out.string(rfc3339(*ns));
    else
        out.null();
}

void writeDuration(
    json::Writer &out, const std::optional<std::int64_t> &fromNs, const std::optional<std::int64_t> &toNs)
{
    if (fromNs && toNs && *toNs >= *fromNs)
        out.string(isoDuration(*toNs - *fromNs));
    else
        out.null();
}

QByteArray list(const std::vector<QByteArray> &results, std::uint64_t total, std::uint32_t limit,
    std::optional<std::uint32_t> from, std::optional<std::uint32_t> next)
{
    json::Writer out;
    out.beginObject().key("results").beginArray();
    for (const QByteArray &result : results)
        out.raw(sv(result));
    out.endArray();
    out.key("total").number(total);
    out.key("limit").number(limit);
    for (const auto &[name, uid] : {std::pair {"from", from}, {"next", next}}) {
        out.key(name);
        if (uid)
            out.number(*uid);
        else
            out.null();
    }
    out.endObject();
    return out.take();
}

} // namespace taskjson

using namespace taskjson;

namespace {

void put(json::Writer &out, std::string_view key, const std::optional<std::uint64_t> &value)
{
    if (value)
        out.key(key).number(*value);
}

void put(json::Writer &out, std::string_view key, const std::optional<std::string> &value)
{
    if (value)
        out.key(key).string(*value);
}

template <typename T>
void put(json::Writer &out, std::string_view key, const Shown<T> &shown)
{
    if (shown.present && !shown.value)
        out.key(key).null();
    else
        put(out, key, shown.value);
}

void putRaw(json::Writer &out, std::string_view key, const std::optional<std::string> &json)
{
    if (json)
        out.key(key).raw(*json);
}

void putSwaps(json::Writer &out, const std::vector<TaskSwap> &swaps)
{
    out.key("swaps").beginArray();
    for (const TaskSwap &swap : swaps) {
        out.beginObject().key("indexes").beginArray().string(swap.first).string(swap.second).endArray();
        out.key("rename").boolean(swap.rename).endObject();
    }
    out.endArray();
}

/// `stored` writes settings under one key and shows secrets, so that the text reads back equal.
void writeDetails(json::Writer &out, const TaskDetails &d, bool maskSecrets, bool stored)
{
    out.beginObject();
    put(out, "receivedDocuments", d.receivedDocuments);
    put(out, "indexedDocuments", d.indexedDocuments);
    put(out, "editedDocuments", d.editedDocuments);
    put(out, "primaryKey", d.primaryKey);
    put(out, "providedIds", d.providedIds);
    put(out, "deletedDocuments", d.deletedDocuments);
    put(out, "matchedTasks", d.matchedTasks);
    put(out, "canceledTasks", d.canceledTasks);
    put(out, "deletedTasks", d.deletedTasks);
    put(out, "originalFilter", d.originalFilter);
    put(out, "dumpUid", d.dumpUid);
    if (d.context.present)
        out.key("context").raw(d.context.value.value_or("null"));
    put(out, "function", d.function);
    if (d.settings && stored) {
        out.key("settings").raw(sv(patchToText(*d.settings)));
    } else if (d.settings) {
        const auto doc = json::Document::parse(patchToJson(*d.settings, maskSecrets));
        MIROIR_ASSERT(doc.ok());
        for (const json::Member &member : doc->root().members())
            out.key(member.key()).raw(member.value.raw());
    }
    if (d.swaps)
        putSwaps(out, *d.swaps);
    put(out, "upgradeFrom", d.upgradeFrom);
    put(out, "upgradeTo", d.upgradeTo);
    put(out, "url", d.url);
    if (d.apiKey)
        out.key("apiKey").string(maskSecrets ? maskedSecret(*d.apiKey) : *d.apiKey);
    put(out, "payloadSize", d.payloadSize);
    putRaw(out, "indexes", d.indexes);
    put(out, "oldIndexUid", d.oldIndexUid);
    put(out, "newIndexUid", d.newIndexUid);
    put(out, "preCompactionSize", d.preCompactionSize);
    put(out, "postCompactionSize", d.postCompactionSize);
    if (d.rule)
        out.key("rule").raw(sv(searchRulePatchToJson(*d.rule)));
    put(out, "updatedRules", d.updatedRules);
    out.endObject();
}

void writeUid(json::Writer &out, std::string_view key, const std::optional<std::uint32_t> &uid)
{
    out.key(key);
    if (uid)
        out.number(*uid);
    else
        out.null();
}

void writeText(json::Writer &out, std::string_view key, const std::optional<std::string> &text)
{
    out.key(key);
    if (text)
        out.string(*text);
    else
        out.null();
}

void writeError(json::Writer &out, const std::optional<TaskError> &error)
{
    out.key("error");
    if (!error) {
        out.null();
        return;
    }
    out.beginObject().key("message").string(error->message).key("code").string(error->code);
    out.key("type").string(error->type).key("link").string(error->link).endObject();
}

void writeNs(json::Writer &out, std::string_view key, const std::optional<std::int64_t> &ns)
{
    out.key(key);
    if (ns)
        out.number(*ns);
    else
        out.null();
}

} // namespace

QByteArray detailsToJson(const TaskDetails &details, bool maskSecrets)
{
    json::Writer out;
    writeDetails(out, details, maskSecrets, false);
    return out.take();
}

QByteArray taskSummaryToJson(const TaskRecord &task)
{
    json::Writer out;
    out.beginObject();
    out.key("taskUid").number(task.uid);
    writeText(out, "indexUid", task.indexUid);
    out.key("status").string(taskStatusName(task.status));
    out.key("type").string(taskKindName(task.kind));
    out.key("enqueuedAt").string(rfc3339(task.enqueuedAtNs));
    put(out, "customMetadata", task.customMetadata);
    out.endObject();
    return out.take();
}

QByteArray taskToJson(const TaskRecord &task)
{
    json::Writer out;
    out.beginObject();
    out.key("uid").number(task.uid);
    writeUid(out, "batchUid", task.batchUid);
    writeText(out, "indexUid", task.indexUid);
    out.key("status").string(taskStatusName(task.status));
    out.key("type").string(taskKindName(task.kind));
    writeUid(out, "canceledBy", task.canceledBy);
    if (task.details) {
        out.key("details");
        writeDetails(out, *task.details, true, false);
    }
    writeError(out, task.error);
    out.key("duration");
    writeDuration(out, task.startedAtNs, task.finishedAtNs);
    out.key("enqueuedAt").string(rfc3339(task.enqueuedAtNs));
    out.key("startedAt");
    writeTime(out, task.startedAtNs);
    out.key("finishedAt");
    writeTime(out, task.finishedAtNs);
    put(out, "customMetadata", task.customMetadata);
    out.endObject();
    return out.take();
}

QByteArray taskListToJson(
    const std::vector<TaskRecord> &tasks, std::uint64_t total, std::uint32_t limit, std::optional<std::uint32_t> next)
{
    std::vector<QByteArray> results;
    results.reserve(tasks.size());
    for (const TaskRecord &task : tasks)
        results.push_back(taskToJson(task));
    const auto from = tasks.empty() ? std::nullopt : std::optional(tasks.front().uid);
    return list(results, total, limit, from, next);
}

QByteArray taskToText(const TaskRecord &task)
{
    json::Writer out;
    out.beginObject();
    out.key("uid").number(task.uid);
    writeUid(out, "batchUid", task.batchUid);
    writeText(out, "indexUid", task.indexUid);
    out.key("status").string(taskStatusName(task.status));
    out.key("type").string(taskKindName(task.kind));
    writeUid(out, "canceledBy", task.canceledBy);
    if (task.details) {
        out.key("details");
        writeDetails(out, *task.details, false, true);
    }
    writeError(out, task.error);
    out.key("enqueuedAtNs").number(task.enqueuedAtNs);
    writeNs(out, "startedAtNs", task.startedAtNs);
    writeNs(out, "finishedAtNs", task.finishedAtNs);
    writeText(out, "customMetadata", task.customMetadata);
    out.endObject();
    return out.take();
}

} // namespace miroir::protocol
