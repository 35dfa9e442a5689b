// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/DistinctRounds.h"

#include "merge/Answers.h"
#include "merge/FacetMerge.h"
#include "merge/ValueFilter.h"

#include <algorithm>

namespace miroir::merge {

namespace {

constexpr std::uint64_t firstHits = 100; ///< of a round, from each node

/// How many of the best are complete: what a node did not give is worse than the worst that it gave.
std::size_t completeHits(const HitList &list, bool &whole)
{
    std::vector<std::uint64_t> given(list.totals.size(), 0);
    std::vector<std::size_t> end(list.totals.size(), 0);
    for (std::size_t i = 0; i < list.hits.size(); ++i) {
        ++given[list.hits[i].answer];
        end[list.hits[i].answer] = i + 1;
    }
    std::size_t complete = list.hits.size();
    for (std::size_t node = 0; node < given.size(); ++node) {
        if (given[node] >= list.totals[node])
            continue;
        whole = false;
        complete = std::min(complete, end[node]);
    }
    return complete;
}

} // namespace

DistinctRounds::DistinctRounds(CandidateRequest request)
    : m_request(std::move(request)), m_distinct(m_request.distinct.value_or(std::string())), m_hits(firstHits),
      m_bucketOver(m_request.wanted == 0)
{
    MIROIR_ASSERT(m_request.distinct.has_value());
}

std::optional<MergeError> DistinctRounds::add(const NodeAnswers &answers, const Tags &tags)
{
    if (const auto fault = faultyAnswer(answers))
        return fault;
    auto list = HitList::read(answers, totalMember(false), tags);
    if (!list)
        return list.error();
    const bool first = m_answers.empty();
    m_total = first ? list->total : m_total;
    m_answers.push_back(answers);
    const HitList &hits = m_lists.emplace_back(std::move(*list));
    bool whole = true;
    const std::size_t complete = completeHits(hits, whole);
    const std::uint64_t asked = openHits();
    const std::size_t before = m_kept.size();
    std::size_t lastKept = 0;
    for (std::size_t i = 0; i < complete && !over(); ++i) {
        const std::size_t kept = m_kept.size();
        if (!look(hits.hits[i])) {
            whole = false;
            break;
        }
        lastKept = m_kept.size() > kept ? i : lastKept;
    }
    m_whole = whole;
    const std::size_t kept = m_kept.size() - before;
    // Where the first documents of a round exclude all the others, more of them would tell no more.
    chooseNext(kept, !first && (kept == 0 || lastKept * 2 >= complete));
    m_stuck = !first && asked == m_request.maxTotalHits && m_keptLast[0] == 0 && m_keptLast[1] == 0;
    return std::nullopt;
}

void DistinctRounds::chooseNext(std::uint64_t kept, bool more)
{
    m_keptLast[m_nodesDrop ? 1 : 0] = kept;
    m_nodesDrop = m_keptLast[1] > m_keptLast[0];
    if (more)
        m_hits = std::min(m_hits * 2, m_request.maxTotalHits);
}

bool DistinctRounds::look(const Hit &hit)
{
    if (m_request.threshold && hit.score < *m_request.threshold)
        return true;
    if (m_loose.contains(std::string(hit.key.order)))
        return true;
    if (m_last != nullptr && compare(*m_last, hit.key) < 0 && !sameBucket(*m_last, hit.key)) {
        m_bucketOver = true;
        return true;
    }
    std::vector<std::string> keys = m_distinct.keysOf(hit.object);
    if (!m_distinct.passes(keys))
        return !m_nodesDrop || m_distinct.allSeen(keys);
    if (keys.empty())
        m_loose.insert(std::string(hit.key.order));
    m_kept.push_back({hit.object, std::move(keys), shardOf(hit.object)});
    if (m_kept.size() == m_request.wanted) {
        m_last = &hit.key;
        m_bucketOver = hit.key.ownRules() == 0; // without rules there are no buckets
    }
    return true;
}

std::string DistinctRounds::filterOf(std::vector<std::string> keys, bool without) const
{
    std::sort(keys.begin(), keys.end()); // the same request gives the same question
    const std::string filter = valueFilter(*m_request.distinct, keys, m_request.distinctRanges);
    if (filter.empty())
        return {};
    return json::quoted(without ? "NOT (" + filter + ')' : filter);
}

std::string DistinctRounds::openFilter() const
{
    return filterOf({m_distinct.allSeen().begin(), m_distinct.allSeen().end()}, true);
}

std::uint64_t DistinctRounds::openHits() const
{
    return std::min(addSaturated(m_hits, m_loose.size()), m_request.maxTotalHits);
}

std::string DistinctRounds::sharingFilter() const
{
    return filterOf({m_distinct.allSeen().begin(), m_distinct.allSeen().end()}, false);
}

Result<Candidates, MergeError> DistinctRounds::settle(const NodeAnswers &sharing) const
{
    FacetMerge facets;
    for (const NodeAnswer &answer : m_answers.front()) {
        const auto added = facets.add(answer.root()["facetDistribution"], answer.root()["facetStats"]);
        MIROIR_ASSERT(added.ok()); // they were judged before
    }
    std::vector<json::Value> kept;
    for (const Kept &each : m_kept) {
        if (!each.keys.empty())
            kept.push_back(each.document);
    }
    Candidates out;
    out.severalValues = true;
    if (const auto wrong = takeOutSharing(m_request, m_total, facets, sharing, kept, out))
        return refuse(wrong->answer, wrong->reason);
    return out;
}

DistinctRounds::Own DistinctRounds::ownOf(const placement::ShardSet &shards) const
{
    Own own;
    std::vector<std::string> others;
    const std::size_t end = std::min<std::uint64_t>(m_kept.size(), m_request.wanted);
    for (std::size_t i = 0; i < end; ++i) {
        const Kept &kept = m_kept[i];
        if (kept.shard && shards.test(kept.shard->value))
            ++own.hits;
        else
            others.insert(others.end(), kept.keys.begin(), kept.keys.end());
    }
    own.filter = filterOf(std::move(others), true);
    return own;
}

} // namespace miroir::merge
