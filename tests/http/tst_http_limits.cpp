// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Codings.h"
#include "http/RawClient.h"
#include "http/TestHandler.h"

#include <QtTest>

#include <sys/resource.h>

using namespace miroir::http;
using namespace miroir::http::testing;

namespace {

Options smallOptions()
{
    Options options;
    options.requestLineBytes = 200;
    options.headBytes = 1000;
    options.headFields = 10;
    options.bodyBytes = 10'000;
    options.headTimeoutMs = 150;
    options.bodyGraceMs = 150;
    options.bodyMinBytesPerSecond = 1000;
    options.idleTimeoutMs = 300;
    options.slowReaderTimeoutMs = 200;
    options.lingerMs = 200;
    return options;
}

QByteArray get(const QByteArray &target, const QByteArray &fields = {})
{
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

} // namespace

/// What a client may not do, or not for so long, or not so often.
class TestHttpLimits : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void refusals_data();
    void refusals();
    void refusalReachesASenderOfMuch();
    void slowHead();
    void slowBody();
    void steadyBodyIsFine();
    void slowReader();
    void idle();
    void connectionLimit();
    void bodiesTogether();
    void pipelinedAnswersNeedAReader();
    void floodedEventStream();
    void descriptorsRunOut();
    void cleanupTestCase() { m_front.reset(); }

private:
    std::unique_ptr<TestFront> m_front;
};

