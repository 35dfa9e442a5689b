// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/IndexesPane.h"

#include "client/JsonText.h"
#include "models/Words.h"
#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QHBoxLayout>
#include <QSplitter>
#include <QVBoxLayout>

namespace miroir::ui {

IndexesPane::IndexesPane(Session *session, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_pages(new QStackedWidget)
    , m_empty(new EmptyState(QStringLiteral("indexes"), tr("No index yet"),
          tr("An index appears when the first documents arrive. Send some from a terminal:")))
    , m_table(new TableView(new SortProxy(&session->indexes, this), QStringLiteral("indexTable"), tr("Indexes")))
    , m_title(new ToneLabel({}, Colour::Text, ToneLabel::Size::Large))
    , m_facts(new ToneLabel({}, Colour::Faint))
    , m_state(new ToneLabel({}, Colour::Faint))
    , m_settings(new JsonView)
    , m_search(new QPushButton(tr("Search in it")))
    , m_ring(new QPushButton(tr("Show in the ring")))
{
    setObjectName(QStringLiteral("indexesPane"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pages);
    m_table->sortByColumn(IndexModel::Uid, Qt::AscendingOrder);
    m_table->fitColumns({16, 10, 12, 17}, IndexModel::Uid);
    auto *split = new QSplitter(Qt::Horizontal);
    split->setObjectName(QStringLiteral("indexSplitter"));
    split->addWidget(m_table);
    split->addWidget(makeDetails());
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({500, 400});
    m_pages->addWidget(split);
    m_empty->setObjectName(QStringLiteral("noIndexes"));
    m_pages->addWidget(m_empty);

    connect(m_table, &TableView::keySelected, this, [this](const QString &uid) {
        if (!uid.isEmpty())
            m_session->selection.select(Subject::index(uid));
    });
    connect(&session->selection, &Selection::changed, this, [this](const Subject &subject) {
        if (subject.kind == Subject::Kind::Index)
            choose(subject.key);
    });
    connect(session, &Session::changed, this, &IndexesPane::refresh);
    connect(&session->client, &AdminClient::settingsAnswered, this, [this](const QString &uid, const QByteArray &json) {
        if (uid != m_uid)
            return;
        m_state->setText(tr("Settings"));
        m_state->setTone(Colour::Faint);
        m_settings->setJson(prettyJson(json));
    });
    connect(&session->client, &AdminClient::settingsFailed, this, [this](const QString &uid, const ApiError &error) {
        if (uid != m_uid)
            return;
        m_state->setText(tr("The settings cannot be read: %1").arg(error.message));
        m_state->setTone(Colour::Error);
    });
    refresh();
}

QWidget *IndexesPane::makeDetails()
{
    auto *details = new QWidget;
    auto *column = new QVBoxLayout(details);
    m_title->setObjectName(QStringLiteral("indexTitle"));
    column->addWidget(m_title);
    m_facts->setWordWrap(true);
    column->addWidget(m_facts);
    auto *row = new QHBoxLayout;
    m_search->setObjectName(QStringLiteral("indexSearchButton"));
    m_search->setIcon(icon(QStringLiteral("search")));
    m_ring->setObjectName(QStringLiteral("indexRingButton"));
    m_ring->setIcon(icon(QStringLiteral("ring")));
    row->addWidget(m_search);
    row->addWidget(m_ring);
    row->addStretch(1);
    column->addLayout(row);
    column->addSpacing(Theme::unit);
    m_state->setWordWrap(true);
    column->addWidget(m_state);
    m_settings->setObjectName(QStringLiteral("settingsView"));
    m_settings->setAccessibleName(tr("Settings of the index as JSON"));
    column->addWidget(m_settings, 1);
    connect(m_search, &QPushButton::clicked, this, [this] { Q_EMIT searchWanted(m_uid); });
    connect(m_ring, &QPushButton::clicked, this, [this] { Q_EMIT ringWanted(m_uid); });
    return details;
}

void IndexesPane::showEvent(QShowEvent *)
{
    // Settings may have been changed elsewhere since this pane was last seen.
    if (!m_uid.isEmpty() && m_session->isCurrent())
        m_session->client.fetchSettings(m_uid);
}

void IndexesPane::refresh()
{
    const auto &all = m_session->indexes.indexes();
    m_pages->setCurrentIndex(all.isEmpty() ? 1 : 0);
    // The key of a local cluster is written in the manual; another one is the person's to fill in.
    const Host::Endpoint &endpoint = m_session->client.endpoint();
    const QString key = endpoint.local ? QStringLiteral("dev-key") : QStringLiteral("YOUR_KEY");
    m_empty->setCommand(QStringLiteral("curl %1/indexes/movies/documents \\\n"
                                       "  -H 'Authorization: Bearer %2' -H 'Content-Type: application/json' \\\n"
                                       "  --data '[{\"id\":1,\"title\":\"Inception\"}]'")
                            .arg(endpoint.url.toString(), key));
    if (m_session->indexes.rowOf(m_uid) < 0)
        choose(all.isEmpty() ? QString() : m_table->proxy()->index(0, 0).data(roles::Key).toString());
    const int row = m_session->indexes.rowOf(m_uid);
    if (row < 0)
        return;
    const IndexInfo &index = all[row];
    m_title->setText(index.uid);
    QStringList facts {tr("%Ln document(s)", nullptr, Words::plural(index.documents)),
        index.primaryKey.isEmpty() ? tr("no primary key yet") : tr("primary key %1").arg(index.primaryKey),
        tr("changed %1").arg(Words::time(index.updatedAt))};
    if (index.isIndexing)
        facts.append(tr("taking in documents"));
    m_facts->setText(facts.join(QStringLiteral("  \u00b7  ")));
}

void IndexesPane::choose(const QString &uid)
{
    if (uid == m_uid)
        return;
    m_uid = uid;
    m_table->selectKey(uid);
    m_settings->setJson({});
    m_state->setText(tr("Settings"));
    m_state->setTone(Colour::Faint);
    if (uid.isEmpty())
        return;
    if (isVisible())
        m_session->client.fetchSettings(uid);
    refresh();
}

} // namespace miroir::ui
