// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/WriteRequest.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "write/DocumentIds.h"

namespace miroir::write {

namespace {

void member(json::Writer &out, std::string_view name, const std::optional<std::string> &value)
{
    if (value)
        out.key(name).string(*value);
}

std::optional<std::string> textOf(const json::Value &value)
{
    return value.isString() ? std::optional(value.toString()) : std::nullopt;
}

void writeBatch(json::Writer &out, const DocumentBatch &batch)
{
    out.key("batch").beginObject().key("uid").string(batch.uid);
    out.key("primaryKey").string(batch.primaryKey).key("keyGiven").boolean(batch.keyGiven);
    if (batch.failure)
        out.key("failure").beginArray().string(batch.failure->code->name).string(batch.failure->message).endArray();
    out.key("slices").beginArray();
    for (const BatchDocument &document : batch.documents)
        out.number(document.begin).number(document.length);
    out.endArray().endObject();
}

std::shared_ptr<DocumentBatch> readBatch(const json::Value &stored, QByteArray payload)
{
    auto batch = std::make_shared<DocumentBatch>();
    batch->uid = stored["uid"].toString();
    batch->payload = std::move(payload);
    batch->keyGiven = stored["keyGiven"].toBool();
    BatchDocument document;
    bool second = false;
    const bool whole = !batch->payload.isEmpty();
    for (const json::Value number : whole ? stored["slices"].items() : json::Value().items()) {
        (second ? document.length : document.begin) = static_cast<std::uint32_t>(number.toU64().value_or(0));
        if (second)
            batch->documents.push_back(document);
        second = !second;
    }
    batch->primaryKey = stored["primaryKey"].toString();
    if (const json::Value failure = stored["failure"]; failure.isArray())
        batch->failure = protocol::apiError(failure.at(0).toString(), failure.at(1).toString());
    else if (!batch->documents.empty())
        findIds(*batch, std::string(batch->primaryKey));
    return batch;
}

} // namespace

std::vector<std::string> WriteRequest::indexUids() const
{
    if (kind != Kind::SwapIndexes)
        return newUid ? std::vector {uid, *newUid} : std::vector {uid};
    std::vector<std::string> uids;
    for (const protocol::TaskSwap &swap : swaps) {
        uids.push_back(swap.first);
        uids.push_back(swap.second);
    }
    return uids;
}

QByteArray WriteRequest::toText() const
{
    json::Writer out;
    out.beginObject().key("kind").number(static_cast<unsigned>(kind)).key("uid").string(uid);
    member(out, "primaryKey", primaryKey);
    member(out, "newUid", newUid);
    if (kind == Kind::Settings)
        out.key("patch").raw(sv(protocol::patchToText(patch)));
    out.key("settingsReset").boolean(settingsReset).key("partial").boolean(partial);
    out.key("mayCreateIndex").boolean(mayCreateIndex).key("skipCreation").boolean(skipCreation);
    if (batch)
        writeBatch(out, *batch);
    out.key("ids").beginArray();
    for (const std::string &id : ids)
        out.string(id);
    out.endArray().key("providedIds").number(providedIds).key("swaps").beginArray();
    for (const protocol::TaskSwap &swap : swaps)
        out.beginArray().string(swap.first).string(swap.second).boolean(swap.rename).endArray();
    out.endArray();
    member(out, "filter", filter);
    member(out, "context", context);
    out.key("function").string(function);
    member(out, "customMetadata", customMetadata);
    return out.endObject().take();
}

Result<WriteRequest> WriteRequest::fromText(const QByteArray &text, QByteArray payload)
{
    const auto document = json::Document::parse(text);
    if (!document)
        return fail("a waiting request: " + document.error().message());
    const json::Value root = document->root();
    const std::uint64_t kind = root["kind"].toU64().value_or(UINT64_MAX);
    if (kind > static_cast<std::uint64_t>(Kind::EditDocuments))
        return fail("a waiting request of an unknown kind");
    WriteRequest request;
    request.kind = static_cast<Kind>(kind);
    request.uid = root["uid"].toString();
    request.primaryKey = textOf(root["primaryKey"]);
    request.newUid = textOf(root["newUid"]);
    if (const json::Value patch = root["patch"]) {
        auto read = protocol::patchFromText(toBytes(patch.raw()));
        if (!read)
            return read.err();
        request.patch = std::move(*read);
    }
    request.settingsReset = root["settingsReset"].toBool();
    request.partial = root["partial"].toBool();
    request.mayCreateIndex = root["mayCreateIndex"].toBool();
    request.skipCreation = root["skipCreation"].toBool();
    if (const json::Value batch = root["batch"])
        request.batch = readBatch(batch, std::move(payload));
    for (const json::Value id : root["ids"].items())
        request.ids.push_back(id.toString());
    request.providedIds = root["providedIds"].toU64().value_or(0);
    for (const json::Value swap : root["swaps"].items())
        request.swaps.push_back({swap.at(0).toString(), swap.at(1).toString(), swap.at(2).toBool()});
    request.filter = textOf(root["filter"]);
    request.context = textOf(root["context"]);
    request.function = root["function"].toString();
    request.customMetadata = textOf(root["customMetadata"]);
    return request;
}

} // namespace miroir::write
