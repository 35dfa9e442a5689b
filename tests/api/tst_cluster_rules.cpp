// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include "json/Json.h"

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// Dynamic search rules over embedded nodes: they pin as those of one server, on every node, also on one that was away.
class ClusterRulesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pinsOfSeveralNodes();
    void listsAndRefusals();
    void anIndexThatComesLaterAndIsRenamed();
    void aNodeThatWasAway();
    void aNodeThatTakesNoRulesGoesOnServing();
    void rulesOutliveTheOrchestrator();
    void aChangeInTheLineIsCanceled();
};

namespace {

constexpr int documents = 40;
constexpr int waitMs = 30'000; // for what a busy machine may take long to see

QByteArray documentsBody()
{
    QByteArray body = "[";
    for (int i = 0; i < documents; ++i) {
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"title\":\""
            + (i % 2 == 0 ? "red" : "blue") + " film\",\"colour\":\"" + (i % 2 == 0 ? "red" : "blue") + "\"}";
    }
    return body + ']';
}

QByteArray pin(int id, int position)
{
    return R"({"selector":{"id":")" + QByteArray::number(id) + R"("},"action":{"type":"pin","position":)"
        + QByteArray::number(position) + "}}";
}

QByteArray idsOf(const PlainHttp::Answer &answer)
{
    const auto body = json::Document::parse(answer.body);
    QByteArray ids;
    if (body) {
        for (const json::Value hit : body->root()["hits"].items()) {
            const auto id = static_cast<qulonglong>(hit["id"].toU64().value_or(999));
            ids += (ids.isEmpty() ? "" : " ") + QByteArray::number(id);
        }
    }
    return answer.status == 200 ? ids : answer.body;
}

QByteArray search(const TestCluster &cluster, const QByteArray &body, const QByteArray &index = "films")
{
    return idsOf(cluster.http().send("POST", "/indexes/" + index + "/search", body));
}

QByteArray change(const TestCluster &cluster, const QByteArray &uid, const QByteArray &body)
{
    return cluster.statusOf(cluster.http().send("PATCH", "/dynamic-search-rules/" + uid, body));
}

/// The rules as that node lists them.
QByteArray rulesOn(const TestCluster &cluster, std::size_t node)
{
    return cluster.node(node).send("POST", "/dynamic-search-rules", "{\"limit\":100}").member("results");
}

/// Waits until the cluster is "healthy", "degraded" or "unavailable". It may be something else right after: a node that
/// has come back catches up once more with each write.
bool becomes(const TestCluster &cluster, const QByteArray &state)
{
    return QTest::qWaitFor(
        [&] { return cluster.admin().send("GET", "/_miroir/cluster").text("state") == state; }, waitMs);
}

bool startWithFilms(TestCluster &cluster)
{
    if (!cluster.start())
        return false;
    const auto http = cluster.http();
    return http.send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status == 200
        && cluster.statusOf(http.send("POST", "/indexes/films/documents", documentsBody())) == "succeeded"
        && cluster.statusOf(http.send("PATCH", "/indexes/films/settings", R"({"filterableAttributes":["colour"]})"))
        == "succeeded";
}

} // namespace

