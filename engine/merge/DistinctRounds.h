// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/Candidates.h"
#include "merge/Distinct.h"
#include "merge/HitList.h"
#include "placement/Shards.h"

#include <deque>
#include <string>
#include <unordered_set>
#include <vector>

/// The walk over the candidates of a search with `distinct`, beyond those that nodes give at once, where documents
/// have several distinct values. Pure.
///
/// A node alone cannot say what it has to give: a document that it keeps may be dropped for one on another node, and
/// then those that it has dropped for it count again. So nodes are asked for candidates without `distinct`, in rounds.
/// What comes before the last hit of every node is known to be complete; over that the documents are kept or dropped
/// for good. The next round leaves out what shares a value with a kept document, so that it begins where the last one
/// ended, however many documents lie in between; at least one more document is kept in each.
///
/// A round may also leave the dropping to the nodes, which skips long runs of documents with the same values. Complete
/// is then what comes before the first document that is dropped here but has a value that nothing excludes: by it its
/// node may have dropped others. Each round is of the kind that has kept more lately.
///
/// In the end each node is asked for its own kept documents: with `distinct`, and without the values of documents that
/// are kept on other nodes. What it keeps then is what is kept of it.
namespace miroir::merge {

class DistinctRounds
{
public:
    explicit DistinctRounds(CandidateRequest request);

    /// First the answers to the question for candidates, then those to the question for each round: as for
    /// judgeCandidates(), but with `distinct` if nodesDrop(), without facets and, with a threshold, only with documents
    /// that reach it. An error names an answer, and nothing has changed.
    [[nodiscard]] std::optional<MergeError> add(const NodeAnswers &answers, const Tags &tags);

    [[nodiscard]] bool pageKnown() const { return m_kept.size() >= m_request.wanted || m_whole; }
    /// And what is needed for totals, if rounds can tell them: all that one node would look at.
    [[nodiscard]] bool over() const { return pageKnown() && (m_bucketOver || m_whole || !counts()); }
    /// There is something to ask for. Not so when documents that no filter leaves out (those without a value, behind
    /// the page only) take up all that nodes give.
    [[nodiscard]] bool goesOn() const { return !over() && !m_stuck; }
    /// The totals and facets can be had by settle().
    [[nodiscard]] bool counts() const { return !m_request.finite && !m_request.threshold; }

    /// The next round: whether with `distinct`, a filter, as JSON text, that leaves out what is settled, and for how
    /// many hits to ask.
    [[nodiscard]] bool nodesDrop() const { return m_nodesDrop; }
    [[nodiscard]] std::string openFilter() const;
    [[nodiscard]] std::uint64_t openHits() const;

    /// What counts the documents that share a value with a kept one: Candidates::sharingFilter.
    [[nodiscard]] std::string sharingFilter() const;
    /// Totals and facets, when over(). An error names one of `sharing`, which is empty when sharingFilter() is.
    [[nodiscard]] Result<Candidates, MergeError> settle(const NodeAnswers &sharing) const;

    /// The kept documents up to the end of the page in some shards: how many, and a filter (JSON text; empty: none)
    /// against what the others exclude.
    struct Own {
        std::uint64_t hits = 0;
        std::string filter;
    };
    [[nodiscard]] Own ownOf(const placement::ShardSet &shards) const;

private:
    struct Kept {
        json::Value document;
        std::vector<std::string> keys;
        std::optional<ShardId> shard;
    };
    /// False when nothing behind it is certain.
    [[nodiscard]] bool look(const Hit &hit);
    void chooseNext(std::uint64_t kept, bool more);
    [[nodiscard]] std::string filterOf(std::vector<std::string> keys, bool without) const;

    CandidateRequest m_request;
    std::vector<NodeAnswers> m_answers; ///< of all rounds: kept documents lie in them
    std::deque<HitList> m_lists; ///< m_last lies in one
    Distinct m_distinct;
    std::vector<Kept> m_kept; ///< best first
    std::unordered_set<std::string> m_loose; ///< orders of kept documents without a value, which no filter leaves out
    std::uint64_t m_total = 0; ///< of all candidates
    bool m_nodesDrop = false;
    std::uint64_t m_keptLast[2] = {0, UINT64_MAX}; ///< by the last round of a kind; the second: with `distinct`
    std::uint64_t m_hits; ///< of the next round, but for loose ones
    const RankKey *m_last = nullptr; ///< of the last hit of the page
    bool m_bucketOver = false; ///< a document behind the bucket of that hit was seen
    bool m_stuck = false; ///< the last rounds told nothing, and no greater ones can be asked for
    bool m_whole = false; ///< the last round gave all there is
};

} // namespace miroir::merge
