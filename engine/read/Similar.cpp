// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/SimilarMerge.h"
#include "placement/Shards.h"
#include "protocol/DocumentId.h"
#include "protocol/FilterCheck.h"
#include "read/Search.h"
#include "read/SearchPlan.h"

#include <algorithm>

namespace miroir::read {

using protocol::ApiResult;
using protocol::ApiStatus;

namespace {

/// The document that others are to be near to.
struct Source {
    QByteArray vector; ///< JSON array; empty: it has none
    bool passesFilter = false; ///< it is among the candidates, so it must be taken out of them
};

class SimilarRun : public std::enable_shared_from_this<SimilarRun>
{
public:
    SimilarRun(const ReadContext &context, const protocol::SimilarRequest &request,
        const std::optional<std::string> &tenantFilter, OnBody done)
        : m_context(context), m_request(request), m_tenantFilter(tenantFilter), m_done(std::move(done))
    {
        m_context.clock = std::make_shared<WorkClock>();
    }

    void start(const std::string &id)
    {
        m_id = id;
        askSource(joinFilters(m_request.filter, m_tenantFilter, {}), true);
    }

private:
    void askSource(const std::optional<std::string> &filter, bool whole);
    std::optional<std::size_t> readSource(const merge::NodeAnswer &answer, bool whole);
    void askNear();
    [[nodiscard]] protocol::SearchRequest nearRequest() const;
    std::optional<std::size_t> finish(
        const merge::NodeAnswers &answers, std::vector<placement::ShardSet> shards);
    [[nodiscard]] Scatter::OnError refuse()
    {
        return [self = shared_from_this()](const protocol::ApiError &error) { self->m_done(Err {error}); };
    }

