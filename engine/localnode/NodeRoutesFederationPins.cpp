// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutesFederation.h"

#include "base/Assert.h"
#include "base/Bytes.h"

#include <algorithm>

/// Documents that rules pin in a federated search.
namespace miroir::localnode {

using protocol::ApiResult;

/// `beyond`: more hits are asked for than a node asks for. Which pins get a place depends on that number.
ApiResult<FederatedSearch::Answer> FederatedSearch::searchPinned(
    const LocalIndex &index, protocol::SearchRequest search, bool beyond) const
{
    const RulesNow *rules = m_rules ? &*m_rules : nullptr;
    auto found = index.search(search, rules);
    if (!found)
        return found.err();
    Answer answer {std::move(*found), {}};
    const auto reached = [&answer](const SearchAnswer &from) {
        for (const Hit &hit : from.hits) {
            if (hit.isPinned())
                answer.reachedPins.insert(hit.docid);
        }
    };
    if (!beyond || std::none_of(answer.whole.hits.begin(), answer.whole.hits.end(),
                                [](const Hit &hit) { return hit.isPinned(); })) {
        reached(answer.whole);
        return answer;
    }
    (m_merge.finite ? search.hitsPerPage : search.limit) = m_merge.neededHits();
    const auto wanted = index.search(search, rules);
    if (!wanted)
        return wanted.err();
    reached(*wanted);
    return answer;
}

/// Pins in the order of their positions; of one position in the order of indexes, then of queries.
std::vector<FederatedSearch::PinnedHit> FederatedSearch::sortedPins()
{
    const auto before = [](const PinnedHit &a, const PinnedHit &b) { return a.position < b.position; };
    std::vector<PinnedHit> pins;
    for (auto &[uid, found] : m_found) {
        std::stable_sort(found.pins.begin(), found.pins.end(), before);
        pins.insert(pins.end(), found.pins.begin(), found.pins.end());
    }
    std::stable_sort(pins.begin(), pins.end(), before);
    return pins;
}

/// How many of the first `places` of an index are left for documents that were found.
std::uint64_t FederatedSearch::roomBeside(const std::vector<PinnedHit> &pins, std::uint64_t places)
{
    std::size_t placed = 0;
    std::uint64_t room = 0;
    for (std::uint64_t place = 0; place < places; ++place) {
        if (placed < pins.size() && pins[placed].position <= place)
            ++placed;
        else
            ++room;
    }
    return room;
}

/// The page out of pins and of the array of all hits up to its end.
QByteArray FederatedSearch::pageWith(const std::vector<PinnedHit> &pins, const QByteArray &hits) const
{
    const std::uint64_t first = m_merge.firstHit();
    const std::uint64_t end = m_merge.neededHits();
    const auto found = json::Document::parse(hits);
    MIROIR_ASSERT(found.ok()); // written by ourselves
    const std::size_t count = found->root().size();
    json::Writer page;
    page.beginArray();
    std::size_t nextPin = 0;
    std::size_t nextFound = 0;
    auto item = found->root().items().begin();
    for (std::uint64_t place = 0; place < end && (nextPin < pins.size() || nextFound < count); ++place) {
        const bool pinned
            = nextPin < pins.size() && (pins[nextPin].position <= place || nextFound == count);
        if (place >= first)
            page.raw(pinned ? sv(pins[nextPin].shown) : (*item).raw());
        if (pinned) {
            ++nextPin;
        } else {
            ++nextFound;
            ++item;
        }
    }
    return page.endArray().take();
}

} // namespace miroir::localnode
