// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/SearchMerge.h"

#include "merge/Answers.h"
#include "merge/Distinct.h"
#include "merge/FacetMerge.h"
#include "merge/HitWriter.h"
#include "merge/RankKey.h"

#include <algorithm>

namespace miroir::merge {

namespace {

constexpr std::string_view orderField = "_miroir_ord";

struct Hit {
    json::Value object;
    RankKey key;
    std::size_t answer = 0, place = 0;
};

std::uint64_t addSaturated(std::uint64_t a, std::uint64_t b)
{
    return a + b < a ? ~std::uint64_t {0} : a + b;
}

std::uint64_t multiplySaturated(std::uint64_t a, std::uint64_t b)
{
    return b != 0 && a > ~std::uint64_t {0} / b ? ~std::uint64_t {0} : a * b;
}

/// Positions in the merged list, first and one behind the last.
struct Page {
    std::uint64_t begin = 0, end = 0;
};

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

/// One merge from the parsed answers to the result.
class SearchMerge
{
public:
    SearchMerge(const MergeRequest &request, const std::vector<json::Document> &answers)
        : m_request(request), m_answers(answers)
    {
    }

    Result<MergedSearch, MergeError> run()
    {
        for (std::size_t i = 0; i < m_answers.size(); ++i) {
            auto read = readAnswer(i, m_answers[i].root());
            if (!read)
                return refuse(i, read.error().message);
        }
        sortHits();
        const std::uint64_t candidates = m_result.total;
        dropDuplicates();
        if (m_request.cutTotals)
            m_result.total = std::min(m_result.total, m_request.maxTotalHits);
        writePage();
        if (m_request.finite && m_request.hitsPerPage > 0) {
            m_result.totalPages
                = m_result.total / m_request.hitsPerPage + (m_result.total % m_request.hitsPerPage != 0 ? 1 : 0);
        }
        if (m_request.facets) {
            m_result.facetDistribution = m_facets.distribution(m_request.faceting, candidates);
            m_result.facetStats = m_facets.stats();
        }
        return std::move(m_result);
    }

private:
    Status<> readAnswer(std::size_t index, const json::Value &answer);
    Result<Hit> readHit(const json::Value &object);
    void sortHits();
    void dropDuplicates();
    void writePage();
    [[nodiscard]] std::vector<const Hit *> page() const;

