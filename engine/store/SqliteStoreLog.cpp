// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "store/SqliteStore.h"

#include <cstring>

namespace miroir::store {

namespace {

/// Larger payloads go to files: SQLite would write them twice.
constexpr qsizetype rowPayloadBytesMax = 1'000'000;

// Fixed-width table of the documents of a record, little-endian, 24 bytes each.
constexpr std::size_t documentBytes = 24;

QByteArray packed(const std::vector<LoggedDocument> &documents)
{
    QByteArray bytes(static_cast<qsizetype>(documents.size() * documentBytes), Qt::Uninitialized);
    char *at = bytes.data();
    for (const LoggedDocument &document : documents) {
        std::memcpy(at, &document.order, 8);
        std::memcpy(at + 8, &document.hash, 8);
        std::memcpy(at + 16, &document.begin, 4);
        std::memcpy(at + 20, &document.length, 4);
        at += documentBytes;
    }
    return bytes;
}

std::vector<LoggedDocument> unpacked(const QByteArray &bytes)
{
    std::vector<LoggedDocument> documents(static_cast<std::size_t>(bytes.size()) / documentBytes);
    const char *at = bytes.constData();
    for (LoggedDocument &document : documents) {
        std::memcpy(&document.order, at, 8);
        std::memcpy(&document.hash, at + 8, 8);
        std::memcpy(&document.begin, at + 16, 4);
        std::memcpy(&document.length, at + 20, 4);
        at += documentBytes;
    }
    return documents;
}

} // namespace

Status<> SqliteStore::append(LogRecord &record, const QByteArray &payload)
{
    const Result<std::string> next = meta("next_offset");
    if (!next)
        return next.err();
    record.offset.value = next->empty() ? 1 : std::stoull(*next);
    record.payloadBytes = static_cast<std::uint64_t>(payload.size());
    const bool inFile = payload.size() > rowPayloadBytesMax;
    if (inFile) {
        if (const Status<> written = m_segments->write(record.offset, payload); !written)
            return written;
    }
    const QVariant task = record.task ? QVariant(record.task->value) : QVariant();
    const Status<> done = m_sql->exec("INSERT INTO log VALUES(?,?,?,?,?,?,?,?,?)",
        {qint64(record.offset.value), text(record.index), static_cast<int>(record.kind), task, record.argument,
            packed(record.documents), text(record.primaryKey),
            qint64(record.payloadBytes), inFile ? QVariant() : QVariant(payload)});
    if (!done)
        return done;
    return setMeta("next_offset", std::to_string(record.offset.value + 1));
}

Result<std::vector<LogRecord>> SqliteStore::records(std::string_view index, LogOffset from, std::size_t limit)
{
    const Result<QSqlQuery *> rows = m_sql->run(
        "SELECT offset, index_name, kind, task, argument, documents, primary_key, payload_bytes FROM log"
        " WHERE offset>=? AND (?='' OR index_name=?) ORDER BY offset LIMIT ?",
        {qint64(from.value), text(index), text(index), qint64(limit)});
    if (!rows)
        return rows.err();
    std::vector<LogRecord> found;
    QSqlQuery &row = **rows;
    while (row.next()) {
        LogRecord record;
        record.offset.value = row.value(0).toULongLong();
        record.index = textOf(row.value(1));
        record.kind = static_cast<OperationKind>(row.value(2).toInt());
        if (!row.value(3).isNull())
            record.task = TaskUid {row.value(3).toUInt()};
        record.argument = row.value(4).toByteArray();
        record.documents = unpacked(row.value(5).toByteArray());
        record.primaryKey = textOf(row.value(6));
        record.payloadBytes = row.value(7).toULongLong();
        found.push_back(std::move(record));
    }
    return found;
}

Result<QByteArray> SqliteStore::payload(LogOffset offset, std::uint64_t begin, std::uint64_t length)
{
    const Result<QVariant> row = m_sql->value("SELECT substr(payload, ?, ?) FROM log WHERE offset=?",
        {qint64(begin) + 1, qint64(length), qint64(offset.value)});
    if (!row)
        return row.err();
    if (row->isNull())
        return m_segments->read(offset, begin, length);
    QByteArray bytes = row->toByteArray();
    if (static_cast<std::uint64_t>(bytes.size()) != length)
        return fail("the payload of log record " + std::to_string(offset.value) + " is shorter than the log says");
    return bytes;
}

Status<> SqliteStore::neutralise(LogOffset offset, const QByteArray &argument)
{
    // a payload in a file stays until the record is trimmed
    return m_sql->exec("UPDATE log SET kind=?, argument=?, documents=x'', payload_bytes=0, payload=x'' WHERE offset=?",
        {static_cast<int>(OperationKind::Nothing), argument, qint64(offset.value)});
}

Result<std::uint64_t> SqliteStore::logBytes(LogOffset after)
{
    const Result<QVariant> sum = m_sql->value(
        "SELECT sum(payload_bytes + length(argument) + length(documents)) FROM log WHERE offset>?",
        {qint64(after.value)});
    if (!sum)
        return sum.err();
    return sum->toULongLong();
}

Status<> SqliteStore::saveWaiting(const StoredWaiting &waiting, const QByteArray &payload)
{
    // an empty QByteArray may be null, which SQLite would store as NULL
    return m_sql->exec("INSERT INTO waiting VALUES(?,?,?)",
        {waiting.task.value, waiting.request, payload.isNull() ? QByteArray("") : payload});
}

Result<std::vector<StoredWaiting>> SqliteStore::waiting()
{
    const Result<QSqlQuery *> rows = m_sql->run("SELECT task, request FROM waiting ORDER BY task");
    if (!rows)
        return rows.err();
    std::vector<StoredWaiting> found;
    while ((*rows)->next())
        found.push_back({TaskUid {(*rows)->value(0).toUInt()}, (*rows)->value(1).toByteArray()});
    return found;
}

Result<std::optional<Store::WaitingRequest>> SqliteStore::waitingRequest(TaskUid task)
{
    const Result<QSqlQuery *> rows = m_sql->run("SELECT request, payload FROM waiting WHERE task=?", {task.value});
    if (!rows)
        return rows.err();
    std::optional<WaitingRequest> found;
    if ((*rows)->next())
        found = WaitingRequest {(*rows)->value(0).toByteArray(), (*rows)->value(1).toByteArray()};
    (*rows)->finish();
    return found;
}

Status<> SqliteStore::removeWaiting(TaskUid task)
{
    return m_sql->exec("DELETE FROM waiting WHERE task=?", {task.value});
}

Status<> SqliteStore::trim(LogOffset upTo)
{
    const Status<> done = m_sql->exec("DELETE FROM log WHERE offset<=?", {qint64(upTo.value)});
    if (done)
        m_segments->removeUpTo(upTo);
    return done;
}

} // namespace miroir::store
