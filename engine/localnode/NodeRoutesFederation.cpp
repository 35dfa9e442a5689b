// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutesFederation.h"

#include "base/Bytes.h"
#include "localnode/NodeRoutesRequestUid.h"
#include "protocol/AttributeCheck.h"
#include "protocol/Settings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace miroir::localnode {

using protocol::ApiResult;
using protocol::ApiStatus;
using protocol::MultiSearchQuery;
using protocol::MultiSearchRequest;

namespace {

bool almostEqual(double a, double b)
{
    return std::abs(a - b) <= std::numeric_limits<double>::epsilon();
}

int order(double a, double b)
{
    return almostEqual(a, b) ? 0 : a < b ? -1 : 1;
}

/// Null is worst, then strings, then numbers; within a kind the smaller is better when ascending.
int compareSortJson(const std::string &a, const std::string &b, bool ascending)
{
    const auto left = json::Document::parse(std::string_view(a));
    const auto right = json::Document::parse(std::string_view(b));
    const auto rank = [](const json::Value &v) { return v.isNumber() ? 2 : v.isString() ? 1 : 0; };
    const json::Value l = left ? left->root() : json::Value();
    const json::Value r = right ? right->root() : json::Value();
    if (rank(l) != rank(r))
        return rank(l) < rank(r) ? -1 : 1;
    int order = 0;
    if (l.isNumber())
        order = l.toDouble() < r.toDouble() ? -1 : l.toDouble() > r.toDouble() ? 1 : 0;
    else if (l.isString())
        order = l.toString().compare(r.toString());
    return ascending ? -order : order;
}

ApiStatus fail400(protocol::ApiError error, std::size_t query)
{
    if (std::string_view(error.code->name) == "index_not_found")
        error.status = 400;
    return Err<protocol::ApiError> {protocol::insideQuery(std::move(error), query)};
}

} // namespace

std::uint64_t FederatedSearch::needed(const MultiSearchRequest &request)
{
    const std::uint64_t first = request.federation->firstHit();
    const std::uint64_t count = request.federation->hitCount();
    return first > std::numeric_limits<std::uint64_t>::max() - count ? std::numeric_limits<std::uint64_t>::max()
                                                                      : first + count;
}

ApiResult<QByteArray> FederatedSearch::run(const MultiSearchRequest &request, bool metadata)
{
    const std::int64_t start = m_clock.monotonicMs();
    if (auto checked = check(request); !checked)
        return checked.err();
    if (auto collected = collect(request); !collected)
        return collected.err();
    std::stable_sort(m_candidates.begin(), m_candidates.end(),
                     [](const Candidate &a, const Candidate &b) { return compare(a, b) > 0; });
    dropRepeats(request);
    if (request.federation->userContext) {
        protocol::SearchRequest personal;
        personal.userContext = request.federation->userContext;
        if (auto refused = protocol::checkPersonalize(personal); !refused)
            return refused.err();
    }
    return toJson(request, start, metadata);
}

ApiStatus FederatedSearch::check(const MultiSearchRequest &request)
{
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        if (auto filter = protocol::checkSearchFilter(request.queries[i].search, m_features); !filter)
            return fail400(filter.error(), i);
    }
    std::set<std::string_view> asked;
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        const MultiSearchQuery &query = request.queries[i];
        asked.insert(query.indexUid);
        if (auto fits = protocol::checkMultiSearchQuery(query, request, m_features); !fits)
            return fail400(fits.error(), i);
        if (auto kind = protocol::checkSearchKind(query.search, m_features); !kind)
            return fail400(kind.error(), i);
        if (!m_indexes.contains(query.indexUid))
            return fail400(protocol::indexNotFound(query.indexUid), i);
    }
    for (const auto &[uid, facets] : request.federation->facetsByIndex) {
        const auto entry = m_indexes.find(uid);
        ApiStatus valid = Done {};
        if (!entry)
            valid = Err<protocol::ApiError> {protocol::indexNotFound(uid)};
        else if (facets)
            valid = entry->slot->with([&](LocalIndex &index) {
                return protocol::checkFacets(*facets, index.settings().filterableAttributes);
            });
        if (!valid) {
            protocol::ApiError error = protocol::insideFacetsByIndex(valid.error(), uid, !asked.contains(uid));
            if (std::string_view(error.code->name) == "index_not_found")
                error.status = 400;
            return Err<protocol::ApiError> {std::move(error)};
        }
    }
    return Done {};
}

