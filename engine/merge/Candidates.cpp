// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Candidates.h"

#include "merge/Answers.h"
#include "merge/Distinct.h"
#include "merge/FacetMerge.h"
#include "merge/HitList.h"
#include "merge/ValueFilter.h"

#include <algorithm>
#include <set>

namespace miroir::merge {

namespace {

/// A candidate on the walk.
struct Candidate {
    const Hit *hit = nullptr;
    std::vector<std::string> keys; ///< of the distinct attribute
    bool kept = false; ///< visited, and a hit if the page were long enough
    bool gone = false; ///< no longer counted
};

class Walk
{
public:
    Walk(const CandidateRequest &request, const HitList &list)
        : m_request(request), m_list(list), m_distinct(request.distinct.value_or(std::string()))
    {
        m_candidates.reserve(list.hits.size());
        for (const Hit &hit : list.hits) {
            Candidate candidate {&hit, {}, false, false};
            if (request.distinct)
                candidate.keys = m_distinct.keysOf(hit.object);
            m_severalValues = m_severalValues || candidate.keys.size() > 1;
            m_candidates.push_back(std::move(candidate));
        }
        findCertain();
    }

    void run()
    {
        const bool all = m_request.finite && m_request.threshold;
        const std::uint64_t enough = all ? m_request.maxTotalHits : m_request.wanted;
        while (m_end < m_candidates.size() && std::min(m_kept, m_request.wanted) < enough)
            visitBucket();
        if (m_whole)
            settleRest();
    }

    [[nodiscard]] Candidates result(const NodeAnswers &answers, FacetMerge &facets);
    [[nodiscard]] std::vector<json::Value> keptWithValue() const;
    [[nodiscard]] bool sharesValue(const Hit &hit) const { return m_distinct.seen(m_distinct.keysOf(hit.object)); }

private:
    void findCertain();
    void visitBucket();
    void settleRest();
    void settleWithPins();
    [[nodiscard]] std::string sharingFilter() const;
    [[nodiscard]] std::optional<std::uint64_t> total(const FacetMerge &facets) const;
    [[nodiscard]] std::optional<std::uint64_t> totalByValues(const FacetMerge &facets) const;
    [[nodiscard]] std::pair<QByteArray, QByteArray> countFacets(
        const NodeAnswers &answers, std::uint64_t counted) const;
    /// The walk ended where the order of all candidates is known.
    /// All that were found but for the pins: distinct and threshold do not concern those.
    [[nodiscard]] std::uint64_t unpinned() const
    {
        return m_list.total - std::min<std::uint64_t>(m_list.total, m_list.pinned.size());
    }
    [[nodiscard]] bool certain() const { return m_whole || m_end < m_certain; }

