// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <QFileInfo>
#include <QTcpServer>

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// What the configuration says about failures, storage and the admin API has its effect.
class ClusterPolicyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void missingShardsAreAnError();
    void missingShardsAreLeftOutAndMarked();
    void aLateNodeIsReplaced_data();
    void aLateNodeIsReplaced();
    void theStoreStandsWhereItIsTold();
    void weightsAreTold();
    void adminParametersAreChecked_data();
    void adminParametersAreChecked();

private:
    std::unique_ptr<TestCluster> m_cluster; // of adminParametersAreChecked
};

namespace {

constexpr int documentCount = 200;

QByteArray documents()
{
    QByteArray body = "[";
    for (int i = 0; i < documentCount; ++i)
        body += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"title\":\"film\"}";
    return body + ']';
}

bool waitForState(const TestCluster &cluster, const QByteArray &state)
{
    return QTest::qWaitFor(
        [&] { return cluster.admin().send("GET", "/_miroir/cluster").text("state") == state; }, 20'000);
}

} // namespace

void ClusterPolicyTest::missingShardsAreAnError()
{
    TestCluster cluster(2, 1);
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents())), QByteArray("succeeded"));
    cluster.stopNode(1);
    const auto answer = http.send("POST", "/indexes/m/search", "{}");
    QCOMPARE(answer.status, 503);
    QCOMPARE(answer.text("code"), QByteArray("miroir_shard_unavailable"));
}

void ClusterPolicyTest::missingShardsAreLeftOutAndMarked()
{
    TestCluster cluster(2, 1);
    cluster.config().scatter.unavailableShardPolicy = UnavailableShardPolicy::Partial;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents())), QByteArray("succeeded"));
    const auto whole = http.send("POST", "/indexes/m/search", R"({"hitsPerPage":1})");
    QCOMPARE(whole.member("totalHits"), QByteArray::number(documentCount));
    QVERIFY(whole.member("partial").isEmpty() && !whole.head.toLower().contains("x-miroir-partial"));
    cluster.stopNode(1);
    // once it finds out within the request, once it knows
    for (int i = 0; i < 2; ++i) {
        const auto answer = http.send("POST", "/indexes/m/search", R"({"hitsPerPage":1})");
        QCOMPARE(answer.status, 200);
        const int total = answer.member("totalHits").toInt();
        QVERIFY2(total > 0 && total < documentCount, answer.body.constData());
        QCOMPARE(answer.member("partial"), QByteArray(R"({"missingShards":32,"shards":64})"));
        QVERIFY2(answer.head.contains("X-Miroir-Partial: missing-shards=32"), answer.head.constData());
        QVERIFY(answer.head.contains("Cache-Control: no-store"));
        QVERIFY(waitForState(cluster, "unavailable"));
    }
    // one document is there or not: nothing in between
    int found = 0;
    int unknown = 0;
    for (int id = 0; id < 20; ++id) {
        const auto answer = http.send("GET", "/indexes/m/documents/" + QByteArray::number(id));
        found += answer.status == 200 ? 1 : 0;
        unknown += answer.status == 503 ? 1 : 0;
        QVERIFY(answer.member("partial").isEmpty());
    }
    QCOMPARE(found + unknown, 20);
    cluster.stopNode(0);
    QVERIFY(QTest::qWaitFor([&] { return http.send("POST", "/indexes/m/search", "{}").status == 503; }));
    cluster.startNode(0);
    cluster.startNode(1);
    QVERIFY(waitForState(cluster, "healthy"));
    QVERIFY(http.send("POST", "/indexes/m/search", "{}").member("partial").isEmpty());
}

void ClusterPolicyTest::aLateNodeIsReplaced_data()
{
    QTest::addColumn<bool>("retry");
    QTest::newRow("with retry_on_timeout") << true;
    QTest::newRow("without") << false;
}

void ClusterPolicyTest::aLateNodeIsReplaced()
{
    QFETCH(bool, retry);
    TestCluster cluster;
    cluster.config().scatter.nodeTimeoutMs = 300;
    cluster.config().scatter.retryOnTimeout = retry;
    cluster.config().health.intervalMs = 60'000; // nobody else notices
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents())), QByteArray("succeeded"));
    cluster.stopNode(1);
    QTcpServer silent; // the kernel takes connections, nobody answers
    QVERIFY(silent.listen(QHostAddress::LocalHost, static_cast<quint16>(cluster.config().nodes[1].address.port())));
    int late = 0;
    for (int i = 0; i < 6; ++i) {
        const auto answer = http.send("POST", "/indexes/m/search", R"({"hitsPerPage":1})");
        if (answer.status == 503)
            ++late;
        else
            QCOMPARE(answer.member("totalHits"), QByteArray::number(documentCount));
    }
    if (retry)
        QCOMPARE(late, 0);
    else
        QVERIFY(late > 0);
}

