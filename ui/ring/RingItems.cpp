// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ring/RingItems.h"

#include "models/Words.h"
#include "ring/RingScene.h"
#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace miroir::ui {

namespace {

constexpr double fadedOpacity = 0.4;

QRectF square(const QPointF &centre, double radius)
{
    return {centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius};
}

QFont scaled(const QFont &font, double factor, bool bold = false)
{
    QFont f = font;
    if (font.pointSizeF() > 0)
        f.setPointSizeF(font.pointSizeF() * factor);
    else
        f.setPixelSize(static_cast<int>(font.pixelSize() * factor));
    if (bold)
        f.setWeight(QFont::DemiBold);
    return f;
}

// Each letter stands on the circle; in the lower half the text runs the other way, so that it is never upside down.
void drawOnArc(QPainter *painter, const RingGeometry &g, double radius, double middle, const QString &text,
    const QFont &font)
{
    const QFontMetricsF metrics(font);
    const double turn = std::fmod(middle + 360, 360);
    const bool below = turn > 90 && turn < 270;
    const double perPixel = 180 / (std::numbers::pi * radius);
    double angle = middle + (below ? 1 : -1) * metrics.horizontalAdvance(text) / 2 * perPixel;
    painter->save();
    painter->setFont(font);
    for (const QChar letter : text) {
        const double wide = metrics.horizontalAdvance(letter) * perPixel;
        const double at = angle + (below ? -wide : wide) / 2;
        painter->save();
        painter->translate(g.at(at, radius));
        painter->rotate(below ? at + 180 : at);
        painter->drawText(QPointF(-metrics.horizontalAdvance(letter) / 2, metrics.capHeight() / 2), QString(letter));
        painter->restore();
        angle += below ? -wide : wide;
    }
    painter->restore();
}

bool isBroken(NodeState state)
{
    return state == NodeState::Down || state == NodeState::Refused || state == NodeState::Unknown;
}

} // namespace

void KeptPicture::draw(QPainter *painter, const RingScene &scene, const std::function<void(QPainter *)> &make)
{
    const qreal ratio = painter->device()->devicePixelRatioF();
    const QSize size = (scene.sceneRect().size() * ratio).toSize();
    const Theme::Scheme scheme = Theme::instance().scheme();
    if (m_serial != scene.serial() || m_scheme != scheme || m_pixmap.size() != size) {
        m_pixmap = QPixmap(size);
        m_pixmap.setDevicePixelRatio(ratio);
        m_pixmap.fill(Qt::transparent);
        QPainter fresh(&m_pixmap);
        fresh.setRenderHint(QPainter::Antialiasing);
        make(&fresh);
        m_serial = scene.serial();
        m_scheme = scheme;
    }
    painter->drawPixmap(QPointF(), m_pixmap);
}

QRectF RingItem::boundingRect() const
{
    return m_scene->sceneRect();
}

void ZoneItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const RingGeometry &g = m_scene->geometry();
    const QFont font = scaled(m_scene->textFont(), 0.86);
    const QFontMetricsF metrics(font);
    for (const RingGeometry::Zone &zone : g.zones) {
        const QString name = QCoreApplication::translate("miroir::ui::ZoneItem", "zone %1").arg(zone.name);
        const double half = (metrics.horizontalAdvance(name) / 2 + 6) * 180 / (std::numbers::pi * g.zoneRadius);
        const double middle = zone.start + zone.span / 2;
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(Theme::zoneHue(Theme::instance().scheme(), zone.number), 3, Qt::SolidLine, Qt::RoundCap));
        const auto arc = [&](double from, double to) {
            if (to > from)
                painter->drawArc(square(g.centre, g.zoneRadius), static_cast<int>((90 - from) * 16),
                    static_cast<int>((from - to) * 16));
        };
        const bool named = zone.span > 2 * half + 8;
        arc(zone.start, named ? middle - half : zone.start + zone.span);
        if (!named)
            continue;
        arc(middle + half, zone.start + zone.span);
        painter->setPen(tint(Colour::Faint));
        drawOnArc(painter, g, g.zoneRadius, middle, name, font);
    }
}

void ChordItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    painter->setBrush(Qt::NoBrush);
    for (const RingScene::Chord &chord : m_scene->chords()) {
        QColor colour = tint(chord.broken ? Colour::Error : Colour::Accent);
        const bool many = m_scene->chords().size() > 8;
        colour.setAlphaF(many ? 0.6F : 0.9F);
        QPen pen(colour, many ? 1 : 2, chord.broken ? Qt::DashLine : Qt::SolidLine);
        pen.setCosmetic(many); // thin lines of the screen are drawn several times faster than stroked paths
        painter->setPen(pen);
        painter->drawPath(chord.path);
    }
}

void SegmentItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const RingGeometry &g = m_scene->geometry();
    const auto count = static_cast<int>(g.segments.size());
    if (count == 0 || m_scene->shards().size() != count)
        return;
    // The ring covers the chords on their way in.
    QPainterPath band;
    band.addEllipse(g.centre, g.outer + 1, g.outer + 1);
    band.addEllipse(g.centre, g.inner - 1, g.inner - 1);
    painter->fillPath(band, tint(Colour::Window));
    if (m_scene->active().isNone()) {
        m_idle.draw(painter, *m_scene, [this](QPainter *p) { paintAll(p, Look::Idle); });
    } else {
        m_faded.draw(painter, *m_scene, [this](QPainter *p) { paintAll(p, Look::Faded); });
        for (int i = 0; i < count; ++i) {
            if (m_scene->segmentLit(i))
                paintSegment(painter, i, Look::Lit);
        }
    }
    for (const Subject &subject : {m_scene->selected(), m_scene->cursorVisible() ? m_scene->cursor() : Subject()}) {
        const int row = m_scene->segmentOf(subject);
        if (row < 0)
            continue;
        const bool chosen = subject == m_scene->selected();
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tint(Colour::Text), 2, chosen ? Qt::SolidLine : Qt::DotLine));
        painter->drawPath(m_scene->segmentPath(row));
    }
    paintNumbers(painter);
}

void SegmentItem::paintAll(QPainter *painter, Look look) const
{
    for (int i = 0; i < m_scene->shards().size(); ++i)
        paintSegment(painter, i, look);
}

void SegmentItem::paintSegment(QPainter *painter, int segment, Look look) const
{
    const Cover cover = m_scene->shards().at(segment).cover;
    const QPainterPath &path = m_scene->segmentPath(segment);
    const bool strong = Theme::instance().scheme() == Theme::Scheme::HighContrast;
    const QColor tone = tint(fillOf(cover));
    const QColor ground = tint(Colour::Surface);
    const double share = look == Look::Lit ? 1.0 : look == Look::Faded ? 0.22 : strong ? 0.9 : 0.78;
    painter->setPen(Qt::NoPen);
    if (cover == Cover::None) {
        const QColor lines = Theme::mixed(tone, ground, std::max(share, 0.6));
        painter->setBrush(Theme::mixed(tone, ground, share * 0.25));
        painter->drawPath(path);
        painter->setBrush(QBrush(lines, Qt::DiagCrossPattern));
        painter->setPen(QPen(lines, 1));
        painter->drawPath(path);
    } else {
        painter->setBrush(Theme::mixed(tone, ground, share));
        painter->drawPath(path);
        if (cover == Cover::Reduced) {
            painter->setBrush(QBrush(Theme::mixed(tint(Colour::Window), tone, 0.65), Qt::BDiagPattern));
            painter->drawPath(path);
        }
    }
    painter->fillPath(m_scene->barPath(segment),
        Theme::mixed(tint(Colour::Faint), tint(Colour::Window), look == Look::Lit ? 0.7 : 0.25));
}

void SegmentItem::paintNumbers(QPainter *painter) const
{
    const RingGeometry &g = m_scene->geometry();
    const auto count = static_cast<int>(g.segments.size());
    if (count % 8 != 0 || g.inner < 70 || m_scene->chords().size() > 8)
        return; // a bundle of lines would run through them
    const QFont font = scaled(m_scene->textFont(), 0.76);
    painter->setFont(font);
    QColor colour = tint(Colour::Faint);
    if (!m_scene->active().isNone())
        colour.setAlphaF(0.45F);
    painter->setPen(colour);
    for (int i = 0; i < count; i += count / 8) {
        const double middle = g.segments[static_cast<std::size_t>(i)].middle();
        const QRectF box = square(g.at(middle, g.inner - 11), 16);
        painter->drawText(box, Qt::AlignCenter, QString::number(m_scene->shards().at(i).id));
    }
}

void HubItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const RingGeometry &g = m_scene->geometry();
    if (m_scene->nodes().isEmpty())
        return;
    const RingScene::Readout text = m_scene->readout();
    painter->setPen(tint(Colour::Line));
    painter->setBrush(tint(Colour::Surface));
    painter->drawEllipse(g.centre, g.hub, g.hub);

    const QFont plain = m_scene->textFont();
    QFont head = scaled(plain, g.hub > 60 ? 1.7 : 1.2, true);
    // A long number is set smaller rather than cut: 3…8 is no number of documents.
    const double wanted = QFontMetricsF(head).horizontalAdvance(text.head);
    if (wanted > g.hub * 1.7)
        head = scaled(head, std::max(0.5, g.hub * 1.7 / wanted), true);
    const QFontMetricsF headMetrics(head);
    const QFontMetricsF metrics(plain);
    const double width = g.hub * 1.8;
    const double height = headMetrics.lineSpacing() + 2 * metrics.lineSpacing();
    QRectF line(g.centre.x() - width / 2, g.centre.y() - height / 2, width, headMetrics.lineSpacing());
    painter->setFont(head);
    painter->setPen(tint(Colour::Text));
    painter->drawText(line, Qt::AlignCenter, headMetrics.elidedText(text.head, Qt::ElideMiddle, width));
    painter->setFont(plain);
    painter->setPen(tint(Colour::Faint));
    line = QRectF(line.left(), line.bottom(), width, metrics.lineSpacing());
    painter->drawText(line, Qt::AlignCenter, metrics.elidedText(text.first, Qt::ElideRight, width));
    line.translate(0, metrics.lineSpacing());
    painter->drawText(line, Qt::AlignCenter, metrics.elidedText(text.second, Qt::ElideRight, width));
}

void NodeItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const auto count = static_cast<int>(m_scene->geometry().nodes.size());
    if (m_scene->nodes().size() != count)
        return; // nothing yet
    const Subject active = m_scene->active();
    if (active.isNone()) {
        m_idle.draw(painter, *m_scene, [this](QPainter *p) { paintAll(p, 1); });
    } else {
        m_faded.draw(painter, *m_scene, [this](QPainter *p) { paintAll(p, fadedOpacity); });
        for (int i = 0; i < count; ++i) {
            if (!m_scene->nodeLit(i))
                continue;
            painter->fillRect(m_scene->geometry().nodes[static_cast<std::size_t>(i)].label, tint(Colour::Window));
            paintNode(painter, i, active == Subject::node(m_scene->nodes().at(i).id));
            paintLabel(painter, i);
        }
    }
    paintOutline(painter, m_scene->selected(), Qt::SolidLine);
    if (m_scene->cursorVisible())
        paintOutline(painter, m_scene->cursor(), Qt::DotLine);
}

void NodeItem::paintAll(QPainter *painter, double opacity) const
{
    painter->setOpacity(opacity);
    for (int i = 0; i < m_scene->nodes().size(); ++i) {
        paintNode(painter, i, false);
        paintLabel(painter, i);
    }
}

void NodeItem::paintOutline(QPainter *painter, const Subject &subject, Qt::PenStyle style) const
{
    if (subject.kind != Subject::Kind::Node)
        return;
    for (int i = 0; i < m_scene->nodes().size(); ++i) {
        if (m_scene->nodes().at(i).id != subject.key)
            continue;
        const RingGeometry::Node &place = m_scene->geometry().nodes[static_cast<std::size_t>(i)];
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tint(Colour::Accent), 2, style));
        painter->drawEllipse(place.centre, place.donut + 4, place.donut + 4);
    }
}

