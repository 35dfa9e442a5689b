// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/SearchMerge.h"

#include "base/Bytes.h"
#include "merge/Answers.h"
#include "merge/Distinct.h"
#include "merge/FacetMerge.h"
#include "merge/HitList.h"
#include "merge/PageWriter.h"
#include "merge/ScoreValues.h"

#include <algorithm>
#include <unordered_set>

namespace miroir::merge {

namespace {

/// One merge from the parsed answers to the result.
class SearchMerge
{
public:
    explicit SearchMerge(const MergeRequest &request) : m_request(request) { }

    Result<MergedSearch, MergeError> plain(const NodeAnswers &answers);
    Result<MergedSearch, MergeError> hybrid(const NodeAnswers &words,
        const NodeAnswers &semantic, float semanticRatio);

private:
    [[nodiscard]] Result<HitList, MergeError> read(const NodeAnswers &answers, const Tags &tags) const
    {
        return HitList::read(answers, totalMember(m_request.finite), tags);
    }
    [[nodiscard]] std::optional<MergeError> readFacets(const NodeAnswers &answers);
    void dropDuplicates(HitList &list);
    void measure(const HitList &list);
    MergedSearch finish(HitList &list, std::uint64_t candidates);

    const MergeRequest &m_request;
    FacetMerge m_facets;
    MergedSearch m_result;
};

std::optional<MergeError> SearchMerge::readFacets(const NodeAnswers &answers)
{
    if (!m_request.facets && !m_request.totalByGroups)
        return std::nullopt;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const json::Value answer = answers[i].root();
        if (const auto added = m_facets.add(answer["facetDistribution"], answer["facetStats"]); !added)
            return MergeError {i, added.error().message};
    }
    return std::nullopt;
}

Result<MergedSearch, MergeError> SearchMerge::plain(const NodeAnswers &answers)
{
    auto list = read(answers, m_request.tags);
    if (!list)
        return list.err();
    if (const auto wrong = readFacets(answers))
        return refuse(wrong->answer, wrong->reason);
    const std::uint64_t candidates = list->total;
    dropDuplicates(*list);
    measure(*list);
    return finish(*list, candidates);
}

/// So many of the best hits come before any that a node was not asked for; nothing when there are none of these.
std::optional<std::uint64_t> completeHits(const HitList &list, std::uint64_t asked)
{
    std::vector<std::uint64_t> given(list.totals.size(), 0);
    for (std::size_t i = 0; i < list.hits.size(); ++i) {
        const std::size_t answer = list.hits[i].answer;
        if (++given[answer] == asked && asked < list.totals[answer])
            return i + 1;
    }
    return std::nullopt;
}

void SearchMerge::dropDuplicates(HitList &list)
{
    m_result.total = list.total;
    if (!m_request.distinct)
        return;
    const bool byGroups = m_request.finite && m_request.totalByGroups;
    const FacetMerge::Values groups = byGroups ? m_facets.valuesOf(*m_request.distinct) : FacetMerge::Values();
    Distinct distinct(*m_request.distinct);
    std::uint64_t left = hitsNeeded(m_request);
    const auto complete = completeHits(list, left);
    std::uint64_t seen = 0;
    const auto dropped = std::erase_if(list.hits, [this, &distinct, &left, &seen, complete](const Hit &hit) {
        m_result.mayLackHits = m_result.mayLackHits || (left > 0 && complete == seen++);
        const std::vector<std::string> keys = distinct.keysOf(hit.object);
        if (distinct.passes(keys)) {
            left -= std::min<std::uint64_t>(left, 1);
            return false;
        }
        m_result.mayLackHits = m_result.mayLackHits || (left > 0 && !distinct.allSeen(keys));
        m_facets.remove(hit.object);
        return true;
    });
    m_result.mayLackHits = m_result.mayLackHits || (left > 0 && complete == seen);
    if (dropped > 0)
        m_facets.restat(m_request.nodeValuesPerFacet);
    if (byGroups) // every value is one group, every document without a value another
        m_result.total = groups.different + (m_result.total - std::min(m_result.total, groups.documents));
    else
        m_result.total -= std::min<std::uint64_t>(m_result.total, dropped);
}

void SearchMerge::measure(const HitList &list)
{
    const std::uint64_t needed = hitsNeeded(m_request);
    m_result.found = std::min<std::uint64_t>(needed, list.hits.size() + list.pinned.size()); // a pin has the score 1
    const std::uint64_t scored = std::min<std::uint64_t>(needed, list.hits.size());
    for (std::size_t i = 0; i < scored; ++i)
        m_result.leastScore = std::min(m_result.leastScore, list.hits[i].score);
}

MergedSearch SearchMerge::finish(HitList &list, std::uint64_t candidates)
{
    m_result.cutOff = list.cutOff;
    m_result.queryVector = list.queryVector;
    if (list.semantic)
        m_result.semanticHitCount = 0; // counted over the page
    writePage(m_request, list, m_result);
    setTotal(m_request, m_result, m_result.total);
    if (m_request.distinctFacetAdded)
        m_facets.hide(*m_request.distinct);
    for (const std::string &facet : m_request.hiddenFacets)
        m_facets.hide(facet);
    if (m_request.facets) {
        m_facets.show(m_request.facetForms);
        m_result.facetDistribution = m_facets.distribution(m_request.faceting, candidates);
        m_result.facetStats = m_facets.stats();
        m_result.facetsNeedDocuments = m_facets.needsDocuments();
        m_result.inSeveralForms = m_facets.inSeveralForms(m_request.maxTotalHits);
    }
    return std::move(m_result);
}

Result<MergedSearch, MergeError> SearchMerge::hybrid(
    const NodeAnswers &words, const NodeAnswers &semantic, float semanticRatio)
{
    auto byWords = read(words, {false, {}, m_request.tags.pins});
    MIROIR_ASSERT(byWords.ok());
    auto near = read(semantic, m_request.tags);
    if (!near)
        return near.err();
    if (const auto wrong = readFacets(semantic))
        return refuse(wrong->answer, wrong->reason);
    std::erase_if(near->hits, [](const Hit &hit) { return !hit.key.semantic(); }); // hits of the words follow behind
    near->shortest = std::min(byWords->hits.size(), near->hits.size());
    const double ratio = static_cast<double>(semanticRatio);
    const double rest = static_cast<double>(1.0F - semanticRatio);
    std::vector<Hit> merged;
    std::unordered_set<std::string_view> seen;
    for (const Hit &hit : near->pinned)
        seen.insert(hit.key.order);
    auto word = byWords->hits.begin();
    auto vector = near->hits.begin();
    while (word != byWords->hits.end() || vector != near->hits.end()) {
        const bool takeWord = vector == near->hits.end()
            || (word != byWords->hits.end() && compareWeighted(*vector, ratio, *word, rest) < 0);
        Hit &next = takeWord ? *word++ : *vector++;
        if (seen.insert(next.key.order).second)
            merged.push_back(std::move(next));
    }
    near->hits = std::move(merged);
    near->semantic = true;
    const std::uint64_t candidates = near->total;
    dropDuplicates(*near);
    return finish(*near, candidates);
}

} // namespace