void ClusterRulesTest::pinsOfSeveralNodes()
{
    TestCluster cluster;
    QVERIFY(startWithFilms(cluster));
    const auto http = cluster.http();
    QCOMPARE(search(cluster, R"({"limit":4})"), QByteArray("0 1 2 3"));
    // the rule with the smaller precedence goes first at the same position, whichever node holds the document
    QCOMPARE(change(cluster, "late", R"({"precedence":9,"actions":[)" + pin(30, 2) + ',' + pin(31, 2) + "]}"),
        QByteArray("succeeded"));
    QCOMPARE(change(cluster, "early",
                 R"({"precedence":1,"conditions":{"query":{"isEmpty":true}},"actions":[)" + pin(33, 2) + ','
                     + pin(30, 0) + "]}"),
        QByteArray("succeeded"));
    QCOMPARE(search(cluster, R"({"limit":7})"), QByteArray("30 0 33 31 1 2 3"));
    QCOMPARE(search(cluster, R"({"limit":3,"offset":2})"), QByteArray("33 31 1"));
    // as on a node: 33 waits for its position first and keeps the others back, so that 31 is not among the first four
    QCOMPARE(search(cluster, R"({"page":2,"hitsPerPage":2})"), QByteArray("33 1"));
    QCOMPARE(search(cluster, R"({"q":"red","limit":5})"), QByteArray("0 2 30 31 4")); // only "late"
    QCOMPARE(search(cluster, R"({"filter":"colour = red","limit":4})"), QByteArray("30 0 2 4")); // 33, 31 are blue
    const auto counted = http.send("POST", "/indexes/films/search", R"({"q":"red","facets":["colour"]})");
    QCOMPARE(counted.member("estimatedTotalHits"), QByteArray("21")); // 31 does not match, and counts
    QCOMPARE(counted.member("facetDistribution"), QByteArray(R"({"colour":{"blue":1,"red":20}})"));
    const auto detailed
        = http.send("POST", "/indexes/films/search", R"({"limit":3,"offset":2,"showRankingScoreDetails":true})");
    QVERIFY(detailed.body.contains(R"("_rankingScoreDetails":{"pin":{"order":0,"position":2}})"));
    const QByteArray hidden = R"({"q":"red","limit":3,"attributesToRetrieve":["colour"]})"; // ids are not shown for it
    QVERIFY(!http.send("POST", "/indexes/films/search", hidden).body.contains("\"id\""));
    const auto federated = http.send("POST", "/multi-search",
        R"({"federation":{"limit":6},"queries":[{"indexUid":"films","q":"red"},{"indexUid":"films","q":"blue"}]})");
    QCOMPARE(idsOf(federated), QByteArray("0 2 30 31 30 31")); // each query pins on its own
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"dynamicSearchRules":false})").status, 200);
    QCOMPARE(search(cluster, R"({"limit":4})"), QByteArray("0 1 2 3"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status, 200);
    QCOMPARE(search(cluster, R"({"limit":4})"), QByteArray("30 0 33 1"));
    QCOMPARE(cluster.statusOf(http.send("DELETE", "/dynamic-search-rules/early")), QByteArray("succeeded"));
    QCOMPARE(search(cluster, R"({"limit":4})"), QByteArray("0 1 30 31"));
    const auto cleared = json::Document::parse(cluster.finished(http.send("DELETE", "/dynamic-search-rules")));
    QCOMPARE(cleared->root()["details"]["deletedDocuments"].toU64().value_or(9), std::uint64_t {1});
    QCOMPARE(search(cluster, R"({"limit":4})"), QByteArray("0 1 2 3"));
}

