// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <QThread>

#include <atomic>
#include <map>
#include <set>

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

/// Nodes that have lost what they held: they get it back from the others, and serve nothing of it before.
class ClusterRecoveryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aWipedNodeIsCopiedAnew();
    void writesGoOnMeanwhile();
    void seenByItsTaskNumbers();
    void theCopyBeginsAnewAfterARestart();
    void anIndexDeletedMeanwhile();
    void theOnlyCopyIsRefused();
    void aFailedRecordDoesNotBlockALateNode();
};

namespace {

QByteArray documents(int from, int count, const QByteArray &word)
{
    QByteArray body = "[";
    for (int i = from; i < from + count; ++i)
        body += (i == from ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"title\":\"" + word + ' '
            + QByteArray::number(i) + "\",\"rank\":" + QByteArray::number(i % 7) + '}';
    return body + ']';
}

QByteArray state(const TestCluster &cluster)
{
    return cluster.admin().send("GET", "/_miroir/cluster").text("state");
}

bool becomesHealthy(const TestCluster &cluster)
{
    return QTest::qWaitFor([&] { return state(cluster) == "healthy"; }, 30'000);
}

/// Every document of that node, hidden fields and all, by id.
std::map<std::string, std::string> held(const TestCluster &cluster, std::size_t node, const QByteArray &index)
{
    std::map<std::string, std::string> found;
    const auto answer = cluster.node(node).send(
        "POST", "/indexes/" + index + "/documents/fetch", R"({"limit":100000,"retrieveVectors":true})");
    const auto body = json::Document::parse(answer.body);
    if (body) {
        for (const json::Value document : body->root()["results"].items()) {
            // members in any order: a node may keep them in another one
            std::map<std::string, std::string> members;
            for (const json::Member member : document.members())
                members[member.key()] = std::string(member.value.raw());
            std::string text;
            for (const auto &[name, value] : members)
                text += name + '=' + value + ';';
            found.emplace(std::string(document["id"].raw()), text);
        }
    }
    return found;
}

/// All copies of each document; the number of documents when every one has `replicas` equal copies, else -1.
int equalCopies(const TestCluster &cluster, const QByteArray &index, std::size_t nodes, std::size_t replicas)
{
    std::map<std::string, std::vector<std::string>> copies;
    for (std::size_t i = 0; i < nodes; ++i) {
        for (const auto &[id, text] : held(cluster, i, index))
            copies[id].push_back(text);
    }
    for (const auto &[id, texts] : copies) {
        if (texts.size() != replicas || std::set<std::string>(texts.begin(), texts.end()).size() != 1) {
            qWarning("document %s has %zu copies: %s", id.c_str(), texts.size(), texts.front().c_str());
            return -1;
        }
    }
    return static_cast<int>(copies.size());
}

/// Searches all the time; counts answers that are no success or lack something.
class Searcher
{
public:
    Searcher(const TestCluster &cluster, QByteArray body, QByteArray total)
        : m_thread(QThread::create([this, http = cluster.http(), body = std::move(body), total = std::move(total)] {
              while (!m_stop) {
                  const auto answer = http.send("POST", "/indexes/m/search", body);
                  ++m_asked;
                  if (answer.status != 200 || answer.member("totalHits") != total) {
                      qWarning("wrong answer: %d %s", answer.status, answer.body.left(300).constData());
                      ++m_wrong;
                  }
              }
          }))
    {
        m_thread->start();
    }
    ~Searcher() { end(); }
    /// Wrong answers.
    int end()
    {
        m_stop = true;
        m_thread->wait();
        return m_wrong;
    }
    [[nodiscard]] int asked() const { return m_asked; }

private:
    std::atomic<bool> m_stop {false};
    std::atomic<int> m_asked {0};
    std::atomic<int> m_wrong {0};
    std::unique_ptr<QThread> m_thread;
};

const QByteArray settings = R"({"filterableAttributes":["rank"],"sortableAttributes":["rank"]})";

} // namespace

void ClusterRecoveryTest::aWipedNodeIsCopiedAnew()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("PATCH", "/indexes/m/settings", settings)), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 3000, "film"))),
        QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes", R"({"uid":"empty","primaryKey":"id"})")),
        QByteArray("succeeded"));
    const QByteArray request = R"({"filter":"rank = 3","sort":["rank:asc"],"limit":50,"q":"film"})";
    const QByteArray before = http.send("POST", "/indexes/m/search", request).member("hits");
    const auto heldBefore = held(cluster, 1, "m");
    QVERIFY(heldBefore.size() > 1500);
    const QByteArray settingsBefore = cluster.node(1).send("GET", "/indexes/m/settings").body;

    Searcher searcher(cluster, R"({"filter":"rank = 3","hitsPerPage":1})", "429");
    cluster.stopNode(1);
    cluster.wipeNode(1);
    QTRY_COMPARE(state(cluster), QByteArray("degraded"));
    cluster.startNode(1);
    QByteArray copies;
    QTRY_VERIFY(!(copies = cluster.admin().send("GET", "/_miroir/cluster").member("copies")).startsWith("[]"));
    QVERIFY2(copies.contains("\"node\":\"node-2\""), copies.constData());
    QVERIFY(becomesHealthy(cluster));
    QCOMPARE(searcher.end(), 0);
    QVERIFY(searcher.asked() > 10);
    QCOMPARE(cluster.admin().send("GET", "/_miroir/cluster").member("copies"), QByteArray("[]"));

    QVERIFY(held(cluster, 1, "m") == heldBefore);
    QCOMPARE(cluster.node(1).send("GET", "/indexes/m/settings").body, settingsBefore);
    QCOMPARE(cluster.node(1).send("GET", "/indexes/empty").text("primaryKey"), QByteArray("id"));
    // it serves: without one of the others the answer is the same
    cluster.stopNode(0);
    QCOMPARE(http.send("POST", "/indexes/m/search", request).member("hits"), before);
}