void ClusterPolicyTest::theStoreStandsWhereItIsTold()
{
    QTemporaryDir folder;
    TestCluster cluster(1, 1);
    const QString file = folder.filePath(QStringLiteral("deep/er/tasks.db"));
    cluster.config().taskStore.path = file;
    QVERIFY(cluster.start());
    QCOMPARE(cluster.statusOf(cluster.http().send("POST", "/indexes/m/documents", documents())),
        QByteArray("succeeded"));
    QVERIFY(QFileInfo(file).size() > 0);
    QVERIFY(!QFileInfo::exists(cluster.config().dataDir + QStringLiteral("/store")));
    QVERIFY(cluster.start()); // the second engine starts when the first is gone
    QCOMPARE(cluster.http().send("GET", "/indexes/m/stats").member("numberOfDocuments"),
        QByteArray::number(documentCount));
    Config other = cluster.config();
    other.dataDir = folder.filePath(QStringLiteral("other"));
    Engine second(other);
    const auto refused = second.start();
    QVERIFY(!refused && refused.error().message.find("in use by another process") != std::string::npos);
}

void ClusterPolicyTest::weightsAreTold()
{
    TestCluster cluster;
    cluster.config().nodes[1].weight = 2.5;
    QVERIFY(cluster.start());
    const auto nodes = json::Document::parse(cluster.admin().send("GET", "/_miroir/nodes").body);
    QCOMPARE(std::string(nodes->root()["nodes"].at(0)["weight"].raw()), std::string("1.0"));
    QCOMPARE(std::string(nodes->root()["nodes"].at(1)["weight"].raw()), std::string("2.5"));
}

void ClusterPolicyTest::adminParametersAreChecked_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *target, int status, const char *code) {
        QTest::newRow(target) << QByteArray("/_miroir/") + target << status << QByteArray(code);
    };
    row("tasks", 200, "");
    row("tasks?limit=0", 200, "");
    row("tasks?limit=1000", 200, "");
    row("tasks?limit=abc", 400, "invalid_task_limit");
    row("tasks?limit=", 400, "invalid_task_limit");
    row("tasks?limit=-1", 400, "invalid_task_limit");
    row("tasks?limit=1.5", 400, "invalid_task_limit");
    row("tasks?limit=99999999999999999999", 400, "invalid_task_limit");
    row("tasks?limit=1001", 400, "invalid_task_limit");
    row("tasks?limits=5", 400, "bad_request");
    row("tasks?limit=5&limit=6", 400, "bad_request");
    row("shards", 200, "");
    row("shards?index=m", 200, "");
    row("shards?index=none", 404, "index_not_found");
    row("shards?index=", 400, "invalid_index_uid");
    row("shards?index=a%20b", 400, "invalid_index_uid");
    row("shards?uid=m", 400, "bad_request");
    row("cluster?x=1", 400, "bad_request");
    row("nodes?x", 400, "bad_request");
    row("indexes?limit=1", 400, "bad_request");
    row("access?x=1", 400, "bad_request");
    row("events?x=1", 400, "bad_request");
    row("nothing", 404, "");
}

void ClusterPolicyTest::adminParametersAreChecked()
{
    QFETCH(QByteArray, target);
    QFETCH(int, status);
    QFETCH(QByteArray, code);
    if (m_cluster == nullptr) {
        m_cluster = std::make_unique<TestCluster>(1, 1);
        QVERIFY(m_cluster->start());
        QCOMPARE(m_cluster->statusOf(m_cluster->http().send("POST", "/indexes", R"({"uid":"m"})")),
            QByteArray("succeeded"));
    }
    const auto answer = m_cluster->admin().send("GET", target);
    QCOMPARE(answer.status, status);
    QCOMPARE(answer.text("code"), code);
    if (!target.endsWith("nothing"))
        QCOMPARE(m_cluster->admin().send("POST", target.split('?').first()).status, 405);
}

QTEST_GUILESS_MAIN(ClusterPolicyTest)
#include "tst_cluster_policy.moc"
