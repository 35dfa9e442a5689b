// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/NodeAnswers.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <array>
#include <limits>
#include <memory>

namespace miroir::node {

namespace {

constexpr std::array<const char *, 5> statusNames {
    "enqueued", "processing", "succeeded", "failed", "canceled"};

std::optional<std::uint32_t> toU32(const json::Value &value)
{
    const auto number = value.toU64();
    if (!number || *number > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<NodeTask::Status> toStatus(const json::Value &value)
{
    const std::string name = value.toString();
    for (std::size_t i = 0; i < statusNames.size(); ++i) {
        if (name == statusNames[i])
            return static_cast<NodeTask::Status>(i);
    }
    return std::nullopt;
}

std::optional<NodeError> toError(const json::Value &value)
{
    if (!value.isObject() || !value["message"].isString() || !value["code"].isString())
        return std::nullopt;
    return NodeError {
        value["message"].toString(), value["code"].toString(), value["type"].toString()};
}

std::optional<NodeTask> toTask(const json::Value &value)
{
    NodeTask task;
    const auto uid = toU32(value["uid"]);
    const auto status = toStatus(value["status"]);
    if (!uid || !status || !value["type"].isString())
        return std::nullopt;
    task.uid = *uid;
    task.status = *status;
    task.batchUid = toU32(value["batchUid"]);
    task.indexUid = value["indexUid"].toString();
    task.type = value["type"].toString();
    task.error = toError(value["error"]);
    task.customMetadata = value["customMetadata"].toString();
    task.raw = toBytes(value.raw());
    if (value["details"].isObject())
        task.details = toBytes(value["details"].raw());
    return task;
}

NodeKey toKey(const json::Value &value)
{
    return {value["uid"].toString(), value["key"].toString(), value["name"].toString(),
        value["description"].toString()};
}

/// Parses a body that must be an object.
Result<std::unique_ptr<json::Document>> object(const QByteArray &body)
{
    auto parsed = json::Document::parse(body);
    if (!parsed)
        return fail("the node's answer is no JSON: " + parsed.error().message());
    auto document = std::make_unique<json::Document>(std::move(parsed).value());
    if (!document->root().isObject())
        return fail("the node's answer is no JSON object");
    return document;
}

} // namespace

const char *taskStatusName(NodeTask::Status status)
{
    return statusNames[static_cast<std::size_t>(status)];
}

std::optional<NodeError> nodeError(const Answer &answer)
{
    if (!answer.answered())
        return std::nullopt;
    const auto document = object(answer.body);
    return document ? toError((*document)->root()) : std::nullopt;
}

std::string whyNot(const Answer &answer)
{
    if (!answer.answered())
        return answer.failure;
    if (const auto error = nodeError(answer))
        return "status " + std::to_string(answer.status) + ", " + error->code + ": "
            + error->message;
    return "status " + std::to_string(answer.status);
}

Result<std::uint32_t> parseTaskUid(const QByteArray &summary)
{
    const auto document = object(summary);
    if (!document)
        return document.err();
    const auto uid = toU32((*document)->root()["taskUid"]);
    if (!uid)
        return fail("the node's answer holds no task uid");
    return *uid;
}

Result<NodeTask> parseTask(const QByteArray &body)
{
    const auto document = object(body);
    if (!document)
        return document.err();
    auto task = toTask((*document)->root());
    if (!task)
        return fail("the node's answer is no task");
    return std::move(*task);
}

Result<TaskPage> parseTasks(const QByteArray &body)
{
    const auto document = object(body);
    if (!document)
        return document.err();
    const json::Value root = (*document)->root();
    if (!root["results"].isArray())
        return fail("the node's answer is no list of tasks");
    TaskPage page;
    page.total = root["total"].toU64().value_or(0);
    page.next = toU32(root["next"]);
    page.tasks.reserve(root["results"].size());
    for (const json::Value item : root["results"].items()) {
        auto task = toTask(item);
        if (!task)
            return fail("the node's list of tasks holds something that is no task");
        page.tasks.push_back(std::move(*task));
    }
    return page;
}

Result<NodeKey> parseKey(const QByteArray &body)
{
    const auto document = object(body);
    if (!document)
        return document.err();
    NodeKey key = toKey((*document)->root());
    if (key.uid.empty() || key.key.empty())
        return fail("the node's answer is no key");
    return key;
}

Result<std::vector<NodeKey>> parseKeys(const QByteArray &body)
{
    const auto document = object(body);
    if (!document)
        return document.err();
    const json::Value results = (*document)->root()["results"];
    if (!results.isArray())
        return fail("the node's answer is no list of keys");
    std::vector<NodeKey> keys;
    keys.reserve(results.size());
    for (const json::Value item : results.items()) {
        keys.push_back(toKey(item));
        if (keys.back().uid.empty())
            return fail("the node's list of keys holds something that is no key");
    }
    return keys;
}

Result<std::string> parseVersion(const QByteArray &body)
{
    const auto document = object(body);
    if (!document)
        return document.err();
    const json::Value version = (*document)->root()["pkgVersion"];
    if (!version.isString())
        return fail("the node's answer holds no version");
    return version.toString();
}

Result<NodeStats> parseStats(const QByteArray &body)
{
    const auto document = object(body);
    if (!document)
        return document.err();
    const json::Value root = (*document)->root();
    if (!root["indexes"].isObject())
        return fail("the node's answer holds no statistics");
    NodeStats stats;
    stats.databaseBytes = root["databaseSize"].toU64().value_or(0);
    stats.usedDatabaseBytes = root["usedDatabaseSize"].toU64().value_or(0);
    for (const json::Member member : root["indexes"].members()) {
        const auto documents = member.value["numberOfDocuments"].toU64();
        if (!documents)
            return fail("the node's statistics hold an index without a number of documents");
        stats.indexes.push_back({member.key(), *documents, member.value["isIndexing"].toBool(),
            toBytes(member.value.raw())});
    }
    return stats;
}

} // namespace miroir::node