void ClusterRulesTest::listsAndRefusals()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(http.send("POST", "/dynamic-search-rules", "{}").text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(http.send("PATCH", "/dynamic-search-rules/a", "{}").text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status, 200);
    QCOMPARE(http.send("POST", "/dynamic-search-rules", "{}").body,
        QByteArray(R"({"results":[],"offset":0,"limit":20,"total":0})"));
    QCOMPARE(http.send("GET", "/dynamic-search-rules/a").text("code"), QByteArray("dynamic_search_rule_not_found"));
    QCOMPARE(http.send("PATCH", "/dynamic-search-rules/a%20b", "{}").status, 404);
    QCOMPARE(http.send("PATCH", "/dynamic-search-rules/a", R"({"precedence":"x"})").text("code"),
        QByteArray("invalid_dynamic_search_rule_priority"));
    const auto accepted
        = http.send("PATCH", "/dynamic-search-rules/a?customMetadata=mine", R"({"description":"promo red"})");
    QCOMPARE(accepted.status, 202);
    QCOMPARE(accepted.text("indexUid"), QByteArray(".meili_dsr"));
    const auto task = json::Document::parse(cluster.finished(accepted));
    QCOMPARE(toBytes(task->root()["details"].raw()),
        QByteArray(R"({"rule":{"description":"promo red"},"updatedRules":1})"));
    QCOMPARE(toBytes(task->root()["customMetadata"].toString()), QByteArray("mine"));
    QCOMPARE(change(cluster, "b", R"({"active":false,"conditions":{"query":{"words":"promo"}}})"),
        QByteArray("succeeded"));
    QCOMPARE(change(cluster, "c", R"({"description":"other","active":true})"), QByteArray("succeeded"));
    const auto uids = [&http](const QByteArray &body) {
        const auto page = json::Document::parse(http.send("POST", "/dynamic-search-rules", body).body);
        std::string all;
        for (const json::Value rule : page->root()["results"].items())
            all += rule["uid"].toString();
        return toBytes(all + " of " + std::string(page->root()["total"].raw()));
    };
    QCOMPARE(uids("{}"), QByteArray("abc of 3"));
    QCOMPARE(uids(R"({"offset":1,"limit":1})"), QByteArray("b of 3"));
    QCOMPARE(uids(R"({"filter":{"active":true}})"), QByteArray("c of 1")); // "a" has never said so
    QCOMPARE(uids(R"({"filter":{"query":"promo"}})"), QByteArray("ba of 2")); // words before descriptions
    QCOMPARE(uids(R"({"filter":{"query":"promo","active":false}})"), QByteArray("b of 1"));
    QCOMPARE(cluster.statusOf(http.send("DELETE", "/dynamic-search-rules/a")), QByteArray("succeeded"));
    QCOMPARE(change(cluster, "d", "{}"), QByteArray("succeeded"));
    QCOMPARE(uids("{}"), QByteArray("dbc of 3")); // the place of one that is gone
}

void ClusterRulesTest::anIndexThatComesLaterAndIsRenamed()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status, 200);
    const QByteArray action = R"({"selector":{"indexUid":"films","id":"9"},"action":{"type":"pin","position":1}})";
    QCOMPARE(change(cluster, "r", R"({"actions":[)" + action + "]}"), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/films/documents", documentsBody())), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/other/documents", documentsBody())), QByteArray("succeeded"));
    // nodes hear of it when it is there
    QTRY_COMPARE_WITH_TIMEOUT(search(cluster, R"({"limit":3})"), QByteArray("0 9 1"), waitMs);
    QCOMPARE(search(cluster, R"({"limit":3})", "other"), QByteArray("0 1 2"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/swap-indexes", R"([{"indexes":["films","other"]}])")),
        QByteArray("succeeded"));
    QTRY_COMPARE_WITH_TIMEOUT(search(cluster, R"({"limit":3})"), QByteArray("0 9 1"), waitMs);
    QTRY_COMPARE_WITH_TIMEOUT(search(cluster, R"({"limit":3})", "other"), QByteArray("0 1 2"), waitMs);
}

void ClusterRulesTest::aNodeThatWasAway()
{
    TestCluster cluster;
    QVERIFY(startWithFilms(cluster));
    QCOMPARE(change(cluster, "gone", R"({"actions":[)" + pin(5, 0) + "]}"), QByteArray("succeeded"));
    cluster.stopNode(1);
    QVERIFY(becomes(cluster, "degraded"));
    QCOMPARE(cluster.statusOf(cluster.http().send("DELETE", "/dynamic-search-rules/gone")), QByteArray("succeeded"));
    QCOMPARE(change(cluster, "new", R"({"actions":[)" + pin(7, 0) + ',' + pin(8, 0) + ',' + pin(12, 0) + "]}"),
        QByteArray("succeeded"));
    cluster.startNode(1);
    QVERIFY(becomes(cluster, "healthy"));
    QCOMPARE(rulesOn(cluster, 1), rulesOn(cluster, 0));
    cluster.stopNode(0); // so that the other two answer
    QVERIFY(becomes(cluster, "degraded"));
    QCOMPARE(search(cluster, R"({"limit":5})"), QByteArray("7 8 12 0 1"));
    cluster.wipeNode(0);
    cluster.startNode(0);
    QVERIFY(becomes(cluster, "healthy"));
    QCOMPARE(rulesOn(cluster, 0), rulesOn(cluster, 1));
}

