// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FederationMerge.h"

#include "base/Bytes.h"
#include "merge/Distinct.h"
#include "merge/FederatedFacets.h"
#include "merge/Pins.h"

#include <algorithm>

namespace miroir::merge {

namespace {

constexpr std::uint64_t saturated = ~std::uint64_t {0};

std::uint64_t sum(std::uint64_t a, std::uint64_t b)
{
    return a > saturated - b ? saturated : a + b;
}

std::uint64_t product(std::uint64_t a, std::uint64_t b)
{
    return b != 0 && a > saturated / b ? saturated : a * b;
}

struct QueryHead {
    const RankedHit *hit = nullptr;
    std::uint64_t position = 0; ///< of its query
    std::size_t index = 0;
};
using List = std::vector<QueryHead>;

bool before(const QueryHead &a, const QueryHead &b)
{
    const int order = compareFederated(a.hit->score, b.hit->score);
    return order > 0 || (order == 0 && a.position < b.position);
}

/// Takes the best head of all lists again and again, until nothing is left or visit gives false.
template <typename Visit>
void mergeLists(const std::vector<List> &lists, const Visit &visit)
{
    std::vector<std::size_t> heads(lists.size(), 0);
    for (;;) {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            if (heads[i] == lists[i].size())
                continue;
            if (!best || before(lists[i][heads[i]], lists[*best][heads[*best]]))
                best = i;
        }
        if (!best || !visit(lists[*best][heads[*best]++]))
            return;
    }
}

class FederationMerge
{
public:
    FederationMerge(const FederationRequest &request, std::vector<FederatedIndex> indexes)
        : m_request(request), m_indexes(std::move(indexes)), m_facets(m_indexes.size()),
          m_rejected(m_indexes.size())
    {
    }

    Result<MergedFederation, MergeError> run()
    {
        std::vector<List> lists;
        for (std::size_t i = 0; i < m_indexes.size(); ++i) {
            const FederatedIndex &index = m_indexes[i];
            if (index.facets) {
                auto facets = FederatedFacets::parse(index.facetDistribution, index.facetStats);
                if (!facets)
                    return refuse(i, facets.error().message);
                m_facets[i] = std::move(*facets);
            }
            m_out.total = sum(m_out.total, index.total);
            for (const FederatedAnswer &query : index.queries)
                m_semantic = m_semantic || query.semantic;
            lists.push_back(listOf(i));
        }
        sortByPosition(m_pins);
        writePage(lists);
        writeVectors();
        writeFacets();
        return std::move(m_out);
    }

private:
    /// The hits of one index. A pin of each query keeps its position, also when another one has pinned the document.
    List listOf(std::size_t number)
    {
        const FederatedIndex &index = m_indexes[number];
        const std::uint64_t needed = std::min(m_request.neededHits(), index.maxTotalHits);
        std::vector<List> lists;
        List pins;
        for (const FederatedAnswer &query : index.queries) {
            List &list = lists.emplace_back();
            for (const RankedHit &hit : query.found.ranked)
                (hit.pin ? pins : list).push_back({&hit, query.position, number});
        }
        List merged = lists.size() == 1 ? std::move(lists.front()) : bestOf(number, lists, needed);
        if (pins.empty())
            return merged;
        // a node has the list of an index with its pins in it, and no longer than needed
        sortByPosition(pins);
        const std::vector<bool> places = placesOfPins(positionsOf(pins), merged.size(), needed);
        const auto pinned = std::count(places.begin(), places.end(), true);
        m_pins.insert(m_pins.end(), pins.begin(), pins.begin() + pinned);
        merged.resize(places.size() - static_cast<std::size_t>(pinned));
        return merged;
    }

    static void sortByPosition(List &pins)
    {
        std::stable_sort(pins.begin(), pins.end(),
            [](const QueryHead &a, const QueryHead &b) { return *a.hit->pin < *b.hit->pin; });
    }

