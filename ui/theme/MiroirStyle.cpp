// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/MiroirStyle.h"

#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QHeaderView>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolTip>
#include <QWidget>

namespace miroir::ui {

namespace {

constexpr int controlHeight = 32;
constexpr int rowHeight = 32;
constexpr int scrollExtent = 12;
constexpr int buttonIcon = 16;

bool isOn(const QStyleOption *option, QStyle::StateFlag flag)
{
    return option->state.testFlag(flag);
}

} // namespace

void drawPlate(QPainter *painter, const QRectF &rect, const QColor &fill, const QColor &line, double lineWidth)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(line.isValid() ? QPen(line, lineWidth) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const double half = lineWidth / 2;
    painter->drawRoundedRect(rect.adjusted(half, half, -half, -half), Theme::corner, Theme::corner);
    painter->restore();
}

bool showsFocus(const QWidget *widget)
{
    return widget->hasFocus() && widget->window()->testAttribute(Qt::WA_KeyboardFocusChange);
}

MiroirStyle::MiroirStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) { }

void MiroirStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    // Hover looks need hover events, which Fusion asks for on some widgets only.
    if (qobject_cast<QScrollBar *>(widget) != nullptr || qobject_cast<QPushButton *>(widget) != nullptr
        || qobject_cast<QComboBox *>(widget) != nullptr || qobject_cast<QHeaderView *>(widget) != nullptr)
        widget->setAttribute(Qt::WA_Hover);
}

int MiroirStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
        return 2 * Theme::unit;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return Theme::unit;
    case PM_DefaultFrameWidth:
        return 1;
    case PM_ScrollBarExtent:
        return scrollExtent;
    case PM_ScrollBarSliderMin:
        return 4 * Theme::unit;
    case PM_ScrollView_ScrollBarOverlap:
    case PM_ScrollView_ScrollBarSpacing:
        return 0;
    case PM_SplitterWidth:
        return 1;
    case PM_ButtonMargin:
        return 2 * Theme::unit;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
    case PM_MenuHMargin:
        return Theme::unit / 2;
    case PM_HeaderMargin:
        return Theme::unit;
    case PM_FocusFrameHMargin:
        return Theme::unit - 1; // before and behind the text of a cell
    case PM_ToolTipLabelFrameWidth:
        return Theme::unit / 2;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int MiroirStyle::styleHint(
    StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_ItemView_ActivateItemOnSingleClick:
    case SH_ComboBox_Popup:
    case SH_ScrollView_FrameOnlyAroundContents:
        return 0;
    case SH_Table_GridLineColor:
        return static_cast<int>(tint(Colour::Line).rgb());
    case SH_ToolTip_WakeUpDelay:
        return 400;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize MiroirStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
    const QWidget *widget) const
{
    QSize s = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        int width = 0;
        if (!button->text.isEmpty())
            width += option->fontMetrics.size(Qt::TextShowMnemonic, button->text).width() + Theme::unit;
        if (!button->icon.isNull())
            width += buttonIcon + Theme::unit;
        if (button->features.testFlag(QStyleOptionButton::HasMenu))
            width += buttonIcon + Theme::unit / 2;
        s = QSize(width + 2 * Theme::unit, std::max(controlHeight, option->fontMetrics.height() + 2 * Theme::unit - 2));
        break;
    }
    case CT_LineEdit:
    case CT_ComboBox:
        s.setHeight(std::max(controlHeight, s.height()));
        if (type == CT_ComboBox)
            s.rwidth() += Theme::unit;
        break;
    case CT_ItemViewItem:
        s.setHeight(std::max({rowHeight, option->fontMetrics.height() + 2 * Theme::unit, s.height()}));
        break;
    case CT_HeaderSection:
        s.setHeight(std::max(rowHeight, s.height()));
        break;
    case CT_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
            item != nullptr && item->menuItemType != QStyleOptionMenuItem::Separator)
            s.setHeight(std::max(28, s.height()));
        s.rwidth() += Theme::unit;
        break;
    case CT_MenuBarItem:
        s += QSize(4, 4);
        break;
    default:
        break;
    }
    return s;
}

