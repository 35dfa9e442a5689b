// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/DaemonProcess.h"

#include <QTcpSocket>

#include <algorithm>

using namespace miroir;
using test::DaemonProcess;
using test::PlainHttp;

/// What the daemon needs: at rest with three nodes and the sample, and while it takes and delivers a large upload.
class E2eMemory : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void atRest();
    void largeUpload();

private:
    [[nodiscard]] QByteArray upload(int documentBytes) const;
    [[nodiscard]] int leastNodeTasks() const;
    DaemonProcess m_daemon;
};

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memoryIsOurs = false; // the sanitizers keep freed memory
#else
constexpr bool memoryIsOurs = true;
#endif

constexpr qint64 uploadBytes = 100'000'000;
constexpr int waitMs = 60'000;

QByteArray fileOf(const char *name)
{
    QFile file(QStringLiteral(MIROIR_SOURCE_DIR "/resources/sample/") + QString::fromLatin1(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

void E2eMemory::initTestCase()
{
    QVERIFY(m_daemon.start());
    const auto http = m_daemon.http();
    QCOMPARE(m_daemon.statusOf(http.send("PATCH", "/indexes/packages/settings", fileOf("settings.json"))),
        QByteArray("succeeded"));
    const PlainHttp::Fields fields {{"Authorization", "Bearer dev-key"}, {"Content-Type", "application/x-ndjson"}};
    const auto added
        = http.exchange("POST", "/indexes/packages/documents?primaryKey=id", fileOf("packages.ndjson"), fields);
    QCOMPARE(added.status, 202);
    QCOMPARE(m_daemon.statusOf(added), QByteArray("succeeded"));
}

void E2eMemory::atRest()
{
    for (int i = 0; i < 200; ++i)
        QCOMPARE(m_daemon.http().send("POST", "/indexes/packages/search", R"({"q":"lib","limit":100})").status, 200);
    const qint64 resident = test::processBytes(m_daemon.pid(), "VmRSS");
    qInfo("the daemon needs %lld bytes, at most %lld", resident, test::processBytes(m_daemon.pid(), "VmHWM"));
    if (memoryIsOurs)
        QVERIFY(resident < 100'000'000);
}

/// Sends the documents from one small buffer; gives the answer's bytes.
QByteArray E2eMemory::upload(int documentBytes) const
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), m_daemon.port());
    if (!socket.waitForConnected(waitMs))
        return {};
    const qint64 count = uploadBytes / documentBytes;
    socket.write("POST /indexes/large/documents?primaryKey=id HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                 "Authorization: Bearer dev-key\r\nContent-Type: application/x-ndjson\r\nContent-Length: "
        + QByteArray::number(count * documentBytes) + "\r\n\r\n");
    for (qint64 id = 0; id < count; ++id) {
        QByteArray line = "{\"id\":" + QByteArray::number(id) + ",\"t\":\"";
        line += QByteArray(documentBytes - line.size() - 3, 'x') + "\"}\n";
        socket.write(line);
        while (socket.bytesToWrite() > 1'000'000) {
            if (!socket.waitForBytesWritten(waitMs))
                return {};
        }
    }
    QByteArray answer;
    while (socket.state() == QAbstractSocket::ConnectedState && socket.waitForReadyRead(waitMs))
        answer += socket.readAll();
    return answer + socket.readAll();
}

/// Requests with documents of the large index that the node with the fewest has taken.
int E2eMemory::leastNodeTasks() const
{
    int least = 1000;
    for (const auto &[id, node] : m_daemon.nodes()) {
        const auto tasks = PlainHttp(node.port, m_daemon.nodeKey())
                               .send("GET", "/tasks?indexUids=large&types=documentAdditionOrUpdate&limit=1");
        least = std::min(least, tasks.member("total").toInt());
    }
    return least;
}

void E2eMemory::largeUpload()
{
    // nothing of it is searched: nodes shall take it fast
    const auto settings
        = m_daemon.http().send("PATCH", "/indexes/large/settings", R"({"searchableAttributes":["none"]})");
    QCOMPARE(m_daemon.statusOf(settings), QByteArray("succeeded"));
    const qint64 before = test::processBytes(m_daemon.pid(), "VmRSS");
    QFile peak(QStringLiteral("/proc/%1/clear_refs").arg(m_daemon.pid()));
    QVERIFY(peak.open(QIODevice::WriteOnly));
    peak.write("5");
    peak.close();
    const QByteArray answer = upload(1000);
    QVERIFY2(answer.startsWith("HTTP/1.1 202"), answer.left(500).constData());
    // and while it is delivered: until each node was given several requests of it
    QVERIFY(QTest::qWaitFor([this] { return leastNodeTasks() >= 4; }, waitMs));
    const qint64 risen = test::processBytes(m_daemon.pid(), "VmHWM") - before;
    qInfo("a body of %lld bytes raised the daemon by %lld bytes at most", uploadBytes, risen);
    if (memoryIsOurs)
        QVERIFY(risen < 3 * uploadBytes);
}

QTEST_GUILESS_MAIN(E2eMemory)
#include "tst_e2e_memory.moc"
