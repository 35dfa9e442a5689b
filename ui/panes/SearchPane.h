// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/HitModel.h"
#include "models/Session.h"
#include "panes/FacetPanel.h"
#include "panes/HitDelegate.h"
#include "widgets/Buttons.h"
#include "widgets/FlowLayout.h"
#include "widgets/Parts.h"

#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QStackedWidget>

namespace miroir::ui {

/// Searches one index as a person types: an answer for each pause of debounceMs, older answers are dropped.
class SearchPane : public QWidget
{
    Q_OBJECT
public:
    explicit SearchPane(Session *session, QWidget *parent = nullptr);
    void setIndex(const QString &uid);
    void focusBox();
    static constexpr int debounceMs = 80;
    static constexpr int pageHits = 20;

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeHead();
    QWidget *makeBody();
    void fillIndexes();
    void ask(int offset = 0);
    void onAnswer(quint64 serial, const SearchAnswer &answer);
    void onError(quint64 serial, const ApiError &error);
    void toggle(const FacetChoice &choice);
    void showChoices();
    void onSettings(const QString &uid, const QByteArray &json);
    void askSettings();
    void say(const QString &text, Colour tone);

    Session *m_session;
    HitModel m_hits;
    QComboBox *m_index;
    QLineEdit *m_box;
    ToneLabel *m_status;
    QWidget *m_chips;
    QStackedWidget *m_pages;
    QStackedWidget *m_results;
    QListView *m_list;
    HitDelegate *m_delegate;
    FacetPanel *m_facets;
    EmptyState *m_nothing;
    QVector<FacetChoice> m_choices;
    QStringList m_facetNames; ///< of the chosen index, as its settings say
    QTimer m_debounce;
    quint64 m_serial = 0;
    bool m_open = false; ///< a question without an answer yet
    bool m_asked = false; ///< once, for the index chosen
};

} // namespace miroir::ui
