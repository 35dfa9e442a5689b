// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/Session.h"
#include "models/SortProxy.h"
#include "widgets/Buttons.h"
#include "widgets/Parts.h"

#include <QStackedWidget>

namespace miroir::ui {

/// The latest tasks as they change; details of the chosen one are in the inspector.
class TasksPane : public QWidget
{
    Q_OBJECT
public:
    explicit TasksPane(Session *session, QWidget *parent = nullptr);

private:
    void addFilter(const QString &name, const QString &text, const QStringList &statuses);
    void refresh();

    Session *m_session;
    SortProxy *m_proxy;
    TableView *m_table;
    QStackedWidget *m_pages;
    ToneLabel *m_counts;
    QWidget *m_filters;
};

} // namespace miroir::ui
