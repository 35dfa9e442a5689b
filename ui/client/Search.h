// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QVector>

/// A search as the window asks it and its answer as the window shows it. Pure. Nothing of a document is ever treated as
/// markup: highlights arrive between two private-use characters and become spans.
namespace miroir::ui {

struct FacetChoice {
    QString attribute;
    QString value;
    bool operator==(const FacetChoice &) const = default;
};

struct SearchQuery {
    QString indexUid;
    QString primaryKey; ///< to name a hit that has no title; may be empty
    QString text;
    QStringList facets; ///< attributes to count; the API knows no "all"
    QVector<FacetChoice> filters; ///< values of one attribute are joined by OR, attributes by AND
    int offset = 0;
    int limit = 20;
    bool operator==(const SearchQuery &) const = default;
};

struct TextSpan {
    QString text;
    bool marked = false;
    bool operator==(const TextSpan &) const = default;
};
using MarkedText = QVector<TextSpan>;
QString plainText(const MarkedText &text);

struct HitField {
    QString name;
    MarkedText value;
    bool list = false; ///< the items of an array, joined
};

struct Hit {
    MarkedText title;
    QVector<HitField> fields; ///< in written order, without the title
    QString json; ///< the document, indented, as the server sent it
};

struct FacetValue {
    QString value;
    qint64 count = 0;
};
struct Facet {
    QString name;
    QVector<FacetValue> values; ///< most frequent first
};

struct SearchAnswer {
    QVector<Hit> hits;
    QVector<Facet> facets;
    qint64 total = 0;
    int processingMs = 0;
    int offset = 0; ///< of the query
};

/// The body of POST /indexes/{uid}/search.
QByteArray searchBody(const SearchQuery &query);
/// Which attributes an index with these settings can count: its filterable ones, without those for places.
QStringList readFacetNames(const QByteArray &settingsJson);
Result<SearchAnswer> readSearchAnswer(const QByteArray &json, const QString &primaryKey);

} // namespace miroir::ui

Q_DECLARE_METATYPE(miroir::ui::Hit)
