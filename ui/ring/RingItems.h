// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ring/RingScene.h"

#include "theme/Theme.h"

#include <QGraphicsItem>
#include <QPixmap>

#include <functional>

namespace miroir::ui {

/// A picture that is drawn again only when the ring is rebuilt, the look changes or the screen is another: moving the
/// pointer then costs a copy and the few parts that are lit, not hundreds of paths and texts.
class KeptPicture
{
public:
    void draw(QPainter *painter, const RingScene &scene, const std::function<void(QPainter *)> &make);

private:
    QPixmap m_pixmap;
    quint64 m_serial = 0;
    Theme::Scheme m_scheme = Theme::Scheme::Light;
};

/// The parts of the ring, each drawn as one item over the whole scene (hundreds of small items cost more than their
/// pictures). They hold nothing: all is asked from the scene.
class RingItem : public QGraphicsItem
{
public:
    RingItem(RingScene *scene, double z) : m_scene(scene) { setZValue(z); }
    [[nodiscard]] QRectF boundingRect() const override;

protected:
    RingScene *m_scene;
};

class ZoneItem : public RingItem
{
public:
    explicit ZoneItem(RingScene *scene) : RingItem(scene, 0) { }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;
};

class ChordItem : public RingItem
{
public:
    explicit ChordItem(RingScene *scene) : RingItem(scene, 1) { }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;
};

class SegmentItem : public RingItem
{
public:
    explicit SegmentItem(RingScene *scene) : RingItem(scene, 2) { }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    enum class Look { Idle, Faded, Lit };
    void paintSegment(QPainter *painter, int segment, Look look) const;
    void paintAll(QPainter *painter, Look look) const;
    void paintNumbers(QPainter *painter) const;
    KeptPicture m_idle;
    KeptPicture m_faded;
};

class HubItem : public RingItem
{
public:
    explicit HubItem(RingScene *scene) : RingItem(scene, 3) { }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;
};

class NodeItem : public RingItem
{
public:
    explicit NodeItem(RingScene *scene) : RingItem(scene, 4) { }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    void paintNode(QPainter *painter, int node, bool active) const;
    void paintLabel(QPainter *painter, int node) const;
    void paintAll(QPainter *painter, double opacity) const;
    void paintOutline(QPainter *painter, const Subject &subject, Qt::PenStyle style) const;
    KeptPicture m_idle;
    KeptPicture m_faded;
};

} // namespace miroir::ui
