// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "node/Transport.h"
#include "placement/Shards.h"
#include "store/Store.h"
#include "write/Operation.h"

#include <deque>
#include <string>
#include <string_view>

/// What one node has to do for a log record, as requests. Reads payloads from the store; control thread.
namespace miroir::write {

/// One request to a node; its answer is a task of the node.
struct NodeStep {
    node::Call call;
    /// Task errors that mean the work was done already, by a request whose answer was lost: they count as success.
    std::string harmlessError;
};

/// What a node that owns those shards has to do for one record: requests one after the other, made when they are
/// wanted, so that of a large record only one request is in memory. Payload bytes of one request stay under a fixed
/// size.
class NodeSteps
{
public:
    /// tag: customMetadata of the requests that allow one.
    static Result<NodeSteps> of(
        store::LogRecord record, const Operation &operation, const placement::ShardSet &owned, std::string tag);
    /// Nothing (more) has to be done.
    [[nodiscard]] bool done() const { return m_steps.empty() && m_document == m_record.documents.size(); }
    /// The next request; not when done().
    Result<NodeStep> next(store::Store &store);

private:
    NodeSteps() = default;
    Result<NodeStep> nextDocuments(store::Store &store);
    Result<std::string_view> slice(store::Store &store, const store::LoggedDocument &document);

    store::LogRecord m_record; ///< documents: those that are sent, all others have been taken out
    std::string m_tag;
    std::deque<NodeStep> m_steps; // of records that are no documents
    std::size_t m_document = 0; // the next one to be sent
    QByteArray m_window; // of the payload; moves forward
    std::uint64_t m_windowBegin = 0;
};

} // namespace miroir::write
