// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QString>

#include <vector>

/// Where everything of the ring stands: a pure function from topology and room to geometry, so that it is tested
/// without a window. Angles are degrees clockwise from twelve o'clock; lengths are pixels; y grows downwards.
namespace miroir::ui {

struct RingTopology {
    struct Node {
        QString id;
        QString zone; ///< empty = none
        double value = 0; ///< what the disc's area shows: bytes or documents
        double share = 0; ///< 0..1, part of all shards it holds: the donut
    };
    std::vector<Node> nodes;
    std::vector<double> shards; ///< documents of each shard, for its bar
};

struct RingSpace {
    QSizeF size;
    double lineHeight = 16; ///< of the text of labels
    double labelWidth = 120;
};

struct RingGeometry {
    struct Node {
        double angle = 0;
        QPointF centre;
        double disc = 0; ///< radius of the disc
        double donut = 0; ///< radius of the middle of the donut's line
        QRectF label; ///< lines of text beside the disc; empty when there is no room
        Qt::Alignment align = Qt::AlignCenter;
    };
    struct Segment {
        double start = 0;
        double span = 0;
        double bar = 0; ///< 0..1 of the longest bar
        [[nodiscard]] double middle() const { return start + span / 2; }
    };
    struct Zone {
        QString name;
        int number = 0; ///< for its hue
        double start = 0;
        double span = 0;
    };
    QPointF centre;
    double hub = 0; ///< radius of the readout in the middle
    double inner = 0; ///< radii of the shard segments
    double outer = 0;
    double barLength = 0; ///< of the longest bar, outwards from outer
    double zoneRadius = 0;
    double nodeRadius = 0; ///< of the circle the discs stand on
    int labelLines = 2; ///< name and state; where there is room, documents and shards too
    std::vector<Node> nodes; ///< same order as in the topology
    std::vector<int> order; ///< node numbers clockwise
    std::vector<Segment> segments;
    std::vector<Zone> zones;

    [[nodiscard]] QPointF at(double angle, double radius) const;
    [[nodiscard]] int nodeAt(const QPointF &point) const; ///< -1 = none
    [[nodiscard]] int segmentAt(const QPointF &point) const; ///< -1 = none
};

/// Above this many nodes labels are left out; the readout names what is pointed at.
inline constexpr int labelledNodesMax = 24;

RingGeometry layoutRing(const RingTopology &topology, const RingSpace &space);

} // namespace miroir::ui
