// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/ctl/SampleProfile.h"
#include "verify/Sampler.h"

#include <QtTest>

#include <map>

using namespace miroir;
using namespace miroir::ctl;

class VerifyRequestsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordedLines_data();
    void recordedLines();
    void onlyReadingIsReplayed();
    void profilesAreRead();
    void theSameSeedGivesTheSameRequests();
    void randomRequestsAreWellFormed();
    void anEmptyIndexIsNoObstacle();
};

void VerifyRequestsTest::recordedLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("index and body") << QByteArray(R"({"index":"a b","body":{"q":"x"}})")
                                    << QByteArray(R"(POST /indexes/a%20b/search {"q":"x"})");
    QTest::newRow("path") << QByteArray(R"({"method":"get","path":"/indexes/m/search?q=x"})")
                          << QByteArray("GET /indexes/m/search?q=x");
    QTest::newRow("no body") << QByteArray(R"({"path":"/multi-search"})") << QByteArray("POST /multi-search {}");
    QTest::newRow("access log")
        << QByteArray(R"(10.0.0.1 - - [10/Oct/2026:13:55:36] "GET /indexes/m/search?q=a HTTP/1.1" 200 23 "-" "x")")
        << QByteArray("GET /indexes/m/search?q=a");
    QTest::newRow("post in an access log")
        << QByteArray(R"(10.0.0.1 - - [x] "POST /indexes/m/search HTTP/1.1" 200 23)") << QByteArray();
    QTest::newRow("write") << QByteArray(R"({"path":"/indexes/m/documents","body":[]})") << QByteArray();
    QTest::newRow("no slash") << QByteArray(R"({"path":"indexes"})") << QByteArray();
    QTest::newRow("nothing named") << QByteArray(R"({"body":{}})") << QByteArray();
    QTest::newRow("broken") << QByteArray(R"({"index":)") << QByteArray();
    QTest::newRow("other text") << QByteArray("hello") << QByteArray();
    QTest::newRow("empty") << QByteArray(" ") << QByteArray();
}

void VerifyRequestsTest::recordedLines()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    const auto replay = parseReplay({line.constData(), static_cast<std::size_t>(line.size())});
    QCOMPARE(replay.ok(), !expected.isEmpty());
    if (!replay)
        return;
    QCOMPARE(QByteArray::fromStdString(describe(*replay)), expected);
    const auto again = parseReplay(recorded(*replay));
    QVERIFY(again);
    QCOMPARE(describe(*again), describe(*replay));
}

void VerifyRequestsTest::onlyReadingIsReplayed()
{
    const auto allowed = [](const char *method, const char *target) {
        Replay replay;
        replay.method = method;
        replay.target = target;
        classify(replay);
        return readsOnly(replay);
    };
    QVERIFY(allowed("POST", "/indexes/a/search"));
    QVERIFY(allowed("POST", "/indexes/a/facet-search"));
    QVERIFY(allowed("POST", "/indexes/a/documents/fetch"));
    QVERIFY(allowed("GET", "/indexes/a/documents?limit=1"));
    QVERIFY(!allowed("POST", "/indexes/a/documents/delete"));
    QVERIFY(!allowed("POST", "/indexes/a/documents/delete-batch"));
    QVERIFY(!allowed("POST", "/indexes/a/documents"));
    QVERIFY(!allowed("DELETE", "/indexes/a/documents"));
    QVERIFY(!allowed("PUT", "/indexes/a/search"));
    QVERIFY(!allowed("DELETE", "/indexes/a"));
    QVERIFY(!allowed("GET", "/keys"));
}

void VerifyRequestsTest::profilesAreRead()
{
    const IndexProfile read = sampleProfile();
    using List = std::vector<std::string>;
    QCOMPARE(read.fields, (List {"cast", "cast.name", "genre", "id", "title", "year"}));
    QCOMPARE(read.filterable, (List {"genre", "year"}));
    QCOMPARE(read.sortable, List {"year"});
    QCOMPARE(read.values.at("year"), (List {"1999", "2001.5"}));
    const List genres {"\"a\"", "\"b \\\"c\\\"\""};
    QCOMPARE(read.values.at("genre"), genres);
    QCOMPARE(read.words, (List {"Big", "Ida", "Stormy", "The", "Wheel", "weather"}));
    QVERIFY(read.geoFilter && read.geoSort);
    QCOMPARE(read.embedders.size(), std::size_t {1});
    QVERIFY(read.traits.facetsByCount && !read.traits.distinct);
}

void VerifyRequestsTest::theSameSeedGivesTheSameRequests()
{
    const IndexProfile read = sampleProfile();
    Sampler first(read, 7);
    Sampler second(read, 7);
    Sampler other(read, 8);
    bool differs = false;
    for (int i = 0; i < 200; ++i) {
        const std::string text = describe(first.next());
        QCOMPARE(describe(second.next()), text);
        differs = differs || describe(other.next()) != text;
    }
    QVERIFY(differs);
}

void VerifyRequestsTest::randomRequestsAreWellFormed()
{
    const IndexProfile read = sampleProfile();
    Sampler sampler(read, 1);
    std::map<std::string, int> members;
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        const Replay replay = sampler.next();
        QVERIFY2(readsOnly(replay), describe(replay).c_str());
        if (replay.kind != Replay::Kind::Search)
            continue;
        const auto search = searchOf(replay);
        if (!search) {
            ++refused;
            continue;
        }
        const auto filter = protocol::checkSearchFilter(*search, {});
        QVERIFY2(filter.ok(), describe(replay).c_str());
        QVERIFY2(protocol::checkSearchKind(*search, {}).ok(), describe(replay).c_str());
        const auto body = json::Document::parse(search->toJson());
        for (const json::Member member : body->root().members())
            ++members[member.key()];
    }
    QVERIFY(refused > 10 && refused < 150);
    for (const char *name : {"q", "filter", "sort", "facets", "distinct", "page", "hitsPerPage", "offset", "limit",
             "attributesToRetrieve", "attributesToHighlight", "attributesToCrop", "cropLength", "showMatchesPosition",
             "matchingStrategy", "attributesToSearchOn", "rankingScoreThreshold", "showRankingScore",
             "showRankingScoreDetails", "hybrid", "vector"})
        QVERIFY2(members[name] > 20, name);
}

void VerifyRequestsTest::anEmptyIndexIsNoObstacle()
{
    const auto empty = json::Document::parse(std::string_view("[]"));
    const auto settings = json::Document::parse(std::string_view(R"({"filterableAttributes":["a"]})"));
    const IndexProfile read = IndexProfile::make("x", "", settings->root(), empty->root());
    Sampler sampler(read, 1);
    for (int i = 0; i < 500; ++i)
        QVERIFY(readsOnly(sampler.next()));
}

QTEST_GUILESS_MAIN(VerifyRequestsTest)
#include "tst_verify_requests.moc"
