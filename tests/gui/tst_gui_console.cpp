// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "support/FakeAdminServer.h"
#include "support/FakeSearch.h"
#include "support/GuiMain.h"

#include <QAccessible>
#include <QAction>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTextBrowser>
#include <QTranslator>

#include <cmath>

using namespace miroir::ui;

namespace {

/// Starts nothing: hands out what the test says, when the test says so.
class FakeHost final : public Host
{
public:
    void startLocal(Progress progress, Started started) override
    {
        m_progress = std::move(progress);
        m_started = std::move(started);
        ++starts;
    }
    void stopLocal() override { ++stops; }
    std::optional<Endpoint> initial() override { return first; }
    void say(const QString &sentence) { m_progress(sentence); }
    void done(const QString &error, const Endpoint &endpoint = {}) { m_started(error, endpoint); }

    std::optional<Endpoint> first;
    int starts = 0;
    int stops = 0;

private:
    Progress m_progress;
    Started m_started;
};

} // namespace

class TestGuiConsole : public QObject
{
    Q_OBJECT

private:
    static Host::Endpoint endpoint(const FakeAdminServer &server)
    {
        return {server.url(), server.adminKey, QStringLiteral("Local cluster"), true};
    }
    template <typename T>
    T *part(const char *name) const
    {
        T *found = m_window->findChild<T *>(QString::fromLatin1(name));
        if (found == nullptr)
            qFatal("no %s", name);
        return found;
    }
    void click(const char *name) const { QTest::mouseClick(part<QWidget>(name), Qt::LeftButton); }
    [[nodiscard]] QString sentence() const { return part<ToneLabel>("statusSentence")->text(); }
    [[nodiscard]] RingScene *ring() const { return part<RingView>("ringView")->ring(); }
    void connectNow()
    {
        m_window->connectTo(endpoint(*m_server));
        QTRY_COMPARE(m_window->session()->shards.shards().size(), 64);
        QTRY_COMPARE(ring()->geometry().segments.size(), std::size_t(64));
        QTRY_COMPARE(m_server->streamCount(), 1);
        QTRY_VERIFY(m_window->session()->client.link() == AdminClient::Link::Live);
    }
    // The colour in the middle of a segment, past the hairlines and patterns of its edge.
    [[nodiscard]] QColor segmentColour(int segment) const
    {
        auto *view = part<RingView>("ringView");
        const RingGeometry &g = ring()->geometry();
        const QPointF at = g.at(g.segments[static_cast<std::size_t>(segment)].middle(), g.inner * 0.7 + g.outer * 0.3);
        return view->grab().toImage().pixelColor(view->mapFromScene(at) * view->devicePixelRatioF());
    }
    static bool near(const QColor &a, const QColor &b)
    {
        return std::abs(a.red() - b.red()) < 12 && std::abs(a.green() - b.green()) < 12
            && std::abs(a.blue() - b.blue()) < 12;
    }

    std::unique_ptr<FakeAdminServer> m_server;
    std::unique_ptr<FakeHost> m_host;
    std::unique_ptr<MainWindow> m_window;

private Q_SLOTS:
    void init();
    void cleanup();
    void startPageOffersThreeWays();
    void localStart();
    void localStartFails();
    void localStartCancelled();
    void initialEndpoint();
    void connectByDialog();
    void refusedKeyIsExplained();
    void ringShowsTheCluster();
    void killedNodeIsSeen();
    void tableIsTheTwin();
    void selectionIsShared();
    void keyboardOnly();
    void indexScalesTheRing();
    void indexesAndSettings();
    void noIndexTeaches();
    void tasksLive();
    void lightAndDark();
    void productionFrame();
    void lostLine();
    void inspectorCloses();
    void everyControlHasAName();
    void stateIsKept();
    void french();
};

