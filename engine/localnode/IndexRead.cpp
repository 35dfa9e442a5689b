// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/FacetCount.h"
#include "localnode/FilterEval.h"
#include "localnode/HighlightFormat.h"
#include "localnode/IndexParts.h"
#include "localnode/IndexView.h"
#include "localnode/LocalIndex.h"
#include "localnode/QuerySearch.h"
#include "protocol/DocumentId.h"
#include "protocol/FilterCheck.h"

#include <algorithm>
#include <cmath>

namespace miroir::localnode {

using protocol::ApiResult;

namespace {

/// Documents in the order of a browse: the sort criteria one after the other, then numbers.
std::vector<DocId> sortedDocuments(const IndexData &data, const std::vector<protocol::SortRule> &sort,
                                   const IndexSet &documents)
{
    std::vector<DocId> out = documents.toVector();
    for (auto rule = sort.rbegin(); rule != sort.rend(); ++rule) {
        if (rule->geo) {
            const GeoPoint target {rule->latitude, rule->longitude};
            const auto distance = [&](DocId doc) {
                const auto &point = data.documents[doc].geo;
                return point ? std::optional(geoDistanceMetres(target, *point)) : std::nullopt;
            };
            std::stable_sort(out.begin(), out.end(), [&](DocId a, DocId b) {
                const auto left = distance(a);
                const auto right = distance(b);
                if (!left || !right)
                    return left.has_value() && !right.has_value();
                return rule->ascending ? *left < *right : *left > *right;
            });
            continue;
        }
        const auto field = data.fields.find(rule->field);
        if (!field)
            continue;
        const SortColumn &column = data.facets.sortColumn(*field);
        const auto &places = rule->ascending ? column.lowest : column.highest;
        const auto order = [&](DocId doc) {
            const std::uint32_t place = doc < places.size() ? places[doc] : SortColumn::none;
            if (place == SortColumn::none || rule->ascending)
                return place;
            return place < column.numberCount
                ? column.numberCount - 1 - place
                : static_cast<std::uint32_t>(column.keys.size()) - 1 - (place - column.numberCount);
        };
        std::stable_sort(out.begin(), out.end(), [&](DocId a, DocId b) { return order(a) < order(b); });
    }
    return out;
}

} // namespace

std::optional<QByteArray> LocalIndex::getDocument(std::string_view id,
                                                  const std::optional<std::vector<std::string>> &fields,
                                                  bool retrieveVectors) const
{
    m_parts->finish();
    const auto known = m_parts->data.byId.find(id);
    if (known == m_parts->data.byId.end())
        return std::nullopt;
    return documentJson(m_parts->data, known->second, fields, retrieveVectors);
}

ApiResult<BrowseAnswer> LocalIndex::browse(const BrowseRequest &request) const
{
    m_parts->finish();
    const IndexData &data = m_parts->data;
    IndexSet documents = data.all;
    if (request.ids) {
        documents.clear();
        for (const std::string &id : *request.ids) {
            const auto known = data.byId.find(id);
            if (known != data.byId.end())
                documents.insert(known->second);
        }
    }
    if (request.filter.exists() && !request.filter.isNull()) {
        const std::string text(request.filter.raw());
        const auto filter = checkedFilter(data, text, FilterUse::Fetch);
        if (!filter)
            return filter.err();
        if (*filter)
            documents &= evaluateFilter(data, **filter);
    }
    const auto sort = protocol::parseSort(request.sort, "invalid_document_sort");
    if (!sort)
        return sort.err();
    if (auto s = protocol::checkDocumentSort(*sort, data.settings.sortableAttributes); !s)
        return s.err();
    BrowseAnswer out;
    out.total = documents.count();
    const std::vector<DocId> order = sortedDocuments(data, *sort, documents);
    for (std::uint64_t i = request.offset; i < order.size() && out.results.size() < request.limit; ++i)
        out.results.push_back(documentJson(data, order[static_cast<std::size_t>(i)], request.fields,
                                           request.retrieveVectors));
    return out;
}

ApiResult<SearchAnswer> LocalIndex::search(const protocol::SearchRequest &request, const RulesNow *rules) const
{
    m_parts->finish();
    const IndexData &data = m_parts->data;
    const std::uint64_t most = data.settings.maxTotalHits;
    const std::uint64_t first = request.firstHit();
    const std::uint64_t count = request.hitCount();
    const std::uint64_t wanted = first >= most ? most : std::min(count, most - first) + first;
    QueryContext context(data);
    auto outcome = runSearch(context, request, static_cast<std::size_t>(std::min(first, most)),
                             static_cast<std::size_t>(wanted), rules);
    if (!outcome)
        return outcome.err();
    SearchAnswer out;
    out.query = request.q.value_or(std::string());
    out.total = outcome->candidates.count();
    out.finite = request.finite();
    out.offset = request.offset.value_or(0);
    out.limit = request.limit.value_or(protocol::defaultSearchLimit);
    out.page = request.page.value_or(1);
    out.hitsPerPage = request.hitsPerPage.value_or(protocol::defaultSearchLimit);
    out.totalPages = out.hitsPerPage == 0 ? 0 : (out.total + out.hitsPerPage - 1) / out.hitsPerPage;
    out.semanticHitCount = outcome->semanticHitCount;
    if (outcome->queryVector)
        out.queryVector = toBytes(vectorJson(*outcome->queryVector));
    if (request.facets && !request.facets->empty()) {
        if (auto s = protocol::checkFacets(*request.facets, data.settings.filterableAttributes); !s)
            return s.err();
        FacetCounts counts = countFacets(data, *request.facets, outcome->candidates);
        out.facetDistribution = std::move(counts.distribution);
        out.facetStats = std::move(counts.stats);
    }
    const HitPrinter printer(data, request, HighlightMatcher(context, outcome->terms));
    for (std::uint64_t i = first; i < outcome->documents.size() && out.hits.size() < count; ++i) {
        const RankedDocument &document = outcome->documents[static_cast<std::size_t>(i)];
        out.hits.push_back({document.docid, printer.print(document.docid, document.details),
                            globalScore(document.details), ruleScores(document.details)});
    }
    return out;
}

ApiResult<FacetSearchAnswer> LocalIndex::facetSearch(const protocol::FacetSearchRequest &request) const
{
    m_parts->finish();
    const IndexData &data = m_parts->data;
    if (!data.settings.facetSearch)
        return protocol::refuse("facet_search_disabled", "The facet search is disabled for this index");
    QueryContext context(data);
    const auto candidates = searchCandidates(context, request);
    if (!candidates)
        return candidates.err();
    if (auto s = protocol::checkFacetName(request.facetName, data.settings); !s)
        return s.err();
    json::Writer hits;
    hits.beginArray();
    for (const FacetHit &hit : searchFacet(data, request.facetName, request.facetQuery, *candidates))
        hits.beginObject().key("value").string(hit.value).key("count").number(hit.count).endObject();
    hits.endArray();
    return FacetSearchAnswer {hits.take(), request.facetQuery};
}

ApiResult<SearchAnswer> LocalIndex::similar(const protocol::SimilarRequest &request) const
{
    m_parts->finish();
    const IndexData &data = m_parts->data;
    if (!data.settings.embedders.contains(request.embedder))
        return protocol::refuse(
            "invalid_similar_embedder", "Cannot find embedder with name `" + request.embedder + "`.");
    IndexSet universe = data.all;
    if (request.filter) {
        const auto filter = checkedFilter(data, *request.filter, FilterUse::Similar);
        if (!filter)
            return filter.err();
        if (*filter)
            universe = evaluateFilter(data, **filter);
    }
    const auto id = protocol::similarId(request);
    if (!id)
        return id.err();
    const auto known = data.byId.find(*id);
    if (known == data.byId.end())
        return protocol::refuse("not_found_similar_id", "Document `" + *id + "` not found.");
    universe.remove(known->second);
    protocol::SearchRequest printed;
    printed.attributesToRetrieve = request.attributesToRetrieve;
    printed.retrieveVectors = request.retrieveVectors;
    printed.showRankingScore = request.showRankingScore;
    printed.showRankingScoreDetails = request.showRankingScoreDetails;
    const HitPrinter printer(data, printed, HighlightMatcher());
    SearchAnswer out;
    out.offset = request.offset;
    out.limit = request.limit;
    out.total = universe.count();
    std::vector<VectorStore::Near> nearest;
    if (const EmbeddingsByName *own = data.vectors.of(known->second)) {
        const auto vectors = own->find(request.embedder);
        if (vectors != own->end() && !vectors->second.vectors.empty())
            nearest = data.vectors.nearest(request.embedder, vectors->second.vectors.front(), universe);
    }
    for (std::uint64_t i = request.offset; i < nearest.size() && out.hits.size() < request.limit; ++i) {
        const VectorStore::Near &near = nearest[static_cast<std::size_t>(i)];
        ScoreDetail detail;
        detail.kind = ScoreDetail::Kind::Vector;
        detail.similarity = near.similarity;
        const ScoreDetails details {detail};
        if (request.rankingScoreThreshold && globalScore(details) < *request.rankingScoreThreshold) {
            out.total = i; // a node does not look behind the page: the total shrinks only when the page is cut short
            break;
        }
        out.hits.push_back({near.doc, printer.print(near.doc, details), globalScore(details), ruleScores(details)});
    }
    out.total = std::min(out.total, data.settings.maxTotalHits);
    return out;
}

QByteArray SearchAnswer::toJson(std::int64_t processingTimeMs, std::string_view requestUid, std::string_view extra,
                                std::string_view indexUid) const
{
    json::Writer out;
    out.beginObject();
    if (!indexUid.empty())
        out.key("indexUid").string(indexUid);
    out.key("hits").beginArray();
    for (const Hit &hit : hits)
        out.raw(sv(hit.json));
    out.endArray().key("query").string(query);
    if (!queryVector.isEmpty())
        out.key("queryVector").raw(sv(queryVector));
    out.key("processingTimeMs").number(processingTimeMs);
    if (finite) {
        out.key("hitsPerPage").number(hitsPerPage).key("page").number(page);
        out.key("totalPages").number(totalPages).key("totalHits").number(total);
    } else {
        out.key("limit").number(limit).key("offset").number(offset).key("estimatedTotalHits").number(total);
    }
    if (!facetDistribution.isEmpty())
        out.key("facetDistribution").raw(sv(facetDistribution));
    if (!facetStats.isEmpty())
        out.key("facetStats").raw(sv(facetStats));
    if (!requestUid.empty())
        out.key("requestUid").string(requestUid);
    if (semanticHitCount)
        out.key("semanticHitCount").number(*semanticHitCount);
    out.endObject();
    QByteArray bytes = out.take();
    if (!extra.empty()) {
        // Behind requestUid, which is always given then: only semanticHitCount may follow.
        const QByteArray tail = semanticHitCount
            ? ",\"semanticHitCount\":" + QByteArray::number(static_cast<qulonglong>(*semanticHitCount)) + '}'
            : QByteArray("}");
        bytes.chop(tail.size());
        bytes += ',' + toBytes(extra) + tail;
    }
    return bytes;
}

QByteArray FacetSearchAnswer::toJson(std::int64_t processingTimeMs) const
{
    json::Writer out;
    out.beginObject().key("facetHits").raw(sv(facetHits)).key("facetQuery");
    if (facetQuery)
        out.string(*facetQuery);
    else
        out.null();
    out.key("processingTimeMs").number(processingTimeMs).endObject();
    return out.take();
}

} // namespace miroir::localnode
