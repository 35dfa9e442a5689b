// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Codings.h"
#include "http/RawClient.h"
#include "http/TestHandler.h"

#include "http/BodyReader.h"

#include <QRegularExpression>
#include <QtTest>

#include <random>

using namespace miroir;
using namespace miroir::http;
using namespace miroir::http::testing;

namespace {

constexpr int pureMs = 1500;
constexpr int liveMs = 3500;

std::vector<QByteArray> corpus()
{
    const QByteArray json = QByteArray("{\"id\":1,\"title\":\"Inception\"},").repeated(30);
    std::vector<QByteArray> all {
        "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /later?ms=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "HEAD /big?bytes=3200 HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n",
        "GET /echo HTTP/1.0\r\n\r\n",
        "GET /events?ms=1&count=3 HTTP/1.1\r\nHost: h\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: h\r\nOrigin: a\r\nAccess-Control-Request-Method: GET\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody",
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nbody\r\n0\r\nT: u\r\n\r\n",
        "PUT http://h/a%2Fb/?q=%20 HTTP/1.1\r\nHost: h:80\r\nContent-Length: 0\r\n\r\n",
        "GET /drop HTTP/1.1\r\nHost: h\r\n\r\nGET /twice HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (const Coding coding : {Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd}) {
        const QByteArray body = encode(coding, json);
        all.push_back("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Encoding: " + codingName(coding)
                      + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    return all;
}

/// Pieces that parsers fall over.
const std::vector<QByteArray> pieces {
    "\r\n", "\n", "\r", QByteArray(1, '\0'), " ", "\t", ":", ",", ";", "%", "%00", "\xff", "/", "//", "?", "*", "-1",
    "Content-Length: 5\r\n", "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n",
    "Host: x\r\n", "\r\n\r\n", "HTTP/1.1", "0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\n", "Expect: 100-continue\r\n",
    "Connection: close\r\n", "Content-Encoding: gzip\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"};

class Source
{
public:
    explicit Source(quint32 seed) : m_random(seed), m_corpus(corpus()) { }
    int below(int bound) { return static_cast<int>(m_random() % static_cast<quint32>(bound)); }

    QByteArray next()
    {
        if (below(20) == 0)
            return noise(below(300));
        QByteArray bytes = m_corpus[static_cast<std::size_t>(below(static_cast<int>(m_corpus.size())))];
        if (below(4) == 0)
            bytes += m_corpus[static_cast<std::size_t>(below(static_cast<int>(m_corpus.size())))];
        for (int changes = below(5); changes > 0; --changes)
            mutate(bytes);
        return bytes;
    }

private:
    QByteArray noise(int size)
    {
        QByteArray bytes(size, '\0');
        for (char &byte : bytes)
            byte = static_cast<char>(below(256));
        return bytes;
    }
    void mutate(QByteArray &bytes)
    {
        const int at = below(static_cast<int>(bytes.size()) + 1);
        switch (below(6)) {
        case 0:
            if (at < bytes.size())
                bytes[at] = static_cast<char>(below(256));
            return;
        case 1:
            bytes.remove(at, 1 + below(10));
            return;
        case 2:
            bytes.insert(at, pieces[static_cast<std::size_t>(below(static_cast<int>(pieces.size())))]);
            return;
        case 3:
            bytes.insert(at, bytes.mid(below(static_cast<int>(bytes.size()) + 1), below(40)));
            return;
        case 4:
            bytes.truncate(at);
            return;
        default:
            if (at < bytes.size())
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        }
    }

    std::mt19937 m_random;
    std::vector<QByteArray> m_corpus;
};

struct Verdict {
    int status = 0; // 0: a whole request; -1: more is needed
    qsizetype headBytes = 0;
    qsizetype bytes = 0;
    QByteArray body;
    bool operator==(const Verdict &) const = default;
};

/// Reads one request from the bytes in portions of that size.
Verdict readOne(const QByteArray &bytes, std::size_t portion)
{
    Verdict verdict;
    HeadParser parser({1000, 4000, 20});
    std::string_view rest = sv(bytes);
    while (!rest.empty() && parser.state() == HeadParser::State::More)
        rest.remove_prefix(parser.feed(rest.substr(0, portion)));
    if (parser.state() != HeadParser::State::Done) {
        verdict.status = parser.state() == HeadParser::State::More ? -1 : parser.refusal().status;
        return verdict;
    }
    verdict.headBytes = bytes.size() - static_cast<qsizetype>(rest.size());
    if (const auto refusal = examineHead(parser.head(), 20'000)) {
        verdict.status = refusal->status;
        return verdict;
    }
    BodyReader reader(parser.head(), 20'000);
    while (!rest.empty() && reader.state() == BodyReader::State::More)
        rest.remove_prefix(reader.feed(rest.substr(0, portion)));
    if (reader.state() != BodyReader::State::Done) {
        verdict.status = reader.state() == BodyReader::State::More ? -1 : reader.refusal().status;
        return verdict;
    }
    verdict.bytes = bytes.size() - static_cast<qsizetype>(rest.size());
    verdict.body = reader.takeBody();
    return verdict;
}

/// The grammar of a head written in another way than the parser, to judge it.
bool isHead(const QByteArray &bytes)
{
    static const QRegularExpression grammar(
        QStringLiteral("\\A(\\r\\n){0,2}[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\\x00-\\x20\\x7f#]+ HTTP/1\\.[01]\\r\\n"
                       "([!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\\x00-\\x08\\x0a-\\x1f\\x7f]*\\r\\n)*\\r\\n\\z"));
    return grammar.match(QString::fromLatin1(bytes)).hasMatch();
}

} // namespace

class TestHttpFuzz : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void verdictsDoNotDependOnPortions();
    void serverSurvives();

private:
    quint32 m_seed = 0;
};

void TestHttpFuzz::initTestCase()
{
    const QByteArray given = qgetenv("MIROIR_FUZZ_SEED");
    m_seed = given.isEmpty() ? std::random_device()() : given.toUInt();
    qInfo("seed: MIROIR_FUZZ_SEED=%u", m_seed);
}

void TestHttpFuzz::verdictsDoNotDependOnPortions()
{
    Source source(m_seed);
    QElapsedTimer timer;
    timer.start();
    int whole = 0;
    int refused = 0;
    while (timer.elapsed() < pureMs) {
        const QByteArray bytes = source.next();
        const Verdict atOnce = readOne(bytes, 1'000'000);
        const Verdict byBytes = readOne(bytes, 1);
        const Verdict byPortions = readOne(bytes, static_cast<std::size_t>(1 + source.below(40)));
        if (!(atOnce == byBytes) || !(atOnce == byPortions))
            QFAIL(bytes.toPercentEncoding().constData());
        if (atOnce.headBytes > 0 && !isHead(bytes.left(atOnce.headBytes)))
            QFAIL(bytes.toPercentEncoding().constData());
        whole += atOnce.status == 0 ? 1 : 0;
        refused += atOnce.status > 0 ? 1 : 0;
    }
    qInfo("%d whole requests, %d refusals", whole, refused);
    QVERIFY(whole > 100 && refused > 100); // the source is neither too tame nor too wild
}

void TestHttpFuzz::serverSurvives()
{
    Options options;
    options.requestLineBytes = 1000;
    options.headBytes = 4000;
    options.headFields = 20;
    options.bodyBytes = 20'000;
    options.headTimeoutMs = 200;
    options.bodyGraceMs = 200;
    options.lingerMs = 100;
    TestFront front(options, 2);
    Source source(m_seed + 1);
    QElapsedTimer timer;
    timer.start();
    int sent = 0;
    int answered = 0;
    while (timer.elapsed() < liveMs) {
        const QByteArray bytes = source.next();
        RawClient client(front.port);
        QVERIFY2(client.connected(), bytes.toPercentEncoding().constData());
        const int cut = source.below(static_cast<int>(bytes.size()) + 1);
        bool open = client.send(bytes.left(cut));
        if (source.below(8) == 0)
            client.waitFor("\r\n\r\n", 1);
        open = open && client.send(bytes.mid(cut));
        // What is whole or wrong is answered; what is not whole yet may wait for its timeout, but we do not.
        const Verdict verdict = readOne(bytes, 1'000'000);
        if (open && verdict.status >= 0 && source.below(3) != 0) {
            if (!client.waitFor("HTTP/1.1 "))
                QFAIL(bytes.toPercentEncoding().constData());
            ++answered;
        }
        if (!client.buffer().isEmpty() && !client.buffer().startsWith("HTTP/1.1 "))
            QFAIL(client.buffer().toPercentEncoding().constData());
        if (source.below(2) == 0)
            client.reset();
        ++sent;
    }
    qInfo("%d clients, %d waited for their answer", sent, answered);
    QVERIFY(answered > 50);
    QCOMPARE(front.seen.malformed.load(), 0);
    RawClient last(front.port);
    last.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    QVERIFY(last.answer());
    last.hangUp();
    QTRY_COMPARE(front.group().connectionCount(), 0);
}

QTEST_GUILESS_MAIN(TestHttpFuzz)
#include "tst_http_fuzz.moc"