    static std::vector<std::uint32_t> positionsOf(const List &pins)
    {
        std::vector<std::uint32_t> positions;
        for (const QueryHead &pin : pins)
            positions.push_back(*pin.hit->pin);
        return positions;
    }

    /// Each document at the best place that one of the queries gives it.
    List bestOf(std::size_t number, const std::vector<List> &lists, std::uint64_t needed)
    {
        List merged;
        std::set<std::string_view> seen;
        std::optional<Distinct> distinct;
        if (m_request.distinct)
            distinct.emplace(*m_request.distinct);
        if (needed > 0) {
            mergeLists(lists, [&](const QueryHead &next) {
                const bool known = !next.hit->order.empty() && !seen.insert(next.hit->order).second;
                if (!known && (!distinct || passes(*distinct, next)))
                    merged.push_back(next);
                else if (!known)
                    takeOut(m_facets[number], *next.hit); // before the values are cut

                return merged.size() < needed;
            });
        }
        return merged;
    }

    /// False for a hit whose value was seen: it counts nowhere then.
    bool passes(Distinct &distinct, const QueryHead &next)
    {
        const auto document = json::Document::parse(next.hit->document);
        if (!document || distinct.passes(document->root()))
            return true;
        m_out.total -= std::min<std::uint64_t>(m_out.total, 1);
        return false;
    }

    static void takeOut(FederatedFacets &facets, const RankedHit &hit)
    {
        if (const auto document = json::Document::parse(hit.document))
            facets.remove(document->root());
    }

    void writePage(const std::vector<List> &lists)
    {
        const std::uint64_t first = m_request.firstHit();
        const std::uint64_t end = sum(first, m_request.hitCount());
        const std::uint64_t kept = m_pins.empty() ? first : 0; // pins count in the places before the page
        std::uint64_t place = 0;
        std::uint64_t semantic = 0;
        std::vector<const QueryHead *> hits;
        std::optional<Distinct> distinct;
        if (m_request.distinct)
            distinct.emplace(*m_request.distinct);
        if (end > 0 || distinct) {
            mergeLists(lists, [&](const QueryHead &next) {
                if (distinct && !passes(*distinct, next)) {
                    m_rejected[next.index].push_back(next.hit);
                    return true;
                }
                if (place >= kept && place < end) {
                    hits.push_back(&next);
                    semantic += next.hit->semantic ? 1 : 0;
                }
                ++place;
                // with distinct the rest is looked at as well: what is dropped there is not counted
                return distinct || place < end;
            });
        }
        writeHits(hits, first - kept, end - kept);
        if (m_semantic)
            m_out.semanticHitCount = semantic;
    }

    /// The places [begin, end) of these hits with the pins among them.
    void writeHits(const std::vector<const QueryHead *> &hits, std::uint64_t begin, std::uint64_t end)
    {
        auto hit = hits.begin();
        auto pin = m_pins.begin();
        std::uint64_t place = 0;
        m_out.hits += '[';
        for (const bool pinned : placesOfPins(positionsOf(m_pins), hits.size(), end)) {
            const QueryHead &next = pinned ? *pin++ : **hit++;
            if (place++ < begin)
                continue;
            if (!m_out.hits.endsWith('['))
                m_out.hits += ',';
            m_out.hits += next.hit->shown;
        }
        m_out.hits += ']';
    }

    void writeVectors()
    {
        if (!m_request.queryVectors)
            return;
        std::map<std::uint64_t, std::string_view> vectors;
        for (const FederatedIndex &index : m_indexes) {
            for (const FederatedAnswer &query : index.queries) {
                if (query.retrieveVectors && !query.found.queryVector.isEmpty())
                    vectors.emplace(query.position, sv(query.found.queryVector));
            }
        }
        json::Writer out;
        out.beginObject();
        for (const auto &[position, vector] : vectors)
            out.key(std::to_string(position)).raw(vector);
        m_out.queryVectors = out.endObject().take();
    }