    const MergeRequest &m_request;
    const std::vector<json::Document> &m_answers;
    TextStore m_texts;
    std::vector<Hit> m_hits;
    std::vector<Hit> m_pinned; // by position
    FacetMerge m_facets;
    MergedSearch m_result;
};

Result<Hit> SearchMerge::readHit(const json::Value &object)
{
    if (!object.isObject())
        return fail("is not an object");
    const json::Value details = object["_rankingScoreDetails"];
    if (!details.exists())
        return fail("has no _rankingScoreDetails");
    auto key = RankKey::fromDetails(details, m_texts);
    if (!key)
        return key.err();
    Hit hit {object, std::move(*key), 0, 0};
    if (hit.key.order.empty())
        hit.key.order = m_texts.text(object[orderField]);
    return hit;
}

Status<> SearchMerge::readAnswer(std::size_t index, const json::Value &answer)
{
    const json::Value hits = answer["hits"];
    if (!hits.isArray())
        return fail("hits is not an array");
    m_hits.reserve(m_hits.size() + hits.size());
    std::size_t place = 0;
    for (const json::Value object : hits.items()) {
        auto hit = readHit(object);
        if (!hit)
            return fail("hit " + std::to_string(place) + ": " + hit.error().message);
        hit->answer = index;
        hit->place = place++;
        m_result.cutOff = m_result.cutOff || hit->key.cutOff;
        (hit->key.pin ? m_pinned : m_hits).push_back(std::move(*hit));
    }
    const char *totalName = m_request.finite ? "totalHits" : "estimatedTotalHits";
    const auto total = answer[totalName].toU64();
    if (!total)
        return fail(std::string(totalName) + " is not a number");
    m_result.total = addSaturated(m_result.total, *total);
    if (const json::Value vector = answer["queryVector"]; vector.isArray() && m_result.queryVector.isEmpty())
        m_result.queryVector = QByteArray(vector.raw().data(), static_cast<qsizetype>(vector.raw().size()));
    if (answer["semanticHitCount"].exists())
        m_result.semanticHitCount = 0; // counted over the page
    if (!m_request.facets && !m_request.totalByGroups)
        return Done {};
    return m_facets.add(answer["facetDistribution"], answer["facetStats"]);
}

void SearchMerge::sortHits()
{
    // the place in the input decides only between hits about which nothing is known
    const auto before = [](const Hit &a, const Hit &b) {
        const auto order = compare(a.key, b.key);
        return order != 0 ? order < 0 : std::pair(a.answer, a.place) < std::pair(b.answer, b.place);
    };
    std::sort(m_hits.begin(), m_hits.end(), before);
    std::stable_sort(
        m_pinned.begin(), m_pinned.end(), [](const Hit &a, const Hit &b) { return *a.key.pin < *b.key.pin; });
}

void SearchMerge::dropDuplicates()
{
    if (!m_request.distinct)
        return;
    const bool byGroups = m_request.finite && m_request.totalByGroups;
    const FacetMerge::Values groups = byGroups ? m_facets.valuesOf(*m_request.distinct) : FacetMerge::Values();
    Distinct distinct(*m_request.distinct);
    const auto dropped = std::erase_if(m_hits, [this, &distinct](const Hit &hit) {
        if (distinct.passes(hit.object))
            return false;
        m_facets.remove(hit.object);
        return true;
    });
    if (byGroups) // every value is one group, every document without a value another
        m_result.total = groups.different + (m_result.total - std::min(m_result.total, groups.documents));
    else
        m_result.total -= std::min<std::uint64_t>(m_result.total, dropped);
    if (m_request.distinctFacetAdded)
        m_facets.hide(*m_request.distinct);
}

/// Pins take their places; the other hits fill up around them, and late pins move forward when there are no others.
std::vector<const Hit *> SearchMerge::page() const
{
    const Page range = pageOf(m_request);
    std::vector<const Hit *> page;
    auto hit = m_hits.begin();
    auto pin = m_pinned.begin();
    if (m_pinned.empty()) { // the usual case needs no walk over the hits before the page
        const std::uint64_t end = std::min<std::uint64_t>(range.end, m_hits.size());
        for (std::uint64_t at = range.begin; at < end; ++at)
            page.push_back(&m_hits[static_cast<std::size_t>(at)]);
        return page;
    }
    for (std::uint64_t at = 0; at < range.end; ++at) {
        const bool pinNow = pin != m_pinned.end() && (*pin->key.pin <= at || hit == m_hits.end());
        if (!pinNow && hit == m_hits.end())
            break;
        const Hit *next = pinNow ? &*pin++ : &*hit++;
        if (at >= range.begin)
            page.push_back(next);
    }
    return page;
}

void SearchMerge::writePage()
{
    const HitWriter writer(m_request);
    const auto hits = page();
    std::size_t bytes = 2;
    for (const Hit *hit : hits)
        bytes += hit->object.raw().size() + 1;
    QByteArray &out = m_result.hits;
    out.reserve(static_cast<qsizetype>(bytes));
    out += '[';
    for (const Hit *hit : hits) {
        if (m_result.hitCount++ > 0)
            out += ',';
        writer.append(out, hit->object);
        if (m_result.semanticHitCount && hit->key.semantic())
            ++*m_result.semanticHitCount;
    }
    out += ']';
}

} // namespace

Result<MergedSearch, MergeError> mergeSearch(const MergeRequest &request, const std::vector<QByteArray> &answers)
{
    MIROIR_ASSERT(!answers.empty());
    const auto parsed = parseAnswers(answers);
    if (!parsed)
        return parsed.err();
    return SearchMerge(request, *parsed).run();
}

std::vector<std::string> mergeFields(const MergeRequest &request)
{
    std::vector<std::string> fields {std::string(orderField)};
    if (request.distinct)
        fields.push_back(*request.distinct);
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
    if (merged.semanticHitCount)
        writer.key("semanticHitCount").number(*merged.semanticHitCount);
    writer.endObject();
    return writer.take();
}

} // namespace miroir::merge
