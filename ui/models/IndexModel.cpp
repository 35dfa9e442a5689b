// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/IndexModel.h"

#include "models/Words.h"
#include "theme/Colours.h"

namespace miroir::ui {

int IndexModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant IndexModel::data(const QModelIndex &at, int role) const
{
    if (!checkIndex(at, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const IndexInfo &row = rows().at(at.row());
    switch (role) {
    case Qt::DisplayRole:
    case roles::Sort:
        if (at.column() == Uid)
            return row.uid;
        if (at.column() == Documents)
            return role == roles::Sort ? QVariant(row.documents) : QVariant(Words::count(row.documents));
        if (at.column() == PrimaryKey)
            return row.primaryKey.isEmpty() ? QStringLiteral("\u2013") : row.primaryKey;
        return role == roles::Sort ? QVariant(row.updatedAt) : QVariant(Words::time(row.updatedAt));
    case Qt::TextAlignmentRole:
        return QVariant(
            at.column() == Documents ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case roles::Key:
        return row.uid;
    case roles::Icon:
        if (at.column() != Uid)
            return {};
        return row.isIndexing ? QStringLiteral("catching-up") : QStringLiteral("indexes");
    case roles::Tone:
        return static_cast<int>(row.isIndexing ? Colour::Info : Colour::Faint);
    default:
        return {};
    }
}

QVariant IndexModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(section == Documents ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Uid:
        return tr("Index");
    case Documents:
        return tr("Documents");
    case PrimaryKey:
        return tr("Primary key");
    default:
        return tr("Changed");
    }
}

} // namespace miroir::ui
