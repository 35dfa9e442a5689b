// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Codings.h"
#include "http/RawClient.h"
#include "http/TestHandler.h"

#include <QtTest>

#include <thread>

using namespace miroir::http;
using namespace miroir::http::testing;

namespace {

QByteArray get(const QByteArray &target, const QByteArray &fields = {})
{
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

QByteArray post(const QByteArray &target, const QByteArray &body, const QByteArray &fields = {})
{
    return "POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n"
        + fields + "\r\n" + body;
}

} // namespace

/// What a client may do that is right.
class TestHttpFront : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void keepsAlive();
    void closesWhenAsked();
    void http10();
    void pipelinesInOrder();
    void pipelineOfThousands();
    void headHasNoBody();
    void methodsArePassedOn();
    void expectContinue();
    void chunkedUpload();
    void compressedUploads();
    void compressedAnswers();
    void largeBodyBothWays();
    void preflight();
    void droppedAndDoubleAnswers();
    void answersFromOtherThreads();
    void eventStream();
    void eventStreamKeepsConnection();
    void rawUtf8Target();
    void parallelClients();
    void threadsShareThePort();
    void portInUse();
};

void TestHttpFront::keepsAlive()
{
    TestFront front;
    RawClient client(front.port);
    for (int i = 0; i < 50; ++i) {
        QVERIFY(client.send(post("/echo?" + QByteArray::number(i), "body")));
        const auto answer = client.answer();
        QVERIFY(answer);
        QCOMPARE(answer->status, 200);
        QCOMPARE(answer->body, "POST /echo?" + QByteArray::number(i) + "\nbody");
        QCOMPARE(answer->fields.count("connection"), std::size_t {0});
        QVERIFY(answer->fields.count("date") == 1);
    }
    QCOMPARE(front.group().connectionCount(), 1);
}

void TestHttpFront::closesWhenAsked()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/echo", "Connection: close\r\n") + get("/echo?never"));
    const auto answer = client.answer();
    QVERIFY(answer);
    QCOMPARE(answer->fields.at("connection"), QByteArray("close"));
    QCOMPARE(client.untilClosed(), QByteArray());
    QCOMPARE(front.seen.requests.load(), 1);
    client.hangUp();
    QTRY_COMPARE(front.group().connectionCount(), 0);
}

void TestHttpFront::http10()
{
    TestFront front;
    RawClient once(front.port);
    once.send("GET /echo HTTP/1.0\r\n\r\n");
    QCOMPARE(once.answer()->fields.at("connection"), QByteArray("close"));
    QVERIFY(once.untilClosed());

    RawClient kept(front.port);
    for (int i = 0; i < 2; ++i) {
        kept.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        QCOMPARE(kept.answer()->fields.at("connection"), QByteArray("keep-alive"));
    }

    RawClient events(front.port);
    events.send("GET /events?count=2 HTTP/1.0\r\n\r\n");
    const auto all = events.untilClosed();
    QVERIFY(all && all->endsWith("\r\n\r\nevent: tick\ndata: 1\n\nevent: tick\ndata: 2\n\n"));
}

void TestHttpFront::pipelinesInOrder()
{
    TestFront front;
    RawClient client(front.port);
    // The slowest first: answers in order of completion would come the other way round.
    client.send(get("/later?ms=60") + get("/later?ms=20") + post("/echo", "x") + get("/later?ms=1")
                + get("/big?bytes=32"));
    QCOMPARE(client.answer()->body, QByteArray("GET /later?ms=60\n"));
    QCOMPARE(client.answer()->body, QByteArray("GET /later?ms=20\n"));
    QCOMPARE(client.answer()->body, QByteArray("POST /echo\nx"));
    QCOMPARE(client.answer()->body, QByteArray("GET /later?ms=1\n"));
    QCOMPARE(client.answer()->body.size(), 32);

    // One at a time: while the first is not answered the second has not reached the handler.
    const int before = front.seen.requests;
    RawClient second(front.port);
    second.send(get("/keep") + get("/echo"));
    QTRY_COMPARE(front.seen.requests.load(), before + 1);
    QVERIFY(!second.answer(false, 50));
    QCOMPARE(front.seen.requests.load(), before + 1);
}

void TestHttpFront::pipelineOfThousands()
{
    TestFront front;
    RawClient client(front.port);
    constexpr int count = 5000; // recursion would overflow the stack
    std::thread sender([&] { client.send(get("/echo").repeated(count)); });
    int answers = 0;
    while (answers < count && client.answer())
        ++answers;
    sender.join();
    QCOMPARE(answers, count);
}

void TestHttpFront::headHasNoBody()
{
    TestFront front;
    RawClient client(front.port);
    client.send("HEAD /big?bytes=160 HTTP/1.1\r\nHost: h\r\n\r\n" + get("/echo"));
    const auto head = client.answer(true);
    QVERIFY(head);
    QCOMPARE(head->fields.at("content-length"), QByteArray("160"));
    QCOMPARE(client.answer()->body, QByteArray("GET /echo\n"));
    client.send("HEAD /events HTTP/1.1\r\nHost: h\r\n\r\n" + get("/echo"));
    QCOMPARE(client.answer(true)->fields.at("content-type"), QByteArray("text/event-stream"));
    QCOMPARE(client.answer()->body, QByteArray("GET /echo\n"));
}

