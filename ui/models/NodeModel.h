// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"
#include "models/TableModel.h"

namespace miroir::ui {

/// The nodes of the cluster: what the ring draws and its table twin lists.
class NodeModel : public TableModel<NodeInfo>
{
    Q_OBJECT
public:
    enum Column { Name, State, Shards, Documents, Size, Lag, Latency, Zone, Address, Version, ColumnCount };
    using TableModel::TableModel;

    void setNodes(const QVector<NodeInfo> &nodes) { replaceRows(nodes); }
    [[nodiscard]] const QVector<NodeInfo> &nodes() const { return rows(); }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// "node-1, serving, 43 shards, 2,801 documents": for screen readers and tooltips.
    [[nodiscard]] static QString sentence(const NodeInfo &node);

protected:
    [[nodiscard]] QString keyOf(const NodeInfo &node) const override { return node.id; }

private:
    [[nodiscard]] static QString text(const NodeInfo &node, int column);
    [[nodiscard]] static QVariant sortKey(const NodeInfo &node, int column);
};

} // namespace miroir::ui
