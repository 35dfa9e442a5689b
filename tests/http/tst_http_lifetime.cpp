// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/FrontServer.h"
#include "http/RawClient.h"
#include "http/TestHandler.h"

#include <QTcpSocket>
#include <QtTest>

#include <thread>

using namespace miroir;
using namespace miroir::http;
using namespace miroir::http::testing;

namespace {

QByteArray get(const QByteArray &target)
{
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

/// Keeps every responder for the test to use.
class KeepingHandler final : public Handler
{
public:
    void handle(Request, Responder responder) override { kept.push_back(std::move(responder)); }
    std::vector<Responder> kept;
};

} // namespace

/// Clients, fronts and responders that end in any order.
class TestHttpLifetime : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void hangsUpAtEveryByte_data();
    void hangsUpAtEveryByte();
    void hangsUpWhileAnswered();
    void clientGoneIsTold();
    void stopEndsRunningRequests();
    void stopCutsWhatDoesNotEnd();
    void stopEndsStreams();
    void respondersOutliveTheFront();
    void stopTwiceAndRestart();
    void socketFactory();
};

void TestHttpLifetime::hangsUpAtEveryByte_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("sized") << QByteArray("POST /later?ms=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
    QTest::newRow("chunked") << QByteArray("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                                           "Expect: 100-continue\r\n\r\n4;e\r\nbody\r\n0\r\nT: t\r\n\r\n");
    QTest::newRow("events") << get("/events?ms=1");
    QTest::newRow("pipelined") << get("/later?ms=1") + get("/echo") + get("/big?bytes=160000");
}

void TestHttpLifetime::hangsUpAtEveryByte()
{
    QFETCH(QByteArray, request);
    TestFront front({}, 2);
    for (qsizetype size = 0; size <= request.size(); ++size) {
        RawClient ends(front.port);
        ends.send(request.left(size));
        ends.hangUp();
        RawClient resets(front.port);
        resets.send(request.left(size));
        resets.reset();
    }
    RawClient next(front.port);
    next.send(get("/echo"));
    QVERIFY(next.answer());
    next.hangUp();
    QTRY_COMPARE(front.group().connectionCount(), 0);
    QTRY_COMPARE(front.seen.openStreams.load(), 0);
    QCOMPARE(front.seen.malformed.load(), 0);
}

void TestHttpLifetime::hangsUpWhileAnswered()
{
    TestFront front;
    for (int i = 0; i < 300; ++i) {
        RawClient client(front.port, i % 2 == 0 ? 4096 : 0);
        client.send(get(i % 3 == 0 ? "/later?ms=2" : "/big?bytes=1600000") + get("/events?ms=1"));
        if (i % 5 == 0)
            client.waitFor("HTTP/1.1", 20);
        if (i % 2 == 0)
            client.reset();
    }
    RawClient next(front.port);
    next.send(get("/echo"));
    QVERIFY(next.answer());
    next.hangUp();
    QTRY_COMPARE(front.group().connectionCount(), 0);
    QTRY_COMPARE(front.seen.openStreams.load(), 0);
}

void TestHttpLifetime::clientGoneIsTold()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/keep"));
    QTRY_COMPARE(front.seen.requests.load(), 1);
    QCOMPARE(front.seen.gone.load(), 0);
    client.hangUp();
    QTRY_COMPARE(front.seen.gone.load(), 1);
}

void TestHttpLifetime::stopEndsRunningRequests()
{
    TestFront front({}, 2);
    RawClient running(front.port);
    RawClient idle(front.port);
    RawClient halfHead(front.port);
    running.send(get("/later?ms=200") + get("/echo"));
    idle.send(get("/echo"));
    QVERIFY(idle.answer());
    halfHead.send("GET / HT");
    QTRY_COMPARE(front.seen.requests.load(), 2);
    std::thread stopper([&] { front.group().stop(); });
    QVERIFY(idle.untilClosed(1000));
    QVERIFY(halfHead.untilClosed(1000));
    const auto answer = running.answer();
    QVERIFY(answer);
    QCOMPARE(answer->body, QByteArray("GET /later?ms=200\n"));
    QCOMPARE(answer->fields.at("connection"), QByteArray("close"));
    QCOMPARE(running.untilClosed(), QByteArray());
    running.hangUp();
    stopper.join();
    QCOMPARE(front.seen.handlersAlive.load(), 0);
    QCOMPARE(front.seen.requests.load(), 2);
}