QRect MiroirStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl sub,
    const QWidget *widget) const
{
    if (control == CC_ComboBox && sub == SC_ComboBoxEditField)
        return option->rect.adjusted(Theme::unit + 2, 0, -2 * Theme::unit - 10, 0);
    if (control == CC_ScrollBar) {
        // No arrow buttons: the groove is everything.
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        const bool flat = bar->orientation == Qt::Horizontal;
        const int length = flat ? bar->rect.width() : bar->rect.height();
        const qint64 span = qint64(bar->maximum) - bar->minimum;
        int slider = length;
        if (span > 0)
            slider = static_cast<int>(qint64(length) * bar->pageStep / (span + bar->pageStep));
        slider = std::min(length, std::max(slider, pixelMetric(PM_ScrollBarSliderMin, option, widget)));
        const int start = sliderPositionFromValue(
            bar->minimum, bar->maximum, bar->sliderPosition, length - slider, bar->upsideDown);
        const auto part = [&](int from, int to) {
            const QRect r = flat ? QRect(bar->rect.x() + from, bar->rect.y(), to - from, bar->rect.height())
                                 : QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), to - from);
            return flat ? visualRect(bar->direction, bar->rect, r) : r;
        };
        switch (sub) {
        case SC_ScrollBarSlider:
            return part(start, start + slider);
        case SC_ScrollBarGroove:
            return part(0, length);
        case SC_ScrollBarSubPage:
            return part(0, start);
        case SC_ScrollBarAddPage:
            return part(start + slider, length);
        default:
            return {};
        }
    }
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

void MiroirStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
    const QWidget *widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
        drawButton(option, painter);
        return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit:
        drawField(option, painter);
        return;
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractItemView *>(widget) != nullptr)
            return; // rows show the current one by colour
        drawPlate(painter, QRectF(option->rect), {}, tint(Colour::Accent), 2);
        return;
    case PE_PanelItemViewRow:
        return; // drawn with the items
    case PE_PanelItemViewItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option);
        if (item != nullptr && isOn(option, State_Selected))
            painter->fillRect(option->rect, tint(Colour::AccentSoft));
        else if (item != nullptr && isOn(option, State_MouseOver))
            painter->fillRect(option->rect, Theme::mixed(tint(Colour::AccentSoft), tint(Colour::Surface), 0.4));
        return;
    }
    case PE_FrameMenu:
    case PE_PanelTipLabel:
    case PE_FrameGroupBox:
        painter->save();
        painter->setPen(tint(Colour::Line));
        painter->setBrush(element == PE_FrameGroupBox ? QBrush(Qt::NoBrush) : QBrush(tint(Colour::Raised)));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_IndicatorHeaderArrow:
        return; // part of the header
    case PE_IndicatorArrowDown:
        drawIcon(painter, QRectF(option->rect), QStringLiteral("down"), tint(Colour::Faint));
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void MiroirStyle::drawButton(const QStyleOption *option, QPainter *painter) const
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    const bool first = button != nullptr && button->features.testFlag(QStyleOptionButton::DefaultButton)
        && isOn(option, State_Enabled);
    const bool flat = button != nullptr && button->features.testFlag(QStyleOptionButton::Flat);
    QColor fill = first ? tint(Colour::Accent) : (flat ? QColor() : tint(Colour::Raised));
    QColor line = first ? tint(Colour::Accent) : (flat ? QColor() : tint(Colour::Line));
    const QColor base = fill.isValid() ? fill : tint(Colour::Window);
    if (isOn(option, State_Sunken) || isOn(option, State_On))
        fill = Theme::mixed(tint(Colour::Text), base, 0.14);
    else if (isOn(option, State_MouseOver) && isOn(option, State_Enabled))
        fill = Theme::mixed(tint(Colour::Text), base, 0.06);
    const bool focused = isOn(option, State_HasFocus) && isOn(option, State_KeyboardFocusChange);
    drawPlate(painter, QRectF(option->rect), fill, line);
    if (focused)
        drawPlate(painter, QRectF(option->rect).adjusted(1, 1, -1, -1), {},
            first ? tint(Colour::AccentText) : tint(Colour::Accent), 2);
}

