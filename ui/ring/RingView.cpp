// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ring/RingView.h"

#include "models/Words.h"
#include "ring/RingAccessible.h"
#include "theme/Theme.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

namespace miroir::ui {

RingView::RingView(NodeModel *nodes, ShardModel *shards, Selection *selection, QWidget *parent)
    : QGraphicsView(parent), m_scene(new RingScene(nodes, shards, this)), m_selection(selection)
{
    RingAccessible::install();
    setObjectName(QStringLiteral("ringView"));
    setAccessibleName(tr("Ring of nodes and shards"));
    setAccessibleDescription(
        tr("Left and right walk round, up and down change between nodes and shards, Enter selects."));
    setScene(m_scene);
    setRenderHint(QPainter::Antialiasing);
    // Parts of the ring overlap everywhere; working out what changed costs more than drawing it.
    setViewportUpdateMode(FullViewportUpdate);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setBackgroundRole(QPalette::Window);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setBackgroundRole(QPalette::Window);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setMinimumSize(40 * Theme::unit, 36 * Theme::unit);
    connect(selection, &Selection::changed, m_scene, &RingScene::setSelected);
    m_scene->setSelected(selection->subject());
}

int RingView::subjectCount() const
{
    return static_cast<int>(m_scene->geometry().order.size()) + static_cast<int>(m_scene->geometry().segments.size());
}

Subject RingView::subjectNumber(int number) const
{
    const auto nodes = static_cast<int>(m_scene->geometry().order.size());
    if (number < 0 || number >= subjectCount())
        return {};
    if (number < nodes) {
        const int row = m_scene->geometry().order[static_cast<std::size_t>(number)];
        return row < m_scene->nodes().size() ? Subject::node(m_scene->nodes()[row].id) : Subject();
    }
    const int row = number - nodes;
    return row < m_scene->shards().size() ? Subject::shard(m_scene->shards()[row].id) : Subject();
}

int RingView::numberOf(const Subject &subject) const
{
    for (int i = 0; i < subjectCount(); ++i) {
        if (!subject.isNone() && subjectNumber(i) == subject)
            return i;
    }
    return -1;
}

void RingView::select(const Subject &subject)
{
    m_selection->select(subject);
}

void RingView::moveCursor(const Subject &subject)
{
    m_scene->setHover({}); // the keyboard speaks now
    m_scene->setCursor(subject, true);
    const int number = numberOf(subject);
    if (number >= 0) {
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(number);
        QAccessible::updateAccessibility(&event);
    }
}

void RingView::resizeEvent(QResizeEvent *event)
{
    QGraphicsView::resizeEvent(event);
    m_scene->setRoom(QSizeF(viewport()->size()), font());
}

void RingView::mouseMoveEvent(QMouseEvent *event)
{
    m_scene->setHover(m_scene->subjectAt(mapToScene(event->position().toPoint())));
    viewport()->setCursor(m_scene->hover().isNone() ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

void RingView::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    const Subject subject = m_scene->subjectAt(mapToScene(event->position().toPoint()));
    m_scene->setCursor(subject, false);
    m_selection->select(subject);
}

void RingView::keyPressEvent(QKeyEvent *event)
{
    Subject from = m_scene->cursor();
    if (from.isNone())
        from = m_scene->selected();
    switch (event->key()) {
    case Qt::Key_Right:
        moveCursor(m_scene->step(from, 1));
        return;
    case Qt::Key_Left:
        moveCursor(m_scene->step(from, -1));
        return;
    case Qt::Key_Up:
    case Qt::Key_Down:
        moveCursor(m_scene->acrossFrom(from));
        return;
    case Qt::Key_Home:
        moveCursor(m_scene->first(from.kind));
        return;
    case Qt::Key_End:
        moveCursor(m_scene->step(m_scene->first(from.kind), -1));
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        m_selection->select(from);
        return;
    case Qt::Key_Escape:
        m_scene->setCursor({}, false);
        m_scene->setHover({});
        m_selection->clear();
        return;
    default:
        // The scroll area would take keys it has no use for here.
        event->ignore();
    }
}

void RingView::focusInEvent(QFocusEvent *event)
{
    QGraphicsView::focusInEvent(event);
    if (event->reason() != Qt::TabFocusReason && event->reason() != Qt::BacktabFocusReason)
        return;
    Subject place = m_scene->selected();
    if (numberOf(place) < 0)
        place = m_scene->first(Subject::Kind::Node);
    moveCursor(place);
}

void RingView::focusOutEvent(QFocusEvent *event)
{
    QGraphicsView::focusOutEvent(event);
    m_scene->setCursor(m_scene->cursor(), false);
}

void RingView::changeEvent(QEvent *event)
{
    QGraphicsView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_scene->update();
    else if (event->type() == QEvent::FontChange)
        m_scene->setRoom(QSizeF(viewport()->size()), font());
}

bool RingView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave) {
        m_scene->setHover({});
    } else if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Subject subject = m_scene->subjectAt(mapToScene(help->pos()));
        if (subject.isNone())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), Words::tip(m_scene->sentenceOf(subject)), viewport());
        return true;
    }
    return QGraphicsView::viewportEvent(event);
}

} // namespace miroir::ui