void ClusterRulesTest::aNodeThatTakesNoRulesGoesOnServing()
{
    TestCluster cluster;
    QVERIFY(startWithFilms(cluster));
    const auto http = cluster.http();
    const QByteArray off = R"({"dynamicSearchRules":false})"; // somebody has set it on the node
    QCOMPARE(cluster.node(1).send("PATCH", "/experimental-features", off).status, 200);
    const auto accepted = http.send("PATCH", "/dynamic-search-rules/a", R"({"actions":[)" + pin(7, 0) + "]}");
    for (const std::size_t node : {std::size_t {0}, std::size_t {2}})
        QTRY_VERIFY_WITH_TIMEOUT(rulesOn(cluster, node).contains("\"a\""), waitMs);
    QCOMPARE(http.send("GET", "/tasks/" + accepted.member("taskUid")).text("status"), QByteArray("processing"));
    QVERIFY(becomes(cluster, "healthy"));
    QCOMPARE(http.send("POST", "/indexes/films/search", "{}").member("estimatedTotalHits"), QByteArray("40"));
    QCOMPARE(cluster.node(1).send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status, 200);
    QCOMPARE(cluster.statusOf(accepted), QByteArray("succeeded")); // it is tried again
    QCOMPARE(search(cluster, R"({"limit":2})"), QByteArray("7 0"));
}

void ClusterRulesTest::rulesOutliveTheOrchestrator()
{
    TestCluster cluster;
    QVERIFY(startWithFilms(cluster));
    QCOMPARE(change(cluster, "a", R"({"description":"kept","actions":[)" + pin(7, 1) + "]}"), QByteArray("succeeded"));
    const QByteArray before = cluster.http().send("GET", "/dynamic-search-rules/a").body;
    cluster.stopEngine();
    // what somebody has changed on a node meanwhile is put right
    QCOMPARE(cluster.node(2).send("DELETE", "/dynamic-search-rules").status, 202);
    QVERIFY(cluster.start());
    QCOMPARE(cluster.http().send("GET", "/dynamic-search-rules/a").body, before);
    QCOMPARE(search(cluster, R"({"limit":3})"), QByteArray("0 7 1"));
    QCOMPARE(rulesOn(cluster, 2), rulesOn(cluster, 0));
}

void ClusterRulesTest::aChangeInTheLineIsCanceled()
{
    TestCluster cluster;
    QVERIFY(startWithFilms(cluster));
    const auto http = cluster.http();
    for (std::size_t i = 0; i < 3; ++i)
        cluster.stopNode(i);
    QVERIFY(becomes(cluster, "unavailable"));
    const auto first = http.send("PATCH", "/dynamic-search-rules/a", R"({"actions":[)" + pin(7, 0) + "]}");
    const auto second = http.send("PATCH", "/dynamic-search-rules/b", R"({"actions":[)" + pin(8, 0) + "]}");
    const QByteArray firstTask = "/tasks/" + first.member("taskUid");
    QTRY_COMPARE_WITH_TIMEOUT(http.send("GET", firstTask).text("status"), QByteArray("processing"), waitMs);
    QCOMPARE(http.send("GET", "/tasks/" + second.member("taskUid")).text("status"), QByteArray("enqueued"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/tasks/cancel?types=dsrUpdate", {})), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/tasks/" + second.member("taskUid")).text("status"), QByteArray("canceled"));
    // the other one is under way: it ends when there is a node to follow it, after a restart too
    cluster.stopEngine();
    for (std::size_t i = 0; i < 3; ++i)
        cluster.startNode(i);
    QVERIFY(cluster.start());
    QCOMPARE(cluster.statusOf(first), QByteArray("succeeded"));
    QCOMPARE(search(cluster, R"({"limit":3})"), QByteArray("7 0 1"));
    QCOMPARE(cluster.http().send("GET", "/dynamic-search-rules/b").status, 404);
}

QTEST_GUILESS_MAIN(ClusterRulesTest)
#include "tst_cluster_rules.moc"
