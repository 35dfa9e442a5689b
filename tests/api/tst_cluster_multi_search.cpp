// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <QRegularExpression>

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// Multi-search, federated search and facet search over three embedded nodes, held against one such node that has
/// everything.
class ClusterMultiSearchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void answersAsOneNode_data();
    void answersAsOneNode();
    void refusesAsOneNode_data();
    void refusesAsOneNode();
    void countsOverlappingQueriesOnce();
    void keysDecideForEachQuery();
    void metadataAndDetails();
    void manyQueriesAtOnce();
    void aDyingNodeChangesNothing();

private:
    [[nodiscard]] PlainHttp one() const { return m_single->node(0); }
    void compare(const QByteArray &target, const QByteArray &body) const;

    std::unique_ptr<TestCluster> m_cluster;
    std::unique_ptr<TestCluster> m_single;
};

namespace {

/// Films of an index: numbers decide about their words, so that queries find some of them.
QByteArray films(int count, int seed)
{
    static const char *const words[] = {"dark", "knight", "star", "space", "night", "rain"};
    static const char *const genres[] = {"Drama", "action", "Sci-Fi", "comedy"};
    QByteArray body = "[";
    for (int i = 0; i < count; ++i) {
        const int mixed = (i * 7919 + seed * 104'729) % 9973;
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"title\":\""
            + words[mixed % 6] + ' ' + words[mixed / 6 % 6] + ' ' + words[mixed / 36 % 6] + "\",\"rank\":"
            + QByteArray::number(mixed % 11) + ",\"genre\":\"" + genres[mixed % 4] + "\"}";
    }
    return body + ']';
}

/// What differs from one answer to the next.
QByteArray masked(QByteArray body)
{
    static const QRegularExpression uid(QStringLiteral("\"(requestUid|queryUid)\":\"[0-9a-f-]+\""));
    static const QRegularExpression time(QStringLiteral("\"processingTimeMs\":[0-9]+"));
    QString text = QString::fromUtf8(body);
    text.replace(uid, QStringLiteral("\"\\1\":\"\"")).replace(time, QStringLiteral("\"processingTimeMs\":0"));
    return text.toUtf8();
}

} // namespace

void ClusterMultiSearchTest::initTestCase()
{
    m_cluster = std::make_unique<TestCluster>();
    m_single = std::make_unique<TestCluster>(1, 1);
    QVERIFY(m_cluster->start());
    const QByteArray settings = R"({"filterableAttributes":["genre","rank"],"sortableAttributes":["rank"]})";
    int seed = 0;
    for (const QByteArray uid : {"films", "series"}) {
        const QByteArray documents = films(200, ++seed);
        const QByteArray path = "/indexes/" + uid;
        QCOMPARE(m_cluster->statusOf(m_cluster->http().send("PATCH", path + "/settings", settings)),
            QByteArray("succeeded"));
        QCOMPARE(m_cluster->statusOf(m_cluster->http().send("POST", path + "/documents", documents)),
            QByteArray("succeeded"));
        QCOMPARE(one().send("PATCH", path + "/settings", settings).status, 202);
        QCOMPARE(one().send("POST", path + "/documents", documents).status, 202);
    }
    QTRY_COMPARE(one().send("GET", "/indexes/series/stats").member("numberOfDocuments"), QByteArray("200"));
}

void ClusterMultiSearchTest::compare(const QByteArray &target, const QByteArray &body) const
{
    const PlainHttp::Answer expected = one().send("POST", target, body);
    const PlainHttp::Answer got = m_cluster->http().send("POST", target, body);
    QCOMPARE(got.status, expected.status);
    QCOMPARE(masked(got.body), masked(expected.body));
}

void ClusterMultiSearchTest::answersAsOneNode_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const char *target, const char *body) {
        QTest::newRow(name) << QByteArray(target) << QByteArray(body);
    };
    row("no queries", "/multi-search", R"({"queries":[]})");
    row("plain", "/multi-search",
        R"({"queries":[{"indexUid":"series","q":"dark"},{"indexUid":"films","limit":3,"facets":["genre"]},
            {"indexUid":"films","q":"star","page":2,"hitsPerPage":4,"sort":["rank:desc"]}]})");
    row("nothing federated", "/multi-search", R"({"federation":{},"queries":[]})");
    row("one query", "/multi-search", R"({"federation":{},"queries":[{"indexUid":"films","q":"knight"}]})");
    row("two indexes", "/multi-search",
        R"({"federation":{"limit":40},"queries":[{"indexUid":"series","q":"dark"},{"indexUid":"films","q":"dark"}]})");
    row("weights", "/multi-search",
        R"({"federation":{"limit":30,"offset":5},"queries":[{"indexUid":"films","q":"dark night",
            "federationOptions":{"weight":0.7}},
            {"indexUid":"series","q":"dark","federationOptions":{"weight":1.2}}]})");
    row("one index twice", "/multi-search",
        R"({"federation":{"limit":50},"queries":[{"indexUid":"films","q":"dark"},{"indexUid":"films","q":"star"}]})");
    row("without words", "/multi-search",
        R"({"federation":{"limit":300},"queries":[{"indexUid":"films","filter":"rank = 3"},
            {"indexUid":"films","q":"rain"},{"indexUid":"series","q":""}]})");
    row("pages", "/multi-search",
        R"({"federation":{"page":3,"hitsPerPage":7},
            "queries":[{"indexUid":"films","q":"space"},{"indexUid":"series"}]})");
    row("facets by index", "/multi-search",
        R"({"federation":{"facetsByIndex":{"films":["genre","rank"],"series":[]}},
            "queries":[{"indexUid":"films","q":"rain"},{"indexUid":"series","q":"rain"}]})");
    row("scores and details", "/multi-search",
        R"({"federation":{"limit":3},"queries":[{"indexUid":"films","q":"dark","showRankingScore":true,
            "showRankingScoreDetails":true,"attributesToHighlight":["*"],"showMatchesPosition":true}]})");
    row("facet search", "/indexes/films/facet-search", R"({"facetName":"genre"})");
    row("facet search by words", "/indexes/films/facet-search",
        R"({"facetName":"genre","facetQuery":"s","q":"dark","filter":"rank > 2","exhaustiveFacetCount":true})");
}

