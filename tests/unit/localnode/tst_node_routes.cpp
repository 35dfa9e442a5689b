// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNode.h"
#include "support/PlainHttp.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace miroir;
using namespace miroir::localnode;
using test::PlainHttp;

class NodeRoutesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void unknownRoutesAndMethodsHaveNoBody_data();
    void unknownRoutesAndMethodsHaveNoBody();
    void whatTheNodeDoesNotHaveIsSaid_data();
    void whatTheNodeDoesNotHaveIsSaid();
    void rootAndVersionNameTheNode();
    void hiddenFieldsOfAnOrchestratorAreTaken();
    void documentsKeepTheirBytes();
    void malformedRequestsChangeNothing();
    void federationComparesByWeight();
    void federationCountsEachDocumentOnce();
    void federationMergesFacetsOfIndexes();
    void metadataAndDetailsOnRequest();
    void webhooksAreKept();
    void taskDocumentsWhileTheTaskWaits();
    void metricsWhenEnabled();
    void copiesOfTheDatabase();
    void searchesGoOnWhileATaskRuns();

private:
    QByteArray task(const QByteArray &method, const QByteArray &path, const QByteArray &body = {}) const;
    json::Value parse(const PlainHttp::Answer &answer)
    {
        m_document = std::make_unique<json::Document>(*json::Document::parse(answer.body));
        return m_document->root();
    }

    QTemporaryDir m_folder;
    std::unique_ptr<LocalNode> m_node;
    std::unique_ptr<PlainHttp> m_http;
    std::unique_ptr<json::Document> m_document;
};

/// Sends a write, waits for its task and gives the task.
QByteArray NodeRoutesTest::task(const QByteArray &method, const QByteArray &path, const QByteArray &body) const
{
    const auto summary = m_http->send(method, path, body);
    const QByteArray uid = summary.member("taskUid");
    PlainHttp::Answer answer;
    [&] {
        QVERIFY2(!uid.isEmpty(), summary.body.constData());
        QTRY_VERIFY_WITH_TIMEOUT(
            (answer = m_http->send("GET", "/tasks/" + uid)).member("finishedAt") != "null", 30'000);
    }();
    return answer.body;
}

void NodeRoutesTest::initTestCase()
{
    LocalNodeOptions options;
    options.dbPath = m_folder.path();
    m_node = std::make_unique<LocalNode>(options);
    QVERIFY(m_node->start().ok());
    m_http = std::make_unique<PlainHttp>(m_node->port());
    task("PATCH", "/indexes/films/settings",
         R"({"filterableAttributes":["genre","year"],"sortableAttributes":["year"]})");
    task("POST", "/indexes/films/documents",
        R"([{"id":1,"title":"dark city","genre":"noir","year":1998},
            {"id":2,"title":"dark star","genre":"sf","year":1974},
            {"id":3,"title":"star","genre":"sf","year":2001}])");
    task("PATCH", "/indexes/books/settings", R"({"filterableAttributes":["genre","year"]})");
    QVERIFY(task("POST", "/indexes/books/documents", R"([{"id":1,"title":"dark","genre":"noir","year":1950}])")
                .contains("succeeded"));
}

void NodeRoutesTest::unknownRoutesAndMethodsHaveNoBody_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::newRow("unknown") << QByteArray("GET") << QByteArray("/nope") << 404;
    QTest::newRow("below a document") << QByteArray("GET") << QByteArray("/indexes/films/documents/1/x") << 404;
    QTest::newRow("unknown setting") << QByteArray("GET") << QByteArray("/indexes/films/settings/nope") << 404;
    QTest::newRow("method") << QByteArray("PUT") << QByteArray("/health") << 405;
    QTest::newRow("setting's verb") << QByteArray("POST") << QByteArray("/indexes/films/settings/faceting") << 405;
    QTest::newRow("own method") << QByteArray("BREW") << QByteArray("/indexes") << 405;
}

void NodeRoutesTest::unknownRoutesAndMethodsHaveNoBody()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(int, status);
    const auto answer = m_http->send(method, path);
    QCOMPARE(answer.status, status);
    QVERIFY(answer.body.isEmpty());
    QVERIFY(answer.contentType.isNull());
}

