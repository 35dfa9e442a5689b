// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutesFederation.h"

#include "base/Bytes.h"
#include "localnode/NodeRoutesRequestUid.h"
#include "merge/HitWriter.h"
#include "protocol/AttributeCheck.h"
#include "protocol/Settings.h"

#include <algorithm>

namespace miroir::localnode {

using protocol::ApiResult;
using protocol::ApiStatus;
using protocol::MultiSearchQuery;
using protocol::MultiSearchRequest;

namespace {

ApiStatus fail400(protocol::ApiError error, std::size_t query)
{
    if (std::string_view(error.code->name) == "index_not_found")
        error.status = 400;
    return Err<protocol::ApiError> {protocol::insideQuery(std::move(error), query)};
}

merge::FederationRequest mergeRequest(const MultiSearchRequest &request)
{
    const protocol::Federation &federation = *request.federation;
    merge::FederationRequest merge;
    merge.finite = federation.finite();
    merge.offset = federation.offset;
    merge.limit = federation.limit;
    merge.page = federation.page.value_or(1);
    merge.hitsPerPage = federation.hitsPerPage.value_or(protocol::defaultSearchLimit);
    merge.distinct = federation.distinct;
    merge.mergeFacets = federation.mergeFacets.has_value();
    if (federation.mergeFacets)
        merge.maxValuesPerFacet = federation.mergeFacets->maxValuesPerFacet;
    merge.queryVectors = std::any_of(request.queries.begin(), request.queries.end(),
        [](const MultiSearchQuery &query) { return query.search.retrieveVectors; });
    return merge;
}

merge::FederatedValue sortValue(const RuleScore &rule)
{
    merge::FederatedValue value;
    value.kind = merge::FederatedValue::Kind::Sort;
    value.value = merge::RankEntry::Value::None;
    value.ascending = rule.ascending;
    const auto parsed = json::Document::parse(std::string_view(rule.valueJson));
    const json::Value json = parsed ? parsed->root() : json::Value();
    if (json.isNumber()) {
        value.value = merge::RankEntry::Value::Number;
        value.number = json.toDouble();
    } else if (json.isString()) {
        value.value = merge::RankEntry::Value::Text;
        value.text = json.toString();
    }
    return value;
}

/// Runs of rank rules become one number: the position among all combinations of their ranks.
merge::FederatedScore scoreOf(const Hit &hit, double weight)
{
    merge::FederatedScore out;
    out.score = hit.rankingScore * weight;
    bool inRun = false;
    std::uint64_t rank = 0;
    std::uint64_t maxRank = 1;
    for (const RuleScore &rule : hit.rules) {
        if (rule.kind == RuleScore::Kind::Rank || rule.kind == RuleScore::Kind::Skipped) {
            const std::uint64_t r = rule.kind == RuleScore::Kind::Skipped ? 0 : rule.rank;
            const std::uint64_t m = rule.kind == RuleScore::Kind::Skipped ? 1 : std::max(1U, rule.maxRank);
            rank = inRun ? (rank == 0 ? 0 : rank - 1) * m + r : r;
            maxRank = inRun ? maxRank * m : m;
            if (!inRun)
                out.values.emplace_back();
            out.values.back().number = static_cast<double>(rank) / static_cast<double>(maxRank) * weight;
            inRun = true;
            continue;
        }
        inRun = false;
        if (rule.kind == RuleScore::Kind::Sort) {
            out.values.push_back(sortValue(rule));
            continue;
        }
        merge::FederatedValue value;
        value.ascending = rule.ascending;
        if (rule.kind == RuleScore::Kind::Vector) {
            value.kind = merge::FederatedValue::Kind::Similarity;
            value.number = rule.similarity.value_or(0) * weight;
        } else {
            value.kind = merge::FederatedValue::Kind::Geo;
            if (!rule.distanceMetres)
                value.value = merge::RankEntry::Value::None;
            value.number = rule.distanceMetres.value_or(0);
        }
        out.values.push_back(std::move(value));
    }
    return out;
}

merge::RankedHit rankedHit(const Hit &hit, const merge::FederatedQuery &query)
{
    merge::MergeRequest everything;
    everything.showRankingScore = true;
    everything.showRankingScoreDetails = true;
    everything.formatted = {"*"};
    merge::RankedHit ranked;
    ranked.score = scoreOf(hit, query.weight);
    ranked.order = std::to_string(hit.docid);
    ranked.document = hit.json;
    ranked.semantic = std::any_of(hit.rules.begin(), hit.rules.end(),
        [](const RuleScore &rule) { return rule.kind == RuleScore::Kind::Vector; });
    const auto parsed = json::Document::parse(hit.json);
    MIROIR_ASSERT(parsed.ok()); // written by ourselves
    merge::Hit whole;
    whole.object = parsed->root();
    merge::HitWriter(everything).append(ranked.shown, whole, query.mark(ranked.score.score));
    return ranked;
}

} // namespace

ApiResult<QByteArray> FederatedSearch::run(const MultiSearchRequest &request, bool metadata)
{
    const std::int64_t start = m_clock.monotonicMs();
    m_merge = mergeRequest(request);
    if (auto checked = check(request); !checked)
        return checked.err();
    if (auto collected = collect(request); !collected)
        return collected.err();
    if (request.federation->userContext) {
        protocol::SearchRequest personal;
        personal.userContext = request.federation->userContext;
        if (auto refused = protocol::checkPersonalize(personal); !refused)
            return refused.err();
    }
    const std::vector<PinnedHit> pins = sortedPins();
    merge::FederationRequest wanted = m_merge;
    if (!pins.empty()) {
        // where the page begins is known only when the pins are in their places
        wanted.finite = true;
        wanted.page = 1;
        wanted.hitsPerPage = m_merge.neededHits();
    }
    auto merged = merge::mergeFederation(wanted, found());
    MIROIR_ASSERT(merged.ok()); // facets are written by ourselves
    if (!pins.empty())
        merged->hits = pageWith(pins, merged->hits);
    merge::FederationFrame frame;
    frame.processingTimeMs = static_cast<std::uint64_t>(m_clock.monotonicMs() - start);
    frame.requestUid = freshUuidV7();
    if (metadata) {
        json::Writer w;
        writeMetadata(w, request);
        frame.metadata = w.take().toStdString();
    }
    return merge::writeFederation(m_merge, *merged, frame);
}

ApiStatus FederatedSearch::check(const MultiSearchRequest &request)
{
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        if (auto filter = protocol::checkSearchFilter(request.queries[i].search, m_features); !filter)
            return fail400(filter.error(), i);
    }
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        const MultiSearchQuery &query = request.queries[i];
        if (auto fits = protocol::checkMultiSearchQuery(query, request, m_features); !fits)
            return fail400(fits.error(), i);
        if (auto kind = protocol::checkSearchKind(query.search, m_features); !kind)
            return fail400(kind.error(), i);
        if (!m_indexes.contains(query.indexUid))
            return fail400(protocol::indexNotFound(query.indexUid), i);
    }
    return checkFacets(request);
}

