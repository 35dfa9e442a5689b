// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Answer.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/SearchMerge.h"

#include <QtTest>

#include <random>

using namespace miroir;
using namespace miroir::merge;
using namespace miroir::merge::testing;

namespace {

using Random = std::mt19937_64;

QByteArray merged(const MergeRequest &request, const Answers &answers)
{
    const auto result = mergeSearch(request, answers);
    return result ? result->hits : "error: " + toBytes(result.error().message());
}

} // namespace

class TestSearchMerge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sortsAndStrips();
    void pages_data();
    void pages();
    void scoresOnlyWhenAsked();
    void attributesToRetrieve_data();
    void attributesToRetrieve();
    void displayedAttributes();
    void formattedAndPositions();
    void bytesAreKept();
    void distinctKeepsTheBest();
    void distinctWithLists();
    void distinctTakesItsNumbersOut();
    void pinsTakeTheirPlaces();
    void semanticCountAndVector();
    void answerInANodesOrder();
    void refusals_data();
    void refusals();
    void mutatedAnswersNeverCrash();
    void partitionDoesNotMatter();
};

void TestSearchMerge::sortsAndStrips()
{
    const auto result = mergeSearch({}, {answer({hit(2, "!(", "\"id\":1"), hit(3, "!)", "\"id\":2")}),
                                            answer({hit(1, "!;", "\"id\":3"), hit(2, "!!", "\"id\":4")}), answer({})});
    QVERIFY(result.ok());
    QCOMPARE(result->hits, QByteArray("[{\"id\":3},{\"id\":4},{\"id\":1},{\"id\":2}]"));
    QCOMPARE(result->hitCount, 4ULL);
    QCOMPARE(result->total, 15ULL);
    QVERIFY(result->facetDistribution.isEmpty() && result->facetStats.isEmpty() && !result->semanticHitCount);
    // without the rule's entry the document's own member decides
    const QByteArray a = "{\"id\":1,\"_miroir_ord\":\"!)\",\"_rankingScoreDetails\":{}}";
    const QByteArray b = "{\"id\":2,\"_miroir_ord\":\"!(\",\"_rankingScoreDetails\":{}}";
    QCOMPARE(merged({}, {answer({a}), answer({b})}), QByteArray("[{\"id\":2},{\"id\":1}]"));
}

void TestSearchMerge::pages_data()
{
    QTest::addColumn<QList<quint64>>("numbers"); // finite, offset/page, limit/hitsPerPage, maxTotalHits
    QTest::addColumn<QByteArray>("ids");
    const quint64 huge = ~quint64 {0};
    const auto row = [](const char *name, QList<quint64> numbers, const char *ids) {
        QTest::newRow(name) << numbers << QByteArray(ids);
    };
    row("first", {0, 0, 2, 1000}, "01");
    row("offset", {0, 3, 2, 1000}, "34");
    row("beyond", {0, 7, 2, 1000}, "");
    row("limit 0", {0, 0, 0, 1000}, "");
    row("cut by maxTotalHits", {0, 2, 20, 4}, "23");
    row("offset beyond maxTotalHits", {0, 5, 20, 4}, "");
    row("huge numbers", {0, huge, huge, huge}, "");
    row("huge limit", {0, 4, huge, huge}, "45");
    row("page 1", {1, 1, 4, 1000}, "0123");
    row("page 2", {1, 2, 4, 1000}, "45");
    row("page 0", {1, 0, 4, 1000}, "");
    row("no hits per page", {1, 1, 0, 1000}, "");
    row("page cut by maxTotalHits", {1, 2, 4, 5}, "4");
    row("huge page", {1, huge, huge, 1000}, "");
}

void TestSearchMerge::pages()
{
    QFETCH(QList<quint64>, numbers);
    QFETCH(QByteArray, ids);
    MergeRequest request;
    request.finite = numbers[0] == 1;
    request.offset = request.page = numbers[1];
    request.limit = request.hitsPerPage = numbers[2];
    request.maxTotalHits = numbers[3];
    Answers answers;
    for (int node = 0; node < 3; ++node) {
        answers.push_back(answer({hit(node, "!", "\"id\":" + QByteArray::number(node)),
                                     hit(node + 3, "!", "\"id\":" + QByteArray::number(node + 3))},
            request.finite ? "\"totalHits\":2" : "\"estimatedTotalHits\":2"));
    }
    const auto result = mergeSearch(request, answers);
    QVERIFY(result.ok());
    QByteArray got = result->hits;
    for (const char *noise : {"[", "]", "{\"id\":", "}", ","})
        got.replace(noise, "");
    QCOMPARE(got, ids);
    QCOMPARE(result->total, 6ULL);
    if (request.finite)
        QCOMPARE(result->totalPages, numbers[2] == 0 ? 0 : numbers[2] > 6 ? 1 : 2);
}

