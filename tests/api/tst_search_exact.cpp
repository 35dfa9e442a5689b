// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <random>
#include <set>

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// The whole path of searches against one node that holds everything: three nodes, two replicas.
class SearchExactTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void asOneNode_data();
    void asOneNode();
    void randomRequests();
    void hiddenFieldsDoNotExist();
    void formsOfFacetValues();
    void severalDistinctValues();
    void updatesKeepTheOrder();
    void pagesWhileANodeDies();

private:
    [[nodiscard]] QByteArray both(const QByteArray &method, const QByteArray &target, const QByteArray &body);
    void onBoth(const QByteArray &method, const QByteArray &target, const QByteArray &body);

    std::unique_ptr<TestCluster> m_cluster;
    std::unique_ptr<TestCluster> m_other; ///< only for its node, which is asked directly
};

namespace {

/// What may differ from server to server is left out.
QByteArray essence(const PlainHttp::Answer &answer)
{
    const auto document = json::Document::parse(answer.body);
    if (!document || !document->root().isObject())
        return QByteArray::number(answer.status) + ' ' + answer.body;
    QByteArray out = QByteArray::number(answer.status);
    for (const json::Member member : document->root().members()) {
        if (member.key() != "processingTimeMs" && member.key() != "requestUid")
            out += ' ' + toBytes(member.name.raw()) + ':' + toBytes(member.value.raw());
    }
    return out;
}

QByteArray documentsOf(int from, int count)
{
    static const char *const titles[]
        = {"the quick film", "film of a quick fox", "slow film", "a fox", "Filming foxes"};
    static const char *const colors[] = {"Red", "red", "blue", "GREEN", "green "};
    QByteArray out;
    for (int i = from; i < from + count; ++i) {
        const auto pick = [i](int prime, int below) { return (i * prime + i / 7) % below; };
        out += (i == from ? "[{" : ",{") + QByteArray("\"id\":") + QByteArray::number(i);
        out += ",\"title\":\"" + QByteArray(titles[pick(3, 5)]) + ' ' + QByteArray::number(pick(5, 20)) + '"';
        out += ",\"group\":\"g" + QByteArray::number(pick(11, 23)) + '"';
        out += ",\"tags\":[\"" + QByteArray(colors[pick(2, 5)]) + "\",\"t" + QByteArray::number(pick(13, 9)) + "\"]";
        if (i % 5 != 0)
            out += ",\"price\":" + (i % 3 == 0 ? QByteArray("\"cheap\"") : QByteArray::number(pick(17, 40) * 0.5));
        if (i % 4 == 0) {
            out += ",\"_vectors\":{\"e\":null}";
        } else {
            // no two alike: of equally near ones a node looks at as many as it needs, in no order
            out += ",\"_vectors\":{\"e\":[" + QByteArray::number(0.1 + (i * 7919 % 1009) / 1261.0) + ','
                + QByteArray::number(0.9 - (i * 4729 % 997) / 1246.0) + "]}";
        }
        out += '}';
    }
    return out + ']';
}

std::vector<std::string> idsOf(const QByteArray &answer)
{
    std::vector<std::string> ids;
    const auto document = json::Document::parse(answer);
    if (document) {
        for (const json::Value hit : document->root()["hits"].items())
            ids.emplace_back(hit["id"].raw());
    }
    return ids;
}

} // namespace

QByteArray SearchExactTest::both(const QByteArray &method, const QByteArray &target, const QByteArray &body)
{
    const QByteArray expected = essence(m_other->node(0).send(method, target, body));
    const QByteArray got = essence(m_cluster->http().send(method, target, body));
    return got == expected ? QByteArray() : target + ' ' + body + "\n got " + got + "\nnot  " + expected;
}

