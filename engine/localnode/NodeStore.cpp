// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeStore.h"

#include "base/Bytes.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QUuid>
#include <QVariant>

namespace miroir::localnode {
namespace {

// Each entry lifts the schema by one version; entries are never edited once released, only added.
constexpr const char *const migrations[] = {
    R"(CREATE TABLE settings_of_node (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
       CREATE TABLE indexes (id INTEGER PRIMARY KEY, uid TEXT NOT NULL, primary_key TEXT, created_ns INTEGER NOT NULL,
           updated_ns INTEGER NOT NULL, settings BLOB NOT NULL, field_names BLOB NOT NULL);
       CREATE TABLE documents (index_id INTEGER NOT NULL, docid INTEGER NOT NULL, body BLOB NOT NULL,
           PRIMARY KEY (index_id, docid)) WITHOUT ROWID;
       CREATE TABLE tasks (uid INTEGER PRIMARY KEY, record BLOB NOT NULL, content BLOB NOT NULL);
       CREATE TABLE payloads (uid INTEGER PRIMARY KEY, body BLOB NOT NULL);
       CREATE TABLE keys (uid TEXT PRIMARY KEY, json BLOB NOT NULL, created_ns INTEGER NOT NULL) WITHOUT ROWID)",
};

Err<Failure> sqlFailure(const char *doing, const QSqlError &error)
{
    return fail(std::string(doing) + ": " + toStd(error.text()));
}

QVariant orNull(const std::optional<std::string> &text)
{
    return text ? QVariant(toQString(*text)) : QVariant();
}
QVariant blob(const QByteArray &bytes)
{
    // A null QByteArray would be bound as NULL, an empty one as an empty blob.
    return bytes.isNull() ? QVariant(QByteArray("")) : QVariant(bytes);
}
std::optional<std::string> optionalText(const QVariant &v)
{
    return v.isNull() ? std::nullopt : std::optional(toStd(v.toString()));
}
} // namespace

Result<std::unique_ptr<NodeStore>> NodeStore::open(const QString &file)
{
    std::unique_ptr<NodeStore> store(new NodeStore);
    store->m_connection = QUuid::createUuid().toString();
    store->m_db = std::make_unique<QSqlDatabase>(
        QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), store->m_connection));
    store->m_db->setDatabaseName(file.isEmpty() ? QStringLiteral(":memory:") : file);
    store->m_db->setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!store->m_db->open())
        return sqlFailure("cannot open the database of the node", store->m_db->lastError());
    for (const char *pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16384",
                               "PRAGMA temp_store=MEMORY"}) {
        if (auto done = store->run(QString::fromLatin1(pragma)); !done)
            return done.err();
    }
    if (auto done = store->migrate(); !done)
        return done.err();
    return store;
}

NodeStore::~NodeStore()
{
    if (m_db)
        m_db->close();
    m_db.reset();
    QSqlDatabase::removeDatabase(m_connection);
}

Status<> NodeStore::run(const QString &statement)
{
    QSqlQuery query(*m_db);
    if (!query.exec(statement))
        return sqlFailure("the database of the node refused a statement", query.lastError());
    return Done {};
}

Status<> NodeStore::migrate()
{
    auto version = pragma("user_version");
    if (!version)
        return version.err();
    if (*version > schemaVersion)
        return fail("the database was written by a newer version of this program (schema " + std::to_string(*version)
                    + ", known " + std::to_string(schemaVersion) + ")");
    static_assert(std::size(migrations) == schemaVersion);
    for (auto at = static_cast<std::size_t>(*version); at < std::size(migrations); ++at) {
        auto done = inTransaction([&]() -> Status<> {
            for (const QString &statement :
                 QString::fromLatin1(migrations[at]).split(QLatin1Char(';'), Qt::SkipEmptyParts)) {
                if (auto one = run(statement); !one)
                    return one;
            }
            return run(QStringLiteral("PRAGMA user_version=%1").arg(at + 1));
        });
        if (!done)
            return done;
    }
    return Done {};
}

Status<> NodeStore::inTransaction(const std::function<Status<>()> &body)
{
    if (!m_db->transaction())
        return sqlFailure("cannot begin a transaction", m_db->lastError());
    auto done = body();
    if (!done) {
        m_db->rollback();
        return done;
    }
    if (!m_db->commit()) {
        const QSqlError error = m_db->lastError();
        m_db->rollback();
        return sqlFailure("cannot commit", error);
    }
    return Done {};
}

