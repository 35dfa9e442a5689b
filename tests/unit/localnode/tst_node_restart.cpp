// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/PlainHttp.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace miroir;

namespace {

// Long enough for a machine that does a hundred other things; nothing waits that long when all is well.
constexpr int patienceMs = 60'000;

/// The real program on a free port.
class NodeProcess
{
public:
    explicit NodeProcess(const QString &folder, const QStringList &more = {})
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(QStringLiteral(MIROIR_BIN_DIR "/miroir-node"),
                        QStringList {QStringLiteral("--http-addr"), QStringLiteral("127.0.0.1:0"),
                                     QStringLiteral("--db-path"), folder, QStringLiteral("--no-analytics")}
                            + more);
        static const QRegularExpression line(QStringLiteral("listening on http://127\\.0\\.0\\.1:(\\d+)"));
        while (m_process.state() != QProcess::NotRunning || m_process.bytesAvailable() > 0) {
            if (m_process.bytesAvailable() == 0 && !m_process.waitForReadyRead(patienceMs))
                break;
            m_output += m_process.readAll();
            const auto match = line.match(QString::fromUtf8(m_output));
            if (match.hasMatch()) {
                m_port = match.captured(1).toUShort();
                break;
            }
        }
    }
    ~NodeProcess() { kill(); }

    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QByteArray output() const { return m_output; }
    void kill()
    {
        m_process.kill(); // SIGKILL
        m_process.waitForFinished(patienceMs);
    }
    int signalAndWait(int signal)
    {
        if (m_process.state() == QProcess::Running) // process 0 would be this test itself and its parents
            ::kill(static_cast<pid_t>(m_process.processId()), signal);
        return waitForExit();
    }
    int waitForExit()
    {
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(patienceMs))
            return -1;
        m_output += m_process.readAll();
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -2;
    }

private:
    QProcess m_process;
    QByteArray m_output;
    quint16 m_port = 0;
};

bool settled(const test::PlainHttp &http)
{
    return http.send("GET", "/tasks?statuses=enqueued,processing&limit=1").member("total") == "0";
}

} // namespace

class NodeRestartTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everythingSurvivesAKill();
    void acceptedTasksRunAfterAKill();
    void endsCleanlyOnSignals_data();
    void endsCleanlyOnSignals();
    void refusesAFolderInUse();
    void commandLine();
};

void NodeRestartTest::everythingSurvivesAKill()
{
    QTemporaryDir folder;
    const QString db = folder.filePath(QStringLiteral("db"));
    const QStringList key {QStringLiteral("--master-key"), QStringLiteral("a-long-master-key")};
    QByteArray document;
    QByteArray settings;
    QByteArray keys;
    {
        NodeProcess node(db, key);
        QVERIFY2(node.port() != 0, node.output().constData());
        const test::PlainHttp http(node.port(), "a-long-master-key");
        QCOMPARE(
            http.send("PATCH", "/indexes/m/settings",
                    R"({"filterableAttributes":["_miroir_shard","year"],"rankingRules":["words","_miroir_ord:asc"]})")
                .status,
            202);
        QCOMPARE(
            http.send("POST", "/indexes/m/documents",
                    R"([{"id":1,"big":12345678901234567890,"one":1.0,"year":2010,"_miroir_shard":["!!"]},{"id":"b"}])")
                .status,
            202);
        QCOMPARE(
            http.send("POST", "/keys", R"({"actions":["search"],"indexes":["m"],"expiresAt":null,"name":"k"})").status,
            201);
        QCOMPARE(http.send("PATCH", "/experimental-features", R"({"containsFilter":true})").status, 200);
        const QByteArray webhook = R"({"url":"http://127.0.0.1:1/x"})"; // in a macro moc would see a comment in it
        QCOMPARE(http.send("POST", "/webhooks", webhook).status, 201);
        QTRY_VERIFY_WITH_TIMEOUT(settled(http), patienceMs);
        document = http.send("GET", "/indexes/m/documents/1").body;
        settings = http.send("GET", "/indexes/m/settings").body;
        keys = http.send("GET", "/keys").body;
        QVERIFY(document.contains("12345678901234567890") && document.contains("1.0"));
        node.kill();
    }
    NodeProcess node(db, key);
    QVERIFY2(node.port() != 0, node.output().constData());
    const test::PlainHttp http(node.port(), "a-long-master-key");
    QCOMPARE(http.send("GET", "/indexes/m/documents/1").body, document);
    QCOMPARE(http.send("GET", "/indexes/m/settings").body, settings);
    QCOMPARE(http.send("GET", "/keys").body, keys);
    QCOMPARE(http.send("GET", "/experimental-features").member("containsFilter"), QByteArray("true"));
    QVERIFY(http.send("GET", "/webhooks").body.contains("127.0.0.1:1/x"));
    QCOMPARE(http.send("GET", "/tasks").member("total"), QByteArray("2"));
    const QByteArray shard = "{\"filter\":\"_miroir_shard IN ['!!'] AND year = 2010\"}";
    QCOMPARE(http.send("POST", "/indexes/m/search", shard).member("estimatedTotalHits"), QByteArray("1"));
}

