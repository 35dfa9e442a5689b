// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/MultiSearch.h"

#include "base/Bytes.h"
#include "merge/FederatedUnion.h"
#include "read/Limited.h"

namespace miroir::read {

using protocol::ApiError;
using protocol::ApiResult;
using protocol::MultiSearchQuery;
using protocol::MultiSearchRequest;

namespace {

std::vector<std::string> memberNames(const QByteArray &object)
{
    std::vector<std::string> names;
    if (const auto parsed = json::Document::parse(object)) {
        for (const json::Member member : parsed->root().members())
            names.push_back(member.key());
    }
    return names;
}

/// One federated search under way: asks for every query and every union, then merges. Lives as long as its jobs.
class FederatedRun : public std::enable_shared_from_this<FederatedRun>
{
public:
    FederatedRun(ReadContext context, const MultiSearchRequest &request, const MultiSearchOptions &options,
        FederationPlan plan, OnBody done)
        : m_context(std::move(context)), m_request(request), m_options(options), m_plan(std::move(plan)),
          m_done(std::move(done))
    {
        m_context.clock = std::make_shared<WorkClock>();
        for (std::size_t i = 0; i < m_plan.indexes.size(); ++i) {
            for (std::size_t q = 0; q < m_plan.indexes[i].queries.size(); ++q)
                m_jobs.push_back({i, q, false});
            for (std::size_t u = 0; u < m_plan.indexes[i].unions.size(); ++u)
                m_jobs.push_back({i, u, true});
        }
        m_found.resize(m_jobs.size());
        m_counted.resize(m_jobs.size());
        m_errors.resize(m_jobs.size());
    }

    void start()
    {
        runLimited(
            m_jobs.size(), searchesAtOnce,
            [self = shared_from_this()](std::size_t number, const std::function<void()> &finished) {
                if (self->m_jobs[number].isUnion)
                    self->countUnion(number, finished);
                else
                    self->find(number, finished);
            },
            [self = shared_from_this()] { self->m_done(self->answer()); });
    }

private:
    struct Job {
        std::size_t index = 0; ///< of the plan
        std::size_t number = 0; ///< of the query or the union
        bool isUnion = false;
    };

    [[nodiscard]] ReadContext contextOf(const Job &job) const
    {
        ReadContext context = m_context;
        context.index = m_plan.indexes[job.index].index;
        return context;
    }

    void find(std::size_t number, const std::function<void()> &finished)
    {
        const Job &job = m_jobs[number];
        findMerged(contextOf(job), m_plan.indexes[job.index].queries[job.number].search,
            [self = shared_from_this(), number, finished](ApiResult<merge::MergedSearch> merged) {
                if (merged)
                    self->m_found[number] = std::move(*merged);
                else
                    self->m_errors[number] = merged.error();
                finished();
            });
    }

    void countUnion(std::size_t number, const std::function<void()> &finished)
    {
        const Job &job = m_jobs[number];
        const ReadContext context = contextOf(job);
        ScatterRequest scatter = context.scatter("");
        scatter.target = "/multi-search";
        const auto self = shared_from_this();
        const UnionPlan *plan = &m_plan.indexes[job.index].unions[job.number];
        scatter.body = [self, plan](const std::string &filter) { return plan->body(filter); };
        Scatter::run(
            std::move(scatter), context.transport, context.context,
            [self, number, finished](const Scatter::Parts &parts) -> std::optional<std::size_t> {
                merge::NodeAnswers answers = Scatter::answers(parts);
                const auto merged = self->merged(self->m_jobs[number].index, answers);
                if (!merged)
                    return merged.error().answer;
                self->m_counted[number] = std::move(answers);
                finished();
                return std::nullopt;
            },
            [self, number, finished](const ApiError &error) {
                self->m_errors[number] = error;
                finished();
            },
            context.suspect);
    }

    [[nodiscard]] Result<merge::MergedUnion, merge::MergeError> merged(
        std::size_t index, const merge::NodeAnswers &answers) const
    {
        const FederatedIndexPlan &plan = m_plan.indexes[index];
        return merge::mergeUnion(m_plan.merge.finite, plan.index->physical,
            plan.queries.front().search->merge.faceting, answers);
    }

