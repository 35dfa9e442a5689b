// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FacetMerge.h"

#include "merge/HitList.h"
#include "merge/Selection.h"
#include "merge/Text.h"
#include "protocol/FilterCheck.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

namespace miroir::merge {

namespace {

constexpr std::uint64_t numbersByTextUpTo = 3000;
/// In front of a number's key when the documents are known: a node counts the number 1 and the text "1" apart.
constexpr std::string_view numberMark = "\x01";

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

} // namespace

std::string facetKey(const json::Value &value)
{
    if (value.isString())
        return normaliseFacet(value.toString());
    if (value.isBool())
        return std::string(value.raw());
    return value.isNumber() ? protocol::displayDouble(value.toDouble()) : std::string();
}

std::map<std::string, json::Value> facetValues(const json::Value &document, const std::string &path)
{
    std::map<std::string, json::Value> values;
    const auto take = [&values](const json::Value &value) {
        if (std::string key = facetKey(value); !key.empty())
            values.try_emplace(std::move(key), value);
    };
    visitLeaves(document, path, [&take](const json::Value &value) {
        if (!value.isArray()) {
            take(value);
            return;
        }
        for (const json::Value item : value.items())
            take(item);
    });
    return values;
}

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
        std::string key = normaliseFacet(texts.text(value.name));
        Count &count = facet.counts[key];
        if (!count.shown.empty() && count.shown != value.name.raw())
            m_inSeveralForms.insert({name, std::move(key)});
        if (count.shown.empty() || *documents > count.most) {
            count.shown = value.name.raw();
            count.most = *documents;
        }
        count.documents = addSaturated(count.documents, *documents);
    }
    facet.longest = std::max<std::uint64_t>(facet.longest, member.value.size());
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
    addStat(name, member.name.raw(), least.toDouble(), greatest.toDouble());
    return Done {};
}

void FacetMerge::addStat(const std::string &name, std::string_view rawName, double least, double greatest)
{
    const auto [place, fresh] = m_stats.try_emplace(name, Stats {rawName, least, greatest});
    Stats &stats = place->second;
    stats.least = std::min(stats.least, least);
    stats.greatest = std::max(stats.greatest, greatest);
}

Status<> FacetMerge::addNames(const json::Value &distribution)
{
    if (distribution.exists() && !distribution.isObject())
        return fail("facetDistribution is not an object");
    for (const json::Member member : distribution.members()) {
        const std::string name = member.key();
        if (!isHidden(name))
            m_facets[name].rawName = member.name.raw();
    }
    return Done {};
}

void FacetMerge::addDocument(const json::Value &document)
{
    for (auto &[name, facet] : m_facets) {
        for (const auto &[key, value] : facetValues(document, name)) {
            Count &count = facet.counts[(value.isNumber() ? std::string(numberMark) : std::string()) + key];
            if (count.documents++ == 0) {
                count.shown = value.isString() ? std::string(value.raw()) : json::quoted(key);
                count.number = value.isNumber();
            }
            if (value.isNumber())
                addStat(name, facet.rawName, value.toDouble(), value.toDouble());
        }
    }
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
        for (const auto &[key, value] : facetValues(document, name)) { // a document counts once for a value
            const auto place = facet.counts.find(key);
            if (place != facet.counts.end() && --place->second.documents == 0)
                facet.counts.erase(place);
        }
    }
}

void FacetMerge::show(const FacetForms &forms)
{
    for (const auto &[value, shown] : forms) {
        const auto facet = m_facets.find(value.facet);
        if (facet == m_facets.end())
            continue;
        if (const auto count = facet->second.counts.find(value.key); count != facet->second.counts.end())
            count->second.shown = shown;
    }
}

Status<> FacetMerge::subtract(const json::Value &distribution)
{
    if (!distribution.isObject())
        return fail("facetDistribution is not an object");
    TextStore texts;
    for (const json::Member member : distribution.members()) {
        const auto facet = m_facets.find(member.key());
        if (facet == m_facets.end())
            continue;
        for (const json::Member value : member.value.members()) {
            const auto documents = value.value.toU64();
            const auto place = facet->second.counts.find(normaliseFacet(texts.text(value.name)));
            if (!documents || place == facet->second.counts.end() || place->second.documents < *documents)
                return fail("a count in facetDistribution." + member.key() + " is more than there are");
            place->second.documents -= *documents;
            if (place->second.documents == 0)
                facet->second.counts.erase(place);
        }
    }
    return Done {};
}

void FacetMerge::putBack(const json::Value &document)
{
    for (auto &[name, facet] : m_facets) {
        for (const auto &[key, value] : facetValues(document, name)) {
            Count &count = facet.counts[key];
            if (count.documents++ == 0 && count.shown.empty()) {
                count.shown = value.isString() ? std::string(value.raw()) : json::quoted(key);
                count.most = 1;
            }
        }
    }
}

