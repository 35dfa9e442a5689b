// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/Inspector.h"

#include "models/Words.h"
#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace miroir::ui {

namespace {

// Ages are shown in seconds for a minute only; a step of two seconds looks alive enough.
constexpr int agesMs = 2'000;
constexpr int linksMax = 64;

} // namespace

Inspector::Inspector(Session *session, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_icon(new IconLabel(QStringLiteral("info"), Colour::Faint, 20))
    , m_title(new ToneLabel({}, Colour::Text, ToneLabel::Size::Large))
    , m_subtitle(new ToneLabel({}, Colour::Faint))
    , m_grid(new QGridLayout)
    , m_note(new ToneLabel({}, Colour::Error))
    , m_linksTitle(new ToneLabel({}, Colour::Faint))
    , m_links(new QWidget)
    , m_search(new QPushButton(tr("Search in it")))
    , m_ring(new QPushButton(tr("Show in the ring")))
    , m_json(new JsonView)
    , m_filler(new QWidget)
{
    setObjectName(QStringLiteral("inspector"));
    setAccessibleName(tr("Inspector"));
    setMinimumWidth(std::max(30 * Theme::unit, 38 * fontMetrics().averageCharWidth()));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(2 * Theme::unit, Theme::unit, Theme::unit, Theme::unit);
    auto *head = new QHBoxLayout;
    head->addWidget(m_icon, 0, Qt::AlignVCenter);
    m_title->setWordWrap(true);
    m_title->setObjectName(QStringLiteral("inspectorTitle"));
    head->addWidget(m_title, 1);
    auto *close = new QPushButton;
    close->setObjectName(QStringLiteral("inspectorClose"));
    close->setIcon(icon(QStringLiteral("close"), Colour::Faint));
    close->setFlat(true);
    close->setFixedWidth(4 * Theme::unit);
    close->setAccessibleName(tr("Close the inspector"));
    close->setToolTip(tr("Close the inspector"));
    connect(close, &QPushButton::clicked, this, &Inspector::closeWanted);
    head->addWidget(close, 0, Qt::AlignTop);
    column->addLayout(head);
    m_subtitle->setWordWrap(true);
    column->addWidget(m_subtitle);
    column->addSpacing(Theme::unit / 2);
    m_grid->setHorizontalSpacing(2 * Theme::unit);
    m_grid->setVerticalSpacing(Theme::unit / 2 + 2);
    m_grid->setColumnStretch(1, 1);
    column->addLayout(m_grid);
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_note);
    column->addWidget(m_linksTitle);
    new FlowLayout(m_links);
    m_links->layout()->setSpacing(Theme::unit / 2);
    column->addWidget(m_links);
    m_search->setIcon(icon(QStringLiteral("search")));
    m_search->setObjectName(QStringLiteral("inspectorSearch"));
    m_ring->setIcon(icon(QStringLiteral("ring")));
    m_ring->setObjectName(QStringLiteral("inspectorRing"));
    column->addWidget(m_search);
    column->addWidget(m_ring);
    m_json->setObjectName(QStringLiteral("inspectorJson"));
    m_json->setAccessibleName(tr("Document as JSON"));
    m_json->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    column->addWidget(m_json, 1);
    column->addWidget(m_filler, 1);

    connect(m_search, &QPushButton::clicked, this, [this] { Q_EMIT searchWanted(m_indexUid); });
    connect(m_ring, &QPushButton::clicked, this, [this] { Q_EMIT ringWanted(m_indexUid); });
    connect(&session->selection, &Selection::changed, this, &Inspector::refresh);
    connect(session, &Session::changed, this, &Inspector::refresh);
    connect(&session->tasks, &QAbstractItemModel::dataChanged, this, &Inspector::refresh);
    connect(&session->tasks, &QAbstractItemModel::rowsInserted, this, &Inspector::refresh);
    connect(&session->shards, &QAbstractItemModel::dataChanged, this, &Inspector::refresh);
    connect(&session->shards, &QAbstractItemModel::rowsInserted, this, &Inspector::refresh);
    m_ages.setInterval(agesMs);
    connect(&m_ages, &QTimer::timeout, this, &Inspector::refresh);
    refresh();
}

void Inspector::showEvent(QShowEvent *)
{
    refresh();
    m_ages.start();
}

void Inspector::hideEvent(QHideEvent *)
{
    m_ages.stop();
}

