// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ring/RingScene.h"

#include "models/Words.h"
#include "ring/RingItems.h"

#include <QFontMetricsF>
#include <QHash>

#include <algorithm>

namespace miroir::ui {

namespace {

std::size_t place(int index)
{
    return static_cast<std::size_t>(index);
}

QRectF bounds(const QPointF &a, const QPointF &b)
{
    return QRectF(a, b).normalized();
}

} // namespace

RingScene::RingScene(NodeModel *nodes, ShardModel *shards, QObject *parent)
    : QGraphicsScene(parent), m_nodes(nodes), m_shards(shards)
{
    setItemIndexMethod(NoIndex); // a handful of items, each as large as the scene
    addItem(new ZoneItem(this));
    addItem(new ChordItem(this));
    addItem(new SegmentItem(this));
    addItem(new HubItem(this));
    addItem(new NodeItem(this));
    // One snapshot changes many rows; the ring is built once for all of them, before control returns to the event loop.
    const auto soon = [this] {
        if (!std::exchange(m_rebuildSoon, true))
            QMetaObject::invokeMethod(this, &RingScene::rebuild, Qt::QueuedConnection);
    };
    for (QAbstractItemModel *model :
        {static_cast<QAbstractItemModel *>(nodes), static_cast<QAbstractItemModel *>(shards)}) {
        connect(model, &QAbstractItemModel::dataChanged, this, soon);
        connect(model, &QAbstractItemModel::rowsInserted, this, soon);
        connect(model, &QAbstractItemModel::rowsRemoved, this, soon);
        connect(model, &QAbstractItemModel::rowsMoved, this, soon);
        connect(model, &QAbstractItemModel::modelReset, this, soon);
    }
    rebuild();
}

void RingScene::setRoom(const QSizeF &size, const QFont &font)
{
    if (size == m_room && font == m_font)
        return;
    m_room = size;
    m_font = font;
    rebuild();
}

int RingScene::nodeRow(const QString &id) const
{
    const auto found
        = std::find_if(m_nodeList.begin(), m_nodeList.end(), [&](const NodeInfo &n) { return n.id == id; });
    return found == m_nodeList.end() ? -1 : static_cast<int>(found - m_nodeList.begin());
}

int RingScene::shardRow(const QString &id) const
{
    const int number = id.toInt();
    // The map lists shards by number; only a strange server makes the search necessary.
    if (number >= 0 && number < m_shardList.size() && m_shardList[number].id == number)
        return number;
    const auto found
        = std::find_if(m_shardList.begin(), m_shardList.end(), [&](const ShardInfo &s) { return s.id == number; });
    return found == m_shardList.end() ? -1 : static_cast<int>(found - m_shardList.begin());
}

RingTopology RingScene::topology()
{
    RingTopology t;
    QHash<QString, qint64> ofIndex;
    for (const ShardInfo &shard : m_shardList) {
        t.shards.push_back(static_cast<double>(shard.documents));
        for (const QString &node : shard.nodes)
            ofIndex[node] += shard.documents;
    }
    // Bytes are known for whole nodes only; a node that is down may have told none.
    const bool scaled = !m_indexUid.isEmpty();
    m_heldBytes = !scaled && std::all_of(nodes().begin(), nodes().end(), [](const NodeInfo &n) {
        return n.bytes.has_value() || n.state == NodeState::Down;
    });
    const auto all = static_cast<double>(std::max<qsizetype>(1, m_shardList.size()));
    m_held.clear();
    for (const NodeInfo &node : nodes()) {
        m_held.push_back(static_cast<double>(m_heldBytes ? node.bytes.value_or(0)
                : scaled                                 ? ofIndex.value(node.id)
                                                         : node.documents));
        t.nodes.push_back({node.id, node.zone, m_held.back(), std::min(1.0, node.shards / all)});
    }
    return t;
}

QString RingScene::heldBy(int node) const
{
    const auto held = static_cast<qint64>(m_held[place(node)]);
    return m_heldBytes ? Words::bytes(held) : Words::count(held);
}

qint64 RingScene::documentsOf(int node) const
{
    return m_indexUid.isEmpty() ? nodes()[node].documents : static_cast<qint64>(m_held[place(node)]);
}

void RingScene::rebuild()
{
    m_rebuildSoon = false;
    ++m_serial;
    m_nodeList = m_nodes->nodes();
    m_shardList = m_shards->shards();
    m_indexUid = m_shards->indexUid();
    const QFontMetricsF metrics(m_font);
    const double labelWidth = metrics.averageCharWidth() * 19;
    m_geometry = layoutRing(topology(), {m_room, metrics.lineSpacing(), labelWidth});
    setSceneRect(QRectF(QPointF(), m_room));

    QHash<QString, int> rowOf;
    for (int i = 0; i < nodes().size(); ++i)
        rowOf.insert(nodes()[i].id, i);
    m_owners.assign(place(static_cast<int>(shards().size())), {});
    for (int i = 0; i < shards().size(); ++i) {
        for (const QString &node : shards()[i].nodes) {
            if (const auto row = rowOf.constFind(node); row != rowOf.constEnd())
                m_owners[place(i)].push_back(*row);
        }
    }
    makePaths();
    if (!contains(m_hover))
        m_hover = {};
    if (!contains(m_cursor))
        m_cursor = {};
    light();
    Q_EMIT rebuilt();
}

void RingScene::makePaths()
{
    const RingGeometry &g = m_geometry;
    const auto square = [&g](double r) { return QRectF(g.centre.x() - r, g.centre.y() - r, 2 * r, 2 * r); };
    const auto slice = [&](double inner, double outer, const RingGeometry::Segment &s) {
        QPainterPath path;
        // QPainterPath counts degrees anticlockwise from three o'clock.
        path.arcMoveTo(square(outer), 90 - s.start);
        path.arcTo(square(outer), 90 - s.start, -s.span);
        path.arcTo(square(inner), 90 - s.start - s.span, s.span);
        path.closeSubpath();
        return path;
    };
    m_paths.clear();
    m_barPaths.clear();
    for (const RingGeometry::Segment &s : g.segments) {
        m_paths.push_back(slice(g.inner, g.outer, s));
        m_barPaths.push_back(s.bar > 0 ? slice(g.outer + 2, g.outer + 2 + s.bar * g.barLength, s) : QPainterPath());
    }
}

bool RingScene::contains(const Subject &subject) const
{
    if (subject.kind == Subject::Kind::Node)
        return nodeRow(subject.key) >= 0;
    return subject.kind == Subject::Kind::Shard && shardRow(subject.key) >= 0;
}

Subject RingScene::active() const
{
    if (!m_hover.isNone())
        return m_hover;
    if (m_cursorVisible && contains(m_cursor))
        return m_cursor;
    return contains(m_selected) ? m_selected : Subject();
}

void RingScene::setHover(const Subject &subject)
{
    if (subject == m_hover)
        return;
    m_hover = subject;
    light();
}

void RingScene::setSelected(const Subject &subject)
{
    m_selected = subject;
    light();
}

void RingScene::setCursor(const Subject &subject, bool visible)
{
    m_cursor = subject;
    m_cursorVisible = visible;
    light();
}

void RingScene::light()
{
    m_litNodes.assign(place(static_cast<int>(nodes().size())), false);
    m_litSegments.assign(m_paths.size(), false);
    m_chords.clear();
    const Subject what = active();
    const auto join = [this](int node, int segment) {
        m_litNodes[place(node)] = true;
        m_litSegments[place(segment)] = true;
        m_chords.push_back({chordPath(node, segment), nodes()[node].state == NodeState::Down});
    };
    if (what.kind == Subject::Kind::Node) {
        const int row = nodeRow(what.key);
        m_litNodes[place(row)] = true;
        for (int s = 0; s < shards().size(); ++s) {
            const auto &owners = m_owners[place(s)];
            if (std::find(owners.begin(), owners.end(), row) != owners.end())
                join(row, s);
        }
    } else if (what.kind == Subject::Kind::Shard) {
        const int row = shardRow(what.key);
        m_litSegments[place(row)] = true;
        for (const int node : m_owners[place(row)])
            join(node, row);
    }
    update();
}

QPainterPath RingScene::chordPath(int node, int segment) const
{
    const RingGeometry &g = m_geometry;
    const RingGeometry::Node &from = g.nodes[place(node)];
    const double to = g.segments[place(segment)].middle();
    QPainterPath path(g.at(from.angle, g.nodeRadius - from.disc));
    // Under the ring towards the middle, then out to the inner edge: lines of one node leave as a bundle.
    path.lineTo(g.at(from.angle, g.outer));
    path.cubicTo(g.at(from.angle, g.hub * 0.9), g.at(to, g.hub * 1.15), g.at(to, g.inner));
    return path;
}

Subject RingScene::subjectAt(const QPointF &point) const
{
    if (const int node = m_geometry.nodeAt(point); node >= 0 && node < nodes().size())
        return Subject::node(nodes()[node].id);
    if (const int segment = m_geometry.segmentAt(point); segment >= 0 && segment < shards().size())
        return Subject::shard(shards()[segment].id);
    return {};
}

QRectF RingScene::rectOf(const Subject &subject) const
{
    if (!contains(subject))
        return {};
    if (subject.kind == Subject::Kind::Node) {
        const auto &node = m_geometry.nodes[place(nodeRow(subject.key))];
        const QPointF reach(node.donut, node.donut);
        return bounds(node.centre - reach, node.centre + reach);
    }
    return m_paths[place(shardRow(subject.key))].boundingRect();
}

QString RingScene::sentenceOf(const Subject &subject) const
{
    if (!contains(subject))
        return {};
    if (subject.kind == Subject::Kind::Node)
        return NodeModel::sentence(nodes()[nodeRow(subject.key)]);
    return ShardModel::sentence(shards()[shardRow(subject.key)]);
}

Subject RingScene::first(Subject::Kind kind) const
{
    if (kind == Subject::Kind::Shard)
        return shards().isEmpty() ? Subject() : Subject::shard(shards().first().id);
    return m_geometry.order.empty() ? Subject() : Subject::node(nodes()[m_geometry.order.front()].id);
}

Subject RingScene::step(const Subject &from, int steps) const
{
    if (!contains(from))
        return first(Subject::Kind::Node);
    const auto around = [steps](int at, int count) { return ((at + steps) % count + count) % count; };
    if (from.kind == Subject::Kind::Shard) {
        const int count = static_cast<int>(shards().size());
        return Subject::shard(shards()[around(shardRow(from.key), count)].id);
    }
    const auto &order = m_geometry.order;
    const auto at = std::find(order.begin(), order.end(), nodeRow(from.key)) - order.begin();
    const int next = around(static_cast<int>(at), static_cast<int>(order.size()));
    return Subject::node(nodes()[order[place(next)]].id);
}

Subject RingScene::acrossFrom(const Subject &from) const
{
    if (!contains(from))
        return first(Subject::Kind::Node);
    const RingGeometry &g = m_geometry;
    const auto apart = [](double a, double b) {
        const double d = std::abs(a - b);
        return std::min(d, 360 - d);
    };
    if (from.kind == Subject::Kind::Node) {
        if (g.segments.empty())
            return from;
        const double angle = g.nodes[place(nodeRow(from.key))].angle;
        const auto nearest = std::min_element(g.segments.begin(), g.segments.end(),
            [&](const auto &a, const auto &b) { return apart(a.middle(), angle) < apart(b.middle(), angle); });
        return Subject::shard(shards()[static_cast<int>(nearest - g.segments.begin())].id);
    }
    const double angle = g.segments[place(shardRow(from.key))].middle();
    const auto nearest = std::min_element(g.nodes.begin(), g.nodes.end(),
        [&](const auto &a, const auto &b) { return apart(a.angle, angle) < apart(b.angle, angle); });
    return nearest == g.nodes.end() ? from : Subject::node(nodes()[static_cast<int>(nearest - g.nodes.begin())].id);
}

int RingScene::segmentOf(const Subject &subject) const
{
    return subject.kind == Subject::Kind::Shard ? shardRow(subject.key) : -1;
}

bool RingScene::nodeLit(int node) const
{
    return active().isNone() || m_litNodes[place(node)];
}

bool RingScene::segmentLit(int segment) const
{
    return m_litSegments[place(segment)];
}

const QPainterPath &RingScene::segmentPath(int segment) const
{
    return m_paths[place(segment)];
}

const QPainterPath &RingScene::barPath(int segment) const
{
    return m_barPaths[place(segment)];
}

RingScene::Readout RingScene::readout() const
{
    const Subject what = active();
    if (what.kind == Subject::Kind::Node) {
        const NodeInfo &n = nodes()[nodeRow(what.key)];
        return {n.id, Words::state(n.state), tr("%Ln shard(s)", nullptr, n.shards)};
    }
    if (what.kind == Subject::Kind::Shard) {
        const ShardInfo &s = shards()[shardRow(what.key)];
        return {tr("Shard %1").arg(s.id), Words::cover(s.cover),
            tr("%Ln document(s)", nullptr, Words::plural(s.documents))};
    }
    qint64 documents = 0;
    for (const ShardInfo &shard : shards())
        documents += shard.documents;
    const QString under = m_indexUid.isEmpty() ? tr("documents") : tr("documents in %1").arg(m_indexUid);
    return {Words::count(documents), under, tr("%Ln shard(s)", nullptr, static_cast<int>(shards().size()))};
}

} // namespace miroir::ui
