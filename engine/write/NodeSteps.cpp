// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/NodeSteps.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "node/NodeClient.h"
#include "placement/Shards.h"

namespace miroir::write {

using store::OperationKind;

namespace {

/// Payload bytes of one request, so that memory stays small and a node's batch short.
constexpr std::uint64_t requestBytesMax = 8'000'000;
/// A node takes this long at most to accept a body; the indexing itself is not waited for.
constexpr int writeDeadlineMs = 60'000;

NodeStep step(const char *method, QByteArray target, QByteArray body = {}, std::string harmlessError = {})
{
    NodeStep made;
    made.call.method = method;
    made.call.target = std::move(target);
    made.call.body = std::move(body);
    made.call.deadlineMs = writeDeadlineMs;
    made.harmlessError = std::move(harmlessError);
    return made;
}

node::Target indexTarget(const std::string &index)
{
    node::Target target("indexes");
    target.segment(index);
    return target;
}

NodeStep createStep(const std::string &index, const std::string &primaryKey)
{
    json::Writer body;
    body.beginObject().key("uid").string(index);
    if (!primaryKey.empty())
        body.key("primaryKey").string(primaryKey);
    return step("POST", "/indexes", body.endObject().take(), "index_already_exists");
}

bool owns(const placement::ShardSet &owned, const store::LoggedDocument &document)
{
    return owned.test(document.hash >> 58U);
}

Result<std::deque<NodeStep>> deleteSteps(const store::LogRecord &record, const Operation &operation,
    const placement::ShardSet &owned, const std::string &tag)
{
    const auto ids = json::Document::parse(std::string_view(operation.ids));
    if (!ids)
        return fail("log record: " + ids.error().message());
    json::Writer body;
    body.beginArray();
    std::size_t place = 0;
    bool any = false;
    for (const json::Value id : ids->root().items()) {
        if (place < record.documents.size() && owns(owned, record.documents[place])) {
            body.raw(id.raw());
            any = true;
        }
        ++place;
    }
    std::deque<NodeStep> steps;
    node::Target target = indexTarget(record.index);
    target.segment("documents").segment("delete-batch").query("customMetadata", tag);
    if (any)
        steps.push_back(step("POST", target.take(), body.endArray().take()));
    return steps;
}

std::deque<NodeStep> indexSteps(const store::LogRecord &record, const Operation &operation, const std::string &tag)
{
    std::deque<NodeStep> steps;
    const auto index = [&record] { return indexTarget(record.index); };
    switch (record.kind) {
    case OperationKind::CreateIndex:
        steps.push_back(createStep(record.index, operation.primaryKey));
        break;
    case OperationKind::DeleteIndex:
        steps.push_back(step("DELETE", index().take(), {}, "index_not_found"));
        break;
    case OperationKind::SetPrimaryKey: {
        json::Writer body;
        body.beginObject().key("primaryKey").string(operation.primaryKey).endObject();
        steps.push_back(step("PATCH", index().take(), body.take()));
        break;
    }
    case OperationKind::ApplySettings:
        if (operation.nodeSettings != "{}")
            steps.push_back(step("PATCH", index().segment("settings").take(), toBytes(operation.nodeSettings)));
        break;
    case OperationKind::ClearDocuments:
        steps.push_back(step("DELETE", index().segment("documents").query("customMetadata", tag).take()));
        break;
    case OperationKind::DeleteDocuments:
    case OperationKind::ReplaceDocuments:
    case OperationKind::UpdateDocuments:
    case OperationKind::Nothing:
    case OperationKind::SwapIndexes:
    case OperationKind::RenameIndex:
        break;
    }
    return steps;
}

} // namespace

Result<NodeSteps> NodeSteps::of(
    store::LogRecord record, const Operation &operation, const placement::ShardSet &owned, std::string tag)
{
    NodeSteps steps;
    if (record.kind == OperationKind::DeleteDocuments) {
        auto made = deleteSteps(record, operation, owned, tag);
        if (!made)
            return made.err();
        steps.m_steps = std::move(*made);
    } else {
        steps.m_steps = indexSteps(record, operation, tag);
    }
    if (record.kind == OperationKind::ReplaceDocuments || record.kind == OperationKind::UpdateDocuments)
        std::erase_if(record.documents,
            [&owned](const store::LoggedDocument &document) { return !owns(owned, document); });
    else
        record.documents.clear();
    steps.m_record = std::move(record);
    steps.m_tag = std::move(tag);
    return steps;
}

Result<NodeStep> NodeSteps::next(store::Store &store)
{
    MIROIR_ASSERT(!done());
    if (m_steps.empty())
        return nextDocuments(store);
    NodeStep first = std::move(m_steps.front());
    m_steps.pop_front();
    return first;
}

Result<NodeStep> NodeSteps::nextDocuments(store::Store &store)
{
    QByteArray body;
    const std::size_t first = m_document;
    const auto failed = [this, first](const Failure &why) {
        m_document = first; // the same request is made again later
        return Err<Failure> {why};
    };
    while (m_document < m_record.documents.size() && static_cast<std::uint64_t>(body.size()) < requestBytesMax) {
        const store::LoggedDocument &document = m_record.documents[m_document];
        const Result<std::string_view> bytes = slice(store, document);
        if (!bytes)
            return failed(bytes.error());
        body += body.isEmpty() ? '[' : ',';
        if (const Status<> done = placement::appendTagged(body, *bytes, document.hash, document.order); !done)
            return failed(done.error());
        ++m_document;
    }
    if (m_document == m_record.documents.size())
        m_window.clear();
    node::Target target = indexTarget(m_record.index);
    target.segment("documents").query("primaryKey", m_record.primaryKey).query("customMetadata", m_tag);
    return step(
        m_record.kind == OperationKind::UpdateDocuments ? "PUT" : "POST", target.take(), std::move(body) + ']');
}

Result<std::string_view> NodeSteps::slice(store::Store &store, const store::LoggedDocument &document)
{
    const std::uint64_t end = std::uint64_t {document.begin} + document.length;
    if (document.begin < m_windowBegin || end > m_windowBegin + static_cast<std::uint64_t>(m_window.size())) {
        const std::uint64_t length = std::min(
            std::max<std::uint64_t>(document.length, requestBytesMax), m_record.payloadBytes - document.begin);
        Result<QByteArray> window = store.payload(m_record.offset, document.begin, length);
        if (!window)
            return window.err();
        m_window = std::move(*window);
        m_windowBegin = document.begin;
    }
    return sv(m_window).substr(document.begin - m_windowBegin, document.length);
}

} // namespace miroir::write