void TestGuiConsole::init()
{
    QSettings().clear();
    QFile::remove(ProfileStore::defaultPath());
    Theme::instance().choose(Theme::Choice::Light);
    m_server = std::make_unique<FakeAdminServer>();
    m_server->onSearch = FakeSearch::answer;
    QVERIFY(m_server->listen());
    m_host = std::make_unique<FakeHost>();
    m_window = std::make_unique<MainWindow>(m_host.get());
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestGuiConsole::cleanup()
{
    m_window.reset();
    m_host.reset();
    m_server.reset();
}

void TestGuiConsole::startPageOffersThreeWays()
{
    m_window->start();
    QVERIFY(part<QWidget>("startPage")->isVisible());
    for (const char *name : {"startLocalButton", "startConnectButton", "startGuideButton"})
        QVERIFY(part<QWidget>(name)->isVisible());
    QCOMPARE(m_window->windowTitle(), QStringLiteral("Not connected"));
    click("startGuideButton");
    QVERIFY(part<QWidget>("guidePane")->isVisible());
    QVERIFY(part<QTextBrowser>("guideText")->toPlainText().contains(QStringLiteral("Ctrl+T")));
    click("guideClose");
    QVERIFY(part<QWidget>("startPage")->isVisible());
}

void TestGuiConsole::localStart()
{
    click("startLocalButton");
    QCOMPARE(m_host->starts, 1);
    m_host->say(QStringLiteral("Starting node 2 of 3"));
    QCOMPARE(part<ToneLabel>("startProgress")->text(), QStringLiteral("Starting node 2 of 3"));
    QVERIFY(part<QWidget>("startProgress")->isVisible());
    m_host->done({}, endpoint(*m_server));
    QTRY_VERIFY(part<QWidget>("clusterPane")->isVisible());
    QCOMPARE(sentence(), QStringLiteral("Healthy: 3 nodes, 64 shards × 2 replicas, nothing moving"));
    m_window->disconnectFrom();
    QCOMPARE(m_host->stops, 1);
    QVERIFY(part<QWidget>("startPage")->isVisible());
}

void TestGuiConsole::localStartFails()
{
    click("startLocalButton");
    m_host->done(QStringLiteral("port 7700 is taken"));
    QVERIFY(part<QWidget>("startLocalButton")->isVisible());
    QCOMPARE(part<ToneLabel>("startError")->text(), QStringLiteral("port 7700 is taken"));
    QVERIFY(part<QWidget>("startError")->isVisible());
}

void TestGuiConsole::localStartCancelled()
{
    click("startLocalButton");
    click("startCancelButton");
    QCOMPARE(m_host->stops, 1);
    m_host->say(QStringLiteral("late"));
    m_host->done({}, endpoint(*m_server)); // a host that is late must not open anything
    QVERIFY(part<QWidget>("startLocalButton")->isVisible());
    QVERIFY(!m_window->session()->isOpen());
}

void TestGuiConsole::initialEndpoint()
{
    m_host->first = endpoint(*m_server);
    m_window->start();
    QTRY_VERIFY(part<QWidget>("clusterPane")->isVisible());
}

void TestGuiConsole::connectByDialog()
{
    click("startConnectButton");
    auto *dialog = part<QWidget>("connectDialog");
    QVERIFY(dialog->isVisible());
    auto *url = part<QLineEdit>("connectUrl");
    url->clear();
    QVERIFY(!part<QPushButton>("connectButton")->isEnabled());
    QTest::keyClicks(url, QStringLiteral("ftp://x"));
    QVERIFY(!part<QPushButton>("connectButton")->isEnabled());
    QVERIFY(!part<ToneLabel>("connectProblem")->text().isEmpty());
    url->clear();
    QTest::keyClicks(url, QStringLiteral("127.0.0.1:%1").arg(m_server->port()));
    QTest::keyClicks(part<QLineEdit>("connectKey"), QString::fromLatin1(m_server->adminKey));
    QCOMPARE(part<QLineEdit>("connectKey")->echoMode(), QLineEdit::Password);
    QTest::keyClicks(part<QLineEdit>("connectName"), QStringLiteral("staging"));
    click("connectButton");
    QTRY_VERIFY(part<QWidget>("clusterPane")->isVisible());
    QCOMPARE(part<QPushButton>("connectionButton")->text(), QStringLiteral("staging"));
    ProfileStore saved;
    QVERIFY(saved.load().ok());
    QCOMPARE(saved.profiles().size(), 1);
    QCOMPARE(saved.profiles().first().adminKey, m_server->adminKey);
    m_window->disconnectFrom();
    QTRY_VERIFY(part<QWidget>("profile_staging")->height() > 20);
    click("profile_staging");
    QTRY_VERIFY(part<QWidget>("clusterPane")->isVisible());
}

void TestGuiConsole::refusedKeyIsExplained()
{
    Host::Endpoint wrong = endpoint(*m_server);
    wrong.adminKey = "wrong";
    m_window->connectTo(wrong);
    QTRY_VERIFY(sentence().contains(QStringLiteral("the admin key was refused")));
    QVERIFY(part<QWidget>("connectionPage")->isVisible());
    click("connectionBack");
    QVERIFY(part<QWidget>("startPage")->isVisible());
}

void TestGuiConsole::ringShowsTheCluster()
{
    connectNow();
    QCOMPARE(ring()->geometry().nodes.size(), std::size_t(3));
    QCOMPARE(m_window->windowTitle(), sentence());
    QVERIFY(sentence().startsWith(QStringLiteral("Healthy")));
    QVERIFY(near(segmentColour(5), Theme::mixed(tint(Colour::CoverFull), tint(Colour::Surface), 0.78)));
}

void TestGuiConsole::killedNodeIsSeen()
{
    connectNow();
    QElapsedTimer timer;
    timer.start();
    m_server->setState("node-2", "down", "connection refused");
    QTRY_COMPARE(ring()->nodes().at(1).state, NodeState::Down);
    QTRY_VERIFY(sentence().contains(QStringLiteral("node-2 is down")));
    QTRY_COMPARE(ring()->shards().at(0).cover, Cover::Reduced);
    QVERIFY2(timer.elapsed() < 2000, "a killed node must be seen within two seconds");
    QCOMPARE(m_window->windowTitle(), sentence());
    // Shards it shares are striped now: the middle of such a segment is no longer the colour of full cover.
    QVERIFY(!near(segmentColour(0), Theme::mixed(tint(Colour::CoverFull), tint(Colour::Surface), 0.78)));
    m_window->session()->selection.select(Subject::node(QStringLiteral("node-2")));
    QVERIFY(part<Inspector>("inspector")->plainText().contains(QStringLiteral("connection refused")));
    m_server->setState("node-2", "serving");
    QTRY_VERIFY(sentence().startsWith(QStringLiteral("Healthy")));
    QTRY_COMPARE(ring()->shards().at(0).cover, Cover::Full);
}

void TestGuiConsole::tableIsTheTwin()
{
    connectNow();
    click("tableSwitch");
    auto *nodes = part<TableView>("nodeTable");
    auto *shards = part<TableView>("shardTable");
    QVERIFY(nodes->isVisible() && !part<QWidget>("ringView")->isVisible());
    m_server->setState("node-3", "down");
    QTRY_COMPARE(ring()->nodes().at(2).state, NodeState::Down);
    QTRY_COMPARE(ring()->shards().at(1).cover, Cover::Reduced);
    QCOMPARE(nodes->model()->rowCount(), ring()->nodes().size());
    for (const NodeInfo &node : ring()->nodes()) {
        const int row = nodes->proxy()->rowOf(node.id);
        QVERIFY(row >= 0);
        QCOMPARE(nodes->model()->index(row, 0).data(Qt::AccessibleTextRole).toString(),
            ring()->sentenceOf(Subject::node(node.id)));
        QCOMPARE(nodes->model()->index(row, NodeModel::Documents).data(roles::Sort).toLongLong(), node.documents);
    }
    QCOMPARE(shards->model()->rowCount(), ring()->shards().size());
    for (const ShardInfo &shard : ring()->shards()) {
        const int row = shards->proxy()->rowOf(QString::number(shard.id));
        QCOMPARE(shards->model()->index(row, 0).data(Qt::AccessibleTextRole).toString(),
            ring()->sentenceOf(Subject::shard(shard.id)));
    }
}

void TestGuiConsole::selectionIsShared()
{
    connectNow();
    auto *view = part<RingView>("ringView");
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->mapFromScene(ring()->geometry().nodes[1].centre));
    QCOMPARE(part<ToneLabel>("inspectorTitle")->text(), QStringLiteral("node-2"));
    QCOMPARE(part<TableView>("nodeTable")->currentKey(), QStringLiteral("node-2"));
    click("tableSwitch");
    auto *shards = part<TableView>("shardTable");
    shards->setCurrentIndex(shards->model()->index(17, 0));
    QCOMPARE(ring()->selected(), Subject::shard(17));
    QVERIFY(part<TableView>("nodeTable")->currentKey().isEmpty());
    QCOMPARE(part<ToneLabel>("inspectorTitle")->text(), QStringLiteral("Shard 17"));
    // The inspector leads on to a node that owns it.
    const QString owner = ring()->shards().at(17).nodes.first();
    click(qPrintable(QStringLiteral("link_") + owner));
    QTRY_COMPARE(ring()->selected(), Subject::node(owner));
}

