// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FacetSearchMerge.h"

#include "merge/Answers.h"
#include "merge/Text.h"

#include <algorithm>
#include <unordered_map>

namespace miroir::merge {

namespace {

struct Row {
    std::string key; // normalised
    std::string_view rawValue; // JSON string as the first answer wrote it
    std::uint64_t count = 0;
};

class Rows
{
public:
    Status<> add(const json::Value &hits)
    {
        if (!hits.isArray())
            return fail("facetHits is not an array");
        for (const json::Value hit : hits.items()) {
            const json::Value value = hit["value"];
            const auto count = hit["count"].toU64();
            if (!value.isString() || !count)
                return fail("a facet hit has no value or count");
            std::string key = normaliseFacet(value.toString());
            const auto [place, fresh] = m_places.try_emplace(key, m_rows.size());
            if (fresh)
                m_rows.push_back({std::move(key), value.raw(), 0});
            m_rows[place->second].count += *count;
        }
        return Done {};
    }
    /// By text ascending; by count a node sorts equal counts by text descending.
    std::vector<Row> sorted(FacetOrder order) &&
    {
        std::sort(m_rows.begin(), m_rows.end(), [order](const Row &a, const Row &b) {
            if (order == FacetOrder::Alpha)
                return a.key < b.key;
            return a.count != b.count ? a.count > b.count : a.key > b.key;
        });
        return std::move(m_rows);
    }

private:
    std::vector<Row> m_rows;
    std::unordered_map<std::string, std::size_t> m_places;
};

} // namespace

Result<MergedFacetSearch, MergeError> mergeFacetSearch(
    FacetOrder order, std::uint64_t limit, const std::vector<QByteArray> &answers)
{
    MIROIR_ASSERT(!answers.empty());
    const auto parsed = parseAnswers(answers);
    if (!parsed)
        return parsed.err();
    Rows rows;
    for (std::size_t i = 0; i < parsed->size(); ++i) {
        if (const auto added = rows.add((*parsed)[i].root()["facetHits"]); !added)
            return refuse(i, added.error().message);
    }
    json::Writer writer;
    writer.beginArray();
    std::uint64_t written = 0;
    for (const Row &row : std::move(rows).sorted(order)) {
        if (written++ == limit)
            break;
        writer.beginObject().key("value").raw(row.rawValue).key("count").number(row.count).endObject();
    }
    writer.endArray();
    MergedFacetSearch merged;
    merged.facetHits = writer.take();
    const std::string_view query = parsed->front().root()["facetQuery"].raw();
    merged.facetQuery = query.empty() ? QByteArray("null")
                                      : QByteArray(query.data(), static_cast<qsizetype>(query.size()));
    return merged;
}

QByteArray writeFacetSearch(const MergedFacetSearch &merged, std::uint64_t processingTimeMs)
{
    return "{\"facetHits\":" + merged.facetHits + ",\"facetQuery\":" + merged.facetQuery
        + ",\"processingTimeMs\":" + QByteArray::number(static_cast<qulonglong>(processingTimeMs)) + '}';
}

} // namespace miroir::merge
