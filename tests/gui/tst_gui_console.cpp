// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "support/FakeAdminServer.h"
#include "support/FakeSearch.h"
#include "support/GuiMain.h"

#include <QAccessible>
#include <QAction>
#include <QFile>
#include <QLineEdit>
#include <QSettings>
#include <QTextBrowser>
#include <QTranslator>

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
    void keyboardOnly();
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
    // Laid out with the page, not a turn of the event loop later.
    QVERIFY(part<QWidget>("profile_staging")->isVisible());
    QVERIFY(part<QWidget>("profile_staging")->height() > 20);
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
        window.connectTo(endpoint(*m_server));
        const QString healthy = QStringLiteral("En bonne santé : 3 nœuds, 64 fragments × 2 copies");
        const bool said = QTest::qWaitFor([&] { return window.windowTitle() == healthy; });
        const auto translators = qApp->findChildren<QTranslator *>();
        for (QTranslator *translator : translators)
            QCoreApplication::removeTranslator(translator);
        QLocale::setDefault(before);
        installLanguage();
        QCOMPARE(text, QStringLiteral("Tâches"));
        QCOMPARE(title, QStringLiteral("Pas de connexion"));
        QVERIFY(said);
    }
}

MIROIR_GUI_MAIN(TestGuiConsole)
#include "tst_gui_console.moc"
