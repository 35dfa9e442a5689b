// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Search.h"

#include <QAbstractListModel>

namespace miroir::ui {

/// The hits found so far. A view that reaches the end asks for more, up to hitsMax.
class HitModel : public QAbstractListModel
{
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    static constexpr int hitsMax = 1000;
    static constexpr int HitRole = Qt::UserRole + 1; ///< miroir::ui::Hit

    void setAnswer(const SearchAnswer &answer); ///< replaces when its offset is 0, else appends
    void clear();
    void stop(); ///< no more can be had
    [[nodiscard]] const QVector<Hit> &hits() const { return m_hits; }
    [[nodiscard]] qint64 total() const { return m_total; }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void moreWanted(int offset);

private:
    QVector<Hit> m_hits;
    qint64 m_total = 0;
    bool m_asked = false;
};

} // namespace miroir::ui
