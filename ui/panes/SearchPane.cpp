// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/SearchPane.h"

#include "models/Words.h"
#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLocale>
#include <QScrollBar>
#include <QSplitter>
#include <QVBoxLayout>

namespace miroir::ui {

SearchPane::SearchPane(Session *session, QWidget *parent)
    : QWidget(parent), m_session(session), m_index(new QComboBox), m_box(new QLineEdit),
      m_status(new ToneLabel({}, Colour::Faint)), m_chips(new QWidget), m_pages(new QStackedWidget),
      m_results(new QStackedWidget), m_list(new QListView), m_delegate(new HitDelegate(this)), m_facets(new FacetPanel),
      m_nothing(new EmptyState(QStringLiteral("search"), {}, {}))
{
    setObjectName(QStringLiteral("searchPane"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *work = new QWidget;
    auto *workColumn = new QVBoxLayout(work);
    workColumn->setContentsMargins(0, 0, 0, 0);
    workColumn->setSpacing(0);
    workColumn->addWidget(makeHead());
    workColumn->addWidget(makeBody(), 1);
    m_pages->addWidget(work);
    auto *empty = new EmptyState(QStringLiteral("search"), tr("Nothing to search yet"),
        tr("Add documents to an index first; the Indexes pane shows how."));
    empty->setObjectName(QStringLiteral("nothingToSearch"));
    m_pages->addWidget(empty);
    column->addWidget(m_pages);

    m_debounce.setSingleShot(true);
    m_debounce.setInterval(debounceMs);
    connect(&m_debounce, &QTimer::timeout, this, [this] { ask(); });
    connect(m_box, &QLineEdit::textChanged, this, [this] { m_debounce.start(); });
    connect(m_box, &QLineEdit::returnPressed, this, [this] { ask(); });
    connect(m_index, &QComboBox::currentIndexChanged, this, [this] {
        m_choices.clear();
        m_hits.clear();
        m_facetNames.clear();
        showChoices();
        m_asked = false;
        if (isVisible()) {
            askSettings();
            ask();
        }
    });
    connect(m_facets, &FacetPanel::toggled, this, &SearchPane::toggle);
    connect(&m_hits, &HitModel::moreWanted, this, &SearchPane::ask);
    connect(&m_hits, &QAbstractItemModel::modelReset, m_delegate, &HitDelegate::forgetHeights);
    connect(&session->client, &AdminClient::searchAnswered, this, &SearchPane::onAnswer);
    connect(&session->client, &AdminClient::searchFailed, this, &SearchPane::onError);
    connect(&session->client, &AdminClient::settingsAnswered, this, &SearchPane::onSettings);
    connect(session, &Session::changed, this, &SearchPane::fillIndexes);
    fillIndexes();
}

QWidget *SearchPane::makeHead()
{
    auto *head = new QWidget;
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(2 * Theme::unit, Theme::unit, 2 * Theme::unit, Theme::unit);
    auto *row = new QHBoxLayout;
    m_box->setObjectName(QStringLiteral("searchBox"));
    m_box->setAccessibleName(tr("Search words"));
    m_box->setPlaceholderText(tr("Type to search"));
    m_box->setClearButtonEnabled(true);
    m_box->addAction(icon(QStringLiteral("search"), Colour::Faint), QLineEdit::LeadingPosition);
    m_box->setMinimumHeight(5 * Theme::unit);
    QFont large = m_box->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    m_box->setFont(large);
    row->addWidget(m_box, 1);
    m_index->setObjectName(QStringLiteral("searchIndex"));
    m_index->setAccessibleName(tr("Index to search"));
    m_index->setMinimumHeight(5 * Theme::unit);
    m_index->setMinimumWidth(18 * Theme::unit);
    row->addWidget(m_index);
    column->addLayout(row);
    new FlowLayout(m_chips);
    m_chips->layout()->setSpacing(Theme::unit / 2);
    m_chips->hide();
    column->addWidget(m_chips);
    m_status->setObjectName(QStringLiteral("searchStatus"));
    m_status->setWordWrap(true);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_status);
    return head;
}

QWidget *SearchPane::makeBody()
{
    m_list->setObjectName(QStringLiteral("hitList"));
    m_list->setAccessibleName(tr("Documents found"));
    m_list->setModel(&m_hits);
    m_list->setItemDelegate(m_delegate);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->verticalScrollBar()->setSingleStep(4 * Theme::unit);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->viewport()->setBackgroundRole(QPalette::Window);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (index.isValid())
            m_session->selection.select({Subject::Kind::Hit, index.data(HitModel::HitRole).value<Hit>().json});
    });
    m_results->addWidget(m_list);
    m_nothing->setObjectName(QStringLiteral("noHits"));
    m_results->addWidget(m_nothing);
    auto *split = new QSplitter(Qt::Horizontal);
    split->setObjectName(QStringLiteral("searchSplitter"));
    split->addWidget(m_results);
    split->addWidget(m_facets);
    split->setStretchFactor(0, 4);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({640, 220});
    return split;
}

void SearchPane::showEvent(QShowEvent *)
{
    askSettings(); // they may have changed since this pane was last seen
    if (!m_asked)
        ask();
}

