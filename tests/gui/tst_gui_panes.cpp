// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "support/FakeAdminServer.h"
#include "support/FakeSearch.h"
#include "support/GuiMain.h"

#include <QAction>
#include <QClipboard>
#include <QElapsedTimer>
#include <QSettings>

#include <cmath>

using namespace miroir::ui;

class TestGuiPanes : public QObject
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
        T *found = nullptr; // it may appear with the next answer
        const auto appears = [&] {
            found = m_window->findChild<T *>(QString::fromLatin1(name));
            return found != nullptr;
        };
        if (!QTest::qWaitFor(appears))
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
    std::unique_ptr<MainWindow> m_window;

private Q_SLOTS:
    void init();
    void cleanup();
    void ringShowsTheCluster();
    void killedNodeIsSeen();
    void tableIsTheTwin();
    void selectionIsShared();
    void indexScalesTheRing();
    void indexesAndSettings();
    void noIndexTeaches();
    void tasksLive();
    void lightAndDark();
    void textTwiceAsLarge();
};

void TestGuiPanes::init()
{
    QSettings().clear();
    Theme::instance().choose(Theme::Choice::Light);
    m_server = std::make_unique<FakeAdminServer>();
    m_server->onSearch = FakeSearch::answer;
    QVERIFY(m_server->listen());
    m_window = std::make_unique<MainWindow>(nullptr);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestGuiPanes::cleanup()
{
    m_window.reset();
    m_server.reset();
}

void TestGuiPanes::ringShowsTheCluster()
{
    connectNow();
    QCOMPARE(ring()->geometry().nodes.size(), std::size_t(3));
    QCOMPARE(ring()->geometry().labelLines, 4); // name, state, documents, shards
    QCOMPARE(ring()->documentsOf(0), m_window->session()->nodes.nodes().first().documents);
    QCOMPARE(m_window->windowTitle(), sentence());
    QVERIFY(sentence().startsWith(QStringLiteral("Healthy")));
    QVERIFY(near(segmentColour(5), Theme::mixed(tint(Colour::CoverFull), tint(Colour::Surface), 0.78)));
}

void TestGuiPanes::killedNodeIsSeen()
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

void TestGuiPanes::tableIsTheTwin()
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

void TestGuiPanes::selectionIsShared()
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

void TestGuiPanes::indexScalesTheRing()
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

void TestGuiPanes::indexesAndSettings()
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

void TestGuiPanes::noIndexTeaches()
{
    m_server->cluster.indexes.clear();
    connectNow();
    click("railIndexes");
    QVERIFY(part<QWidget>("noIndexes")->isVisible());
    QVERIFY(part<QWidget>("copyCommandButton")->height() > 20);
    click("copyCommandButton");
    QVERIFY(QApplication::clipboard()->text().contains(m_server->url().toString() + QStringLiteral("/indexes/movies")));
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

void TestGuiPanes::tasksLive()
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

void TestGuiPanes::lightAndDark()
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

void TestGuiPanes::textTwiceAsLarge()
{
    const QFont before = QApplication::font();
    QFont large = before;
    large.setPointSizeF(before.pointSizeF() * 2);
    QApplication::setFont(large);
    m_window = std::make_unique<MainWindow>(nullptr);
    m_window->resize(1280, 900);
    m_window->show();
    connectNow();
    for (const char *name : {"railCluster", "railIndexes", "railSearch", "railTasks"}) {
        const auto *button = part<QAbstractButton>(name);
        QVERIFY(button->width() >= button->fontMetrics().horizontalAdvance(button->text()));
        QVERIFY(button->height() >= button->fontMetrics().height());
    }
    const QRectF room = ring()->sceneRect();
    for (const auto &node : ring()->geometry().nodes)
        QVERIFY(room.contains(node.label) && node.label.height() >= 2 * QFontMetricsF(large).lineSpacing() - 1);
    for (const char *pane : {"railIndexes", "railSearch", "railTasks", "railCluster"}) {
        click(pane);
        QVERIFY(!m_window->grab().isNull());
    }
    QApplication::setFont(before);
}

MIROIR_GUI_MAIN(TestGuiPanes)
#include "tst_gui_panes.moc"
