// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Search.h"

#include <QCache>
#include <QStyledItemDelegate>

namespace miroir::ui {

/// Draws a hit as a card: title, up to two texts, then short fields as name and value. All of it is laid out as plain
/// text; found words are marked by their spans, nothing of a document is read as markup.
class HitDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit HitDelegate(QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// Heights are kept by row; a new list or width makes them void.
    void forgetHeights() { m_heights.clear(); }

private:
    [[nodiscard]] double drawHit(QPainter *painter, const Hit &hit, const QRectF &room, const QFont &font) const;
    [[nodiscard]] double drawPairs(QPainter *painter, const QVector<HitField> &pairs, const QRectF &room,
        const QFont &font) const;
    mutable QCache<quint64, int> m_heights;
};

} // namespace miroir::ui