ApiStatus FederatedSearch::checkFacets(const MultiSearchRequest &request)
{
    for (const auto &[uid, facets] : request.federation->facetsByIndex) {
        const auto entry = m_indexes.find(uid);
        ApiStatus valid = Done {};
        if (!entry)
            valid = Err<protocol::ApiError> {protocol::indexNotFound(uid)};
        else if (facets)
            valid = entry->slot->with([&](LocalIndex &index) {
                return protocol::checkFacets(*facets, index.settings().filterableAttributes);
            });
        if (valid)
            continue;
        const auto first = std::find_if(request.queries.begin(), request.queries.end(),
            [&uid = uid](const MultiSearchQuery &query) { return query.indexUid == uid; });
        const bool unused = first == request.queries.end();
        protocol::ApiError error = protocol::insideFacetsByIndex(valid.error(), uid, unused);
        if (!unused)
            return fail400(std::move(error), static_cast<std::size_t>(first - request.queries.begin()));
        if (std::string_view(error.code->name) == "index_not_found")
            error.status = 400;
        return Err<protocol::ApiError> {std::move(error)};
    }
    return Done {};
}

ApiStatus FederatedSearch::collect(const MultiSearchRequest &request)
{
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        auto answer = search(request, i);
        if (!answer)
            return fail400(answer.error(), i);
        add(request, i, std::move(*answer));
    }
    return Done {};
}

ApiResult<FederatedSearch::Answer> FederatedSearch::search(const MultiSearchRequest &request, std::size_t position)
{
    const MultiSearchQuery &query = request.queries[position];
    const auto entry = m_indexes.find(query.indexUid);
    if (!entry)
        return Err<protocol::ApiError> {protocol::indexNotFound(query.indexUid)};
    const auto sameIndex = [&query](const MultiSearchQuery &other) { return other.indexUid == query.indexUid; };
    const bool several = std::count_if(request.queries.begin(), request.queries.end(), sameIndex) > 1;
    return entry->slot->with([&](LocalIndex &index) -> ApiResult<Answer> {
        Found &found = m_found[query.indexUid];
        found.index.uid = query.indexUid;
        found.index.maxTotalHits = index.settings().maxTotalHits;
        protocol::SearchRequest search = query.search;
        std::uint64_t count = m_merge.neededHits();
        // Repeats between queries can only be counted among hits that were asked for.
        if (several)
            count = std::max(count, index.settings().maxTotalHits);
        if (m_merge.finite) {
            search.page = 1;
            search.hitsPerPage = count;
        } else {
            search.offset = 0;
            search.limit = count;
        }
        if (m_merge.distinct)
            search.distinct = m_merge.distinct;
        const auto facets = request.federation->facetsByIndex.find(query.indexUid);
        if (facets != request.federation->facetsByIndex.end() && facets->second) {
            found.index.facets = true;
            if (!facets->second->empty())
                search.facets = facets->second;
            for (const auto &[name, order] : index.settings().faceting.sortFacetValuesBy) {
                found.index.faceting.sortFacetValuesBy.emplace_back(name,
                    order == protocol::FacetOrder::Count ? merge::FacetOrder::Count : merge::FacetOrder::Alpha);
            }
        }
        return searchPinned(index, search, count > m_merge.neededHits());
    });
}

