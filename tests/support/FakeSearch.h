// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "json/Json.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <utility>

/// Search answers for tests and pictures: a handful of documents, each word of the query matched by its first four
/// letters.
class FakeSearch
{
public:
    static std::pair<int, QByteArray> answer(const QString &, const QByteArray &body)
    {
        const auto request = miroir::json::Document::parse(body);
        const QString query = miroir::toQString(request->root()["q"].toString());
        const QString filter = miroir::toQString(request->root()["filter"].toString());
        const QString pre = miroir::toQString(request->root()["highlightPreTag"].toString());
        const QString post = miroir::toQString(request->root()["highlightPostTag"].toString());
        QByteArray hits;
        int total = 0;
        for (const Package &p : packages()) {
            QString text = p.summary;
            const bool found = mark(text, query, pre, post) || query.isEmpty();
            if (!found || (!filter.isEmpty() && !filter.contains(u'"' + p.section + u'"')))
                continue;
            ++total;
            hits += (hits.isEmpty() ? "" : ",") + document(p, text).toUtf8();
        }
        // As a node does: only attributes that are named and filterable.
        for (const miroir::json::Value facet : request->root()["facets"].items()) {
            if (facet.toString() == "*")
                return {400,
                    R"({"message":"Pattern `*` is not filterable.","code":"invalid_search_facets",)"
                    R"("type":"x","link":""})"};
        }
        QByteArray facets = "{}";
        if (request->root()["facets"].size() > 0)
            facets = R"({"section":{"games":1204,"devel":612,"utils":301,"net":96,"education":41},)"
                     R"("architecture":{"amd64":1530,"all":724}})";
        return {200, "{\"hits\":[" + hits + "],\"offset\":0,\"limit\":20,\"processingTimeMs\":3,\"estimatedTotalHits\":"
                + QByteArray::number(total) + ",\"query\":\"\",\"facetDistribution\":" + facets + "}"};
    }

    static QByteArray settings()
    {
        return R"({"displayedAttributes":["*"],"searchableAttributes":["name","summary","description"],)"
               R"("filterableAttributes":["section","architecture","installed_kib"],)"
               R"("sortableAttributes":["installed_kib","name"],)"
               R"("rankingRules":["words","typo","proximity","attributeRank","sort","wordPosition","exactness"],)"
               R"("stopWords":[],"synonyms":{"game":["play"]},"distinctAttribute":null,)"
               R"("typoTolerance":{"enabled":true,"minWordSizeForTypos":{"oneTypo":5,"twoTypos":9},)"
               R"("disableOnWords":[]},)"
               R"("faceting":{"maxValuesPerFacet":100},"pagination":{"maxTotalHits":1000}})";
    }

private:
    struct Package {
        int id;
        QString name, section, summary;
        int kib;
    };

    static QVector<Package> packages()
    {
        return {
            {1, QStringLiteral("0ad"), QStringLiteral("games"),
                QStringLiteral("Real-time strategy game of ancient warfare"), 28591},
            {2, QStringLiteral("freeciv"), QStringLiteral("games"),
                QStringLiteral("Civilization turn based strategy game"), 92},
            {3, QStringLiteral("wesnoth"), QStringLiteral("games"),
                QStringLiteral("Fantasy turn-based strategy game, with campaigns and multiplayer"), 310},
            {4, QStringLiteral("unknown-horizons"), QStringLiteral("games"),
                QStringLiteral("2D realtime strategy simulation game"), 241877},
            {5, QStringLiteral("gnugo"), QStringLiteral("games"),
                QStringLiteral("Play the strategy game of Go against the computer"), 5210},
            {6, QStringLiteral("godot3"), QStringLiteral("devel"),
                QStringLiteral("Full 2D and 3D game engine with editor"), 70540},
        };
    }

    static bool mark(QString &text, const QString &query, const QString &pre, const QString &post)
    {
        bool found = false;
        const QStringList words = query.split(u' ', Qt::SkipEmptyParts);
        for (const QString &word : words) {
            const qsizetype at = text.indexOf(word.left(4), 0, Qt::CaseInsensitive);
            if (at < 0)
                continue;
            qsizetype end = at;
            while (end < text.size() && text[end].isLetterOrNumber())
                ++end;
            text = text.left(at) + pre + text.mid(at, end - at) + post + text.mid(end);
            found = true;
        }
        return found;
    }

    static QString document(const Package &p, const QString &markedSummary)
    {
        const auto fields = [&](const QString &summary) {
            return QStringLiteral(
                R"("id":%1,"name":"%2","section":"%3","summary":"%4","installed_kib":%5,"architecture":"amd64",)"
                R"("maintainer":"Debian Games Team","version":"1.%1.0-2")")
                .arg(p.id)
                .arg(p.name, p.section, summary)
                .arg(p.kib);
        };
        return u'{' + fields(p.summary) + QStringLiteral(",\"_formatted\":{") + fields(markedSummary)
            + QStringLiteral("}}");
    }
};
