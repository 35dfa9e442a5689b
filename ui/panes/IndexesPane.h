// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/Session.h"
#include "models/SortProxy.h"
#include "widgets/Parts.h"

#include <QPushButton>
#include <QStackedWidget>

namespace miroir::ui {

/// The logical indexes and, of the chosen one, its settings as the ordinary API tells them.
class IndexesPane : public QWidget
{
    Q_OBJECT
public:
    explicit IndexesPane(Session *session, QWidget *parent = nullptr);

Q_SIGNALS:
    void searchWanted(const QString &indexUid);
    void ringWanted(const QString &indexUid);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeDetails();
    void refresh();
    void choose(const QString &uid);

    Session *m_session;
    QStackedWidget *m_pages;
    EmptyState *m_empty;
    TableView *m_table;
    ToneLabel *m_title;
    ToneLabel *m_facts;
    ToneLabel *m_state;
    JsonView *m_settings;
    QPushButton *m_search;
    QPushButton *m_ring;
    QString m_uid;
};

} // namespace miroir::ui
