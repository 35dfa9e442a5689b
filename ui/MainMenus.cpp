// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "panes/GuidePane.h"

#include <QActionGroup>
#include <QApplication>
#include <QDialog>
#include <QHeaderView>
#include <QMenuBar>
#include <QSettings>
#include <QTreeWidget>
#include <QVBoxLayout>

// The menus of MainWindow: every action of the window is made here, so that the list of keys (F1) is complete.
namespace miroir::ui {

QAction *MainWindow::action(QMenu *menu, const QString &name, const QString &text, const QKeySequence &keys,
    const std::function<void()> &run)
{
    QAction *a = menu->addAction(text);
    a->setObjectName(name);
    a->setShortcut(keys);
    connect(a, &QAction::triggered, this, run);
    addAction(a); // works with the menu bar hidden, too
    return a;
}

void MainWindow::makeMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    if (m_host != nullptr)
        action(file, QStringLiteral("actionLocal"), tr("Try &locally"), {}, [this] { startLocal(); });
    action(file, QStringLiteral("actionConnect"), tr("&Connect…"), QKeySequence(Qt::CTRL | Qt::Key_K),
        [this] { askConnection({}); });
    action(file, QStringLiteral("actionDisconnect"), tr("&Disconnect"), {}, [this] { disconnectFrom(); });
    file->addSeparator();
    action(file, QStringLiteral("actionQuit"), tr("&Quit"), QKeySequence::Quit, [this] { close(); });
    makeViewMenu();
    makeHelpMenu();
}

void MainWindow::makeViewMenu()
{
    QMenu *view = menuBar()->addMenu(tr("&View"));
    action(view, QStringLiteral("actionCluster"), tr("&Cluster"), QKeySequence(Qt::CTRL | Qt::Key_1),
        [this] { showPane(ClusterPage); });
    action(view, QStringLiteral("actionIndexes"), tr("&Indexes"), QKeySequence(Qt::CTRL | Qt::Key_2),
        [this] { showPane(IndexesPage); });
    action(view, QStringLiteral("actionSearch"), tr("&Search"), QKeySequence(Qt::CTRL | Qt::Key_3),
        [this] { showPane(SearchPage); });
    action(view, QStringLiteral("actionTasks"), tr("&Tasks"), QKeySequence(Qt::CTRL | Qt::Key_4),
        [this] { showPane(TasksPage); });
    view->addSeparator();
    action(view, QStringLiteral("actionTwin"), tr("Change between &ring and table"), QKeySequence(Qt::CTRL | Qt::Key_T),
        [this] {
            showPane(ClusterPage);
            m_cluster->showTable(!m_cluster->isTable());
        });
    action(view, QStringLiteral("actionFind"), tr("&Find documents"), QKeySequence::Find,
        [this] { showPane(SearchPage); });
    m_inspectorAction = action(view, QStringLiteral("actionInspector"), tr("I&nspector"),
        QKeySequence(Qt::CTRL | Qt::Key_I), [this] { showInspector(m_inspectorAction->isChecked()); });
    m_inspectorAction->setCheckable(true);
    view->addSeparator();
    QMenu *look = view->addMenu(tr("&Look"));
    auto *group = new QActionGroup(this);
    const QSettings settings;
    const int chosen = settings.value(QStringLiteral("look/theme"), 0).toInt();
    const auto add = [&](Theme::Choice choice, const QString &name, const QString &text) {
        QAction *a = action(look, name, text, {}, [choice] { // kept for the next start
            Theme::instance().choose(choice);
            QSettings().setValue(QStringLiteral("look/theme"), static_cast<int>(choice));
        });
        a->setCheckable(true);
        group->addAction(a);
        a->setChecked(static_cast<int>(choice) == chosen);
        if (a->isChecked())
            Theme::instance().choose(choice);
    };
    add(Theme::Choice::System, QStringLiteral("lookSystem"), tr("&As the system"));
    add(Theme::Choice::Light, QStringLiteral("lookLight"), tr("&Light"));
    add(Theme::Choice::Dark, QStringLiteral("lookDark"), tr("&Dark"));
    add(Theme::Choice::HighContrast, QStringLiteral("lookContrast"), tr("&High contrast"));
}

void MainWindow::makeHelpMenu()
{
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    const auto openGuide = [this] {
        if (m_pages->currentWidget() != m_guide)
            m_before = m_pages->currentWidget();
        m_pages->setCurrentWidget(m_guide);
    };
    action(help, QStringLiteral("actionGuide"), tr("&Guide"), {}, openGuide);
    action(help, QStringLiteral("actionKeys"), tr("&Keys"), QKeySequence(Qt::Key_F1), [this] { showKeys(); });
    action(help, QStringLiteral("actionAbout"), tr("&About Miroir"), {}, [this] { showAbout(); });
    connect(m_start, &StartPage::guideWanted, this, openGuide);
    connect(m_guide, &GuidePane::closeWanted, this, [this] {
        m_pages->setCurrentWidget(m_before != nullptr ? m_before : m_start);
        refreshConnectionPage();
    });
}

void MainWindow::showKeys()
{
    auto *dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("keysDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keys"));
    dialog->resize(60 * Theme::unit, 56 * Theme::unit);
    auto *column = new QVBoxLayout(dialog);
    auto *list = new QTreeWidget;
    list->setColumnCount(2);
    list->setHeaderLabels({tr("Action"), tr("Keys")});
    list->setRootIsDecorated(false);
    list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list->header()->setStretchLastSection(false);
    const auto add = [list](QString text, const QString &keys) {
        list->addTopLevelItem(new QTreeWidgetItem({text.remove(u'&'), keys}));
    };
    const auto all = actions();
    for (const QAction *a : all) {
        if (!a->shortcut().isEmpty())
            add(a->text(), a->shortcut().toString(QKeySequence::NativeText));
    }
    add(tr("In the ring: next and previous"), tr("Right, Left"));
    add(tr("In the ring: from nodes to shards and back"), tr("Up, Down"));
    add(tr("In the ring: first and last"), tr("Home, End"));
    add(tr("In the ring: select"), tr("Enter"));
    add(tr("In the ring: clear the selection"), tr("Escape"));
    column->addWidget(list);
    dialog->open();
}

void MainWindow::showAbout()
{
    auto *dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("aboutDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("About Miroir"));
    auto *column = new QVBoxLayout(dialog);
    column->addWidget(
        new ToneLabel(tr("Miroir %1").arg(QStringLiteral(MIROIR_VERSION)), Colour::Text, ToneLabel::Size::Large));
    auto *text
        = new ToneLabel(tr("Stripes an index over several Meilisearch nodes with replicas and merges searches exactly. "
                           "Free software under the GNU General Public License, version 3 or later."),
            Colour::Faint);
    text->setWordWrap(true);
    text->setMinimumWidth(50 * Theme::unit);
    column->addWidget(text);
    auto *close = new QPushButton(tr("Close"));
    connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    column->addWidget(close, 0, Qt::AlignRight);
    dialog->open();
}

} // namespace miroir::ui