void NodeRestartTest::acceptedTasksRunAfterAKill()
{
    QTemporaryDir folder;
    const QString db = folder.filePath(QStringLiteral("db"));
    QByteArray body = "[";
    for (int i = 0; i < 400; ++i)
        body += R"({"id":)" + QByteArray::number(i) + R"(,"text":"some words for number )" + QByteArray::number(i)
            + "\"},";
    body.back() = ']';
    int accepted = 0;
    {
        NodeProcess node(db);
        QVERIFY2(node.port() != 0, node.output().constData());
        const test::PlainHttp http(node.port());
        for (; accepted < 12; ++accepted) {
            const QByteArray index = "/indexes/i" + QByteArray::number(accepted) + "/documents";
            QCOMPARE(http.send("POST", index, body).status, 202);
        }
        // Killed in the middle of the work: some are done, one is running, the rest waits.
        node.kill();
    }
    NodeProcess node(db);
    QVERIFY2(node.port() != 0, node.output().constData());
    const test::PlainHttp http(node.port());
    QTRY_VERIFY_WITH_TIMEOUT(settled(http), patienceMs);
    QCOMPARE(http.send("GET", "/tasks?statuses=succeeded").member("total"), QByteArray::number(accepted));
    for (int i = 0; i < accepted; ++i) {
        const auto stats = http.send("GET", "/indexes/i" + QByteArray::number(i) + "/stats");
        QCOMPARE(stats.member("numberOfDocuments"), QByteArray("400"));
    }
}

void NodeRestartTest::endsCleanlyOnSignals_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void NodeRestartTest::endsCleanlyOnSignals()
{
    QFETCH(int, signal);
    QTemporaryDir folder;
    NodeProcess node(folder.path());
    QVERIFY2(node.port() != 0, node.output().constData());
    const test::PlainHttp http(node.port());
    QCOMPARE(http.send("POST", "/indexes", R"({"uid":"m"})").status, 202);
    QCOMPARE(node.signalAndWait(signal), 0);
    NodeProcess again(folder.path());
    QVERIFY2(again.port() != 0, again.output().constData());
    const test::PlainHttp later(again.port());
    QTRY_VERIFY_WITH_TIMEOUT(settled(later), patienceMs); // the task may have been stopped before it began
    QCOMPARE(later.send("GET", "/indexes/m").status, 200);
}

void NodeRestartTest::refusesAFolderInUse()
{
    QTemporaryDir folder;
    NodeProcess first(folder.path());
    QVERIFY(first.port() != 0);
    NodeProcess second(folder.path());
    QCOMPARE(second.port(), quint16 {0});
    QCOMPARE(second.waitForExit(), 1);
    QVERIFY(second.output().contains("in use by another process"));
    first.kill();
    NodeProcess third(folder.path());
    QVERIFY2(third.port() != 0, third.output().constData());
}

void NodeRestartTest::commandLine()
{
    const auto run = [](const QStringList &arguments, QByteArray &output) {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral(MIROIR_BIN_DIR "/miroir-node"), arguments);
        process.waitForFinished(patienceMs);
        output = process.readAll();
        return process.exitCode();
    };
    QByteArray output;
    QCOMPARE(run({QStringLiteral("--help")}, output), 0);
    QVERIFY(output.contains("--http-addr") && output.contains("MEILI_MASTER_KEY"));
    QCOMPARE(run({QStringLiteral("--version")}, output), 0);
    QVERIFY(output.startsWith("miroir-node ") && output.contains("1.50.0"));
    QCOMPARE(run({QStringLiteral("--http-addr"), QStringLiteral("nonsense")}, output), 2);
    QCOMPARE(run({QStringLiteral("--env"), QStringLiteral("test")}, output), 2);
    QCOMPARE(run({QStringLiteral("word")}, output), 2);
    QTemporaryDir folder;
    QCOMPARE(run({QStringLiteral("--env=production"), QStringLiteral("--db-path"), folder.path(),
                  QStringLiteral("--master-key"), QStringLiteral("short")},
                 output),
             1);
    QVERIFY(output.contains("at least 16 bytes"));

    NodeProcess noted(folder.path(), {QStringLiteral("--max-indexing-memory"), QStringLiteral("1Gb"),
                                      QStringLiteral("--experimental-something")});
    QVERIFY2(noted.port() != 0, noted.output().constData());
    QVERIFY(noted.output().contains("--max-indexing-memory has no effect"));
    QVERIFY(noted.output().contains("--experimental-something has no effect"));
    QVERIFY(!noted.output().contains("--no-analytics"));
}

QTEST_GUILESS_MAIN(NodeRestartTest)
#include "tst_node_restart.moc"
