// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "dialogs/ConnectDialog.h"
#include "panes/GuidePane.h"
#include "theme/Icons.h"

#include <QCloseEvent>
#include <QPainter>
#include <QScreen>
#include <QSettings>
#include <QVBoxLayout>

#include <utility>

namespace miroir::ui {

using Link = AdminClient::Link;

namespace {

constexpr int inspectorWidth = 300;
constexpr int frameWidth = 3;

/// Holds the whole body; draws the frame of a production connection.
class Body final : public QWidget
{
public:
    explicit Body(const bool *production) : m_production(production) { }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        if (*m_production)
            painter.fillRect(rect(), tint(Colour::Warning));
    }

private:
    const bool *m_production;
};

} // namespace

MainWindow::MainWindow(Host *host, QWidget *parent)
    : QMainWindow(parent), m_host(host), m_strip(new StatusStrip(&m_session)), m_pages(new QStackedWidget),
      m_start(new StartPage(host != nullptr)),
      m_connection(new EmptyState(QStringLiteral("lost"), {}, {})), m_console(new QWidget), m_guide(new GuidePane),
      m_panes(new QStackedWidget), m_cluster(new ClusterPane(&m_session)), m_indexes(new IndexesPane(&m_session)),
      m_search(new SearchPane(&m_session)), m_tasks(new TasksPane(&m_session)), m_inspector(new Inspector(&m_session)),
      m_split(new QSplitter(Qt::Horizontal)), m_connections(new QMenu(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/miroir.svg")));
    makeBody();
    makeMenus();
    const auto loaded = m_profiles.load();
    if (!loaded)
        m_start->showChoices(QString::fromStdString(loaded.error().message));
    m_start->setProfiles(m_profiles.profiles());
    fillConnections();
    connect(&m_session, &Session::changed, this, &MainWindow::refresh);
    restore();
    refresh();
}

MainWindow::~MainWindow()
{
    // Everything drawn looks at the session, a member, which would go first.
    disconnect(&m_session, nullptr, this, nullptr);
    delete takeCentralWidget();
}

void MainWindow::makeBody()
{
    auto *body = new Body(&m_production);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_strip);
    column->addWidget(hairline(Qt::Horizontal));
    column->addWidget(m_pages, 1);
    m_strip->setMenu(m_connections);
    m_strip->setAutoFillBackground(true); // the frame of a production connection must not shine through
    for (QWidget *page : {static_cast<QWidget *>(m_start), static_cast<QWidget *>(m_connection), m_console,
             static_cast<QWidget *>(m_guide)}) {
        page->setAutoFillBackground(true);
        m_pages->addWidget(page);
    }
    setCentralWidget(body);
    makeConsole();
    makeConnectionPage();
    connectStartPage();
    connectPanes();
}

void MainWindow::makeConsole()
{
    auto *row = new QHBoxLayout(m_console);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto *rail = new QWidget;
    makeRail(rail);
    row->addWidget(rail);
    row->addWidget(hairline(Qt::Vertical));
    for (QWidget *pane : {static_cast<QWidget *>(m_cluster), static_cast<QWidget *>(m_indexes),
             static_cast<QWidget *>(m_search), static_cast<QWidget *>(m_tasks)})
        m_panes->addWidget(pane);
    m_split->setObjectName(QStringLiteral("mainSplitter"));
    m_split->addWidget(m_panes);
    m_split->addWidget(m_inspector);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_split->setCollapsible(0, false);
    m_split->setCollapsible(1, false);
    m_split->setSizes({900, inspectorWidth});
    row->addWidget(m_split, 1);
}

void MainWindow::makeConnectionPage()
{
    m_connection->setObjectName(QStringLiteral("connectionPage"));
    connect(m_connection->addButton(tr("Try again"), QStringLiteral("connectionRetry")), &QPushButton::clicked, this,
        [this] { m_session.client.retryNow(); });
    connect(m_connection->addButton(tr("Change the connection"), QStringLiteral("connectionChange")),
        &QPushButton::clicked, this, [this] {
            const Host::Endpoint e = m_session.client.endpoint();
            askConnection({e.name, e.url, e.adminKey, m_production});
        });
    connect(m_connection->addButton(tr("Back to the start"), QStringLiteral("connectionBack")), &QPushButton::clicked,
        this, &MainWindow::disconnectFrom);
}

