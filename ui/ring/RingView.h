// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ring/RingScene.h"

#include <QGraphicsView>

namespace miroir::ui {

/// The ring as a widget: pointer, keyboard, tooltips and what a screen reader hears. Left and right walk round the
/// circle, up and down change between nodes and shards, Home goes to the first, Enter selects, Escape clears.
class RingView : public QGraphicsView
{
    Q_OBJECT
public:
    RingView(NodeModel *nodes, ShardModel *shards, Selection *selection, QWidget *parent = nullptr);

    [[nodiscard]] RingScene *ring() const { return m_scene; }
    /// Everything a person can point at, nodes clockwise, then shards.
    [[nodiscard]] int subjectCount() const;
    [[nodiscard]] Subject subjectNumber(int number) const;
    [[nodiscard]] int numberOf(const Subject &subject) const; ///< -1 = none
    void select(const Subject &subject);
    /// Moves the keyboard's place and says so to screen readers.
    void moveCursor(const Subject &subject);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    RingScene *m_scene;
    Selection *m_selection;
};

} // namespace miroir::ui
