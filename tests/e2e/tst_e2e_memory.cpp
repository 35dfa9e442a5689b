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
    void largeUpload_data();
    void largeUpload();

private:
    [[nodiscard]] QByteArray upload(const QByteArray &index, qint64 uploadBytes, int documentBytes) const;
    [[nodiscard]] int leastNodeTasks(const QByteArray &index) const;
    DaemonProcess m_daemon;
};

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memoryIsOurs = false; // the sanitizers keep freed memory, and take ten times as long
constexpr qint64 uploadPart = 10;
#else
constexpr bool memoryIsOurs = true;
constexpr qint64 uploadPart = 1;
#endif

constexpr int waitMs = 120'000;

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
    // nothing of the uploads is searched: nodes shall take them fast
    for (const QByteArray index : {"large1000", "large100"}) {
        const auto given
            = http.send("PATCH", "/indexes/" + index + "/settings", R"({"searchableAttributes":["none"]})");
        QCOMPARE(m_daemon.statusOf(given), QByteArray("succeeded"));
    }
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
QByteArray E2eMemory::upload(const QByteArray &index, qint64 uploadBytes, int documentBytes) const
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), m_daemon.port());
    if (!socket.waitForConnected(waitMs))
        return {};
    const qint64 count = uploadBytes / documentBytes;
    socket.write("POST /indexes/" + index + "/documents?primaryKey=id HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
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

/// Requests with documents of the index that the node with the fewest has taken.
int E2eMemory::leastNodeTasks(const QByteArray &index) const
{
    int least = 1000;
    for (const auto &[id, node] : m_daemon.nodes()) {
        const auto tasks = PlainHttp(node.port, m_daemon.nodeKey())
                               .send("GET", "/tasks?indexUids=" + index + "&types=documentAdditionOrUpdate&limit=1");
        least = std::min(least, tasks.member("total").toInt());
    }
    return least;
}

void E2eMemory::largeUpload_data()
{
    QTest::addColumn<qint64>("uploadBytes");
    QTest::addColumn<int>("documentBytes");
    QTest::newRow("a thousand bytes each") << 100'000'000 / uploadPart << 1000;
    // what is kept for each document besides its bytes weighs most here
    QTest::newRow("a hundred bytes each") << 30'000'000 / uploadPart << 100;
}

void E2eMemory::largeUpload()
{
    QFETCH(qint64, uploadBytes);
    QFETCH(int, documentBytes);
    const QByteArray index = "large" + QByteArray::number(documentBytes);
    const qint64 before = test::processBytes(m_daemon.pid(), "VmRSS");
    QFile peak(QStringLiteral("/proc/%1/clear_refs").arg(m_daemon.pid()));
    QVERIFY(peak.open(QIODevice::WriteOnly));
    peak.write("5");
    peak.close();
    const QByteArray answer = upload(index, uploadBytes, documentBytes);
    QVERIFY2(answer.startsWith("HTTP/1.1 202"), answer.left(500).constData());
    const qint64 accepted = test::processBytes(m_daemon.pid(), "VmHWM") - before;
    // and while it is delivered: until each node was given several requests of it
    QVERIFY(QTest::qWaitFor([&] { return leastNodeTasks(index) >= (memoryIsOurs ? 4 : 1); }, waitMs));
    const qint64 risen = test::processBytes(m_daemon.pid(), "VmHWM") - before;
    qInfo("a body of %lld bytes raised the daemon by %lld bytes at most, %lld until it was accepted", uploadBytes,
        risen, accepted);
    if (memoryIsOurs)
        QVERIFY(risen < 3 * uploadBytes);
}

QTEST_GUILESS_MAIN(E2eMemory)
#include "tst_e2e_memory.moc"
