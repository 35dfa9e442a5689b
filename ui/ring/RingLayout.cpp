// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ring/RingLayout.h"

#include "client/NaturalOrder.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace miroir::ui {

namespace {

constexpr double margin = 8;
constexpr double discMin = 9;
constexpr double discMax = 40;
constexpr double zoneGap = 0.45; // in places of a node
constexpr double zoneBand = 22; // between bars and discs, for the zone arc and its name
constexpr double labelGap = 8;
constexpr double donutReach = 5; // from the edge of a disc to the outer edge of its donut
// Up to here there is room for a label beside each disc; beyond, those at the top and bottom stand above and below.
constexpr std::size_t sideLabelsMax = 8;
constexpr std::size_t longLabelsMax = 6; // more nodes stand so near to each other that a third line would touch
constexpr int labelLinesMax = 4;

double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

// Nodes of a zone together, zones by name, nodes without zone last; node-2 before node-10.
std::vector<int> orderOf(const std::vector<RingTopology::Node> &nodes)
{
    std::vector<int> order(nodes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const auto &left = nodes[static_cast<std::size_t>(a)];
        const auto &right = nodes[static_cast<std::size_t>(b)];
        if (left.zone != right.zone) {
            if (left.zone.isEmpty() != right.zone.isEmpty())
                return right.zone.isEmpty();
            return naturalLess(left.zone, right.zone);
        }
        return naturalLess(left.id, right.id);
    });
    return order;
}

// Places on the circle: one for each node, a little more where a zone ends.
void placeAngles(RingGeometry &g, const RingTopology &topology)
{
    const auto zoneOf = [&](std::size_t i) -> const QString & {
        return topology.nodes[static_cast<std::size_t>(g.order[i % g.order.size()])].zone;
    };
    std::vector<double> places;
    double place = 0;
    for (std::size_t i = 0; i < g.order.size(); ++i) {
        places.push_back(place);
        place += 1 + (zoneOf(i) != zoneOf(i + 1) ? zoneGap : 0);
    }
    g.nodes.resize(topology.nodes.size());
    for (std::size_t i = 0; i < g.order.size(); ++i)
        g.nodes[static_cast<std::size_t>(g.order[i])].angle = 360 * places[i] / place;
}

// The largest circle whose discs, labels and segments fit; in height it need not be centred: three nodes leave room
// below.
void placeRadii(RingGeometry &g, const RingTopology &topology, const RingSpace &space, double &discRoom)
{
    const double w = space.size.width();
    const double h = space.size.height();
    const auto count = static_cast<double>(std::max<std::size_t>(1, topology.nodes.size()));
    const bool labels = topology.nodes.size() <= labelledNodesMax;
    const bool zoned = std::any_of(topology.nodes.begin(), topology.nodes.end(),
        [](const RingTopology::Node &n) { return !n.zone.isEmpty(); });
    const double band = zoned ? zoneBand : 10;
    discRoom = std::clamp(std::min(w, h) * 0.06, discMin, discMax);
    const double reach = discRoom + donutReach;
    const double acrossLabels = labels ? space.labelWidth + labelGap : 0;
    const double upLabels = labels && topology.nodes.size() > sideLabelsMax ? 2 * space.lineHeight + labelGap : 0;
    double up = 0;
    double down = 0;
    double across = 0;
    for (const RingGeometry::Node &node : g.nodes) {
        across = std::max(across, std::abs(std::sin(radians(node.angle))));
        up = std::max(up, std::cos(radians(node.angle)));
        down = std::max(down, -std::cos(radians(node.angle)));
    }
    const double inward = reach + band; // from the circle of nodes to the outer edge of the bars
    const double height = h - 2 * margin;
    double radius = (w / 2 - acrossLabels - margin - reach) / std::max(0.1, across);
    radius = std::min(radius, w / 2 - margin + inward);
    radius = std::min(radius, (height - 2 * (reach + upLabels)) / std::max(0.1, up + down));
    radius = std::min(radius, (height - reach - upLabels + inward) / (up + 1));
    radius = std::min(radius, (height - reach - upLabels + inward) / (down + 1));
    g.nodeRadius = std::max(40.0, radius);
    const double above = std::max(g.nodeRadius * up + reach + upLabels, g.nodeRadius - inward);
    const double below = std::max(g.nodeRadius * down + reach + upLabels, g.nodeRadius - inward);
    g.centre = QPointF(w / 2, h / 2 + (above - below) / 2);
    // Neighbours on the circle must not touch, donuts included.
    if (count > 1)
        discRoom = std::min(discRoom, std::max(4.0, g.nodeRadius * std::sin(std::numbers::pi / (count * 1.15)) - 6));
    // A label may be as high as the disc it stands beside.
    if (topology.nodes.size() <= longLabelsMax)
        g.labelLines = std::clamp(static_cast<int>(2 * (discRoom + donutReach) / space.lineHeight), 2, labelLinesMax);
    g.barLength = std::clamp(g.nodeRadius * 0.03, 3.0, 7.0);
    g.outer = std::max(20.0, g.nodeRadius - inward - g.barLength);
    g.zoneRadius = g.outer + g.barLength + band * 0.55;
    g.inner = g.outer - std::clamp(g.outer * 0.15, 8.0, 34.0);
    g.hub = g.inner * 0.46;
}

