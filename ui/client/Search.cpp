// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/Search.h"

#include "base/Bytes.h"
#include "client/JsonText.h"
#include "json/Json.h"

#include <QMap>

#include <algorithm>
#include <array>

namespace miroir::ui {

namespace {

using json::Value;

// Private-use characters: no keyboard and hardly any document has them.
constexpr QChar markStart {0xE000};
constexpr QChar markEnd {0xE001};
constexpr int hitsMax = 1000;
constexpr int fieldsMax = 64;
constexpr int facetsMax = 64;
constexpr int facetValuesMax = 200;
constexpr int listItemsMax = 32;
constexpr qsizetype fieldCharsMax = 600;

QString quotedForFilter(QString text)
{
    text.replace(u'\\', QStringLiteral("\\\\"));
    text.replace(u'"', QStringLiteral("\\\""));
    return u'"' + text + u'"';
}

QString filterText(const QVector<FacetChoice> &choices)
{
    QMap<QString, QStringList> byAttribute;
    for (const FacetChoice &c : choices)
        byAttribute[c.attribute].append(
            quotedForFilter(c.attribute) + QStringLiteral(" = ") + quotedForFilter(c.value));
    QStringList parts;
    for (const QStringList &alternatives : std::as_const(byAttribute))
        parts.append(u'(' + alternatives.join(QStringLiteral(" OR ")) + u')');
    return parts.join(QStringLiteral(" AND "));
}

MarkedText marked(const QString &text)
{
    MarkedText spans;
    bool inside = false;
    qsizetype from = 0;
    const auto flush = [&](qsizetype to) {
        if (to > from)
            spans.append({text.mid(from, to - from), inside});
        from = to + 1;
    };
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] != markStart && text[at] != markEnd)
            continue;
        flush(at);
        inside = text[at] == markStart;
    }
    flush(text.size());
    return spans;
}

QString flat(const Value &value)
{
    if (value.isString())
        return toQString(value.toString());
    if (value.isArray()) {
        QStringList items;
        for (const Value item : value.items()) {
            if (items.size() >= listItemsMax)
                break;
            items.append(flat(item));
        }
        return items.join(QStringLiteral(", "));
    }
    return toQString(value.raw());
}

QString shortened(QString text)
{
    text = text.simplified();
    if (text.size() > fieldCharsMax) {
        text.truncate(fieldCharsMax);
        text += QChar(0x2026);
    }
    return text;
}

bool isTitle(const QString &name)
{
    static const std::array<QLatin1StringView, 6> names {QLatin1StringView("title"), QLatin1StringView("name"),
        QLatin1StringView("label"), QLatin1StringView("headline"), QLatin1StringView("subject"),
        QLatin1StringView("package")};
    return std::any_of(names.begin(), names.end(),
        [&](QLatin1StringView n) { return name.compare(n, Qt::CaseInsensitive) == 0; });
}

// What the search adds to a document; `_geo` and `_vectors` are the document's own.
bool isAdded(const QString &name)
{
    return name == u"_formatted" || name == u"_matchesPosition" || name.startsWith(u"_rankingScore")
        || name == u"_federation" || name == u"_vectors";
}

Hit readHit(const Value &document, const QString &primaryKey)
{
    Hit hit;
    const Value formatted = document["_formatted"];
    int titleAt = -1;
    int keyAt = -1;
    for (const json::Member member : document.members()) {
        const QString name = toQString(member.key());
        if (isAdded(name) || hit.fields.size() >= fieldsMax)
            continue;
        const Value shown = formatted[member.key()];
        const QString text = shortened(flat(shown.exists() ? shown : member.value));
        if (titleAt < 0 && isTitle(name) && !text.isEmpty())
            titleAt = static_cast<int>(hit.fields.size());
        if (name == primaryKey)
            keyAt = static_cast<int>(hit.fields.size());
        hit.fields.append({name, marked(text), member.value.isArray()});
    }
    const int heading = titleAt >= 0 ? titleAt : (keyAt >= 0 ? keyAt : 0);
    if (heading < hit.fields.size())
        hit.title = hit.fields.takeAt(heading).value;
    hit.json = prettyJson(document, "_formatted");
    return hit;
}

QVector<Facet> readFacets(const Value &distribution)
{
    QVector<Facet> facets;
    for (const json::Member member : distribution.members()) {
        if (facets.size() >= facetsMax)
            break;
        Facet facet {toQString(member.key()), {}};
        for (const json::Member value : member.value.members()) {
            if (facet.values.size() < facetValuesMax)
                facet.values.append({toQString(value.key()), value.value.toI64().value_or(0)});
        }
        std::stable_sort(facet.values.begin(), facet.values.end(),
            [](const FacetValue &a, const FacetValue &b) { return a.count > b.count; });
        facets.append(facet);
    }
    return facets;
}

} // namespace

QString plainText(const MarkedText &text)
{
    QString plain;
    for (const TextSpan &span : text)
        plain += span.text;
    return plain;
}

QByteArray searchBody(const SearchQuery &query)
{
    json::Writer w;
    w.beginObject();
    w.key("q").string(toStd(query.text));
    w.key("offset").number(query.offset);
    w.key("limit").number(query.limit);
    const QString filter = filterText(query.filters);
    if (!filter.isEmpty())
        w.key("filter").string(toStd(filter));
    if (!query.facets.isEmpty()) {
        w.key("facets").beginArray();
        for (const QString &facet : query.facets)
            w.string(toStd(facet));
        w.endArray();
    }
    w.key("attributesToHighlight").beginArray().string("*").endArray();
    w.key("highlightPreTag").string(toStd(QString(markStart)));
    w.key("highlightPostTag").string(toStd(QString(markEnd)));
    w.key("attributesToCrop").beginArray().string("*").endArray();
    w.key("cropLength").number(40);
    w.endObject();
    return w.take();
}

QStringList readFacetNames(const QByteArray &settingsJson)
{
    QStringList names;
    const auto document = json::Document::parse(settingsJson);
    if (!document)
        return names;
    const auto add = [&names](const Value &value) {
        const QString name = toQString(value.toString());
        if (!name.isEmpty() && !name.startsWith(u"_geo") && names.size() < facetsMax)
            names.append(name);
    };
    // A rule is a name, or patterns with what may be done with them.
    for (const Value rule : document->root()["filterableAttributes"].items()) {
        const Value filter = rule["features"]["filter"];
        if (rule.isString())
            add(rule);
        else if (!filter.exists() || filter["equality"].toBool() || filter["comparison"].toBool()) {
            for (const Value pattern : rule["attributePatterns"].items())
                add(pattern);
        }
    }
    return names;
}

Result<SearchAnswer> readSearchAnswer(const QByteArray &bytes, const QString &primaryKey)
{
    const auto document = json::Document::parse(bytes);
    if (!document)
        return fail("the search answer is no JSON: " + document.error().message());
    const Value root = document->root();
    if (!root["hits"].isArray())
        return fail("the search answer has no hits");
    SearchAnswer answer;
    for (const Value hit : root["hits"].items()) {
        if (answer.hits.size() < hitsMax)
            answer.hits.append(readHit(hit, primaryKey));
    }
    const Value total = root["totalHits"].exists() ? root["totalHits"] : root["estimatedTotalHits"];
    answer.total = total.toI64().value_or(answer.hits.size());
    answer.processingMs = static_cast<int>(root["processingTimeMs"].toI64().value_or(0));
    answer.offset = static_cast<int>(root["offset"].toI64().value_or(0));
    answer.facets = readFacets(root["facetDistribution"]);
    return answer;
}

} // namespace miroir::ui
