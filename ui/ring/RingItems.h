// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsItem>

namespace miroir::ui {

class RingScene;
struct NodeInfo;

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
    void paintSegment(QPainter *painter, int segment, bool anyLit) const;
    void paintNumbers(QPainter *painter) const;
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
    void paintNode(QPainter *painter, int node) const;
    void paintLabel(QPainter *painter, int node) const;
};

} // namespace miroir::ui
