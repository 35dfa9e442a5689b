// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/Colours.h"

#include <QIcon>
#include <QPixmap>

QT_BEGIN_NAMESPACE
class QPainter;
QT_END_NAMESPACE

namespace miroir::ui {

/// A picture of the icon set (resources/icons, one stroke width) in a colour of the theme. The icon asks for the colour
/// each time it is drawn, so it follows the theme.
QIcon icon(const QString &name, Colour colour = Colour::Text);
/// Same with two colours: normal, and checked (state on).
QIcon icon(const QString &name, Colour off, Colour on);
/// Draws the picture into the rectangle, in device pixels, without blurring.
void drawIcon(QPainter *painter, const QRectF &rect, const QString &name, const QColor &colour);

} // namespace miroir::ui
