// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Search.h"
#include "widgets/Parts.h"

#include <QAbstractButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace miroir::ui {

/// A value of a facet: how often it occurs, as number and bar; checked when it filters.
class FacetRow : public QAbstractButton
{
    Q_OBJECT
public:
    explicit FacetRow(QWidget *parent = nullptr);
    void setValue(const FacetChoice &choice, qint64 count, double share);
    [[nodiscard]] const FacetChoice &choice() const { return m_choice; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    FacetChoice m_choice;
    qint64 m_count = 0;
    double m_share = 0;
};

/// The facets of an answer beside its hits. Rows are used again from answer to answer, so that typing does not flicker.
class FacetPanel : public QScrollArea
{
    Q_OBJECT
public:
    explicit FacetPanel(QWidget *parent = nullptr);
    void setFacets(const QVector<Facet> &facets, const QVector<FacetChoice> &chosen);
    static constexpr int valuesShown = 8;
    static constexpr int facetsShown = 12;

Q_SIGNALS:
    void toggled(const miroir::ui::FacetChoice &choice);

private:
    QWidget *m_body;
    QVBoxLayout *m_column;
    ToneLabel *m_none;
    QVector<ToneLabel *> m_titles;
    QVector<FacetRow *> m_rows;
};

} // namespace miroir::ui
