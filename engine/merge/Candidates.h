// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"

/// What one node would count: totals and facets of a search with `distinct` or with a score that hits must reach.
/// Pure.
///
/// A node takes documents out of the count while it looks for the hits of the page: bucket by bucket, a bucket being
/// the documents about which all ranking rules say the same. A document below the score leaves the count when its
/// bucket is visited, one that shares a distinct value with a hit of a visited bucket at once, wherever it stands; a
/// finite search goes on to keep the first inserted document of each value. So the count depends on all candidates.
/// They are fetched as far as they fit, without `distinct` and the score, and the walk is repeated over them.
namespace miroir::merge {

struct CandidateRequest {
    Tags tags {true, {}};
    std::optional<std::string> distinct;
    std::optional<double> threshold; ///< rankingScoreThreshold
    bool finite = false;
    std::uint64_t wanted = 20; ///< hits up to the end of the page, at most maxTotalHits
    std::uint64_t maxTotalHits = 1000;
    std::uint64_t nodeValuesPerFacet = 0; ///< where a node cuts its facets
    bool distinctFilter = true; ///< a filter may name values of the distinct attribute
    bool distinctRanges = false; ///< a filter may compare the distinct attribute: see valueFilter()
    std::vector<std::string> hiddenFacets; ///< as in MergeRequest
    bool facets = false; ///< the client wants facets; nodes give them for all candidates
    FacetSettings faceting;
};

struct Candidates {
    std::optional<std::uint64_t> total; ///< nothing: it cannot be known from what was fetched
    std::optional<std::pair<QByteArray, QByteArray>> facets; ///< distribution and stats; nothing: not known
    /// Some document has several distinct values: then nodes must not drop documents on their own.
    bool severalValues = false;
    bool inRounds = false; ///< and DistinctRounds can tell each node which documents those are
    bool endsBeyond = false; ///< and has to go on: the walk did not end within what was fetched
    /// What is missing of totals and facets can be had by counting the candidates with one of these distinct values
    /// (with the same facets, no hits): JSON text of a filter; empty: nothing to ask for.
    std::string sharingFilter;
    /// How many of the best candidates hold the hits of the page; nothing: more than were fetched.
    std::optional<std::uint64_t> pageEnd;
};

class FacetMerge;
/// Totals and facets of an estimated search from the counts of all candidates and of those that share a distinct value
/// with a kept document. `total`, `facets`: all candidates. kept: documents with a value that were kept on the walk.
[[nodiscard]] std::optional<MergeError> takeOutSharing(const CandidateRequest &request, std::uint64_t total,
    FacetMerge &facets, const NodeAnswers &sharing, const std::vector<json::Value> &kept, Candidates &out);

/// Answers to a search without distinct and threshold, with offset and limit (not pages), scores and details; hits
/// need the fields of facets and the distinct attribute only. With `distinct` the facet of that attribute is asked for
/// as well.
[[nodiscard]] Result<Candidates, MergeError> judgeCandidates(
    const CandidateRequest &request, const NodeAnswers &answers);
/// The same with the answers to the search for sharingFilter. The former answers must have been judged well; an error
/// names one of `sharing`.
[[nodiscard]] Result<Candidates, MergeError> judgeCandidates(const CandidateRequest &request,
    const NodeAnswers &answers, const NodeAnswers &sharing);

} // namespace miroir::merge
