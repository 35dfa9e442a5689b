// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ShardModel.h"

#include "models/Words.h"
#include "theme/Colours.h"

#include <QLocale>

namespace miroir::ui {

void ShardModel::setMap(const ShardMap &map)
{
    m_index = map.index;
    replaceRows(map.shards);
}

int ShardModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ShardModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ShardInfo &shard = rows().at(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
    case roles::Sort:
        if (column == Number)
            return shard.id;
        if (column == State)
            return role == roles::Sort ? QVariant(static_cast<int>(shard.cover)) : QVariant(Words::cover(shard.cover));
        if (column == Documents)
            return role == roles::Sort ? QVariant(shard.documents) : QVariant(Words::count(shard.documents));
        return shard.nodes.join(QStringLiteral(", "));
    case Qt::AccessibleTextRole:
        return column == Number ? QVariant(sentence(shard)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant(column == Documents ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case roles::Key:
        return keyOf(shard);
    case roles::Icon:
        if (column != State)
            return {};
        return shard.cover == Cover::Full ? QStringLiteral("check")
            : shard.cover == Cover::Reduced ? QStringLiteral("degraded")
                                            : QStringLiteral("cross");
    case roles::Tone:
        return static_cast<int>(toneOf(shard.cover));
    default:
        return {};
    }
}

QVariant ShardModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(section == Documents ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Number:
        return tr("Shard");
    case State:
        return tr("Cover");
    case Documents:
        return tr("Documents");
    default:
        return tr("Nodes");
    }
}

QString ShardModel::sentence(const ShardInfo &shard)
{
    QStringList parts {tr("shard %1").arg(shard.id), Words::cover(shard.cover),
        tr("%Ln document(s)", nullptr, Words::plural(shard.documents))};
    if (!shard.nodes.isEmpty())
        parts.append(tr("on %1").arg(QLocale().createSeparatedList(shard.nodes)));
    return parts.join(QStringLiteral(", "));
}

} // namespace miroir::ui