void FacetMerge::restat(std::uint64_t nodeValuesPerFacet)
{
    std::map<std::string, Stats> before;
    before.swap(m_stats);
    for (const auto &[name, old] : before) {
        if (longest(name) >= nodeValuesPerFacet) {
            m_stats.emplace(name, old);
            continue;
        }
        for (const auto &[key, count] : m_facets[name].counts) {
            const auto number = asNumber(key); // m_stats are being made
            if (number && *number >= old.least && *number <= old.greatest)
                addStat(name, old.rawName, *number, *number);
        }
    }
}

bool FacetMerge::anyAsLongAs(std::uint64_t values) const
{
    return std::any_of(
        m_facets.begin(), m_facets.end(), [values](const auto &facet) { return facet.second.longest >= values; });
}

std::optional<std::uint64_t> FacetMerge::countOf(const std::string &facet, const std::string &key) const
{
    const auto place = m_facets.find(facet);
    if (place == m_facets.end())
        return std::nullopt;
    const auto count = place->second.counts.find(key);
    return count == place->second.counts.end() ? std::nullopt : std::optional(count->second.documents);
}

std::uint64_t FacetMerge::longest(const std::string &facet) const
{
    const auto place = m_facets.find(facet);
    return place == m_facets.end() ? 0 : place->second.longest;
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

std::optional<double> FacetMerge::numberOf(const std::string &facet, std::string_view key) const
{
    const auto stats = m_stats.find(facet);
    if (stats == m_stats.end())
        return std::nullopt;
    const auto number = asNumber(key);
    return number && *number >= stats->second.least && *number <= stats->second.greatest ? number : std::nullopt;
}

bool FacetMerge::needsDocuments() const
{
    if (!m_inSeveralForms.empty())
        return true;
    return std::any_of(m_facets.begin(), m_facets.end(), [this](const auto &named) {
        const auto &counts = named.second.counts;
        const auto isNumber
            = [this, &named](const auto &count) { return numberOf(named.first, count.first).has_value(); };
        return m_stats.contains(named.first) && std::any_of(counts.begin(), counts.end(), isNumber)
            && !std::all_of(counts.begin(), counts.end(), isNumber);
    });
}

FacetValues FacetMerge::inSeveralForms(std::uint64_t documents) const
{
    std::vector<std::pair<std::uint64_t, FacetValue>> rarest;
    for (const FacetValue &value : m_inSeveralForms) {
        if (const auto count = countOf(value.facet, value.key))
            rarest.emplace_back(*count, value);
    }
    std::sort(rarest.begin(), rarest.end());
    FacetValues values;
    for (const auto &[count, value] : rarest) {
        if (count > documents)
            break;
        documents -= count;
        values.insert(value);
    }
    return values;
}

std::vector<FacetMerge::Row> FacetMerge::sortedRows(
    const std::string &name, const Facet &facet, FacetOrder order, bool numbersByValue) const
{
    std::vector<Row> rows;
    rows.reserve(facet.counts.size());
    for (const auto &[key, count] : facet.counts) {
        Row row {key, &count, std::nullopt};
        if (count.number) {
            row.key.remove_prefix(numberMark.size());
            row.number = asNumber(row.key);
        } else if (count.most > 0) { // read from an answer
            row.number = numberOf(name, key);
        }
        rows.push_back(row);
    }
    const auto alpha = [numbersByValue](const Row &a, const Row &b) {
        if (numbersByValue && a.number && b.number && *a.number != *b.number)
            return *a.number < *b.number;
        return a.key < b.key;
    };
    std::sort(rows.begin(), rows.end(), [&alpha, order](const Row &a, const Row &b) {
        if (a.number.has_value() != b.number.has_value())
            return a.number.has_value();
        if (order == FacetOrder::Alpha)
            return alpha(a, b);
        // a node takes the greatest entry of a heap: of equal counts the last value
        return a.count->documents != b.count->documents ? a.count->documents > b.count->documents : alpha(b, a);
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
        std::vector<Row> rows = sortedRows(name, facet, order, numbersByValue);
        if (!numbersByValue && rows.size() > settings.maxValuesPerFacet)
            rows.resize(static_cast<std::size_t>(settings.maxValuesPerFacet));
        // A node's list has one place for a number and a text that are written alike: the number's, where the text's
        // count stays. Of few documents both count for the length of the list.
        std::unordered_map<std::string_view, const Count *> texts;
        std::unordered_set<std::string_view> numbers;
        for (const Row &row : rows) {
            if (row.count->number)
                numbers.insert(row.key);
            else if (!numbers.empty())
                texts.emplace(row.key, row.count);
        }
        std::uint64_t written = 0;
        for (const Row &row : rows) {
            if (!row.count->number && numbers.contains(row.key))
                continue;
            if (written == settings.maxValuesPerFacet)
                break;
            const auto text = row.count->number ? texts.find(row.key) : texts.end();
            const Count &count = text == texts.end() ? *row.count : *text->second;
            if (written++ > 0)
                out += ',';
            append(out, row.count->shown);
            out += ':';
            out += QByteArray::number(static_cast<qulonglong>(count.documents));
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
        append(out, json::formatDouble(stats.least));
        out += ",\"max\":";
        append(out, json::formatDouble(stats.greatest));
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