void NodeRoutesTest::whatTheNodeDoesNotHaveIsSaid_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("feature");
    QTest::newRow("network") << QByteArray("GET") << QByteArray("/network") << QByteArray("network");
    QTest::newRow("chats") << QByteArray("GET") << QByteArray("/chats") << QByteArray("chatCompletions");
    QTest::newRow("logs") << QByteArray("POST") << QByteArray("/logs/stream") << QByteArray("logsRoute");
    QTest::newRow("templates") << QByteArray("POST") << QByteArray("/render-template") << QByteArray("renderRoute");
    QTest::newRow("queue") << QByteArray("POST") << QByteArray("/tasks/compact")
                           << QByteArray("taskQueueCompactionRoute");
}

void NodeRoutesTest::whatTheNodeDoesNotHaveIsSaid()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, feature);
    const auto off = m_http->send(method, path, "{}");
    QCOMPARE(off.status, 400);
    QVERIFY2(off.text("message").contains("requires enabling the `"), off.body.constData());
    QCOMPARE(m_http->send("PATCH", "/experimental-features", "{\"" + feature + "\":true}").status, 200);
    const auto on = m_http->send(method, path, "{}");
    QCOMPARE(on.status, 400);
    QVERIFY2(on.text("message").contains("miroir-node does not have"), on.body.constData());
    QCOMPARE(m_http->send("PATCH", "/experimental-features", "{\"" + feature + "\":false}").status, 200);
}

void NodeRoutesTest::rootAndVersionNameTheNode()
{
    QCOMPARE(m_http->send("GET", "/").body, QByteArray(R"({"status":"Meilisearch is running"})"));
    const auto version = m_http->send("GET", "/version");
    QCOMPARE(version.text("pkgVersion"), QByteArray("1.50.0"));
    QVERIFY(version.text("commitSha").startsWith("miroir-node"));
}

