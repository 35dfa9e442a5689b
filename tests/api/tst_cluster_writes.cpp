// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// Writes that depend on what the index holds, and what becomes of tasks, over embedded nodes.
class ClusterWritesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void deletionByFilter();
    void ordersStandBehindADeletion();
    void deletionSurvivesARestart();
    void skipCreation();
    void contentIsRefusedAsAWhole();
    void editsNeedTheFeature();
    void swapsTakeTheHistoryAlong();
    void batches();
    void cancelingTakesBack();
    void deletedTasksEndFirst();
    void theLogDoesNotWaitForEver();
};

namespace {

QByteArray films(int count)
{
    QByteArray body = "[";
    for (int i = 0; i < count; ++i)
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"rank\":"
            + QByteArray::number(i % 10) + '}';
    return body + ']';
}

QByteArray pathOf(const QByteArray &text, std::initializer_list<std::string_view> names)
{
    const auto document = json::Document::parse(text);
    if (!document)
        return {};
    json::Value value = document->root();
    for (const std::string_view name : names)
        value = value[name];
    return toBytes(value.isString() ? std::string_view(value.toString()) : value.raw());
}

bool succeeded(const TestCluster &cluster, const PlainHttp::Answer &accepted)
{
    return cluster.statusOf(accepted) == "succeeded";
}

QByteArray count(const TestCluster &cluster, const QByteArray &index = "m")
{
    return cluster.http().send("GET", "/indexes/" + index + "/stats").member("numberOfDocuments");
}

} // namespace

void ClusterWritesTest::deletionByFilter()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const auto missing = http.send("POST", "/indexes/m/documents/delete", R"({"filter":"rank = 3"})");
    QCOMPARE(pathOf(cluster.finished(missing), {"error", "code"}), QByteArray("index_not_found"));
    http.send("PUT", "/indexes/m/settings/filterable-attributes", R"(["rank"])");
    http.send("POST", "/indexes/m/documents", films(500));
    const auto deleted
        = http.send("POST", "/indexes/m/documents/delete?customMetadata=why", R"({"filter":["rank > 6"]})");
    QCOMPARE(deleted.status, 202);
    QCOMPARE(deleted.text("type"), QByteArray("documentDeletion"));
    const QByteArray task = cluster.finished(deleted);
    QCOMPARE(pathOf(task, {"details"}),
        QByteArray(R"({"providedIds":0,"deletedDocuments":150,"originalFilter":"[\"rank > 6\"]"})"));
    QCOMPARE(pathOf(task, {"customMetadata"}), QByteArray("why"));
    QCOMPARE(count(cluster), QByteArray("350"));
    QCOMPARE(http.send("POST", "/indexes/m/search", R"({"filter":"rank = 8"})").member("estimatedTotalHits"),
        QByteArray("0"));
    const auto refused = cluster.finished(http.send("POST", "/indexes/m/documents/delete", R"({"filter":"id = 1"})"));
    QCOMPARE(pathOf(refused, {"error", "code"}), QByteArray("invalid_document_filter"));
    QVERIFY2(!refused.contains("_miroir_"), refused.constData());
    QCOMPARE(pathOf(refused, {"details", "deletedDocuments"}), QByteArray("0"));
    QCOMPARE(http.send("POST", "/indexes/m/documents/delete", R"({"filter":"_miroir_ord EXISTS"})").status, 202);
    QCOMPARE(count(cluster), QByteArray("350"));
}

