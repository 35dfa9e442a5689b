// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/ScriptedServer.h"
#include "support/TestCluster.h"

#include <QDir>

#include <zlib.h>

using namespace miroir;
using test::PlainHttp;
using test::ScriptedServer;
using test::SeenRequest;
using test::TestCluster;

/// Routes about the instance as a whole, over embedded nodes: features, webhooks, keys, fields, statistics, metrics,
/// and the tasks that stand beside the log.
class ClusterInstanceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void featuresAreKeptAndPushed();
    void featuresThatCannotBeClusterwide();
    void fieldsOfEveryNode();
    void webhooksAreKept();
    void webhooksHearOfTasks();
    void webhooksDoNotReachPrivateAddresses();
    void keysAreChangedInOnePlace();
    void statsWithoutANode();
    void statsOfZones();
    void metricsInTheFormOfPrometheus();
    void compaction();
    void exportToAnotherServer();
    void exportThatIsRefused();
    void dumpHoldsEverything();
    void payloadOfAnOpenTask();
};

namespace {

QByteArray documents(int count)
{
    QByteArray body = "[";
    for (int i = 0; i < count; ++i) {
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"title\":\"film "
            + QByteArray::number(i) + '"';
        if (i % 3 == 0)
            body += ",\"extra\":{\"deep\":[1,{\"x\":null}]}";
        body += '}';
    }
    return body + ']';
}

QByteArray gunzip(const QByteArray &bytes)
{
    QByteArray out;
    z_stream stream {};
    if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK)
        return {};
    QByteArray in = bytes;
    stream.next_in = reinterpret_cast<Bytef *>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    QByteArray part(65536, Qt::Uninitialized);
    int code = Z_OK;
    while (code == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef *>(part.data());
        stream.avail_out = static_cast<uInt>(part.size());
        code = inflate(&stream, Z_NO_FLUSH);
        out += part.left(part.size() - static_cast<qsizetype>(stream.avail_out));
    }
    inflateEnd(&stream);
    return code == Z_STREAM_END ? out : QByteArray();
}

/// Content of a file in a tar archive; null when it is not there.
QByteArray fileIn(const QByteArray &tar, const QByteArray &name)
{
    constexpr qsizetype block = 512;
    for (qsizetype at = 0; at + block <= tar.size();) {
        const QByteArray header = tar.mid(at, block);
        const qsizetype size = header.mid(124, 11).toLongLong(nullptr, 8);
        if (QByteArray(header.constData()) == name)
            return tar.mid(at + block, size);
        at += block + (size + block - 1) / block * block;
    }
    return {};
}

QByteArray feature(const PlainHttp::Answer &answer, std::string_view name)
{
    return answer.member(name);
}

} // namespace

void ClusterInstanceTest::featuresAreKeptAndPushed()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(20))), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("PUT", "/indexes/m/settings/filterable-attributes", R"(["title"])")),
        QByteArray("succeeded"));
    const QByteArray contains = R"({"filter":"title CONTAINS 'film 1'"})";
    QCOMPARE(http.send("POST", "/indexes/m/search", contains).text("code"), QByteArray("feature_not_enabled"));
    const auto on = http.send("PATCH", "/experimental-features", R"({"containsFilter":true,"metrics":true})");
    QCOMPARE(on.status, 200);
    QCOMPARE(feature(on, "containsFilter"), QByteArray("true"));
    QCOMPARE(feature(on, "network"), QByteArray("false"));
    // the next request, on whichever front, knows of it
    const auto found = http.send("POST", "/indexes/m/search", contains);
    QCOMPARE(found.status, 200);
    QCOMPARE(found.member("estimatedTotalHits"), QByteArray("11"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"disableDocumentsFetchQueue":true})").status, 200);
    for (std::size_t i = 0; i < 3; ++i)
        QCOMPARE(feature(cluster.node(i).send("GET", "/experimental-features"), "disableDocumentsFetchQueue"),
            QByteArray("true"));
    // a node that was away learns of a change before it serves
    cluster.stopNode(1);
    QTRY_COMPARE(cluster.admin().send("GET", "/_miroir/cluster").text("state"), QByteArray("degraded"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"disableDocumentsFetchQueue":false})").status, 200);
    cluster.startNode(1);
    QTRY_COMPARE_WITH_TIMEOUT(
        cluster.admin().send("GET", "/_miroir/cluster").text("state"), QByteArray("healthy"), 20'000);
    QCOMPARE(feature(cluster.node(1).send("GET", "/experimental-features"), "disableDocumentsFetchQueue"),
        QByteArray("false"));
    cluster.stopEngine();
    QVERIFY(cluster.start());
    QCOMPARE(
        feature(cluster.http().send("GET", "/experimental-features"), "containsFilter"), QByteArray("true"));
    QCOMPARE(cluster.http().send("PATCH", "/experimental-features", R"({"metrics":1})").status, 400);
}

