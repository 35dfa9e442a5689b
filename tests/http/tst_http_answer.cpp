// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/AnswerWriter.h"
#include "http/BodyReader.h"

#include "base/Bytes.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::http;

namespace {

Head headWith(const QByteArray &name, const QByteArray &value, const QByteArray &method = "GET")
{
    Head head;
    head.method = method;
    head.fields.emplace_back(name, value);
    return head;
}

} // namespace

Q_DECLARE_METATYPE(miroir::http::Coding)

class TestHttpAnswer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void plain();
    void bodiless();
    void compresses();
    void ownFields();
    void acceptEncoding_data();
    void acceptEncoding();
    void cors();
    void events();
    void dates();
};

void TestHttpAnswer::plain()
{
    AnswerStyle style;
    style.date = "D";
    const Answer answer = writeAnswer({200, "application/json", "{}", {}}, style);
    QCOMPARE(answer.head,
             QByteArray("HTTP/1.1 200 OK\r\ndate: D\r\ncontent-length: 2\r\ncontent-type: application/json\r\n"
                        "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
                        "Accept-Encoding\r\n\r\n"));
    QCOMPARE(answer.body, QByteArray("{}"));

    style = {};
    style.cors = false;
    style.keepAlive = false;
    QCOMPARE(writeAnswer({405, "", "", {}}, style).head,
             QByteArray("HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"));
    style.keepAlive = true;
    style.minorVersion = 0;
    const QByteArray unknown = writeAnswer({299, "", "", {}}, style).head;
    QVERIFY(unknown.startsWith("HTTP/1.1 299 Unknown\r\nconnection: keep-alive\r\n"));
}

void TestHttpAnswer::bodiless()
{
    AnswerStyle style;
    style.cors = false;
    const Answer none = writeAnswer({204, "application/json", "x", {}}, style);
    QCOMPARE(none.head, QByteArray("HTTP/1.1 204 No Content\r\n\r\n"));
    QVERIFY(none.body.isEmpty());
    style.headOnly = true;
    const Answer head = writeAnswer({200, "text/plain", "four", {}}, style);
    QVERIFY(head.head.contains("content-length: 4\r\n"));
    QVERIFY(head.body.isEmpty());
}

void TestHttpAnswer::compresses()
{
    const QByteArray body = QByteArray("{\"a\":1},").repeated(1000);
    AnswerStyle style;
    style.coding = Coding::Gzip;
    const Answer answer = writeAnswer({200, "application/json", body, {}}, style);
    QVERIFY(answer.head.contains("content-encoding: gzip\r\n"));
    QVERIFY(answer.head.contains("Accept-Encoding\r\n"));
    QVERIFY(answer.head.contains("content-length: " + QByteArray::number(answer.body.size()) + "\r\n"));
    QVERIFY(answer.body.size() < 1000);
    Head head;
    head.contentLength = static_cast<std::uint64_t>(answer.body.size());
    for (const Coding coding : {Coding::Gzip, Coding::Deflate, Coding::Brotli}) {
        style.coding = coding;
        const Answer each = writeAnswer({200, "application/json", body, {}}, style);
        head.coding = coding;
        head.contentLength = static_cast<std::uint64_t>(each.body.size());
        BodyReader reader(head, 1'000'000);
        reader.feed(sv(each.body));
        QCOMPARE(reader.takeBody(), body);
    }
    style.coding = Coding::Gzip;

    // as small as it may be: some clients read it as what they asked for
    QVERIFY(writeAnswer({200, "application/json", "{}", {}}, style).head.contains("content-encoding"));
    QVERIFY(!writeAnswer({200, "application/json", "", {}}, style).head.contains("content-encoding"));
    QVERIFY(!writeAnswer({200, "image/png", body, {}}, style).head.contains("content-encoding"));
    QVERIFY(!writeAnswer({200, "text/css", body, {{"Content-Encoding", "br"}}}, style).head.contains("gzip"));
    style.coding = Coding::None;
    const Answer asIs = writeAnswer({200, "application/json", body, {}}, style);
    QCOMPARE(asIs.body, body);
    QVERIFY(asIs.head.contains("Accept-Encoding\r\n")); // a cache must know that it depends on it
}

void TestHttpAnswer::ownFields()
{
    AnswerStyle style;
    style.cors = false;
    const Response response {200,
                             "text/plain\r\nX-Evil: 1",
                             "",
                             {{"Retry-After", "3"},
                              {"Content-Length", "99"},
                              {"transfer-encoding", "chunked"},
                              {"X-Split", "a\r\nX-Evil: 1"},
                              {"Bad Name", "x"}}};
    QCOMPARE(writeAnswer(response, style).head,
             QByteArray("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nRetry-After: 3\r\n\r\n"));
}