void TestHttpLimits::refusals_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("code");
    const auto add = [](const char *name, const QByteArray &bytes, int status, const char *code) {
        QTest::newRow(name) << bytes << status << QByteArray(code);
    };
    const QByteArray start = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    add("request line", get("/" + QByteArray(200, 'a')), 414, "uri_too_long");
    add("head bytes", get("/", "A: " + QByteArray(1000, 'a') + "\r\n"), 431, "request_header_fields_too_large");
    add("head fields", get("/", QByteArray("A: b\r\n").repeated(10)), 431, "request_header_fields_too_large");
    add("length", start + "Content-Length: 10001\r\n\r\n", 413, "payload_too_large");
    add("chunks", start + "Transfer-Encoding: chunked\r\n\r\n2711\r\n" + QByteArray(10'001, 'x'), 413,
        "payload_too_large");
    const QByteArray bomb = encoded(Coding::Gzip, QByteArray(1'000'000, 'x'));
    const QByteArray bombLength = "Content-Length: " + QByteArray::number(bomb.size()) + "\r\n";
    add("bomb", start + "Content-Encoding: gzip\r\n" + bombLength + "\r\n" + bomb, 413, "payload_too_large");
    add("two lengths", start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400, "bad_request");
    add("length and chunked", start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
        "bad_request");
    add("bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400, "bad_request");
    add("folded", get("/", "A: b\r\n c\r\n"), 400, "bad_request");
    add("space before colon", get("/", "A : b\r\n"), 400, "bad_request");
    add("bad name", get("/", "A b: c\r\n"), 400, "bad_request");
    add("bad value", get("/", "A: b\x07\r\n"), 400, "bad_request");
    add("bad chunk size", start + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "bad_request");
    add("long chunk extension",
        start + "Transfer-Encoding: chunked\r\n\r\n1;" + QByteArray(20'000, 'e') + "\r\nx\r\n0\r\n\r\n", 400,
        "bad_request");
    add("broken gzip", start + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk", 400, "bad_request");
    add("unknown version", "GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505, "http_version_not_supported");
    add("no version", "GET /\r\n", 400, "bad_request");
    add("no host", "GET / HTTP/1.1\r\n\r\n", 400, "bad_request");
    add("unknown transfer coding", start + "Transfer-Encoding: gzip\r\n\r\n", 501, "not_implemented");
    add("unknown content coding", start + "Content-Encoding: foo\r\n\r\n", 415, "unsupported_media_type");
    add("unknown expectation", start + "Expect: more\r\n\r\n", 417, "expectation_failed");
    add("TLS", QByteArray("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11), 400, "bad_request");
}

void TestHttpLimits::refusals()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    QFETCH(QByteArray, code);
    if (!m_front) // one for all rows: each refusal must leave it in order
        m_front = std::make_unique<TestFront>(smallOptions());
    TestFront &front = *m_front;
    RawClient client(front.port);
    const int before = front.seen.requests;
    QVERIFY(client.send(bytes + get("/smuggled")));
    const auto answer = client.answer();
    QVERIFY(answer);
    QCOMPARE(answer->status, status);
    QCOMPARE(answer->fields.at("connection"), QByteArray("close"));
    QCOMPARE(answer->fields.at("content-type"), QByteArray("application/json"));
    QVERIFY(answer->body.startsWith("{\"message\":\""));
    QVERIFY(answer->body.endsWith("\",\"code\":\"" + code + "\",\"type\":\"invalid_request\",\"link\":"
                                  "\"https://docs.meilisearch.com/errors#" + code + "\"}"));
    QCOMPARE(client.untilClosed(), QByteArray());
    QCOMPARE(front.seen.requests.load(), before); // neither it nor what followed reached the handler

    RawClient next(front.port);
    next.send(get("/echo"));
    QCOMPARE(next.answer()->status, 200);
}

void TestHttpLimits::refusalReachesASenderOfMuch()
{
    Options options = smallOptions();
    options.lingerMs = 2000;
    TestFront front(options);
    RawClient client(front.port);
    // 20 MB go out before the client looks for the answer; a reset would have destroyed it.
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n");
    QVERIFY(client.send(QByteArray(20'000'000, 'x')));
    const auto answer = client.answer();
    QVERIFY(answer);
    QCOMPARE(answer->status, 413);
}

void TestHttpLimits::slowHead()
{
    TestFront front(smallOptions());
    RawClient client(front.port);
    QElapsedTimer timer;
    timer.start();
    client.send("GET /echo HTTP/1.1\r\nHo");
    const auto answer = client.answer();
    QVERIFY(answer);
    QCOMPARE(answer->status, 408);
    QVERIFY(timer.elapsed() >= 150);
    QVERIFY(client.untilClosed());
}

void TestHttpLimits::slowBody()
{
    TestFront front(smallOptions());
    RawClient client(front.port);
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nsome");
    const auto answer = client.answer();
    QVERIFY(answer);
    QCOMPARE(answer->status, 408);
    QVERIFY(answer->body.contains("\"code\":\"request_timeout\""));
    QVERIFY(client.untilClosed());
    QCOMPARE(front.seen.requests.load(), 0);
}

void TestHttpLimits::steadyBodyIsFine()
{
    TestFront front(smallOptions());
    RawClient client(front.port);
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n");
    // Four times the minimum rate, for three times the grace.
    for (int i = 0; i < 20; ++i) {
        client.send(QByteArray(100, 'x'));
        QTest::qWait(25);
    }
    QCOMPARE(client.answer()->status, 200);
}

void TestHttpLimits::slowReader()
{
    TestFront front(smallOptions());
    RawClient client(front.port, 4096);
    client.send(get("/big?bytes=20000000"));
    QTRY_COMPARE(front.seen.requests.load(), 1);
    QTRY_COMPARE(front.group().connectionCount(), 0);

    // Who reads, however slowly, is not cut.
    RawClient reader(front.port, 4096);
    reader.send(get("/big?bytes=1600000"));
    const auto answer = reader.answer();
    QVERIFY(answer);
    QCOMPARE(answer->body.size(), 1600000);
}

void TestHttpLimits::idle()
{
    TestFront front(smallOptions());
    RawClient fresh(front.port);
    RawClient used(front.port);
    used.send(get("/echo"));
    QVERIFY(used.answer());
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(fresh.untilClosed(), QByteArray()); // no answer to no request
    QVERIFY(timer.elapsed() >= 200);
    QCOMPARE(used.untilClosed(), QByteArray());

    // A request that runs for longer than all timeouts is not idle.
    RawClient waiting(front.port);
    waiting.send(get("/later?ms=600"));
    QCOMPARE(waiting.answer()->status, 200);
}

void TestHttpLimits::connectionLimit()
{
    Options options = smallOptions();
    options.connections = 5;
    options.idleTimeoutMs = 60'000;
    TestFront front(options, 2);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(std::make_unique<RawClient>(front.port));
        clients.back()->send(get("/echo"));
        QVERIFY(clients.back()->answer());
    }
    for (int i = 0; i < 100; ++i) {
        RawClient tooMany(front.port);
        tooMany.send(get("/echo"));
        const auto answer = tooMany.answer();
        QVERIFY(answer.has_value() || tooMany.untilClosed().has_value());
        if (i == 0) {
            QCOMPARE(answer->status, 503);
            QCOMPARE(answer->fields.at("retry-after"), QByteArray("1"));
            QVERIFY(answer->body.contains("\"type\":\"system\""));
        }
    }
    QCOMPARE(front.seen.requests.load(), 5);
    QCOMPARE(front.group().connectionCount(), 5);
    clients.pop_back();
    QTRY_COMPARE(front.group().connectionCount(), 4);
    RawClient next(front.port);
    next.send(get("/echo"));
    QCOMPARE(next.answer()->status, 200);
}

void TestHttpLimits::bodiesTogether()
{
    Options options = smallOptions();
    options.allBodiesBytes = 12'000;
    options.bodyMinBytesPerSecond = 0;
    TestFront front(options);
    const QByteArray head = " HTTP/1.1\r\nHost: h\r\nContent-Length: 8000\r\n\r\n";
    RawClient first(front.port);
    first.send("POST /keep" + head + QByteArray(8000, 'x'));
    QTRY_COMPARE(front.seen.requests.load(), 1);
    RawClient second(front.port);
    second.send("POST /echo" + head + QByteArray(7999, 'x'));
    QCOMPARE(second.answer()->status, 503);
    first.reset();
    QTRY_COMPARE(front.seen.gone.load(), 1);
    RawClient third(front.port);
    third.send("POST /echo" + head + QByteArray(8000, 'x'));
    QCOMPARE(third.answer()->status, 200);
}

void TestHttpLimits::pipelinedAnswersNeedAReader()
{
    Options options = smallOptions();
    options.slowReaderTimeoutMs = 60'000;
    TestFront front(options);
    RawClient client(front.port, 4096);
    client.send(get("/big?bytes=16000000").repeated(20));
    QTRY_COMPARE(front.seen.requests.load(), 1);
    QTest::qWait(100); // nothing to wait for: it must not happen
    QCOMPARE(front.seen.requests.load(), 1);
    for (int i = 0; i < 2; ++i)
        QCOMPARE(client.answer(false, 20'000)->body.size(), 16'000'000);
}

void TestHttpLimits::floodedEventStream()
{
    Options options = smallOptions();
    options.streamBufferBytes = 500'000;
    TestFront front(options);
    RawClient client(front.port, 4096);
    client.send(get("/flood")); // the handler sends up to 1 GB unless it is told that the client is too slow
    QTRY_COMPARE(front.seen.requests.load(), 1);
    QTRY_COMPARE(front.group().connectionCount(), 0);
    QCOMPARE(front.seen.openStreams.load(), 0);
}

void TestHttpLimits::descriptorsRunOut()
{
    TestFront front(smallOptions());
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    rlimit usual {};
    QCOMPARE(getrlimit(RLIMIT_NOFILE, &usual), 0);
    rlimit tight = usual;
    tight.rlim_cur = static_cast<rlim_t>(client) + 20;
    QCOMPARE(setrlimit(RLIMIT_NOFILE, &tight), 0);
    std::vector<int> taken;
    for (int descriptor = dup(0); descriptor >= 0; descriptor = dup(0))
        taken.push_back(descriptor);

    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(front.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QCOMPARE(::connect(client, reinterpret_cast<sockaddr *>(&address), sizeof address), 0); // in the backlog
    const QByteArray request = get("/echo", "Connection: close\r\n");
    QCOMPARE(::send(client, request.constData(), static_cast<std::size_t>(request.size()), MSG_NOSIGNAL),
             ssize_t {request.size()});
    QTest::qWait(250); // long enough to try, and to pause more than once: it must not be served yet
    const int before = front.seen.requests;
    for (const int descriptor : taken)
        close(descriptor);
    QCOMPARE(setrlimit(RLIMIT_NOFILE, &usual), 0);
    QCOMPARE(before, 0);
    QTRY_COMPARE(front.seen.requests.load(), 1);
    close(client);
}

QTEST_GUILESS_MAIN(TestHttpLimits)
#include "tst_http_limits.moc"