ApiStatus FederatedSearch::collect(const MultiSearchRequest &request)
{
    std::map<std::string_view, int> queriesOfIndex;
    for (const MultiSearchQuery &query : request.queries)
        ++queriesOfIndex[query.indexUid];
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        const MultiSearchQuery &query = request.queries[i];
        const auto entry = m_indexes.find(query.indexUid);
        if (!entry)
            return fail400(protocol::indexNotFound(query.indexUid), i);
        const auto answer = entry->slot->with([&](LocalIndex &index) {
            protocol::SearchRequest search = query.search;
            std::uint64_t count = needed(request);
            // Repeats between queries can only be counted among hits that were asked for.
            if (queriesOfIndex[query.indexUid] > 1)
                count = std::max(count, index.settings().maxTotalHits);
            if (request.federation->finite()) {
                search.page = 1;
                search.hitsPerPage = count;
            } else {
                search.offset = 0;
                search.limit = count;
            }
            if (request.federation->distinct)
                search.distinct = request.federation->distinct;
            const auto facets = request.federation->facetsByIndex.find(query.indexUid);
            if (facets != request.federation->facetsByIndex.end() && facets->second && !facets->second->empty())
                search.facets = facets->second;
            return index.search(search);
        });
        if (!answer)
            return fail400(answer.error(), i);
        add(query, i, *answer);
    }
    return Done {};
}

void FederatedSearch::add(const MultiSearchQuery &query, std::size_t position, SearchAnswer answer)
{
    const double weight = query.federationOptions ? query.federationOptions->weight : 1.0;
    m_total += answer.total;
    m_semantic = m_semantic || answer.semanticHitCount.has_value();
    if (query.search.retrieveVectors && !answer.queryVector.isEmpty())
        m_queryVectors.emplace(position, answer.queryVector);
    addFacets(query.indexUid, answer);
    for (Hit &hit : answer.hits) {
        Candidate candidate;
        candidate.query = position;
        candidate.weightedScore = hit.rankingScore * weight;
        candidate.values = scoreValues(hit, weight);
        candidate.semantic = std::any_of(hit.rules.begin(), hit.rules.end(), [](const RuleScore &rule) {
            return rule.kind == RuleScore::Kind::Vector;
        });
        candidate.hit = std::move(hit);
        m_candidates.push_back(std::move(candidate));
    }
}

/// Runs of rank rules become one number: the position among all combinations of their ranks.
std::vector<FederatedSearch::ScoreValue> FederatedSearch::scoreValues(const Hit &hit, double weight)
{
    std::vector<ScoreValue> values;
    bool inRun = false;
    std::uint64_t rank = 0;
    std::uint64_t maxRank = 1;
    const auto closeRun = [&] {
        if (!inRun)
            return;
        ScoreValue value;
        value.number = static_cast<double>(rank) / static_cast<double>(maxRank) * weight;
        values.push_back(value);
        inRun = false;
    };
    for (const RuleScore &rule : hit.rules) {
        if (rule.kind == RuleScore::Kind::Rank || rule.kind == RuleScore::Kind::Skipped) {
            const std::uint64_t r = rule.kind == RuleScore::Kind::Skipped ? 0 : rule.rank;
            const std::uint64_t m = rule.kind == RuleScore::Kind::Skipped ? 1 : std::max(1U, rule.maxRank);
            rank = inRun ? (rank == 0 ? 0 : rank - 1) * m + r : r;
            maxRank = inRun ? maxRank * m : m;
            inRun = true;
            continue;
        }
        closeRun();
        ScoreValue value;
        value.ascending = rule.ascending;
        if (rule.kind == RuleScore::Kind::Vector) {
            value.number = rule.similarity.value_or(0) * weight;
        } else if (rule.kind == RuleScore::Kind::Sort) {
            value.kind = ScoreValue::Kind::Sort;
            value.valueJson = rule.valueJson;
        } else {
            value.kind = ScoreValue::Kind::Geo;
            value.present = rule.distanceMetres.has_value();
            value.number = rule.distanceMetres.value_or(0);
        }
        values.push_back(std::move(value));
    }
    closeRun();
    return values;
}

