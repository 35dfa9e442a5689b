// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FacetMerge.h"

#include "merge/Selection.h"
#include "merge/Text.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

namespace miroir::merge {

namespace {

constexpr std::uint64_t numbersByTextUpTo = 3000;

std::optional<double> asNumber(std::string_view text)
{
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    if (text.size() <= first || text[first] < '0' || text[first] > '9')
        return std::nullopt; // from_chars would also take "inf" and "nan"
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc {} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

void append(QByteArray &out, std::string_view text)
{
    out.append(text.data(), static_cast<qsizetype>(text.size()));
}

std::uint64_t addSaturated(std::uint64_t a, std::uint64_t b)
{
    return a + b < a ? ~std::uint64_t {0} : a + b;
}

/// The normalised value under which a node counts a document; empty for what is no facet value.
std::string facetKey(const json::Value &value)
{
    if (value.isString())
        return normaliseFacet(value.toString());
    if (value.isBool())
        return std::string(value.raw());
    if (!value.isNumber())
        return {};
    std::string text = json::formatDouble(value.toDouble());
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

} // namespace

struct FacetMerge::Row {
    std::string_view key;
    const Count *count = nullptr;
    std::optional<double> number;
};

Status<> FacetMerge::addFacet(const json::Member &member)
{
    std::string name = member.key();
    if (isHidden(name))
        return Done {};
    if (!member.value.isObject())
        return fail("facetDistribution." + name + " is not an object");
    Facet &facet = m_facets[name];
    if (facet.rawName.empty())
        facet.rawName = member.name.raw();
    facet.counts.reserve(facet.counts.size() + member.value.size());
    TextStore texts;
    for (const json::Member value : member.value.members()) {
        const auto documents = value.value.toU64();
        if (!documents)
            return fail("a count in facetDistribution." + name + " is not a number");
        Count &count = facet.counts[normaliseFacet(texts.text(value.name))];
        if (count.shown.empty() || *documents > count.most) {
            count.shown = value.name.raw();
            count.most = *documents;
        }
        count.documents = addSaturated(count.documents, *documents);
    }
    return Done {};
}

Status<> FacetMerge::addStats(const json::Member &member)
{
    std::string name = member.key();
    if (isHidden(name))
        return Done {};
    const json::Value least = member.value["min"];
    const json::Value greatest = member.value["max"];
    if (!least.isNumber() || !greatest.isNumber())
        return fail("facetStats." + name + " has no min and max");
    const auto [place, fresh] = m_stats.try_emplace(std::move(name), Stats {member.name.raw(), least, greatest});
    if (fresh)
        return Done {};
    Stats &stats = place->second;
    if (least.toDouble() < stats.least.toDouble())
        stats.least = least;
    if (greatest.toDouble() > stats.greatest.toDouble())
        stats.greatest = greatest;
    return Done {};
}

Status<> FacetMerge::add(const json::Value &distribution, const json::Value &stats)
{
    if (distribution.exists() && !distribution.isObject())
        return fail("facetDistribution is not an object");
    if (stats.exists() && !stats.isObject())
        return fail("facetStats is not an object");
    for (const json::Member member : distribution.members()) {
        if (const auto added = addFacet(member); !added)
            return added;
    }
    for (const json::Member member : stats.members()) {
        if (const auto added = addStats(member); !added)
            return added;
    }
    return Done {};
}

void FacetMerge::remove(const json::Value &document)
{
    for (auto &[name, facet] : m_facets) {
        std::set<std::string> keys; // a document counts once for a value
        visitLeaves(document, name, [&keys](const json::Value &value) {
            if (value.isArray()) {
                for (const json::Value item : value.items())
                    keys.insert(facetKey(item));
            } else {
                keys.insert(facetKey(value));
            }
        });
        for (const std::string &key : keys) {
            const auto place = facet.counts.find(key);
            if (place != facet.counts.end() && --place->second.documents == 0)
                facet.counts.erase(place);
        }
    }
}

FacetMerge::Values FacetMerge::valuesOf(const std::string &facet) const
{
    Values values;
    const auto place = m_facets.find(facet);
    if (place == m_facets.end())
        return values;
    values.different = place->second.counts.size();
    for (const auto &[key, count] : place->second.counts)
        values.documents = addSaturated(values.documents, count.documents);
    return values;
}

void FacetMerge::hide(const std::string &facet)
{
    m_facets.erase(facet);
    m_stats.erase(facet);
}

std::vector<FacetMerge::Row> FacetMerge::sortedRows(
    const std::string &name, const Facet &facet, FacetOrder order, bool numbersByValue) const
{
    const auto stats = m_stats.find(name);
    std::vector<Row> rows;
    rows.reserve(facet.counts.size());
    for (const auto &[key, count] : facet.counts) {
        Row row {key, &count, std::nullopt};
        if (stats != m_stats.end()) {
            row.number = asNumber(key);
            const Stats &range = stats->second;
            if (row.number && (*row.number < range.least.toDouble() || *row.number > range.greatest.toDouble()))
                row.number.reset();
        }
        rows.push_back(row);
    }
    const auto alpha = [numbersByValue](const Row &a, const Row &b) {
        if (a.number.has_value() != b.number.has_value())
            return a.number.has_value();
        if (numbersByValue && a.number && *a.number != *b.number)
            return *a.number < *b.number;
        return a.key < b.key;
    };
    std::sort(rows.begin(), rows.end(), [&alpha, order](const Row &a, const Row &b) {
        if (order == FacetOrder::Count && a.count->documents != b.count->documents)
            return a.count->documents > b.count->documents;
        return alpha(a, b);
    });
    return rows;
}

QByteArray FacetMerge::distribution(const FacetSettings &settings, std::uint64_t candidates) const
{
    QByteArray out("{");
    for (const auto &[name, facet] : m_facets) {
        if (out.size() > 1)
            out += ',';
        append(out, facet.rawName);
        out += ":{";
        const FacetOrder order = settings.orderOf(name);
        // by count a node walks its levels, where numbers have their values
        const bool numbersByValue = candidates > numbersByTextUpTo || order == FacetOrder::Count;
        std::uint64_t written = 0;
        for (const Row &row : sortedRows(name, facet, order, numbersByValue)) {
            if (written == settings.maxValuesPerFacet)
                break;
            if (written++ > 0)
                out += ',';
            append(out, row.count->shown);
            out += ':';
            out += QByteArray::number(static_cast<qulonglong>(row.count->documents));
        }
        out += '}';
    }
    return out += '}';
}

QByteArray FacetMerge::stats() const
{
    QByteArray out("{");
    for (const auto &[name, stats] : m_stats) {
        if (out.size() > 1)
            out += ',';
        append(out, stats.rawName);
        out += ":{\"min\":";
        append(out, stats.least.raw());
        out += ",\"max\":";
        append(out, stats.greatest.raw());
        out += '}';
    }
    return out += '}';
}

FacetOrder FacetSettings::orderOf(std::string_view facet) const
{
    FacetOrder others = FacetOrder::Alpha;
    for (const auto &[name, order] : sortFacetValuesBy) {
        if (name == facet)
            return order;
        if (name == "*")
            others = order;
    }
    return others;
}

} // namespace miroir::merge