    ReadContext m_context;
    protocol::SimilarRequest m_request;
    std::optional<std::string> m_tenantFilter;
    OnBody m_done;
    std::string m_id;
    Source m_source;
};

/// whole: with the client's filter too. When that hides the document, it is looked for again with the tenant's alone.
void SimilarRun::askSource(const std::optional<std::string> &filter, bool whole)
{
    protocol::DocumentsFetch fetch;
    fetch.limit = 1;
    fetch.ids = std::vector<std::string> {json::quoted(m_id)};
    fetch.fields = std::vector<std::string> {"_vectors"};
    fetch.retrieveVectors = true;
    fetch.filter = filter;
    ScatterRequest scatter = m_context.scatter("/documents/fetch");
    scatter.missing.reset(); // the one shard that knows
    scatter.wanted.reset();
    scatter.wanted.set(placement::shardOf(m_id).value);
    scatter.body = [fetch](const std::string &shards) {
        protocol::DocumentsFetch filtered = fetch;
        filtered.filter = joinFilters(fetch.filter, {}, shards);
        return filtered.toJson();
    };
    Scatter::run(
        std::move(scatter), m_context.transport, m_context.context,
        [self = shared_from_this(), whole](const Scatter::Parts &parts) {
            return self->readSource(parts.front().answer, whole);
        },
        refuse(), m_context.suspect);
}

std::optional<std::size_t> SimilarRun::readSource(const merge::NodeAnswer &answer, bool whole)
{
    const json::Value results = answer.root()["results"];
    if (!results.isArray())
        return 0;
    const json::Value found = results.at(0);
    if (!found && whole && m_request.filter) {
        askSource(m_tenantFilter, false);
        return std::nullopt;
    }
    if (!found) {
        m_done(protocol::refuse("not_found_similar_id", "Document `" + m_id + "` not found."));
        return std::nullopt;
    }
    m_source.passesFilter = whole;
    const json::Value embeddings = found["_vectors"][m_request.embedder]["embeddings"];
    // one embedding, or a list of them of which the first is taken
    const json::Value first = embeddings.at(0).isArray() ? embeddings.at(0) : embeddings;
    if (first.isArray() && first.size() > 0)
        m_source.vector = toBytes(first.raw());
    askNear();
    return std::nullopt;
}

protocol::SearchRequest SimilarRun::nearRequest() const
{
    protocol::SearchRequest near;
    near.filter = joinFilters(m_request.filter, m_tenantFilter, {});
    near.retrieveVectors = m_request.retrieveVectors;
    near.showRankingScore = true;
    near.showRankingScoreDetails = true;
    const std::uint64_t wanted = merge::addSaturated(merge::addSaturated(m_request.offset, m_request.limit), 1);
    near.limit = m_source.vector.isEmpty() ? 0 : std::min(wanted, m_context.index->settings->maxTotalHits);
    if (m_source.vector.isEmpty())
        return near;
    near.hybrid = protocol::Hybrid {m_request.embedder, 1.0F};
    const auto vector = json::Document::parse(m_source.vector);
    MIROIR_ASSERT(vector.ok());
    near.vector.emplace();
    for (const json::Value number : vector->root().items())
        near.vector->push_back(static_cast<float>(number.toDouble()));
    return near;
}

void SimilarRun::askNear()
{
    ScatterRequest scatter = m_context.scatter("/search");
    scatter.body = [near = nearRequest()](const std::string &shards) { return bodyWithFilter(near, shards); };
    Scatter::run(
        std::move(scatter), m_context.transport, m_context.context,
        [self = shared_from_this()](const Scatter::Parts &parts) {
            std::vector<placement::ShardSet> shards;
            for (const Scatter::Part &part : parts)
                shards.push_back(part.shards);
            return self->finish(Scatter::answers(parts), std::move(shards));
        },
        refuse(), m_context.suspect);
}

std::optional<std::size_t> SimilarRun::finish(
    const merge::NodeAnswers &answers, std::vector<placement::ShardSet> shards)
{
    const protocol::Settings &settings = *m_context.index->settings;
    merge::SimilarMergeRequest request;
    request.id = m_id;
    request.primaryKey = m_context.index->primaryKey.value_or(std::string());
    request.sourceCounts = m_source.passesFilter;
    request.threshold = m_request.rankingScoreThreshold;
    request.page.offset = m_request.offset;
    request.page.limit = m_request.limit;
    request.page.maxTotalHits = settings.maxTotalHits;
    request.page.tags = {true, std::move(shards)};
    request.page.showRankingScore = m_request.showRankingScore;
    request.page.showRankingScoreDetails = m_request.showRankingScoreDetails;
    request.page.onlySimilarity = true;
    request.page.displayed = settings.displayedAttributes;
    request.page.retrieve = m_request.attributesToRetrieve;
    const auto merged = merge::mergeSimilar(request, answers);
    if (!merged)
        return merged.error().answer;
    merge::SimilarFrame frame;
    frame.processingTimeMs = m_context.clock->workMs();
    if (m_request.showPerformanceDetails)
        frame.performanceDetails = performanceJson(m_context.clock->nowNs());
    m_done(merge::writeSimilar(request, *merged, frame));
    return std::nullopt;
}

/// In a node's order; gives the canonical id.
ApiResult<std::string> checkSimilar(const ReadContext &context, const protocol::SimilarRequest &request)
{
    const protocol::Settings &settings = *context.index->settings;
    if (!settings.embedders.contains(request.embedder)) {
        return protocol::refuse(
            "invalid_similar_embedder", "Cannot find embedder with name `" + request.embedder + "`.");
    }
    const auto filter = protocol::checkSimilarFilter(request, context.view->features);
    if (!filter)
        return filter.err();
    auto id = protocol::similarId(request);
    if (!id || !*filter)
        return id;
    std::vector<std::string> embedders;
    for (const auto &[name, embedder] : settings.embedders)
        embedders.push_back(name);
    const ApiStatus allowed = protocol::checkFilter(
        **filter, {settings.filterableAttributes, "invalid_similar_filter", {}, {}, std::move(embedders)});
    if (!allowed)
        return allowed.err();
    return id;
}

} // namespace

void similar(const ReadContext &context, const protocol::SimilarRequest &request,
    const std::optional<std::string> &tenantFilter, OnBody done)
{
    const auto id = checkSimilar(context, request);
    if (!id) {
        done(id.err());
        return;
    }
    std::make_shared<SimilarRun>(context, request, tenantFilter, std::move(done))->start(*id);
}

} // namespace miroir::read
