// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/ClusterPane.h"

#include "models/Words.h"
#include "theme/Theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QSplitter>
#include <QVBoxLayout>

namespace miroir::ui {

ClusterPane::ClusterPane(Session *session, QWidget *parent)
    : QWidget(parent), m_session(session), m_ring(new RingView(&session->nodes, &session->shards, &session->selection)),
      m_views(new QStackedWidget), m_switch(new SwitchBar), m_scale(new QComboBox)
{
    setObjectName(QStringLiteral("clusterPane"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    auto *ringPage = new QWidget;
    auto *ringColumn = new QVBoxLayout(ringPage);
    ringColumn->setContentsMargins(0, 0, 0, 0);
    ringColumn->setSpacing(0);
    ringColumn->addWidget(m_ring, 1);
    ringColumn->addWidget(new RingLegend);
    m_views->setObjectName(QStringLiteral("clusterViews"));
    m_views->addWidget(ringPage);
    m_views->addWidget(makeTables());
    column->addWidget(m_views, 1);

    connect(m_switch, &SwitchBar::chosen, m_views, &QStackedWidget::setCurrentIndex);
    connect(&session->selection, &Selection::changed, this, &ClusterPane::follow);
    connect(session, &Session::changed, this, &ClusterPane::fillIndexes);
    connect(m_scale, &QComboBox::activated, this, [this] {
        m_session->client.setShardIndex(m_scale->currentData().toString());
    });
    fillIndexes();
}

QWidget *ClusterPane::makeHeader()
{
    auto *header = new QWidget;
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(2 * Theme::unit, Theme::unit, 2 * Theme::unit, Theme::unit);
    m_switch->add(QStringLiteral("ring"), tr("Ring"), QStringLiteral("ringSwitch"));
    m_switch->add(QStringLiteral("table"), tr("Table"), QStringLiteral("tableSwitch"));
    row->addWidget(m_switch);
    row->addStretch(1);
    auto *label = new ToneLabel(tr("Documents of"), Colour::Faint);
    label->setBuddy(m_scale);
    row->addWidget(label);
    m_scale->setObjectName(QStringLiteral("indexScale"));
    m_scale->setAccessibleName(tr("Index whose documents are counted"));
    m_scale->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_scale->setMaximumWidth(30 * Theme::unit);
    row->addWidget(m_scale);
    return header;
}

QWidget *ClusterPane::makeTables()
{
    m_nodeTable = new TableView(new SortProxy(&m_session->nodes, this), QStringLiteral("nodeTable"), tr("Nodes"));
    m_nodeTable->sortByColumn(NodeModel::Name, Qt::AscendingOrder);
    m_nodeTable->fitColumns({10, 13, 6, 9, 8, 5, 8, 7, 22, 7}, NodeModel::Address);
    m_shardTable = new TableView(new SortProxy(&m_session->shards, this), QStringLiteral("shardTable"), tr("Shards"));
    m_shardTable->sortByColumn(ShardModel::Number, Qt::AscendingOrder);
    m_shardTable->fitColumns({10, 16, 10, 30}, ShardModel::Nodes);
    connect(m_nodeTable, &TableView::keySelected, this, [this](const QString &key) {
        if (!key.isEmpty())
            m_session->selection.select(Subject::node(key));
    });
    connect(m_shardTable, &TableView::keySelected, this, [this](const QString &key) {
        if (!key.isEmpty())
            m_session->selection.select(Subject::shard(key.toInt()));
    });
    auto *split = new QSplitter(Qt::Vertical);
    split->setObjectName(QStringLiteral("tableSplitter"));
    split->addWidget(m_nodeTable);
    split->addWidget(m_shardTable);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 2);
    split->setChildrenCollapsible(false);
    return split;
}

void ClusterPane::fillIndexes()
{
    QStringList uids;
    for (const IndexInfo &index : m_session->indexes.indexes())
        uids.append(index.uid);
    QStringList shown;
    for (int i = 1; i < m_scale->count(); ++i)
        shown.append(m_scale->itemData(i).toString());
    if (m_scale->count() > 0 && uids == shown)
        return;
    const QString chosen = m_scale->currentData().toString();
    m_scale->clear();
    m_scale->addItem(tr("all indexes"), QString());
    for (const QString &uid : uids)
        m_scale->addItem(uid, uid);
    const int at = m_scale->findData(chosen);
    m_scale->setCurrentIndex(std::max(0, at));
    if (at < 0)
        m_session->client.setShardIndex({});
}

void ClusterPane::scaleTo(const QString &indexUid)
{
    const int at = m_scale->findData(indexUid);
    if (at < 0)
        return;
    m_scale->setCurrentIndex(at);
    m_session->client.setShardIndex(indexUid);
}

void ClusterPane::showTable(bool table)
{
    m_switch->setCurrent(table ? 1 : 0);
}

void ClusterPane::follow(const Subject &subject)
{
    m_nodeTable->selectKey(subject.kind == Subject::Kind::Node ? subject.key : QString());
    m_shardTable->selectKey(subject.kind == Subject::Kind::Shard ? subject.key : QString());
}

RingLegend::RingLegend(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(
        tr("Legend: shards are filled when all replicas serve, striped when some do, crossed when none does; "
           "the area of a node is what it holds, the ring around it its share of all shards."));
}

QSize RingLegend::sizeHint() const
{
    return {30 * Theme::unit, fontMetrics().height() + 2 * Theme::unit};
}

void RingLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = 12;
    const double gap = 2.5 * Theme::unit;
    const QStringList words {Words::cover(Cover::Full), Words::cover(Cover::Reduced), Words::cover(Cover::None),
        tr("disc: what a node holds"), tr("ring: its share of shards")};
    const auto wide = [&](const QString &word) { return side + 6 + fontMetrics().horizontalAdvance(word) + gap; };
    double width = -gap;
    qsizetype shown = 0;
    // In a narrow window the last ones are left out; the guide has them all.
    while (shown < words.size() && width + wide(words[shown]) < this->width() - 16)
        width += wide(words[shown++]);
    double x = std::max(8.0, (this->width() - width) / 2);
    const double y = (height() - side) / 2;
    for (int i = 0; i < shown; ++i) {
        const QRectF box(x, y, side, side);
        painter.setPen(Qt::NoPen);
        if (i == 0 || i == 1) {
            painter.setBrush(tint(fillOf(i == 0 ? Cover::Full : Cover::Reduced)));
            painter.drawRoundedRect(box, 2, 2);
            painter.setBrush(i == 0 ? QBrush(Qt::NoBrush) : QBrush(tint(Colour::Window), Qt::BDiagPattern));
            painter.drawRoundedRect(box, 2, 2);
        } else if (i == 2) {
            painter.setPen(tint(Colour::CoverNone));
            painter.setBrush(QBrush(tint(Colour::CoverNone), Qt::DiagCrossPattern));
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        } else if (i == 3) {
            painter.setBrush(Theme::mixed(tint(Colour::Faint), tint(Colour::Surface), 0.5));
            painter.drawEllipse(box);
        } else {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(tint(Colour::Line), 3));
            painter.drawEllipse(box.adjusted(1, 1, -1, -1));
            painter.setPen(QPen(tint(Colour::Faint), 3, Qt::SolidLine, Qt::FlatCap));
            painter.drawArc(box.adjusted(1, 1, -1, -1), 90 * 16, -230 * 16);
        }
        painter.setPen(tint(Colour::Faint));
        x += side + 6;
        painter.drawText(QRectF(x, 0, this->width(), height()), Qt::AlignVCenter, words[i]);
        x += fontMetrics().horizontalAdvance(words[i]) + gap;
    }
}

} // namespace miroir::ui
