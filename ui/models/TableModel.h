// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSet>
#include <QVector>

#include <algorithm>

namespace miroir::ui {

/// Roles every table of the window answers beside those of Qt.
namespace roles {
inline constexpr int Sort = Qt::UserRole + 1; ///< the raw value of a cell
inline constexpr int Key = Qt::UserRole + 2; ///< QString: the id of the row
inline constexpr int Icon = Qt::UserRole + 3; ///< QString: name of a picture in the icon set
inline constexpr int Tone = Qt::UserRole + 4; ///< int: theme colour of that picture
} // namespace roles

/// A table over a list of values with ids. replaceRows() turns the list into the new one by removals, insertions, moves
/// and changes, so that selection and scroll position of views survive each snapshot.
template <typename Row>
class TableModel : public QAbstractTableModel
{
public:
    using QAbstractTableModel::QAbstractTableModel;
    [[nodiscard]] const QVector<Row> &rows() const { return m_rows; }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] int rowOf(const QString &key) const
    {
        for (int i = 0; i < m_rows.size(); ++i) {
            if (keyOf(m_rows[i]) == key)
                return i;
        }
        return -1;
    }

protected:
    [[nodiscard]] virtual QString keyOf(const Row &row) const = 0;

    void replaceRows(const QVector<Row> &rows)
    {
        QSet<QString> wanted;
        for (const Row &row : rows)
            wanted.insert(keyOf(row));
        for (int i = rowCount() - 1; i >= 0; --i) {
            if (!wanted.contains(keyOf(m_rows[i])))
                removeAt(i);
        }
        for (int i = 0; i < rows.size(); ++i)
            place(i, rows[i]);
        for (int i = rowCount() - 1; i >= rows.size(); --i)
            removeAt(i); // the new list named an id twice
    }
    void removeAt(int at)
    {
        beginRemoveRows({}, at, at);
        m_rows.removeAt(at);
        endRemoveRows();
    }
    void insertAt(int at, const Row &row)
    {
        beginInsertRows({}, at, at);
        m_rows.insert(at, row);
        endInsertRows();
    }
    void changeAt(int at, const Row &row)
    {
        if (m_rows[at] == row)
            return;
        m_rows[at] = row;
        Q_EMIT dataChanged(index(at, 0), index(at, columnCount() - 1));
    }
    /// Tells views that texts changed although values did not (ages, language).
    void touch(int column)
    {
        if (!m_rows.isEmpty())
            Q_EMIT dataChanged(index(0, column), index(rowCount() - 1, column), {Qt::DisplayRole});
    }

private:
    void place(int at, const Row &row)
    {
        int from = at;
        while (from < m_rows.size() && keyOf(m_rows[from]) != keyOf(row))
            ++from;
        if (from == m_rows.size()) {
            insertAt(at, row);
            return;
        }
        if (from != at) {
            beginMoveRows({}, from, from, {}, at);
            m_rows.move(from, at);
            endMoveRows();
        }
        changeAt(at, row);
    }

    QVector<Row> m_rows;
};

} // namespace miroir::ui
