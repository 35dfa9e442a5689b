// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "read/Search.h"
#include "read/SearchPlan.h"

namespace miroir::read {

/// One search on its way: what is asked of the nodes, in one step or in several, and the answer put together. Each step
/// is a scatter of its own with replacements of its own. Lives in the callbacks of its steps; one front thread.
///
/// A hybrid search asks for what the words find and, unless that is good enough, for what is near the vector; the
/// vector is made by one node and given to all. A search whose totals depend on all candidates asks for those first,
/// with several distinct values in a document in as many rounds as it takes: merge::DistinctRounds.
class SearchRun : public std::enable_shared_from_this<SearchRun>
{
public:
    SearchRun(const ReadContext &context, SearchPlan plan, OnMerged done);
    void start();

private:
    /// Gives the number of an answer that makes no sense, as Scatter::OnAnswers.
    using Unusable = std::optional<std::size_t>;
    using Take = std::function<Unusable(const merge::NodeAnswers &)>;
    using OnError = Scatter::OnError;

    void ask(const protocol::SearchRequest &node, Take take, OnError onError = {},
        placement::ShardSet wanted = placement::allShards());
    void ask(ScatterRequest scatter, Take take, OnError onError = {});
    void askOneList();
    void askPage(const protocol::SearchRequest &node);
    void askFacets(merge::MergedSearch page);
    void askForms(const protocol::SearchRequest &forms, merge::MergedSearch page, const merge::NodeAnswers &answers);
    void askCandidates();
    void askSharing(const merge::NodeAnswers &candidates);
    void askPageOfCandidates();
    /// Filters of rounds would leave out pins as well.
    [[nodiscard]] bool mayHaveRounds() const { return !m_plan.candidates.tags.pins; }
    /// Goes on with the candidates that were asked for.
    [[nodiscard]] Unusable beginRounds(const merge::NodeAnswers &candidates);
    [[nodiscard]] Unusable hearRound(const merge::NodeAnswers &answers);
    void settleRounds();
    void askPageOfRounds();
    void askWords();
    void askVector(const std::function<void()> &then);
    void askBoth();
    void finish(merge::MergedSearch merged);
    void refuse(const protocol::ApiError &error) { m_done(Err {error}); }

    ReadContext m_context;
    SearchPlan m_plan;
    OnMerged m_done;
    merge::Candidates m_counted; ///< what is known of totals and facets besides the page
    merge::MergedSearch m_page; ///< while something else is asked for
    merge::NodeAnswers m_candidates; ///< in case there have to be rounds
    std::optional<merge::DistinctRounds> m_rounds;
    int m_roundsLeft = 0;
    bool m_hitsToCome = false; ///< those of the page are not the right ones
    merge::NodeAnswers m_words; ///< answers to the words of a hybrid search
    merge::MergedSearch m_byWords;
    QByteArray m_vector; ///< made by a node; empty: the client's
};

} // namespace miroir::read
