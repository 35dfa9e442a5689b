// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <atomic>
#include <thread>

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// Settings that change under searches, over embedded nodes.
class ClusterSettingsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void searchesSeeOneStateOfTheSettings();
    void changesInARowAllArrive();
    void aDeadNodeHoldsNothingUp();
    void whatAllNodesRefuseFails();
    void zonesSurviveARestart();
};

namespace {

QByteArray numbers(int count)
{
    QByteArray body = "[";
    for (int i = 0; i < count; ++i)
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"rank\":"
            + QByteArray::number(i) + '}';
    return body + ']';
}

/// Ids of the hits, in order.
std::string order(const PlainHttp &http)
{
    const PlainHttp::Answer answer
        = http.send("POST", "/indexes/m/search", R"({"limit":40,"attributesToRetrieve":["id"]})");
    const auto document = json::Document::parse(answer.body);
    std::string ids;
    for (const json::Value hit : document->root()["hits"].items())
        ids += std::string(hit["id"].raw()) + ' ';
    return answer.status == 200 ? ids : std::string(answer.body.constData());
}

} // namespace

void ClusterSettingsTest::searchesSeeOneStateOfTheSettings()
{
    TestCluster cluster(4, 2); // two zones with a whole copy each
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", numbers(40))), QByteArray("succeeded"));
    const std::string ascending = order(http);
    std::string descending;
    for (int i = 39; i >= 0; --i)
        descending += std::to_string(i) + ' ';
    QVERIFY(ascending.starts_with("0 1 2 "));

    std::atomic<bool> over {false};
    std::vector<std::string> mixed;
    int seen = 0;
    std::thread searcher([&] {
        while (!over) {
            const std::string now = order(http);
            ++seen;
            if (now != ascending && now != descending)
                mixed.push_back(now);
        }
    });
    for (int round = 0; round < 5; ++round) {
        QCOMPARE(cluster.statusOf(http.send("PUT", "/indexes/m/settings/ranking-rules", R"(["rank:desc"])")),
            QByteArray("succeeded"));
        const bool changed = order(http) == descending;
        const QByteArray back = cluster.statusOf(http.send("DELETE", "/indexes/m/settings/ranking-rules"));
        if (!changed || back != "succeeded" || order(http) != ascending)
            mixed.emplace_back("a finished change is not seen");
    }
    over = true;
    searcher.join();
    QVERIFY(seen > 0);
    QVERIFY2(mixed.empty(), mixed.empty() ? "" : mixed.front().c_str());
}

void ClusterSettingsTest::changesInARowAllArrive()
{
    TestCluster cluster(3, 2);
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    http.send("POST", "/indexes/m/documents", numbers(40));
    PlainHttp::Answer last;
    for (int i = 0; i < 8; ++i) {
        http.send("PUT", "/indexes/m/settings/stop-words", "[\"w" + QByteArray::number(i) + "\"]");
        http.send("POST", "/indexes/m/documents", "[{\"id\":" + QByteArray::number(100 + i) + "}]");
        last = http.send("PUT", "/indexes/m/settings/ranking-rules", i % 2 == 0 ? "[\"rank:desc\"]" : "[\"rank:asc\"]");
    }
    QCOMPARE(cluster.statusOf(last), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/indexes/m/settings/stop-words").body, QByteArray("[\"w7\"]"));
    QCOMPARE(http.send("GET", "/indexes/m/stats").member("numberOfDocuments"), QByteArray("48"));
    // every node, not only those that searches went over to
    for (std::size_t i = 0; i < 3; ++i)
        QTRY_COMPARE(cluster.node(i).send("GET", "/indexes/m/settings/stop-words").body, QByteArray("[\"w7\"]"));
}

void ClusterSettingsTest::aDeadNodeHoldsNothingUp()
{
    TestCluster cluster(3, 2);
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", numbers(40))), QByteArray("succeeded"));
    cluster.stopNode(0);
    QCOMPARE(cluster.statusOf(http.send("PUT", "/indexes/m/settings/ranking-rules", R"(["rank:desc"])")),
        QByteArray("succeeded"));
    QVERIFY(order(http).starts_with("39 38 "));
    cluster.startNode(0);
    QTRY_COMPARE_WITH_TIMEOUT(cluster.node(0).send("GET", "/indexes/m/settings/ranking-rules").body,
        QByteArray(R"(["rank:desc","_miroir_ord:asc"])"), 20'000);
    QVERIFY(order(http).starts_with("39 38 "));
}

void ClusterSettingsTest::whatAllNodesRefuseFails()
{
    TestCluster cluster(3, 2);
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", numbers(40))), QByteArray("succeeded"));
    // the documents have no vectors, which only the nodes find out
    const auto refused
        = http.send("PATCH", "/indexes/m/settings/embedders", R"({"e":{"source":"userProvided","dimensions":3}})");
    const QByteArray task = cluster.finished(refused);
    QVERIFY2(task.contains("vector_embedding_error"), task.constData());
    QCOMPARE(http.send("GET", "/indexes/m/settings/embedders").body, QByteArray("{}"));
    QCOMPARE(cluster.statusOf(http.send("PUT", "/indexes/m/settings/ranking-rules", R"(["rank:desc"])")),
        QByteArray("succeeded"));
    QVERIFY(order(http).starts_with("39 38 "));
}

void ClusterSettingsTest::zonesSurviveARestart()
{
    TestCluster cluster(4, 2);
    QVERIFY(cluster.start());
    const QByteArray before = cluster.admin().send("GET", "/_miroir/nodes").body;
    QVERIFY2(before.contains("zone-1"), before.constData());
    cluster.stopEngine();
    QVERIFY(cluster.start());
    const auto zones = [](const QByteArray &nodes) {
        const auto document = json::Document::parse(nodes);
        std::string all;
        for (const json::Value node : document->root()["nodes"].items())
            all += node["zone"].toString() + ' ';
        return all;
    };
    QCOMPARE(zones(cluster.admin().send("GET", "/_miroir/nodes").body), zones(before));
}

QTEST_GUILESS_MAIN(ClusterSettingsTest)
#include "tst_cluster_settings.moc"
