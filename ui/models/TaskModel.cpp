// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/TaskModel.h"

#include "models/Words.h"
#include "theme/Colours.h"

#include <QLocale>

namespace miroir::ui {

void TaskModel::setTasks(QVector<TaskInfo> tasks)
{
    std::stable_sort(tasks.begin(), tasks.end(), [](const TaskInfo &a, const TaskInfo &b) { return a.uid > b.uid; });
    if (tasks.size() > tasksMax)
        tasks.resize(tasksMax);
    replaceRows(tasks);
}

void TaskModel::put(const TaskInfo &task)
{
    int at = 0;
    while (at < rowCount() && rows()[at].uid > task.uid)
        ++at;
    if (at < rowCount() && rows()[at].uid == task.uid)
        changeAt(at, task);
    else if (at < tasksMax)
        insertAt(at, task);
    while (rowCount() > tasksMax)
        removeAt(rowCount() - 1);
}

const TaskInfo *TaskModel::task(qint64 uid) const
{
    const int row = rowOf(QString::number(uid));
    return row < 0 ? nullptr : &rows()[row];
}

int TaskModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString TaskModel::text(const TaskInfo &task, int column)
{
    switch (column) {
    case Uid:
        return QString::number(task.uid);
    case Status:
        return Words::taskStatus(task.status);
    case Type:
        return Words::taskType(task.type);
    case Index:
        return task.indexUid.isEmpty() ? QStringLiteral("\u2013") : task.indexUid;
    case Enqueued:
        return Words::time(task.enqueuedAt);
    case Took: {
        if (!task.finishedAt.isValid() || !task.enqueuedAt.isValid())
            return QStringLiteral("\u2013");
        const qint64 ms = task.enqueuedAt.msecsTo(task.finishedAt);
        return ms < 60'000 ? tr("%1 s").arg(QLocale().toString(double(ms) / 1000.0, 'f', 2)) : Words::span(ms / 1000);
    }
    default: {
        QStringList nodes;
        for (const TaskPending &p : task.pending)
            nodes.append(p.node);
        return nodes.join(QStringLiteral(", "));
    }
    }
}

QVariant TaskModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TaskInfo &task = rows().at(index.row());
    const bool right = index.column() == Took;
    switch (role) {
    case Qt::DisplayRole:
        return text(task, index.column());
    case Qt::ToolTipRole:
        return task.error ? QVariant(Words::tip(task.error->message)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant(right ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case roles::Sort:
        if (index.column() == Uid)
            return task.uid;
        if (index.column() == Enqueued)
            return task.enqueuedAt;
        if (index.column() == Took)
            return task.finishedAt.isValid() ? QVariant(task.enqueuedAt.msecsTo(task.finishedAt)) : QVariant(-1);
        return text(task, index.column());
    case roles::Key:
        return keyOf(task);
    case roles::Icon:
        return index.column() == Status ? QVariant(Words::taskIcon(task.status)) : QVariant();
    case roles::Tone:
        return static_cast<int>(toneOfTask(task.status));
    case StatusRole:
        return task.status;
    default:
        return {};
    }
}

QVariant TaskModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == Took;
        return QVariant(right ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Uid:
        return tr("Task");
    case Status:
        return tr("State");
    case Type:
        return tr("What");
    case Index:
        return tr("Index");
    case Enqueued:
        return tr("Since");
    case Took:
        return tr("Took");
    default:
        return tr("Waits for");
    }
}

} // namespace miroir::ui