void TestSearchMerge::scoresOnlyWhenAsked()
{
    MergeRequest request;
    const Answers answers {answer({hit(2, "!(", "\"id\":1")})};
    request.showRankingScore = true;
    QCOMPARE(merged(request, answers), QByteArray("[{\"id\":1,\"_rankingScore\":0.5}]"));
    request.showRankingScoreDetails = true;
    QCOMPARE(merged(request, answers),
        QByteArray("[{\"id\":1,\"_rankingScore\":0.5,\"_rankingScoreDetails\":{\"v:asc\":{\"order\":0,\"value\":"
            "2}}}]"));
    request.displayed = std::vector<std::string> {"id"};
    QCOMPARE(merged(request, answers),
        QByteArray("[{\"id\":1,\"_rankingScore\":0.5,\"_rankingScoreDetails\":{\"<hidden-rule-0>\":{\"order\":0,"
            "\"value\":\"<hidden>\"}}}]"));
}

void TestSearchMerge::attributesToRetrieve_data()
{
    QTest::addColumn<QList<QByteArray>>("list");
    QTest::addColumn<QByteArray>("document");
    QTest::newRow("all") << QList<QByteArray> {"*"} << QByteArray("{\"id\":1,\"a\":{\"b\":1,\"c\":{\"d\":2}},"
        "\"l\":[{\"b\":3},4,{\"c\":5}],\"x.y\":6}");
    QTest::newRow("one") << QList<QByteArray> {"id"} << QByteArray("{\"id\":1}");
    QTest::newRow("none") << QList<QByteArray>() << QByteArray("{}");
    QTest::newRow("unknown") << QList<QByteArray> {"nope"} << QByteArray("{}");
    QTest::newRow("object") << QList<QByteArray> {"a"} << QByteArray("{\"a\":{\"b\":1,\"c\":{\"d\":2}}}");
    QTest::newRow("nested") << QList<QByteArray> {"a.c", "id"} << QByteArray("{\"id\":1,\"a\":{\"c\":{\"d\":2}}}");
    QTest::newRow("in a list") << QList<QByteArray> {"l.b"} << QByteArray("{\"l\":[{\"b\":3}]}");
    QTest::newRow("nothing inside") << QList<QByteArray> {"a.z", "l.z"} << QByteArray("{\"a\":{},\"l\":[]}");
    QTest::newRow("below a number") << QList<QByteArray> {"id.z"} << QByteArray("{}");
    QTest::newRow("dotted key") << QList<QByteArray> {"x.y"} << QByteArray("{\"x.y\":6}");
    QTest::newRow("hidden") << QList<QByteArray> {"_miroir_ord", "_miroir_shard", "id"} << QByteArray("{\"id\":1}");
}

void TestSearchMerge::attributesToRetrieve()
{
    QFETCH(QList<QByteArray>, list);
    QFETCH(QByteArray, document);
    MergeRequest request;
    request.retrieve.emplace();
    for (const QByteArray &name : list)
        request.retrieve->push_back(name.toStdString());
    const QByteArray members = "\"id\":1,\"a\":{\"b\":1,\"c\":{\"d\":2}},\"l\":[{\"b\":3},4,{\"c\":5}],\"x.y\":6";
    QCOMPARE(merged(request, {answer({hit(1, "!", members)})}), "[" + document + "]");
}