std::optional<int> FederatedSearch::compareValues(const ScoreValue &a, const ScoreValue &b)
{
    if (a.kind != b.kind || (a.kind != ScoreValue::Kind::Number && a.ascending != b.ascending))
        return std::nullopt;
    if (a.kind == ScoreValue::Kind::Number)
        return order(a.number, b.number);
    if (a.kind == ScoreValue::Kind::Sort)
        return compareSortJson(a.valueJson, b.valueJson, a.ascending);
    if (!a.present || !b.present)
        return a.present == b.present ? 0 : a.present ? 1 : -1;
    return a.ascending ? order(b.number, a.number) : order(a.number, b.number);
}

int FederatedSearch::compare(const Candidate &a, const Candidate &b)
{
    const std::size_t common = std::min(a.values.size(), b.values.size());
    const auto bySize = [](std::size_t left, std::size_t right) { return left < right ? -1 : left > right ? 1 : 0; };
    for (std::size_t i = 0; i < common; ++i) {
        const std::optional<int> order = compareValues(a.values[i], b.values[i]);
        if (order == 0)
            continue;
        if (order)
            return *order;
        // Different kinds say nothing about each other: more rules left wins, then the whole score.
        if (const int longer = bySize(a.values.size(), b.values.size()); longer != 0)
            return longer;
        return a.weightedScore < b.weightedScore ? -1 : a.weightedScore > b.weightedScore ? 1 : 0;
    }
    return bySize(a.values.size(), b.values.size());
}

void FederatedSearch::dropRepeats(const MultiSearchRequest &request)
{
    std::set<std::pair<std::string_view, DocId>> seen;
    std::set<std::string> distinctValues;
    std::uint64_t dropped = 0;
    std::vector<Candidate> kept;
    for (Candidate &candidate : m_candidates) {
        bool keep = seen.emplace(request.queries[candidate.query].indexUid, candidate.hit.docid).second;
        if (keep && request.federation->distinct) {
            const auto hit = json::Document::parse(candidate.hit.json);
            const json::Value value = hit ? hit->root()[*request.federation->distinct] : json::Value();
            if (value && !value.isNull())
                keep = distinctValues.insert(json::compact(value)).second;
        }
        if (keep)
            kept.push_back(std::move(candidate));
        else
            ++dropped;
    }
    m_candidates = std::move(kept);
    m_total -= std::min(m_total, dropped);
}

void FederatedSearch::addFacetStats(std::map<std::string, std::pair<double, double>> &into, const json::Value &stats)
{
    for (const json::Member &facet : stats.members()) {
        const double least = facet.value["min"].toDouble();
        const double greatest = facet.value["max"].toDouble();
        const auto [at, isNew] = into.try_emplace(facet.key(), least, greatest);
        if (!isNew)
            at->second = {std::min(at->second.first, least), std::max(at->second.second, greatest)};
    }
}

void FederatedSearch::addFacets(const std::string &uid, const SearchAnswer &answer)
{
    if (answer.facetDistribution.isEmpty())
        return;
    Facets &facets = m_facets[uid];
    if (const auto distribution = json::Document::parse(answer.facetDistribution)) {
        for (const json::Member &facet : distribution->root().members()) {
            Facets::Values &values = facets.distribution[facet.key()];
            for (const json::Member &value : facet.value.members()) {
                const std::string name = value.key();
                const std::uint64_t count = value.value.toU64().value_or(0);
                const auto known = std::find_if(values.begin(), values.end(),
                                                [&](const auto &other) { return other.first == name; });
                if (known == values.end())
                    values.emplace_back(name, count);
                else
                    known->second = std::max(known->second, count);
            }
        }
    }
    if (const auto stats = json::Document::parse(answer.facetStats))
        addFacetStats(facets.stats, stats->root());
}

FederatedSearch::Facets FederatedSearch::mergedFacets(const protocol::Federation &federation) const
{
    Facets merged;
    for (const auto &[uid, facets] : m_facets) {
        for (const auto &[name, values] : facets.distribution) {
            Facets::Values &into = merged.distribution[name];
            for (const auto &[value, count] : values) {
                const auto known = std::find_if(into.begin(), into.end(),
                                                [&, text = std::string_view(value)](const auto &other) {
                                                    return other.first == text;
                                                });
                if (known == into.end())
                    into.emplace_back(value, count);
                else
                    known->second += count;
            }
        }
        for (const auto &[name, range] : facets.stats) {
            const auto [at, isNew] = merged.stats.try_emplace(name, range);
            if (!isNew)
                at->second = {std::min(at->second.first, range.first), std::max(at->second.second, range.second)};
        }
    }
    const std::uint64_t limit = federation.mergeFacets->maxValuesPerFacet.value_or(100);
    for (auto &[name, values] : merged.distribution) {
        const auto first = m_facets.size() > 1 ? m_indexes.find(m_facets.begin()->first) : std::nullopt;
        if (first) {
            const auto wanted = first->slot->with(
                [facet = std::string_view(name)](LocalIndex &index) { return index.settings().faceting.order(facet); });
            std::stable_sort(values.begin(), values.end(), [wanted](const auto &a, const auto &b) {
                return wanted == protocol::FacetOrder::Count ? a.second > b.second : a.first < b.first;
            });
        }
        if (values.size() > limit)
            values.resize(static_cast<std::size_t>(limit));
    }
    return merged;
}