    const CandidateRequest &m_request;
    const HitList &m_list;
    Distinct m_distinct;
    std::vector<Candidate> m_candidates; ///< best first
    std::set<const Hit *> m_pinsGone; ///< no longer counted
    bool m_severalValues = false;
    bool m_whole = true; ///< all candidates were fetched
    std::size_t m_certain = 0; ///< so many of the best are certainly the best
    std::size_t m_end = 0; ///< visited
    std::uint64_t m_kept = 0;
    std::uint64_t m_keptWithValue = 0; ///< of m_kept
    std::uint64_t m_below = 0; ///< visited below the threshold
    std::size_t m_pageEnd = 0; ///< one behind the last hit of the page
};

/// What a node did not give is worse than the worst that it gave.
void Walk::findCertain()
{
    std::vector<std::uint64_t> given(m_list.totals.size(), 0);
    std::vector<std::size_t> last(m_list.totals.size(), 0); // one behind it
    for (std::size_t i = 0; i < m_candidates.size(); ++i) {
        ++given[m_candidates[i].hit->answer];
        last[m_candidates[i].hit->answer] = i + 1;
    }
    m_certain = m_candidates.size();
    for (const Hit &pin : m_list.pinned)
        ++given[pin.answer];
    for (std::size_t node = 0; node < given.size(); ++node) {
        if (given[node] >= m_list.totals[node])
            continue;
        m_whole = false;
        m_certain = std::min(m_certain, last[node]);
    }
}

void Walk::visitBucket()
{
    const RankKey &first = m_candidates[m_end].hit->key;
    const bool single = first.ownRules() == 0; // without rules there are no buckets, and the walk ends at any document
    const bool below = m_request.threshold && m_candidates[m_end].hit->score < *m_request.threshold && !single;
    std::size_t end = m_end + 1;
    while (!single && end < m_candidates.size() && sameBucket(first, m_candidates[end].hit->key))
        ++end;
    for (; m_end < end; ++m_end) {
        Candidate &candidate = m_candidates[m_end];
        candidate.gone = below || !m_distinct.passes(candidate.keys);
        m_below += below ? 1 : 0;
        if (candidate.gone)
            continue;
        candidate.kept = true;
        m_keptWithValue += candidate.keys.empty() ? 0 : 1;
        if (++m_kept <= m_request.wanted)
            m_pageEnd = m_end + 1;
    }
}

/// Candidates that were not visited: what shares a value with a hit is gone, and in a finite search all but the first
/// inserted of each value.
void Walk::settleRest()
{
    std::vector<Candidate *> rest;
    for (std::size_t i = m_end; i < m_candidates.size(); ++i) {
        m_candidates[i].gone = m_distinct.seen(m_candidates[i].keys);
        if (!m_candidates[i].gone)
            rest.push_back(&m_candidates[i]);
    }
    if (!m_request.finite || !m_request.distinct)
        return;
    if (!m_list.pinned.empty()) {
        settleWithPins();
        return;
    }
    std::sort(rest.begin(), rest.end(),
        [](const Candidate *a, const Candidate *b) { return a->hit->key.order < b->hit->key.order; });
    for (Candidate *candidate : rest)
        candidate->gone = !m_distinct.passes(candidate->keys);
}

/// A finite search counts one document of each value among hits, rest and pins together, the first inserted.
void Walk::settleWithPins()
{
    std::vector<std::pair<const Hit *, Candidate *>> all;
    for (Candidate &candidate : m_candidates) {
        if (!candidate.gone)
            all.emplace_back(candidate.hit, &candidate);
    }
    for (const Hit &pin : m_list.pinned)
        all.emplace_back(&pin, nullptr);
    std::sort(
        all.begin(), all.end(), [](const auto &a, const auto &b) { return a.first->key.order < b.first->key.order; });
    Distinct distinct(*m_request.distinct);
    for (const auto &[hit, candidate] : all) {
        if (distinct.passes(hit->object))
            continue;
        if (candidate != nullptr)
            candidate->gone = true;
        else
            m_pinsGone.insert(hit);
    }
}

/// From the counts of the distinct values over all candidates; each document must have at most one.
std::optional<std::uint64_t> Walk::totalByValues(const FacetMerge &facets) const
{
    if (m_severalValues || m_below > 0)
        return std::nullopt;
    const std::string &attribute = *m_request.distinct;
    if (m_request.finite) {
        if (m_request.threshold || facets.longest(attribute) >= m_request.nodeValuesPerFacet)
            return std::nullopt;
        const FacetMerge::Values groups = facets.valuesOf(attribute);
        return groups.different + (m_list.total - std::min(m_list.total, groups.documents));
    }
    if (!certain())
        return std::nullopt;
    std::uint64_t sharing = 0;
    for (const std::string &key : m_distinct.allSeen()) {
        const auto count = facets.countOf(attribute, Distinct::facetKeyOf(key));
        if (!count)
            return std::nullopt;
        sharing += *count;
    }
    return unpinned() - std::min(unpinned(), sharing) + m_keptWithValue + m_list.pinned.size();
}

std::optional<std::uint64_t> Walk::total(const FacetMerge &facets) const
{
    if (m_whole) {
        return m_list.pinned.size() - m_pinsGone.size() + static_cast<std::uint64_t>(std::count_if(
            m_candidates.begin(), m_candidates.end(), [](const Candidate &c) { return !c.gone; }));
    }
    if (m_request.distinct)
        return totalByValues(facets);
    if (!certain())
        return std::nullopt;
    return m_list.total - std::min(m_list.total, m_below);
}

std::pair<QByteArray, QByteArray> Walk::countFacets(
    const NodeAnswers &answers, std::uint64_t counted) const
{
    FacetMerge facets;
    for (const NodeAnswer &answer : answers) {
        const auto named = facets.addNames(answer.root()["facetDistribution"]);
        MIROIR_ASSERT(named.ok()); // they were read before
    }
    std::vector<const Hit *> hits;
    for (const Candidate &candidate : m_candidates) {
        if (!candidate.gone)
            hits.push_back(candidate.hit);
    }
    for (const Hit &pin : m_list.pinned) {
        if (!m_pinsGone.contains(&pin))
            hits.push_back(&pin);
    }
    std::sort(hits.begin(), hits.end(), [](const Hit *a, const Hit *b) { return a->key.order < b->key.order; });
    for (const Hit *hit : hits)
        facets.addDocument(hit->object);
    for (const std::string &facet : m_request.hiddenFacets)
        facets.hide(facet);
    return {facets.distribution(m_request.faceting, counted), facets.stats()};
}

Candidates Walk::result(const NodeAnswers &answers, FacetMerge &facets)
{
    Candidates out;
    out.severalValues = m_severalValues;
    out.total = total(facets);
    if (m_kept >= m_request.wanted ? m_whole || m_pageEnd <= m_certain : m_whole)
        out.pageEnd = m_pageEnd;
    // pins take places of their own; a total of all groups would need all candidates
    const bool counts = !m_request.finite && m_below == 0;
    out.inRounds = m_severalValues && m_request.distinctFilter && m_list.pinned.empty();
    out.endsBeyond = out.inRounds && (counts ? !certain() : !out.pageEnd);
    const bool filters = m_request.distinct && m_request.distinctFilter;
    const bool more = filters && !m_whole && !m_request.finite && certain() && m_below == 0;
    if (more && (!out.total || m_request.facets))
        out.sharingFilter = sharingFilter();
    if (!m_request.facets)
        return out;
    if (m_whole) {
        out.facets = countFacets(answers, *out.total);
    } else if (!m_request.distinct && m_below == 0 && certain()) { // nothing was taken out
        for (const std::string &facet : m_request.hiddenFacets)
            facets.hide(facet);
        out.facets.emplace(facets.distribution(m_request.faceting, m_list.total), facets.stats());
    }
    return out;
}

/// As a JSON text.
std::string Walk::sharingFilter() const
{
    std::vector<std::string> keys(m_distinct.allSeen().begin(), m_distinct.allSeen().end());
    std::sort(keys.begin(), keys.end()); // the same request gives the same question
    const std::string filter = valueFilter(*m_request.distinct, keys, m_request.distinctRanges);
    return filter.empty() ? std::string() : json::quoted(filter);
}

std::vector<json::Value> Walk::keptWithValue() const
{
    std::vector<json::Value> kept;
    for (const Candidate &candidate : m_candidates) {
        if (candidate.kept && !candidate.keys.empty())
            kept.push_back(candidate.hit->object);
    }
    return kept;
}

} // namespace

std::optional<MergeError> takeOutSharing(const CandidateRequest &request, std::uint64_t total, FacetMerge &facets,
    const NodeAnswers &sharing, const std::vector<json::Value> &kept, Candidates &out)
{
    if (const auto fault = faultyAnswer(sharing))
        return fault;
    std::uint64_t sharers = 0;
    bool fits = true; // a write between the two questions may have changed the counts
    for (std::size_t i = 0; i < sharing.size(); ++i) {
        const auto found = sharing[i].root()["estimatedTotalHits"].toU64();
        if (!found)
            return MergeError {i, "estimatedTotalHits is not a number"};
        sharers = addSaturated(sharers, *found);
        fits = fits && (!request.facets || facets.subtract(sharing[i].root()["facetDistribution"]).ok());
    }
    out.sharingFilter.clear();
    out.total = total - std::min(total, sharers) + kept.size();
    if (!request.facets || !fits || facets.anyAsLongAs(request.nodeValuesPerFacet))
        return std::nullopt;
    for (const json::Value &document : kept)
        facets.putBack(document);
    facets.restat(request.nodeValuesPerFacet);
    for (const std::string &facet : request.hiddenFacets)
        facets.hide(facet);
    out.facets.emplace(facets.distribution(request.faceting, *out.total), facets.stats());
    return std::nullopt;
}

Result<Candidates, MergeError> judgeCandidates(
    const CandidateRequest &request, const NodeAnswers &answers)
{
    return judgeCandidates(request, answers, {});
}

Result<Candidates, MergeError> judgeCandidates(const CandidateRequest &request,
    const NodeAnswers &answers, const NodeAnswers &sharing)
{
    MIROIR_ASSERT(!answers.empty());
    if (const auto fault = faultyAnswer(answers))
        return refuse(fault->answer, fault->reason);
    const auto list = HitList::read(answers, totalMember(false), request.tags);
    if (!list)
        return list.err();
    FacetMerge facets;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const json::Value answer = answers[i].root();
        if (const auto added = facets.add(answer["facetDistribution"], answer["facetStats"]); !added)
            return refuse(i, added.error().message);
    }
    if (request.distinct && !request.finite) { // which leaves pins alone
        for (const Hit &pin : list->pinned)
            facets.remove(pin.object);
    }
    Walk walk(request, *list);
    walk.run();
    Candidates out = walk.result(answers, facets);
    if (sharing.empty())
        return out;
    std::vector<json::Value> kept = walk.keptWithValue();
    for (const Hit &pin : list->pinned) {
        facets.putBack(pin.object);
        if (walk.sharesValue(pin)) // it was counted among the others, and stays all the same
            kept.push_back(pin.object);
    }
    if (const auto wrong = takeOutSharing(request, list->total, facets, sharing, kept, out))
        return refuse(wrong->answer, wrong->reason);
    return out;
}

} // namespace miroir::merge