void TestGuiConsole::keyboardOnly()
{
    connectNow();
    QTest::keyClick(m_window.get(), Qt::Key_4, Qt::ControlModifier);
    QVERIFY(part<QWidget>("tasksPane")->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
    QVERIFY(part<QWidget>("ringView")->isVisible());
    auto *view = part<RingView>("ringView");
    QWidget *from = view;
    for (int i = 0; i < 60 && QApplication::focusWidget() != view; ++i) {
        QTest::keyClick(
            QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : m_window.get(), Qt::Key_Tab);
        from = QApplication::focusWidget();
    }
    QCOMPARE(from, view);
    QTest::keyClick(view, Qt::Key_Right);
    QTest::keyClick(view, Qt::Key_Return);
    QCOMPARE(part<ToneLabel>("inspectorTitle")->text(), QStringLiteral("node-2"));
    QTest::keyClick(view, Qt::Key_Escape);
    QCOMPARE(part<ToneLabel>("inspectorTitle")->text(), QStringLiteral("Local cluster"));
    QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier);
    QVERIFY(part<QWidget>("nodeTable")->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(QApplication::focusWidget(), part<QLineEdit>("searchBox"));
    QTest::keyClick(m_window.get(), Qt::Key_F1);
    QVERIFY(part<QWidget>("keysDialog")->isVisible());
}

void TestGuiConsole::indexScalesTheRing()
{
    connectNow();
    auto *scale = part<QComboBox>("indexScale");
    QCOMPARE(scale->count(), 3);
    const qint64 before = ring()->shards().at(3).documents;
    scale->setCurrentIndex(2);
    Q_EMIT scale->activated(2);
    QTRY_COMPARE(m_window->session()->shards.indexUid(), QStringLiteral("packages"));
    QTRY_VERIFY(ring()->shards().at(3).documents < before);
    QTRY_COMPARE(ring()->readout().first, QStringLiteral("documents in packages"));
}

void TestGuiConsole::indexesAndSettings()
{
    m_server->settings = FakeSearch::settings();
    connectNow();
    click("railIndexes");
    auto *table = part<TableView>("indexTable");
    QCOMPARE(table->model()->rowCount(), 2);
    table->setCurrentIndex(table->model()->index(1, 0));
    QCOMPARE(part<ToneLabel>("indexTitle")->text(), QStringLiteral("packages"));
    QTRY_VERIFY(part<JsonView>("settingsView")->toPlainText().contains(QStringLiteral("\"installed_kib\"")));
    QVERIFY(part<JsonView>("settingsView")->isReadOnly());
    QVERIFY(std::any_of(m_server->seen.begin(), m_server->seen.end(),
        [](const QByteArray &line) { return line.startsWith("GET /indexes/packages/settings "); }));
    click("indexSearchButton");
    QVERIFY(part<QWidget>("searchPane")->isVisible());
    QCOMPARE(part<QComboBox>("searchIndex")->currentText(), QStringLiteral("packages"));
    click("railIndexes");
    click("indexRingButton");
    QTRY_COMPARE(m_window->session()->shards.indexUid(), QStringLiteral("packages"));
}

void TestGuiConsole::noIndexTeaches()
{
    m_server->cluster.indexes.clear();
    connectNow();
    click("railIndexes");
    QVERIFY(part<QWidget>("noIndexes")->isVisible());
    click("railSearch");
    QVERIFY(part<QWidget>("nothingToSearch")->isVisible());
    click("railTasks");
    QVERIFY(part<QWidget>("noTasks")->isVisible());
    m_server->cluster.indexes = {{"late", "", 0, true}};
    m_server->pushCluster();
    click("railIndexes");
    QTRY_VERIFY(part<QWidget>("indexTable")->isVisible());
    QCOMPARE(part<ToneLabel>("indexTitle")->text(), QStringLiteral("late"));
}

void TestGuiConsole::tasksLive()
{
    m_server->cluster.tasks = {{2, "movies", "documentAdditionOrUpdate", "processing", {}, {{"node-2", 3}}, 2, 0},
        {1, "movies", "indexCreation", "failed", "no", {}, 9, 10}};
    connectNow();
    click("railTasks");
    auto *table = part<TableView>("taskTable");
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->model()->index(0, TaskModel::Waiting).data().toString(), QStringLiteral("node-2"));
    table->setCurrentIndex(table->model()->index(0, 0));
    QVERIFY(part<Inspector>("inspector")->plainText().contains(QStringLiteral("node-2: 3 operations to apply")));
    m_server->pushTask({2, "movies", "documentAdditionOrUpdate", "succeeded", {}, {}, 2, 800});
    m_server->pushTask({3, "movies", "settingsUpdate", "enqueued", {}, {}, 0, 0});
    QTRY_COMPARE(table->model()->rowCount(), 3);
    QCOMPARE(table->model()->index(1, TaskModel::Status).data().toString(), QStringLiteral("done"));
    QCOMPARE(table->currentKey(), QStringLiteral("2"));
    QVERIFY(!part<Inspector>("inspector")->plainText().contains(QStringLiteral("operations to apply")));
    click("taskFilterFailed");
    QCOMPARE(table->model()->rowCount(), 1);
    click("taskFilterOpen");
    QCOMPARE(table->model()->rowCount(), 1);
    QCOMPARE(table->model()->index(0, 0).data(roles::Key).toString(), QStringLiteral("3"));
    click("taskFilterDone");
    QCOMPARE(table->model()->rowCount(), 1);
    click("taskFilterAll");
    QCOMPARE(table->model()->rowCount(), 3);
}

