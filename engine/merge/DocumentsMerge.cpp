// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/DocumentsMerge.h"

#include "merge/Answers.h"
#include "merge/RankKey.h"
#include "merge/Selection.h"
#include "placement/Shards.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

namespace miroir::merge {

namespace {


struct Row {
    json::Value object;
    RankKey key;
    std::size_t answer = 0, place = 0;
};

/// The best value of a field for a direction, as a node sorts: numbers before texts before nothing, texts normalised.
class BestValue
{
public:
    explicit BestValue(bool ascending) : m_ascending(ascending) { }

    void take(const json::Value &value)
    {
        if (value.isArray()) {
            for (const json::Value item : value.items())
                takeOne(item);
        } else {
            takeOne(value);
        }
    }
    RankEntry entry(TextStore &texts)
    {
        RankEntry entry;
        entry.kind = RankEntry::Kind::Sort;
        entry.ascending = m_ascending;
        entry.value = m_value;
        entry.number = m_number;
        if (m_value == RankEntry::Value::Text)
            entry.text = texts.keep(std::move(m_text));
        return entry;
    }

private:
    void takeOne(const json::Value &value)
    {
        if (value.isNumber()) {
            const double number = value.toDouble();
            const bool better = m_ascending ? number < m_number : number > m_number;
            if (m_value != RankEntry::Value::Number || better)
                m_number = number;
            m_value = RankEntry::Value::Number;
        } else if ((value.isString() || value.isBool()) && m_value != RankEntry::Value::Number) {
            std::string text = value.isString() ? normaliseFacet(value.toString()) : std::string(value.raw());
            const bool better = m_ascending ? text < m_text : text > m_text;
            if (m_value == RankEntry::Value::None || better)
                m_text = std::move(text);
            m_value = RankEntry::Value::Text;
        }
    }