void TestSearchMerge::displayedAttributes()
{
    MergeRequest request;
    request.displayed = std::vector<std::string> {"a", "_geo"};
    const Answers answers {answer({hit(1, "!", "\"id\":1,\"a\":2,\"_geo\":{\"lat\":1,\"lng\":2},\"_vectors\":"
        "{\"e\":1},\"_geoDistance\":5")})};
    QCOMPARE(merged(request, answers), QByteArray("[{\"a\":2,\"_geo\":{\"lat\":1,\"lng\":2},\"_geoDistance\":5}]"));
    request.retrieve = std::vector<std::string> {"a", "id"};
    QCOMPARE(merged(request, answers), QByteArray("[{\"a\":2}]"));
    request.displayed = std::vector<std::string> {"*"};
    QCOMPARE(merged(request, answers), QByteArray("[{\"id\":1,\"a\":2,\"_vectors\":{\"e\":1}}]"));
    request.displayed = std::vector<std::string> {};
    QCOMPARE(merged(request, answers), QByteArray("[{}]"));
}

void TestSearchMerge::formattedAndPositions()
{
    MergeRequest request;
    const QByteArray members = "\"id\":1,\"t\":\"x\",\"s\":\"y\",\"_formatted\":{\"id\":\"1\",\"t\":"
        "\"<em>x</em>\",\"s\":\"y\",\"_miroir_shard\":[\"!!\"],"
                               "\"_miroir_ord\":\"!\"},\"_matchesPosition\":{\"t\":[{\"start\":0}],\"n.m\":[1],"
                                   "\"_miroir_ord\":[],\"_miroir_shard\":[]}";
    const Answers answers {answer({hit(1, "!", members)})};
    request.formatted = {"*"};
    QCOMPARE(merged(request, answers),
        QByteArray("[{\"id\":1,\"t\":\"x\",\"s\":\"y\",\"_formatted\":{\"id\":\"1\",\"t\":\"<em>x</em>\",\"s\":\"y\"},"
                   "\"_matchesPosition\":{\"t\":[{\"start\":0}],\"n.m\":[1]}}]"));
    // only what was retrieved or is to be formatted
    request.formatted = {"t"};
    request.retrieve = std::vector<std::string> {"id"};
    QCOMPARE(merged(request, answers),
        QByteArray("[{\"id\":1,\"_formatted\":{\"id\":\"1\",\"t\":\"<em>x</em>\"},\"_matchesPosition\":{\"t\":"
            "[{\"start\":0}],\"n.m\":[1]}}]"));
    // displayed attributes bound everything; nothing to format, no _formatted
    request.displayed = std::vector<std::string> {"id", "s", "n"};
    QCOMPARE(merged(request, answers), QByteArray("[{\"id\":1,\"_matchesPosition\":{\"n.m\":[1]}}]"));
    request.formatted = {"t", "s"};
    QCOMPARE(merged(request, answers),
        QByteArray("[{\"id\":1,\"_formatted\":{\"id\":\"1\",\"s\":\"y\"},\"_matchesPosition\":{\"n.m\":[1]}}]"));
}

void TestSearchMerge::bytesAreKept()
{
    const QByteArray members = "\"id\":1,\"big\":12345678901234567890,\"one\":1.0,\"exp\":1E+2,\"twice\":1,\"twice\":2,"
                               "\"u\":\"\\u00e9\\/ \xC3\xA9\",\"n\":{ \"sp\" : [ 1 , 2 ] },\"\\u0061\":3";
    QCOMPARE(merged({}, {answer({hit(1, "!", members)})}), "[{" + members + "}]");
    // an escaped hidden name is hidden too
    QCOMPARE(merged({}, {answer({hit(1, "!", "\"id\":1,\"\\u005fmiroir_x\":2")})}), QByteArray("[{\"id\":1}]"));
}

void TestSearchMerge::distinctKeepsTheBest()
{
    MergeRequest request;
    request.distinct = "m";
    const auto result = mergeSearch(request,
        {answer({hit(2, "!", "\"id\":1,\"m\":\"Red\""), hit(5, "!", "\"id\":2"), hit(6, "!", "\"id\":3,\"m\":null")}),
            answer({hit(1, "!", "\"id\":4,\"m\":\" rEd\""), hit(3, "!", "\"id\":5,\"m\":1"), hit(4, "!",
                "\"id\":6,\"m\":\"1\"")}),
            answer({hit(7, "!", "\"id\":7,\"m\":1.0")})});
    QVERIFY(result.ok());
    // texts are compared normalised, numbers as numbers, and a text is no number
    QCOMPARE(result->hits,
        QByteArray("[{\"id\":4,\"m\":\" rEd\"},{\"id\":5,\"m\":1},{\"id\":6,\"m\":\"1\"},{\"id\":2},{\"id\":3,"
            "\"m\":null}]"));
    QCOMPARE(result->total, 13ULL);
    request.retrieve = std::vector<std::string> {"id"};
    QCOMPARE(mergeFields(request), (std::vector<std::string> {"_miroir_ord", "_miroir_shard", "m"}));
    QCOMPARE(merged(request, {answer({hit(2, "!", "\"id\":1,\"m\":\"Red\"")})}), QByteArray("[{\"id\":1}]"));
}

