// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/MultiSearchRequest.h"
#include "read/FederationPlan.h"
#include "read/Search.h"

/// Several searches in one request. One front thread.
namespace miroir::read {

struct MultiSearchOptions {
    TenantFilters tenantFilter;
    std::string requestUid;
    bool metadata = false; ///< the client asked for `metadata`
    std::function<std::string()> freshUid; ///< for each query of the metadata
};

/// Each query for itself: {"results":[..]}, or the refusal of the first query that has one. The index of the context
/// does not count.
void multiSearch(const ReadContext &context, const std::shared_ptr<const protocol::MultiSearchRequest> &request,
    const MultiSearchOptions &options, OnBody done);

/// All queries merged into one list.
void federatedSearch(const ReadContext &context, const protocol::MultiSearchRequest &request,
    const MultiSearchOptions &options, OnBody done);

/// Searches of one request that are under way at the same time; the others wait.
inline constexpr std::size_t searchesAtOnce = 16;

} // namespace miroir::read
