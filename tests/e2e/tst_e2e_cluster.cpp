// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/DaemonProcess.h"

#include <QTcpServer>
#include <QThread>

#include <atomic>
#include <memory>
#include <set>

using namespace miroir;
using test::DaemonProcess;
using test::PlainHttp;

/// The real programs as a user starts them, and what happens to them: one cluster for the whole of it.
class E2eCluster : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void quickStart();
    void templatesAreRendered();
    void aKilledNodeIsNotNoticed();
    void aNodeOnAnotherPortIsFollowed();
    void aWipedNodeGetsItsDataBack();
    void writesOfAKilledDaemonAreKept();
    void interruptLeavesNothingBehind();

private:
    [[nodiscard]] int documentsOnNodes() const;
    DaemonProcess m_daemon;
};

namespace {

constexpr int filmCount = 600;

QByteArray films()
{
    QByteArray body;
    for (int i = 0; i < filmCount; ++i)
        body += "{\"id\":" + QByteArray::number(i) + ",\"title\":\"film number " + QByteArray::number(i)
            + "\",\"rank\":" + QByteArray::number(i % 7) + "}\n";
    return body;
}

/// Clients that search all the time and compare each answer with the one from before.
class Load
{
public:
    Load(const DaemonProcess &daemon, int clients)
    {
        const QByteArray first = search(daemon.http());
        for (int i = 0; i < clients; ++i) {
            m_threads.emplace_back(QThread::create([this, first, http = daemon.http()] {
                while (!m_stop) {
                    const QByteArray hits = search(http);
                    ++m_asked;
                    m_wrong += hits != first ? 1 : 0;
                }
            }));
            m_threads.back()->start();
        }
    }
    ~Load() { end(); }
    void end()
    {
        m_stop = true;
        for (const auto &thread : m_threads)
            thread->wait();
    }
    [[nodiscard]] int asked() const { return m_asked; }
    [[nodiscard]] int wrong() const { return m_wrong; }

private:
    /// Hits and total of a search that needs every shard; empty when it failed.
    static QByteArray search(const PlainHttp &http)
    {
        const auto answer = http.send("POST", "/indexes/films/search", R"({"q":"film","hitsPerPage":30,"page":3})");
        return answer.status == 200 ? answer.member("hits") + answer.member("totalHits") : QByteArray();
    }

    std::vector<std::unique_ptr<QThread>> m_threads;
    std::atomic<bool> m_stop {false};
    std::atomic<int> m_asked {0};
    std::atomic<int> m_wrong {0};
};

} // namespace

void E2eCluster::initTestCase()
{
    QVERIFY(m_daemon.start());
    const qsizetype at = m_daemon.output().indexOf("Nodes run ");
    qInfo("%s", m_daemon.output().mid(at).split('\n').first().constData());
    const PlainHttp::Fields fields {{"Authorization", "Bearer dev-key"}, {"Content-Type", "application/x-ndjson"}};
    const auto added = m_daemon.http().exchange("POST", "/indexes/films/documents?primaryKey=id", films(), fields);
    QCOMPARE(m_daemon.statusOf(added), QByteArray("succeeded"));
}

void E2eCluster::quickStart()
{
    const PlainHttp open(m_daemon.port());
    const auto health = open.send("GET", "/health");
    QCOMPARE(health.status, 200);
    QCOMPARE(health.body, QByteArray(R"({"status":"available"})"));
    QCOMPARE(open.send("POST", "/indexes/movies/search", R"({"q":"inception"})").status, 401);
    const auto http = m_daemon.http();
    const auto added = http.send("POST", "/indexes/movies/documents",
        R"([{"id": 1, "title": "Inception", "year": 2010}, {"id": 2, "title": "Interstellar", "year": 2014}])");
    QCOMPARE(added.status, 202);
    QCOMPARE(m_daemon.statusOf(added), QByteArray("succeeded"));
    const auto found = http.send("POST", "/indexes/movies/search", R"({"q":"inception"})");
    QCOMPARE(found.status, 200);
    QCOMPARE(found.member("hits"), QByteArray(R"([{"id":1,"title":"Inception","year":2010}])"));
    QCOMPARE(found.member("estimatedTotalHits"), QByteArray("1"));
}

void E2eCluster::templatesAreRendered()
{
    const auto http = m_daemon.http();
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"renderRoute":true})").status, 200);
    QCOMPARE(m_daemon.statusOf(http.send("PUT", "/indexes/films/settings/searchable-attributes", R"(["title"])")),
        QByteArray("succeeded"));
    const auto render = [&http](const QByteArray &text) {
        return http.send("POST", "/render-template",
            R"({"template":{"kind":"inlineDocumentTemplate","inline":")" + text
                + R"("},"input":{"kind":"indexDocument","indexUid":"films","id":"7"}})");
    };
    const auto fields = render("{% for f in fields %}{{f.name}}={{f.value}} {{f.is_searchable}};{% endfor %}");
    const auto missing = render("{{ doc._miroir_shard }}");
    QCOMPARE(m_daemon.statusOf(http.send("DELETE", "/indexes/films/settings/searchable-attributes")),
        QByteArray("succeeded"));
    if (m_daemon.output().contains("miroir-node")) { // has no interpreter
        QCOMPARE(fields.text("code"), QByteArray("feature_not_enabled"));
        return;
    }
    QCOMPARE(fields.text("rendered"), QByteArray("id=7 false;title=film number 7 true;rank=0 false;"));
    QCOMPARE(missing.text("code"), QByteArray("template_rendering_error"));
    QVERIFY2(missing.text("message").contains("available indexes=id, title, rank\n"), missing.body);
}

