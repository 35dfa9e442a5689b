// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/Session.h"
#include "widgets/Parts.h"

#include <QPushButton>
#include <QTimer>
#include <QToolButton>

namespace miroir::ui {

/// The top of the window, always there: which connection, how it is in one sentence, and how the line to it is.
class StatusStrip : public QWidget
{
    Q_OBJECT
public:
    explicit StatusStrip(Session *session, QWidget *parent = nullptr);
    /// The menu of connections under the name of this one.
    void setMenu(QMenu *menu) { m_connection->setMenu(menu); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();

    Session *m_session;
    QPushButton *m_connection;
    IconLabel *m_icon;
    ToneLabel *m_sentence;
    ToneLabel *m_line;
    QPushButton *m_retry;
    QTimer m_countdown;
    QString m_said;
};

} // namespace miroir::ui