void ClusterWritesTest::ordersStandBehindADeletion()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    http.send("PUT", "/indexes/m/settings/filterable-attributes", R"(["price"])");
    http.send("POST", "/indexes/m/documents", R"([{"id":1,"price":20,"name":"a"},{"id":2,"price":1}])");
    http.send("POST", "/indexes/m/documents/delete", R"({"filter":"price > 10"})");
    // behind it: the document comes back without what it was, and the other is deleted by a second filter
    http.send("PUT", "/indexes/m/documents", R"([{"id":1,"price":5},{"id":2,"price":50}])");
    http.send("POST", "/indexes/m/documents/delete", R"({"filter":"price > 10"})");
    const auto last = http.send("POST", "/indexes/m/documents", R"([{"id":3,"price":99}])");
    QCOMPARE(cluster.statusOf(last), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/indexes/m/documents").member("results"),
        QByteArray(R"([{"id":1,"price":5},{"id":3,"price":99}])"));
    for (int uid = 0; uid < 6; ++uid)
        QCOMPARE(http.send("GET", "/tasks/" + QByteArray::number(uid)).text("status"), QByteArray("succeeded"));
}

void ClusterWritesTest::deletionSurvivesARestart()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    cluster.http().send("PUT", "/indexes/m/settings/filterable-attributes", R"(["rank"])");
    QVERIFY(succeeded(cluster, cluster.http().send("POST", "/indexes/m/documents", films(100))));
    cluster.stopNode(0);
    cluster.stopNode(1);
    cluster.stopNode(2);
    const auto deleted = cluster.http().send("POST", "/indexes/m/documents/delete", R"({"filter":"rank < 5"})");
    const auto added = cluster.http().send("POST", "/indexes/m/documents", R"([{"id":1,"rank":1}])");
    QCOMPARE(added.status, 202);
    cluster.stopEngine();
    for (std::size_t i = 0; i < 3; ++i)
        cluster.startNode(i);
    QVERIFY(cluster.start());
    QCOMPARE(pathOf(cluster.finished(deleted), {"details", "deletedDocuments"}), QByteArray("50"));
    QCOMPARE(cluster.statusOf(added), QByteArray("succeeded"));
    QCOMPARE(count(cluster), QByteArray("51"));
}

void ClusterWritesTest::skipCreation()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    http.send("POST", "/indexes/m/documents", R"([{"id":5,"a":1,"b":2}])");
    const auto task = cluster.finished(
        http.send("PUT", "/indexes/m/documents?skipCreation=true", R"([{"id":777,"a":1},{"id":5,"a":3}])"));
    QCOMPARE(pathOf(task, {"details"}), QByteArray(R"({"receivedDocuments":2,"indexedDocuments":2})"));
    QCOMPARE(http.send("GET", "/indexes/m/documents").member("results"), QByteArray(R"([{"id":5,"a":3,"b":2}])"));
    QCOMPARE(http.send("POST", "/indexes/m/documents?skipCreation=x", "[]").text("code"),
        QByteArray("invalid_skip_creation"));
}

void ClusterWritesTest::contentIsRefusedAsAWhole()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    http.send("PUT", "/indexes/m/settings/sortable-attributes", R"(["_geo"])");
    QByteArray body = films(60);
    body.chop(1);
    const auto added = http.send("POST", "/indexes/m/documents", body + ",{\"id\":99,\"_geo\":\"no\"}]");
    const QByteArray task = cluster.finished(added);
    QCOMPARE(pathOf(task, {"error", "code"}), QByteArray("invalid_document_geo_field"));
    QCOMPARE(pathOf(task, {"details"}), QByteArray(R"({"receivedDocuments":61,"indexedDocuments":0})"));
    QCOMPARE(count(cluster), QByteArray("0"));
}

void ClusterWritesTest::editsNeedTheFeature()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    http.send("POST", "/indexes/m/documents", films(10));
    const QByteArray edit = R"({"function":"doc.rank = 1"})";
    QCOMPARE(http.send("POST", "/indexes/m/documents/edit", edit).text("code"), QByteArray("feature_not_enabled"));
}