    bool m_ascending;
    RankEntry::Value m_value = RankEntry::Value::None;
    double m_number = 0;
    std::string m_text;
};

std::optional<double> coordinate(const json::Value &value)
{
    if (value.isNumber())
        return value.toDouble();
    const std::string text = value.toString();
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = !text.empty() && end == text.data() + text.size();
    return code == std::errc {} && whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Great-circle distance in metres by the haversine formula (R. W. Sinnott, Sky and Telescope 68(2), 1984),
/// with the mean radius of the earth.
double distance(double lat1, double lng1, double lat2, double lng2)
{
    constexpr double radius = 6'371'008.8;
    constexpr double degree = std::numbers::pi / 180;
    const double dLat = std::sin((lat2 - lat1) * degree / 2);
    const double dLng = std::sin((lng2 - lng1) * degree / 2);
    const double h = dLat * dLat + std::cos(lat1 * degree) * std::cos(lat2 * degree) * dLng * dLng;
    return 2 * radius * std::asin(std::sqrt(std::min(1.0, h)));
}

RankEntry distanceEntry(const SortBy &sort, const json::Value &document)
{
    RankEntry entry;
    entry.kind = RankEntry::Kind::Geo;
    entry.ascending = sort.ascending;
    const json::Value point = document["_geo"];
    const auto lat = coordinate(point["lat"]);
    const auto lng = coordinate(point["lng"]);
    if (lat && lng) {
        entry.value = RankEntry::Value::Number;
        entry.number = distance(sort.lat, sort.lng, *lat, *lng);
    }
    return entry;
}

RankKey keyOf(const std::vector<SortBy> &sort, const json::Value &document, TextStore &texts)
{
    RankKey key;
    key.entries.reserve(sort.size());
    for (const SortBy &by : sort) {
        if (by.field.empty()) {
            key.entries.push_back(distanceEntry(by, document));
            continue;
        }
        BestValue best(by.ascending);
        visitLeaves(document, by.field, [&best](const json::Value &value) { best.take(value); });
        key.entries.push_back(best.entry(texts));
    }
    key.order = texts.text(document[placement::orderField]);
    return key;
}

Status<> readAnswer(const std::vector<SortBy> &sort, std::size_t index, const json::Value &answer, TextStore &texts,
    std::vector<Row> &rows, std::uint64_t &total)
{
    const json::Value results = answer["results"];
    const auto count = answer["total"].toU64();
    if (!results.isArray())
        return fail("results is not an array");
    if (!count)
        return fail("total is not a number");
    total = total + *count < total ? ~std::uint64_t {0} : total + *count;
    rows.reserve(rows.size() + results.size());
    std::size_t place = 0;
    for (const json::Value document : results.items()) {
        if (!document.isObject())
            return fail("document " + std::to_string(place) + " is not an object");
        rows.push_back({document, keyOf(sort, document, texts), index, place++});
    }
    return Done {};
}

void appendDocument(QByteArray &out, const json::Value &document, const Selection &fields)
{
    TextStore texts;
    SliceObject writer(out);
    for (const json::Member member : document.members()) {
        const std::string_view name = texts.text(member.name);
        if (name == "_vectors")
            writer.member(member); // a node answers with it when vectors are asked for, whatever the fields are
        else
            fields.appendMember(writer, out, member, name);
    }
    writer.close();
}

} // namespace

Result<MergedDocuments, MergeError> mergeDocuments(
    const DocumentsRequest &request, const NodeAnswers &answers)
{
    MIROIR_ASSERT(!answers.empty());
    if (const auto fault = faultyAnswer(answers))
        return refuse(fault->answer, fault->reason);
    TextStore texts;
    std::vector<Row> rows;
    MergedDocuments merged;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto read = readAnswer(request.sort, i, answers[i].root(), texts, rows, merged.total);
        if (!read)
            return refuse(i, read.error().message);
    }
    std::sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
        const auto order = compare(a.key, b.key);
        return order != 0 ? order < 0 : std::pair(a.answer, a.place) < std::pair(b.answer, b.place);
    });
    const Selection fields = Selection::of(request.fields);
    merged.results += '[';
    const std::uint64_t begin = std::min<std::uint64_t>(request.offset, rows.size());
    const std::uint64_t end = begin + std::min<std::uint64_t>(request.limit, rows.size() - begin);
    for (std::uint64_t at = begin; at < end; ++at) {
        if (merged.count++ > 0)
            merged.results += ',';
        appendDocument(merged.results, rows[static_cast<std::size_t>(at)].object, fields);
    }
    merged.results += ']';
    return merged;
}

QByteArray writeDocuments(const DocumentsRequest &request, const MergedDocuments &merged)
{
    const auto number = [](std::uint64_t n) { return QByteArray::number(static_cast<qulonglong>(n)); };
    return "{\"results\":" + merged.results + ",\"offset\":" + number(request.offset) + ",\"limit\":"
        + number(request.limit)
        + ",\"total\":" + number(merged.total) + '}';
}

Result<QByteArray> stripHidden(const QByteArray &document)
{
    const auto parsed = json::Document::parse(document);
    if (!parsed)
        return fail("the document is not JSON: " + parsed.error().message());
    if (!parsed->root().isObject())
        return fail("the document is not an object");
    QByteArray out;
    out.reserve(document.size());
    Selection().append(out, parsed->root());
    return out;
}

Result<QByteArray> stripHiddenEach(const QByteArray &documents)
{
    const auto parsed = json::Document::parse(documents);
    if (!parsed)
        return fail("the documents are not JSON: " + parsed.error().message());
    if (!parsed->root().isArray())
        return fail("the documents are not an array");
    QByteArray out;
    out.reserve(documents.size());
    out += '[';
    for (const json::Value document : parsed->root().items()) {
        if (!document.isObject())
            return fail("one of the documents is not an object");
        if (out.size() > 1)
            out += ',';
        Selection().append(out, document);
    }
    out += ']';
    return out;
}

} // namespace miroir::merge
