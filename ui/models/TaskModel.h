// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"
#include "models/TableModel.h"

namespace miroir::ui {

/// The latest tasks, newest first, as the event stream changes them. Keeps at most tasksMax; the oldest leave.
class TaskModel : public TableModel<TaskInfo>
{
    Q_OBJECT
public:
    enum Column { Uid, Status, Type, Index, Enqueued, Took, Waiting, ColumnCount };
    using TableModel::TableModel;
    static constexpr int tasksMax = 500;

    void setTasks(QVector<TaskInfo> tasks);
    void put(const TaskInfo &task);
    [[nodiscard]] const QVector<TaskInfo> &tasks() const { return rows(); }
    [[nodiscard]] const TaskInfo *task(qint64 uid) const;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    static constexpr int StatusRole = roles::Tone + 1; ///< QString: the status as the API says it

protected:
    [[nodiscard]] QString keyOf(const TaskInfo &task) const override { return QString::number(task.uid); }

private:
    [[nodiscard]] static QString text(const TaskInfo &task, int column);
};

} // namespace miroir::ui
