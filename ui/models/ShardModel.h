// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"
#include "models/TableModel.h"

namespace miroir::ui {

/// The shard map: which nodes own each shard and how well it is covered.
class ShardModel : public TableModel<ShardInfo>
{
    Q_OBJECT
public:
    enum Column { Number, State, Documents, Nodes, ColumnCount };
    using TableModel::TableModel;

    void setMap(const ShardMap &map);
    [[nodiscard]] const QVector<ShardInfo> &shards() const { return rows(); }
    /// The index whose documents are counted; empty = all.
    [[nodiscard]] const QString &indexUid() const { return m_index; }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// "shard 17, all replicas, 63 documents, on node-1 and node-4"
    [[nodiscard]] static QString sentence(const ShardInfo &shard);

protected:
    [[nodiscard]] QString keyOf(const ShardInfo &shard) const override { return QString::number(shard.id); }

private:
    QString m_index;
};

} // namespace miroir::ui