Result<std::vector<IndexRow>> NodeStore::indexes()
{
    QSqlQuery query(*m_db);
    if (!query.exec(QStringLiteral("SELECT id, uid, primary_key, created_ns, updated_ns, settings, field_names "
                                   "FROM indexes ORDER BY id")))
        return sqlFailure("cannot read the indexes", query.lastError());
    std::vector<IndexRow> rows;
    while (query.next()) {
        IndexRow row;
        row.id = query.value(0).toLongLong();
        row.uid = toStd(query.value(1).toString());
        row.primaryKey = optionalText(query.value(2));
        row.createdNs = query.value(3).toLongLong();
        row.updatedNs = query.value(4).toLongLong();
        row.settings = query.value(5).toByteArray();
        row.fieldNames = query.value(6).toByteArray();
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<std::vector<TaskRow>> NodeStore::tasks()
{
    QSqlQuery query(*m_db);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT record, content FROM tasks ORDER BY uid")))
        return sqlFailure("cannot read the tasks", query.lastError());
    std::vector<TaskRow> rows;
    while (query.next()) {
        auto task = protocol::taskFromText(query.value(0).toByteArray());
        if (!task)
            return task.err();
        rows.push_back({std::move(*task), query.value(1).toByteArray()});
    }
    return rows;
}

Result<std::vector<KeyRow>> NodeStore::keys()
{
    QSqlQuery query(*m_db);
    if (!query.exec(QStringLiteral("SELECT uid, json, created_ns FROM keys ORDER BY created_ns, uid")))
        return sqlFailure("cannot read the keys", query.lastError());
    std::vector<KeyRow> rows;
    while (query.next())
        rows.push_back({toStd(query.value(0).toString()), query.value(1).toByteArray(), query.value(2).toLongLong()});
    return rows;
}

Result<std::uint64_t> NodeStore::documents(std::int64_t index, const std::function<void(DocId, QByteArray)> &visit)
{
    QSqlQuery query(*m_db);
    query.setForwardOnly(true);
    query.prepare(QStringLiteral("SELECT docid, body FROM documents WHERE index_id = ? ORDER BY docid"));
    query.addBindValue(static_cast<qlonglong>(index));
    if (!query.exec())
        return sqlFailure("cannot read the documents", query.lastError());
    std::uint64_t count = 0;
    for (; query.next(); ++count)
        visit(static_cast<DocId>(query.value(0).toLongLong()), query.value(1).toByteArray());
    return count;
}

Result<QByteArray> NodeStore::payload(std::uint32_t task)
{
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("SELECT body FROM payloads WHERE uid = ?"));
    query.addBindValue(static_cast<qlonglong>(task));
    if (!query.exec())
        return sqlFailure("cannot read the payload of a task", query.lastError());
    return query.next() ? query.value(0).toByteArray() : QByteArray();
}

Status<> NodeStore::addTask(const TaskRow &row, const QByteArray &payload)
{
    return inTransaction([&]() -> Status<> {
        if (auto done = putTask(row); !done || payload.isEmpty())
            return done;
        QSqlQuery query(*m_db);
        query.prepare(QStringLiteral("INSERT INTO payloads (uid, body) VALUES (?, ?)"));
        query.addBindValue(static_cast<qlonglong>(row.task.uid));
        query.addBindValue(payload);
        if (!query.exec())
            return sqlFailure("cannot store the payload of a task", query.lastError());
        return Done {};
    });
}

Status<> NodeStore::putTask(const TaskRow &row)
{
    MIROIR_ASSERT(row.task.status != protocol::TaskStatus::Processing);
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO tasks (uid, record, content) VALUES (?, ?, ?)"));
    query.addBindValue(static_cast<qlonglong>(row.task.uid));
    query.addBindValue(protocol::taskToText(row.task));
    query.addBindValue(blob(row.content));
    if (!query.exec())
        return sqlFailure("cannot store a task", query.lastError());
    return Done {};
}

Status<> NodeStore::commit(const StoreCommit &commit)
{
    return inTransaction([&]() -> Status<> {
        for (const StoreStep &step : commit.steps) {
            if (auto done = applyStep(step); !done)
                return done;
        }
        for (const TaskRow &row : commit.tasks) {
            if (auto done = putTask(row); !done)
                return done;
            if (!protocol::isFinished(row.task.status))
                continue;
            if (auto done = run(QStringLiteral("DELETE FROM payloads WHERE uid = %1").arg(row.task.uid)); !done)
                return done;
        }
        for (const std::uint32_t uid : commit.deletedTasks) {
            for (const char *table : {"tasks", "payloads"}) {
                const QString statement
                    = QStringLiteral("DELETE FROM %1 WHERE uid = %2").arg(QLatin1StringView(table)).arg(uid);
                if (auto done = run(statement); !done)
                    return done;
            }
        }
        return Done {};
    });
}

Status<> NodeStore::applyStep(const StoreStep &step)
{
    const auto id = static_cast<qlonglong>(step.index.id);
    switch (step.kind) {
    case StoreStep::Kind::Documents:
        return writeDocuments(step.index.id, step.documents);
    case StoreStep::Kind::ClearDocuments:
        return run(QStringLiteral("DELETE FROM documents WHERE index_id = %1").arg(id));
    case StoreStep::Kind::DropIndex:
        if (auto done = run(QStringLiteral("DELETE FROM documents WHERE index_id = %1").arg(id)); !done)
            return done;
        return run(QStringLiteral("DELETE FROM indexes WHERE id = %1").arg(id));
    case StoreStep::Kind::PutIndex:
        break;
    }
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO indexes (id, uid, primary_key, created_ns, updated_ns, "
                                 "settings, field_names) VALUES (?, ?, ?, ?, ?, ?, ?)"));
    query.addBindValue(id);
    query.addBindValue(toQString(step.index.uid));
    query.addBindValue(orNull(step.index.primaryKey));
    query.addBindValue(static_cast<qlonglong>(step.index.createdNs));
    query.addBindValue(static_cast<qlonglong>(step.index.updatedNs));
    query.addBindValue(blob(step.index.settings));
    query.addBindValue(blob(step.index.fieldNames));
    if (!query.exec())
        return sqlFailure("cannot store an index", query.lastError());
    return Done {};
}