void SearchExactTest::onBoth(const QByteArray &method, const QByteArray &target, const QByteArray &body)
{
    QCOMPARE(m_cluster->statusOf(m_cluster->http().send(method, target, body)), QByteArray("succeeded"));
    const auto direct = m_other->node(0).send(method, target, body);
    QCOMPARE(direct.status, 202);
    const QByteArray task = "/tasks/" + direct.member("taskUid");
    QTRY_COMPARE_WITH_TIMEOUT(m_other->node(0).send("GET", task).text("status"), QByteArray("succeeded"), 60'000);
}

void SearchExactTest::initTestCase()
{
    m_cluster = std::make_unique<TestCluster>(3, 2);
    m_other = std::make_unique<TestCluster>(1, 1);
    QVERIFY(m_cluster->start());
    onBoth("PATCH", "/indexes/m/settings",
        R"({"searchableAttributes":["title"],"filterableAttributes":["group","tags","price"],)"
        R"("sortableAttributes":["price","group"],"embedders":{"e":{"source":"userProvided","dimensions":2}}})");
    onBoth("POST", "/indexes/m/documents", documentsOf(0, 300));
}

void SearchExactTest::asOneNode_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const char *body, const char *target = "/indexes/m/search") {
        QTest::newRow(name) << QByteArray(target) << QByteArray(body);
    };
    row("words", R"({"q":"quick film","showRankingScore":true})");
    row("hybrid", R"({"q":"quick","vector":[0.4,0.6],"hybrid":{"embedder":"e"},"showRankingScore":true})");
    row("hybrid, words enough", R"({"q":"film","vector":[0.4,0.6],"hybrid":{"embedder":"e","semanticRatio":0.1}})");
    row("hybrid, words highlighted", R"({"q":"fox","vector":[0.9,0.1],"hybrid":{"embedder":"e","semanticRatio":0.9},)"
                                     R"("attributesToHighlight":["title"],"limit":40,"retrieveVectors":true})");
    row("hybrid, pages", R"({"q":"fox","vector":[0.9,0.1],"hybrid":{"embedder":"e"},"page":3,"hitsPerPage":7})");
    row("hybrid, facets", R"({"q":"fox","vector":[0.9,0.1],"hybrid":{"embedder":"e"},"facets":["group"]})");
    row("hybrid, sorted", R"({"q":"film","vector":[0.9,0.1],"hybrid":{"embedder":"e"},"sort":["price:desc"]})");
    row("hybrid without a vector", R"({"q":"fox","hybrid":{"embedder":"e"},"limit":5})");
    row("semantic", R"({"vector":[0.4,0.6],"hybrid":{"embedder":"e"},"limit":50,"showRankingScoreDetails":true})");
    row("semantic, offset", R"({"vector":[0.4,0.6],"hybrid":{"embedder":"e"},"limit":5,"offset":30})");
    row("semantic without a vector", R"({"q":"fox","hybrid":{"embedder":"e","semanticRatio":1}})");
    row("no such embedder", R"({"vector":[0.4,0.6],"hybrid":{"embedder":"f"}})");
    row("wrong dimensions", R"({"vector":[0.4],"hybrid":{"embedder":"e"}})");
    row("distinct", R"({"q":"film","distinct":"group","limit":7})");
    row("distinct, finite", R"({"q":"film","distinct":"group","hitsPerPage":4,"facets":["price","group"]})");
    row("distinct, lists", R"({"distinct":"tags","limit":9,"facets":["*"]})");
    row("distinct, lists and words", R"({"q":"fox","distinct":"tags","page":2,"hitsPerPage":3,"facets":["tags"]})");
    row("distinct, mixed", R"({"distinct":"price","sort":["price:desc"],"limit":20,"facets":["price"]})");
    row("distinct, nothing", R"({"q":"film","distinct":"group","limit":0})");
    row("threshold", R"({"q":"quick fox","rankingScoreThreshold":0.6,"limit":5,"facets":["group"]})");
    row("threshold, sorted", R"({"q":"quick fox","rankingScoreThreshold":0.9,"sort":["group:asc"],"limit":3})");
    row("threshold, finite", R"({"q":"quick fox","rankingScoreThreshold":0.6,"hitsPerPage":5})");
    row("threshold and distinct", R"({"q":"quick","rankingScoreThreshold":0.8,"distinct":"group","limit":5})");
    row("forms of facet values", R"({"q":"fox","facets":["tags"]})");
    const char *similar = "/indexes/m/similar";
    row("similar", R"({"id":1,"embedder":"e"})", similar);
    row("similar, text id", R"({"id":"2","embedder":"e","limit":4,"offset":3,"showRankingScore":true})", similar);
    row("similar, details", R"({"id":3,"embedder":"e","showRankingScoreDetails":true,"retrieveVectors":true})",
        similar);
    row("similar, filter", R"({"id":5,"embedder":"e","filter":"group = g5"})", similar);
    row("similar, filtered out", R"({"id":5,"embedder":"e","filter":"group != g5","limit":2})", similar);
    row("similar, threshold", R"({"id":6,"embedder":"e","rankingScoreThreshold":0.99,"limit":100})", similar);
    row("similar, no vector", R"({"id":4,"embedder":"e"})", similar);
    row("similar, unknown", R"({"id":4000,"embedder":"e"})", similar);
    row("similar, no embedder", R"({"id":4,"embedder":"x"})", similar);
    row("similar, bad id", R"({"id":[1],"embedder":"e"})", similar);
    row("similar, bad filter", R"({"id":1,"embedder":"e","filter":"nope = 1"})", similar);
    row("similar, fields", R"({"id":1,"embedder":"e","attributesToRetrieve":["group","_miroir_ord"]})", similar);
    row("similar, no index", R"({"id":1,"embedder":"e"})", "/indexes/none/similar");
}