    ApiResult<QByteArray> answer()
    {
        for (std::size_t i = 0; i < m_jobs.size(); ++i) {
            const FederatedIndexPlan &index = m_plan.indexes[m_jobs[i].index];
            if (m_errors[i]) {
                const std::size_t query = m_jobs[i].isUnion ? 0 : m_jobs[i].number;
                return Err {insideMultiSearch(*m_errors[i], index.queries[query].position)};
            }
        }
        if (m_request.federation->userContext) {
            protocol::SearchRequest personal;
            personal.userContext = m_request.federation->userContext;
            if (const auto refused = protocol::checkPersonalize(personal); !refused)
                return refused.err();
        }
        const qint64 searchedNs = m_context.clock->nowNs();
        std::vector<merge::FederatedIndex> indexes = gathered();
        if (m_plan.merge.mergeFacets) {
            std::vector<std::vector<std::string>> names;
            for (const merge::FederatedIndex &index : indexes)
                names.push_back(index.facets ? memberNames(index.facetDistribution) : std::vector<std::string>());
            if (const auto fits = checkFacetOrders(m_plan, names); !fits)
                return fits.err();
        }
        const auto merged = merge::mergeFederation(m_plan.merge, std::move(indexes));
        if (!merged)
            return protocol::refuse("internal", merged.error().message());
        return merge::writeFederation(m_plan.merge, *merged, frame(searchedNs));
    }

    /// The finds of every index, in the order of the plan.
    std::vector<merge::FederatedIndex> gathered()
    {
        std::vector<merge::FederatedIndex> indexes(m_plan.indexes.size());
        std::vector<merge::NodeAnswers> unions(m_plan.indexes.size());
        for (std::size_t i = 0; i < m_plan.indexes.size(); ++i) {
            const FederatedIndexPlan &plan = m_plan.indexes[i];
            indexes[i].uid = plan.index->uid;
            indexes[i].maxTotalHits = plan.index->settings->maxTotalHits;
            indexes[i].facets = plan.facets.has_value();
            indexes[i].faceting = plan.queries.front().search->merge.faceting;
        }
        for (std::size_t i = 0; i < m_jobs.size(); ++i) {
            const Job &job = m_jobs[i];
            if (job.isUnion) {
                merge::NodeAnswers &answers = unions[job.index];
                answers.insert(answers.end(), m_counted[i].begin(), m_counted[i].end());
                continue;
            }
            const FederatedQueryPlan &query = m_plan.indexes[job.index].queries[job.number];
            indexes[job.index].queries.push_back(
                {query.position, query.semantic, query.retrieveVectors, std::move(m_found[i])});
        }
        for (std::size_t i = 0; i < indexes.size(); ++i)
            count(i, unions[i], indexes[i]);
        return indexes;
    }

    void count(std::size_t number, const merge::NodeAnswers &unions, merge::FederatedIndex &index) const
    {
        if (unions.empty()) {
            const merge::MergedSearch &found = index.queries.front().found;
            index.total = found.total;
            if (index.facets && !m_plan.indexes[number].facets->empty()) {
                index.facetDistribution = found.facetDistribution;
                index.facetStats = found.facetStats;
            }
            return;
        }
        auto together = merged(number, unions);
        MIROIR_ASSERT(together.ok()); // each of them was merged when it came
        index.total = together->total;
        index.facetDistribution = std::move(together->facetDistribution);
        index.facetStats = std::move(together->facetStats);
    }

    [[nodiscard]] merge::FederationFrame frame(qint64 searchedNs) const
    {
        merge::FederationFrame frame;
        const qint64 allNs = m_context.clock->nowNs();
        frame.processingTimeMs = m_context.clock->workMs();
        frame.requestUid = m_options.requestUid;
        if (m_options.metadata) {
            json::Writer out;
            out.beginArray();
            for (const MultiSearchQuery &query : m_request.queries)
                out.raw(searchMetadata(*m_context.view->index(query.indexUid), query.search.q, m_options.freshUid()));
            frame.metadata = out.endArray().take().toStdString();
        }
        if (m_request.federation->showPerformanceDetails)
            frame.performanceDetails = performanceJson(allNs, searchedNs);
        return frame;
    }

    ReadContext m_context;
    MultiSearchRequest m_request;
    MultiSearchOptions m_options;
    FederationPlan m_plan;
    OnBody m_done;
    std::vector<Job> m_jobs;
    // by job
    std::vector<merge::MergedSearch> m_found;
    std::vector<merge::NodeAnswers> m_counted;
    std::vector<std::optional<ApiError>> m_errors;
};

} // namespace

void federatedSearch(const ReadContext &context, const MultiSearchRequest &request, const MultiSearchOptions &options,
    OnBody done)
{
    auto plan = planFederation(*context.view, request, options.tenantFilter);
    if (!plan) {
        done(plan.err());
        return;
    }
    std::make_shared<FederatedRun>(context, request, options, std::move(*plan), std::move(done))->start();
}

} // namespace miroir::read
