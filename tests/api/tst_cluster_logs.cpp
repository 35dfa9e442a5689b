// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <QLoggingCategory>
#include <QTcpSocket>

using namespace miroir;
using test::PlainHttp;
using test::TestCluster;

Q_LOGGING_CATEGORY(testLog, "miroir.test", QtInfoMsg)

/// The log of the orchestrator over HTTP.
class ClusterLogsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void refusals_data();
    void refusals();
    void streamsWhatIsAskedFor();
    void jsonUntilItIsEnded();
    void aClientThatLeavesMakesRoom();
    void aClientThatDoesNotRead();
    void standardError();

private:
    /// A stream of which only the request has been sent.
    [[nodiscard]] std::unique_ptr<QTcpSocket> open(const QByteArray &body) const;
    std::unique_ptr<TestCluster> m_cluster;
};

namespace {

/// All that comes until the text is there.
QByteArray readUntil(QTcpSocket &socket, const QByteArray &text)
{
    QByteArray bytes;
    while (!bytes.contains(text) && socket.waitForReadyRead(20'000))
        bytes += socket.readAll();
    return bytes;
}

} // namespace

std::unique_ptr<QTcpSocket> ClusterLogsTest::open(const QByteArray &body) const
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(QStringLiteral("127.0.0.1"), m_cluster->port());
    socket->write(QByteArray("POST /logs/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ") + TestCluster::key
        + "\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"
        + body);
    socket->waitForBytesWritten(5'000);
    return socket;
}

void ClusterLogsTest::initTestCase()
{
    m_cluster = std::make_unique<TestCluster>(1, 1);
    QVERIFY(m_cluster->start());
    const auto http = m_cluster->http();
    QCOMPARE(http.send("POST", "/logs/stream", R"({"mode":"x"})").text("code"), QByteArray("bad_request"));
    for (const char *method : {"POST", "DELETE"})
        QCOMPARE(http.send(method, "/logs/stream", "{}").text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(http.send("POST", "/logs/stderr", "{}").text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"logsRoute":true})").status, 200);
}

void ClusterLogsTest::cleanup()
{
    QCOMPARE(m_cluster->http().send("DELETE", "/logs/stream").status, 204); // whether there is one or not
}

void ClusterLogsTest::refusals_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::newRow(R"({"target":""})")
        << QByteArray("Invalid value at `.target`: Empty string is not a valid target. If you want to get no logs use "
                      "`OFF`. Usage: `info`, `meilisearch=info`, or you can write multiple filters in one target: "
                      "`index_scheduler=info,milli=trace`");
    QTest::newRow(R"({"target":"=="})") << QByteArray("Invalid value at `.target`: invalid filter directive: too many "
                                                      "'=' in filter directive, expected 0 or 1");
    QTest::newRow(R"({"mode":"tamo"})")
        << QByteArray("Unknown value `tamo` at `.mode`: expected one of `human`, `json`, `profile`");
    QTest::newRow(R"({"profileMemory":true})")
        << QByteArray("Invalid value: `profile_memory` can only be used while profiling code and is not compatible "
                      "with the Human mode.");
    QTest::newRow(R"({"mode":"profile"})") << QByteArray(
        "Invalid value at `.mode`: an orchestrator keeps no trace that could be profiled, use `human` or `json`");
}

void ClusterLogsTest::refusals()
{
    const auto answer = m_cluster->http().send("POST", "/logs/stream", QTest::currentDataTag());
    QCOMPARE(answer.status, 400);
    QTEST(answer.text("message"), "message");
}

void ClusterLogsTest::streamsWhatIsAskedFor()
{
    const auto stream = open(R"({"target":"miroir.requests=debug,miroir.test"})");
    const QByteArray head = readUntil(*stream, "\r\n\r\n");
    QVERIFY2(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
    QVERIFY2(head.contains("content-type: application/octet-stream\r\nx-accel-buffering: no\r\n"), head);
    QVERIFY2(head.contains("transfer-encoding: chunked\r\n"), head);
    const auto http = m_cluster->http();
    const auto second = http.send("POST", "/logs/stream", "{}");
    QCOMPARE(second.status, 400);
    QCOMPARE(second.text("message"), QByteArray("The `/logs/stream` route is currently in use by someone else."));
    QCOMPARE(http.send("GET", "/keys/a-secret-in-a-path").status, 404);
    qCDebug(testLog, "the last one");
    const QByteArray lines = head + readUntil(*stream, "the last one\n");
    QVERIFY2(lines.contains(" DEBUG miroir.requests: GET /keys/{"), lines);
    QVERIFY(!lines.contains("a-secret"));
    QVERIFY(!lines.contains(TestCluster::key));
}

void ClusterLogsTest::jsonUntilItIsEnded()
{
    const auto stream = open(R"({"target":"miroir.test=info","mode":"json"})");
    QByteArray bytes = readUntil(*stream, "\r\n\r\n");
    qCDebug(testLog, "too small");
    qCWarning(testLog, "hello");
    bytes += readUntil(*stream, "hello");
    QVERIFY2(bytes.contains(R"("level":"WARN","fields":{"message":"hello"},"target":"miroir.test"})"), bytes);
    QVERIFY(!bytes.contains("too small"));
    QCOMPARE(m_cluster->http().send("DELETE", "/logs/stream").status, 204);
    QVERIFY((bytes + readUntil(*stream, "0\r\n\r\n")).endsWith("0\r\n\r\n"));
    const auto next = open("{}"); // at once
    QVERIFY(readUntil(*next, "\r\n\r\n").startsWith("HTTP/1.1 200"));
}

void ClusterLogsTest::aClientThatLeavesMakesRoom()
{
    auto stream = open(R"({"target":"off"})");
    QVERIFY(readUntil(*stream, "\r\n\r\n").startsWith("HTTP/1.1 200"));
    stream->abort();
    bool free = false; // once it is, another has it
    QTRY_VERIFY_WITH_TIMEOUT(
        free = free || readUntil(*open(R"({"target":"off"})"), "\r\n\r\n").startsWith("HTTP/1.1 200"), 10'000);
}

void ClusterLogsTest::aClientThatDoesNotRead()
{
    const auto stream = open(R"({"target":"miroir.test"})");
    QVERIFY(readUntil(*stream, "\r\n\r\n").startsWith("HTTP/1.1 200"));
    stream->setReadBufferSize(1);
    const QString line(10'000, QLatin1Char('x'));
    bool closed = false;
    const auto goOn = [&] { // more than a socket takes: the stream is cut, not kept in memory
        for (int i = 0; i < 25; ++i)
            qCDebug(testLog).noquote() << line;
        return readUntil(*open(R"({"target":"off"})"), "\r\n\r\n").startsWith("HTTP/1.1 200");
    };
    QTRY_VERIFY_WITH_TIMEOUT(closed = closed || goOn(), 20'000);
}

void ClusterLogsTest::standardError()
{
    const auto http = m_cluster->http();
    QCOMPARE(http.send("POST", "/logs/stderr", R"({"target":"a=b"})").status, 400);
    QCOMPARE(http.send("POST", "/logs/stderr", R"({"target":"miroir.test=debug,off"})").status, 204);
    QVERIFY(testLog().isDebugEnabled());
    QCOMPARE(http.send("POST", "/logs/stderr", "{}").status, 204); // info
    QVERIFY(!testLog().isDebugEnabled());
    QVERIFY(testLog().isInfoEnabled());
}

QTEST_GUILESS_MAIN(ClusterLogsTest)
#include "tst_cluster_logs.moc"