void TestHttpLifetime::stopCutsWhatDoesNotEnd()
{
    Options options;
    options.stopTimeoutMs = 200;
    TestFront front(options);
    RawClient client(front.port);
    client.send(get("/keep"));
    QTRY_COMPARE(front.seen.requests.load(), 1);
    QElapsedTimer timer;
    timer.start();
    front.group().stop();
    QVERIFY(timer.elapsed() >= 150 && timer.elapsed() < 2000);
    QVERIFY(client.untilClosed());
}

void TestHttpLifetime::stopEndsStreams()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/events?ms=5"));
    QVERIFY(client.waitFor("data: 1"));
    std::thread stopper([&] { front.group().stop(); });
    const auto rest = client.untilClosed();
    client.hangUp();
    stopper.join();
    QVERIFY(rest && rest->endsWith("0\r\n\r\n"));
}

void TestHttpLifetime::respondersOutliveTheFront()
{
    KeepingHandler handler;
    auto server = std::make_unique<FrontServer>(handler, Options());
    const auto port = server->listen(QHostAddress::LocalHost, 0);
    QVERIFY(port.ok());
    std::vector<std::unique_ptr<RawClient>> clients;
    for (std::size_t i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<RawClient>(*port));
        clients.back()->send(get("/"));
        QTRY_COMPARE(handler.kept.size(), i + 1);
    }
    const std::shared_ptr<EventSink> sink = handler.kept[3].stream();
    QVERIFY(sink->open());
    clients[0].reset();
    QTRY_VERIFY(handler.kept[0].clientGone());
    QVERIFY(!handler.kept[1].clientGone());
    handler.kept[0].send({});
    QVERIFY(!handler.kept[0].stream()->open());
    server.reset();
    QVERIFY(handler.kept[1].clientGone());
    handler.kept[1].send({});
    QVERIFY(!handler.kept[2].stream()->open());
    QVERIFY(!sink->open());
    QVERIFY(!sink->send("a", "b"));
    sink->close();
    handler.kept.clear();
}

void TestHttpLifetime::stopTwiceAndRestart()
{
    Seen seen;
    FrontGroup group([&] { return std::make_unique<TestHandler>(seen); });
    group.stop();
    for (int i = 0; i < 5; ++i) {
        QVERIFY(group.start(QHostAddress::LocalHost, 0, 2).ok());
        RawClient client(group.port());
        client.send(get("/echo"));
        QVERIFY(client.answer());
        group.stop();
        group.stop();
        QVERIFY(!group.running());
        QCOMPARE(group.port(), quint16 {0});
    }
    QVERIFY(!group.start(QHostAddress(QStringLiteral("192.0.2.1")), 0, 2).ok()); // no address of this machine
    QVERIFY(!group.start(QHostAddress(), 0, 1).ok());
    QCOMPARE(seen.handlersAlive.load(), 0);
}

void TestHttpLifetime::socketFactory()
{
    std::atomic<int> made {0};
    Options options;
    options.socketFactory = [&](qintptr descriptor, QObject *parent) -> QTcpSocket * {
        if (++made == 2) {
            ::close(static_cast<int>(descriptor));
            return nullptr;
        }
        auto *socket = new QTcpSocket(parent);
        socket->setSocketDescriptor(descriptor);
        return socket;
    };
    TestFront front(options);
    RawClient first(front.port);
    first.send("GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    QVERIFY(first.answer());
    QVERIFY(first.untilClosed());
    RawClient refused(front.port);
    QVERIFY(refused.untilClosed());
    RawClient third(front.port);
    third.send(get("/echo"));
    QVERIFY(third.answer());
    QTRY_COMPARE(front.group().connectionCount(), 1);
}

QTEST_GUILESS_MAIN(TestHttpLifetime)
#include "tst_http_lifetime.moc"