void SearchExactTest::asOneNode()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, body);
    for (int i = 0; i < 3; ++i) { // whichever replicas answer
        const QByteArray difference = both("POST", target, body);
        QVERIFY2(difference.isEmpty(), difference.constData());
    }
}

/// Everything at once, in combinations nobody thought of.
void SearchExactTest::randomRequests()
{
    std::mt19937_64 random(20261126);
    const auto one = [&random](const std::vector<QByteArray> &choices) { return choices[random() % choices.size()]; };
    for (int i = 0; i < 150; ++i) {
        QByteArray body = "{" + one({"", R"("q":"film",)", R"("q":"quick fox",)", R"("q":"filming",)", R"("q":"12",)"});
        body += one({"", "", R"("vector":[0.3,0.6],"hybrid":{"embedder":"e","semanticRatio":0.7},)",
            R"("hybrid":{"embedder":"e","semanticRatio":0},)"});
        body += one({"", "", R"("filter":"price > 5",)", R"("filter":["group != g3",["tags = red","tags = t4"]],)"});
        body += one({"", "", R"("sort":["price:asc","group:desc"],)", R"("sort":["group:asc"],)"});
        const bool words = !body.contains("vector");
        if (words) // of hybrid searches only the hits are exact then
            body += one({"", "", R"("distinct":"group",)", R"("distinct":"tags",)", R"("distinct":"price",)"});
        if (words)
            body += one({"", "", R"("rankingScoreThreshold":0.7,)", R"("rankingScoreThreshold":0.95,)"});
        // tags are written in several forms; which is shown is settled for searches by words only
        body += one({"", words ? R"("facets":["price","tags"],)" : R"("facets":["price"],)", R"("facets":["group"],)"});
        body += one({"", R"("attributesToHighlight":["*"],)", R"("attributesToRetrieve":["id"],)"});
        body += one({R"("limit":7)", R"("limit":30,"offset":5)", R"("page":2,"hitsPerPage":6)", R"("limit":0)",
            R"("hitsPerPage":50)"});
        const QByteArray difference = both("POST", "/indexes/m/search", body + '}');
        QVERIFY2(difference.isEmpty(), difference.constData());
    }
}

void SearchExactTest::hiddenFieldsDoNotExist()
{
    for (const QByteArray field : {"_miroir_ord", "_miroir_shard"}) {
        const QByteArray plain
            = R"({"q":"fox","showMatchesPosition":true,"showRankingScoreDetails":true,"facets":["*"],"limit":2})";
        for (const QByteArray &body : {R"({"sort":[")" + field + R"(:asc"]})", R"({"filter":")" + field + R"( = x"})",
                 R"({"facets":[")" + field + R"("]})", R"({"distinct":")" + field + R"("})",
                 R"({"attributesToRetrieve":[")" + field + R"("],"limit":2})",
                 R"({"q":"fox","attributesToHighlight":[")" + field + R"("],"limit":2})",
                 R"({"q":"fox","attributesToCrop":[")" + field + R"(:3"],"limit":2})",
                 R"({"q":"fox","attributesToSearchOn":[")" + field + R"("]})",
                 plain}) {
            const QByteArray difference = both("POST", "/indexes/m/search", body);
            QVERIFY2(difference.isEmpty(), difference.constData());
        }
    }
}