void ClusterRecoveryTest::writesGoOnMeanwhile()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("PATCH", "/indexes/m/settings", settings)), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 2000, "film"))),
        QByteArray("succeeded"));
    PlainHttp::Answer last;
    const auto write = [&](int round) {
        http.send("POST", "/indexes/m/documents", documents(round * 10, 5, "again"));
        http.send("PUT", "/indexes/m/documents",
            "[{\"id\":" + QByteArray::number(round * 10 + 6) + ",\"part\":" + QByteArray::number(round) + "}]");
        http.send("DELETE", "/indexes/m/documents/" + QByteArray::number(round * 10 + 8));
        last = http.send("POST", "/indexes/m/documents", documents(5000 + round, 1, "new"));
    };
    for (int round = 0; round < 20; ++round)
        write(round);
    cluster.stopNode(2);
    cluster.wipeNode(2);
    for (int round = 20; round < 40; ++round)
        write(round);
    cluster.startNode(2);
    QTRY_VERIFY(!cluster.admin().send("GET", "/_miroir/cluster").member("copies").startsWith("[]"));
    for (int round = 40; round < 120; ++round)
        write(round);
    QCOMPARE(cluster.statusOf(last), QByteArray("succeeded"));
    QVERIFY(becomesHealthy(cluster));
    QCOMPARE(equalCopies(cluster, "m", 3, 2), 2000 - 120 + 120);
    QCOMPARE(http.send("GET", "/indexes/m/stats").member("numberOfDocuments"), QByteArray("2000"));
    const auto one = http.send("GET", "/indexes/m/documents/1196");
    QVERIFY2(one.body.contains("\"part\":119") && one.body.contains("film 1196"), one.body.constData());
}

void ClusterRecoveryTest::seenByItsTaskNumbers()
{
    TestCluster cluster;
    cluster.config().health.intervalMs = 60'000; // nobody looks: only the write can tell
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("PATCH", "/indexes/m/settings", settings)), QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 500, "film"))),
        QByteArray("succeeded"));
    cluster.stopNode(1);
    cluster.wipeNode(1);
    cluster.startNode(1);
    const auto written = http.send("POST", "/indexes/m/documents", documents(500, 100, "film"));
    QCOMPARE(cluster.statusOf(written), QByteArray("succeeded"));
    for (int i = 0; i < 10; ++i) // it holds some of the new ones and nothing else, if anything
        QCOMPARE(http.send("POST", "/indexes/m/search", R"({"hitsPerPage":1})").member("totalHits"), QByteArray("600"));
    QVERIFY(state(cluster) == "degraded");
    cluster.stopEngine();
    cluster.config().health.intervalMs = 50;
    QVERIFY(cluster.start());
    QVERIFY(becomesHealthy(cluster));
    QCOMPARE(equalCopies(cluster, "m", 3, 2), 600);
}