void NodeItem::paintNode(QPainter *painter, int node, bool active) const
{
    const RingGeometry::Node &place = m_scene->geometry().nodes[static_cast<std::size_t>(node)];
    const NodeInfo &info = m_scene->nodes().at(node);
    const QColor tone = tint(toneOf(info.state));
    const bool broken = isBroken(info.state);

    painter->setPen(Qt::NoPen);
    painter->setBrush(tint(Colour::Window));
    painter->drawEllipse(place.centre, place.donut + 2, place.donut + 2);
    painter->setBrush(Theme::mixed(tone, tint(Colour::Surface), active ? 0.34 : 0.16));
    painter->setPen(broken ? QPen(tone, 1.5, Qt::DashLine) : QPen(Qt::NoPen));
    painter->drawEllipse(place.centre, place.disc - 1, place.disc - 1);

    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(tint(Colour::Line), 3));
    painter->drawEllipse(place.centre, place.donut, place.donut);
    const double share = m_scene->shards().isEmpty()
        ? 0.0
        : std::min(1.0, double(info.shards) / static_cast<double>(m_scene->shards().size()));
    painter->setPen(QPen(tone, 3, Qt::SolidLine, Qt::FlatCap));
    painter->drawArc(square(place.centre, place.donut), 90 * 16, static_cast<int>(-share * 360 * 16));

    const QFont small = scaled(m_scene->textFont(), 0.84);
    const QFontMetricsF metrics(small);
    const QString held = m_scene->heldBy(node);
    const bool roomy = metrics.horizontalAdvance(held) < place.disc * 1.7 && place.disc > 26;
    const double side = roomy ? 18 : std::clamp(place.disc * 0.95, 10.0, 20.0);
    const double down = roomy ? metrics.height() / 2 : 0;
    drawIcon(painter,
        QRectF(std::round(place.centre.x() - side / 2), std::round(place.centre.y() - side / 2 - down), side, side),
        Words::icon(info.state), tone);
    if (roomy) {
        painter->setFont(small);
        painter->setPen(tint(Colour::Text));
        painter->drawText(QRectF(place.centre.x() - place.disc, place.centre.y() + side / 2 - down + 2, 2 * place.disc,
            metrics.height()), Qt::AlignCenter, held);
    }
}

void NodeItem::paintLabel(QPainter *painter, int node) const
{
    const RingGeometry::Node &place = m_scene->geometry().nodes[static_cast<std::size_t>(node)];
    if (place.label.isEmpty())
        return;
    const NodeInfo &info = m_scene->nodes().at(node);
    const QFont bold = scaled(m_scene->textFont(), 1, true);
    const int lines = m_scene->geometry().labelLines;
    const double line = place.label.height() / lines;
    const QRectF upper(place.label.topLeft(), QSizeF(place.label.width(), line));
    const QRectF lower = upper.translated(0, line);
    const auto across = static_cast<int>(place.align & Qt::AlignHorizontal_Mask);
    painter->setFont(bold);
    painter->setPen(tint(Colour::Text));
    painter->drawText(upper, across | Qt::AlignBottom,
        QFontMetricsF(bold).elidedText(info.id, Qt::ElideMiddle, upper.width()));
    painter->setFont(m_scene->textFont());
    painter->setPen(info.state == NodeState::Serving ? tint(Colour::Faint) : tint(toneOf(info.state)));
    QString words = Words::state(info.state);
    if (info.lag > 0 && !isBroken(info.state))
        words += QStringLiteral(" \u00b7 ") + Words::count(info.lag);
    painter->drawText(lower, across | Qt::AlignTop,
        QFontMetricsF(m_scene->textFont()).elidedText(words, Qt::ElideRight, lower.width()));
    const QStringList more {
        RingScene::tr("%Ln document(s)", nullptr, Words::plural(m_scene->documentsOf(node))),
        RingScene::tr("%Ln shard(s)", nullptr, info.shards)};
    painter->setPen(tint(Colour::Faint));
    for (int i = 2; i < lines; ++i)
        painter->drawText(upper.translated(0, i * line), across | Qt::AlignTop,
            QFontMetricsF(m_scene->textFont()).elidedText(more[i - 2], Qt::ElideRight, upper.width()));
}

} // namespace miroir::ui