void FederatedSearch::writeFacets(json::Writer &w, const Facets &facets, const char *distribution, const char *stats)
{
    w.key(distribution).beginObject();
    for (const auto &[name, values] : facets.distribution) {
        w.key(name).beginObject();
        for (const auto &[value, count] : values)
            w.key(value).number(count);
        w.endObject();
    }
    w.endObject().key(stats).beginObject();
    for (const auto &[name, range] : facets.stats)
        w.key(name).beginObject().key("min").number(range.first).key("max").number(range.second).endObject();
    w.endObject();
}

/// The page of hits; gives how many of them a vector found.
std::uint64_t FederatedSearch::writeHits(json::Writer &w, const MultiSearchRequest &request) const
{
    const protocol::Federation &federation = *request.federation;
    const std::uint64_t first = std::min<std::uint64_t>(federation.firstHit(), m_candidates.size());
    const std::uint64_t count = std::min<std::uint64_t>(federation.hitCount(), m_candidates.size() - first);
    std::uint64_t semanticHits = 0;
    w.key("hits").beginArray();
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(first + count); ++i) {
        const Candidate &candidate = m_candidates[i];
        json::Writer extra;
        extra.beginObject().key("indexUid").string(request.queries[candidate.query].indexUid);
        extra.key("queriesPosition").number(static_cast<std::uint64_t>(candidate.query));
        extra.key("weightedRankingScore").number(candidate.weightedScore).endObject();
        QByteArray hit = candidate.hit.json;
        hit.chop(1);
        hit += QByteArray(hit.size() > 1 ? "," : "") + "\"_federation\":" + extra.bytes() + '}';
        w.raw(sv(hit));
        semanticHits += candidate.semantic ? 1 : 0;
    }
    w.endArray();
    return semanticHits;
}

void FederatedSearch::writeMetadata(json::Writer &w, const MultiSearchRequest &request) const
{
    w.key("metadata").beginArray();
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

QByteArray FederatedSearch::toJson(const MultiSearchRequest &request, std::int64_t startMs, bool metadata) const
{
    const protocol::Federation &federation = *request.federation;
    json::Writer w;
    w.beginObject();
    const std::uint64_t semanticHits = writeHits(w, request);
    if (!m_queryVectors.empty()) {
        w.key("queryVectors").beginObject();
        for (const auto &[position, vector] : m_queryVectors)
            w.key(std::to_string(position)).raw(sv(vector));
        w.endObject();
    }
    w.key("processingTimeMs").number(m_clock.monotonicMs() - startMs);
    if (federation.finite()) {
        const std::uint64_t perPage = federation.hitsPerPage.value_or(protocol::defaultSearchLimit);
        w.key("hitsPerPage").number(perPage).key("page").number(federation.page.value_or(1));
        w.key("totalPages").number(perPage == 0 ? std::uint64_t {0} : (m_total + perPage - 1) / perPage);
        w.key("totalHits").number(m_total);
    } else {
        w.key("limit").number(federation.limit).key("offset").number(federation.offset);
        w.key("estimatedTotalHits").number(m_total);
    }
    if (federation.mergeFacets && !m_facets.empty()) {
        writeFacets(w, mergedFacets(federation), "facetDistribution", "facetStats");
    } else if (!m_facets.empty()) {
        w.key("facetsByIndex").beginObject();
        for (const auto &[uid, facets] : m_facets) {
            w.key(uid).beginObject();
            writeFacets(w, facets, "distribution", "stats");
            w.endObject();
        }
        w.endObject();
    }
    w.key("requestUid").string(freshUuidV7());
    if (metadata)
        writeMetadata(w, request);
    if (m_semantic)
        w.key("semanticHitCount").number(semanticHits);
    w.endObject();
    return w.take();
}

} // namespace miroir::localnode
