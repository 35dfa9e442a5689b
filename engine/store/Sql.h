// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QString>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <map>
#include <string>
#include <string_view>

namespace miroir::store {

/// Prepared statements of one connection, kept by their text. Failures name the statement, never its values.
class Sql
{
public:
    explicit Sql(QSqlDatabase database) : m_database(std::move(database)) { }

    /// Runs the statement with the values bound in order; read rows from the returned query with next().
    Result<QSqlQuery *> run(const char *statement, const QVariantList &values = {});
    Result<QSqlQuery *> run(const QString &statement, const QVariantList &values = {});
    /// Runs a statement that gives no rows.
    Status<> exec(const char *statement, const QVariantList &values = {});
    /// First column of the first row; an invalid variant when there is no row.
    Result<QVariant> value(const char *statement, const QVariantList &values = {});

private:
    QSqlDatabase m_database;
    std::map<QString, QSqlQuery> m_prepared; // bounded: statements are literals, task queries a few shapes
};

/// Text column values.
QVariant text(std::string_view utf8);
std::string textOf(const QVariant &value);

} // namespace miroir::store