void ClusterMultiSearchTest::answersAsOneNode()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, body);
    compare(target, body);
    const PlainHttp::Answer got = m_cluster->http().send("POST", target, body);
    QCOMPARE(got.status, 200);
    QVERIFY2(!got.body.contains("_miroir_"), got.body.constData());
}

void ClusterMultiSearchTest::refusesAsOneNode_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const char *target, const char *body) {
        QTest::newRow(name) << QByteArray(target) << QByteArray(body);
    };
    row("no index", "/multi-search", R"({"queries":[{"indexUid":"films"},{"indexUid":"none"}]})");
    row("no index, federated", "/multi-search",
        R"({"federation":{},"queries":[{"indexUid":"films"},{"indexUid":"none"}]})");
    row("the first mistake counts", "/multi-search",
        R"({"queries":[{"indexUid":"films","filter":"title = 1"},{"indexUid":"none"}]})");
    row("filter", "/multi-search", R"({"federation":{},"queries":[{"indexUid":"films","filter":"rank ="}]})");
    row("sort", "/multi-search", R"({"federation":{},"queries":[{"indexUid":"films","sort":["title:asc"]}]})");
    row("remote", "/multi-search",
        R"({"federation":{},"queries":[{"indexUid":"films","federationOptions":{"remote":"ms-1"}}]})");
    row("network", "/multi-search", R"({"queries":[{"indexUid":"films","useNetwork":true}]})");
    row("facets", "/multi-search",
        R"({"federation":{"facetsByIndex":{"series":["title"]}},"queries":[{"indexUid":"films"}]})");
    row("facets of nothing", "/multi-search",
        R"({"federation":{"facetsByIndex":{"none":["title"]}},"queries":[{"indexUid":"films"}]})");
    row("facet name", "/indexes/films/facet-search", R"({"facetName":"title"})");
    row("hidden facet", "/indexes/films/facet-search", R"({"facetName":"_miroir_shard"})");
    row("no such index", "/indexes/none/facet-search", R"({"facetName":"title"})");
    row("facet network", "/indexes/films/facet-search", R"({"facetName":"genre","useNetwork":true})");
}

void ClusterMultiSearchTest::refusesAsOneNode()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, body);
    compare(target, body);
    QVERIFY(m_cluster->http().send("POST", target, body).status >= 400);
}

void ClusterMultiSearchTest::countsOverlappingQueriesOnce()
{
    const auto totalOf = [this](const QByteArray &queries, const QByteArray &federation = R"({"limit":0})") {
        return m_cluster->http().send("POST", "/multi-search",
            "{\"federation\":" + federation + ",\"queries\":[" + queries + "]}");
    };
    const QByteArray all = R"({"indexUid":"films"})";
    const QByteArray dark = R"({"indexUid":"films","q":"dark"})";
    const QByteArray few = R"({"indexUid":"films","filter":["rank = 1","genre != comedy"]})";
    QCOMPARE(totalOf(all + ',' + dark).member("estimatedTotalHits"), QByteArray("200"));
    QCOMPARE(totalOf(dark + ',' + dark).member("estimatedTotalHits"), totalOf(dark).member("estimatedTotalHits"));
    // all hits of the page are all documents, each once
    const auto both = totalOf(dark + ',' + few, R"({"limit":400,"facetsByIndex":{"films":["genre"]}})");
    const auto parsed = json::Document::parse(both.body);
    QVERIFY(parsed.ok());
    std::map<std::string, std::uint64_t> genres;
    for (const json::Value hit : parsed->root()["hits"].items())
        ++genres[hit["genre"].toString()];
    QCOMPARE(parsed->root()["estimatedTotalHits"].toU64().value_or(0), std::uint64_t {parsed->root()["hits"].size()});
    for (const json::Member value : parsed->root()["facetsByIndex"]["films"]["distribution"]["genre"].members()) {
        QCOMPARE(value.value.toU64().value_or(0), genres[value.key()]);
        genres.erase(value.key());
    }
    QVERIFY(genres.empty());
}