void ClusterWritesTest::swapsTakeTheHistoryAlong()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const auto live = http.send("POST", "/indexes/live/documents", films(3));
    const auto next = http.send("POST", "/indexes/next/documents", films(200));
    const auto swapped = http.send("POST", "/swap-indexes", R"([{"indexes":["live","next"]}])");
    QCOMPARE(cluster.statusOf(swapped), QByteArray("succeeded"));
    QCOMPARE(count(cluster, "live"), QByteArray("200")); // it was filled before it was swapped in
    QCOMPARE(pathOf(cluster.finished(live), {"indexUid"}), QByteArray("next"));
    QCOMPARE(pathOf(cluster.finished(next), {"indexUid"}), QByteArray("live"));
    const auto renamed = http.send("PATCH", "/indexes/live", R"({"uid":"new"})");
    QCOMPARE(cluster.statusOf(renamed), QByteArray("succeeded"));
    QCOMPARE(pathOf(cluster.finished(next), {"indexUid"}), QByteArray("new"));
    QCOMPARE(http.send("GET", "/tasks?indexUids=new").member("total"), QByteArray("1"));
    const auto refused = cluster.finished(http.send("POST", "/swap-indexes", R"([{"indexes":["a","b"]}])"));
    QCOMPARE(pathOf(refused, {"error", "message"}), QByteArray("Indexes `a`, `b` not found."));
}

void ClusterWritesTest::batches()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const auto added = http.send("POST", "/indexes/m/documents", films(5));
    const QByteArray batch = pathOf(cluster.finished(added), {"batchUid"});
    const auto one = http.send("GET", "/batches/" + batch);
    QCOMPARE(one.status, 200);
    QCOMPARE(pathOf(one.body, {"details"}), QByteArray(R"({"receivedDocuments":5,"indexedDocuments":5})"));
    QCOMPARE(pathOf(one.body, {"stats", "types"}), QByteArray(R"({"documentAdditionOrUpdate":1})"));
    QCOMPARE(pathOf(one.body, {"stats", "indexUids"}), QByteArray(R"({"m":1})"));
    QCOMPARE(http.send("GET", "/batches?statuses=failed").member("results"), QByteArray("[]"));
    QCOMPARE(http.send("GET", "/batches?limit=1").member("total"), QByteArray("1"));
    QCOMPARE(http.send("GET", "/batches/999").text("code"), QByteArray("batch_not_found"));
}

void ClusterWritesTest::cancelingTakesBack()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", films(3))), QByteArray("succeeded"));
    for (std::size_t i = 0; i < 3; ++i)
        cluster.stopNode(i);
    // what was sent before the loss of the nodes was seen is past cancelling, so wait until they are down
    QTRY_VERIFY(!cluster.admin().send("GET", "/_miroir/cluster").body.contains("\"serving\""));
    const auto kept = http.send("POST", "/indexes/m/documents", R"([{"id":10}])");
    const auto middle = http.send("POST", "/indexes/m/documents", R"([{"id":11}])");
    const auto last = http.send("DELETE", "/indexes/m/documents/1");
    const auto waiting = http.send("POST", "/indexes/m/documents/delete", R"({"filter":"id = 2"})");
    // something was judged on the ground of the first, so it has to stay; the others go
    const auto refused = cluster.finished(http.send("POST", "/tasks/cancel?uids=" + kept.member("taskUid")));
    QCOMPARE(pathOf(refused, {"details", "matchedTasks"}), QByteArray("1"));
    QCOMPARE(pathOf(refused, {"details", "canceledTasks"}), QByteArray("0"));
    const QByteArray uids = middle.member("taskUid") + ',' + last.member("taskUid") + ',' + waiting.member("taskUid");
    const QByteArray canceled = cluster.finished(http.send("POST", "/tasks/cancel?uids=" + uids));
    QCOMPARE(pathOf(canceled, {"details", "canceledTasks"}), QByteArray("3"));
    const QByteArray task = cluster.finished(last);
    QCOMPARE(pathOf(task, {"status"}), QByteArray("canceled"));
    QCOMPARE(pathOf(task, {"canceledBy"}), pathOf(canceled, {"uid"}));
    QCOMPARE(pathOf(task, {"batchUid"}), pathOf(canceled, {"batchUid"}));
    QCOMPARE(pathOf(task, {"details", "deletedDocuments"}), QByteArray("0"));
    QCOMPARE(http.send("GET", "/tasks?canceledBy=" + pathOf(canceled, {"uid"})).member("total"), QByteArray("3"));
    cluster.stopEngine();
    for (std::size_t i = 0; i < 3; ++i)
        cluster.startNode(i);
    QVERIFY(cluster.start());
    QCOMPARE(cluster.statusOf(kept), QByteArray("succeeded"));
    QCOMPARE(pathOf(cluster.finished(waiting), {"status"}), QByteArray("canceled"));
    QCOMPARE(cluster.http().send("GET", "/indexes/m/documents?fields=id").member("results"),
        QByteArray(R"([{"id":0},{"id":1},{"id":2},{"id":10}])"));
    // the directory knows nothing of what was taken back
    const QByteArray both = R"([{"id":11},{"id":1}])";
    QVERIFY(succeeded(cluster, cluster.http().send("POST", "/indexes/m/documents?skipCreation=true", both)));
    QCOMPARE(count(cluster), QByteArray("4"));
}

