// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/HitDelegate.h"

#include "models/HitModel.h"
#include "theme/MiroirStyle.h"
#include "theme/Theme.h"

#include <QListView>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace miroir::ui {

namespace {

constexpr int cardGap = Theme::unit;
constexpr int cardPadding = Theme::unit + 4;
constexpr int textsMax = 2;
constexpr int textLinesMax = 2;
constexpr int pairLinesMax = 2;
constexpr int proseSpaces = 3; // a value of four words and more is read, not looked up

bool isMarked(const HitField &field)
{
    return std::any_of(field.value.begin(), field.value.end(), [](const TextSpan &s) { return s.marked; });
}

bool isProse(const HitField &field)
{
    return !field.list && plainText(field.value).count(u' ') >= proseSpaces;
}

// Lays the text out in at most so many lines and gives the height used; draws when there is a painter.
double drawMarked(QPainter *painter, const MarkedText &text, const QRectF &room, const QFont &font, const QColor &ink,
    int linesMax)
{
    QTextLayout layout(plainText(text), font);
    QVector<QTextLayout::FormatRange> formats;
    int at = 0;
    for (const TextSpan &span : text) {
        const auto length = static_cast<int>(span.text.size());
        if (span.marked) {
            QTextCharFormat format;
            format.setBackground(tint(Colour::Mark));
            format.setForeground(tint(Colour::Text));
            formats.append({at, length, format});
        }
        at += length;
    }
    layout.setFormats(formats);
    layout.beginLayout();
    double y = 0;
    double end = 0;
    bool more = true;
    for (int i = 0; i < linesMax; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) {
            more = false;
            break;
        }
        // The last line leaves room for the sign that there is more.
        line.setLineWidth(room.width() - (i + 1 == linesMax ? 14 : 0));
        line.setPosition(QPointF(0, y));
        y += line.height();
        end = line.naturalTextWidth();
        more = line.textStart() + line.textLength() < layout.text().size();
    }
    layout.endLayout();
    if (painter != nullptr && layout.lineCount() > 0) {
        painter->setPen(ink);
        layout.draw(painter, room.topLeft());
        if (more) {
            const QTextLine last = layout.lineAt(layout.lineCount() - 1);
            painter->setFont(font);
            painter->drawText(room.topLeft() + QPointF(end + 1, last.y() + last.ascent()), QStringLiteral("\u2026"));
        }
    }
    return y;
}

} // namespace

HitDelegate::HitDelegate(QObject *parent) : QStyledItemDelegate(parent), m_heights(4 * HitModel::hitsMax) { }

double HitDelegate::drawPairs(QPainter *painter, const QVector<HitField> &pairs, const QRectF &room,
    const QFont &font) const
{
    const QFontMetricsF metrics(font);
    const double lineHeight = metrics.height() + 4;
    double x = room.left();
    double y = room.top();
    int line = 1;
    for (const HitField &pair : pairs) {
        const QString name = pair.name + u' ';
        const double nameWidth = metrics.horizontalAdvance(name) + 2;
        const double valueWidth = std::min(room.width() * 0.6, metrics.horizontalAdvance(plainText(pair.value)) + 16);
        if (x > room.left() && x + nameWidth + valueWidth > room.right()) {
            if (++line > pairLinesMax)
                break;
            x = room.left();
            y += lineHeight;
        }
        if (painter != nullptr) {
            painter->setFont(font);
            painter->setPen(tint(Colour::Faint));
            painter->drawText(QPointF(x, y + metrics.ascent()), name);
            drawMarked(
                painter, pair.value, QRectF(x + nameWidth, y, valueWidth, lineHeight), font, tint(Colour::Text), 1);
        }
        x += nameWidth + valueWidth + Theme::unit;
    }
    return pairs.isEmpty() ? 0 : y + lineHeight - room.top();
}

double HitDelegate::drawHit(QPainter *painter, const Hit &hit, const QRectF &room, const QFont &font) const
{
    QFont titleFont = font;
    titleFont.setWeight(QFont::DemiBold);
    titleFont.setPointSizeF(font.pointSizeF() * 1.1);
    QFont smallFont = font;
    smallFont.setPointSizeF(font.pointSizeF() * 0.92);

    QVector<HitField> texts;
    QVector<HitField> pairs;
    for (const HitField &field : hit.fields) {
        if (!field.value.isEmpty())
            (isProse(field) ? texts : pairs).append(field);
    }
    // What matched comes first, so that a person sees why the document is here.
    std::stable_partition(texts.begin(), texts.end(), isMarked);
    std::stable_partition(pairs.begin(), pairs.end(), isMarked);

    QRectF left = room;
    left.setTop(left.top() + drawMarked(painter, hit.title, left, titleFont, tint(Colour::Text), 1) + 2);
    for (int i = 0; i < texts.size() && i < textsMax; ++i) {
        const int lines = texts.size() == 1 ? textLinesMax + 1 : textLinesMax;
        const QColor ink = Theme::mixed(tint(Colour::Text), tint(Colour::Faint), 0.55);
        left.setTop(left.top() + drawMarked(painter, texts[i].value, left, font, ink, lines) + 3);
    }
    if (!pairs.isEmpty())
        left.setTop(left.top() + 3);
    left.setTop(left.top() + drawPairs(painter, pairs, left, smallFont));
    return left.top() - room.top();
}

QSize HitDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *view = qobject_cast<const QListView *>(option.widget);
    const int width = view != nullptr ? view->viewport()->width() : option.rect.width();
    const quint64 key = (quint64(quint32(width)) << 32) | quint32(index.row());
    if (const int *known = m_heights.object(key))
        return {width, *known};
    const QRectF room(0, 0, std::max(80, width - 2 * (Theme::unit + cardPadding)), 1000);
    const double height = drawHit(nullptr, index.data(HitModel::HitRole).value<Hit>(), room, option.font);
    const int whole = static_cast<int>(height) + 2 * cardPadding + cardGap;
    m_heights.insert(key, new int(whole));
    return {width, whole};
}

void HitDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hover = option.state.testFlag(QStyle::State_MouseOver);
    const QRectF card = QRectF(option.rect).adjusted(Theme::unit, cardGap / 2.0, -Theme::unit, -cardGap / 2.0);
    const QColor fill = hover && !selected ? tint(Colour::Raised) : tint(Colour::Surface);
    drawPlate(painter, card, fill, selected ? tint(Colour::Accent) : tint(Colour::Line), selected ? 2 : 1);
    painter->save();
    const QRectF room = card.adjusted(cardPadding, cardPadding, -cardPadding, -cardPadding);
    painter->setClipRect(card);
    static_cast<void>(drawHit(painter, index.data(HitModel::HitRole).value<Hit>(), room, option.font));
    painter->restore();
}

} // namespace miroir::ui
