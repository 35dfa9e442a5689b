// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "MainWindow.h"

#include "support/FakeAdminServer.h"
#include "support/FakeSearch.h"
#include "support/GuiMain.h"

#include <QLineEdit>
#include <QScrollBar>

using namespace miroir::ui;

class TestGuiSearch : public QObject
{
    Q_OBJECT

private:
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
    [[nodiscard]] QAbstractItemModel *hits() const { return part<QListView>("hitList")->model(); }
    [[nodiscard]] QString status() const { return part<ToneLabel>("searchStatus")->text(); }
    [[nodiscard]] Hit hit(int row) const { return hits()->index(row, 0).data(HitModel::HitRole).value<Hit>(); }
    static QByteArray page(int from, int count, int total)
    {
        QByteArray list;
        for (int i = from; i < from + count; ++i)
            list += (list.isEmpty() ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + "}";
        return "{\"hits\":[" + list + "],\"offset\":" + QByteArray::number(from)
            + ",\"processingTimeMs\":1,\"estimatedTotalHits\":" + QByteArray::number(total) + "}";
    }

    std::unique_ptr<FakeAdminServer> m_server;
    std::unique_ptr<MainWindow> m_window;

private Q_SLOTS:
    void init();
    void cleanup();
    void asTyped();
    void typingIsDebounced();
    void olderAnswersAreDropped();
    void errorsAreText();
    void nothingFound();
    void markupIsText();
    void facetsFilter();
    void facetsFollowTheSettings();
    void pagesFollowTheScroll();
    void selectedHitIsInspected();
    void anotherIndexAsksAgain();
    void askedAgainAfterALostLine();
};

void TestGuiSearch::init()
{
    m_server = std::make_unique<FakeAdminServer>();
    m_server->onSearch = FakeSearch::answer;
    m_server->settings = FakeSearch::settings();
    QVERIFY(m_server->listen());
    m_window = std::make_unique<MainWindow>(nullptr);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->connectTo({m_server->url(), m_server->adminKey, QStringLiteral("test"), false});
    QTRY_VERIFY(m_window->session()->client.link() == AdminClient::Link::Live);
    m_window->showPane(MainWindow::SearchPage);
    QTRY_COMPARE(hits()->rowCount(), 6); // without words: everything
}

void TestGuiSearch::cleanup()
{
    m_window.reset();
    m_server.reset();
}

void TestGuiSearch::asTyped()
{
    auto *box = part<QLineEdit>("searchBox");
    QCOMPARE(QApplication::focusWidget(), box);
    QTest::keyClicks(box, QStringLiteral("fantasy"));
    QTRY_COMPARE(hits()->rowCount(), 1);
    QCOMPARE(plainText(hit(0).title), QStringLiteral("wesnoth"));
    QVERIFY(status().startsWith(QStringLiteral("1 document in ")));
    bool marked = false;
    for (const HitField &field : hit(0).fields) {
        for (const TextSpan &span : field.value)
            marked = marked || (span.marked && span.text == QStringLiteral("Fantasy"));
    }
    QVERIFY(marked);
    box->clear();
    QTRY_COMPARE(hits()->rowCount(), 6);
}

void TestGuiSearch::typingIsDebounced()
{
    const auto before = m_server->searches.size();
    QTest::keyClicks(part<QLineEdit>("searchBox"), QStringLiteral("strategy"));
    QTRY_COMPARE(hits()->rowCount(), 5);
    // Eight letters without a pause are one question; a loaded machine may add a few.
    QVERIFY(m_server->searches.size() - before < 5);
}

void TestGuiSearch::olderAnswersAreDropped()
{
    m_server->holds = [](const QByteArray &body) { return body.contains("\"q\":\"civilization\""); };
    auto *box = part<QLineEdit>("searchBox");
    const auto before = m_server->searches.size();
    box->setText(QStringLiteral("civilization"));
    QTRY_COMPARE(m_server->searches.size(), before + 1);
    box->setText(QStringLiteral("strategy"));
    QTRY_COMPARE(hits()->rowCount(), 5);
    m_server->release();
    box->setText(QStringLiteral("engine"));
    QTRY_COMPARE(hits()->rowCount(), 1);
    QCOMPARE(plainText(hit(0).title), QStringLiteral("godot3"));
}

void TestGuiSearch::errorsAreText()
{
    m_server->onSearch = [](const QString &, const QByteArray &) {
        return std::pair(400,
            QByteArray(R"({"message":"Attribute `<i>x</i>` is not filterable.","code":"invalid_search_filter",)"
                       R"("type":"invalid_request","link":""})"));
    };
    part<QLineEdit>("searchBox")->setText(QStringLiteral("x"));
    QTRY_COMPARE(status(), QStringLiteral("Attribute `<i>x</i>` is not filterable. (invalid_search_filter)"));
    QCOMPARE(part<ToneLabel>("searchStatus")->textFormat(), Qt::PlainText);
    m_server->onSearch = FakeSearch::answer;
    part<QLineEdit>("searchBox")->setText(QStringLiteral("engine"));
    QTRY_VERIFY(status().startsWith(QStringLiteral("1 document in ")));
}

void TestGuiSearch::nothingFound()
{
    part<QLineEdit>("searchBox")->setText(QStringLiteral("zzzz"));
    QTRY_VERIFY(part<QWidget>("noHits")->isVisible());
}

void TestGuiSearch::markupIsText()
{
    m_server->onSearch = [](const QString &, const QByteArray &) {
        return std::pair(200,
            QByteArray(R"({"hits":[{"id":1,"title":"<img src=x><b>bold</b> & <script>","n":null,"o":{"a":[1]},)"
                       R"("long":"<a href='http://x'>a</a> text that is long enough to be shown as prose here"}],)"
                       R"("estimatedTotalHits":1,"facetDistribution":{"<b>":{"<i>v</i>":1}}})"));
    };
    part<QLineEdit>("searchBox")->setText(QStringLiteral("x"));
    QTRY_COMPARE(hits()->rowCount(), 1);
    QCOMPARE(plainText(hit(0).title), QStringLiteral("<img src=x><b>bold</b> & <script>"));
    QVERIFY(!part<QListView>("hitList")->grab().isNull());
    for (const QLabel *label : part<QWidget>("facetPanel")->findChildren<QLabel *>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
}

void TestGuiSearch::facetsFilter()
{
    QTRY_VERIFY(part<QWidget>("facet_section_devel")->isVisible());
    QTest::mouseClick(part<QWidget>("facet_section_devel"), Qt::LeftButton);
    QTRY_COMPARE(hits()->rowCount(), 1);
    QVERIFY(m_server->searches.last().contains(R"x("filter":"(\"section\" = \"devel\")")x"));
    QVERIFY(part<QAbstractButton>("facet_section_devel")->isChecked());
    QTest::mouseClick(part<QWidget>("facet_section_devel"), Qt::LeftButton);
    QTRY_COMPARE(hits()->rowCount(), 6);
    QVERIFY(!m_server->searches.last().contains("filter"));
}

void TestGuiSearch::facetsFollowTheSettings()
{
    QTRY_VERIFY(m_server->searches.last().contains(R"("facets":["section","architecture","installed_kib"])"));
    // Someone takes the facets away: the next answer is an error, the one after has none.
    m_server->settings = R"({"filterableAttributes":[]})";
    m_server->onSearch = [](const QString &uid, const QByteArray &body) {
        if (body.contains("\"facets\""))
            return std::pair(400, QByteArray(R"({"message":"x","code":"invalid_search_facets","type":"x","link":""})"));
        return FakeSearch::answer(uid, body);
    };
    part<QLineEdit>("searchBox")->setText(QStringLiteral("engine"));
    QTRY_COMPARE(hits()->rowCount(), 1);
    QTRY_VERIFY(status().startsWith(QStringLiteral("1 document in ")));
    QVERIFY(!part<QWidget>("facet_section_devel")->isVisible());
}

void TestGuiSearch::pagesFollowTheScroll()
{
    m_server->onSearch = [](const QString &, const QByteArray &body) {
        const auto request = miroir::json::Document::parse(body);
        const int from = static_cast<int>(request->root()["offset"].toI64().value_or(0));
        return std::pair(200, page(from, std::min(20, 50 - from), 50));
    };
    part<QLineEdit>("searchBox")->setText(QStringLiteral("x"));
    QTRY_VERIFY(hits()->rowCount() >= 20);
    auto *bar = part<QListView>("hitList")->verticalScrollBar();
    const auto toTheEnd = [&] {
        bar->setValue(bar->maximum());
        return hits()->rowCount() == 50;
    };
    QTRY_VERIFY(toTheEnd());
    for (int i = 0; i < 50; ++i)
        QCOMPARE(plainText(hit(i).title), QString::number(i));
}

void TestGuiSearch::selectedHitIsInspected()
{
    auto *list = part<QListView>("hitList");
    list->setCurrentIndex(hits()->index(0, 0));
    QVERIFY(part<JsonView>("inspectorJson")->isVisible());
    QVERIFY(part<JsonView>("inspectorJson")->toPlainText().contains(QStringLiteral("\"name\": \"0ad\"")));
    QVERIFY(!part<JsonView>("inspectorJson")->toPlainText().contains(QStringLiteral("_formatted")));
}

void TestGuiSearch::anotherIndexAsksAgain()
{
    m_server->onSearch = [](const QString &uid, const QByteArray &) {
        return std::pair(200, page(0, uid == QStringLiteral("packages") ? 3 : 2, 3));
    };
    part<QComboBox>("searchIndex")->setCurrentIndex(1);
    QTRY_COMPARE(hits()->rowCount(), 3);
    part<QComboBox>("searchIndex")->setCurrentIndex(0);
    QTRY_COMPARE(hits()->rowCount(), 2);
}

void TestGuiSearch::askedAgainAfterALostLine()
{
    m_server->holds = [](const QByteArray &) { return true; };
    const auto before = m_server->searches.size();
    part<QLineEdit>("searchBox")->setText(QStringLiteral("engine"));
    QTRY_COMPARE(m_server->searches.size(), before + 1);
    const quint16 port = m_server->port();
    m_server->die();
    QTRY_VERIFY(m_window->session()->client.link() == AdminClient::Link::Lost);
    m_server = std::make_unique<FakeAdminServer>();
    m_server->onSearch = FakeSearch::answer;
    QVERIFY(m_server->listen(port));
    m_window->session()->client.retryNow();
    QTRY_COMPARE(hits()->rowCount(), 1);
}

MIROIR_GUI_MAIN(TestGuiSearch)
#include "tst_gui_search.moc"