void TestHttpFront::methodsArePassedOn()
{
    TestFront front;
    RawClient client(front.port);
    for (const char *method : {"GET", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "OPTIONS"}) {
        client.send(QByteArray(method) + " /a%2Fb?c=%20 HTTP/1.1\r\nHost: h\r\n\r\n");
        QCOMPARE(client.answer()->body, QByteArray(method) + " /a%2Fb?c=%20\n");
    }
}

void TestHttpFront::expectContinue()
{
    TestFront front;
    RawClient client(front.port);
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    QCOMPARE(client.answer()->status, 100);
    client.send("body");
    QCOMPARE(client.answer()->body, QByteArray("POST /echo\nbody"));
    // A client that does not wait, and one that has no body, get no interim answer.
    client.send(post("/echo", "body", "Expect: 100-continue\r\n"));
    QCOMPARE(client.answer()->status, 200);
    client.send(post("/echo", "", "Expect: 100-continue\r\n"));
    QCOMPARE(client.answer()->status, 200);
    // Nobody is invited to send what will be refused.
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 100000001\r\n\r\n");
    const auto refused = client.answer();
    QCOMPARE(refused->status, 413);
    QVERIFY(refused->body.contains("The maximum accepted payload size is 100 MB."));
    QVERIFY(client.untilClosed());
}

void TestHttpFront::chunkedUpload()
{
    TestFront front;
    RawClient client(front.port);
    const QByteArray head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.send(head + "4\r\nbo\r\n\r\n3;x=y\r\ndy\n\r\n0\r\nTrailer: t\r\n\r\n" + get("/echo"));
    QCOMPARE(client.answer()->body, QByteArray("POST /echo\nbo\r\ndy\n"));
    QCOMPARE(client.answer()->body, QByteArray("GET /echo\n"));
}

void TestHttpFront::compressedUploads()
{
    TestFront front;
    RawClient client(front.port);
    const QByteArray body = QByteArray("{\"title\":\"Inception\"}\n").repeated(2000);
    for (const Coding coding : {Coding::None, Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd}) {
        client.send(post("/echo", encode(coding, body), "Content-Encoding: " + codingName(coding) + "\r\n"));
        QCOMPARE(client.answer()->body, "POST /echo\n" + body);
    }
    client.send(post("/echo", "x", "Content-Encoding: lzma\r\n"));
    const auto refused = client.answer();
    QCOMPARE(refused->status, 415);
    QCOMPARE(refused->fields.at("accept-encoding"), QByteArray("gzip, deflate, br, zstd"));
    QVERIFY(refused->body.contains("\"code\":\"unsupported_media_type\""));
}

void TestHttpFront::compressedAnswers()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/big?bytes=100000", "Accept-Encoding: gzip;q=1, br;q=0.5\r\n"));
    const auto answer = client.answer();
    QCOMPARE(answer->fields.at("content-encoding"), QByteArray("gzip"));
    QVERIFY(answer->body.size() < 2000);
    client.send(get("/big?bytes=100000"));
    QCOMPARE(client.answer()->body.size(), 100000);
    client.send(get("/big?bytes=160", "Accept-Encoding: br\r\n"));
    QCOMPARE(client.answer()->fields.at("content-encoding"), QByteArray("br"));
}

void TestHttpFront::largeBodyBothWays()
{
    TestFront front;
    RawClient client(front.port);
    const QByteArray body = QByteArray("0123456789abcdef").repeated(1'000'000);
    std::thread sender([&] { client.send(post("/echo", body)); });
    const auto answer = client.answer(false, 20'000);
    sender.join();
    QVERIFY(answer);
    QVERIFY(answer->body == "POST /echo\n" + body);
}

void TestHttpFront::preflight()
{
    TestFront front;
    RawClient client(front.port);
    client.send("OPTIONS /indexes/m/search HTTP/1.1\r\nHost: h\r\nOrigin: http://a\r\n"
                "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n\r\n");
    const auto answer = client.answer();
    QCOMPARE(answer->status, 200);
    QVERIFY(answer->body.isEmpty());
    QCOMPARE(answer->fields.count("content-type"), std::size_t {0});
    QCOMPARE(answer->fields.at("access-control-allow-origin"), QByteArray("*"));
    QCOMPARE(answer->fields.at("access-control-allow-headers"), QByteArray("authorization"));
    QCOMPARE(front.seen.requests.load(), 0);
    client.send(get("/echo", "Origin: http://a\r\n"));
    QCOMPARE(client.answer()->fields.at("access-control-allow-origin"), QByteArray("*"));

    Options options;
    options.cors = false;
    TestFront without(options);
    RawClient other(without.port);
    other.send("OPTIONS /x HTTP/1.1\r\nHost: h\r\nOrigin: http://a\r\nAccess-Control-Request-Method: POST\r\n\r\n");
    QCOMPARE(other.answer()->body, QByteArray("OPTIONS /x\n"));
}

void TestHttpFront::droppedAndDoubleAnswers()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/drop") + get("/twice") + get("/echo"));
    const auto dropped = client.answer();
    QCOMPARE(dropped->status, 500);
    QVERIFY(dropped->body.contains("\"code\":\"internal\",\"type\":\"internal\""));
    QCOMPARE(client.answer()->body, QByteArray("first"));
    QCOMPARE(client.answer()->body, QByteArray("GET /echo\n"));
}

