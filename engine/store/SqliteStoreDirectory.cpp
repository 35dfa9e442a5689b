// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "store/SqliteStore.h"

namespace miroir::store {

namespace {

// SQLite numbers are signed: the bits are kept, the order of orders is below 2^63 anyway.
qint64 signedBits(std::uint64_t n)
{
    return static_cast<qint64>(n);
}

} // namespace

Result<qint64> SqliteStore::indexNumber(std::string_view index, bool create)
{
    if (create) {
        if (const Status<> done
            = m_sql->exec("INSERT OR IGNORE INTO directories(index_name) VALUES(?)", {text(index)});
            !done)
            return done.err();
    }
    const Result<QVariant> number = m_sql->value("SELECT number FROM directories WHERE index_name=?", {text(index)});
    if (!number)
        return number.err();
    return number->isNull() ? qint64(-1) : number->toLongLong();
}

Result<std::vector<std::optional<DirectoryEntry>>> SqliteStore::lookUp(
    std::string_view index, const std::vector<std::string> &ids)
{
    std::vector<std::optional<DirectoryEntry>> found(ids.size());
    const Result<qint64> number = indexNumber(index, false);
    if (!number)
        return number.err();
    for (std::size_t i = 0; i < ids.size() && *number >= 0; ++i) {
        const Result<QSqlQuery *> row
            = m_sql->run("SELECT ord, hash FROM directory WHERE number=? AND id=?", {*number, text(ids[i])});
        if (!row)
            return row.err();
        if ((*row)->next())
            found[i] = DirectoryEntry {static_cast<std::uint64_t>((*row)->value(0).toLongLong()),
                static_cast<std::uint64_t>((*row)->value(1).toLongLong())};
        (*row)->finish();
    }
    return found;
}

Status<> SqliteStore::enter(
    std::string_view index, const std::vector<std::pair<std::string, DirectoryEntry>> &entries)
{
    const Result<qint64> number = indexNumber(index, true);
    if (!number)
        return number.err();
    for (const auto &[id, entry] : entries) {
        const Status<> done = m_sql->exec("INSERT OR REPLACE INTO directory VALUES(?,?,?,?)",
            {*number, text(id), signedBits(entry.order), signedBits(entry.hash)});
        if (!done)
            return done;
    }
    return Done {};
}

Status<> SqliteStore::leave(std::string_view index, const std::vector<std::string> &ids)
{
    const Result<qint64> number = indexNumber(index, false);
    if (!number)
        return number.err();
    for (const std::string &id : ids) {
        if (const Status<> done = m_sql->exec("DELETE FROM directory WHERE number=? AND id=?", {*number, text(id)});
            !done)
            return done;
    }
    return Done {};
}

Status<> SqliteStore::leaveByOrder(std::string_view index, std::uint64_t first, std::uint64_t last)
{
    const Result<qint64> number = indexNumber(index, false);
    if (!number)
        return number.err();
    return m_sql->exec("DELETE FROM directory WHERE number=? AND ord BETWEEN ? AND ?",
        {*number, signedBits(first), signedBits(last)});
}

Result<std::vector<std::string>> SqliteStore::idsByOrder(
    std::string_view index, std::uint64_t first, std::uint64_t last)
{
    const Result<qint64> number = indexNumber(index, false);
    if (!number)
        return number.err();
    const Result<QSqlQuery *> rows
        = m_sql->run("SELECT id FROM directory WHERE number=? AND ord BETWEEN ? AND ? ORDER BY ord",
            {*number, signedBits(first), signedBits(last)});
    if (!rows)
        return rows.err();
    std::vector<std::string> ids;
    while ((*rows)->next())
        ids.push_back(textOf((*rows)->value(0)));
    return ids;
}

Status<> SqliteStore::leaveAll(std::string_view index)
{
    const Result<qint64> number = indexNumber(index, false);
    if (!number)
        return number.err();
    return m_sql->exec("DELETE FROM directory WHERE number=?", {*number});
}

Result<std::uint64_t> SqliteStore::directorySize(std::string_view index)
{
    const Result<QVariant> count = m_sql->value(
        "SELECT count(*) FROM directory WHERE number=(SELECT number FROM directories WHERE index_name=?)",
        {text(index)});
    if (!count)
        return count.err();
    return count->toULongLong();
}

Result<std::vector<std::pair<std::string, DirectoryEntry>>> SqliteStore::directoryPage(
    std::string_view index, std::uint64_t fromOrder, std::size_t limit)
{
    const Result<QSqlQuery *> rows = m_sql->run(
        "SELECT id, ord, hash FROM directory"
        " WHERE number=(SELECT number FROM directories WHERE index_name=?) AND ord>=? ORDER BY ord LIMIT ?",
        {text(index), signedBits(fromOrder), qint64(limit)});
    if (!rows)
        return rows.err();
    std::vector<std::pair<std::string, DirectoryEntry>> found;
    while ((*rows)->next()) {
        found.emplace_back(textOf((*rows)->value(0)),
            DirectoryEntry {static_cast<std::uint64_t>((*rows)->value(1).toLongLong()),
                static_cast<std::uint64_t>((*rows)->value(2).toLongLong())});
    }
    return found;
}

Result<std::vector<std::uint64_t>> SqliteStore::directoryShards(std::string_view index)
{
    const Result<QSqlQuery *> rows = m_sql->run(
        "SELECT (hash >> 58) & 63, count(*) FROM directory"
        " WHERE number=(SELECT number FROM directories WHERE index_name=?) GROUP BY 1",
        {text(index)});
    if (!rows)
        return rows.err();
    std::vector<std::uint64_t> shards(64);
    while ((*rows)->next())
        shards[(*rows)->value(0).toUInt() % 64] = (*rows)->value(1).toULongLong();
    return shards;
}

} // namespace miroir::store
