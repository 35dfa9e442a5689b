// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Compare.h"

#include <QtTest>

using namespace miroir::ctl;

namespace {

/// Classes of the differences, in the order in which they are found.
QByteArray classes(const QByteArray &cluster, const QByteArray &reference, int clusterStatus = 200, int status = 200)
{
    QByteArray out;
    for (const Difference &each : compareAnswers({clusterStatus, cluster}, {status, reference}, "id"))
        out += (out.isEmpty() ? "" : ", ") + QByteArray(className(each.kind));
    return out;
}

QByteArray answer(const QByteArray &hits, const QByteArray &rest = R"(,"estimatedTotalHits":2)")
{
    return R"({"hits":[)" + hits + R"(],"query":"a","processingTimeMs":3,"limit":20,"offset":0)" + rest + "}";
}

} // namespace

class VerifyCompareTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void classesOfDifferences_data();
    void classesOfDifferences();
    void timesAndIdsOfRequestsDoNotCount();
    void numbersAreComparedToTheLastDigit();
    void answersOfAMultiSearchAreComparedOneByOne();
    void documentsWithoutIdAreToldApartByTheirMembers();
    void aDifferenceNamesItsPlace();
    void facetsOfNumbersAndTextsAreMarked();
};

void VerifyCompareTest::classesOfDifferences_data()
{
    QTest::addColumn<QByteArray>("cluster");
    QTest::addColumn<QByteArray>("reference");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray a = R"({"id":1,"t":"x"})";
    const QByteArray b = R"({"id":2,"t":"y"})";
    const QByteArray c = R"({"id":3,"t":"z"})";
    QTest::newRow("same") << answer(a + ',' + b) << answer(a + ',' + b) << QByteArray();
    QTest::newRow("set") << answer(a + ',' + b) << answer(a + ',' + c) << QByteArray("hits set");
    QTest::newRow("missing") << answer(a) << answer(a + ',' + b) << QByteArray("hits set");
    QTest::newRow("order") << answer(b + ',' + a) << answer(a + ',' + b) << QByteArray("hits order");
    QTest::newRow("value") << answer(R"({"id":1,"t":"w"})") << answer(a) << QByteArray("hit members");
    QTest::newRow("member") << answer(R"({"id":1,"t":"x","u":1})") << answer(a) << QByteArray("hit members");
    QTest::newRow("keys") << answer(R"({"t":"x","id":1})") << answer(a) << QByteArray("key order");
    QTest::newRow("highlight") << answer(R"({"id":1,"_formatted":{"t":"<em>x</em>"}})")
                               << answer(R"({"id":1,"_formatted":{"t":"x"}})") << QByteArray("highlight");
    QTest::newRow("positions") << answer(R"({"id":1,"_matchesPosition":{}})")
                               << answer(R"({"id":1,"_matchesPosition":{"t":[]}})") << QByteArray("highlight");
    QTest::newRow("score") << answer(R"({"id":1,"_rankingScore":0.5})") << answer(R"({"id":1,"_rankingScore":0.25})")
                           << QByteArray("score digits");
    const auto typo = [](const QByteArray &members) {
        return answer(R"({"id":1,"_rankingScoreDetails":{"typo":{"order":1,)" + members + "}}}");
    };
    QTest::newRow("maximum") << typo(R"("typoCount":1,"maxTypoCount":2,"score":0.5)")
                             << typo(R"("typoCount":1,"maxTypoCount":3,"score":0.6)")
                             << QByteArray("score digits");
    QTest::newRow("count") << typo(R"("typoCount":0,"maxTypoCount":2,"score":1.0)")
                           << typo(R"("typoCount":1,"maxTypoCount":2,"score":0.6)")
                           << QByteArray("rank details");
    QTest::newRow("totals") << answer(a, R"(,"estimatedTotalHits":3)") << answer(a) << QByteArray("totals");
    QTest::newRow("pages") << answer(a, R"(,"totalPages":3,"totalHits":9)")
                           << answer(a, R"(,"totalPages":2,"totalHits":9)") << QByteArray("totals");
    QTest::newRow("frame") << answer(a, R"(,"extra":1)") << answer(a, R"(,"extra":2)") << QByteArray("other");
    QTest::newRow("frame order") << answer(a, R"(,"x":1,"y":1)") << answer(a, R"(,"y":1,"x":1)") << QByteArray("other");
    const auto facets = [&a](const QByteArray &values) {
        return answer(a, R"(,"facetDistribution":{"f":{)" + values + "}}");
    };
    QTest::newRow("facet count") << facets(R"("a":3,"b":2)") << facets(R"("a":3,"b":1)") << QByteArray("facets");
    QTest::newRow("facet ties") << facets(R"("a":3,"c":2,"b":2)") << facets(R"("a":3,"b":2,"c":2)")
                                << QByteArray("facet ties");
    QTest::newRow("facet cut in a tie") << facets(R"("a":3,"d":2)") << facets(R"("a":3,"b":2)")
                                       << QByteArray("facet ties");
    QTest::newRow("facet order") << facets(R"("b":2,"a":3)") << facets(R"("a":3,"b":2)") << QByteArray("facets");
    QTest::newRow("facet form") << facets(R"("A":3,"b":2)") << facets(R"("a":3,"b":2)") << QByteArray("facet form");
    QTest::newRow("mixed facet") << facets(R"("7":3,"b":2)") << facets(R"("7":1,"b":2)") << QByteArray("facets");
    QTest::newRow("facet lost") << answer(a, {}) << facets(R"("a":3)") << QByteArray("other");
    QTest::newRow("stats") << answer(a, R"(,"facetStats":{"f":{"min":1.0,"max":2.0}})")
                           << answer(a, R"(,"facetStats":{"f":{"min":0.0,"max":2.0}})") << QByteArray("facets");
    QTest::newRow("no JSON") << QByteArray("<html>") << answer(a) << QByteArray("form");
}