void E2eCluster::aKilledNodeIsNotNoticed()
{
    for (const char *id : {"node-2", "node-1"}) {
        Load load(m_daemon, 3);
        QVERIFY(QTest::qWaitFor([&] { return load.asked() > 20; }, 20'000));
        const qint64 pid = m_daemon.nodes()[id].pid;
        QVERIFY(pid > 0);
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        QVERIFY(m_daemon.waitForState("degraded", 2000));
        QVERIFY(m_daemon.waitForState("healthy"));
        const int asked = load.asked();
        QVERIFY(QTest::qWaitFor([&] { return load.asked() > asked + 20; }, 20'000));
        load.end();
        qInfo("%s killed: %d searches, %d wrong", id, load.asked(), load.wrong());
        QCOMPARE(load.wrong(), 0);
        QVERIFY(m_daemon.nodes()[id].pid != pid);
    }
}

void E2eCluster::aNodeOnAnotherPortIsFollowed()
{
    const DaemonProcess::Node before = m_daemon.nodes()["node-3"];
    ::kill(static_cast<pid_t>(before.pid), SIGKILL);
    QTcpServer taker; // takes the port before the node is started again
    QVERIFY(QTest::qWaitFor([&] { return taker.listen(QHostAddress::LocalHost, before.port); }));
    QVERIFY(QTest::qWaitFor([&] {
        const DaemonProcess::Node now = m_daemon.nodes()["node-3"];
        return now.port != before.port && now.state == "serving";
    }, 30'000));
    QCOMPARE(m_daemon.state(), QByteArray("healthy"));
    const auto http = m_daemon.http();
    QCOMPARE(m_daemon.statusOf(http.send("POST", "/indexes/films/documents", R"([{"id":7,"title":"film seven"}])")),
        QByteArray("succeeded"));
    QVERIFY(http.send("GET", "/indexes/films/documents/7").body.contains("film seven"));
}

int E2eCluster::documentsOnNodes() const
{
    int documents = 0;
    for (const auto &[id, node] : m_daemon.nodes())
        documents += PlainHttp(node.port, m_daemon.nodeKey())
                         .send("GET", "/indexes/films/stats")
                         .member("numberOfDocuments")
                         .toInt();
    return documents;
}

void E2eCluster::aWipedNodeGetsItsDataBack()
{
    QCOMPARE(documentsOnNodes(), 2 * filmCount);
    Load load(m_daemon, 2);
    const qint64 pid = m_daemon.nodes()["node-2"].pid;
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    QVERIFY(QDir(m_daemon.nodeFolder(2) + QStringLiteral("/data")).removeRecursively());
    QVERIFY(m_daemon.waitForState("degraded", 5000));
    const auto written
        = m_daemon.http().send("PUT", "/indexes/films/documents", R"([{"id":8,"late":true},{"id":9,"late":true}])");
    QVERIFY(m_daemon.waitForState("healthy", 40'000));
    QCOMPARE(m_daemon.statusOf(written), QByteArray("succeeded"));
    load.end();
    qInfo("node-2 wiped: %d searches, %d wrong", load.asked(), load.wrong());
    QCOMPARE(load.wrong(), 0);
    QCOMPARE(documentsOnNodes(), 2 * filmCount);
}

void E2eCluster::writesOfAKilledDaemonAreKept()
{
    std::atomic<bool> stop {false};
    std::vector<int> accepted; // of the thread until it has ended
    std::atomic<int> count {0};
    const std::unique_ptr<QThread> writer(QThread::create([&, http = m_daemon.http()] {
        for (int id = 10'000; !stop; ++id) {
            const auto answer = http.send("POST", "/indexes/kept/documents",
                "[{\"id\":" + QByteArray::number(id) + ",\"title\":\"kept\"}]");
            if (answer.status == 202) {
                accepted.push_back(id);
                ++count;
            } else {
                stop = true;
            }
        }
    }));
    writer->start();
    constexpr int enough = 4; // before the kill: some of them done, some on their way
    const auto written = [&] { return count >= enough && m_daemon.http().send("GET", "/indexes/kept").status == 200; };
    QVERIFY(QTest::qWaitFor(written, 20'000));
    std::set<qint64> nodes;
    for (const auto &[id, node] : m_daemon.nodes())
        nodes.insert(node.pid);
    m_daemon.signal(SIGKILL);
    stop = true;
    writer->wait();
    QVERIFY(QTest::qWaitFor(
        [&] { return std::none_of(nodes.begin(), nodes.end(), test::processAlive); }, 10'000));
    QVERIFY(m_daemon.start());
    const auto last = m_daemon.http().send("POST", "/indexes/kept/documents", R"([{"id":1,"title":"after"}])");
    QCOMPARE(m_daemon.statusOf(last), QByteArray("succeeded"));
    QVERIFY(m_daemon.waitForState("healthy"));
    const auto held
        = m_daemon.http().send("POST", "/indexes/kept/documents/fetch", R"({"limit":100000,"fields":["id"]})");
    for (const int id : accepted)
        QVERIFY2(held.body.contains("{\"id\":" + QByteArray::number(id) + '}'), QByteArray::number(id).constData());
    qInfo("%zu acknowledged writes before the kill, none lost", accepted.size());
}

void E2eCluster::interruptLeavesNothingBehind()
{
    std::set<qint64> all {m_daemon.pid()};
    for (const auto &[id, node] : m_daemon.nodes())
        all.insert(node.pid);
    QCOMPARE(all.size(), std::size_t {4});
    QCOMPARE(m_daemon.signal(SIGINT), 0);
    QVERIFY(std::none_of(all.begin(), all.end(), test::processAlive));
    QVERIFY(!QFile::exists(m_daemon.folder() + QStringLiteral("/endpoint.json")));
}

QTEST_GUILESS_MAIN(E2eCluster)
#include "tst_e2e_cluster.moc"