void ClusterWritesTest::deletedTasksEndFirst()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    const auto added = http.send("POST", "/indexes/m/documents", films(3000));
    QCOMPARE(added.status, 202);
    // asked for while the nodes are at it: a node ends what it does, and deletes it then
    const auto deleted = http.send("DELETE", "/tasks?uids=" + added.member("taskUid"));
    QCOMPARE(cluster.statusOf(deleted), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/tasks/" + added.member("taskUid")).text("code"), QByteArray("task_not_found"));
    const auto details = http.send("GET", "/tasks/" + deleted.member("taskUid")).member("details");
    QVERIFY2(details.contains("\"deletedTasks\":1"), details.constData());
    QCOMPARE(http.send("GET", "/indexes/m/stats").member("numberOfDocuments"), QByteArray("3000"));
}

void ClusterWritesTest::theLogDoesNotWaitForEver()
{
    TestCluster cluster;
    cluster.config().write.logMaxBytes = 200'000;
    QVERIFY(cluster.start());
    QCOMPARE(cluster.statusOf(cluster.http().send("POST", "/indexes/m/documents", films(3))), QByteArray("succeeded"));
    cluster.stopNode(0);
    for (int i = 0; i < 3; ++i)
        QVERIFY(succeeded(cluster, cluster.http().send("POST", "/indexes/m/documents", films(3000))));
    const auto leftBehind = [&cluster] {
        return cluster.admin().send("GET", "/_miroir/cluster").member("copies").contains("must be copied anew");
    };
    QTRY_VERIFY_WITH_TIMEOUT(leftBehind(), 30'000);
    cluster.stopEngine();
    cluster.config().write.logMaxBytes = 1'000'000'000;
    QVERIFY(!cluster.start(2'000)); // the node is still away, and the mark is remembered
    QTRY_VERIFY_WITH_TIMEOUT(leftBehind(), 30'000);
    QCOMPARE(count(cluster), QByteArray("3000"));
    // what the log no longer has it gets from the others
    cluster.startNode(0);
    QTRY_COMPARE_WITH_TIMEOUT(
        cluster.admin().send("GET", "/_miroir/cluster").text("state"), QByteArray("healthy"), 60'000);
    quint64 copies = 0;
    for (std::size_t i = 0; i < 3; ++i)
        copies += cluster.node(i).send("GET", "/indexes/m/stats").member("numberOfDocuments").toULongLong();
    QCOMPARE(copies, quint64 {6000});
}

QTEST_GUILESS_MAIN(ClusterWritesTest)
#include "tst_cluster_writes.moc"
