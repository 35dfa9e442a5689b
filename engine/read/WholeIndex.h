// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Shards.h"
#include "read/Search.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Reading every document of an index, for exports and dumps: first the ids of a shard, then its documents by id. So
/// writes that go on meanwhile move no document out of sight, and memory holds one portion only.
namespace miroir::read {

/// A filter for whole indexes: JSON text, checked against the logical settings (invalid_document_filter).
protocol::ApiStatus checkWholeFilter(const ReadContext &context, const std::optional<std::string> &filter);

using OnIds = std::function<void(protocol::ApiResult<std::vector<std::string>>)>;
/// Canonical ids of the documents of one shard that pass the filter, in the order of insertion.
void listIds(const ReadContext &context, ShardId shard, const std::optional<std::string> &filter, OnIds done);

using OnDocuments = std::function<void(protocol::ApiResult<std::vector<QByteArray>>)>;
/// The documents of one shard with these ids, as nodes give them but without hidden fields, in the order of insertion;
/// those that are gone are left out. vectors: with `_vectors`, as a node exports them.
void fetchByIds(const ReadContext &context, ShardId shard, const std::vector<std::string> &ids, bool vectors,
    OnDocuments done);

} // namespace miroir::read
