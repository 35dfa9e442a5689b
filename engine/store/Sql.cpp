// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/Sql.h"

#include "base/Bytes.h"

#include <QSqlError>

namespace miroir::store {

namespace {
constexpr std::size_t statementsKeptMax = 200;
}

Result<QSqlQuery *> Sql::run(const QString &statement, const QVariantList &values)
{
    if (m_prepared.size() > statementsKeptMax)
        m_prepared.clear();
    auto found = m_prepared.find(statement);
    if (found == m_prepared.end()) {
        QSqlQuery query(m_database);
        query.setForwardOnly(true);
        if (!query.prepare(statement))
            return fail("store: " + toStd(query.lastError().text()) + " in: " + toStd(statement));
        found = m_prepared.emplace(statement, std::move(query)).first;
    }
    QSqlQuery &query = found->second;
    query.finish();
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(static_cast<int>(i), values[i]);
    if (!query.exec())
        return fail("store: " + toStd(query.lastError().text()) + " in: " + toStd(statement));
    return &query;
}

Result<QSqlQuery *> Sql::run(const char *statement, const QVariantList &values)
{
    return run(QString::fromLatin1(statement), values);
}

Status<> Sql::exec(const char *statement, const QVariantList &values)
{
    const Result<QSqlQuery *> query = run(statement, values);
    if (!query)
        return query.err();
    (*query)->finish();
    return Done {};
}

Result<QVariant> Sql::value(const char *statement, const QVariantList &values)
{
    const Result<QSqlQuery *> query = run(statement, values);
    if (!query)
        return query.err();
    const QVariant value = (*query)->next() ? (*query)->value(0) : QVariant();
    (*query)->finish();
    return value;
}

QVariant text(std::string_view utf8)
{
    // a null QString would be bound as NULL, which equals nothing
    return utf8.empty() ? QStringLiteral("") : toQString(utf8);
}

std::string textOf(const QVariant &value)
{
    return toStd(value.toString());
}

} // namespace miroir::store
