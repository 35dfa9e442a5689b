// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/HitList.h"

#include "merge/RankParts.h"
#include "merge/Rescale.h"
#include "placement/Shards.h"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace miroir::merge {

namespace {

bool isIn(const Hit &hit, const placement::ShardSet &shards)
{
    const auto shard = shardOf(hit.object);
    return shard && shards.test(shard->value);
}

/// Sorts by merging what is in order already, two runs at a time. An answer is in order, as a rule, so that there are
/// as many runs as answers.
template <typename Before>
void mergeRuns(std::vector<Hit> &hits, const Before &before)
{
    std::vector<std::vector<Hit>::iterator> ends {hits.begin()};
    while (ends.back() != hits.end())
        ends.push_back(std::is_sorted_until(ends.back(), hits.end(), before));
    while (ends.size() > 2) {
        std::size_t kept = 1;
        for (std::size_t i = 1; i < ends.size(); i += 2) {
            const bool paired = i + 1 < ends.size();
            if (paired)
                std::inplace_merge(ends[i - 1], ends[i], ends[i + 1], before);
            ends[kept++] = ends[paired ? i + 1 : i];
        }
        ends.resize(kept);
    }
}

/// A pin of rules that are not known, because they change at this moment, goes behind those that are.
void placePin(Hit &hit, const Pins &pins)
{
    constexpr std::uint32_t last = UINT32_MAX;
    const auto pin = pins.find(hit.object, *hit.key.pin);
    hit.key.pin = pin ? pin->position : *hit.key.pin;
    hit.pinRank = pin ? pin->rank : last;
}

} // namespace

std::optional<ShardId> shardOf(const json::Value &document)
{
    const auto bucket = placement::parseTag(document[placement::shardField].at(0).toString());
    if (!bucket || bucket->digits != 2)
        return std::nullopt;
    return ShardId {bucket->value};
}

Result<HitList, MergeError> HitList::read(
    const NodeAnswers &answers, std::string_view totalName, const Tags &tags)
{
    MIROIR_ASSERT(tags.shards.empty() || tags.shards.size() == answers.size());
    HitList list;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto added = list.add(answers[i].root(), totalName, tags.pins.get());
        if (!added)
            return refuse(i, added.error().message);
    }
    if (const auto fault = list.belied(tags))
        return refuse(fault->answer, fault->reason);
    rescale(list.hits);
    list.sort();
    return list;
}

/// A document is in one shard, and so in one answer: one that comes twice is a sign that a node did not answer what it
/// was asked.
std::optional<MergeError> HitList::belied(const Tags &tags) const
{
    if (!tags.expected)
        return std::nullopt;
    std::unordered_set<std::string_view> orders;
    for (const std::vector<Hit> *list : {&hits, &pinned}) {
        for (const Hit &hit : *list) {
            if (!tags.shards.empty() && !isIn(hit, tags.shards[hit.answer]))
                return MergeError {hit.answer, "holds a document of a shard that was not asked for"};
            if (hit.key.order.empty())
                return MergeError {hit.answer, "holds a document without its order"};
            if (!orders.insert(hit.key.order).second)
                return MergeError {hit.answer, "holds a document that was there before"};
        }
    }
    return std::nullopt;
}

Result<Hit> HitList::readHit(const json::Value &object)
{
    if (!object.isObject())
        return fail("is not an object");
    const json::Value details = object["_rankingScoreDetails"];
    if (!details.exists())
        return fail("has no _rankingScoreDetails");
    auto key = RankKey::fromDetails(details, m_texts);
    if (!key)
        return key.err();
    const json::Value score = object["_rankingScore"];
    if (score.exists() && !score.isNumber())
        return fail("has a _rankingScore that is not a number");
    Hit hit {object, std::move(*key), exactNumber(score), 0, 0};
    if (hit.key.order.empty())
        hit.key.order = m_texts.text(object[placement::orderField]);
    return hit;
}

Status<> HitList::add(const json::Value &answer, std::string_view totalName, const Pins *known)
{
    const json::Value list = answer["hits"];
    if (!list.isArray())
        return fail("hits is not an array");
    const auto found = answer[totalName].toU64();
    if (!found)
        return fail(std::string(totalName) + " is not a number");
    hits.reserve(hits.size() + list.size());
    std::size_t place = 0;
    for (const json::Value object : list.items()) {
        auto hit = readHit(object);
        if (!hit)
            return fail("hit " + std::to_string(place) + ": " + hit.error().message);
        hit->answer = totals.size();
        hit->place = place++;
        cutOff = cutOff || hit->key.cutOff;
        if (hit->key.pin && known != nullptr)
            placePin(*hit, *known);
        (hit->key.pin ? pinned : hits).push_back(std::move(*hit));
    }
    const auto isHere = [this](const Hit &hit) { return hit.answer == totals.size(); };
    const auto pins = static_cast<std::size_t>(std::count_if(pinned.begin(), pinned.end(), isHere));
    if (*found < list.size() - pins) // of pins some may not count: they can share a distinct value with others
        return fail(std::string(totalName) + " is less than the number of hits");
    total = addSaturated(total, *found);
    totals.push_back(*found);
    if (const json::Value vector = answer["queryVector"]; vector.isArray() && queryVector.isEmpty())
        queryVector = QByteArray(vector.raw().data(), static_cast<qsizetype>(vector.raw().size()));
    semantic = semantic || answer["semanticHitCount"].exists();
    return Done {};
}

void HitList::sort()
{
    // the place in the input decides only between hits about which nothing is known
    const auto before = [](const Hit &a, const Hit &b) {
        const auto order = compare(a.key, b.key);
        return order != 0 ? order < 0 : std::pair(a.answer, a.place) < std::pair(b.answer, b.place);
    };
    mergeRuns(hits, before);
    std::stable_sort(
        pinned.begin(), pinned.end(), [](const Hit &a, const Hit &b) { return a.pinRank < b.pinRank; });
}

} // namespace miroir::merge
