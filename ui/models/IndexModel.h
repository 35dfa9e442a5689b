// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"
#include "models/TableModel.h"

namespace miroir::ui {

/// The logical indexes.
class IndexModel : public TableModel<IndexInfo>
{
    Q_OBJECT
public:
    enum Column { Uid, Documents, PrimaryKey, Updated, ColumnCount };
    using TableModel::TableModel;

    void setIndexes(const QVector<IndexInfo> &indexes) { replaceRows(indexes); }
    [[nodiscard]] const QVector<IndexInfo> &indexes() const { return rows(); }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    [[nodiscard]] QString keyOf(const IndexInfo &index) const override { return index.uid; }
};

} // namespace miroir::ui
