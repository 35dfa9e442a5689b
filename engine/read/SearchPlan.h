// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/DistinctRounds.h"
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
    merge::CandidateRequest candidates;
    protocol::SearchMode mode = protocol::SearchMode::Keyword;

    std::uint64_t pinRoom = 0; ///< hits to ask for beyond those that are needed: merge::Pins::room()

    /// Totals and facets depend on documents that are not on the page: ask for candidatesRequest() first.
    bool countsCandidates = false;

    // What nodes are asked, without the shard filter:
    /// All candidates as far as they fit under maxTotalHits, with the fields that counting needs.
    [[nodiscard]] protocol::SearchRequest candidatesRequest() const;
    /// The documents that have one of these values, as far as they fit under maxTotalHits. Nothing when there are too
    /// many values for a filter, or the search drops documents.
    [[nodiscard]] std::optional<protocol::SearchRequest> formsRequest(const merge::FacetValues &values) const;
    /// Counts among them those that pass the filter as well: merge::Candidates::sharingFilter.
    [[nodiscard]] protocol::SearchRequest sharingRequest(const std::string &filter) const;
    /// The page of a search with several distinct values in a document: the best candidates, none dropped.
    [[nodiscard]] protocol::SearchRequest pageOfCandidates(std::uint64_t count) const;
    /// One more round of candidates.
    [[nodiscard]] protocol::SearchRequest roundRequest(const merge::DistinctRounds &rounds) const;
    /// The page of a search that was walked through in rounds, from the node that answers these shards.
    [[nodiscard]] protocol::SearchRequest pageOfRounds(
        const merge::DistinctRounds &rounds, const placement::ShardSet &shards) const;
    /// The words of a hybrid search alone.
    [[nodiscard]] protocol::SearchRequest wordsRequest() const;
    /// The vector that a node makes of the query.
    [[nodiscard]] protocol::SearchRequest vectorRequest() const;
    /// The hits near the vector, for a semantic or a hybrid search. vector: JSON array, empty when the client gave one.
    [[nodiscard]] protocol::SearchRequest semanticRequest(const QByteArray &vector) const;
};

/// tenantFilter: JSON text of a filter that every hit must also pass; empty optional: none.
/// pins: of the index; may be empty. Refuses what a node with the logical settings would refuse, in its words; the
/// hidden fields do not exist for clients.
protocol::ApiResult<SearchPlan> planSearch(const protocol::SearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features, const std::optional<std::string> &tenantFilter,
    const std::shared_ptr<const merge::Pins> &pins = {});

/// The attributes of a search's filter, by the logical settings.
protocol::ApiStatus checkFilterAllowed(
    const protocol::MaybeFilter &filter, const protocol::Settings &settings, const std::string &indexUid);

/// The filter a node gets: all members must hold. Each is JSON text (string or array), shardFilter plain text.
std::optional<std::string> joinFilters(
    const std::optional<std::string> &client, const std::optional<std::string> &tenant, const std::string &shardFilter);
/// Body of a search for one node; shardFilter empty: none.
QByteArray bodyWithFilter(const protocol::SearchRequest &node, const std::string &shardFilter);

} // namespace miroir::read
