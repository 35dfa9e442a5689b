// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "store/SqliteStore.h"

#include <algorithm>

namespace miroir::store {

namespace {

QVariant orNull(const auto &value)
{
    return value ? QVariant::fromValue(static_cast<qint64>(*value)) : QVariant();
}

/// WHERE clause of a query as far as columns can tell; the rest is decided by TaskQuery::matches.
class Conditions
{
public:
    explicit Conditions(const protocol::TaskQuery &query)
    {
        list("uid", query.uids);
        list("batch", query.batchUids);
        list("canceled_by", query.canceledBy);
        list("status", query.statuses);
        list("kind", query.kinds);
        bound("enqueued>?", query.afterEnqueuedAtNs);
        bound("enqueued<?", query.beforeEnqueuedAtNs);
        bound("started>?", query.afterStartedAtNs);
        bound("started<?", query.beforeStartedAtNs);
        bound("finished>?", query.afterFinishedAtNs);
        bound("finished<?", query.beforeFinishedAtNs);
    }
    void page(const protocol::TaskQuery &query)
    {
        if (query.from)
            bound(query.reverse ? "uid>=?" : "uid<=?", query.from);
    }
    [[nodiscard]] QString where() const
    {
        return m_parts.isEmpty() ? QString() : QStringLiteral(" WHERE ") + m_parts.join(QStringLiteral(" AND "));
    }
    [[nodiscard]] const QVariantList &values() const { return m_values; }

private:
    template <typename T>
    void list(const char *column, const std::optional<std::vector<T>> &values)
    {
        if (!values)
            return;
        QStringList numbers; // numbers only, so that a list may be longer than SQLite's bound values
        for (const T value : *values)
            numbers.append(QString::number(static_cast<qint64>(value)));
        m_parts.append(QLatin1StringView(column) + QStringLiteral(" IN (") + numbers.join(u',') + u')');
    }
    template <typename T>
    void bound(const char *condition, const std::optional<T> &value)
    {
        if (!value)
            return;
        m_parts.append(QLatin1StringView(condition));
        m_values.append(static_cast<qint64>(*value));
    }
    QStringList m_parts;
    QVariantList m_values;
};

} // namespace

Status<> SqliteStore::saveTask(const protocol::TaskRecord &task)
{
    return m_sql->exec("INSERT OR REPLACE INTO tasks VALUES(?,?,?,?,?,?,?,?,?,?)",
        {task.uid, orNull(task.batchUid), task.indexUid ? text(*task.indexUid) : QVariant(),
            static_cast<int>(task.status), static_cast<int>(task.kind), orNull(task.canceledBy),
            qint64(task.enqueuedAtNs), orNull(task.startedAtNs), orNull(task.finishedAtNs),
            QString::fromUtf8(protocol::taskToText(task))});
}

Result<std::optional<protocol::TaskRecord>> SqliteStore::task(TaskUid uid)
{
    const Result<QVariant> row = m_sql->value("SELECT record FROM tasks WHERE uid=?", {uid.value});
    if (!row)
        return row.err();
    if (row->isNull())
        return std::optional<protocol::TaskRecord>();
    Result<protocol::TaskRecord> record = protocol::taskFromText(row->toString().toUtf8());
    if (!record)
        return record.err();
    return std::optional(std::move(*record));
}

Result<TaskList> SqliteStore::tasks(const protocol::TaskQuery &query, const TaskFilter &visible)
{
    TaskList list;
    const bool columnsDecide = !visible && !query.indexUids;
    Conditions conditions(query);
    if (columnsDecide) {
        const Result<QSqlQuery *> count
            = m_sql->run(QStringLiteral("SELECT count(*) FROM tasks") + conditions.where(), conditions.values());
        if (!count)
            return count.err();
        list.total = (*count)->next() ? (*count)->value(0).toULongLong() : 0;
        (*count)->finish();
        conditions.page(query);
    }
    const Result<QSqlQuery *> rows = m_sql->run(QStringLiteral("SELECT record FROM tasks") + conditions.where()
            + (query.reverse ? QStringLiteral(" ORDER BY uid") : QStringLiteral(" ORDER BY uid DESC")),
        conditions.values());
    if (!rows)
        return rows.err();
    while ((*rows)->next()) {
        Result<protocol::TaskRecord> record = protocol::taskFromText((*rows)->value(0).toString().toUtf8());
        if (!record)
            return record.err();
        if (!columnsDecide) {
            if (!query.matches(*record) || (visible && !visible(*record)))
                continue;
            ++list.total;
            if (!query.withinPage(record->uid))
                continue;
        }
        if (list.tasks.size() < query.limit) {
            list.tasks.push_back(std::move(*record));
        } else {
            if (!list.next)
                list.next = record->uid;
            if (columnsDecide)
                break;
        }
    }
    (*rows)->finish();
    return list;
}

Result<std::vector<protocol::TaskRecord>> SqliteStore::batchTasks(std::uint32_t batch)
{
    const Result<QSqlQuery *> rows = m_sql->run("SELECT record FROM tasks WHERE batch=? ORDER BY uid", {batch});
    if (!rows)
        return rows.err();
    std::vector<protocol::TaskRecord> tasks;
    while ((*rows)->next()) {
        Result<protocol::TaskRecord> record = protocol::taskFromText((*rows)->value(0).toString().toUtf8());
        if (!record)
            return record.err();
        tasks.push_back(std::move(*record));
    }
    return tasks;
}

Result<BatchList> SqliteStore::batches(const protocol::TaskQuery &query, const TaskFilter &visible)
{
    // The numbers first: a batch is shown whole when one of its tasks matches.
    const Conditions conditions(query);
    const QString where = conditions.where().isEmpty() ? QStringLiteral(" WHERE batch IS NOT NULL")
                                                       : conditions.where() + QStringLiteral(" AND batch IS NOT NULL");
    const bool columnsDecide = !visible && !query.indexUids;
    const Result<QSqlQuery *> rows = m_sql->run(
        (columnsDecide ? QStringLiteral("SELECT DISTINCT batch, 0 FROM tasks")
                       : QStringLiteral("SELECT batch, record FROM tasks"))
            + where + QStringLiteral(" ORDER BY batch"),
        conditions.values());
    if (!rows)
        return rows.err();
    std::vector<std::uint32_t> uids;
    while ((*rows)->next()) {
        const std::uint32_t uid = (*rows)->value(0).toUInt();
        if (!uids.empty() && uids.back() == uid)
            continue;
        if (!columnsDecide) {
            const auto record = protocol::taskFromText((*rows)->value(1).toString().toUtf8());
            if (!record)
                return record.err();
            if (!query.matches(*record) || (visible && !visible(*record)))
                continue;
        }
        uids.push_back(uid);
    }
    (*rows)->finish();
    if (!query.reverse)
        std::reverse(uids.begin(), uids.end());
    BatchList list;
    list.total = uids.size();
    for (const std::uint32_t uid : uids) {
        if (!query.withinPage(uid))
            continue;
        if (list.batches.size() == query.limit) {
            list.next = uid;
            break;
        }
        Result<std::vector<protocol::TaskRecord>> tasks = batchTasks(uid);
        if (!tasks)
            return tasks.err();
        list.batches.push_back(std::move(*tasks));
    }
    return list;
}

Status<> SqliteStore::exchangeTaskIndexes(std::string_view first, std::string_view second, TaskUid before)
{
    // Swaps belong to no index by column and name their indexes in their details.
    const Result<QSqlQuery *> rows = m_sql->run("SELECT record FROM tasks WHERE uid<? AND (index_uid IN (?,?) OR kind=?)",
        {before.value, text(first), text(second), static_cast<int>(protocol::TaskKind::IndexSwap)});
    if (!rows)
        return rows.err();
    std::vector<protocol::TaskRecord> changed;
    const auto exchange = [first, second](std::string &uid) {
        const bool isFirst = uid == first;
        if (!isFirst && uid != second)
            return false;
        uid = isFirst ? second : first;
        return true;
    };
    while ((*rows)->next()) {
        Result<protocol::TaskRecord> record = protocol::taskFromText((*rows)->value(0).toString().toUtf8());
        if (!record)
            return record.err();
        bool touched = record->indexUid && exchange(*record->indexUid);
        if (record->details && record->details->swaps) {
            for (protocol::TaskSwap &swap : *record->details->swaps) {
                touched = exchange(swap.first) || touched;
                touched = exchange(swap.second) || touched;
            }
        }
        if (touched)
            changed.push_back(std::move(*record));
    }
    (*rows)->finish();
    for (const protocol::TaskRecord &task : changed) {
        if (const Status<> saved = saveTask(task); !saved)
            return saved;
    }
    return Done {};
}

Result<std::uint64_t> SqliteStore::deleteTasks(const std::vector<std::uint32_t> &uids)
{
    std::uint64_t deleted = 0;
    for (const std::uint32_t uid : uids) {
        const Result<QSqlQuery *> done = m_sql->run("DELETE FROM tasks WHERE uid=? AND status>=?",
            {uid, static_cast<int>(protocol::TaskStatus::Succeeded)});
        if (!done)
            return done.err();
        deleted += static_cast<std::uint64_t>(std::max((*done)->numRowsAffected(), 0));
    }
    return deleted;
}

Result<std::vector<std::uint64_t>> SqliteStore::taskCounts()
{
    const Result<QSqlQuery *> rows = m_sql->run("SELECT status, count(*) FROM tasks GROUP BY status");
    if (!rows)
        return rows.err();
    std::vector<std::uint64_t> counts(protocol::taskStatusCount);
    while ((*rows)->next())
        counts[(*rows)->value(0).toUInt() % protocol::taskStatusCount] = (*rows)->value(1).toULongLong();
    return counts;
}

Result<TaskTally> SqliteStore::tallyTasks()
{
    const Result<QSqlQuery *> rows
        = m_sql->run("SELECT status, kind, index_uid, count(*) FROM tasks GROUP BY status, kind, index_uid");
    if (!rows)
        return rows.err();
    TaskTally tally;
    while ((*rows)->next()) {
        const std::uint64_t count = (*rows)->value(3).toULongLong();
        tally.byStatus[static_cast<protocol::TaskStatus>((*rows)->value(0).toInt())] += count;
        tally.byKind[static_cast<protocol::TaskKind>((*rows)->value(1).toInt())] += count;
        if (!(*rows)->value(2).isNull())
            tally.byIndex[textOf((*rows)->value(2))] += count;
    }
    return tally;
}

Result<std::uint32_t> SqliteStore::nextTaskUid()
{
    const Result<std::string> kept = meta("next_task");
    if (!kept)
        return kept.err();
    return kept->empty() ? 0U : static_cast<std::uint32_t>(std::stoul(*kept));
}

} // namespace miroir::store
