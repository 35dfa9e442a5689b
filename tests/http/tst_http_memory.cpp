// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Codings.h"
#include "http/RawClient.h"
#include "http/TestHandler.h"

#include <QFile>
#include <QtTest>

using namespace miroir::http;
using namespace miroir::http::testing;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memoryIsOurs = false; // the sanitizers keep freed memory
#else
constexpr bool memoryIsOurs = true;
#endif

constexpr qint64 uploadBytes = 100'000'000;
constexpr qint64 pieceBytes = 1'000'000;

/// Bytes of a line such as "VmHWM:  1234 kB".
qint64 statusBytes(const QByteArray &name)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(name + ':'))
            return line.mid(name.size() + 1).trimmed().split(' ').first().toLongLong() * 1024;
    }
    return 0;
}

/// Peak memory from now on counts.
void resetPeak()
{
    QFile file(QStringLiteral("/proc/self/clear_refs"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("5");
}

} // namespace

/// What uploads cost. The client sends from one small buffer, so that what rises is the server.
class TestHttpMemory : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sized() { upload(QByteArray("Content-Length: ") + QByteArray::number(uploadBytes), {}, {}, {}); }
    void chunked();
    void compressed();
    void smallCompressedBodiesHoldLittle();

private:
    void upload(const QByteArray &framing, const QByteArray &before, const QByteArray &after, const QByteArray &end);
};

void TestHttpMemory::upload(const QByteArray &framing, const QByteArray &before, const QByteArray &after,
                            const QByteArray &end)
{
    TestFront front;
    RawClient client(front.port);
    const QByteArray piece = before + QByteArray(pieceBytes, 'x') + after;
    const qint64 used = statusBytes("VmRSS");
    resetPeak();
    client.send("POST /size HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n");
    for (qint64 sent = 0; sent < uploadBytes; sent += pieceBytes)
        QVERIFY(client.send(piece));
    client.send(end);
    const auto answer = client.answer(false, 30'000);
    QVERIFY(answer);
    QVERIFY(answer->body.startsWith("100000000 "));
    const qint64 risen = statusBytes("VmHWM") - used;
    qInfo("a body of %lld bytes raised the process by %lld bytes at most", uploadBytes, risen);
    if (memoryIsOurs)
        QVERIFY(risen < uploadBytes * 3 / 2);
    // And it is given back.
    if (memoryIsOurs)
        QTRY_VERIFY(statusBytes("VmRSS") - used < uploadBytes / 4);
}

void TestHttpMemory::chunked()
{
    upload("Transfer-Encoding: chunked", QByteArray::number(pieceBytes, 16) + "\r\n", "\r\n", "0\r\n\r\n");
}

void TestHttpMemory::compressed()
{
    const QByteArray bomb = zstdOf(QByteArray(uploadBytes, 'x'));
    TestFront front;
    RawClient client(front.port);
    const qint64 used = statusBytes("VmRSS");
    resetPeak();
    client.send("POST /size HTTP/1.1\r\nHost: h\r\nContent-Encoding: zstd\r\nContent-Length: "
                + QByteArray::number(bomb.size()) + "\r\n\r\n" + bomb);
    const auto answer = client.answer(false, 30'000);
    QVERIFY(answer);
    QVERIFY(answer->body.startsWith("100000000 "));
    if (memoryIsOurs)
        QVERIFY(statusBytes("VmHWM") - used < uploadBytes * 3 / 2);
}

void TestHttpMemory::smallCompressedBodiesHoldLittle()
{
    // A compressed body that never ends keeps a decoder alive. Hundreds of them must not cost a window of megabytes
    // each.
    TestFront front;
    const qint64 used = statusBytes("VmRSS");
    std::vector<std::unique_ptr<RawClient>> clients;
    const QByteArray start = zstdOf(QByteArray(10'000, 'x')).left(12);
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<RawClient>(front.port));
        clients.back()->send("POST /size HTTP/1.1\r\nHost: h\r\nContent-Encoding: zstd\r\nContent-Length: 5000\r\n\r\n"
                             + start);
    }
    QTRY_COMPARE(front.group().connectionCount(), 200);
    RawClient last(front.port);
    last.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    QVERIFY(last.answer());
    const qint64 risen = statusBytes("VmRSS") - used;
    qInfo("200 compressed uploads that stand still hold %lld bytes", risen);
    if (memoryIsOurs)
        QVERIFY(risen < 200 * 400'000);
}

QTEST_GUILESS_MAIN(TestHttpMemory)
#include "tst_http_memory.moc"