void TestGuiConsole::lightAndDark()
{
    connectNow();
    for (const auto &[name, scheme] : {std::pair("lookDark", Theme::Scheme::Dark),
             std::pair("lookContrast", Theme::Scheme::HighContrast), std::pair("lookLight", Theme::Scheme::Light)}) {
        part<QAction>(name)->trigger();
        const QColor ground = Theme::colour(scheme, Colour::Window);
        QTRY_COMPARE(m_window->palette().color(QPalette::Window), ground);
        auto *view = part<RingView>("ringView");
        QCOMPARE(view->grab().toImage().pixelColor(3, 3), ground);
        const QImage window = m_window->grab().toImage();
        const QPoint rail
            = part<QWidget>("rail")->mapTo(m_window.get(), QPoint(2, part<QWidget>("rail")->height() - 4));
        QCOMPARE(window.pixelColor(rail), ground);
        const double share = scheme == Theme::Scheme::HighContrast ? 0.9 : 0.78;
        QVERIFY(near(segmentColour(9), Theme::mixed(Theme::colour(scheme, Colour::CoverFull),
            Theme::colour(scheme, Colour::Surface), share)));
    }
    QCOMPARE(QSettings().value(QStringLiteral("look/theme")).toInt(), static_cast<int>(Theme::Choice::Light));
}

