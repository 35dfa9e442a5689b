// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Buttons.h"

#include "theme/Icons.h"
#include "theme/MiroirStyle.h"
#include "theme/Theme.h"

#include <QHBoxLayout>
#include <QPainter>

namespace miroir::ui {

namespace {

constexpr int iconSide = 20;
constexpr int smallIconSide = 16;

/// One part of a switch bar.
class SwitchPart final : public QAbstractButton
{
public:
    SwitchPart(QString iconName, const QString &text, QWidget *parent)
        : QAbstractButton(parent)
        , m_iconName(std::move(iconName))
    {
        setText(text);
        setAccessibleName(text);
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {fontMetrics().horizontalAdvance(text()) + smallIconSide + 6 + 3 * Theme::unit,
            std::max(28, fontMetrics().height() + 10)};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QRectF room = QRectF(rect()).adjusted(2, 2, -2, -2);
        if (isChecked())
            drawPlate(&painter, room, tint(Colour::AccentSoft), {});
        else if (underMouse())
            drawPlate(&painter, room, Theme::mixed(tint(Colour::Text), tint(Colour::Raised), 0.06), {});
        if (showsFocus(this))
            drawPlate(&painter, room, {}, tint(Colour::Accent), 2);
        const QColor ink = tint(isChecked() ? Colour::Accent : Colour::Text);
        const double x = 1.5 * Theme::unit;
        drawIcon(&painter, QRectF(x, (height() - smallIconSide) / 2, smallIconSide, smallIconSide), m_iconName, ink);
        painter.setPen(ink);
        painter.drawText(QRectF(x + smallIconSide + 6, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    }

private:
    QString m_iconName;
};

} // namespace

RailButton::RailButton(const QString &iconName, const QString &text, QWidget *parent)
    : QAbstractButton(parent), m_iconName(iconName)
{
    setText(text);
    setAccessibleName(text);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize RailButton::sizeHint() const
{
    const int word = fontMetrics().horizontalAdvance(text()) + 2 * Theme::unit;
    return {std::max(9 * Theme::unit, word), iconSide + fontMetrics().height() + 3 * Theme::unit};
}

void RailButton::setBadge(int count)
{
    if (count == m_badge)
        return;
    m_badge = count;
    setAccessibleDescription(count > 0 ? tr("%n running", nullptr, count) : QString());
    update();
}

void RailButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF room = QRectF(rect()).adjusted(Theme::unit / 2, 2, -Theme::unit / 2, -2);
    if (isChecked())
        drawPlate(&painter, room, tint(Colour::AccentSoft), {});
    else if (underMouse())
        drawPlate(&painter, room, Theme::mixed(tint(Colour::Text), tint(Colour::Window), 0.05), {});
    if (showsFocus(this))
        drawPlate(&painter, room, {}, tint(Colour::Accent), 2);
    const QColor ink = isChecked() ? tint(Colour::Accent) : tint(Colour::Faint);
    const double top = (height() - iconSide - fontMetrics().height() - 4) / 2.0;
    const QRectF picture((width() - iconSide) / 2, static_cast<int>(top), iconSide, iconSide);
    drawIcon(&painter, picture, m_iconName, ink);
    painter.setPen(isChecked() ? tint(Colour::Accent) : tint(Colour::Text));
    painter.drawText(QRectF(0, picture.bottom() + 4, width(), fontMetrics().height()), Qt::AlignCenter, text());
    if (m_badge > 0) {
        QFont small = font();
        small.setPointSizeF(font().pointSizeF() * 0.8);
        painter.setFont(small);
        const QString number = m_badge > 99 ? QStringLiteral("99+") : QString::number(m_badge);
        const double wide = std::max(16.0, double(QFontMetrics(small).horizontalAdvance(number)) + 8);
        const QRectF badge(picture.right() - 4, picture.top() - 6, wide, 16);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tint(Colour::Accent));
        painter.drawRoundedRect(badge, 8, 8);
        painter.setPen(tint(Colour::AccentText));
        painter.drawText(badge, Qt::AlignCenter, number);
    }
}

Chip::Chip(const QString &text, QWidget *parent) : QAbstractButton(parent)
{
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
}

void Chip::setIconName(const QString &name)
{
    m_iconName = name;
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const int picture = m_iconName.isEmpty() ? 0 : smallIconSide + 4;
    return {
        fontMetrics().horizontalAdvance(text()) + picture + 3 * Theme::unit, std::max(26, fontMetrics().height() + 8)};
}

QSize Chip::minimumSizeHint() const
{
    return {std::min(sizeHint().width(), 6 * Theme::unit), sizeHint().height()};
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ground = isChecked() ? tint(Colour::AccentSoft) : tint(Colour::Surface);
    const QColor fill = underMouse() ? Theme::mixed(tint(Colour::Text), ground, 0.06) : ground;
    const double radius = height() / 2.0;
    painter.setPen(
        QPen(showsFocus(this) || isChecked() ? tint(Colour::Accent) : tint(Colour::Line), showsFocus(this) ? 2 : 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), radius - 1, radius - 1);
    const QColor ink = tint(isChecked() ? Colour::Accent : Colour::Text);
    QRectF room = QRectF(rect()).adjusted(1.5 * Theme::unit, 0, -1.5 * Theme::unit, 0);
    if (!m_iconName.isEmpty()) {
        drawIcon(&painter, QRectF(room.right() - smallIconSide + 4, (height() - smallIconSide) / 2, smallIconSide,
            smallIconSide), m_iconName, ink);
        room.setRight(room.right() - smallIconSide);
    }
    painter.setPen(ink);
    painter.drawText(room, Qt::AlignVCenter | (m_iconName.isEmpty() ? Qt::AlignHCenter : Qt::AlignLeft),
        fontMetrics().elidedText(text(), Qt::ElideRight, static_cast<int>(room.width()) + 1));
}

SwitchBar::SwitchBar(QWidget *parent) : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(1, 1, 1, 1);
    row->setSpacing(0);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT chosen(id);
    });
}

QAbstractButton *SwitchBar::add(const QString &iconName, const QString &text, const QString &name)
{
    auto *part = new SwitchPart(iconName, text, this);
    part->setObjectName(name);
    m_group.addButton(part, static_cast<int>(m_group.buttons().size()));
    layout()->addWidget(part);
    if (m_group.buttons().size() == 1)
        part->setChecked(true);
    return part;
}

void SwitchBar::setCurrent(int index)
{
    if (QAbstractButton *button = m_group.button(index))
        button->setChecked(true);
}

void SwitchBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    drawPlate(&painter, QRectF(rect()), tint(Colour::Raised), tint(Colour::Line));
}

} // namespace miroir::ui