void ClusterRecoveryTest::theCopyBeginsAnewAfterARestart()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 3000, "film"))),
        QByteArray("succeeded"));
    cluster.stopNode(1);
    cluster.wipeNode(1);
    QTRY_COMPARE(state(cluster), QByteArray("degraded"));
    cluster.startNode(1);
    QTRY_VERIFY(cluster.admin().send("GET", "/_miroir/cluster").member("copies").contains("copying"));
    cluster.stopEngine();
    QVERIFY(cluster.start());
    QVERIFY(becomesHealthy(cluster));
    QCOMPARE(equalCopies(cluster, "m", 3, 2), 3000);
}

void ClusterRecoveryTest::anIndexDeletedMeanwhile()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 100, "film"))),
        QByteArray("succeeded"));
    cluster.stopNode(1);
    cluster.stopNode(2);
    cluster.wipeNode(1);
    QTRY_COMPARE(state(cluster), QByteArray("unavailable"));
    cluster.startNode(1);
    // some of its shards are on the third node only, which is away: it has to wait
    QTRY_VERIFY(cluster.admin().send("GET", "/_miroir/cluster").member("copies").contains("waits for a node"));
    const auto deleted = http.send("DELETE", "/indexes/m");
    cluster.startNode(2);
    QCOMPARE(cluster.statusOf(deleted), QByteArray("succeeded"));
    QVERIFY(becomesHealthy(cluster));
    for (std::size_t i = 0; i < 3; ++i)
        QTRY_COMPARE(cluster.node(i).send("GET", "/indexes/m").status, 404);
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 50, "film"))),
        QByteArray("succeeded"));
    QCOMPARE(http.send("POST", "/indexes/m/search", R"({"hitsPerPage":1})").member("totalHits"), QByteArray("50"));
}

void ClusterRecoveryTest::theOnlyCopyIsRefused()
{
    TestCluster cluster(2, 1);
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 100, "film"))),
        QByteArray("succeeded"));
    cluster.stopNode(1);
    QVERIFY(QDir().rename(cluster.nodeFolder(1), cluster.nodeFolder(1) + QStringLiteral("-kept")));
    QTRY_COMPARE(state(cluster), QByteArray("unavailable"));
    cluster.startNode(1);
    QByteArray nodes;
    QTRY_VERIFY((nodes = cluster.admin().send("GET", "/_miroir/nodes").body).contains("\"refused\""));
    QVERIFY2(nodes.contains("has lost index 'm'") && nodes.contains("replication_factor 1"), nodes.constData());
    QCOMPARE(http.send("POST", "/indexes/m/search", "{}").status, 503);
    cluster.stopNode(1);
    cluster.wipeNode(1);
    QVERIFY(QDir().rename(cluster.nodeFolder(1) + QStringLiteral("-kept"), cluster.nodeFolder(1)));
    cluster.startNode(1);
    QVERIFY(becomesHealthy(cluster));
    QCOMPARE(http.send("POST", "/indexes/m/search", R"({"hitsPerPage":1})").member("totalHits"), QByteArray("100"));
}

void ClusterRecoveryTest::aFailedRecordDoesNotBlockALateNode()
{
    TestCluster cluster;
    QVERIFY(cluster.start());
    const auto http = cluster.http();
    QCOMPARE(cluster.statusOf(http.send("PATCH", "/indexes/m/settings", R"({"sortableAttributes":["_geo"]})")),
        QByteArray("succeeded"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(0, 50, "film"))),
        QByteArray("succeeded"));
    cluster.stopNode(1);
    QTRY_COMPARE(state(cluster), QByteArray("degraded"));
    // every node refuses it, and this one does so when nobody asks any more
    QByteArray many = "[";
    for (int i = 100; i < 200; ++i)
        many += (i == 100 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(i) + ",\"_geo\":\"nowhere\"}";
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", many + ']')), QByteArray("failed"));
    QCOMPARE(cluster.statusOf(http.send("POST", "/indexes/m/documents", documents(50, 50, "film"))),
        QByteArray("succeeded"));
    cluster.startNode(1);
    QVERIFY(becomesHealthy(cluster));
    QCOMPARE(equalCopies(cluster, "m", 3, 2), 100);
}

QTEST_GUILESS_MAIN(ClusterRecoveryTest)
#include "tst_cluster_recovery.moc"