void TestGuiConsole::productionFrame()
{
    ProfileStore store;
    store.put({QStringLiteral("prod"), m_server->url(), m_server->adminKey, true});
    QVERIFY(store.save().ok());
    m_window = std::make_unique<MainWindow>(m_host.get());
    m_window->show();
    QTRY_VERIFY(part<QWidget>("profile_prod")->height() > 20);
    click("profile_prod");
    QTRY_VERIFY(part<QWidget>("clusterPane")->isVisible());
    QCOMPARE(m_window->centralWidget()->grab().toImage().pixelColor(1, 200), tint(Colour::Warning));
    m_window->disconnectFrom();
    QVERIFY(m_window->centralWidget()->grab().toImage().pixelColor(1, 200) != tint(Colour::Warning));
}

void TestGuiConsole::lostLine()
{
    connectNow();
    const quint16 port = m_server->port();
    m_server->die();
    QTRY_VERIFY(sentence().startsWith(QStringLiteral("Connection lost")));
    QVERIFY(part<QWidget>("ringView")->isVisible()); // what was known last stays
    QCOMPARE(ring()->nodes().size(), 3);
    QVERIFY(part<QWidget>("retryButton")->isVisible());
    m_server = std::make_unique<FakeAdminServer>();
    QVERIFY(m_server->listen(port));
    click("retryButton");
    QTRY_VERIFY(sentence().startsWith(QStringLiteral("Healthy")));
    QTRY_COMPARE(part<ToneLabel>("lineState")->text(), QStringLiteral("live"));
}