void ClusterInstanceTest::featuresThatCannotBeClusterwide()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    for (const char *name : {"network", "chatCompletions", "foreignKeys"}) {
        const auto refused
            = http.send("PATCH", "/experimental-features", "{\"metrics\":true,\"" + QByteArray(name) + "\":true}");
        QCOMPARE(refused.status, 400);
        QCOMPARE(refused.text("code"), QByteArray("feature_not_enabled"));
        QCOMPARE(feature(http.send("GET", "/experimental-features"), "metrics"), QByteArray("false"));
    }
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"network":false})").status, 200);
    const std::pair<const char *, const char *> routes[] = {{"GET", "/network"}, {"GET", "/chats"},
        {"PATCH", "/chats/a/settings"}, {"POST", "/chats/a/chat/completions"}, {"POST", "/dynamic-search-rules"},
        {"DELETE", "/dynamic-search-rules/a"}, {"POST", "/logs/stream"}, {"GET", "/metrics"},
        {"POST", "/snapshots"}, {"POST", "/tasks/compact"},
        {"GET", "/tasks/0/documents"}};
    for (const auto &[method, path] : routes) {
        const auto answer = http.send(method, path, QByteArray(method) == "GET" ? QByteArray() : QByteArray("{}"));
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.text("code"), QByteArray("feature_not_enabled"));
        QCOMPARE(PlainHttp(cluster.port()).send(method, path, "{}").status, 401);
    }
}

void ClusterInstanceTest::fieldsOfEveryNode()
{
    TestCluster cluster(4, 1); // every document, and so every field, is on one node only
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QByteArray body = "[";
    for (int i = 0; i < 30; ++i)
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"field"
            + QByteArray::number(i) + "\":{\"a\":1}}";
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", body + ']')), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("PUT", "/indexes/m/settings/sortable-attributes", R"(["field7.a"])")),
        QByteArray("succeeded"));
    const auto all = http.send("POST", "/indexes/m/fields", R"({"limit":100})");
    QCOMPARE(all.status, 200);
    QCOMPARE(all.member("total"), QByteArray("61")); // id, and each object with its member
    QVERIFY2(!all.body.contains("_miroir_"), all.body.constData());
    const auto sortable = http.send("POST", "/indexes/m/fields", R"({"filter":{"sortable":true}})");
    QCOMPARE(sortable.member("total"), QByteArray("1"));
    QVERIFY(sortable.body.contains("field7.a"));
    QCOMPARE(http.send("POST", "/indexes/none/fields", "{}").status, 404);
    QCOMPARE(http.send("POST", "/indexes/m/fields", R"({"nope":1})").text("code"), QByteArray("bad_request"));
}

