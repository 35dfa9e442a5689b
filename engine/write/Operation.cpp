// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/Operation.h"

#include "base/Bytes.h"
#include "json/Json.h"

namespace miroir::write {

using store::OperationKind;

namespace {

void member(json::Writer &out, std::string_view name, const std::string &value)
{
    if (!value.empty())
        out.key(name).string(value);
}

void writeError(json::Writer &out, const protocol::TaskError &error)
{
    out.key("error").beginObject();
    out.key("message").string(error.message).key("code").string(error.code);
    out.key("type").string(error.type).key("link").string(error.link).endObject();
}

} // namespace

QByteArray Operation::toJson() const
{
    json::Writer out;
    out.beginObject();
    member(out, "uid", uid);
    member(out, "primaryKey", primaryKey);
    member(out, "newUid", newUid);
    member(out, "settings", settings);
    member(out, "nodeSettings", nodeSettings);
    member(out, "ids", ids);
    if (!swaps.empty()) {
        out.key("swaps").beginArray();
        for (const protocol::TaskSwap &swap : swaps) {
            out.beginArray().string(swap.first).string(swap.second).boolean(swap.rename).endArray();
        }
        out.endArray();
    }
    if (!after.empty()) {
        out.key("after").beginArray();
        for (const std::string &index : after)
            out.string(index);
        out.endArray();
    }
    if (error)
        writeError(out, *error);
    if (partOf)
        out.key("partOf").number(*partOf);
    out.key("documents").number(documents).key("at").number(atNs);
    if (ordersGiven)
        out.key("orders").beginArray().number(firstOrder).number(lastOrder).endArray();
    return out.endObject().take();
}

Result<Operation> Operation::fromJson(const QByteArray &text)
{
    const Result<json::Document, json::ParseError> document = json::Document::parse(text);
    if (!document)
        return fail("log record: " + document.error().message());
    const json::Value root = document->root();
    Operation operation;
    operation.uid = root["uid"].toString();
    operation.primaryKey = root["primaryKey"].toString();
    operation.newUid = root["newUid"].toString();
    operation.settings = root["settings"].toString();
    operation.nodeSettings = root["nodeSettings"].toString();
    operation.ids = root["ids"].toString();
    for (const json::Value swap : root["swaps"].items())
        operation.swaps.push_back({swap.at(0).toString(), swap.at(1).toString(), swap.at(2).toBool()});
    for (const json::Value index : root["after"].items())
        operation.after.push_back(index.toString());
    if (const json::Value error = root["error"]) {
        operation.error = protocol::TaskError {error["message"].toString(), error["code"].toString(),
            error["type"].toString(), error["link"].toString()};
    }
    if (const auto partOf = root["partOf"].toU64())
        operation.partOf = static_cast<std::uint32_t>(*partOf);
    operation.documents = root["documents"].toU64().value_or(0);
    operation.atNs = root["at"].toI64().value_or(0);
    if (const json::Value orders = root["orders"]) {
        operation.ordersGiven = true;
        operation.firstOrder = orders.at(0).toU64().value_or(0);
        operation.lastOrder = orders.at(1).toU64().value_or(0);
    }
    return operation;
}

void IndexTable::put(store::StoredIndex index)
{
    m_changed.push_back(index.uid);
    m_indexes.insert_or_assign(index.uid, std::move(index));
}

const store::StoredIndex *IndexTable::find(std::string_view uid) const
{
    const auto found = m_indexes.find(uid);
    return found == m_indexes.end() ? nullptr : &found->second;
}

const store::StoredIndex *IndexTable::findPhysical(std::string_view physical) const
{
    for (const auto &[uid, index] : m_indexes) {
        if (index.physical == physical)
            return &index;
    }
    return nullptr;
}

store::StoredIndex *IndexTable::mutablePhysical(std::string_view physical)
{
    for (auto &[uid, index] : m_indexes) {
        if (index.physical == physical) {
            m_changed.push_back(uid);
            return &index;
        }
    }
    return nullptr;
}

std::vector<std::string> IndexTable::takeChanged()
{
    return std::exchange(m_changed, {});
}

void IndexTable::apply(const store::LogRecord &record, const Operation &operation, std::int64_t nowNs)
{
    if (record.kind == OperationKind::CreateIndex) {
        put({operation.uid, record.index, operation.primaryKey, operation.atNs, operation.atNs,
            toStd(QString::fromUtf8(protocol::settingsToText({})))});
        return;
    }
    if (record.kind == OperationKind::SwapIndexes) {
        swap(operation.swaps, nowNs);
        return;
    }
    store::StoredIndex *index = record.kind == OperationKind::Nothing ? nullptr : mutablePhysical(record.index);
    if (index == nullptr)
        return;
    switch (record.kind) {
    case OperationKind::DeleteIndex:
        m_indexes.erase(std::string(index->uid));
        return;
    case OperationKind::RenameIndex:
        rename(std::string(index->uid), operation.newUid, nowNs);
        return;
    case OperationKind::SetPrimaryKey:
        index->primaryKey = operation.primaryKey;
        break;
    case OperationKind::ApplySettings:
        index->settings = operation.settings;
        break;
    default:
        if (!record.primaryKey.empty())
            index->primaryKey = record.primaryKey;
    }
    index->updatedAtNs = nowNs;
}

void IndexTable::rename(std::string_view from, std::string_view to, std::int64_t nowNs)
{
    const auto found = m_indexes.find(from);
    if (found == m_indexes.end() || m_indexes.contains(to))
        return;
    store::StoredIndex index = std::move(found->second);
    m_indexes.erase(found);
    index.uid = to;
    index.updatedAtNs = nowNs;
    put(std::move(index));
}

void IndexTable::swap(const std::vector<protocol::TaskSwap> &swaps, std::int64_t nowNs)
{
    for (const protocol::TaskSwap &pair : swaps) {
        if (pair.rename) {
            m_changed.push_back(pair.first);
            rename(pair.first, pair.second, nowNs);
            continue;
        }
        const auto first = m_indexes.find(pair.first);
        const auto second = m_indexes.find(pair.second);
        if (first == m_indexes.end() || second == m_indexes.end())
            continue;
        std::swap(first->second, second->second);
        first->second.uid = pair.first;
        second->second.uid = pair.second;
        m_changed.push_back(pair.first);
        m_changed.push_back(pair.second);
    }
}

placement::ShardSet shardsTouched(const store::LogRecord &record)
{
    if (concernsAllNodes(record.kind))
        return placement::allShards();
    placement::ShardSet shards;
    for (const store::LoggedDocument &document : record.documents)
        shards.set(document.hash >> 58U);
    return shards;
}

bool concernsNodes(OperationKind kind)
{
    return kind != OperationKind::Nothing && kind != OperationKind::SwapIndexes && kind != OperationKind::RenameIndex;
}

bool concernsAllNodes(OperationKind kind)
{
    switch (kind) {
    case OperationKind::CreateIndex:
    case OperationKind::DeleteIndex:
    case OperationKind::SetPrimaryKey:
    case OperationKind::ApplySettings:
    case OperationKind::ClearDocuments:
        return true;
    default:
        return false;
    }
}

} // namespace miroir::write