void TestGuiConsole::inspectorCloses()
{
    connectNow();
    QVERIFY(part<QWidget>("inspector")->isVisible());
    click("inspectorClose");
    QVERIFY(!part<QWidget>("inspector")->isVisible());
    part<QAction>("actionInspector")->trigger();
    QVERIFY(part<QWidget>("inspector")->isVisible());
}

void TestGuiConsole::everyControlHasAName()
{
    connectNow();
    for (const char *pane : {"railIndexes", "railSearch", "railTasks", "railCluster"}) {
        click(pane);
        const auto widgets = m_window->findChildren<QWidget *>();
        for (QWidget *widget : widgets) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() != nullptr
                || widget->objectName().startsWith(QStringLiteral("qt_")))
                continue;
            if (const auto *label = qobject_cast<QLabel *>(widget); label != nullptr && label->text().isEmpty())
                continue;
            QAccessibleInterface *known = QAccessible::queryAccessibleInterface(widget);
            const bool named = known != nullptr && !known->text(QAccessible::Name).isEmpty();
            QVERIFY2(named,
                qPrintable(QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName()));
        }
    }
}

void TestGuiConsole::stateIsKept()
{
    m_window->resize(1000, 700);
    part<QAction>("actionInspector")->trigger();
    m_window->close();
    MainWindow again(m_host.get());
    QCOMPARE(again.size(), QSize(1000, 700));
    QVERIFY(!again.findChild<QAction *>(QStringLiteral("actionInspector"))->isChecked());
}

void TestGuiConsole::french()
{
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::French, QLocale::France));
    installLanguage();
    {
        MainWindow window(nullptr);
        const QString text = window.findChild<QAbstractButton *>(QStringLiteral("railTasks"))->text();
        const QString title = window.windowTitle();
        const auto translators = qApp->findChildren<QTranslator *>();
        for (QTranslator *translator : translators)
            QCoreApplication::removeTranslator(translator);
        QLocale::setDefault(before);
        installLanguage();
        QCOMPARE(text, QStringLiteral("Tâches"));
        QCOMPARE(title, QStringLiteral("Pas de connexion"));
    }
}

MIROIR_GUI_MAIN(TestGuiConsole)
#include "tst_gui_console.moc"
