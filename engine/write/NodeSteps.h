// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "node/Transport.h"
#include "placement/Shards.h"
#include "store/Store.h"
#include "write/Operation.h"

#include <optional>
#include <vector>

/// What one node has to do for a log record, as requests. Reads payloads from the store; control thread.
namespace miroir::write {

/// One request to a node; its answer is a task of the node.
struct NodeStep {
    node::Call call;
    /// Task errors that mean the work was done already, by a request whose answer was lost: they count as success.
    std::string harmlessError;
};

/// Requests for that record on a node that owns those shards, in order; none when the node has nothing to do.
/// Payload bytes of one request stay under a fixed size, so a large record makes several. tag: customMetadata of the
/// requests that allow one.
Result<std::vector<NodeStep>> nodeSteps(store::Store &store, const store::LogRecord &record, const Operation &operation,
    const placement::ShardSet &owned, const std::string &tag);

} // namespace miroir::write