void TestHttpFront::answersFromOtherThreads()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/elsewhere") + get("/dropelsewhere") + get("/echo"));
    QCOMPARE(client.answer()->body, QByteArray("from elsewhere"));
    QCOMPARE(client.answer()->status, 500);
    QCOMPARE(client.answer()->body, QByteArray("GET /echo\n"));
}

void TestHttpFront::eventStream()
{
    Options options;
    options.eventPingMs = 20;
    TestFront front(options);
    RawClient client(front.port);
    client.send(get("/events?ms=5", "Accept-Encoding: gzip\r\n"));
    QVERIFY(client.waitFor("data: 3\n\n"));
    QVERIFY(client.buffer().contains("content-type: text/event-stream\r\n"));
    QVERIFY(!client.buffer().contains("content-encoding"));
    QCOMPARE(front.seen.openStreams.load(), 1);
    client.hangUp();
    QTRY_COMPARE(front.seen.openStreams.load(), 0);

    RawClient quiet(front.port);
    quiet.send(get("/events?ms=100000"));
    QVERIFY(quiet.waitFor("3\r\n:\n\n\r\n"));
    quiet.reset();
    QTRY_COMPARE(front.group().connectionCount(), 0);
}

void TestHttpFront::eventStreamKeepsConnection()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/events?count=2") + get("/echo"));
    QCOMPARE(client.answer()->body, QByteArray("event: tick\ndata: 1\n\nevent: tick\ndata: 2\n\n"));
    QCOMPARE(client.answer()->body, QByteArray("GET /echo\n"));
}

void TestHttpFront::rawUtf8Target()
{
    TestFront front;
    RawClient client(front.port);
    client.send(get("/echo?q=caf\xc3\xa9|{\"}^`\\"));
    QCOMPARE(client.answer()->body, QByteArray("GET /echo?q=caf\xc3\xa9|{\"}^`\\\n"));
    client.send(get("http://other:9/echo?x"));
    QCOMPARE(client.answer()->body, QByteArray("GET http://other:9/echo?x\n"));
}

void TestHttpFront::parallelClients()
{
    TestFront front({}, 2);
    std::atomic<int> good {0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            RawClient client(front.port);
            for (int i = 0; i < 100; ++i) {
                const QByteArray mine = QByteArray::number(t) + '-' + QByteArray::number(i);
                client.send(post(i % 3 == 0 ? "/later?ms=1" : "/echo", mine));
                const auto answer = client.answer();
                if (answer && answer->body.endsWith('\n' + mine))
                    ++good;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(good.load(), 800);
}

void TestHttpFront::threadsShareThePort()
{
    TestFront front({}, 4);
    QCOMPARE(front.seen.handlersAlive.load(), 4);
    QCOMPARE(front.seen.threads.size(), std::size_t {4});
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(std::make_unique<RawClient>(front.port));
        QVERIFY(clients.back()->connected());
        clients.back()->send(get("/echo"));
    }
    for (const auto &client : clients)
        QVERIFY(client->answer());
    QCOMPARE(front.group().connectionCount(), 40);
    front.group().stop();
    QCOMPARE(front.seen.handlersAlive.load(), 0);
    QVERIFY(!RawClient(front.port).connected());
}

void TestHttpFront::portInUse()
{
    TestFront front({}, 2);
    for (const int threads : {1, 2}) {
        FrontGroup second([&] { return std::make_unique<TestHandler>(front.seen); });
        const auto started = second.start(QHostAddress::LocalHost, front.port, threads);
        QVERIFY(!started.ok());
        QVERIFY(started.error().message.find("in use") != std::string::npos);
        QVERIFY(!second.running());
    }
    // The port is free again at once, though connections of its last owner are still dying.
    RawClient client(front.port);
    client.send(get("/echo", "Connection: close\r\n"));
    QVERIFY(client.untilClosed());
    const quint16 port = front.port;
    front.group().stop();
    FrontGroup next([&] { return std::make_unique<TestHandler>(front.seen); });
    QVERIFY(next.start(QHostAddress::LocalHost, port, 2).ok());
    next.stop();
    QVERIFY(next.start(QHostAddress::Any, 0, 2).ok());
    RawClient overIpv4(next.port());
    overIpv4.send(get("/echo"));
    QVERIFY(overIpv4.answer());
}

QTEST_GUILESS_MAIN(TestHttpFront)
#include "tst_http_front.moc"
