// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/NaturalOrder.h"
#include "models/TableModel.h"

#include <QSortFilterProxyModel>

namespace miroir::ui {

/// Sorts by raw values, texts as a person counts (node-2 before node-10); may keep rows of some keys of one role only.
class SortProxy : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit SortProxy(QAbstractItemModel *source, QObject *parent = nullptr) : QSortFilterProxyModel(parent)
    {
        setSortRole(roles::Sort);
        setSourceModel(source);
    }
    /// Shows rows whose text of the role is one of these; an empty list shows all.
    void keepOnly(int role, const QStringList &texts)
    {
        m_role = role;
        m_texts = texts;
        invalidateFilter();
    }
    /// The row of a key in this order; -1 when there is none.
    [[nodiscard]] int rowOf(const QString &key) const
    {
        for (int row = 0; row < rowCount(); ++row) {
            if (index(row, 0).data(roles::Key).toString() == key)
                return row;
        }
        return -1;
    }

protected:
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override
    {
        const QVariant a = left.data(roles::Sort);
        const QVariant b = right.data(roles::Sort);
        if (a.typeId() == QMetaType::QString && b.typeId() == QMetaType::QString)
            return naturalLess(a.toString(), b.toString());
        return QSortFilterProxyModel::lessThan(left, right);
    }
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        return m_texts.isEmpty() || m_texts.contains(sourceModel()->index(row, 0, parent).data(m_role).toString());
    }

private:
    int m_role = 0;
    QStringList m_texts;
};

} // namespace miroir::ui