void placeLabel(RingGeometry &g, RingGeometry::Node &node, const RingSpace &space)
{
    const double across = std::sin(radians(node.angle));
    const double up = std::cos(radians(node.angle));
    const QSizeF size(space.labelWidth, g.labelLines * space.lineHeight);
    const bool aside = g.nodes.size() <= sideLabelsMax;
    const double off = node.donut + labelGap;
    // Few nodes: beside the disc. Many: on the line from the middle through the disc, as labels of a pie.
    const QPointF anchor = aside ? node.centre + QPointF(across > -1e-9 ? off : -off, 0)
                                 : node.centre + QPointF(across * off, -up * (off - 4));
    const double y = anchor.y() - size.height() * (aside ? 0.5 : (1 + up) / 2);
    if (!aside && std::abs(across) < 0.1) {
        node.align = Qt::AlignHCenter;
        node.label = QRectF(QPointF(anchor.x() - size.width() / 2, y), size);
    } else if (across > -1e-9) {
        node.align = Qt::AlignLeft;
        node.label = QRectF(QPointF(anchor.x(), y), size);
    } else {
        node.align = Qt::AlignRight;
        node.label = QRectF(QPointF(anchor.x() - size.width(), y), size);
    }
}

void placeNodes(RingGeometry &g, const RingTopology &topology, const RingSpace &space, double discRoom)
{
    double largest = 0;
    for (const RingTopology::Node &node : topology.nodes)
        largest = std::max(largest, node.value);
    for (std::size_t i = 0; i < g.nodes.size(); ++i) {
        RingGeometry::Node &node = g.nodes[i];
        node.centre = g.at(node.angle, g.nodeRadius);
        const double area = largest > 0 ? std::max(0.0, topology.nodes[i].value) / largest : 0;
        node.disc = std::max(std::min(discMin, discRoom), discRoom * std::sqrt(area));
        node.donut = node.disc + donutReach - 1;
        if (topology.nodes.size() <= labelledNodesMax)
            placeLabel(g, node, space);
    }
}

void placeZones(RingGeometry &g, const RingTopology &topology)
{
    const double reach = g.nodes.empty() ? 0 : 360.0 / static_cast<double>(g.nodes.size()) * 0.36;
    for (const int number : g.order) {
        const auto &node = topology.nodes[static_cast<std::size_t>(number)];
        if (node.zone.isEmpty())
            continue;
        const double angle = g.nodes[static_cast<std::size_t>(number)].angle;
        if (!g.zones.empty() && g.zones.back().name == node.zone) {
            g.zones.back().span = angle + reach - g.zones.back().start;
            continue;
        }
        g.zones.push_back({node.zone, static_cast<int>(g.zones.size()), angle - reach, 2 * reach});
    }
}

void placeSegments(RingGeometry &g, const RingTopology &topology)
{
    const std::size_t count = topology.shards.size();
    if (count == 0)
        return;
    const double largest = *std::max_element(topology.shards.begin(), topology.shards.end());
    // A hairline between segments, a wider one after each eighth, for the eye.
    const double step = 360.0 / static_cast<double>(count);
    const double hairline = std::min(step * 0.25, 1.1 / std::max(1.0, g.outer) * 180 / std::numbers::pi);
    for (std::size_t i = 0; i < count; ++i) {
        const bool firstOfEighth = count % 8 == 0 && i % (count / 8) == 0;
        const bool lastOfEighth = count % 8 == 0 && (i + 1) % (count / 8) == 0;
        const double before = hairline / 2 + (firstOfEighth ? hairline * 0.6 : 0);
        const double after = hairline / 2 + (lastOfEighth ? hairline * 0.6 : 0);
        const double bar = largest > 0 ? std::max(0.0, topology.shards[i]) / largest : 0;
        g.segments.push_back(
            {step * static_cast<double>(i) + before, std::max(step * 0.1, step - before - after), bar});
    }
}

} // namespace

QPointF RingGeometry::at(double angle, double radius) const
{
    return centre + QPointF(radius * std::sin(radians(angle)), -radius * std::cos(radians(angle)));
}

int RingGeometry::nodeAt(const QPointF &point) const
{
    int best = -1;
    double bestDistance = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const double distance = std::hypot(point.x() - nodes[i].centre.x(), point.y() - nodes[i].centre.y());
        const bool inside = distance <= nodes[i].donut + 3 || nodes[i].label.contains(point);
        if (inside && (best < 0 || distance < bestDistance)) {
            best = static_cast<int>(i);
            bestDistance = distance;
        }
    }
    return best;
}

int RingGeometry::segmentAt(const QPointF &point) const
{
    const double distance = std::hypot(point.x() - centre.x(), point.y() - centre.y());
    if (segments.empty() || distance < inner - 2 || distance > outer + barLength)
        return -1;
    double angle = std::atan2(point.x() - centre.x(), centre.y() - point.y()) * 180 / std::numbers::pi;
    if (angle < 0)
        angle += 360;
    // Gaps belong to the segment before them, so that the pointer never falls between two.
    const auto index = static_cast<std::size_t>(angle / 360 * static_cast<double>(segments.size()));
    return static_cast<int>(std::min(index, segments.size() - 1));
}

RingGeometry layoutRing(const RingTopology &topology, const RingSpace &space)
{
    RingGeometry g;
    g.order = orderOf(topology.nodes);
    placeAngles(g, topology);
    double discRoom = 0;
    placeRadii(g, topology, space, discRoom);
    placeNodes(g, topology, space, discRoom);
    placeZones(g, topology);
    placeSegments(g, topology);
    return g;
}

} // namespace miroir::ui