Status<> NodeStore::writeDocuments(std::int64_t index, const std::vector<StoredChange> &changes)
{
    QSqlQuery put(*m_db);
    QSqlQuery drop(*m_db);
    put.prepare(QStringLiteral("INSERT OR REPLACE INTO documents (index_id, docid, body) VALUES (?, ?, ?)"));
    drop.prepare(QStringLiteral("DELETE FROM documents WHERE index_id = ? AND docid = ?"));
    for (const StoredChange &change : changes) {
        QSqlQuery &query = change.removed ? drop : put;
        query.bindValue(0, static_cast<qlonglong>(index));
        query.bindValue(1, static_cast<qlonglong>(change.docid));
        if (!change.removed)
            query.bindValue(2, blob(change.document));
        if (!query.exec())
            return sqlFailure("cannot store a document", query.lastError());
    }
    return Done {};
}

Status<> NodeStore::putKey(const KeyRow &key)
{
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO keys (uid, json, created_ns) VALUES (?, ?, ?)"));
    query.addBindValue(toQString(key.uid));
    query.addBindValue(blob(key.json));
    query.addBindValue(static_cast<qlonglong>(key.createdNs));
    if (!query.exec())
        return sqlFailure("cannot store a key", query.lastError());
    return Done {};
}

Status<> NodeStore::deleteKey(const std::string &uid)
{
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("DELETE FROM keys WHERE uid = ?"));
    query.addBindValue(toQString(uid));
    if (!query.exec())
        return sqlFailure("cannot delete a key", query.lastError());
    return Done {};
}

Result<QByteArray> NodeStore::value(const char *name)
{
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("SELECT value FROM settings_of_node WHERE name = ?"));
    query.addBindValue(QString::fromLatin1(name));
    if (!query.exec())
        return sqlFailure("cannot read a value", query.lastError());
    return query.next() ? query.value(0).toByteArray() : QByteArray();
}

Status<> NodeStore::setValue(const char *name, const QByteArray &value)
{
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO settings_of_node (name, value) VALUES (?, ?)"));
    query.addBindValue(QString::fromLatin1(name));
    query.addBindValue(blob(value));
    if (!query.exec())
        return sqlFailure("cannot store a value", query.lastError());
    return Done {};
}

Result<std::uint64_t> NodeStore::pragma(const char *name)
{
    QSqlQuery query(*m_db);
    if (!query.exec(QStringLiteral("PRAGMA %1").arg(QLatin1StringView(name))) || !query.next())
        return sqlFailure("cannot read a property of the database", query.lastError());
    return query.value(0).toULongLong();
}

Result<std::uint64_t> NodeStore::bytes()
{
    auto pages = pragma("page_count");
    auto size = pragma("page_size");
    if (!pages || !size)
        return !pages ? pages.err() : size.err();
    return *pages * *size;
}

Result<std::uint64_t> NodeStore::usedBytes()
{
    auto all = bytes();
    auto spare = pragma("freelist_count");
    auto size = pragma("page_size");
    if (!all || !spare || !size)
        return !all ? all.err() : fail("cannot read a property of the database");
    return *all - *spare * *size;
}

Status<> NodeStore::compact()
{
    return run(QStringLiteral("VACUUM"));
}

Status<> NodeStore::copyTo(const QString &file)
{
    QSqlQuery query(*m_db);
    query.prepare(QStringLiteral("VACUUM INTO ?"));
    query.addBindValue(file);
    if (!query.exec())
        return sqlFailure("cannot copy the database", query.lastError());
    return Done {};
}

} // namespace miroir::localnode