void ClusterMultiSearchTest::keysDecideForEachQuery()
{
    const auto created = m_cluster->http().send("POST", "/keys",
        R"({"actions":["search"],"indexes":["films"],"expiresAt":null})");
    QCOMPARE(created.status, 201);
    const PlainHttp limited(m_cluster->port(), created.text("key"));
    QCOMPARE(limited.send("POST", "/multi-search", R"({"queries":[{"indexUid":"films"}]})").status, 200);
    QCOMPARE(limited.send("POST", "/indexes/films/facet-search", R"({"facetName":"genre"})").status, 200);
    QCOMPARE(limited.send("POST", "/indexes/series/facet-search", R"({"facetName":"genre"})").status, 403);
    for (const QByteArray start : {"{", R"({"federation":{},)"}) {
        const auto refused = limited.send(
            "POST", "/multi-search", start + R"("queries":[{"indexUid":"films"},{"indexUid":"series"}]})");
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.text("message"), QByteArray("Inside `.queries[1]`: The provided API key is invalid."));
    }
    QCOMPARE(PlainHttp(m_cluster->port()).send("POST", "/multi-search", R"({"queries":[]})").status, 401);
}

void ClusterMultiSearchTest::metadataAndDetails()
{
    const QByteArray queries = R"("queries":[{"indexUid":"films","q":"dark"},{"indexUid":"series"}]})";
    const PlainHttp::Fields fields {{"Authorization", QByteArray("Bearer ") + TestCluster::key},
        {"Content-Type", "application/json"}, {"Meili-Include-Metadata", "true"}};
    const auto send = [&](const QByteArray &start) {
        return m_cluster->http().exchange("POST", "/multi-search", start + queries, fields);
    };
    const auto federated = json::Document::parse(send(R"({"federation":{"showPerformanceDetails":true},)").body);
    QVERIFY(federated.ok());
    const json::Value metadata = federated->root()["metadata"];
    QCOMPARE(metadata.size(), std::size_t {2});
    QCOMPARE(metadata.at(0)["query"].toString(), std::string("dark"));
    QCOMPARE(metadata.at(0)["primaryKey"].toString(), std::string("id"));
    QCOMPARE(metadata.at(1)["indexUid"].toString(), std::string("series"));
    QVERIFY(metadata.at(0)["queryUid"].toString() != metadata.at(1)["queryUid"].toString());
    QVERIFY(federated->root()["performanceDetails"]["search"].toString().ends_with("ms"));
    const auto plain = json::Document::parse(send("{").body);
    QCOMPARE(plain->root()["results"].at(1)["metadata"]["indexUid"].toString(), std::string("series"));
    QVERIFY(!m_cluster->http().send("POST", "/multi-search", "{" + queries).body.contains("metadata"));
}

void ClusterMultiSearchTest::manyQueriesAtOnce()
{
    QByteArray queries;
    for (int i = 0; i < 100; ++i) {
        queries += (i == 0 ? "" : ",") + QByteArray(R"({"indexUid":")") + (i % 2 == 0 ? "films" : "series")
            + R"(","q":"star","filter":"rank = )" + QByteArray::number(i % 11) + "\"}";
    }
    compare("/multi-search", "{\"queries\":[" + queries + "]}");
    const auto federated = m_cluster->http().send(
        "POST", "/multi-search", R"({"federation":{"limit":1000},"queries":[)" + queries + "]}");
    QCOMPARE(federated.status, 200);
}

void ClusterMultiSearchTest::aDyingNodeChangesNothing()
{
    const std::vector<std::pair<QByteArray, QByteArray>> requests {
        {"/multi-search", R"({"queries":[{"indexUid":"films","q":"dark"},{"indexUid":"series","limit":50}]})"},
        {"/multi-search",
            R"({"federation":{"limit":90,"facetsByIndex":{"films":["genre"]}},
                "queries":[{"indexUid":"films","q":"dark"},{"indexUid":"films","q":"star"},
                {"indexUid":"series","filter":"rank > 4"}]})"},
        {"/indexes/films/facet-search", R"({"facetName":"genre","q":"rain"})"}};
    std::vector<QByteArray> before;
    for (const auto &[target, body] : requests)
        before.push_back(masked(m_cluster->http().send("POST", target, body).body));
    m_cluster->stopNode(2);
    for (int round = 0; round < 5; ++round) { // the first requests come before anybody has noticed
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto answer = m_cluster->http().send("POST", requests[i].first, requests[i].second);
            QCOMPARE(answer.status, 200);
            QCOMPARE(masked(answer.body), before[i]);
        }
    }
}

QTEST_GUILESS_MAIN(ClusterMultiSearchTest)
#include "tst_cluster_multi_search.moc"