void ClusterInstanceTest::webhooksAreKept()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    QCOMPARE(cluster.http().send("GET", "/webhooks").body, QByteArray(R"({"results":[]})"));
    const auto made = cluster.http().send("POST", "/webhooks",
        R"({"url":"http://127.0.0.1:1/x","headers":{"authorization":"Bearer a-long-secret-of-somebody"}})");
    QCOMPARE(made.status, 201);
    QVERIFY(!made.body.contains("a-long-secret-of-somebody"));
    const QByteArray path = "/webhooks/" + made.text("uuid");
    cluster.stopEngine();
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(http.send("GET", path).body, made.body);
    const auto patched = http.send("PATCH", path, R"({"url":"http://127.0.0.1:1/y"})");
    QCOMPARE(patched.text("url"), QByteArray("http://127.0.0.1:1/y"));
    QCOMPARE(http.send("PATCH", path, R"({"uuid":"x"})").text("code"), QByteArray("immutable_webhook_uuid"));
    QCOMPARE(http.send("POST", "/webhooks", R"({"url":"nowhere"})").text("code"), QByteArray("invalid_webhook_url"));
    QCOMPARE(http.send("DELETE", path).status, 204);
    QCOMPARE(http.send("GET", path).text("code"), QByteArray("webhook_not_found"));
    QCOMPARE(http.send("DELETE", path).status, 404);
}

void ClusterInstanceTest::webhooksHearOfTasks()
{
    int answers = 0;
    ScriptedServer receiver([&answers](const SeenRequest &, QTcpSocket *socket) {
        // the first time it is busy, so that the sender has to try again
        socket->write(test::httpAnswer(answers++ == 0 ? 503 : 200, "{}"));
    });
    TestCluster cluster;
    cluster.config().allowedIpNetworks = "127.0.0.0/8";
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const QByteArray url = receiver.url().toEncoded() + "/hook";
    QCOMPARE(http.send("POST", "/webhooks",
                     R"({"url":")" + url + R"(","headers":{"authorization":"Bearer s3cret","x-mine":"1"}})")
                 .status,
        201);
    const auto added = http.send("POST", "/indexes/m/documents", documents(3));
    QCOMPARE(cluster.statusOf(added), QByteArray("succeeded"));
    QTRY_VERIFY_WITH_TIMEOUT(receiver.requests.size() >= 2, 20'000);
    const SeenRequest first = receiver.requests.first();
    QCOMPARE(first.method, QByteArray("POST"));
    QCOMPARE(first.target, QByteArray("/hook"));
    const QByteArray head = first.head.toLower();
    QVERIFY(head.contains("\r\nauthorization: bearer s3cret\r\n") && head.contains("\r\nx-mine: 1\r\n"));
    QVERIFY(head.contains("\r\ncontent-encoding: gzip\r\n") && head.contains("\r\ncontent-type: application/x-ndjson"));
    const QByteArray lines = gunzip(first.body);
    QVERIFY(lines.endsWith('\n'));
    const auto task = json::Document::parse(lines.split('\n').first());
    QVERIFY(task.ok());
    QCOMPARE(task->root()["uid"].raw(), sv(added.member("taskUid")));
    QCOMPARE(task->root()["status"].toString(), std::string("succeeded"));
    QCOMPARE(task->root()["details"]["indexedDocuments"].toU64().value_or(0), std::uint64_t {3});
    QCOMPARE(gunzip(receiver.requests.at(1).body), lines); // the same once more
}

void ClusterInstanceTest::webhooksDoNotReachPrivateAddresses()
{
    int asked = 0;
    ScriptedServer receiver([&asked](const SeenRequest &, QTcpSocket *socket) {
        ++asked;
        socket->write(test::httpAnswer(200, "{}"));
    });
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const QByteArray url = receiver.url().toEncoded();
    QCOMPARE(http.send("POST", "/webhooks", R"({"url":")" + url + R"("})").status, 201);
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(1))), QByteArray("succeeded"));
    const auto refused = http.send("POST", "/export", R"({"url":")" + url + R"("})");
    const QByteArray task = cluster.finished(refused);
    QVERIFY2(task.contains("Rejected IP"), task.constData());
    QCOMPARE(asked, 0);
}

void ClusterInstanceTest::keysAreChangedInOnePlace()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const QByteArray key = R"({"uid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d","actions":["search"],"indexes":["m"],)"
                           R"("expiresAt":null})";
    QCOMPARE(http.send("POST", "/keys", key).status, 201);
    QCOMPARE(http.send("POST", "/keys", key).text("code"), QByteArray("api_key_already_exists"));
    const QByteArray path = "/keys/6062abda-a5aa-4414-ac91-ecd7944c0f8d";
    const QByteArray value = http.send("GET", path).text("key");
    QCOMPARE(http.send("PATCH", "/keys/" + value, R"({"name":"n"})").text("name"), QByteArray("n"));
    QCOMPARE(http.send("GET", path).text("name"), QByteArray("n"));
    QCOMPARE(PlainHttp(cluster.port(), value).send("GET", "/indexes").status, 403);
    QCOMPARE(http.send("DELETE", "/keys/" + value).status, 204);
    QCOMPARE(http.send("DELETE", path).status, 404);
    QCOMPARE(PlainHttp(cluster.port(), value).send("POST", "/indexes/m/search", "{}").status, 403);
}