/// More documents than are looked at, but few with the values that nodes write in different ways.
void SearchExactTest::formsOfFacetValues()
{
    onBoth("POST", "/indexes", R"({"uid":"forms","primaryKey":"id"})");
    onBoth("PATCH", "/indexes/forms/settings",
        R"({"filterableAttributes":["color"],"pagination":{"maxTotalHits":12}})");
    static const char *const rare[] = {"Rare", "RARE", "rare", "rAre", "Odd", "oDd", "ODD", "say \\\"a\\\"",
        "SAY \\\"A\\\""};
    QByteArray documents;
    for (int id = 0; id < 60; ++id) {
        const QByteArray color = id % 7 == 3 ? QByteArray(rare[id / 7]) : "c" + QByteArray::number(id);
        documents += (id == 0 ? "[{\"id\":" : ",{\"id\":") + QByteArray::number(id) + ",\"title\":\"film "
            + QByteArray::number(id % 3) + "\",\"color\":\"" + color + "\"}";
    }
    onBoth("POST", "/indexes/forms/documents", documents + ']');
    for (const QByteArray body : {R"({"facets":["color"],"limit":1})", R"({"q":"film","facets":["color"],"limit":3})",
             R"({"q":"film 2","facets":["color"],"page":2,"hitsPerPage":2})",
             R"({"facets":["color"],"filter":"color IN [rare, odd, c1]"})"}) {
        for (int i = 0; i < 3; ++i) {
            const QByteArray difference = both("POST", "/indexes/forms/search", body);
            QVERIFY2(difference.isEmpty(), difference.constData());
        }
    }
}

/// Pages that need more candidates than nodes give at once, of documents that exclude others by several values.
void SearchExactTest::severalDistinctValues()
{
    onBoth("POST", "/indexes", R"({"uid":"several","primaryKey":"id"})");
    onBoth("PATCH", "/indexes/several/settings",
        R"({"filterableAttributes":["tags","color",{"attributePatterns":["pair"],"features":)"
        R"({"filter":{"equality":true,"comparison":false}}},{"attributePatterns":["range"],"features":)"
        R"({"filter":{"equality":false,"comparison":true}}}],"sortableAttributes":["rank"],)"
        R"("distinctAttribute":"own","pagination":{"maxTotalHits":12}})");
    QByteArray documents;
    std::mt19937_64 random(5);
    const auto list = [&random](const std::vector<QByteArray> &values, unsigned most) {
        QByteArray out;
        for (auto i = 1 + random() % most; i > 0; --i)
            out += (out.isEmpty() ? "[" : ",") + values[random() % values.size()];
        return out + ']';
    };
    const std::vector<QByteArray> texts {R"("a")", R"("A ")", R"("b")", R"("say \"c\"")", R"("d\\e")", R"("f\ng")",
        R"("h")", R"("i")", R"("j")", R"("k")"};
    std::vector<QByteArray> mixed {R"("7")", "7", R"("0.5")", "0.5", "-3", R"("-3")", "true", R"("true")", "1e3",
        R"("1000")", "8", "9", "10", "11"};
    for (int id = 0; id < 240; ++id) {
        documents += (id == 0 ? "[{\"id\":" : ",{\"id\":") + QByteArray::number(id) + ",\"title\":\"film "
            + QByteArray::number(id % 4) + "\",\"rank\":" + QByteArray::number(id * 7 % 50) + ",\"color\":\"c"
            + QByteArray::number(id % 3) + "\",\"tags\":" + list(mixed, 3) + ",\"pair\":" + list(texts, 2)
            + ",\"range\":" + list(texts, 1) + ",\"own\":" + list(texts, 3) + '}';
    }
    onBoth("POST", "/indexes/several/documents", documents + ']');
    int pages = 0;
    for (const QByteArray distinct : {R"()", R"("distinct":"tags",)", R"("distinct":"pair",)"}) {
        for (const QByteArray words : {R"()", R"("q":"film",)", R"("q":"film 2",)"}) {
            for (const QByteArray sort : {R"()", R"("sort":["rank:desc"],)", R"("sort":["rank:asc"],)"}) {
                for (const QByteArray page : {R"("limit":12)", R"("limit":4,"offset":5,"facets":["color"])",
                         R"("limit":3)", R"("page":2,"hitsPerPage":5)", R"("limit":12,"rankingScoreThreshold":0.5)"}) {
                    const QByteArray body = '{' + distinct + words + sort + page + '}';
                    const auto expected = m_other->node(0).send("POST", "/indexes/several/search", body);
                    const auto got = m_cluster->http().send("POST", "/indexes/several/search", body);
                    QCOMPARE(got.status, 200);
                    QVERIFY2(idsOf(got.body) == idsOf(expected.body), body + "\n got " + got.body);
                    // totals of finite searches would need all candidates
                    if (!page.contains("page") && !page.contains("Threshold"))
                        QVERIFY2(essence(got) == essence(expected), body + '\n' + got.body + '\n' + expected.body);
                    ++pages;
                }
            }
        }
    }
    QCOMPARE(pages, 135);
    // no filter can name values here; it must not matter but for the hits
    const auto ranges = m_cluster->http().send("POST", "/indexes/several/search", R"({"distinct":"range","limit":12})");
    QCOMPARE(ranges.status, 200);
}

