// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/SqliteStore.h"

#include "base/Bytes.h"

#include <QDir>
#include <QFileInfo>
#include <QLockFile>
#include <QSqlError>
#include <QUuid>

namespace miroir::store {

namespace {

// Statements that make each version out of the one before it. Add, never change.
constexpr int schemaVersion = 2;

const char *const schema1[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE indexes(uid TEXT PRIMARY KEY, physical TEXT NOT NULL UNIQUE, primary_key TEXT NOT NULL,"
    " created INTEGER NOT NULL, updated INTEGER NOT NULL, settings TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE tasks(uid INTEGER PRIMARY KEY, batch INTEGER, index_uid TEXT, status INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, canceled_by INTEGER, enqueued INTEGER NOT NULL, started INTEGER, finished INTEGER,"
    " record TEXT NOT NULL)",
    "CREATE INDEX tasks_status ON tasks(status)",
    "CREATE INDEX tasks_index ON tasks(index_uid)",
    "CREATE TABLE log(offset INTEGER PRIMARY KEY, index_name TEXT NOT NULL, kind INTEGER NOT NULL, task INTEGER,"
    " argument BLOB NOT NULL, documents BLOB NOT NULL, primary_key TEXT NOT NULL,"
    " payload_bytes INTEGER NOT NULL, payload BLOB)",
    "CREATE TABLE pipes(node TEXT NOT NULL, index_name TEXT NOT NULL, applied INTEGER NOT NULL,"
    " PRIMARY KEY(node, index_name)) WITHOUT ROWID",
    "CREATE TABLE directories(number INTEGER PRIMARY KEY, index_name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE directory(number INTEGER NOT NULL, id TEXT NOT NULL, ord INTEGER NOT NULL, hash INTEGER NOT NULL,"
    " PRIMARY KEY(number, id)) WITHOUT ROWID",
    "CREATE INDEX directory_order ON directory(number, ord)",
};

const char *const schema2[] = {
    "CREATE TABLE waiting(task INTEGER PRIMARY KEY, request BLOB NOT NULL, payload BLOB NOT NULL)",
    "CREATE INDEX tasks_batch ON tasks(batch)",
};

const char *const pragmas[] = {
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-16384",
    "PRAGMA wal_autocheckpoint=2000",
    "PRAGMA busy_timeout=5000",
};

} // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const QString &directory)
{
    return openFile(directory + QStringLiteral("/miroir.sqlite"));
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::openFile(const QString &file)
{
    const QString folder = QFileInfo(file).absolutePath();
    if (!QDir().mkpath(folder))
        return fail("cannot create the folder " + toStd(folder) + " for the store");
    std::unique_ptr<SqliteStore> store(new SqliteStore);
    store->m_file = file;
    store->m_lock = std::make_unique<QLockFile>(file + QStringLiteral("-lock"));
    store->m_lock->setStaleLockTime(0);
    if (!store->m_lock->tryLock(0))
        return store->m_lock->error() == QLockFile::LockFailedError
            ? fail("the store " + toStd(file) + " is in use by another process")
            : fail("cannot write in the folder " + toStd(folder) + " of the store");
    const QString name = QStringLiteral("miroir-") + QUuid::createUuid().toString(QUuid::WithoutBraces);
    store->m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    store->m_database.setDatabaseName(file);
    if (!store->m_database.open())
        return fail("cannot open the store " + toStd(file) + ": " + toStd(store->m_database.lastError().text()));
    store->m_sql = std::make_unique<Sql>(store->m_database);
    store->m_segments = std::make_unique<SegmentFiles>(file + QStringLiteral("-payloads"));
    if (const Status<> ready = store->prepare(); !ready)
        return ready.err();
    return store;
}

SqliteStore::~SqliteStore()
{
    const QString name = m_database.connectionName();
    m_sql.reset();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

Status<> SqliteStore::prepare()
{
    for (const char *pragma : pragmas) {
        if (const Status<> done = m_sql->exec(pragma); !done)
            return done;
    }
    const Result<QVariant> version = m_sql->value("PRAGMA user_version");
    if (!version)
        return version.err();
    if (version->toInt() > schemaVersion)
        return fail("the store " + toStd(m_file) + " was written by a newer version of miroir");
    if (version->toInt() < schemaVersion) {
        if (const Status<> done = upgrade(version->toInt()); !done)
            return done;
    }
    if (const Status<> done = m_segments->prepare(); !done)
        return done;
    const Result<QVariant> last = m_sql->value("SELECT max(offset) FROM log");
    if (!last)
        return last.err();
    m_segments->removeAfter(LogOffset {last->toULongLong()});
    return Done {};
}

Status<> SqliteStore::upgrade(int from)
{
    if (const Status<> done = begin(); !done)
        return done;
    const auto run = [this](const auto &statements) -> Status<> {
        for (const char *statement : statements) {
            if (const Status<> done = m_sql->exec(statement); !done)
                return done;
        }
        return Done {};
    };
    if (from < 1) {
        if (const Status<> done = run(schema1); !done)
            return done;
    }
    if (const Status<> done = run(schema2); !done)
        return done;
    if (const Status<> done = m_sql->exec("PRAGMA user_version=2"); !done)
        return done;
    return commit();
}

Status<> SqliteStore::begin()
{
    return m_sql->exec("BEGIN IMMEDIATE");
}

Status<> SqliteStore::commit()
{
    return m_sql->exec("COMMIT");
}

void SqliteStore::rollback()
{
    static_cast<void>(m_sql->exec("ROLLBACK"));
}

Result<Compaction> SqliteStore::compact()
{
    const auto bytes = [this] {
        std::uint64_t sum = 0;
        for (const char *suffix : {"", "-wal"})
            sum += static_cast<std::uint64_t>(QFileInfo(m_database.databaseName() + QLatin1String(suffix)).size());
        return sum;
    };
    Compaction sizes;
    sizes.before = bytes();
    for (const char *statement : {"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"}) {
        // Not through m_sql: a pragma gives rows, and what they say does not matter here.
        QSqlQuery query(m_database);
        if (!query.exec(QLatin1String(statement)))
            return fail(std::string(statement) + ": " + toStd(query.lastError().text()));
    }
    sizes.after = bytes();
    return sizes;
}

Result<std::string> SqliteStore::meta(std::string_view key)
{
    const Result<QVariant> value = m_sql->value("SELECT value FROM meta WHERE key=?", {text(key)});
    if (!value)
        return value.err();
    return textOf(*value);
}

Status<> SqliteStore::setMeta(std::string_view key, std::string_view value)
{
    return m_sql->exec("INSERT OR REPLACE INTO meta VALUES(?,?)", {text(key), text(value)});
}

Result<std::vector<StoredIndex>> SqliteStore::indexes()
{
    const Result<QSqlQuery *> rows
        = m_sql->run("SELECT uid, physical, primary_key, created, updated, settings FROM indexes ORDER BY uid");
    if (!rows)
        return rows.err();
    std::vector<StoredIndex> found;
    while ((*rows)->next()) {
        found.push_back({textOf((*rows)->value(0)), textOf((*rows)->value(1)), textOf((*rows)->value(2)),
            (*rows)->value(3).toLongLong(), (*rows)->value(4).toLongLong(), textOf((*rows)->value(5))});
    }
    return found;
}

Status<> SqliteStore::saveIndex(const StoredIndex &index)
{
    return m_sql->exec("INSERT OR REPLACE INTO indexes VALUES(?,?,?,?,?,?)",
        {text(index.uid), text(index.physical), text(index.primaryKey), qint64(index.createdAtNs),
            qint64(index.updatedAtNs), text(index.settings)});
}

Status<> SqliteStore::removeIndex(std::string_view uid)
{
    return m_sql->exec("DELETE FROM indexes WHERE uid=?", {text(uid)});
}

Result<std::vector<StoredPipe>> SqliteStore::pipes()
{
    const Result<QSqlQuery *> rows = m_sql->run("SELECT node, index_name, applied FROM pipes");
    if (!rows)
        return rows.err();
    std::vector<StoredPipe> found;
    while ((*rows)->next())
        found.push_back(
            {textOf((*rows)->value(0)), textOf((*rows)->value(1)), LogOffset {(*rows)->value(2).toULongLong()}});
    return found;
}

Status<> SqliteStore::savePipe(const StoredPipe &pipe)
{
    return m_sql->exec("INSERT OR REPLACE INTO pipes VALUES(?,?,?)",
        {text(pipe.node), text(pipe.index), qint64(pipe.applied.value)});
}

Status<> SqliteStore::removePipes(std::string_view index)
{
    return m_sql->exec("DELETE FROM pipes WHERE index_name=?", {text(index)});
}

} // namespace miroir::store
