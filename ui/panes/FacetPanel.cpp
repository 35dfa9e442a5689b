// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/FacetPanel.h"

#include "models/Words.h"
#include "theme/Icons.h"
#include "theme/MiroirStyle.h"
#include "theme/Theme.h"

#include <QPainter>

#include <algorithm>

namespace miroir::ui {

FacetRow::FacetRow(QWidget *parent) : QAbstractButton(parent)
{
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void FacetRow::setValue(const FacetChoice &choice, qint64 count, double share)
{
    m_choice = choice;
    m_count = count;
    m_share = share;
    setObjectName(QStringLiteral("facet_%1_%2").arg(choice.attribute, choice.value));
    setAccessibleName(tr("%1: %2, %3 documents").arg(choice.attribute, choice.value, Words::count(count)));
    update();
}

QSize FacetRow::sizeHint() const
{
    return {20 * Theme::unit, fontMetrics().height() + 11};
}

void FacetRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (underMouse())
        drawPlate(&painter, QRectF(rect()), Theme::mixed(tint(Colour::Text), tint(Colour::Window), 0.05), {});
    if (showsFocus(this))
        drawPlate(&painter, QRectF(rect()), {}, tint(Colour::Accent), 2);
    const QString count = Words::count(m_count);
    const int countWidth = fontMetrics().horizontalAdvance(count);
    const int left = Theme::unit;
    int textLeft = left;
    if (isChecked()) {
        drawIcon(
            &painter, QRectF(left - 2, (height() - 14) / 2 - 1, 14, 14), QStringLiteral("check"), tint(Colour::Accent));
        textLeft += 16;
    }
    const QRect room(textLeft, 0, width() - textLeft - countWidth - 2 * Theme::unit, height() - 3);
    painter.setPen(tint(isChecked() ? Colour::Accent : Colour::Text));
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
        fontMetrics().elidedText(m_choice.value, Qt::ElideRight, room.width()));
    painter.setPen(tint(Colour::Faint));
    painter.drawText(QRect(0, 0, width() - Theme::unit, height() - 3), Qt::AlignVCenter | Qt::AlignRight, count);
    const int full = width() - 2 * left;
    painter.fillRect(QRect(left, height() - 4, full, 2), Theme::mixed(tint(Colour::Line), tint(Colour::Window), 0.7));
    painter.fillRect(QRect(left, height() - 4, static_cast<int>(full * m_share), 2),
        Theme::mixed(tint(Colour::Accent), tint(Colour::Window), isChecked() ? 1 : 0.6));
}

namespace {

// Sizes, prices, dates: each value once. Counting them tells nothing.
bool isScattered(const Facet &facet)
{
    return facet.values.size() > 1 && facet.values.first().count == 1
        && std::all_of(facet.values.begin(), facet.values.end(), [](const FacetValue &v) {
               bool number = false;
               static_cast<void>(v.value.toDouble(&number));
               return number;
           });
}

} // namespace

FacetPanel::FacetPanel(QWidget *parent)
    : QScrollArea(parent), m_body(new QWidget), m_column(new QVBoxLayout(m_body)),
      m_none(new ToneLabel(tr("No facets: an index shows them for its filterable attributes."), Colour::Faint))
{
    setObjectName(QStringLiteral("facetPanel"));
    setAccessibleName(tr("Facets"));
    setFrameShape(NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_column->setContentsMargins(Theme::unit, Theme::unit, Theme::unit, Theme::unit);
    m_column->setSpacing(0);
    m_none->setWordWrap(true);
    m_column->addWidget(m_none);
    m_column->addStretch(1);
    viewport()->setBackgroundRole(QPalette::Window);
    setWidget(m_body);
    setMinimumWidth(24 * Theme::unit);
}

void FacetPanel::setFacets(const QVector<Facet> &facets, const QVector<FacetChoice> &chosen)
{
    int titles = 0;
    int rows = 0;
    int place = 1; // behind m_none
    const auto title = [&](const QString &text) {
        if (titles == m_titles.size()) {
            m_titles.append(new ToneLabel({}, Colour::Faint, ToneLabel::Size::Small));
            m_titles.last()->setContentsMargins(Theme::unit, Theme::unit + 4, 0, 4);
        }
        ToneLabel *label = m_titles[titles++];
        label->setText(text);
        m_column->insertWidget(place++, label);
        label->show();
    };
    const auto row = [&](const FacetChoice &choice, qint64 count, double share) {
        if (rows == m_rows.size()) {
            m_rows.append(new FacetRow);
            connect(m_rows.last(), &FacetRow::clicked, this,
                [this, made = m_rows.last()] { Q_EMIT toggled(made->choice()); });
        }
        FacetRow *line = m_rows[rows++];
        line->setValue(choice, count, share);
        line->setChecked(chosen.contains(choice));
        m_column->insertWidget(place++, line);
        line->show();
    };
    for (int f = 0; f < facets.size() && f < facetsShown; ++f) {
        const Facet &facet = facets[f];
        if (facet.values.isEmpty() || isScattered(facet))
            continue;
        title(facet.name);
        const auto most = static_cast<double>(std::max<qint64>(1, facet.values.first().count));
        for (int v = 0; v < facet.values.size() && v < valuesShown; ++v)
            row({facet.name, facet.values[v].value}, facet.values[v].count, double(facet.values[v].count) / most);
    }
    for (qsizetype i = titles; i < m_titles.size(); ++i)
        m_titles[i]->hide();
    for (qsizetype i = rows; i < m_rows.size(); ++i)
        m_rows[i]->hide();
    m_none->setVisible(titles == 0);
}

} // namespace miroir::ui
