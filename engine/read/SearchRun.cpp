// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/SearchRun.h"

#include "base/Bytes.h"
#include "json/Json.h"

namespace miroir::read {

namespace {

constexpr int roundsMax = 32; ///< each keeps a document at least, and many as a rule

/// So many candidates more than hits are not worth a second look at them.
constexpr std::uint64_t deepPage = 100;

/// One shard: enough to be answered by one node.
placement::ShardSet anyShard()
{
    return placement::ShardSet().set(0);
}

} // namespace

SearchRun::SearchRun(const ReadContext &context, SearchPlan plan, OnMerged done)
    : m_context(context), m_plan(std::move(plan)), m_done(std::move(done))
{
}

void SearchRun::start()
{
    switch (m_plan.mode) {
    case protocol::SearchMode::Keyword:
        askOneList();
        break;
    case protocol::SearchMode::Semantic:
        askVector([self = shared_from_this()] {
            self->m_plan.node = self->m_plan.semanticRequest(self->m_vector);
            self->askOneList();
        });
        break;
    case protocol::SearchMode::Hybrid:
        askWords();
        break;
    }
}

void SearchRun::ask(
    const protocol::SearchRequest &node, Take take, OnError onError, placement::ShardSet wanted)
{
    ScatterRequest scatter = m_context.scatter("/search");
    scatter.wanted = wanted;
    scatter.body = [node](const std::string &filter) { return bodyWithFilter(node, filter); };
    ask(std::move(scatter), std::move(take), std::move(onError));
}

void SearchRun::ask(ScatterRequest scatter, Take take, OnError onError)
{
    if (!onError)
        onError = [self = shared_from_this()](const protocol::ApiError &error) { self->refuse(error); };
    Scatter::run(
        std::move(scatter), m_context.transport, m_context.context,
        [self = shared_from_this(), take = std::move(take)](const Scatter::Parts &parts) {
            std::vector<placement::ShardSet> shards;
            for (const Scatter::Part &part : parts)
                shards.push_back(part.shards);
            self->m_plan.merge.tags.shards = shards;
            self->m_plan.candidates.tags.shards = std::move(shards);
            return take(Scatter::answers(parts));
        },
        std::move(onError), m_context.suspect);
}

void SearchRun::askOneList()
{
    if (m_plan.countsCandidates)
        askCandidates();
    else
        askPage(m_plan.node);
}

void SearchRun::askPage(const protocol::SearchRequest &node)
{
    ask(node, [self = shared_from_this()](const merge::NodeAnswers &answers) -> Unusable {
        auto merged = merge::mergeSearch(self->m_plan.merge, answers);
        if (!merged)
            return merged.error().answer;
        if (merged->mayLackHits && !self->m_candidates.empty() && self->mayHaveRounds()) {
            self->m_page = std::move(*merged);
            return self->beginRounds(std::exchange(self->m_candidates, {}));
        }
        const bool fits = self->m_plan.mode == protocol::SearchMode::Keyword
            && !self->m_plan.node.rankingScoreThreshold && merged->total <= self->m_plan.merge.maxTotalHits;
        if (merged->facetsNeedDocuments && fits) {
            self->askFacets(std::move(*merged));
            return std::nullopt;
        }
        std::optional<protocol::SearchRequest> forms;
        if (!merged->inSeveralForms.empty())
            forms = self->m_plan.formsRequest(merged->inSeveralForms);
        if (forms)
            self->askForms(*forms, std::move(*merged), answers);
        else
            self->finish(std::move(*merged));
        return std::nullopt;
    });
}

/// Too many documents to count in, but few that have the values in question.
void SearchRun::askForms(
    const protocol::SearchRequest &forms, merge::MergedSearch page, const merge::NodeAnswers &answers)
{
    m_page = std::move(page);
    const auto take = [self = shared_from_this(), answers](const merge::NodeAnswers &documents) -> Unusable {
        const merge::FacetValues values = self->m_page.inSeveralForms;
        const auto found = merge::firstForms(values, self->m_plan.candidates.tags, documents);
        if (!found)
            return found.error().answer;
        if (*found) {
            self->m_plan.merge.facetForms = **found;
            self->m_plan.merge.tags = {false, {}, self->m_plan.merge.tags.pins}; // the answers were looked at before
            if (auto again = merge::mergeSearch(self->m_plan.merge, answers))
                self->m_page = std::move(*again);
        }
        self->finish(std::move(self->m_page));
        return std::nullopt;
    };
    // A filter may be forbidden where a facet is allowed: then the page is as it is.
    ask(forms, take,
        [self = shared_from_this()](const protocol::ApiError &) { self->finish(std::move(self->m_page)); });
}

/// What nodes list does not tell how one node counts the facets; the documents do.
void SearchRun::askFacets(merge::MergedSearch page)
{
    m_page = std::move(page);
    ask(m_plan.candidatesRequest(), [self = shared_from_this()](const merge::NodeAnswers &answers) -> Unusable {
        const auto judged = merge::judgeCandidates(self->m_plan.candidates, answers);
        if (!judged)
            return judged.error().answer;
        self->m_counted.facets = judged->facets;
        self->finish(std::move(self->m_page));
        return std::nullopt;
    });
}

void SearchRun::askCandidates()
{
    ask(m_plan.candidatesRequest(),
        [self = shared_from_this()](const merge::NodeAnswers &answers) -> Unusable {
            const auto judged = merge::judgeCandidates(self->m_plan.candidates, answers);
            if (!judged)
                return judged.error().answer;
            if (judged->endsBeyond && self->mayHaveRounds())
                return self->beginRounds(answers);
            self->m_counted = *judged;
            const std::uint64_t depth = judged->pageEnd.value_or(0);
            const bool deep = judged->inRounds && depth > self->m_plan.candidates.wanted + deepPage;
            if (!judged->pageEnd || deep)
                self->m_candidates = answers;
            if (self->m_counted.sharingFilter.empty())
                self->askPageOfCandidates();
            else
                self->askSharing(answers);
            return std::nullopt;
        });
}

void SearchRun::askSharing(const merge::NodeAnswers &candidates)
{
    ask(m_plan.sharingRequest(m_counted.sharingFilter),
        [self = shared_from_this(), candidates](const merge::NodeAnswers &answers) -> Unusable {
            self->m_plan.candidates.tags.shards.clear(); // they are those of the answers to the second question
            const auto judged = merge::judgeCandidates(self->m_plan.candidates, candidates, answers);
            if (!judged)
                return judged.error().answer;
            self->m_counted = *judged;
            self->askPageOfCandidates();
            return std::nullopt;
        });
}

void SearchRun::askPageOfCandidates()
{
    const merge::Candidates &candidates = m_counted;
    if (candidates.facets) { // counting them again would be in vain
        m_plan.node.facets.reset();
        m_plan.merge.facets = false;
    }
    const bool dropHere = candidates.severalValues && candidates.pageEnd;
    if (dropHere && !m_candidates.empty()) {
        m_rounds.emplace(m_plan.candidates);
        const auto wrong = m_rounds->add(std::exchange(m_candidates, {}), {true, {}});
        MIROIR_ASSERT(!wrong); // they were judged before
        if (candidates.total && !m_plan.merge.facets)
            return askPageOfRounds();
    }
    askPage(dropHere ? m_plan.pageOfCandidates(*candidates.pageEnd) : m_plan.node);
}

SearchRun::Unusable SearchRun::beginRounds(const merge::NodeAnswers &candidates)
{
    m_counted = {};
    m_rounds.emplace(m_plan.candidates);
    m_roundsLeft = roundsMax;
    m_plan.candidates.tags.shards.clear(); // the candidates have been looked at
    return hearRound(candidates);
}

SearchRun::Unusable SearchRun::hearRound(const merge::NodeAnswers &answers)
{
    if (const auto wrong = m_rounds->add(answers, m_plan.candidates.tags))
        return wrong->answer;
    if (!m_rounds->goesOn() || m_roundsLeft-- == 0) {
        settleRounds();
        return std::nullopt;
    }
    ask(m_plan.roundRequest(*m_rounds), [self = shared_from_this()](const merge::NodeAnswers &round) {
        return self->hearRound(round);
    });
    return std::nullopt;
}

/// What totals and facets rounds do not tell are those of the page as nodes see it.
void SearchRun::settleRounds()
{
    m_hitsToCome = m_rounds->pageKnown();
    if (!m_rounds->over() || !m_rounds->counts()) {
        askPage(m_plan.node);
        return;
    }
    const auto settle = [self = shared_from_this()](const merge::NodeAnswers &sharing) -> Unusable {
        const auto settled = self->m_rounds->settle(sharing);
        if (!settled)
            return settled.error().answer;
        self->m_counted = *settled;
        if (settled->facets || !self->m_plan.merge.facets)
            self->askPageOfRounds();
        else
            self->askPage(self->m_plan.node);
        return std::nullopt;
    };
    const std::string filter = m_rounds->sharingFilter();
    if (filter.empty()) // only documents without a value are kept: nothing shares one
        settle({});
    else
        ask(m_plan.sharingRequest(filter), settle);
}

void SearchRun::askPageOfRounds()
{
    m_hitsToCome = false;
    m_plan.merge.facets = false;
    ScatterRequest scatter = m_context.scatter("/search");
    scatter.bodyOfShards = [self = shared_from_this()](const std::string &filter, const placement::ShardSet &shards) {
        return bodyWithFilter(self->m_plan.pageOfRounds(*self->m_rounds, shards), filter);
    };
    ask(std::move(scatter), [self = shared_from_this()](const merge::NodeAnswers &answers) -> Unusable {
        auto merged = merge::mergeSearch(self->m_plan.merge, answers);
        if (!merged)
            return merged.error().answer;
        merged->facetDistribution = self->m_page.facetDistribution;
        merged->facetStats = self->m_page.facetStats;
        merged->total = self->m_page.total;
        merged->totalPages = self->m_page.totalPages;
        self->finish(std::move(*merged));
        return std::nullopt;
    });
}

void SearchRun::askWords()
{
    ask(m_plan.wordsRequest(), [self = shared_from_this()](const merge::NodeAnswers &answers) -> Unusable {
        auto merged = merge::mergeSearch(self->m_plan.merge, answers);
        if (!merged)
            return merged.error().answer;
        merged->semanticHitCount = 0;
        if (merge::wordsAreEnough(self->m_plan.merge, *merged, self->m_plan.node.hybrid->semanticRatio)) {
            self->finish(std::move(*merged));
            return std::nullopt;
        }
        self->m_words = answers;
        self->m_byWords = std::move(*merged);
        self->askVector([self] { self->askBoth(); });
        return std::nullopt;
    });
}

/// Embedding costs time and often money, and two nodes need not get the same vector: one of them makes it for all.
void SearchRun::askVector(const std::function<void()> &then)
{
    if (m_plan.node.vector) {
        then();
        return;
    }
    const auto failed = [self = shared_from_this()](const protocol::ApiError &error) {
        // as a node does: a hybrid search whose query cannot be embedded is a search by words
        if (self->m_plan.mode == protocol::SearchMode::Hybrid
            && std::string_view(error.code->name) == "vector_embedding_error")
            self->finish(std::move(self->m_byWords));
        else
            self->refuse(error);
    };
    const auto take = [self = shared_from_this(), then](const merge::NodeAnswers &answers) -> Unusable {
        const json::Value vector = answers.front().root()["queryVector"];
        if (!vector.isArray() || vector.size() == 0)
            return 0;
        for (const json::Value number : vector.items()) {
            if (!number.isNumber())
                return 0;
        }
        self->m_vector = toBytes(vector.raw());
        then();
        return std::nullopt;
    };
    ask(m_plan.vectorRequest(), take, failed, anyShard());
}

void SearchRun::askBoth()
{
    ask(m_plan.semanticRequest(m_vector),
        [self = shared_from_this()](const merge::NodeAnswers &answers) -> Unusable {
            auto merged = merge::mergeHybrid(
                self->m_plan.merge, self->m_words, answers, self->m_plan.node.hybrid->semanticRatio);
            if (!merged)
                return merged.error().answer;
            self->finish(std::move(*merged));
            return std::nullopt;
        });
}

void SearchRun::finish(merge::MergedSearch merged)
{
    if (m_hitsToCome) {
        m_page = std::move(merged);
        askPageOfRounds();
        return;
    }
    if (m_counted.total)
        merge::setTotal(m_plan.merge, merged, *m_counted.total);
    if (m_counted.facets) {
        merged.facetDistribution = m_counted.facets->first;
        merged.facetStats = m_counted.facets->second;
    }
    m_done(std::move(merged));
}

} // namespace miroir::read
