// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "http/HeadParser.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::http;

namespace {

constexpr HeadLimits usualLimits {16 * 1024, 64 * 1024, 100};

struct Outcome {
    int status = 0; // 0: accepted; -1: not complete
    Head head;
    std::size_t taken = 0;
};

Outcome examine(const QByteArray &bytes, std::size_t portion, HeadLimits limits = usualLimits,
                std::size_t bodyBytesMax = 1000)
{
    HeadParser parser(limits);
    Outcome outcome;
    std::string_view rest = sv(bytes);
    while (!rest.empty() && parser.state() == HeadParser::State::More) {
        const std::size_t taken = parser.feed(rest.substr(0, portion));
        outcome.taken += taken;
        rest.remove_prefix(taken);
    }
    if (parser.state() == HeadParser::State::More) {
        outcome.status = -1;
        return outcome;
    }
    if (parser.state() == HeadParser::State::Refused) {
        outcome.status = parser.refusal().status;
        return outcome;
    }
    outcome.head = parser.head();
    const std::optional<Refusal> refusal = examineHead(outcome.head, bodyBytesMax);
    outcome.status = refusal ? refusal->status : 0;
    return outcome;
}

} // namespace

class TestHttpHead : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void refusals_data();
    void refusals();
    void acceptedHead();
    void limits();
    void paths_data();
    void paths();
    void keepAlive_data();
    void keepAlive();
    void formatsLimits();

private:
    static void fieldRefusals();
};