void TestSearchMerge::distinctWithLists()
{
    MergeRequest request;
    request.distinct = "o.c";
    QCOMPARE(merged(request,
                 {answer({hit(1, "!", "\"id\":1,\"o\":{\"c\":[\"a\",\"b\"]}"), hit(3, "!",
                     "\"id\":2,\"o\":[{\"c\":\"d\"},{\"c\":\"b\"}]")}),
                     answer({hit(2, "!", "\"id\":3,\"o.c\":\"c\""), hit(4, "!", "\"id\":4,\"o\":{\"c\":\"d\"}"),
                         hit(5, "!", "\"id\":5,\"o\":{\"c\":[]}")})}),
        QByteArray("[{\"id\":1,\"o\":{\"c\":[\"a\",\"b\"]}},{\"id\":3,\"o.c\":\"c\"},{\"id\":4,\"o\":{\"c\":"
            "\"d\"}},{\"id\":5,\"o\":{\"c\":[]}}]"));
}

void TestSearchMerge::distinctTakesItsNumbersOut()
{
    const auto facets = [](int number) {
        const QByteArray n = QByteArray::number(number);
        return "\"estimatedTotalHits\":1,\"facetDistribution\":{\"n\":{\"" + n
            + "\":1}},\"facetStats\":{\"n\":{\"min\":" + n + ",\"max\":" + n + "}}";
    };
    const Answers answers {answer({hit(1, "!", "\"id\":1,\"m\":1,\"n\":5")}, facets(5)),
        answer({hit(2, "!", "\"id\":2,\"m\":1,\"n\":9")}, facets(9)),
        answer({hit(3, "!", "\"id\":3,\"m\":2,\"n\":7")}, facets(7))};
    MergeRequest request;
    request.distinct = "m";
    request.facets = true;
    request.nodeValuesPerFacet = 2;
    auto result = mergeSearch(request, answers);
    QVERIFY(result.ok());
    QCOMPARE(result->facetDistribution, QByteArray("{\"n\":{\"5\":1,\"7\":1}}"));
    QCOMPARE(result->facetStats, QByteArray("{\"n\":{\"min\":5.0,\"max\":7.0}}"));
    // where a node has cut its list, greater numbers may be left that no list shows
    request.nodeValuesPerFacet = 1;
    result = mergeSearch(request, answers);
    QVERIFY(result.ok());
    QCOMPARE(result->facetStats, QByteArray("{\"n\":{\"min\":5.0,\"max\":9.0}}"));
}

void TestSearchMerge::pinsTakeTheirPlaces()
{
    const auto pin = [](const char *id, int position) {
        return QByteArray("{\"id\":") + id + ",\"_rankingScoreDetails\":{\"pin\":{\"order\":0,\"position\":"
            + QByteArray::number(position) + "}}}";
    };
    const Answers answers {answer({pin("90", 0), hit(1, "!", "\"id\":1"), hit(3, "!", "\"id\":3")}),
        answer({pin("93", 3), hit(2, "!", "\"id\":2"), pin("99", 50)})};
    MergeRequest request;
    QCOMPARE(merged(request, answers),
        QByteArray("[{\"id\":90},{\"id\":1},{\"id\":2},{\"id\":93},{\"id\":3},{\"id\":99}]"));
    request.offset = 2;
    request.limit = 2;
    QCOMPARE(merged(request, answers), QByteArray("[{\"id\":2},{\"id\":93}]"));
}