void MainWindow::connectStartPage()
{
    connect(m_start, &StartPage::localWanted, this, &MainWindow::startLocal);
    connect(m_start, &StartPage::cancelWanted, this, &MainWindow::cancelLocal);
    connect(m_start, &StartPage::connectWanted, this, [this] { askConnection({}); });
    connect(m_start, &StartPage::profileWanted, this, [this](const QString &name) {
        for (const Profile &p : m_profiles.profiles()) {
            if (p.name != name)
                continue;
            m_production = p.production;
            connectTo(p.endpoint());
            return;
        }
    });
    connect(m_start, &StartPage::profileUnwanted, this, [this](const QString &name) {
        m_profiles.remove(name);
        saveProfiles();
    });
}

void MainWindow::connectPanes()
{
    const auto search = [this](const QString &uid) {
        showPane(SearchPage);
        m_search->setIndex(uid);
    };
    const auto ring = [this](const QString &uid) {
        showPane(ClusterPage);
        m_cluster->scaleTo(uid);
    };
    connect(m_indexes, &IndexesPane::searchWanted, this, search);
    connect(m_indexes, &IndexesPane::ringWanted, this, ring);
    connect(m_inspector, &Inspector::searchWanted, this, search);
    connect(m_inspector, &Inspector::ringWanted, this, ring);
    connect(m_inspector, &Inspector::closeWanted, this, [this] { showInspector(false); });
}

void MainWindow::makeRail(QWidget *rail)
{
    rail->setObjectName(QStringLiteral("rail"));
    auto *column = new QVBoxLayout(rail);
    column->setContentsMargins(Theme::unit / 2, Theme::unit, Theme::unit / 2, Theme::unit);
    column->setSpacing(2);
    const auto add = [&](Pane pane, const QString &iconName, const QString &text, const QString &name) {
        auto *button = new RailButton(iconName, text);
        button->setObjectName(name);
        column->addWidget(button);
        m_rail[pane] = button;
        connect(button, &QAbstractButton::clicked, this, [this, pane] { showPane(pane); });
    };
    add(ClusterPage, QStringLiteral("cluster"), tr("Cluster"), QStringLiteral("railCluster"));
    add(IndexesPage, QStringLiteral("indexes"), tr("Indexes"), QStringLiteral("railIndexes"));
    add(SearchPage, QStringLiteral("search"), tr("Search"), QStringLiteral("railSearch"));
    add(TasksPage, QStringLiteral("tasks"), tr("Tasks"), QStringLiteral("railTasks"));
    column->addStretch(1);
    m_rail[ClusterPage]->setChecked(true);
}

void MainWindow::start()
{
    if (m_host == nullptr)
        return;
    if (const auto endpoint = m_host->initial())
        connectTo(*endpoint);
}

void MainWindow::connectTo(const Host::Endpoint &endpoint)
{
    if (endpoint.local)
        m_production = false;
    m_session.open(endpoint);
    m_start->showChoices();
    showPane(ClusterPage);
}

void MainWindow::disconnectFrom()
{
    m_session.close();
    m_production = false;
    if (std::exchange(m_localRuns, false))
        m_host->stopLocal();
    m_pages->setCurrentWidget(m_start);
    refresh();
}

void MainWindow::showPane(Pane pane)
{
    m_rail[pane]->setChecked(true);
    m_panes->setCurrentIndex(pane);
    if (m_pages->currentWidget() == m_guide)
        m_pages->setCurrentWidget(m_console);
    refreshConnectionPage();
    if (pane == SearchPage)
        m_search->focusBox();
}

void MainWindow::showInspector(bool on)
{
    m_inspector->setVisible(on);
    m_inspectorAction->setChecked(on);
}

void MainWindow::refresh()
{
    // The title ends with the program's name: Qt adds it.
    setWindowTitle(m_session.sentence());
    const TaskCounts &tasks = m_session.client.cluster().tasks;
    m_rail[TasksPage]->setBadge(static_cast<int>(tasks.enqueued + tasks.processing));
    refreshConnectionPage();
    if (centralWidget()->layout()->contentsMargins().left() != (m_production ? frameWidth : 0)) {
        const int f = m_production ? frameWidth : 0;
        centralWidget()->layout()->setContentsMargins(f, f, f, f);
    }
}

