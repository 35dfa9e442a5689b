// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/TasksPane.h"

#include "models/Words.h"
#include "theme/Theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace miroir::ui {

TasksPane::TasksPane(Session *session, QWidget *parent)
    : QWidget(parent), m_session(session), m_proxy(new SortProxy(&session->tasks, this)),
      m_table(new TableView(m_proxy, QStringLiteral("taskTable"), tr("Tasks"))), m_pages(new QStackedWidget),
      m_counts(new ToneLabel({}, Colour::Faint)), m_filters(new QWidget)
{
    setObjectName(QStringLiteral("tasksPane"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *head = new QWidget;
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(2 * Theme::unit, Theme::unit, 2 * Theme::unit, Theme::unit);
    auto *chips = new QHBoxLayout(m_filters);
    chips->setContentsMargins(0, 0, 0, 0);
    addFilter(QStringLiteral("taskFilterAll"), tr("All"), {});
    addFilter(QStringLiteral("taskFilterOpen"), tr("Waiting and running"),
        {QStringLiteral("enqueued"), QStringLiteral("processing")});
    addFilter(QStringLiteral("taskFilterDone"), tr("Done"), {QStringLiteral("succeeded")});
    addFilter(QStringLiteral("taskFilterFailed"), tr("Failed"), {QStringLiteral("failed"), QStringLiteral("canceled")});
    row->addWidget(m_filters);
    row->addStretch(1);
    m_counts->setObjectName(QStringLiteral("taskCounts"));
    row->addWidget(m_counts);
    column->addWidget(head);
    column->addWidget(m_pages, 1);

    m_table->sortByColumn(TaskModel::Uid, Qt::DescendingOrder);
    m_table->fitColumns({9, 12, 26, 16, 17, 9, 18}, TaskModel::Type);
    m_pages->addWidget(m_table);
    auto *empty = new EmptyState(QStringLiteral("tasks"), tr("No tasks here"),
        tr("Each write to the cluster becomes a task: documents added, settings changed. It ends when every live "
           "replica "
           "has applied it."));
    empty->setObjectName(QStringLiteral("noTasks"));
    m_pages->addWidget(empty);

    connect(m_table, &TableView::keySelected, this, [this](const QString &key) {
        if (!key.isEmpty())
            m_session->selection.select(Subject::task(key.toLongLong()));
    });
    connect(&session->selection, &Selection::changed, this, [this](const Subject &subject) {
        m_table->selectKey(subject.kind == Subject::Kind::Task ? subject.key : QString());
    });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_proxy, signal, this, &TasksPane::refresh);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &TasksPane::refresh);
    connect(session, &Session::changed, this, &TasksPane::refresh);
    refresh();
}

void TasksPane::addFilter(const QString &name, const QString &text, const QStringList &statuses)
{
    auto *chip = new Chip(text);
    chip->setObjectName(name);
    chip->setCheckable(true);
    chip->setAutoExclusive(true);
    chip->setChecked(statuses.isEmpty());
    m_filters->layout()->addWidget(chip);
    connect(chip, &QAbstractButton::toggled, this, [this, statuses](bool on) {
        if (!on)
            return;
        m_proxy->keepOnly(TaskModel::StatusRole, statuses);
        refresh();
    });
}

void TasksPane::refresh()
{
    m_pages->setCurrentIndex(m_proxy->rowCount() == 0 ? 1 : 0);
    const TaskCounts &t = m_session->client.cluster().tasks;
    m_counts->setText(tr("%1 waiting, %2 running, %3 done, %4 failed")
                          .arg(Words::count(t.enqueued), Words::count(t.processing), Words::count(t.succeeded),
                              Words::count(t.failed)));
}

} // namespace miroir::ui
