// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FacetSearchMerge.h"

#include "base/Bytes.h"
#include "merge/Answers.h"
#include "merge/Text.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace miroir::merge {

namespace {

struct ValueRow {
    std::string key; // normalised
    std::string sortKey; // by which a node walks over the values
    std::string value;
    std::string_view rawValue; // JSON string
    std::uint64_t count = 0;
    std::uint64_t most = 0; // documents in the answer that rawValue is from
};

/// Less documents first; a node compares equal counts by the text it shows.
bool fewer(const ValueRow &a, const ValueRow &b)
{
    return a.count != b.count ? a.count < b.count : a.value < b.value;
}

class Rows
{
public:
    explicit Rows(bool byWords) : m_byWords(byWords) { }

    Status<> add(const json::Value &hits)
    {
        if (!hits.isArray())
            return fail("facetHits is not an array");
        for (const json::Value hit : hits.items()) {
            const json::Value value = hit["value"];
            const auto count = hit["count"].toU64();
            if (!value.isString() || !count)
                return fail("a facet hit has no value or count");
            std::string text = value.toString();
            std::string key = normaliseFacet(text);
            const auto [place, fresh] = m_places.try_emplace(key, m_rows.size());
            if (fresh) {
                std::string sortKey = m_byWords ? withoutMarks(key) : std::string();
                m_rows.push_back({std::move(key), std::move(sortKey), {}, {}, 0, 0});
            }
            ValueRow &row = m_rows[place->second];
            if (row.rawValue.empty() || *count > row.most) {
                row.value = std::move(text);
                row.rawValue = value.raw();
                row.most = *count;
            }
            row.count = row.count + *count < row.count ? ~std::uint64_t {0} : row.count + *count;
        }
        return Done {};
    }

    std::vector<ValueRow> best(FacetOrder order, std::uint64_t limit) &&
    {
        std::sort(m_rows.begin(), m_rows.end(),
            [](const ValueRow &a, const ValueRow &b) {
                return std::tie(a.sortKey, a.key) < std::tie(b.sortKey, b.key);
            });
        if (order == FacetOrder::Count)
            keepMost(limit);
        else if (m_rows.size() > limit)
            m_rows.resize(static_cast<std::size_t>(limit));
        return std::move(m_rows);
    }

private:
    /// As a node walks over the values it keeps the best; of equal counts the later one pushes the worst out.
    void keepMost(std::uint64_t limit)
    {
        const auto more = [](const ValueRow &a, const ValueRow &b) { return fewer(b, a); };
        std::vector<ValueRow> heap; // the worst in front
        for (ValueRow &row : m_rows) {
            if (limit == 0)
                break;
            if (heap.size() == limit) {
                if (heap.front().count > row.count)
                    continue;
                std::pop_heap(heap.begin(), heap.end(), more);
                heap.pop_back();
            }
            heap.push_back(std::move(row));
            std::push_heap(heap.begin(), heap.end(), more);
        }
        std::sort(heap.begin(), heap.end(), more);
        m_rows = std::move(heap);
    }

    bool m_byWords;
    std::vector<ValueRow> m_rows;
    std::unordered_map<std::string, std::size_t> m_places;
};

} // namespace

Result<MergedFacetSearch, MergeError> mergeFacetSearch(
    FacetOrder order, std::uint64_t limit, const NodeAnswers &answers)
{
    MIROIR_ASSERT(!answers.empty());
    if (const auto fault = faultyAnswer(answers))
        return refuse(fault->answer, fault->reason);
    const json::Value query = answers.front().root()["facetQuery"];
    Rows rows(query.isString());
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (const auto added = rows.add(answers[i].root()["facetHits"]); !added)
            return refuse(i, added.error().message);
    }
    json::Writer writer;
    writer.beginArray();
    for (const ValueRow &row : std::move(rows).best(order, limit))
        writer.beginObject().key("value").raw(row.rawValue).key("count").number(row.count).endObject();
    writer.endArray();
    MergedFacetSearch merged;
    merged.facetHits = writer.take();
    merged.facetQuery = query.exists() ? toBytes(query.raw()) : QByteArray("null");
    return merged;
}

QByteArray writeFacetSearch(const MergedFacetSearch &merged, std::uint64_t processingTimeMs)
{
    return "{\"facetHits\":" + merged.facetHits + ",\"facetQuery\":" + merged.facetQuery
        + ",\"processingTimeMs\":" + QByteArray::number(static_cast<qulonglong>(processingTimeMs)) + '}';
}

} // namespace miroir::merge