void ClusterInstanceTest::statsWithoutANode()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(300))), QByteArray("succeeded"));
    const QByteArray exact = R"({"extra":100,"id":300,"title":300})";
    QCOMPARE(http.send("GET", "/indexes/m/stats").member("fieldDistribution"), exact);
    // what every node holds has been looked at by the time the cluster notices that one is gone
    const auto seen = [&] {
        quint64 copies = 0;
        const auto answer = json::Document::parse(cluster.admin().send("GET", "/_miroir/nodes").body);
        if (answer) {
            for (const json::Value node : answer->root()["nodes"].items())
                copies += node["documents"].toU64().value_or(0);
        }
        return copies;
    };
    QTRY_COMPARE(seen(), quint64 {600});
    cluster.stopNode(2);
    QTRY_COMPARE(cluster.admin().send("GET", "/_miroir/cluster").text("state"), QByteArray("degraded"));
    const auto without = http.send("GET", "/indexes/m/stats");
    QCOMPARE(without.member("numberOfDocuments"), QByteArray("300"));
    QCOMPARE(without.member("fieldDistribution"), exact);
    QVERIFY(!without.body.contains("_miroir_"));
}

void ClusterInstanceTest::statsOfZones()
{
    TestCluster cluster(4, 2); // two nodes a zone hold everything once
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(200))), QByteArray("succeeded"));
    cluster.stopNode(3);
    QTRY_COMPARE(cluster.admin().send("GET", "/_miroir/cluster").text("state"), QByteArray("degraded"));
    QCOMPARE(cluster.statusOf(http.send("DELETE", "/indexes/m/documents/0")), QByteArray("succeeded"));
    const auto stats = http.send("GET", "/indexes/m/stats");
    QCOMPARE(stats.member("numberOfDocuments"), QByteArray("199"));
    QCOMPARE(stats.member("fieldDistribution"), QByteArray(R"({"extra":66,"id":199,"title":199})"));
    QVERIFY(http.send("GET", "/stats").member("databaseSize").toULongLong() > 0);
    const auto sizes = http.send("GET", "/indexes/m/stats?showInternalDatabaseSizes=true&sizeFormat=human");
    QVERIFY2(sizes.body.contains("\"internalDatabaseSizes\":{\"documents\":\""), sizes.body.constData());
}

void ClusterInstanceTest::metricsInTheFormOfPrometheus()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(30))), QByteArray("succeeded"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"metrics":true})").status, 200);
    QCOMPARE(http.send("POST", "/indexes/m/search", "{}").status, 200);
    const auto answer = http.send("GET", "/metrics");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.contentType, QByteArray("text/plain; version=0.0.4"));
    const QByteArrayList lines = answer.body.split('\n');
    for (const char *line : {"meilisearch_index_docs_count{index=\"m\"} 30", "meilisearch_index_count 1",
             "meilisearch_nb_tasks{kind=\"statuses\",value=\"succeeded\"} 1",
             "meilisearch_nb_tasks{kind=\"types\",value=\"documentAdditionOrUpdate\"} 1",
             "meilisearch_nb_tasks{kind=\"indexes\",value=\"m\"} 1",
             "meilisearch_http_requests_total{method=\"POST\",path=\"/indexes/{index_uid}/search\",status=\"200\"} 1"})
        QVERIFY2(lines.contains(line), answer.body.constData());
    const auto key = http.send("POST", "/keys", R"({"actions":["metrics.get"],"indexes":["*"],"expiresAt":null})");
    QCOMPARE(PlainHttp(cluster.port(), key.text("key")).send("GET", "/metrics").status, 200);
}

