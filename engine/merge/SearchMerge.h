// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "merge/FacetForms.h"
#include "merge/HitList.h"
#include "merge/MergeError.h"
#include "merge/RankedHit.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Answers of several nodes to one search become the answer of one. Pure: values in, values out, any thread.
/// A node is asked with offset 0 and limit min(offset + limit, maxTotalHits) (or page 1 and hitsPerPage
/// min(page * hitsPerPage, maxTotalHits)), showRankingScore and showRankingScoreDetails true, and, when
/// attributesToRetrieve is a list, with the fields below added to it. Its first K hits hold every hit of the
/// global first K that it owns, because the order of two documents does not depend on other documents.
///
/// With a distinct attribute each node leaves the best document of each value, and the merge leaves the best of
/// those. Documents that the merge drops are taken out of the facet counts where their values are known. A node
/// itself counts the first document of each group instead, so facets with distinct are near, not exact:
/// docs/ranking-merge.md.
namespace miroir::merge {

enum class FacetOrder : std::uint8_t { Alpha, Count };

/// The logical settings that decide about facets.
struct FacetSettings {
    std::uint64_t maxValuesPerFacet = 100;
    std::vector<std::pair<std::string, FacetOrder>> sortFacetValuesBy; ///< by facet name; "*" for all others
    [[nodiscard]] FacetOrder orderOf(std::string_view facet) const;
};

/// What the merge must know of the client's request and of the index settings.
struct MergeRequest {
    bool finite = false; ///< page or hitsPerPage was given
    std::uint64_t offset = 0, limit = 20; ///< when not finite
    std::uint64_t page = 1, hitsPerPage = 20; ///< when finite
    std::uint64_t maxTotalHits = 1000; ///< hits beyond are never shown; totals are not cut
    bool cutTotals = false; ///< but are with the feature legacySearch
    std::optional<std::string> distinct; ///< of the request or, without it, of the settings; may be a dotted path
    bool facets = false; ///< the request has a list of facets that is not empty
    /// The total of a finite search with distinct is a number of groups, which only the values of that
    /// attribute tell: ask nodes for the facet `distinct` too, with a maxValuesPerFacet that cuts nothing, and
    /// set this. Exact for attributes with one value.
    bool totalByGroups = false;
    bool distinctFacetAdded = false; ///< the client did not ask for that facet: it is taken out of the answer
    std::vector<std::string> hiddenFacets; ///< filterable on nodes, but not for clients: taken out of the answer
    Tags tags;
    FacetSettings faceting;
    FacetForms facetForms; ///< how to show values of facets, where it is known
    std::uint64_t nodeValuesPerFacet = 0; ///< where a node cuts its facets; 0: not known, so all may be cut
    bool showRankingScore = false;
    bool showRankingScoreDetails = false;
    bool onlySimilarity = false; ///< details show the similarity as the only rule: documents near another one
    std::optional<std::vector<std::string>> displayed; ///< displayedAttributes; nothing or ["*"]: all
    std::optional<std::vector<std::string>> retrieve; ///< attributesToRetrieve; nothing or a list with "*": all
    /// attributesToHighlight and attributesToCrop (names without `:length`): decides what stays in _formatted.
    std::vector<std::string> formatted;
    /// A query of a federated search: the page is given as `ranked` instead of `hits`.
    std::optional<FederatedQuery> federated;
};

struct MergedSearch {
    QByteArray hits; ///< a JSON array of slices of the nodes' bytes
    std::vector<RankedHit> ranked; ///< the page of a federated query, in its order
    std::uint64_t hitCount = 0;
    /// estimatedTotalHits or totalHits: the sum, less the duplicates seen (or, with totalByGroups, the number
    /// of groups).
    std::uint64_t total = 0;
    std::uint64_t totalPages = 0; ///< when finite
    QByteArray facetDistribution, facetStats; ///< objects; empty: member absent
    QByteArray queryVector; ///< of the first answer that has one; empty: absent
    std::optional<std::uint64_t> semanticHitCount; ///< when an answer has one; counted over the page
    bool cutOff = false; ///< a node ran out of time and skipped rules
    /// A hit of the page may be missing: for a document that the merge drops, its node has dropped others by a value
    /// that no kept one has, or one kept document drops so many that a node should have been asked for more. Happens
    /// only where documents have several distinct values: see DistinctRounds.
    bool mayLackHits = false;
    std::uint64_t found = 0; ///< hits in the merged list before the page is taken, at most those that the page needs
    double leastScore = 1; ///< least _rankingScore among them
    bool facetsNeedDocuments = false; ///< FacetMerge::needsDocuments()
    /// Values of facets that no more than maxTotalHits documents have: the first of them tells the form.
    FacetValues inSeveralForms;
};

/// Members of a search answer that are not merged.
struct AnswerFrame {
    std::string query; ///< raw JSON of "query"; empty: taken as ""
    std::uint64_t processingTimeMs = 0;
    std::string requestUid; ///< text, not JSON
    std::string metadata; ///< raw JSON; empty: absent
    std::string indexUid; ///< first member when not empty (results of a multi-search)
    std::string performanceDetails; ///< raw JSON; empty: absent
};

/// Answers in any order; at least one. The fields to add to attributesToRetrieve are mergeFields().
[[nodiscard]] Result<MergedSearch, MergeError> mergeSearch(
    const MergeRequest &request, const NodeAnswers &answers);

/// A hybrid search in two lists: what the words found, and what is near the vector, each asked of the nodes for the
/// hits up to the end of the page. A node weighs scores by the ratio and lets the nearer hit go first when both weigh
/// the same; a document comes once. `semantic` are answers to a hybrid search with a ratio so high that whatever has a
/// vector goes first: that gives the hits of the vector with the marks of the words, and counts of both together.
/// The answers of the words must have passed mergeSearch(); an error names one of `semantic`.
[[nodiscard]] Result<MergedSearch, MergeError> mergeHybrid(const MergeRequest &request,
    const NodeAnswers &words, const NodeAnswers &semantic, float semanticRatio);
/// True when a node would not look at vectors at all: the words fill the page with good hits.
[[nodiscard]] bool wordsAreEnough(const MergeRequest &request, const MergedSearch &words, float semanticRatio);
/// Another total than the merged one, with the pages that follow from it.
void setTotal(const MergeRequest &request, MergedSearch &merged, std::uint64_t total);
/// Positions that hits must be known for: up to the end of the page, at most maxTotalHits.
[[nodiscard]] std::uint64_t hitsNeeded(const MergeRequest &request);

/// What a node must be asked for besides the client's attributesToRetrieve when that is a list without "*":
/// the hidden fields and the distinct attribute. Everything not asked for by the client is stripped again.
[[nodiscard]] std::vector<std::string> mergeFields(const MergeRequest &request);

/// The complete body in a node's key order: hits, query, queryVector?, processingTimeMs,
/// limit/offset/estimatedTotalHits or hitsPerPage/page/totalPages/totalHits, facetDistribution?, facetStats?,
/// requestUid, metadata?, performanceDetails?, semanticHitCount?.
[[nodiscard]] QByteArray writeSearch(
    const MergeRequest &request, const MergedSearch &merged, const AnswerFrame &frame);

} // namespace miroir::merge