void MainWindow::refreshConnectionPage()
{
    if (m_pages->currentWidget() == m_guide)
        return;
    const Link link = m_session.client.link();
    if (link == Link::Idle) {
        m_pages->setCurrentWidget(m_start);
        return;
    }
    // What was seen once stays on screen while the line is lost; the strip says so.
    if (!m_session.client.cluster().nodes.isEmpty() && link != Link::Refused) {
        m_pages->setCurrentWidget(m_console);
        return;
    }
    m_connection->setTexts(m_session.sentence(),
        link == Link::Refused ? tr("Check the address and the admin key.")
            : link == Link::Lost ? tr("Is the server running, and is the address right? It is tried again by itself.")
                                 : tr("Waiting for the first answer."));
    const bool waiting = link == Link::Connecting;
    m_connection->setIcon(waiting ? QStringLiteral("waiting") : QStringLiteral("lost"));
    m_connection->findChild<QPushButton *>(QStringLiteral("connectionRetry"))->setVisible(!waiting);
    m_pages->setCurrentWidget(m_connection);
}

void MainWindow::fillConnections()
{
    m_connections->clear();
    if (m_host != nullptr) {
        QAction *local = m_connections->addAction(icon(QStringLiteral("play")), tr("Local cluster"));
        local->setObjectName(QStringLiteral("menuLocal"));
        connect(local, &QAction::triggered, this, &MainWindow::startLocal);
    }
    for (const Profile &profile : m_profiles.profiles()) {
        QString name = profile.name;
        name.replace(u'&', QStringLiteral("&&"));
        QAction *item = m_connections->addAction(icon(QStringLiteral("server")), name);
        connect(item, &QAction::triggered, this, [this, profile] {
            m_production = profile.production;
            connectTo(profile.endpoint());
        });
    }
    m_connections->addSeparator();
    QAction *other = m_connections->addAction(icon(QStringLiteral("connect")), tr("Connect to another…"));
    connect(other, &QAction::triggered, this, [this] { askConnection({}); });
    QAction *leave = m_connections->addAction(tr("Disconnect"));
    connect(leave, &QAction::triggered, this, &MainWindow::disconnectFrom);
}

void MainWindow::askConnection(const Profile &start)
{
    if (m_dialog != nullptr)
        m_dialog->close();
    m_dialog = new ConnectDialog(start, this);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &QDialog::accepted, this, [this] {
        const Profile profile = m_dialog->profile();
        if (m_dialog->save()) {
            m_profiles.put(profile);
            saveProfiles();
        }
        m_production = profile.production;
        connectTo(profile.endpoint());
    });
    m_dialog->open();
}

void MainWindow::saveProfiles()
{
    const auto saved = m_profiles.save();
    if (!saved)
        m_start->showChoices(
            tr("The connections could not be saved: %1").arg(QString::fromStdString(saved.error().message)));
    m_start->setProfiles(m_profiles.profiles());
    fillConnections();
}

void MainWindow::startLocal()
{
    if (m_localStarting || m_host == nullptr)
        return;
    m_session.close();
    m_production = false;
    m_localStarting = true;
    const quint64 serial = ++m_localSerial;
    m_pages->setCurrentWidget(m_start);
    m_start->showProgress(tr("Starting the local cluster"));
    const QPointer<MainWindow> guard(this);
    m_host->startLocal(
        [guard, serial](const QString &sentence) {
            if (guard && guard->m_localStarting && serial == guard->m_localSerial)
                guard->m_start->showProgress(sentence);
        },
        [guard, serial](const QString &error, const Host::Endpoint &endpoint) {
            if (!guard || serial != guard->m_localSerial)
                return;
            guard->m_localStarting = false;
            guard->m_localRuns = error.isEmpty();
            if (error.isEmpty())
                guard->connectTo(endpoint);
            else
                guard->m_start->showChoices(error);
        });
}

void MainWindow::cancelLocal()
{
    ++m_localSerial;
    m_localStarting = false;
    m_host->stopLocal();
    m_start->showChoices();
}

void MainWindow::restore()
{
    QSettings settings;
    if (!restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray()))
        resize(QSize(1280, 800).boundedTo(screen()->availableSize()));
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray());
    m_split->restoreState(settings.value(QStringLiteral("window/split")).toByteArray());
    showInspector(settings.value(QStringLiteral("window/inspector"), true).toBool());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/state"), saveState());
    settings.setValue(QStringLiteral("window/split"), m_split->saveState());
    settings.setValue(QStringLiteral("window/inspector"), m_inspectorAction->isChecked());
    if (m_host != nullptr && (m_localRuns || m_localStarting))
        m_host->stopLocal();
    m_localRuns = false;
    m_localStarting = false;
    QMainWindow::closeEvent(event);
}

} // namespace miroir::ui