void MiroirStyle::drawButtonLabel(const QStyleOption *option, QPainter *painter) const
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    const bool enabled = isOn(option, State_Enabled);
    const bool first = button->features.testFlag(QStyleOptionButton::DefaultButton) && enabled;
    const bool menu = button->features.testFlag(QStyleOptionButton::HasMenu);
    const QSize text = option->fontMetrics.size(Qt::TextShowMnemonic, button->text);
    int width = button->text.isEmpty() ? 0 : text.width();
    if (!button->icon.isNull())
        width += buttonIcon + (width > 0 ? Theme::unit : 0);
    if (menu)
        width += buttonIcon + Theme::unit / 2;
    int x = option->rect.left() + std::max(Theme::unit, (option->rect.width() - width) / 2);
    const int y = option->rect.center().y() - buttonIcon / 2 + 1;
    if (!button->icon.isNull()) {
        button->icon.paint(painter, QRect(x, y, buttonIcon, buttonIcon), Qt::AlignCenter,
            enabled ? QIcon::Normal : QIcon::Disabled);
        x += buttonIcon + Theme::unit;
    }
    painter->setPen(first ? tint(Colour::AccentText) : option->palette.color(QPalette::ButtonText));
    const QRect room(x, option->rect.top(), option->rect.right() - x - (menu ? buttonIcon : 0), option->rect.height());
    painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic, button->text);
    if (menu)
        drawIcon(painter, QRectF(x + text.width() + Theme::unit / 2, y, buttonIcon, buttonIcon), QStringLiteral("down"),
            tint(Colour::Faint));
}

QRect MiroirStyle::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    if (element == SE_HeaderLabel)
        return option->rect.adjusted(Theme::unit, 0, -Theme::unit, 0); // in line with the cells below
    return QProxyStyle::subElementRect(element, option, widget);
}

QIcon MiroirStyle::standardIcon(StandardPixmap pixmap, const QStyleOption *option, const QWidget *widget) const
{
    if (pixmap == SP_LineEditClearButton)
        return icon(QStringLiteral("close"), Colour::Faint);
    return QProxyStyle::standardIcon(pixmap, option, widget);
}

void MiroirStyle::drawField(const QStyleOption *option, QPainter *painter) const
{
    const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
    if (frame != nullptr && frame->lineWidth == 0)
        return; // a field inside another control
    const bool focused = isOn(option, State_HasFocus) && isOn(option, State_Enabled);
    drawPlate(painter, QRectF(option->rect), tint(isOn(option, State_Enabled) ? Colour::Surface : Colour::Window),
        focused ? tint(Colour::Accent) : tint(Colour::Line), focused ? 2 : 1);
}

void MiroirStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
    const QWidget *widget) const
{
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, tint(Colour::Surface));
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), tint(Colour::Line));
        return;
    case CE_HeaderLabel:
        drawHeader(option, painter);
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, tint(Colour::Line));
        return;
    case CE_PushButtonLabel:
        drawButtonLabel(option, painter);
        return;
    case CE_PushButtonBevel: {
        // Without the small arrow of Fusion: the label draws ours.
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        QStyleOptionButton copy = *button;
        copy.features.setFlag(QStyleOptionButton::HasMenu, false);
        drawButton(&copy, painter);
        return;
    }
    case CE_MenuBarEmptyArea:
    case CE_MenuBarItem: {
        painter->fillRect(option->rect, tint(Colour::Window));
        if (element == CE_MenuBarEmptyArea)
            return;
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (isOn(option, State_Selected) && isOn(option, State_Enabled))
            drawPlate(painter, QRectF(option->rect).adjusted(1, 1, -1, -1), tint(Colour::AccentSoft), {});
        const int flags = Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextDontClip | Qt::TextSingleLine;
        drawItemText(painter, item->rect, flags, item->palette, isOn(option, State_Enabled), item->text,
            QPalette::ButtonText);
        return;
    }
    case CE_ProgressBarGroove:
        return;
    case CE_ProgressBarContents:
        drawProgress(option, painter);
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void MiroirStyle::drawHeader(const QStyleOption *option, QPainter *painter) const
{
    const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
    painter->save();
    painter->setPen(header->sortIndicator != QStyleOptionHeader::None ? tint(Colour::Text) : tint(Colour::Faint));
    const QRect room = header->rect;
    if (header->sortIndicator == QStyleOptionHeader::None) {
        painter->drawText(room, static_cast<int>(header->textAlignment) | Qt::TextSingleLine,
            header->fontMetrics.elidedText(header->text, Qt::ElideRight, room.width()));
    } else {
        // Qt takes the room of its own arrow away; ours follows the word, and columns are made wide enough for both.
        const bool down = header->sortIndicator == QStyleOptionHeader::SortDown;
        painter->drawText(room, static_cast<int>(header->textAlignment) | Qt::TextSingleLine | Qt::TextDontClip,
            header->text + (down ? QStringLiteral(" \u2191") : QStringLiteral(" \u2193")));
    }
    painter->restore();
}

void MiroirStyle::drawProgress(const QStyleOption *option, QPainter *painter) const
{
    const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option);
    const QRectF groove(option->rect.x(), option->rect.center().y() - 1, option->rect.width(), 4);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(tint(Colour::Line));
    painter->drawRoundedRect(groove, 2, 2);
    const int span = bar->maximum - bar->minimum;
    const double share = span > 0 ? double(bar->progress - bar->minimum) / span : 1.0 / 3;
    painter->setBrush(tint(Colour::Accent));
    painter->drawRoundedRect(QRectF(groove.topLeft(), QSizeF(groove.width() * share, groove.height())), 2, 2);
    painter->restore();
}

void MiroirStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
    const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        drawScrollBar(option, painter, widget);
        return;
    }
    if (control == CC_ComboBox) {
        const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        if (combo != nullptr && !combo->editable) {
            drawComboBox(option, painter);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

void MiroirStyle::drawComboBox(const QStyleOptionComplex *option, QPainter *painter) const
{
    const bool hover = isOn(option, State_MouseOver) && isOn(option, State_Enabled);
    const bool focused = isOn(option, State_HasFocus);
    const QColor fill = hover ? Theme::mixed(tint(Colour::Text), tint(Colour::Raised), 0.05) : tint(Colour::Raised);
    drawPlate(
        painter, QRectF(option->rect), fill, focused ? tint(Colour::Accent) : tint(Colour::Line), focused ? 2 : 1);
    const int side = 16;
    const QRect arrow(
        option->rect.right() - side - Theme::unit + 1, option->rect.center().y() - side / 2 + 1, side, side);
    drawIcon(painter, visualRect(option->direction, option->rect, arrow), QStringLiteral("down"), tint(Colour::Faint));
}

void MiroirStyle::drawScrollBar(const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    painter->fillRect(option->rect, tint(Colour::Surface));
    const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (bar->maximum <= bar->minimum)
        return;
    const QRectF slider(subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget));
    const bool lively = isOn(option, State_MouseOver) || isOn(option, State_Sunken);
    const double inset = lively ? 2.5 : 3.5;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(Theme::mixed(tint(Colour::Faint), tint(Colour::Surface), lively ? 0.75 : 0.45));
    const QRectF thumb = slider.adjusted(inset, inset, -inset, -inset);
    const double radius = std::min(thumb.width(), thumb.height()) / 2;
    painter->drawRoundedRect(thumb, radius, radius);
    painter->restore();
}

} // namespace miroir::ui