void SearchPane::askSettings()
{
    if (m_index->currentIndex() >= 0 && m_session->isCurrent())
        m_session->client.fetchSettings(m_index->currentText());
}

void SearchPane::onSettings(const QString &uid, const QByteArray &json)
{
    const QStringList names = readFacetNames(json);
    if (uid != m_index->currentText() || names == m_facetNames)
        return;
    m_facetNames = names;
    if (isVisible())
        ask();
}

void SearchPane::focusBox()
{
    m_box->setFocus(Qt::ShortcutFocusReason);
    m_box->selectAll();
}

void SearchPane::setIndex(const QString &uid)
{
    const int at = m_index->findText(uid);
    if (at >= 0)
        m_index->setCurrentIndex(at);
}

void SearchPane::fillIndexes()
{
    QStringList uids;
    for (const IndexInfo &index : m_session->indexes.indexes())
        uids.append(index.uid);
    QStringList shown;
    for (int i = 0; i < m_index->count(); ++i)
        shown.append(m_index->itemText(i));
    m_pages->setCurrentIndex(uids.isEmpty() ? 1 : 0);
    if (uids != shown) {
        const QString chosen = m_index->currentText();
        const QSignalBlocker quiet(m_index);
        m_index->clear();
        m_index->addItems(uids);
        m_index->setCurrentIndex(std::max<int>(0, static_cast<int>(uids.indexOf(chosen))));
        if (m_index->currentText() != chosen) {
            m_choices.clear();
            m_facetNames.clear();
            m_hits.clear();
            showChoices();
            m_asked = false;
        }
    }
    // A question asked before the line was cut has no answer coming.
    if (isVisible() && m_session->isCurrent() && (!m_asked || (m_open && m_serial == 0))) {
        askSettings();
        ask();
    }
    if (!m_session->isCurrent())
        m_serial = 0;
}

void SearchPane::ask(int offset)
{
    m_debounce.stop();
    if (m_index->currentIndex() < 0)
        return;
    m_asked = true;
    m_open = true;
    if (!m_session->isCurrent()) {
        m_serial = 0; // asked again when the line is back
        return;
    }
    SearchQuery query;
    query.indexUid = m_index->currentText();
    const int row = m_session->indexes.rowOf(query.indexUid);
    if (row >= 0)
        query.primaryKey = m_session->indexes.indexes()[row].primaryKey;
    query.text = m_box->text();
    query.facets = m_facetNames;
    query.filters = m_choices;
    query.offset = offset;
    query.limit = pageHits;
    m_serial = m_session->client.search(query);
}

void SearchPane::onAnswer(quint64 serial, const SearchAnswer &answer)
{
    if (serial != m_serial)
        return;
    m_open = false;
    m_hits.setAnswer(answer);
    if (answer.offset > 0)
        return;
    m_list->scrollToTop();
    m_facets->setFacets(answer.facets, m_choices);
    m_results->setCurrentIndex(answer.hits.isEmpty() ? 1 : 0);
    if (answer.hits.isEmpty()) {
        m_nothing->setTexts(
            m_box->text().isEmpty() ? tr("No documents") : tr("Nothing found for “%1”").arg(m_box->text()),
            m_choices.isEmpty() ? tr("Try fewer or other words.") : tr("Try fewer words, or take a filter away."));
    }
    say(tr("%1 in %2 ms")
            .arg(tr("%Ln document(s)", nullptr, Words::plural(answer.total)), QLocale().toString(answer.processingMs)),
        Colour::Faint);
}

void SearchPane::onError(quint64 serial, const ApiError &error)
{
    if (serial != m_serial)
        return;
    if (error.code == u"invalid_search_facets" && !m_facetNames.isEmpty()) {
        // The settings were changed under us: without facets at once, with the new ones when they are known.
        m_facetNames.clear();
        askSettings();
        ask();
        return;
    }
    // What the line cut off has no code; it is asked again once the line is back.
    m_open = error.code.isEmpty();
    m_hits.stop();
    say(error.code.isEmpty() ? error.message : QStringLiteral("%1 (%2)").arg(error.message, error.code), Colour::Error);
}

void SearchPane::say(const QString &text, Colour tone)
{
    m_status->setTone(tone);
    m_status->setText(text);
}

void SearchPane::toggle(const FacetChoice &choice)
{
    if (!m_choices.removeOne(choice))
        m_choices.append(choice);
    showChoices();
    ask();
}

void SearchPane::showChoices()
{
    qDeleteAll(m_chips->findChildren<Chip *>());
    for (const FacetChoice &choice : std::as_const(m_choices)) {
        auto *chip = new Chip(QStringLiteral("%1: %2").arg(choice.attribute, choice.value));
        chip->setIconName(QStringLiteral("close"));
        chip->setCheckable(true);
        chip->setChecked(true);
        chip->setAccessibleDescription(tr("Takes this filter away"));
        connect(chip, &QAbstractButton::clicked, this, [this, choice] { toggle(choice); }, Qt::QueuedConnection);
        m_chips->layout()->addWidget(chip);
    }
    m_chips->setVisible(!m_choices.isEmpty());
}

} // namespace miroir::ui
