// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/FacetCount.h"

#include "localnode/QueryDerive.h"
#include "protocol/AttributeCheck.h"
#include "protocol/FilterCheck.h"

#include <algorithm>
#include <limits>
#include <map>

namespace miroir::localnode {

namespace {

/// With more candidates than this numbers are listed in the order of their size instead of their text.
constexpr std::size_t smallCandidates = 3000;

struct Counted {
    std::uint64_t count = 0;
    std::uint32_t firstDoc = 0;
};

Counted countOf(const DocList &docs, const IndexSet &candidates)
{
    Counted out;
    for (const std::uint32_t doc : docs) {
        if (candidates.contains(doc) && out.count++ == 0)
            out.firstDoc = doc;
    }
    return out;
}

std::string originalText(const IndexData &data, std::uint32_t doc, FieldId field, const std::string &key)
{
    for (const FacetValue &value : data.facets.valuesOf(doc)) {
        if (value.field == field && value.key == &key)
            return value.original;
    }
    return key;
}

/// A list of value and count in which a repeated value keeps its place.
class Distribution
{
public:
    void set(std::string value, std::uint64_t count)
    {
        const auto [known, fresh] = m_places.try_emplace(value, m_list.size());
        if (fresh)
            m_list.emplace_back(std::move(value), count);
        else
            m_list[known->second].second = count;
    }
    [[nodiscard]] std::size_t size() const { return m_list.size(); }
    void write(json::Writer &out) const
    {
        out.beginObject();
        for (const auto &[value, count] : m_list)
            out.key(value).number(count);
        out.endObject();
    }

private:
    std::vector<std::pair<std::string, std::uint64_t>> m_list;
    std::map<std::string, std::size_t> m_places;
};

struct FacetCounter {
    const IndexData &data;
    const IndexSet &candidates;
    FieldId field;
    const FacetColumn &column;
    std::size_t limit;
    Distribution out;

    void alphabetically(bool small)
    {
        std::map<std::string, std::uint64_t> byText;
        for (const auto &[number, docs] : column.numbers) {
            const Counted counted = countOf(docs, candidates);
            if (counted.count == 0)
                continue;
            if (small)
                byText[protocol::displayDouble(number)] = counted.count;
            else if (!add(protocol::displayDouble(number), counted.count))
                break;
        }
        for (const auto &[text, count] : byText) {
            if (out.size() >= limit)
                break;
            out.set(text, count);
        }
        // of few documents a text takes a place even where it is written as a number and shares that one's
        std::size_t left = limit - std::min(limit, out.size());
        for (const auto &[key, docs] : column.strings) {
            if (small && left == 0)
                break;
            const Counted counted = countOf(docs, candidates);
            if (counted.count == 0)
                continue;
            --left;
            if (!add(originalText(data, counted.firstDoc, field, key), counted.count) && !small)
                break;
        }
    }

    void byCount()
    {
        std::vector<std::pair<std::uint64_t, std::string>> numbers;
        for (const auto &[number, docs] : column.numbers)
            numbers.emplace_back(countOf(docs, candidates).count, protocol::displayDouble(number));
        addByCount(std::move(numbers));
        std::vector<std::pair<std::uint64_t, std::string>> texts;
        for (const auto &[key, docs] : column.strings) {
            const Counted counted = countOf(docs, candidates);
            texts.emplace_back(counted.count,
                               counted.count > 0 ? originalText(data, counted.firstDoc, field, key) : std::string());
        }
        addByCount(std::move(texts));
    }

private:
    /// False when the list is just full. (What comes after a full list of numbers is not held back, as on a node.)
    bool add(std::string value, std::uint64_t count)
    {
        out.set(std::move(value), count);
        return out.size() != limit;
    }
    /// Largest counts first, of equals the greatest value first: the list comes in ascending order of values.
    void addByCount(std::vector<std::pair<std::uint64_t, std::string>> values)
    {
        std::reverse(values.begin(), values.end());
        std::stable_sort(values.begin(), values.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
        for (auto &[count, value] : values) {
            if (count == 0 || !add(std::move(value), count))
                break;
        }
    }
};

void writeStats(json::Writer &out, const std::string &name, const FacetColumn &column, const IndexSet &candidates)
{
    const auto counts = [&](const auto &entry) {
        return std::any_of(entry.second.begin(), entry.second.end(),
                           [&](std::uint32_t doc) { return candidates.contains(doc); });
    };
    const auto lowest = std::find_if(column.numbers.begin(), column.numbers.end(), counts);
    if (lowest == column.numbers.end())
        return;
    const auto highest = std::find_if(column.numbers.rbegin(), column.numbers.rend(), counts);
    out.key(name).beginObject().key("min").number(lowest->first).key("max").number(highest->first).endObject();
}

/// Keeps the best values while they come in.
class HitCollector
{
public:
    HitCollector(bool byCount, std::size_t limit) : m_byCount(byCount), m_limit(limit) { }