void ClusterInstanceTest::compaction()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(30))), QByteArray("succeeded"));
    const auto answer = http.send("POST", "/indexes/m/compact");
    QCOMPARE(answer.status, 202);
    QCOMPARE(answer.text("type"), QByteArray("indexCompaction"));
    const auto task = json::Document::parse(cluster.finished(answer));
    QVERIFY(task.ok());
    QCOMPARE(task->root()["status"].toString(), std::string("succeeded"));
    QVERIFY(task->root()["details"]["preCompactionSize"].isString());
    for (std::size_t i = 0; i < 3; ++i)
        QCOMPARE(cluster.node(i).send("GET", "/tasks?types=indexCompaction&statuses=succeeded").member("total"),
            QByteArray("1"));
    const QByteArray missing = cluster.finished(http.send("POST", "/indexes/none/compact"));
    QVERIFY2(missing.contains("\"status\":\"failed\"") && missing.contains("index_not_found"), missing.constData());
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"taskQueueCompactionRoute":true})").status, 200);
    const auto tasks = http.send("POST", "/tasks/compact");
    QCOMPARE(tasks.status, 200);
    QCOMPARE(tasks.text("status"), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/tasks").member("total"), QByteArray("3")); // and goes on
}

void ClusterInstanceTest::exportToAnotherServer()
{
    TestCluster target(1, 1);
    QVERIFY(target.start());
    TestCluster cluster;
    cluster.config().allowedIpNetworks = "127.0.0.0/8";
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send(
                 "PATCH", "/indexes/m/settings", R"({"filterableAttributes":["id"],"synonyms":{"a":["b"]}})")),
        QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(2000))), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/other/documents", documents(5))), QByteArray("succeeded"));
    const QByteArray url = "http://127.0.0.1:" + QByteArray::number(target.port()) + '/';
    const auto answer = http.send("POST", "/export",
        R"({"url":")" + url + R"(","apiKey":"masterkey","payloadSize":"20 KiB",)"
                              R"("indexes":{"m":{"filter":"id < 1500"}}})");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.text("type"), QByteArray("export"));
    // nothing waits for it
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/later/documents", documents(1))), QByteArray("succeeded"));
    const auto task = json::Document::parse(cluster.finished(answer));
    QVERIFY(task.ok());
    QVERIFY2(task->root()["status"].toString() == "succeeded", task->text().constData());
    const json::Value details = task->root()["details"];
    QCOMPARE(details["url"].toString(), url.toStdString());
    QCOMPARE(details["apiKey"].toString(), std::string(3, 'X') + "...");
    QCOMPARE(details["payloadSize"].toString(), std::string("20 KiB"));
    QCOMPARE(details["indexes"].raw(),
        std::string_view(R"({"m":{"filter":"id < 1500","overrideSettings":false,"matchedDocuments":1500}})"));
    QTRY_COMPARE_WITH_TIMEOUT(
        target.http().send("GET", "/indexes/m/stats").member("numberOfDocuments"), QByteArray("1500"), 60'000);
    QCOMPARE(target.http().send("GET", "/indexes/other").status, 404);
    for (const QByteArray path : {"/indexes/m/documents/3", "/indexes/m/settings", "/indexes/m/documents/1499"})
        QCOMPARE(target.http().send("GET", path).body, http.send("GET", path).body);
    QVERIFY(!target.http().send("GET", "/indexes/m/documents?limit=2000").body.contains("_miroir_"));
}

void ClusterInstanceTest::exportThatIsRefused()
{
    ScriptedServer target([](const SeenRequest &, QTcpSocket *socket) {
        socket->write(test::httpAnswer(403,
            R"({"message":"The provided API key is invalid.","code":"invalid_api_key","type":"auth","link":"x"})"));
    });
    TestCluster cluster;
    cluster.config().allowedIpNetworks = "any";
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(1))), QByteArray("succeeded"));
    const QByteArray url = target.url().toEncoded();
    const auto answer = http.send("POST", "/export", R"({"url":")" + url + R"(","apiKey":"a-secret-that-is-long"})");
    QTRY_VERIFY(!target.requests.isEmpty());
    QVERIFY(target.requests.first().head.contains("Bearer a-secret-that-is-long"));
    const QByteArray task = cluster.finished(answer);
    QVERIFY2(task.contains("\"status\":\"failed\"") && task.contains("invalid_api_key (auth)"), task.constData());
    QVERIFY(!task.contains("a-secret-that-is-long"));
    QCOMPARE(http.send("POST", "/export", R"({"payloadSize":true})").text("code"),
        QByteArray("invalid_export_payload_size"));
    QCOMPARE(http.send("POST", "/export", R"({"url":1})").text("code"), QByteArray("invalid_export_url"));
}