Inspector::Sheet Inspector::sheet() const
{
    const Subject &what = m_session->selection.subject();
    if (what.kind == Subject::Kind::Node) {
        const int row = m_session->nodes.rowOf(what.key);
        return row < 0 ? clusterSheet() : nodeSheet(m_session->nodes.nodes()[row]);
    }
    if (what.kind == Subject::Kind::Shard) {
        const int row = m_session->shards.rowOf(what.key);
        return row < 0 ? clusterSheet() : shardSheet(m_session->shards.shards()[row]);
    }
    if (what.kind == Subject::Kind::Index) {
        const int row = m_session->indexes.rowOf(what.key);
        return row < 0 ? clusterSheet() : indexSheet(m_session->indexes.indexes()[row]);
    }
    if (what.kind == Subject::Kind::Task) {
        const TaskInfo *task = m_session->tasks.task(what.key.toLongLong());
        return task == nullptr ? clusterSheet() : taskSheet(*task);
    }
    if (what.kind == Subject::Kind::Hit) {
        Sheet hit;
        hit.iconName = QStringLiteral("document");
        hit.title = tr("Document");
        hit.subtitle = tr("As the search answered it");
        hit.json = what.key;
        return hit;
    }
    return clusterSheet();
}

Inspector::Sheet Inspector::clusterSheet() const
{
    const ClusterInfo &c = m_session->client.cluster();
    Sheet s;
    s.iconName = QStringLiteral("cluster");
    s.title = c.name.isEmpty() ? tr("Cluster") : c.name.left(1).toUpper() + c.name.mid(1);
    s.subtitle = tr("Select a node, a shard, an index or a task to see more of it.");
    if (c.nodes.isEmpty())
        return s;
    qint64 documents = 0;
    for (const IndexInfo &index : c.indexes)
        documents += index.documents;
    s.facts = {
        {tr("Address"), m_session->client.endpoint().url.toString()},
        {tr("Version"), c.version},
        {tr("Nodes"), Words::count(c.nodes.size())},
        {tr("Shards"), tr("%1 × %Ln replica(s)", nullptr, c.replicationFactor).arg(Words::count(c.shards))},
        {tr("Map epoch"), Words::count(c.epoch)},
        {tr("Indexes"), Words::count(c.indexes.size())},
        {tr("Documents"), Words::count(documents)},
        {tr("Tasks waiting"), Words::count(c.tasks.enqueued + c.tasks.processing)},
        {tr("Tasks failed"), Words::count(c.tasks.failed), c.tasks.failed > 0 ? Colour::Error : Colour::Text},
    };
    return s;
}

Inspector::Sheet Inspector::nodeSheet(const NodeInfo &n) const
{
    Sheet s;
    s.iconName = Words::icon(n.state);
    s.tone = toneOf(n.state);
    s.title = n.id;
    s.subtitle = n.stateSince.isValid() ? tr("%1 for %2").arg(Words::state(n.state), Words::age(n.stateSince))
                                        : Words::state(n.state);
    const int all = m_session->client.cluster().shards;
    s.facts = {
        {tr("Address"), n.address},
        {tr("Version"), n.version.isEmpty() ? QStringLiteral("\u2013") : n.version},
        {tr("Shards"), tr("%1 of %2").arg(n.shards).arg(all)},
        {tr("Documents"), Words::count(n.documents)},
        {tr("Size"), Words::bytes(n.bytes)},
        {tr("Lag"), Words::lag(n.lag), n.lag > 0 ? Colour::Info : Colour::Text},
        {tr("Latency"), Words::latency(n.latencyMs)},
        {tr("Zone"), n.zone.isEmpty() ? QStringLiteral("\u2013") : n.zone},
        {tr("Weight"), QLocale().toString(n.weight)},
    };
    s.note = n.error;
    return s;
}

Inspector::Sheet Inspector::shardSheet(const ShardInfo &shard) const
{
    Sheet s;
    s.iconName = QStringLiteral("segment");
    s.tone = toneOf(shard.cover);
    s.title = tr("Shard %1").arg(shard.id);
    s.subtitle = Words::cover(shard.cover);
    s.facts = {
        {tr("Documents"), Words::count(shard.documents)},
        {tr("Of index"), m_session->shards.indexUid().isEmpty() ? tr("all indexes") : m_session->shards.indexUid()},
        {tr("Replicas"), Words::count(shard.nodes.size())},
    };
    qint64 lag = 0;
    for (const QString &id : shard.nodes) {
        if (const NodeInfo *node = m_session->client.cluster().node(id))
            lag = std::max(lag, node->lag);
        s.links.append({id, Subject::node(id)});
    }
    s.facts.append(Fact {tr("Lag"), Words::lag(lag)});
    s.linksTitle = tr("On nodes");
    return s;
}

