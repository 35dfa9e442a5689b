// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"
#include "protocol/Error.h"
#include "protocol/Features.h"
#include "protocol/SearchRequest.h"
#include "protocol/Settings.h"

#include <optional>
#include <string>

/// From what a client searches to what nodes are asked and how their answers are put together. Pure.
namespace miroir::read {

struct SearchPlan {
    protocol::SearchRequest node; ///< for every node, but for the shard filter
    merge::MergeRequest merge;

    /// Body for one node; filter empty: none.
    [[nodiscard]] QByteArray body(const std::string &shardFilter) const;
};

/// tenantFilter: JSON text of a filter that every hit must also pass; empty optional: none.
/// Refuses what a node with the logical settings would refuse, in its words; the hidden fields do not exist for
/// clients.
protocol::ApiResult<SearchPlan> planSearch(const protocol::SearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features, const std::optional<std::string> &tenantFilter);

/// The attributes of a search's filter, by the logical settings.
protocol::ApiStatus checkFilterAllowed(
    const protocol::MaybeFilter &filter, const protocol::Settings &settings, const std::string &indexUid);

/// The filter a node gets: all members must hold. Each is JSON text (string or array), shardFilter plain text.
std::optional<std::string> joinFilters(
    const std::optional<std::string> &client, const std::optional<std::string> &tenant, const std::string &shardFilter);

} // namespace miroir::read