Result<MergedSearch, MergeError> mergeSearch(const MergeRequest &request, const NodeAnswers &answers)
{
    MIROIR_ASSERT(!answers.empty());
    if (const auto fault = faultyAnswer(answers))
        return refuse(fault->answer, fault->reason);
    return SearchMerge(request).plain(answers);
}

Result<MergedSearch, MergeError> mergeHybrid(const MergeRequest &request, const NodeAnswers &words,
    const NodeAnswers &semantic, float semanticRatio)
{
    if (const auto fault = faultyAnswer(semantic))
        return refuse(fault->answer, fault->reason);
    return SearchMerge(request).hybrid(words, semantic, semanticRatio);
}

bool wordsAreEnough(const MergeRequest &request, const MergedSearch &words, float semanticRatio)
{
    constexpr double good = 0.45; // as a node has it: a score of 0.9 when both weigh the same
    return words.found >= hitsNeeded(request)
        && (words.found == 0 || words.leastScore * static_cast<double>(1.0F - semanticRatio) >= good);
}

void setTotal(const MergeRequest &request, MergedSearch &merged, std::uint64_t total)
{
    merged.total = request.cutTotals ? std::min(total, request.maxTotalHits) : total;
    if (request.finite && request.hitsPerPage > 0)
        merged.totalPages = total / request.hitsPerPage + (total % request.hitsPerPage != 0 ? 1 : 0);
}

std::uint64_t hitsNeeded(const MergeRequest &request)
{
    return pageOf(request).end;
}

std::vector<std::string> mergeFields(const MergeRequest &request)
{
    std::vector<std::string> fields {std::string(placement::orderField), std::string(placement::shardField)};
    if (request.distinct)
        fields.push_back(*request.distinct);
    if (request.tags.pins)
        fields.push_back(request.tags.pins->primaryKey()); // tells which pin it is
    return fields;
}

QByteArray writeSearch(const MergeRequest &request, const MergedSearch &merged, const AnswerFrame &frame)
{
    const auto raw = [](const QByteArray &bytes) {
        return std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    };
    json::Writer writer;
    writer.beginObject();
    if (!frame.indexUid.empty())
        writer.key("indexUid").string(frame.indexUid);
    writer.key("hits").raw(raw(merged.hits));
    writer.key("query").raw(frame.query.empty() ? "\"\"" : std::string_view(frame.query));
    if (!merged.queryVector.isEmpty())
        writer.key("queryVector").raw(raw(merged.queryVector));
    writer.key("processingTimeMs").number(frame.processingTimeMs);
    if (request.finite) {
        writer.key("hitsPerPage").number(request.hitsPerPage).key("page").number(request.page);
        writer.key("totalPages").number(merged.totalPages).key("totalHits").number(merged.total);
    } else {
        writer.key("limit").number(request.limit).key("offset").number(request.offset);
        writer.key("estimatedTotalHits").number(merged.total);
    }
    if (!merged.facetDistribution.isEmpty())
        writer.key("facetDistribution").raw(raw(merged.facetDistribution));
    if (!merged.facetStats.isEmpty())
        writer.key("facetStats").raw(raw(merged.facetStats));
    writer.key("requestUid").string(frame.requestUid);
    if (!frame.metadata.empty())
        writer.key("metadata").raw(frame.metadata);
    if (!frame.performanceDetails.empty())
        writer.key("performanceDetails").raw(frame.performanceDetails);
    if (merged.semanticHitCount)
        writer.key("semanticHitCount").number(*merged.semanticHitCount);
    writer.endObject();
    return writer.take();
}

} // namespace miroir::merge