void VerifyCompareTest::classesOfDifferences()
{
    QFETCH(QByteArray, cluster);
    QFETCH(QByteArray, reference);
    QFETCH(QByteArray, expected);
    QCOMPARE(classes(cluster, reference), expected);
}

void VerifyCompareTest::timesAndIdsOfRequestsDoNotCount()
{
    QCOMPARE(classes(R"({"hits":[],"processingTimeMs":1,"requestUid":"a","metadata":{"queryUid":"x","indexUid":"i"}})",
                 R"({"hits":[],"processingTimeMs":2,"requestUid":"b","metadata":{"queryUid":"y","indexUid":"i"}})"),
        QByteArray());
    QCOMPARE(classes(R"({"hits":[],"metadata":{"queryUid":"x","indexUid":"i"}})",
                 R"({"hits":[],"metadata":{"queryUid":"y","indexUid":"j"}})"),
        QByteArray("other"));
}

void VerifyCompareTest::numbersAreComparedToTheLastDigit()
{
    QCOMPARE(classes(answer(R"({"id":1,"n":1.0})"), answer(R"({"id":1,"n":1})")), QByteArray("hit members"));
    QCOMPARE(classes(answer(R"({"id":1,"n":12345678901234567890})"), answer(R"({"id":1,"n":12345678901234567891})")),
        QByteArray("hit members"));
    // escapes are another spelling of the same text
    QCOMPARE(classes(answer(R"({"id":1,"n":"\u0061"})"), answer(R"({"id":1,"n":"a"})")), QByteArray());
}

void VerifyCompareTest::answersOfAMultiSearchAreComparedOneByOne()
{
    const auto two = [](const QByteArray &hits) {
        return R"({"results":[{"indexUid":"a","hits":[{"id":1}],"limit":1},{"indexUid":"b","hits":[)" + hits + "]}]}";
    };
    const auto found = compareAnswers({200, two(R"({"id":2})")}, {200, two(R"({"id":3})")}, "id");
    QCOMPARE(found.size(), std::size_t {1});
    QCOMPARE(found[0].kind, DifferenceClass::HitsSet);
    QCOMPARE(found[0].where, std::string("results[1].hits"));
    // `results` of a fetch are documents
    QCOMPARE(classes(R"({"results":[{"id":1},{"id":2}],"total":2})", R"({"results":[{"id":2},{"id":1}],"total":3})"),
        QByteArray("hits order, totals"));
    QCOMPARE(classes(R"({"message":"m","code":"c"})", R"({"message":"n","code":"c"})", 404, 404), QByteArray("error"));
    QCOMPARE(classes(R"({"message":"m"})", R"({"message":"m"})", 400, 404), QByteArray("status"));
}

void VerifyCompareTest::documentsWithoutIdAreToldApartByTheirMembers()
{
    QCOMPARE(classes(answer(R"({"t":"x"},{"t":"y"})"), answer(R"({"t":"y"},{"t":"x"})")), QByteArray("hits order"));
    QCOMPARE(classes(answer(R"({"t":"x","_rankingScore":0.5})"), answer(R"({"t":"x","_rankingScore":0.75})")),
        QByteArray("score digits"));
}

void VerifyCompareTest::aDifferenceNamesItsPlace()
{
    const ServerAnswer cluster {200, answer(R"({"id":5},{"id":4})")};
    const ServerAnswer reference {200, answer(R"({"id":5},{"id":6})")};
    const auto found = compareAnswers(cluster, reference, "id");
    QCOMPARE(found.size(), std::size_t {1});
    QVERIFY(found[0].detail.find("only on the cluster: [4]") != std::string::npos);
    QVERIFY(found[0].detail.find("only on the reference: [6]") != std::string::npos);
    QVERIFY(!found[0].documented());
}

void VerifyCompareTest::facetsOfNumbersAndTextsAreMarked()
{
    const auto mixed = [](const QByteArray &ours, const QByteArray &theirs) {
        const auto facet = [](const QByteArray &values) {
            return ServerAnswer {200, answer({}, R"(,"facetDistribution":{"f":{)" + values + "}}")};
        };
        const auto found = compareAnswers(facet(ours), facet(theirs), "id");
        return found.size() == 1 && found[0].mixedFacet;
    };
    QVERIFY(mixed(R"("7":3,"b":2)", R"("7":1,"b":2)"));
    QVERIFY(!mixed(R"("7":3,"8.5":2)", R"("7":1,"8.5":2)"));
    QVERIFY(!mixed(R"("a":3,"-":2)", R"("a":1,"-":2)"));
}

QTEST_GUILESS_MAIN(VerifyCompareTest)
#include "tst_verify_compare.moc"
