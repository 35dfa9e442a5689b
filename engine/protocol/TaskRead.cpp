// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Task.h"

#include "protocol/SettingsRead.h"
#include "protocol/TaskTime.h"

#include <limits>

namespace miroir::protocol {

namespace {

void get(std::optional<std::string> &out, const json::Value &v)
{
    if (v.isString())
        out = v.toString();
}

void get(std::optional<std::uint64_t> &out, const json::Value &v)
{
    if (v.exists())
        out = v.toU64();
}

template <typename T>
void get(Shown<T> &out, const json::Value &v)
{
    out.present = v.exists();
    get(out.value, v);
}

void getUid(std::optional<std::uint32_t> &out, const json::Value &v)
{
    if (const auto number = v.toU64())
        out = static_cast<std::uint32_t>(*number);
}

void getRaw(std::optional<std::string> &out, const json::Value &v)
{
    if (v.exists() && !v.isNull())
        out = json::compact(v);
}

void getSwaps(std::optional<std::vector<TaskSwap>> &out, const json::Value &v)
{
    if (!v.isArray())
        return;
    out.emplace();
    for (const json::Value entry : v.items()) {
        const json::Value pair = entry.find("indexes");
        out->push_back({pair.at(0).toString(), pair.at(1).toString(), entry.find("rename").toBool()});
    }
}

/// A rule that cannot be read (one of a later version) is left out: the task itself matters more.
void getRule(std::optional<SearchRulePatch> &out, const json::Value &v)
{
    if (!v.isObject())
        return;
    if (auto patch = parseSearchRulePatch(v))
        out = std::move(patch).value();
}

TaskDetails readDetails(const json::Value &v)
{
    TaskDetails d;
    get(d.receivedDocuments, v["receivedDocuments"]);
    get(d.indexedDocuments, v["indexedDocuments"]);
    get(d.editedDocuments, v["editedDocuments"]);
    get(d.primaryKey, v["primaryKey"]);
    get(d.providedIds, v["providedIds"]);
    get(d.deletedDocuments, v["deletedDocuments"]);
    get(d.matchedTasks, v["matchedTasks"]);
    get(d.canceledTasks, v["canceledTasks"]);
    get(d.deletedTasks, v["deletedTasks"]);
    get(d.originalFilter, v["originalFilter"]);
    get(d.dumpUid, v["dumpUid"]);
    d.context.present = v["context"].exists();
    getRaw(d.context.value, v["context"]);
    get(d.function, v["function"]);
    getSwaps(d.swaps, v["swaps"]);
    get(d.upgradeFrom, v["upgradeFrom"]);
    get(d.upgradeTo, v["upgradeTo"]);
    get(d.url, v["url"]);
    get(d.apiKey, v["apiKey"]);
    get(d.payloadSize, v["payloadSize"]);
    getRaw(d.indexes, v["indexes"]);
    get(d.oldIndexUid, v["oldIndexUid"]);
    get(d.newIndexUid, v["newIndexUid"]);
    get(d.preCompactionSize, v["preCompactionSize"]);
    get(d.postCompactionSize, v["postCompactionSize"]);
    getRule(d.rule, v["rule"]);
    get(d.updatedRules, v["updatedRules"]);
    return d;
}

/// What the stored text and a node's view have in common: all but details and times.
Result<TaskRecord> readCommon(const json::Value &v)
{
    const auto uid = v["uid"].toU64();
    const auto status = taskStatusByName(v["status"].toString());
    const auto kind = taskKindByName(v["type"].toString());
    if (!uid || *uid > std::numeric_limits<std::uint32_t>::max() || !status || !kind)
        return fail("a task has no uid, or a status or type that is not known");
    TaskRecord task;
    task.uid = static_cast<std::uint32_t>(*uid);
    task.status = *status;
    task.kind = *kind;
    getUid(task.batchUid, v["batchUid"]);
    get(task.indexUid, v["indexUid"]);
    getUid(task.canceledBy, v["canceledBy"]);
    if (const json::Value error = v["error"]; error.isObject()) {
        task.error = TaskError {error["message"].toString(), error["code"].toString(), error["type"].toString(),
            error["link"].toString()};
    }
    get(task.customMetadata, v["customMetadata"]);
    return task;
}

} // namespace

Result<TaskRecord> taskFromText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    if (!doc)
        return fail("a stored task is no JSON: " + doc.error().message());
    const json::Value v = doc->root();
    auto task = readCommon(v);
    if (!task)
        return task;
    if (const json::Value details = v["details"]; details.isObject()) {
        task->details = readDetails(details);
        if (const json::Value settings = details["settings"]; settings.isObject()) {
            auto patch = patchFromText(QByteArray::fromStdString(json::compact(settings)));
            if (!patch)
                return patch.err();
            task->details->settings = std::move(patch).value();
        }
    }
    task->enqueuedAtNs = v["enqueuedAtNs"].toI64().value_or(0);
    task->startedAtNs = v["startedAtNs"].toI64();
    task->finishedAtNs = v["finishedAtNs"].toI64();
    return task;
}

Result<TaskDetails> detailsFromView(const json::Value &view, TaskKind kind)
{
    if (!view.isObject())
        return fail("task details are no object");
    TaskDetails details = readDetails(view);
    if (kind == TaskKind::SettingsUpdate) {
        SettingsPatch patch;
        if (auto s = settingsread::readAll(patch, view); !s)
            return fail("the settings of a task cannot be read: " + s.error().message);
        details.settings = std::move(patch);
    }
    return details;
}

Result<TaskRecord> taskFromView(const json::Value &view)
{
    auto task = readCommon(view);
    if (!task)
        return task;
    if (const json::Value details = view["details"]; details.isObject()) {
        auto read = detailsFromView(details, task->kind);
        if (!read)
            return read.err();
        task->details = std::move(read).value();
    }
    task->enqueuedAtNs = parseRfc3339(view["enqueuedAt"].toString()).value_or(0);
    task->startedAtNs = parseRfc3339(view["startedAt"].toString());
    task->finishedAtNs = parseRfc3339(view["finishedAt"].toString());
    return task;
}

} // namespace miroir::protocol
