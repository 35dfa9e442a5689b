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

/// Collects documents of one record until a request is full.
class DocumentSteps
{
public:
    DocumentSteps(store::Store &store, const store::LogRecord &record, const std::string &tag)
        : m_store(store), m_record(record), m_tag(tag)
    {
    }

    Status<> add(const store::LoggedDocument &document)
    {
        const Result<std::string_view> bytes = slice(document);
        if (!bytes)
            return bytes.err();
        m_body += m_body.isEmpty() ? '[' : ',';
        if (const Status<> done = placement::appendTagged(m_body, *bytes, document.hash, document.order); !done)
            return done;
        if (static_cast<std::uint64_t>(m_body.size()) >= requestBytesMax)
            flush();
        return Done {};
    }
    std::vector<NodeStep> take()
    {
        flush();
        return std::move(m_steps);
    }

private:
    void flush()
    {
        if (m_body.isEmpty())
            return;
        node::Target target = indexTarget(m_record.index);
        target.segment("documents").query("primaryKey", m_record.primaryKey).query("customMetadata", m_tag);
        m_steps.push_back(step(m_record.kind == OperationKind::UpdateDocuments ? "PUT" : "POST", target.take(),
            std::exchange(m_body, {}) + ']'));
    }
    /// Bytes of the document, from a window of the payload that moves forward.
    Result<std::string_view> slice(const store::LoggedDocument &document)
    {
        const std::uint64_t end = std::uint64_t {document.begin} + document.length;
        if (document.begin < m_windowBegin || end > m_windowBegin + static_cast<std::uint64_t>(m_window.size())) {
            const std::uint64_t length = std::min(
                std::max<std::uint64_t>(document.length, requestBytesMax), m_record.payloadBytes - document.begin);
            Result<QByteArray> window = m_store.payload(m_record.offset, document.begin, length);
            if (!window)
                return window.err();
            m_window = std::move(*window);
            m_windowBegin = document.begin;
        }
        return sv(m_window).substr(document.begin - m_windowBegin, document.length);
    }

    store::Store &m_store;
    const store::LogRecord &m_record;
    const std::string &m_tag;
    QByteArray m_body;
    QByteArray m_window;
    std::uint64_t m_windowBegin = 0;
    std::vector<NodeStep> m_steps;
};

bool owns(const placement::ShardSet &owned, const store::LoggedDocument &document)
{
    return owned.test(document.hash >> 58U);
}

Result<std::vector<NodeStep>> deleteSteps(const store::LogRecord &record, const Operation &operation,
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
    std::vector<NodeStep> steps;
    node::Target target = indexTarget(record.index);
    target.segment("documents").segment("delete-batch").query("customMetadata", tag);
    if (any)
        steps.push_back(step("POST", target.take(), body.endArray().take()));
    return steps;
}

} // namespace

Result<std::vector<NodeStep>> nodeSteps(store::Store &store, const store::LogRecord &record, const Operation &operation,
    const placement::ShardSet &owned, const std::string &tag)
{
    std::vector<NodeStep> steps;
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
        return deleteSteps(record, operation, owned, tag);
    case OperationKind::ReplaceDocuments:
    case OperationKind::UpdateDocuments: {
        DocumentSteps documents(store, record, tag);
        for (const store::LoggedDocument &document : record.documents) {
            if (!owns(owned, document))
                continue;
            if (const Status<> done = documents.add(document); !done)
                return done.err();
        }
        return documents.take();
    }
    case OperationKind::Nothing:
    case OperationKind::SwapIndexes:
    case OperationKind::RenameIndex:
        break;
    }
    return steps;
}

} // namespace miroir::write
