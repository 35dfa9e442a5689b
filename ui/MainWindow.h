// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "StatusStrip.h"
#include "client/Host.h"
#include "client/ProfileStore.h"
#include "models/Session.h"
#include "panes/ClusterPane.h"
#include "panes/IndexesPane.h"
#include "panes/Inspector.h"
#include "panes/SearchPane.h"
#include "panes/StartPage.h"
#include "panes/TasksPane.h"
#include "theme/Theme.h"
#include "widgets/Buttons.h"

#include <QMainWindow>
#include <QMenu>
#include <QPointer>
#include <QSplitter>
#include <QStackedWidget>

#include <array>

namespace miroir::ui {

class ConnectDialog;
class GuidePane;

/// The one window: status strip, rail, pane, inspector; the start page while there is no connection.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    enum Pane { ClusterPage, IndexesPage, SearchPage, TasksPage, PaneCount };

    /// The host may be null: then nothing can be started locally.
    explicit MainWindow(Host *host, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Connects to what the host names, if it does.
    void start();
    void connectTo(const Host::Endpoint &endpoint);
    void disconnectFrom();
    void showPane(Pane pane);
    [[nodiscard]] Session *session() { return &m_session; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void makeBody();
    void makeConsole();
    void makeConnectionPage();
    void connectStartPage();
    void connectPanes();
    void makeRail(QWidget *rail);
    void makeMenus();
    void makeViewMenu();
    void makeHelpMenu();
    QAction *action(QMenu *menu, const QString &name, const QString &text, const QKeySequence &keys,
        const std::function<void()> &run);
    void refresh();
    void refreshConnectionPage();
    void fillConnections();
    void askConnection(const Profile &start);
    void startLocal();
    void cancelLocal();
    void saveProfiles();
    void showInspector(bool on);
    void showKeys();
    void showAbout();
    void restore();

    Host *m_host;
    Session m_session;
    ProfileStore m_profiles;
    bool m_production = false;
    bool m_localStarting = false;
    bool m_localRuns = false;
    quint64 m_localSerial = 0; ///< of the start under way; a cancelled one must not be heard

    StatusStrip *m_strip;
    QStackedWidget *m_pages; ///< start, connection, console, guide
    StartPage *m_start;
    EmptyState *m_connection;
    QWidget *m_console;
    GuidePane *m_guide;
    QStackedWidget *m_panes;
    ClusterPane *m_cluster;
    IndexesPane *m_indexes;
    SearchPane *m_search;
    TasksPane *m_tasks;
    Inspector *m_inspector;
    QSplitter *m_split;
    std::array<RailButton *, PaneCount> m_rail {};
    QMenu *m_connections;
    QAction *m_inspectorAction = nullptr;
    QPointer<ConnectDialog> m_dialog;
    QWidget *m_before = nullptr; ///< the page the guide was opened from
};

} // namespace miroir::ui