void TestSearchMerge::semanticCountAndVector()
{
    const auto vectorHit = [](const char *id, const char *similarity) {
        return QByteArray("{\"id\":") + id + ",\"_rankingScoreDetails\":{\"vectorSort\":{\"order\":0,"
            "\"similarity\":" + similarity + "}}}";
    };
    MergeRequest request;
    request.limit = 2;
    const auto result = mergeSearch(request,
        {answer({vectorHit("1", "0.5"), vectorHit("2", "0.4")}, "\"estimatedTotalHits\":2,\"semanticHitCount\":2"),
            answer({vectorHit("3", "0.9")}, "\"estimatedTotalHits\":1,\"semanticHitCount\":1,\"queryVector\":"
                "[0.1,0.2]")});
    QCOMPARE(result->hits, QByteArray("[{\"id\":3},{\"id\":1}]"));
    QCOMPARE(result->semanticHitCount.value_or(99), 2ULL);
    QCOMPARE(result->queryVector, QByteArray("[0.1,0.2]"));
}

void TestSearchMerge::answerInANodesOrder()
{
    MergeRequest request;
    request.facets = true;
    request.limit = 1;
    const auto result = mergeSearch(request,
        {answer({hit(1, "!", "\"id\":1")}, "\"estimatedTotalHits\":1,\"facetDistribution\":{},\"facetStats\":{},"
            "\"semanticHitCount\":0,\"queryVector\":[1]")});
    AnswerFrame frame;
    frame.query = "\"a\\\"b\"";
    frame.processingTimeMs = 7;
    frame.requestUid = "0190";
    frame.metadata = "{\"queryUid\":\"u\"}";
    frame.indexUid = "movies";
    QCOMPARE(writeSearch(request, *result, frame),
        QByteArray("{\"indexUid\":\"movies\",\"hits\":[{\"id\":1}],\"query\":\"a\\\"b\",\"queryVector\":[1],"
            "\"processingTimeMs\":7,\"limit\":1,\"offset\":0,"
                   "\"estimatedTotalHits\":1,\"facetDistribution\":{},\"facetStats\":{},\"requestUid\":\"0190\","
                       "\"metadata\":{\"queryUid\":\"u\"},"
                   "\"semanticHitCount\":0}"));
    MergeRequest finite;
    finite.finite = true;
    const auto paged = mergeSearch(finite, {answer({}, "\"totalHits\":41")});
    QCOMPARE(writeSearch(finite, *paged, {}),
        QByteArray("{\"hits\":[],\"query\":\"\",\"processingTimeMs\":0,\"hitsPerPage\":20,\"page\":1,"
            "\"totalPages\":3,\"totalHits\":41,\"requestUid\":\"\"}"));
}

void TestSearchMerge::refusals_data()
{
    QTest::addColumn<QByteArray>("bad");
    QTest::addColumn<QString>("reason");
    const auto row = [](const QByteArray &bad, const char *reason) {
        QTest::newRow(bad.left(60).constData()) << bad << QString::fromUtf8(reason);
    };
    row("", "answer 1: is not JSON: EOF while parsing a value at line 1 column 0");
    row("[]", "answer 1: is not an object");
    row("{}", "answer 1: hits is not an array");
    row("{\"hits\":{}}", "answer 1: hits is not an array");
    row(answer({"1"}), "answer 1: hit 0: is not an object");
    row(answer({hit(1, "!", "\"id\":1"), "{\"id\":1}"}), "answer 1: hit 1: has no _rankingScoreDetails");
    row(answer({"{\"_rankingScoreDetails\":[]}"}), "answer 1: hit 0: _rankingScoreDetails is not an object");
    row(answer({}, "\"totalHits\":5"), "answer 1: estimatedTotalHits is not a number");
    row(answer({}, "\"estimatedTotalHits\":-5"), "answer 1: estimatedTotalHits is not a number");
    row(answer({}, "\"estimatedTotalHits\":NaN"), "answer 1: is not JSON: expected value at line 1 column 88");
    row(answer({}, "\"estimatedTotalHits\":1,\"facetDistribution\":[]"),
        "answer 1: facetDistribution is not an object");
    row(answer({}, "\"estimatedTotalHits\":1,\"facetDistribution\":{\"a\":1}"),
        "answer 1: facetDistribution.a is not an object");
    row(answer({}, "\"estimatedTotalHits\":1,\"facetDistribution\":{\"a\":{\"x\":1.5}}"),
        "answer 1: a count in facetDistribution.a is not a number");
    row(answer({}, "\"estimatedTotalHits\":1,\"facetStats\":{\"a\":{\"min\":1}}"),
        "answer 1: facetStats.a has no min and max");
    row(QByteArray(100000, '['), "answer 1: is not JSON: recursion limit exceeded at line 1 column 128");
}