Inspector::Sheet Inspector::indexSheet(const IndexInfo &index) const
{
    const ClusterInfo &c = m_session->client.cluster();
    Sheet s;
    s.iconName = QStringLiteral("indexes");
    s.tone = index.isIndexing ? Colour::Info : Colour::Faint;
    s.title = index.uid;
    s.subtitle = index.isIndexing ? tr("Index, taking in documents") : tr("Index");
    s.facts = {
        {tr("Documents"), Words::count(index.documents)},
        {tr("Primary key"), index.primaryKey.isEmpty() ? tr("not known yet") : index.primaryKey},
        {tr("Spread over"), tr("%Ln shard(s)", nullptr, c.shards)},
        {tr("Copies of each"), tr("%1 on %Ln node(s)", nullptr, static_cast<int>(c.nodes.size()))
                                   .arg(Words::count(c.replicationFactor))},
        {tr("Created"), Words::time(index.createdAt)},
        {tr("Changed"), Words::time(index.updatedAt)},
    };
    s.indexUid = index.uid;
    return s;
}

Inspector::Sheet Inspector::taskSheet(const TaskInfo &task) const
{
    Sheet s;
    s.iconName = Words::taskIcon(task.status);
    s.tone = toneOfTask(task.status);
    s.title = tr("Task %1").arg(task.uid);
    s.subtitle = QStringLiteral("%1, %2").arg(Words::taskType(task.type), Words::taskStatus(task.status));
    s.facts = {
        {tr("Enqueued"), Words::time(task.enqueuedAt)},
        {tr("Finished"), Words::time(task.finishedAt)},
    };
    for (const TaskPending &p : task.pending)
        s.facts.append(
            Fact {p.node, tr("%Ln operation(s) to apply", nullptr, Words::plural(p.operations)), Colour::Info});
    if (!task.indexUid.isEmpty()) {
        s.linksTitle = tr("Index");
        s.links.append({task.indexUid, Subject::index(task.indexUid)});
    }
    if (task.error)
        s.note = task.error->code.isEmpty() ? task.error->message
                                            : QStringLiteral("%1\n(%2)").arg(task.error->message, task.error->code);
    return s;
}

void Inspector::refresh()
{
    show(sheet());
}

void Inspector::show(const Sheet &s)
{
    m_icon->setIcon(s.iconName, s.tone);
    m_title->setText(s.title);
    m_subtitle->setText(s.subtitle);
    m_subtitle->setVisible(!s.subtitle.isEmpty());
    showFacts(s.facts);
    m_note->setText(s.note);
    m_note->setVisible(!s.note.isEmpty());
    showLinks(s);
    m_indexUid = s.indexUid;
    m_search->setVisible(!s.indexUid.isEmpty());
    m_ring->setVisible(!s.indexUid.isEmpty());
    m_json->setVisible(!s.json.isEmpty());
    m_filler->setVisible(s.json.isEmpty());
    m_json->setJson(s.json);
}

void Inspector::showFacts(const QVector<Fact> &facts)
{
    while (m_rows.size() < facts.size()) {
        auto *label = new ToneLabel({}, Colour::Faint);
        auto *value = new ToneLabel;
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setWordWrap(true);
        const int row = static_cast<int>(m_rows.size());
        m_grid->addWidget(label, row, 0, Qt::AlignTop);
        m_grid->addWidget(value, row, 1);
        m_rows.append(std::pair(label, value));
    }
    for (int i = 0; i < m_rows.size(); ++i) {
        const auto &[label, value] = m_rows[i];
        const bool used = i < facts.size();
        label->setVisible(used);
        value->setVisible(used);
        if (!used)
            continue;
        // Setting the same text again would drop what a person has marked in it.
        if (label->text() != facts[i].label)
            label->setText(facts[i].label);
        if (value->text() != facts[i].value)
            value->setText(facts[i].value);
        value->setTone(facts[i].tone);
    }
}

void Inspector::showLinks(const Sheet &s)
{
    m_linksTitle->setText(s.linksTitle);
    m_linksTitle->setVisible(!s.links.isEmpty());
    m_links->setVisible(!s.links.isEmpty());
    const bool same = s.links.size() == m_shownLinks.size()
        && std::equal(s.links.begin(), s.links.end(), m_shownLinks.begin(),
            [](const Link &a, const Link &b) { return a.subject == b.subject; });
    if (same)
        return;
    m_shownLinks = s.links;
    qDeleteAll(m_links->findChildren<Chip *>());
    for (const Link &link : s.links) {
        if (m_links->layout()->count() >= linksMax)
            break;
        auto *chip = new Chip(link.text);
        chip->setObjectName(QStringLiteral("link_") + link.subject.key);
        // The chip is deleted by the change it causes, so it must be done with first.
        connect(chip, &QAbstractButton::clicked, this, [this, subject = link.subject] {
            m_session->selection.select(subject);
        }, Qt::QueuedConnection);
        m_links->layout()->addWidget(chip);
    }
}

QString Inspector::plainText() const
{
    QStringList lines {m_title->text(), m_subtitle->text()};
    for (const auto &[label, value] : m_rows) {
        if (!label->isHidden())
            lines.append(label->text() + QStringLiteral(": ") + value->text());
    }
    lines.append(m_note->text());
    return lines.join(u'\n');
}

} // namespace miroir::ui