    /// False when no more is wanted.
    bool add(FacetHit hit)
    {
        if (!m_byCount) {
            if (m_hits.size() < m_limit)
                m_hits.push_back(std::move(hit));
            return m_hits.size() < m_limit;
        }
        if (m_limit == 0)
            return false;
        if (m_hits.size() < m_limit) {
            m_hits.push_back(std::move(hit));
            return true;
        }
        const auto worst = std::min_element(m_hits.begin(), m_hits.end(), less);
        if (worst->count <= hit.count)
            *worst = std::move(hit);
        return true;
    }

    std::vector<FacetHit> take()
    {
        if (m_byCount)
            std::sort(m_hits.begin(), m_hits.end(), [](const FacetHit &a, const FacetHit &b) { return less(b, a); });
        return std::move(m_hits);
    }

private:
    static bool less(const FacetHit &a, const FacetHit &b)
    {
        return a.count != b.count ? a.count < b.count : a.value < b.value;
    }
    bool m_byCount;
    std::size_t m_limit;
    std::vector<FacetHit> m_hits;
};

std::uint32_t facetTypos(const IndexData &data, FieldId field, std::string_view query)
{
    const protocol::TypoTolerance &typo = data.settings.typoTolerance;
    if (!typo.enabled || data.fields.rules(field).exact || query.size() < typo.oneTypo)
        return 0;
    return query.size() < typo.twoTypos ? 1 : 2;
}

} // namespace

FacetCounts countFacets(const IndexData &data, const std::vector<std::string> &facets, const IndexSet &candidates)
{
    const auto &rules = data.settings.filterableAttributes;
    const std::vector<std::string> asked = protocol::expandFacets(facets, rules, data.fields.names());
    // A facet brings along the filterable fields below it; those are listed in the order that `*` has.
    std::map<std::string, protocol::FacetOrder> names;
    for (const std::string &name : data.fields.names()) {
        const bool below = std::any_of(asked.begin(), asked.end(),
                                       [&name](const std::string &facet) { return protocol::isWithin(name, facet); });
        if (below && protocol::isFilterable(name, rules))
            names[name] = data.settings.faceting.order("*");
    }
    for (const std::string &name : asked)
        names[name] = data.settings.faceting.order(name);
    const bool small = candidates.count() <= smallCandidates;
    static const FacetColumn nothing;
    json::Writer distribution;
    json::Writer stats;
    distribution.beginObject();
    stats.beginObject();
    for (const auto &[name, order] : names) {
        const auto field = data.fields.find(name);
        const FacetColumn *column = field ? data.facets.column(*field) : nullptr;
        FacetCounter counter {data, candidates, field.value_or(0), column != nullptr ? *column : nothing,
                              static_cast<std::size_t>(data.settings.faceting.maxValuesPerFacet), {}};
        if (order == protocol::FacetOrder::Count)
            counter.byCount();
        else
            counter.alphabetically(small);
        distribution.key(name);
        counter.out.write(distribution);
        if (column != nullptr)
            writeStats(stats, name, *column, candidates);
    }
    distribution.endObject();
    stats.endObject();
    return {distribution.take(), stats.take()};
}

std::vector<FacetHit> searchFacet(
    const IndexData &data, std::string_view facet, const std::optional<std::string> &query, const IndexSet &candidates)
{
    const auto field = data.fields.find(facet);
    const FacetColumn *column = field ? data.facets.column(*field) : nullptr;
    if (column == nullptr)
        return {};
    HitCollector hits(data.settings.faceting.order(facet) == protocol::FacetOrder::Count,
                      static_cast<std::size_t>(data.settings.faceting.maxValuesPerFacet));
    const auto add = [&](const std::string &key, const DocList &docs) {
        const Counted counted = countOf(docs, candidates);
        return counted.count == 0 || hits.add({originalText(data, docs.front(), *field, key), counted.count});
    };
    if (!query) {
        for (const auto &[key, docs] : column->strings) {
            if (!add(key, docs))
                break;
        }
        return hits.take();
    }
    const std::string text = foldedFacet(*query);
    const bool exactWord = data.settings.typoTolerance.enabled && data.exactWords.contains(text);
    const std::uint32_t typos = facetTypos(data, *field, text);
    EditDistance distance(text, typos, true);
    for (const auto &[folded, keys] : data.facets.foldedTexts(*field)) {
        const bool matches = exactWord ? folded == text
            : typos == 0               ? folded.starts_with(text)
                                       : distance.to(folded) <= typos;
        if (!matches)
            continue;
        bool more = true;
        for (const std::string *key : keys)
            more = more && add(*key, column->strings.find(*key)->second);
        if (!more)
            break;
    }
    return hits.take();
}

} // namespace miroir::localnode