void SearchExactTest::updatesKeepTheOrder()
{
    onBoth("PUT", "/indexes/m/documents",
        R"([{"id":3,"late":1},{"id":299,"late":2},{"id":1000,"title":"film 3","_vectors":{"e":null}}])");
    onBoth("POST", "/indexes/m/documents", R"([{"id":7,"title":"film 3","_vectors":{"e":null}},)"
        R"({"id":0,"title":"film 3","_vectors":{"e":[0.5,0.5]}}])");
    for (const QByteArray body : {R"({"limit":400})", R"({"q":"film","limit":400})", R"({"q":"film 3","limit":20})"}) {
        const QByteArray difference = both("POST", "/indexes/m/search", body);
        QVERIFY2(difference.isEmpty(), difference.constData());
    }
}

void SearchExactTest::pagesWhileANodeDies()
{
    for (const QByteArray &rest : {QByteArray(R"("q":"film")"), QByteArray(R"("sort":["price:asc"])"),
             QByteArray(R"("q":"fox","vector":[0.9,0.1],"hybrid":{"embedder":"e"})")}) {
        const auto long_ = idsOf(
            m_cluster->http().send("POST", "/indexes/m/search", '{' + rest + R"(,"limit":120})").body);
        QCOMPARE(long_.size(), std::size_t {120});
        QCOMPARE(std::set<std::string>(long_.begin(), long_.end()).size(), std::size_t {120});
        std::vector<std::string> pages;
        for (int page = 0; page < 12; ++page) {
            if (page == 5)
                m_cluster->stopNode(1);
            const auto answer = m_cluster->http().send("POST", "/indexes/m/search",
                '{' + rest + R"(,"limit":10,"offset":)" + QByteArray::number(page * 10) + '}');
            QCOMPARE(answer.status, 200);
            for (std::string &id : idsOf(answer.body))
                pages.push_back(std::move(id));
        }
        if (!rest.contains("vector")) // a hybrid page is only as long as a node looks for it
            QVERIFY(pages == long_);
        m_cluster->startNode(1);
        QTRY_COMPARE_WITH_TIMEOUT(m_cluster->admin().send("GET", "/_miroir/cluster").text("state"),
            QByteArray("healthy"), 60'000);
    }
}

QTEST_GUILESS_MAIN(SearchExactTest)
#include "tst_search_exact.moc"