void TestSearchMerge::refusals()
{
    QFETCH(QByteArray, bad);
    QFETCH(QString, reason);
    MergeRequest request;
    request.facets = true;
    const auto result = mergeSearch(request, {answer({}), bad, answer({})});
    QVERIFY(!result.ok());
    QCOMPARE(result.error().answer, 1U);
    QCOMPARE(toQString(result.error().message()), reason);
}

void TestSearchMerge::mutatedAnswersNeverCrash()
{
    const QByteArray good = answer({hit(2, "!(", "\"id\":1,\"a\":{\"b\":[1,2]},\"m\":\"x\""), hit(3, "!)",
        "\"id\":2,\"_formatted\":{\"a\":1},\"_matchesPosition\":{\"a\":[]}")},
        "\"estimatedTotalHits\":2,\"facetDistribution\":{\"f\":{\"1\":2}},\"facetStats\":{\"f\":{\"min\":1,"
            "\"max\":1}}");
    MergeRequest request;
    request.facets = true;
    request.showRankingScoreDetails = true;
    request.distinct = "a.b";
    request.retrieve = std::vector<std::string> {"a.b", "id"};
    request.formatted = {"a"};
    const quint64 seed = qEnvironmentVariableIsSet("MIROIR_SEED")
        ? qEnvironmentVariable("MIROIR_SEED").toULongLong() : 20260722;
    qInfo("MIROIR_SEED=%llu", static_cast<unsigned long long>(seed));
    Random random(seed);
    static const char pieces[] = "{}[]\",:0123456789.-eEnulltrue\\u_ \n\xC3\xA9";
    int merges = 0;
    for (int i = 0; i < 20000; ++i) {
        QByteArray bad = good;
        for (auto changes = 1 + random() % 4; changes > 0; --changes) {
            const auto at = static_cast<qsizetype>(random() % static_cast<std::uint64_t>(bad.size()));
            const char piece = pieces[random() % (sizeof pieces - 1)];
            switch (random() % 4) {
            case 0:
                bad[at] = piece;
                break;
            case 1:
                bad.remove(at, static_cast<qsizetype>(1 + random() % 8));
                break;
            case 2:
                bad.insert(at, piece);
                break;
            default:
                bad.insert(at, bad.mid(static_cast<qsizetype>(random() % static_cast<std::uint64_t>(bad.size())), 20));
            }
            if (bad.isEmpty())
                bad = "x";
        }
        const auto result = mergeSearch(request, {good, bad});
        if (!result)
            continue;
        ++merges;
        QVERIFY2(!json::validate(sv(result->hits)), bad.constData());
        QVERIFY2(!json::validate(sv(result->facetDistribution)), bad.constData());
        QVERIFY2(!result->hits.contains("\"_miroir_"), bad.constData());
    }
    QVERIFY(merges > 500);
}

void TestSearchMerge::partitionDoesNotMatter()
{
    Random random(7);
    for (int round = 0; round < 100; ++round) {
        QList<QByteArray> hits;
        for (int n = 0; n < 40; ++n) {
            const QByteArray ord = QByteArray::number(1000 + n);
            hits.push_back(hit(static_cast<int>(random() % 5), ord.constData(),
                "\"id\":" + QByteArray::number(n) + ",\"m\":" + QByteArray::number(static_cast<int>(random() % 30))));
        }
        MergeRequest request;
        request.offset = random() % 10;
        request.limit = random() % 30;
        if (round % 2 == 0)
            request.distinct = "m";
        const QByteArray whole = merged(request, {answer(hits, "\"estimatedTotalHits\":1000")});
        for (int partition = 0; partition < 4; ++partition) {
            std::vector<QList<QByteArray>> parts(1 + random() % 5);
            std::shuffle(hits.begin(), hits.end(), random);
            for (const QByteArray &one : hits)
                parts[random() % parts.size()].push_back(one);
            Answers answers;
            for (const auto &part : parts)
                answers.push_back(answer(part, "\"estimatedTotalHits\":1000"));
            QCOMPARE(merged(request, answers), whole);
        }
    }
}

QTEST_GUILESS_MAIN(TestSearchMerge)
#include "tst_search_merge.moc"
