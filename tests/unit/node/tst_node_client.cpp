// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/NodeClient.h"
#include "support/ScriptedServer.h"

#include <QTest>

using namespace miroir;
using node::Accepted;
using node::Answer;
using node::NodeClient;
using test::httpAnswer;
using test::ScriptedServer;
using test::SeenRequest;

namespace {

/// Answers each request with what the test set and shows what was asked.
struct Fixture
{
    ScriptedServer server {[this](const SeenRequest &, QTcpSocket *socket) {
        socket->write(httpAnswer(status, body));
    }};
    std::unique_ptr<node::Transport> transport = node::makeTransport();
    QObject context;
    NodeClient client {transport.get(), server.url(), "k3y", &context};
    int status = 202;
    QByteArray body
        = R"({"taskUid":7,"indexUid":"a","status":"enqueued","type":"x","enqueuedAt":"2026-01-01T00:00:00Z"})";

    [[nodiscard]] QByteArray lastLine() const
    {
        return server.requests.isEmpty()
            ? QByteArray()
            : server.requests.last().method + ' ' + server.requests.last().target;
    }
};

} // namespace

class TestNodeClient : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void writes()
    {
        Fixture f;
        std::optional<Accepted> got;
        const auto keep = [&got](Accepted accepted) { got = std::move(accepted); };
        const auto check = [&](const QByteArray &line, const QByteArray &body) {
            if (!QTest::qWaitFor([&got] { return got.has_value(); }))
                return false;
            const bool right = f.lastLine() == line && f.server.requests.last().body == body
                && got->taskUid == 7U
                && f.server.requests.last().hasField("Authorization: Bearer k3y");
            if (!right)
                qWarning() << f.lastLine() << f.server.requests.last().body;
            got.reset();
            return right;
        };
        f.client.createIndex("a", "id", keep);
        QVERIFY(check("POST /indexes", R"({"uid":"a","primaryKey":"id"})"));
        f.client.createIndex("a", "", keep);
        QVERIFY(check("POST /indexes", R"({"uid":"a"})"));
        f.client.deleteIndex("a b/c", keep);
        QVERIFY(check("DELETE /indexes/a%20b%2Fc", ""));
        f.client.updatePrimaryKey("a", "k", keep);
        QVERIFY(check("PATCH /indexes/a", R"({"primaryKey":"k"})"));
        f.client.swapIndexes({{"a", "b"}}, keep);
        QVERIFY(check("POST /swap-indexes", R"([{"indexes":["a","b"]}])"));
        f.client.patchSettings("a", "{\"x\":1}", keep);
        QVERIFY(check("PATCH /indexes/a/settings", "{\"x\":1}"));
        f.client.deleteBatch("a", "[1]", "e=1&o=2", keep);
        QVERIFY(
            check("POST /indexes/a/documents/delete-batch?customMetadata=e%3D1%26o%3D2", "[1]"));
        f.client.deleteByFilter("a", R"({"filter":"x = 1"})", "", keep);
        QVERIFY(check("POST /indexes/a/documents/delete", R"({"filter":"x = 1"})"));
        f.client.deleteAllDocuments("a", "m", keep);
        QVERIFY(check("DELETE /indexes/a/documents?customMetadata=m", ""));
        f.client.compact("a", keep);
        QVERIFY(check("POST /indexes/a/compact", ""));
        f.client.cancelTasks({.uids = {1, 2}}, keep);
        QVERIFY(check("POST /tasks/cancel?uids=1%2C2", ""));
        f.client.deleteTasks({.statuses = {"failed"}}, keep);
        QVERIFY(check("DELETE /tasks?statuses=failed", ""));
    }

    void documents()
    {
        Fixture f;
        std::optional<Accepted> got;
        const auto keep = [&got](Accepted accepted) { got = std::move(accepted); };
        f.client.writeDocuments(
            {.index = "a", .body = "{}\n", .primaryKey = "id", .customMetadata = "é"}, keep);
        QTRY_VERIFY(got);
        QCOMPARE(f.lastLine(),
            QByteArray("POST /indexes/a/documents?primaryKey=id&customMetadata=%C3%A9"));
        QVERIFY(f.server.requests.last().hasField("Content-Type: application/x-ndjson"));
        got.reset();
        f.client.writeDocuments({.index = "a",
                                    .body = "[]",
                                    .contentType = "application/json",
                                    .partial = true,
                                    .skipCreation = true},
            keep);
        QTRY_VERIFY(got);
        QCOMPARE(f.lastLine(), QByteArray("PUT /indexes/a/documents?skipCreation=true"));
        QVERIFY(f.server.requests.last().hasField("Content-Type: application/json"));
    }

    void reads()
    {
        Fixture f;
        std::optional<Answer> got;
        const auto keep = [&got](Answer answer) { got = std::move(answer); };
        const auto check = [&](const QByteArray &line) {
            const bool right
                = QTest::qWaitFor([&got] { return got.has_value(); }) && f.lastLine() == line;
            if (!right)
                qWarning() << f.lastLine();
            got.reset();
            return right;
        };
        f.client.health(keep);
        QVERIFY(check("GET /health"));
        f.client.version(keep);
        QVERIFY(check("GET /version"));
        f.client.stats(keep);
        QVERIFY(check("GET /stats"));
        f.client.indexStats("a", keep);
        QVERIFY(check("GET /indexes/a/stats"));
        f.client.listIndexes(0, 1000, keep);
        QVERIFY(check("GET /indexes?offset=0&limit=1000"));
        f.client.getIndex("a", keep);
        QVERIFY(check("GET /indexes/a"));
        f.client.getSettings("a", keep);
        QVERIFY(check("GET /indexes/a/settings"));
        f.client.getDocument("a", "..", "id,b", keep);
        QVERIFY(check("GET /indexes/a/documents/%2E%2E?fields=id%2Cb"));
        f.client.fetchDocuments("a", "{}", keep);
        QVERIFY(check("POST /indexes/a/documents/fetch"));
        f.client.search("a", "{}", keep);
        QVERIFY(check("POST /indexes/a/search"));
        f.client.facetSearch("a", "{}", keep);
        QVERIFY(check("POST /indexes/a/facet-search"));
        f.client.similar("a", "{}", keep);
        QVERIFY(check("POST /indexes/a/similar"));
        f.client.multiSearch("{}", keep);
        QVERIFY(check("POST /multi-search"));
        f.client.createKey("{}", keep);
        QVERIFY(check("POST /keys"));
        f.client.deleteKey("u", keep);
        QVERIFY(check("DELETE /keys/u"));
        f.client.listKeys(0, 20, keep);
        QVERIFY(check("GET /keys?offset=0&limit=20"));
    }

    void refusedWrite()
    {
        Fixture f;
        f.status = 404;
        f.body
            = R"({"message":"Index `a` not found.","code":"index_not_found","type":"invalid_request","link":"l"})";
        std::optional<Accepted> got;
        f.client.deleteIndex("a", [&got](Accepted accepted) { got = std::move(accepted); });
        QTRY_VERIFY(got);
        QVERIFY(!got->taskUid);
        QCOMPARE(got->answer.status, 404);
        QCOMPARE(QString::fromStdString(got->failure),
            QStringLiteral("status 404, index_not_found: Index `a` not found."));
        QCOMPARE(node::nodeError(got->answer)->code, std::string("index_not_found"));
        f.status = 200;
        for (const QByteArray &body :
            {QByteArray("<html>"), QByteArray("{}"), QByteArray("[]"), QByteArray(""),
                QByteArray("{\"taskUid\":\"7\"}"), QByteArray("{\"taskUid\":4294967296}"),
                QByteArray("{\"taskUid\":-1}"), QByteArray("{\"taskUid\":1.0}")}) {
            f.body = body;
            got.reset();
            f.client.deleteIndex("a", [&got](Accepted accepted) { got = std::move(accepted); });
            QTRY_VERIFY(got);
            QVERIFY(!got->taskUid);
            QVERIFY(!got->failure.empty());
        }
    }

    void tasks()
    {
        Fixture f;
        f.status = 200;
        f.body
            = R"({"results":[{"uid":9,"batchUid":3,"indexUid":"a","status":"failed","type":"documentAdditionOrUpdate",)"
              R"("canceledBy":null,"details":{"receivedDocuments":1.0},"error":{"message":"m","code":"c","type":"t",)"
              R"("link":"l"},"duration":"PT1S","customMetadata":"e=1"},{"uid":8,"batchUid":null,"indexUid":null,)"
              R"("status":"enqueued","type":"indexSwap","details":null,"error":null}],"total":12,"limit":2,"from":9,)"
              R"("next":7})";
        std::optional<node::Tasks> got;
        f.client.tasks({.uids = {9, 8},
                           .statuses = {"failed", "enqueued"},
                           .types = {"indexSwap"},
                           .indexUids = {"a"},
                           .limit = 2,
                           .from = 9,
                           .reverse = true},
            [&got](node::Tasks tasks) { got = std::move(tasks); });
        QTRY_VERIFY(got);
        QCOMPARE(f.lastLine(),
            QByteArray(
                "GET /tasks?uids=9%2C8&statuses=failed%2Cenqueued&types=indexSwap&indexUids=a"
                "&limit=2&from=9&reverse=true"));
        QVERIFY2(got->page, got->failure.c_str());
        QCOMPARE(got->page->total, std::uint64_t(12));
        QCOMPARE(got->page->next, std::optional<std::uint32_t>(7));
        const node::NodeTask &first = got->page->tasks.at(0);
        QCOMPARE(first.uid, 9U);
        QVERIFY(first.finished());
        QCOMPARE(first.batchUid, std::optional<std::uint32_t>(3));
        QCOMPARE(first.error->message, std::string("m"));
        QCOMPARE(first.customMetadata, std::string("e=1"));
        QCOMPARE(first.details, QByteArray(R"({"receivedDocuments":1.0})"));
        QVERIFY(first.raw.startsWith(R"({"uid":9,)"));
        const node::NodeTask &second = got->page->tasks.at(1);
        QVERIFY(!second.finished());
        QVERIFY(!second.error && !second.batchUid && second.indexUid.empty()
            && second.details.isEmpty());
        for (const QByteArray &body :
            {QByteArray(R"({"results":[{"uid":1}]})"), QByteArray(R"({"results":{}})"),
                QByteArray(R"({"results":[{"uid":1,"status":"weird","type":"x"}]})")})
            QVERIFY(!node::parseTasks(body));
    }

    void otherAnswers()
    {
        QCOMPARE(*node::parseVersion(R"({"commitSha":"a","pkgVersion":"1.50.0"})"),
            std::string("1.50.0"));
        QVERIFY(!node::parseVersion(R"({"pkgVersion":1})"));
        const auto stats = node::parseStats(
            R"({"databaseSize":100,"usedDatabaseSize":50,"indexes":{"a":{"numberOfDocuments":3,)"
            R"("isIndexing":true}}})");
        QVERIFY(stats.ok());
        QCOMPARE(stats->databaseBytes, std::uint64_t(100));
        QCOMPARE(stats->indexes.at(0).documents, std::uint64_t(3));
        QVERIFY(stats->indexes.at(0).indexing);
        QVERIFY(!node::parseStats(R"({"indexes":{"a":{}}})"));
        QCOMPARE(node::parseKeys(R"({"results":[{"uid":"u","key":"k","name":null}]})")->at(0).key,
            std::string("k"));
        QCOMPARE(node::parseKey(R"({"uid":"u","key":"k"})")->uid, std::string("u"));
        QVERIFY(!node::parseKey(R"({"uid":"u"})"));
    }
};

QTEST_GUILESS_MAIN(TestNodeClient)
#include "tst_node_client.moc"