void ClusterInstanceTest::dumpHoldsEverything()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(700))), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes", R"({"uid":"empty"})")), QByteArray("succeeded"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status, 200);
    for (const char *rule : {R"({"description":"plain"})", R"({"active":false})"}) {
        const QByteArray target = QByteArray("/dynamic-search-rules/") + (strstr(rule, "plain") != nullptr ? "a" : "b");
        QCOMPARE(cluster.statusOf(http.send("PATCH", target, rule)), QByteArray("succeeded"));
    }
    const auto answer = http.send("POST", "/dumps");
    QCOMPARE(answer.status, 202);
    const auto task = json::Document::parse(cluster.finished(answer));
    QVERIFY(task.ok());
    QVERIFY2(task->root()["status"].toString() == "succeeded", task->text().constData());
    const QDir dumps(cluster.config().dataDir + QStringLiteral("/dumps"));
    QCOMPARE(dumps.entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
        QStringList {toQString(task->root()["details"]["dumpUid"].toString()) + QStringLiteral(".dump")});
    QFile file(dumps.filePath(dumps.entryList(QDir::Files).first()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray tar = gunzip(file.readAll());
    QVERIFY(fileIn(tar, "metadata.json").contains(R"("dumpVersion":"V6")"));
    QCOMPARE(fileIn(tar, "keys.jsonl").count('\n'), qsizetype {4});
    QVERIFY(fileIn(tar, "indexes/0/metadata.json").contains(R"("uid":"empty","primaryKey":null)"));
    QCOMPARE(fileIn(tar, "indexes/0/documents.jsonl").size(), qsizetype {0});
    const QByteArray lines = fileIn(tar, "indexes/1/documents.jsonl");
    QCOMPARE(lines.count('\n'), qsizetype {700});
    QVERIFY(!lines.contains("_miroir_"));
    int number = 0; // in the order in which they came, whatever nodes they are on
    for (const QByteArray &line : lines.split('\n')) {
        if (!line.isEmpty())
            QVERIFY2(line.startsWith("{\"id\":" + QByteArray::number(number++) + ","), line.constData());
    }
    QVERIFY(lines.contains(http.send("GET", "/indexes/m/documents/699").body + '\n'));
    QVERIFY(fileIn(tar, "indexes/1/settings.json").contains("\"displayedAttributes\":[\"*\"]"));
    // `active` only where somebody has set it: without it a node judges the rule otherwise
    QCOMPARE(fileIn(tar, "indexes/.meili_dsr/documents.jsonl"),
        QByteArray(R"({"uid":"a","description":"plain","conditions":{},"actions":[]})" "\n"
                   R"({"uid":"b","active":false,"conditions":{},"actions":[]})" "\n"));
    QVERIFY(fileIn(tar, "indexes/.meili_dsr/metadata.json").contains(R"("uid":".meili_dsr","primaryKey":"uid")"));
}

void ClusterInstanceTest::payloadOfAnOpenTask()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"getTaskDocumentsRoute":true})").status, 200);
    for (std::size_t i = 0; i < 3; ++i)
        cluster.stopNode(i); // what is accepted now stays open
    const auto added = http.send("POST", "/indexes/m/documents", "[{\"id\":1,\n\"a\":1.0},{\"id\":2}]");
    QCOMPARE(added.status, 202);
    const QByteArray path = "/tasks/" + added.member("taskUid") + "/documents";
    const auto payload = http.send("GET", path);
    QCOMPARE(payload.status, 200);
    QCOMPARE(payload.contentType, QByteArray("application/x-ndjson"));
    QCOMPARE(payload.body, QByteArray("{\"id\":1, \"a\":1.0}\n{\"id\":2}\n"));
    QCOMPARE(http.send("GET", "/tasks/99/documents").text("code"), QByteArray("task_not_found"));
    for (std::size_t i = 0; i < 3; ++i)
        cluster.startNode(i);
    QCOMPARE(cluster.statusOf(added), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", path).text("code"), QByteArray("task_file_not_found"));
}

QTEST_GUILESS_MAIN(ClusterInstanceTest)
#include "tst_cluster_instance.moc"