    void writeFacets()
    {
        const auto wanted = [](const FederatedIndex &index) { return index.facets; };
        if (std::none_of(m_indexes.begin(), m_indexes.end(), wanted))
            return;
        if (!m_request.mergeFacets) {
            json::Writer out;
            out.beginObject();
            for (std::size_t i = 0; i < m_indexes.size(); ++i) {
                if (!m_indexes[i].facets)
                    continue;
                for (const RankedHit *hit : m_rejected[i])
                    takeOut(m_facets[i], *hit);
                out.key(m_indexes[i].uid).beginObject().key("distribution").raw(sv(m_facets[i].distribution()));
                out.key("stats").raw(sv(m_facets[i].stats())).endObject();
            }
            m_out.facetsByIndex = out.endObject().take();
            return;
        }
        FederatedFacets all;
        FacetSettings order;
        for (std::size_t i = 0; i < m_indexes.size(); ++i) {
            if (!m_indexes[i].facets)
                continue;
            all.add(m_facets[i]);
            for (const std::string &name : m_facets[i].names())
                order.sortFacetValuesBy.emplace_back(name, m_indexes[i].faceting.orderOf(name));
        }
        all.sort(order, m_request.maxValuesPerFacet);
        for (const std::vector<const RankedHit *> &hits : m_rejected) {
            for (const RankedHit *hit : hits)
                takeOut(all, *hit); // a node does this after the cut
        }
        m_out.facetDistribution = all.distribution();
        m_out.facetStats = all.stats();
    }

    const FederationRequest &m_request;
    std::vector<FederatedIndex> m_indexes;
    std::vector<FederatedFacets> m_facets; // by index
    std::vector<std::vector<const RankedHit *>> m_rejected; // by index: a better hit of another index has their value
    List m_pins; // of all indexes, by position
    MergedFederation m_out;
    bool m_semantic = false;
};

} // namespace

std::uint64_t FederationRequest::firstHit() const
{
    if (!finite)
        return offset;
    return page == 0 ? 0 : product(page - 1, hitsPerPage);
}

std::uint64_t FederationRequest::hitCount() const
{
    if (!finite)
        return limit;
    return page == 0 ? 0 : hitsPerPage;
}

std::uint64_t FederationRequest::neededHits() const
{
    return finite ? product(page, hitsPerPage) : sum(offset, limit);
}

Result<MergedFederation, MergeError> mergeFederation(
    const FederationRequest &request, std::vector<FederatedIndex> indexes)
{
    return FederationMerge(request, std::move(indexes)).run();
}

QByteArray writeFederation(
    const FederationRequest &request, const MergedFederation &merged, const FederationFrame &frame)
{
    json::Writer out;
    const auto optional = [&out](std::string_view name, std::string_view json) {
        if (!json.empty())
            out.key(name).raw(json);
    };
    out.beginObject().key("hits").raw(sv(merged.hits));
    optional("queryVectors", sv(merged.queryVectors));
    out.key("processingTimeMs").number(frame.processingTimeMs);
    if (request.finite) {
        const std::uint64_t perPage = request.hitsPerPage;
        const std::uint64_t pages
            = perPage == 0 ? 0 : merged.total / perPage + (merged.total % perPage != 0 ? 1 : 0);
        out.key("hitsPerPage").number(perPage).key("page").number(request.page);
        out.key("totalPages").number(pages).key("totalHits").number(merged.total);
    } else {
        out.key("limit").number(request.limit).key("offset").number(request.offset);
        out.key("estimatedTotalHits").number(merged.total);
    }
    optional("facetDistribution", sv(merged.facetDistribution));
    optional("facetStats", sv(merged.facetStats));
    optional("facetsByIndex", sv(merged.facetsByIndex));
    out.key("requestUid").string(frame.requestUid);
    optional("metadata", frame.metadata);
    if (merged.semanticHitCount)
        out.key("semanticHitCount").number(*merged.semanticHitCount);
    optional("performanceDetails", frame.performanceDetails);
    out.endObject();
    return out.take();
}

} // namespace miroir::merge
