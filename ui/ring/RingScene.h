// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"
#include "models/NodeModel.h"
#include "models/Selection.h"
#include "models/ShardModel.h"
#include "ring/RingLayout.h"

#include <QFont>
#include <QGraphicsScene>
#include <QPainterPath>

#include <vector>

namespace miroir::ui {

/// What the ring shows and how it is lit; the items draw from it. Built from the models that the tables show too. There
/// is no timer: something is drawn only when data, size or what is pointed at changes.
class RingScene : public QGraphicsScene
{
    Q_OBJECT
public:
    RingScene(NodeModel *nodes, ShardModel *shards, QObject *parent = nullptr);

    void setRoom(const QSizeF &size, const QFont &font);
    void setHover(const Subject &subject);
    void setSelected(const Subject &subject);
    /// The place of the keyboard; drawn while the view has the focus.
    void setCursor(const Subject &subject, bool visible);

    [[nodiscard]] const Subject &hover() const { return m_hover; }
    [[nodiscard]] const Subject &selected() const { return m_selected; }
    [[nodiscard]] const Subject &cursor() const { return m_cursor; }
    [[nodiscard]] bool cursorVisible() const { return m_cursorVisible; }
    /// What is lit: pointed at, else at the keyboard's place, else selected.
    [[nodiscard]] Subject active() const;

    [[nodiscard]] Subject subjectAt(const QPointF &point) const;
    [[nodiscard]] QRectF rectOf(const Subject &subject) const; ///< empty when it is not in the ring
    [[nodiscard]] QString sentenceOf(const Subject &subject) const;
    /// Clockwise neighbour on the same circle; steps may be negative.
    [[nodiscard]] Subject step(const Subject &from, int steps) const;
    /// From a node to the shard nearest to it, and back.
    [[nodiscard]] Subject acrossFrom(const Subject &from) const;
    [[nodiscard]] Subject first(Subject::Kind kind) const;

    [[nodiscard]] const RingGeometry &geometry() const { return m_geometry; }
    [[nodiscard]] const QVector<NodeInfo> &nodes() const { return m_nodeList; }
    [[nodiscard]] const QVector<ShardInfo> &shards() const { return m_shardList; }
    /// What the area of a node's disc means, in words: "71.5 MB", or documents of the index it is scaled to.
    [[nodiscard]] QString heldBy(int node) const;
    [[nodiscard]] qint64 documentsOf(int node) const; ///< of the index chosen, or of all
    [[nodiscard]] const QFont &textFont() const { return m_font; }
    [[nodiscard]] int segmentOf(const Subject &subject) const; ///< -1 = no shard of the ring
    [[nodiscard]] bool nodeLit(int node) const;
    [[nodiscard]] bool segmentLit(int segment) const;
    [[nodiscard]] const QPainterPath &segmentPath(int segment) const;
    [[nodiscard]] const QPainterPath &barPath(int segment) const;
    /// Rises with each rebuild: what was drawn from an earlier one is void.
    [[nodiscard]] quint64 serial() const { return m_serial; }
    /// Lines from the active node to its shards, or from the active shard to its nodes.
    struct Chord {
        QPainterPath path;
        bool broken = false; ///< the node at its end is down
    };
    [[nodiscard]] const std::vector<Chord> &chords() const { return m_chords; }
    struct Readout {
        QString head;
        QString first;
        QString second;
    };
    [[nodiscard]] Readout readout() const;

Q_SIGNALS:
    void rebuilt(); ///< nodes, shards or geometry changed

private:
    void rebuild();
    void light();
    void makePaths();
    [[nodiscard]] RingTopology topology();
    [[nodiscard]] QPainterPath chordPath(int node, int segment) const;
    [[nodiscard]] bool contains(const Subject &subject) const;

    [[nodiscard]] int nodeRow(const QString &id) const;
    [[nodiscard]] int shardRow(const QString &id) const;

    NodeModel *m_nodes;
    ShardModel *m_shards;
    // What the geometry was made from: the models may be a step ahead until the ring is built again.
    QVector<NodeInfo> m_nodeList;
    QVector<ShardInfo> m_shardList;
    QString m_indexUid;
    std::vector<double> m_held; ///< of each node, as its disc shows
    bool m_heldBytes = false; ///< else documents
    QSizeF m_room {400, 400};
    QFont m_font;
    RingGeometry m_geometry;
    std::vector<std::vector<int>> m_owners; ///< of each shard: rows of its nodes
    std::vector<QPainterPath> m_paths;
    std::vector<QPainterPath> m_barPaths;
    quint64 m_serial = 0;
    std::vector<Chord> m_chords;
    std::vector<bool> m_litNodes;
    std::vector<bool> m_litSegments;
    Subject m_hover;
    Subject m_selected;
    Subject m_cursor;
    bool m_cursorVisible = false;
    bool m_rebuildSoon = false;
};

} // namespace miroir::ui