void TestHttpHead::refusals_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    const QByteArray host = "Host: a\r\n";
    const auto add = [](const char *name, const QByteArray &bytes, int status) {
        QTest::newRow(name) << bytes << status;
    };
    add("one empty line first", "\r\nGET / HTTP/1.1\r\n" + host + "\r\n", 0);
    add("many empty lines first", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n", 400);
    add("unfinished", "GET / HTTP/1.1\r\n" + host, -1);
    add("no version", "GET /\r\n\r\n", 400);
    add("two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", 400);
    add("space at the end", "GET / HTTP/1.1 \r\n" + host + "\r\n", 400);
    add("space in target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400);
    add("tab in target", "GET /a\tb HTTP/1.1\r\n" + host + "\r\n", 400);
    add("fragment", "GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400);
    add("raw UTF-8 in target", "GET /a?q=caf\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", 0);
    add("no slash", "GET a HTTP/1.1\r\n" + host + "\r\n", 400);
    add("authority form", "CONNECT a:80 HTTP/1.1\r\n" + host + "\r\n", 400);
    add("asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 0);
    add("asterisk with GET", "GET * HTTP/1.1\r\n" + host + "\r\n", 400);
    add("bad method", "G(T / HTTP/1.1\r\n" + host + "\r\n", 400);
    add("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 0);
    add("HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", 505);
    add("HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", 505);
    add("HTTP/9.9", "GET / HTTP/9.9\r\n" + host + "\r\n", 505);
    add("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    add("lower case version", "GET / http/1.1\r\n" + host + "\r\n", 400);
    add("HTTP/11.1", "GET / HTTP/11.1\r\n" + host + "\r\n", 400);
    add("bare LF after request line", "GET / HTTP/1.1\n" + host + "\r\n", 400);
    add("TLS hello", QByteArray("\x16\x03\x01\x02\x00\x01\x00", 7), 400);
    add("no host", "GET / HTTP/1.1\r\n\r\n", 400);
    add("bad host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400);
    add("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0);
    add("chunked 1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    fieldRefusals();
}

void TestHttpHead::fieldRefusals()
{
    const auto get = [&](const char *name, const QByteArray &fields, int status) {
        QTest::newRow(name) << "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" << status;
    };
    get("plain", "", 0);
    get("bare LF after field", "A: b\n", 400);
    get("bare CR in value", "A: b\rc\r\n", 400);
    get("folded", "A: b\r\n c\r\n", 400);
    get("space before colon", "A : b\r\n", 400);
    get("no colon", "Abc\r\n", 400);
    get("empty name", ": b\r\n", 400);
    get("bad name", "A(b: c\r\n", 400);
    get("empty value", "A:\r\n", 0);
    get("NUL in value", QByteArray("A: b\0c\r\n", 8), 400);
    get("control in value", "A: b\x01\r\n", 400);
    get("DEL in value", "A: b\x7f\r\n", 400);
    get("latin in value", "A: \xe9\r\n", 0);
    get("two hosts", "Host: b\r\n", 400);
    get("length", "Content-Length: 10\r\n", 0);
    get("two lengths", "Content-Length: 10\r\nContent-Length: 10\r\n", 400);
    get("length list", "Content-Length: 10, 10\r\n", 400);
    get("negative length", "Content-Length: -1\r\n", 400);
    get("signed length", "Content-Length: +1\r\n", 400);
    get("hex length", "Content-Length: 0x10\r\n", 400);
    get("empty length", "Content-Length:\r\n", 400);
    get("length at the limit", "Content-Length: 1000\r\n", 0);
    get("length over the limit", "Content-Length: 1001\r\n", 413);
    get("length of 2^64", "Content-Length: 18446744073709551616\r\n", 413);
    get("length of 2^64-1", "Content-Length: 18446744073709551615\r\n", 413);
    get("chunked", "Transfer-Encoding: chunked\r\n", 0);
    get("Chunked", "Transfer-Encoding: Chunked\r\n", 0);
    get("length and chunked", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400);
    get("chunked and length", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400);
    get("two transfer codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400);
    get("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", 501);
    get("xchunked", "Transfer-Encoding: xchunked\r\n", 501);
    get("chunked, identity", "Transfer-Encoding: chunked, identity\r\n", 501);
    get("expect", "Expect: 100-Continue\r\n", 0);
    get("other expectation", "Expect: 200-ok\r\n", 417);
    get("gzip body", "Content-Encoding: GZip\r\n", 0);
    get("identity body", "Content-Encoding: identity\r\n", 0);
    get("compress body", "Content-Encoding: compress\r\n", 415);
    get("two codings", "Content-Encoding: gzip, br\r\n", 415);
    get("two coding fields", "Content-Encoding: gzip\r\nContent-Encoding: br\r\n", 415);
}

void TestHttpHead::refusals()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    // In whatever portions the bytes come, the verdict is one.
    for (const std::size_t portion : {bytes.size() + 1, qsizetype {1}, qsizetype {2}, qsizetype {7}})
        QCOMPARE(examine(bytes, portion).status, status);
}

void TestHttpHead::acceptedHead()
{
    const QByteArray head = "POST /a%20b/?q=x%2Fy HTTP/1.1\r\nHost: h\r\nX-Two:  b c \t\r\nCONTENT-length: 5\r\n"
                            "Expect: 100-continue\r\nContent-Encoding: zstd\r\n\r\n";
    const Outcome outcome = examine(head + "12345GET", 4096);
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.taken, static_cast<std::size_t>(head.size()));
    QCOMPARE(outcome.head.method, QByteArray("POST"));
    QCOMPARE(outcome.head.target, QByteArray("/a%20b/?q=x%2Fy"));
    QCOMPARE(outcome.head.path, QByteArray("/a%20b"));
    QCOMPARE(outcome.head.query, QByteArray("q=x%2Fy"));
    QCOMPARE(toBytes(outcome.head.value("x-two")), QByteArray("b c"));
    QCOMPARE(outcome.head.contentLength.value_or(0), std::uint64_t {5});
    QVERIFY(outcome.head.expectContinue);
    QVERIFY(outcome.head.coding == Coding::Zstd);
    QCOMPARE(outcome.head.fields.size(), std::size_t {5});
}

void TestHttpHead::limits()
{
    const auto withTarget = [](qsizetype targetBytes) {
        return "GET /" + QByteArray(targetBytes - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    const HeadLimits small {100, 400, 3};
    const qsizetype around = 100 - qsizetype {13}; // "GET " and " HTTP/1.1"
    for (const std::size_t portion : {std::size_t {1}, std::size_t {1000}}) {
        QCOMPARE(examine(withTarget(around), portion, small).status, 0);
        QCOMPARE(examine(withTarget(around + 1), portion, small).status, 414);
        QCOMPARE(examine("GET /" + QByteArray(200, 'a'), portion, small).status, 414); // never ends
        const QByteArray start = "GET / HTTP/1.1\r\nHost: a\r\n";
        QCOMPARE(examine(start + "A: b\r\nC: d\r\n\r\n", portion, small).status, 0);
        QCOMPARE(examine(start + "A: b\r\nC: d\r\nE: f\r\n\r\n", portion, small).status, 431);
        const QByteArray longField = "A: " + QByteArray(400 - start.size() - 7, 'b') + "\r\n\r\n";
        QCOMPARE(examine(start + longField, portion, small).status, 0);
        QCOMPARE(examine(start + "A" + longField, portion, small).status, 431);
        QCOMPARE(examine(start + "A: " + QByteArray(500, 'b'), portion, small).status, 431); // never ends
    }
}

void TestHttpHead::paths_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("root") << QByteArray("/") << QByteArray("/");
    QTest::newRow("slashes") << QByteArray("//") << QByteArray("/");
    QTest::newRow("last slash") << QByteArray("/a/") << QByteArray("/a");
    QTest::newRow("runs") << QByteArray("//a///b//") << QByteArray("/a/b");
    QTest::newRow("encoded slash") << QByteArray("/a%2F/b") << QByteArray("/a%2F/b");
    QTest::newRow("slashes in query") << QByteArray("/a?b=//c/") << QByteArray("/a");
    QTest::newRow("absolute") << QByteArray("http://h:1/a/b?c") << QByteArray("/a/b");
    QTest::newRow("absolute without path") << QByteArray("HTTP://h") << QByteArray("/");
    QTest::newRow("absolute with query") << QByteArray("https://h?x=/y") << QByteArray("/");
    QTest::newRow("absolute without host") << QByteArray("http:///a") << QByteArray();
    QTest::newRow("other scheme") << QByteArray("ftp://h/a") << QByteArray();
    QTest::newRow("relative") << QByteArray("a/b") << QByteArray();
}

void TestHttpHead::paths()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, path);
    QCOMPARE(normalisedPath("GET", sv(target)).value_or(QByteArray()), path);
}

void TestHttpHead::keepAlive_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<bool>("keep");
    QTest::newRow("1.1") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n") << true;
    QTest::newRow("1.1 close") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n") << false;
    QTest::newRow("1.1 list") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nConnection: te, close\r\n") << false;
    QTest::newRow("1.1 two fields")
        << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nConnection: te\r\nConnection: close\r\n") << false;
    QTest::newRow("1.0") << QByteArray("GET / HTTP/1.0\r\n") << false;
    QTest::newRow("1.0 keep") << QByteArray("GET / HTTP/1.0\r\nConnection: keep-alive\r\n") << true;
}

void TestHttpHead::keepAlive()
{
    QFETCH(QByteArray, start);
    QFETCH(bool, keep);
    const Outcome outcome = examine(start + "\r\n", 4096);
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.head.keepAlive, keep);
}

void TestHttpHead::formatsLimits()
{
    QCOMPARE(formatByteLimit(100'000'000), std::string("100 MB"));
    QCOMPARE(formatByteLimit(10 * 1024 * 1024), std::string("10 MiB"));
    QCOMPARE(formatByteLimit(3), std::string("3 B"));
    QCOMPARE(formatByteLimit(1'500), std::string("1.5 KB"));
    const Response response = errorResponse(payloadTooLarge(10 * 1024 * 1024));
    QCOMPARE(response.status, 413);
    QCOMPARE(response.body,
             QByteArray("{\"message\":\"The provided payload reached the size limit. The maximum accepted payload size "
                        "is 10 MiB.\",\"code\":\"payload_too_large\",\"type\":\"invalid_request\",\"link\":"
                        "\"https://docs.meilisearch.com/errors#payload_too_large\"}"));
}

QTEST_GUILESS_MAIN(TestHttpHead)
#include "tst_http_head.moc"