void FederatedSearch::add(const MultiSearchRequest &request, std::size_t position, Answer answered)
{
    const SearchAnswer &answer = answered.whole;
    const MultiSearchQuery &query = request.queries[position];
    Found &found = m_found[query.indexUid];
    merge::FederatedAnswer &out = found.index.queries.emplace_back();
    out.position = position;
    out.semantic = answer.semanticHitCount.has_value();
    out.retrieveVectors = query.search.retrieveVectors;
    out.found.queryVector = answer.queryVector;
    const double weight = query.federationOptions ? query.federationOptions->weight : 1.0;
    const merge::FederatedQuery mark {query.indexUid, position, weight, true};
    found.index.total += answer.total;
    std::uint64_t repeats = 0;
    for (const Hit &hit : answer.hits) {
        repeats += found.seen.insert(hit.docid).second ? 0 : 1;
        merge::RankedHit ranked = rankedHit(hit, mark);
        if (!hit.isPinned())
            out.found.ranked.push_back(std::move(ranked));
        else if (answered.reachedPins.contains(hit.docid))
            found.pins.push_back({hit.rules.front().position, std::move(ranked.shown)});
    }
    found.index.total -= std::min(found.index.total, repeats);
    addFacets(found.facets, answer);
}

void FederatedSearch::addFacets(Facets &facets, const SearchAnswer &answer)
{
    const auto distribution = json::Document::parse(answer.facetDistribution);
    const auto stats = json::Document::parse(answer.facetStats);
    if (!distribution || !stats)
        return; // none were asked for
    for (const json::Member &facet : distribution->root().members()) {
        Facets::Values &values = facets.distribution[facet.key()];
        for (const json::Member &value : facet.value.members()) {
            const std::string name = value.key();
            const std::uint64_t count = value.value.toU64().value_or(0);
            const auto known = std::find_if(
                values.begin(), values.end(), [&](const auto &other) { return other.first == name; });
            if (known == values.end())
                values.emplace_back(name, count);
            else
                known->second = std::max(known->second, count);
        }
    }
    for (const json::Member &facet : stats->root().members()) {
        const double least = facet.value["min"].toDouble();
        const double greatest = facet.value["max"].toDouble();
        const auto [at, isNew] = facets.stats.try_emplace(facet.key(), least, greatest);
        if (!isNew)
            at->second = {std::min(at->second.first, least), std::max(at->second.second, greatest)};
    }
}

QByteArray FederatedSearch::Facets::distributionJson() const
{
    json::Writer w;
    w.beginObject();
    for (const auto &[name, values] : distribution) {
        w.key(name).beginObject();
        for (const auto &[value, count] : values)
            w.key(value).number(count);
        w.endObject();
    }
    return w.endObject().take();
}

QByteArray FederatedSearch::Facets::statsJson() const
{
    json::Writer w;
    w.beginObject();
    for (const auto &[name, range] : stats)
        w.key(name).beginObject().key("min").number(range.first).key("max").number(range.second).endObject();
    return w.endObject().take();
}

std::vector<merge::FederatedIndex> FederatedSearch::found()
{
    std::vector<merge::FederatedIndex> indexes;
    for (auto &[uid, found] : m_found) {
        found.index.facetDistribution = found.facets.distributionJson();
        found.index.facetStats = found.facets.statsJson();
        if (!found.pins.empty())
            found.index.maxTotalHits = roomBeside(found.pins, std::min(m_merge.neededHits(), found.index.maxTotalHits));
        indexes.push_back(std::move(found.index));
    }
    return indexes;
}

void FederatedSearch::writeMetadata(json::Writer &w, const MultiSearchRequest &request) const
{
    w.beginArray();
    for (const MultiSearchQuery &query : request.queries) {
        w.beginObject();
        if (query.search.q && !query.search.q->empty())
            w.key("query").string(*query.search.q);
        w.key("queryUid").string(freshUuidV7()).key("indexUid").string(query.indexUid);
        const auto entry = m_indexes.find(query.indexUid);
        if (entry && entry->info.primaryKey)
            w.key("primaryKey").string(*entry->info.primaryKey);
        w.endObject();
    }
    w.endArray();
}

} // namespace miroir::localnode
