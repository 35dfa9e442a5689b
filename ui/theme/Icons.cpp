// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/Icons.h"

#include "theme/Theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace miroir::ui {

namespace {

QPixmap rendered(const QString &name, const QColor &colour, const QSize &deviceSize)
{
    const QString key = QStringLiteral("miroir/%1/%2/%3x%4")
                            .arg(name, colour.name(QColor::HexArgb))
                            .arg(deviceSize.width())
                            .arg(deviceSize.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray svg = file.readAll();
    svg.replace("stroke=\"#000000\"", "stroke=\"" + colour.name().toLatin1() + '"');
    QSvgRenderer renderer(svg);
    pixmap = QPixmap(deviceSize);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class ThemedIconEngine final : public QIconEngine
{
public:
    ThemedIconEngine(QString name, Colour off, Colour on) : m_name(std::move(name)), m_off(off), m_on(on) { }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        drawIcon(painter, rect, m_name, colourFor(mode, state));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return rendered(m_name, colourFor(mode, state), size);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        Q_UNUSED(scale) // the size is in device pixels already
        return rendered(m_name, colourFor(mode, state), size);
    }
    [[nodiscard]] QIconEngine *clone() const override { return new ThemedIconEngine(m_name, m_off, m_on); }

private:
    [[nodiscard]] QColor colourFor(QIcon::Mode mode, QIcon::State state) const
    {
        const QColor c = tint(state == QIcon::On ? m_on : m_off);
        return mode == QIcon::Disabled ? Theme::mixed(c, tint(Colour::Window), 0.45) : c;
    }
    QString m_name;
    Colour m_off;
    Colour m_on;
};

} // namespace

QIcon icon(const QString &name, Colour colour)
{
    return icon(name, colour, colour);
}

QIcon icon(const QString &name, Colour off, Colour on)
{
    return QIcon(new ThemedIconEngine(name, off, on));
}

void drawIcon(QPainter *painter, const QRectF &rect, const QString &name, const QColor &colour)
{
    const qreal ratio = painter->device() != nullptr ? painter->device()->devicePixelRatioF() : 1.0;
    const QSize deviceSize = (rect.size() * ratio).toSize();
    if (deviceSize.isEmpty())
        return;
    painter->drawPixmap(rect, rendered(name, colour, deviceSize), QRectF(QPointF(), deviceSize));
}

} // namespace miroir::ui
