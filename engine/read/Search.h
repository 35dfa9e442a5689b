// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "node/Transport.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/Error.h"
#include "protocol/SearchRequest.h"
#include "read/ClusterView.h"
#include "read/Scatter.h"
#include "read/SearchPlan.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

/// Whole reads: from a client's request to the bytes of the answer. One front thread.
namespace miroir::read {

/// What a read needs besides its request.
struct ReadContext {
    std::shared_ptr<const ClusterView> view;
    const IndexView *index = nullptr; ///< of that view
    node::Transport *transport = nullptr;
    QObject *context = nullptr;
    int nodeTimeoutMs = 5000;
    bool retryOnTimeout = true;
    /// Set when the answer may lack shards (scatter.unavailable_shard_policy); see ScatterRequest.
    std::shared_ptr<MissingShards> missing;
    Scatter::OnSuspect suspect;
    std::shared_ptr<WorkClock> clock; ///< of the request; where none is needed, empty

    /// What nodes are asked at that route below the index; the body is still to be given.
    [[nodiscard]] ScatterRequest scatter(const char *route) const;
};

using OnBody = std::function<void(protocol::ApiResult<QByteArray>)>;

struct SearchOptions {
    std::optional<std::string> tenantFilter; ///< JSON text
    std::string requestUid; ///< text
    std::string queryUid; ///< text, of the metadata
    bool metadata = false; ///< the client asked for `metadata`
    std::string indexUid; ///< first member of the answer when not empty (multi-search)
};
void search(
    const ReadContext &context, const protocol::SearchRequest &request, const SearchOptions &options, OnBody done);

/// GET and POST /similar: what is near a document, whose vector its shard gives.
void similar(const ReadContext &context, const protocol::SimilarRequest &request,
    const std::optional<std::string> &tenantFilter, OnBody done);

using OnMerged = std::function<void(protocol::ApiResult<merge::MergedSearch>)>;
/// What search() does between the plan and the body of the answer.
void findMerged(const ReadContext &context, const std::shared_ptr<const SearchPlan> &plan, OnMerged done);

/// JSON of `performanceDetails`: how long all of it took and, when known, how much of it was waiting for nodes. Names
/// are those of a node.
std::string performanceJson(std::int64_t allNs, std::optional<std::int64_t> waitedNs = {});

/// JSON of `metadata`: {"query":..,"queryUid":..,"indexUid":..,"primaryKey":..}
std::string searchMetadata(
    const IndexView &index, const std::optional<std::string> &query, const std::string &queryUid);

/// GET /documents and POST /documents/fetch: the list as a client sees it.
void fetchDocuments(const ReadContext &context, const protocol::DocumentsFetch &request, OnBody done);

/// One document, or document_not_found. id: canonical.
void getDocument(const ReadContext &context, const std::string &id, const protocol::DocumentGet &request, OnBody done);

/// How many documents the index holds now.
void countDocuments(const ReadContext &context, std::function<void(protocol::ApiResult<std::uint64_t>)> done);

} // namespace miroir::read
