// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/Session.h"
#include "models/SortProxy.h"
#include "ring/RingView.h"
#include "widgets/Buttons.h"
#include "widgets/Parts.h"

#include <QComboBox>
#include <QStackedWidget>

namespace miroir::ui {

/// The cluster: the ring and, with the same data and the same selection, its table twin.
class ClusterPane : public QWidget
{
    Q_OBJECT
public:
    explicit ClusterPane(Session *session, QWidget *parent = nullptr);
    void showTable(bool table);
    [[nodiscard]] bool isTable() const { return m_views->currentIndex() == 1; }
    /// Scales ring and tables to one index; empty = all.
    void scaleTo(const QString &indexUid);

private:
    QWidget *makeTables();
    QWidget *makeHeader();
    void fillIndexes();
    void follow(const Subject &subject);

    Session *m_session;
    RingView *m_ring;
    QStackedWidget *m_views;
    SwitchBar *m_switch;
    QComboBox *m_scale;
    TableView *m_nodeTable = nullptr;
    TableView *m_shardTable = nullptr;
};

/// What colours, patterns, discs and rings mean, in one line.
class RingLegend : public QWidget
{
    Q_OBJECT
public:
    explicit RingLegend(QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace miroir::ui
