// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"

#include <QCoreApplication>

namespace miroir::ui {

/// States, sizes and times in words, the same everywhere in the window. No widgets; texts follow the language.
class Words
{
    Q_DECLARE_TR_FUNCTIONS(miroir::ui::Words)
public:
    static QString state(NodeState state);
    static QString cover(Cover cover);
    static QString taskStatus(const QString &status);
    /// "documentAdditionOrUpdate" -> "Add or update documents"; an unknown type stays as it is.
    static QString taskType(const QString &type);
    /// A count as tr() takes it for plurals; what is beyond an int counts as many.
    static int plural(qint64 number);
    static QString count(qint64 number); ///< with the separators of the language
    static QString bytes(std::optional<qint64> bytes); ///< "-" when unknown
    static QString latency(double ms);
    static QString lag(qint64 operations);
    /// "12 s", "3 min", "2 h", "5 days"; for a time in the future "0 s".
    static QString span(qint64 seconds);
    static QString age(const QDateTime &since, const QDateTime &now = QDateTime::currentDateTimeUtc());
    static QString time(const QDateTime &time);
    /// A text from outside as a tooltip: shown letter by letter, whatever it looks like.
    static QString tip(const QString &text);
    /// Names of the pictures of a state in the icon set.
    static QString icon(NodeState state);
    static QString icon(ClusterState state);
    static QString taskIcon(const QString &status);
};

} // namespace miroir::ui