void TestHttpAnswer::acceptEncoding_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<Coding>("coding");
    QTest::newRow("gzip") << QByteArray("gzip") << Coding::Gzip;
    QTest::newRow("deflate") << QByteArray("deflate") << Coding::Deflate;
    QTest::newRow("best weight") << QByteArray("br;q=0.4, GZIP;q=0.5, *;q=0") << Coding::Gzip;
    QTest::newRow("equal weights") << QByteArray("gzip, deflate, br, zstd") << Coding::Brotli;
    QTest::newRow("equal weights without br") << QByteArray("deflate, gzip") << Coding::Gzip;
    QTest::newRow("any") << QByteArray("*") << Coding::None;
    QTest::newRow("none") << QByteArray("") << Coding::None;
    QTest::newRow("not ours") << QByteArray("identity, zstd") << Coding::None;
    QTest::newRow("forbidden") << QByteArray("gzip;q=0") << Coding::None;
    QTest::newRow("forbidden with zeros") << QByteArray("gzip; q=0.000") << Coding::None;
    QTest::newRow("forbidden but any") << QByteArray("gzip;q=0, *") << Coding::None;
    QTest::newRow("small weight") << QByteArray("gzip;q=0.001") << Coding::Gzip;
    QTest::newRow("similar") << QByteArray("gzipped") << Coding::None;
}

void TestHttpAnswer::acceptEncoding()
{
    QFETCH(QByteArray, value);
    QFETCH(Coding, coding);
    QCOMPARE(acceptedCoding(headWith("accept-encoding", value)), coding);
}

void TestHttpAnswer::cors()
{
    AnswerStyle style = answerStyle(headWith("origin", "http://a"), true);
    QVERIFY(writeAnswer({}, style).head.contains("access-control-allow-origin: *\r\n"));
    style = answerStyle(headWith("x", "y"), true);
    QVERIFY(!writeAnswer({}, style).head.contains("access-control"));
    style = answerStyle(headWith("origin", "http://a"), false);
    QVERIFY(!writeAnswer({}, style).head.contains("access-control"));

    Head head = headWith("access-control-request-method", "POST", "OPTIONS");
    head.fields.emplace_back("origin", "http://a");
    head.fields.emplace_back("access-control-request-headers", "authorization, x-b");
    QVERIFY(isPreflight(head));
    QVERIFY(!isPreflight(headWith("origin", "http://a", "OPTIONS")));
    QVERIFY(!isPreflight(headWith("access-control-request-method", "POST", "GET")));
    const QByteArray answer = writeAnswer(preflightResponse(head), answerStyle(head, true)).head;
    QVERIFY(answer.startsWith("HTTP/1.1 200 OK\r\n"));
    QVERIFY(answer.contains("access-control-allow-origin: *\r\n"));
    QVERIFY(answer.contains("access-control-allow-headers: authorization, x-b\r\n"));
    QVERIFY(answer.contains("access-control-allow-methods: GET, HEAD, POST, PUT, PATCH, DELETE"));
    QVERIFY(answer.contains("access-control-max-age: 86400\r\n"));
    QVERIFY(!answer.contains("content-type"));
}

void TestHttpAnswer::events()
{
    QCOMPARE(writeEvent("node", "{}"), QByteArray("event: node\ndata: {}\n\n"));
    QCOMPARE(writeEvent("", "a\nb\r\nc\rd"), QByteArray("data: a\ndata: b\ndata: c\ndata: d\n\n"));
    QCOMPARE(writeEvent("", ""), QByteArray("data: \n\n"));
    QCOMPARE(writeChunk("0123456789abcdef"), QByteArray("10\r\n0123456789abcdef\r\n"));
    QVERIFY(writeChunk("").isEmpty());
    AnswerStyle style;
    style.cors = false;
    style.coding = Coding::Gzip;
    QCOMPARE(writeStreamHead(style), QByteArray("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: "
                                                "no-store\r\ntransfer-encoding: chunked\r\n\r\n"));
    style.minorVersion = 0;
    QVERIFY(writeStreamHead(style).contains("connection: close\r\n"));
    QVERIFY(!writeStreamHead(style).contains("chunked"));
}

void TestHttpAnswer::dates()
{
    QCOMPARE(httpDate(784111777), QByteArray("Sun, 06 Nov 1994 08:49:37 GMT"));
}

QTEST_GUILESS_MAIN(TestHttpAnswer)
#include "tst_http_answer.moc"