void NodeRoutesTest::hiddenFieldsOfAnOrchestratorAreTaken()
{
    const QByteArray settings = task("PATCH", "/indexes/tagged/settings",
        R"({"filterableAttributes":[{"attributePatterns":["_miroir_shard"],"features":)"
        R"({"facetSearch":false,"filter":{"equality":true,"comparison":false}}}],)"
        R"("rankingRules":["words","_miroir_ord:asc"],"sortableAttributes":["_miroir_ord"]})");
    QVERIFY2(settings.contains("succeeded"), settings.constData());
    task("POST", "/indexes/tagged/documents",
         R"j([{"id":1,"_miroir_shard":["!!","!!("],"_miroir_ord":"((((((((((((((()"},)j"
         R"j({"id":2,"_miroir_shard":["!("],"_miroir_ord":"!!!!!!!!!!!!!!!!"}])j");
    const auto both = m_http->send("POST", "/indexes/tagged/search",
                                   R"({"filter":"_miroir_shard IN [\"!!(\",\"!(\"]","facets":["_miroir_shard"]})");
    QCOMPARE(both.status, 200);
    QCOMPARE(both.member("estimatedTotalHits"), QByteArray("2"));
    const QByteArray tagCount = "\"!(\":1"; // a raw string with one bracket would confuse moc inside the macro
    QVERIFY(both.body.contains(tagCount));
    const auto one = m_http->send("POST", "/indexes/tagged/documents/fetch", R"({"filter":"_miroir_shard = \"!!\""})");
    QCOMPARE(one.member("total"), QByteArray("1"));
    const auto sorted = m_http->send("POST", "/indexes/tagged/documents/fetch",
                                     R"({"sort":["_miroir_ord:asc"],"fields":["id"]})");
    QCOMPARE(sorted.member("results"), QByteArray(R"([{"id":2},{"id":1}])"));
}

void NodeRoutesTest::documentsKeepTheirBytes()
{
    task("POST", "/indexes/bytes/documents", R"([{"id":1,"big":12345678901234567890,"one":1.0,"z":{"b":1,"a":[]}}])");
    const auto document = m_http->send("GET", "/indexes/bytes/documents/1");
    QCOMPARE(document.body, QByteArray(R"({"id":1,"big":12345678901234567890,"one":1.0,"z":{"b":1,"a":[]}})"));
}

void NodeRoutesTest::malformedRequestsChangeNothing()
{
    const QByteArray before = m_http->send("GET", "/tasks").member("total");
    for (const char *body : {"", "[", "{\"q\":", "nul", "\xff\xfe", "[[[[", "\"x\"", "3", "[1]"}) {
        const auto answer = m_http->send("POST", "/indexes/films/documents", QByteArray(body));
        QVERIFY2(answer.status == 400 || answer.status == 500, body);
        QVERIFY(!answer.text("code").isEmpty());
    }
    for (const char *path : {"/indexes/films/search", "/multi-search", "/swap-indexes", "/keys", "/indexes"})
        QVERIFY(m_http->send("POST", path, "{\"a\"").status >= 400);
    QCOMPARE(m_http->send("GET", "/tasks").member("total"), before);
    QCOMPARE(m_http->send("GET", "/health").status, 200);
}

void NodeRoutesTest::federationComparesByWeight()
{
    const auto firstOf = [this](const char *filmsWeight, const char *booksWeight) {
        const QByteArray body = QByteArray(R"({"federation":{"limit":1},"queries":[)")
            + R"({"indexUid":"films","q":"dark","federationOptions":{"weight":)" + filmsWeight + "}},"
            + R"({"indexUid":"books","q":"dark","federationOptions":{"weight":)" + booksWeight + "}}]}";
        const json::Value root = parse(m_http->send("POST", "/multi-search", body));
        return root["hits"].at(0)["_federation"]["indexUid"].toString();
    };
    QCOMPARE(firstOf("1", "1"), std::string("books")); // the whole field matches
    QCOMPARE(firstOf("1", "0.1"), std::string("films"));
    QCOMPARE(firstOf("0", "0.1"), std::string("books"));
}

void NodeRoutesTest::federationCountsEachDocumentOnce()
{
    const json::Value root = parse(m_http->send("POST", "/multi-search",
        R"({"federation":{},"queries":[{"indexUid":"films","q":"dark"},{"indexUid":"films","q":"star"}]})"));
    QCOMPARE(root["hits"].size(), std::size_t {3});
    QCOMPARE(root["estimatedTotalHits"].toU64(), std::optional<std::uint64_t>(3));
    const json::Value page = parse(m_http->send("POST", "/multi-search",
        R"({"federation":{"page":2,"hitsPerPage":2},"queries":[{"indexUid":"films"},{"indexUid":"books"}]})"));
    QCOMPARE(page["totalHits"].toU64(), std::optional<std::uint64_t>(4));
    QCOMPARE(page["totalPages"].toU64(), std::optional<std::uint64_t>(2));
    QCOMPARE(page["hits"].size(), std::size_t {2});
}

void NodeRoutesTest::federationMergesFacetsOfIndexes()
{
    const json::Value root = parse(m_http->send(
        "POST", "/multi-search",
        "{\"federation\":{\"mergeFacets\":{},"
        "\"facetsByIndex\":{\"films\":[\"genre\",\"year\"],\"books\":[\"genre\",\"year\"]}},"
        "\"queries\":[{\"indexUid\":\"films\"},{\"indexUid\":\"books\"}]}"));
    QCOMPARE(root["facetDistribution"]["genre"]["noir"].toU64(), std::optional<std::uint64_t>(2));
    QCOMPARE(root["facetDistribution"]["genre"]["sf"].toU64(), std::optional<std::uint64_t>(2));
    QCOMPARE(root["facetStats"]["year"]["min"].toDouble(), 1950.0);
    QCOMPARE(root["facetStats"]["year"]["max"].toDouble(), 2001.0);
    const auto wrong = m_http->send(
        "POST", "/multi-search",
        R"({"federation":{"facetsByIndex":{"films":["title"]}},"queries":[{"indexUid":"films"}]})");
    QCOMPARE(wrong.status, 400);
    QVERIFY(wrong.text("message").contains("facetsByIndex.films"));
}

void NodeRoutesTest::metadataAndDetailsOnRequest()
{
    const auto plain = m_http->send("POST", "/indexes/films/search", "{}");
    QVERIFY(plain.member("metadata").isEmpty() && plain.member("performanceDetails").isEmpty());
    const QByteArray uid = plain.text("requestUid");
    QCOMPARE(uid.size(), qsizetype {36});
    QCOMPARE(uid.at(14), '7');
    const auto rich = m_http->exchange("POST", "/indexes/films/search", R"({"showPerformanceDetails":true})",
                                       {{"Content-Type", "application/json"}, {"Meili-Include-Metadata", "true"}});
    const json::Value root = parse(rich);
    QCOMPARE(root["metadata"]["indexUid"].toString(), std::string("films"));
    QCOMPARE(root["metadata"]["primaryKey"].toString(), std::string("id"));
    QVERIFY(root["performanceDetails"].isObject());
}

void NodeRoutesTest::webhooksAreKept()
{
    const QByteArray target = "http://127.0.0.1:1/b";
    const auto made = m_http->send("POST", "/webhooks", "{\"url\":\"http://127.0.0.1:1/a\"}");
    QCOMPARE(made.status, 201);
    const QByteArray path = "/webhooks/" + made.text("uuid");
    QCOMPARE(m_http->send("PATCH", path, "{\"url\":\"" + target + "\"}").text("url"), target);
    QCOMPARE(m_http->send("GET", path).text("url"), target);
    QCOMPARE(m_http->send("DELETE", path).status, 204);
    QCOMPARE(m_http->send("GET", path).status, 404);
    QCOMPARE(m_http->send("GET", "/webhooks/x").status, 400);
}

void NodeRoutesTest::taskDocumentsWhileTheTaskWaits()
{
    QCOMPARE(m_http->send("GET", "/tasks/0/documents").text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(m_http->send("PATCH", "/experimental-features", R"({"getTaskDocumentsRoute":true})").status, 200);
    QCOMPARE(m_http->send("GET", "/tasks/0/documents").text("code"), QByteArray("task_file_not_found"));
    QCOMPARE(m_http->send("GET", "/tasks/99999/documents").text("code"), QByteArray("task_not_found"));
}

void NodeRoutesTest::metricsWhenEnabled()
{
    QCOMPARE(m_http->send("GET", "/metrics").text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(m_http->send("PATCH", "/experimental-features", R"({"metrics":true})").status, 200);
    const auto metrics = m_http->send("GET", "/metrics");
    QCOMPARE(metrics.status, 200);
    QVERIFY(metrics.contentType.startsWith("text/plain"));
    QVERIFY(metrics.body.contains("meilisearch_index_docs_count{index=\"films\"} 3\n"));
}

void NodeRoutesTest::copiesOfTheDatabase()
{
    QVERIFY(task("POST", "/dumps").contains("succeeded"));
    QVERIFY(task("POST", "/snapshots").contains("succeeded"));
    QVERIFY(task("POST", "/snapshots").contains("succeeded"));
    QVERIFY(QFile::exists(m_folder.filePath(QStringLiteral("snapshots/data.ms.snapshot"))));
    // A copy is a database that a node can be started with.
    QTemporaryDir other;
    QVERIFY(QFile::copy(m_folder.filePath(QStringLiteral("snapshots/data.ms.snapshot")),
                        other.filePath(QStringLiteral("data.sqlite"))));
    LocalNodeOptions options;
    options.dbPath = other.path();
    LocalNode restored(options);
    QVERIFY(restored.start().ok());
    QCOMPARE(PlainHttp(restored.port()).send("GET", "/indexes/films/stats").member("numberOfDocuments"),
             QByteArray("3"));
    QVERIFY(task("POST", "/indexes/films/compact").contains("postCompactionSize"));
}

void NodeRoutesTest::searchesGoOnWhileATaskRuns()
{
    QByteArray body = "[";
    for (int i = 0; i < 2000; ++i)
        body += R"({"id":)" + QByteArray::number(i) + R"(,"t":"alpha beta gamma )" + QByteArray::number(i) + "\"},";
    body.back() = ']';
    const QByteArray uid = m_http->send("POST", "/indexes/large/documents", body).member("taskUid");
    std::atomic<bool> done {false};
    std::atomic<int> failures {0};
    std::atomic<int> searches {0};
    std::thread client([&] {
        const PlainHttp http(m_node->port());
        while (!done) {
            failures
                += http.send("POST", "/indexes/films/search", R"({"q":"dark"})").member("estimatedTotalHits") == "2"
                ? 0
                : 1;
            ++searches;
        }
    });
    QTRY_VERIFY_WITH_TIMEOUT(m_http->send("GET", "/tasks/" + uid).member("finishedAt") != "null", 60'000);
    done = true;
    client.join();
    QCOMPARE(failures.load(), 0);
    QVERIFY(searches > 0);
    QCOMPARE(m_http->send("GET", "/indexes/large/stats").member("numberOfDocuments"), QByteArray("2000"));
}

QTEST_GUILESS_MAIN(NodeRoutesTest)
#include "tst_node_routes.moc"
