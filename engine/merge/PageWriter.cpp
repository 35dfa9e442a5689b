// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/PageWriter.h"

#include "base/Bytes.h"
#include "merge/HitWriter.h"

#include <algorithm>
#include <limits>

namespace miroir::merge {

namespace {

std::uint64_t multiplySaturated(std::uint64_t a, std::uint64_t b)
{
    return b != 0 && a > ~std::uint64_t {0} / b ? ~std::uint64_t {0} : a * b;
}

std::vector<std::uint32_t> positionsOf(const std::vector<const Hit *> &pins)
{
    std::vector<std::uint32_t> positions;
    for (const Hit *pin : pins)
        positions.push_back(*pin->key.pin);
    return positions;
}

/// The pins that have a place among the first `end` hits. A node puts them in by precedence first, so that one that
/// waits for a late position keeps the next ones back, and orders those that have got in by position afterwards. In a
/// legacy search it does not.
std::vector<const Hit *> pinsOf(const MergeRequest &request, const HitList &list, std::uint64_t end)
{
    std::vector<const Hit *> pins;
    for (const Hit &pin : list.pinned)
        pins.push_back(&pin);
    const std::uint64_t others = std::min<std::uint64_t>(list.shortest, list.hits.size());
    const std::vector<bool> places = placesOfPins(positionsOf(pins), others, end);
    pins.resize(static_cast<std::size_t>(std::count(places.begin(), places.end(), true)));
    const bool joined = list.shortest != std::numeric_limits<std::uint64_t>::max();
    if (!request.cutTotals || joined) {
        std::stable_sort(
            pins.begin(), pins.end(), [](const Hit *a, const Hit *b) { return *a->key.pin < *b->key.pin; });
    }
    return pins;
}

std::vector<const Hit *> hitsOf(const MergeRequest &request, const Page &range, const HitList &list)
{
    std::vector<const Hit *> page;
    if (list.pinned.empty()) { // the usual case needs no walk over the hits before the page
        const std::uint64_t end = std::min<std::uint64_t>(range.end, list.hits.size());
        for (std::uint64_t at = range.begin; at < end; ++at)
            page.push_back(&list.hits[static_cast<std::size_t>(at)]);
        return page;
    }
    const std::vector<const Hit *> pins = pinsOf(request, list, range.end);
    auto hit = list.hits.begin();
    auto pin = pins.begin();
    std::uint64_t place = 0;
    for (const bool pinned : placesOfPins(positionsOf(pins), list.hits.size(), range.end)) {
        const Hit *next = pinned ? *pin++ : &*hit++;
        if (place++ >= range.begin)
            page.push_back(next);
    }
    return page;
}

/// A node counts what it merges: when pins have a place, that begins at the first hit of all and lacks theirs.
std::uint64_t countSemantic(const MergeRequest &request, const Page &range, const HitList &list)
{
    const std::uint64_t pins = list.pinned.empty() ? 0 : pinsOf(request, list, range.end).size();
    const std::uint64_t begin = pins == 0 ? range.begin : 0;
    const std::uint64_t end = std::min<std::uint64_t>(range.end - pins, list.hits.size());
    std::uint64_t count = 0;
    for (std::uint64_t at = begin; at < end; ++at)
        count += list.hits[static_cast<std::size_t>(at)].key.semantic() ? 1 : 0;
    return count;
}

/// The page of a federated query: nothing is written that will not be compared first.
void rankPage(const MergeRequest &request, const std::vector<const Hit *> &hits, MergedSearch &result)
{
    const FederatedQuery &query = *request.federated;
    const HitWriter writer(request);
    FederatedScoreReader scores(query.weight);
    for (const Hit *hit : hits) {
        RankedHit &ranked = result.ranked.emplace_back();
        ranked.score = scores.read(hit->object["_rankingScoreDetails"], hit->key, hit->score);
        ranked.order = hit->key.order;
        ranked.semantic = hit->key.semantic();
        ranked.pin = hit->key.pin;
        if (query.keepDocuments)
            ranked.document = toBytes(hit->object.raw());
        writer.append(ranked.shown, *hit, query.mark(ranked.score.score));
    }
    result.hitCount = result.ranked.size();
}

} // namespace

Page pageOf(const MergeRequest &request)
{
    Page page {request.offset, addSaturated(request.offset, request.limit)};
    if (request.finite) {
        page.end = multiplySaturated(request.page, request.hitsPerPage);
        page.begin = request.page == 0 ? 0 : multiplySaturated(request.page - 1, request.hitsPerPage);
    }
    page.end = std::min(page.end, request.maxTotalHits);
    page.begin = std::min(page.begin, page.end);
    return page;
}

void writePage(const MergeRequest &request, const HitList &list, MergedSearch &result)
{
    if (request.federated) {
        rankPage(request, hitsOf(request, pageOf(request), list), result);
        return;
    }
    const HitWriter writer(request);
    const Page range = pageOf(request);
    const auto hits = hitsOf(request, range, list);
    std::size_t bytes = 2;
    for (const Hit *hit : hits)
        bytes += hit->object.raw().size() + 1;
    QByteArray &out = result.hits;
    out.reserve(static_cast<qsizetype>(bytes));
    out += '[';
    for (const Hit *hit : hits) {
        if (result.hitCount++ > 0)
            out += ',';
        writer.append(out, *hit);
    }
    out += ']';
    if (result.semanticHitCount)
        *result.semanticHitCount += countSemantic(request, range, list);
}

} // namespace miroir::merge
