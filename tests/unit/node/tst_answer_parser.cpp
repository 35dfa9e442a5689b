// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "node/AnswerParser.h"

#include <QTest>

#include <algorithm>
#include <random>

using miroir::sv;
using miroir::node::AnswerParser;

namespace {

struct Outcome
{
    bool done = false;
    bool broken = false;
    int status = 0;
    QByteArray body;
    bool keepAlive = false;
    qsizetype used = 0;
};

/// Feeds the text in pieces of at most `piece` bytes.
Outcome parse(const QByteArray &text, qsizetype piece, std::size_t limit = 1000, bool close = false)
{
    AnswerParser parser(limit);
    Outcome outcome;
    while (outcome.used < text.size() && !parser.done() && !parser.broken())
        outcome.used += static_cast<qsizetype>(parser.feed(sv(text.mid(outcome.used, piece))));
    if (close)
        parser.end();
    outcome.done = parser.done();
    outcome.broken = parser.broken();
    outcome.status = parser.status();
    outcome.keepAlive = parser.keepAlive();
    outcome.body = parser.takeBody();
    return outcome;
}

} // namespace

class TestAnswerParser : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void good_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("close");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("keepAlive");
        using B = QByteArray;
        QTest::newRow("length") << B("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab") << false
                                << 200 << B("ab") << true;
        QTest::newRow("no reason")
            << B("HTTP/1.1 404\r\ncontent-length:0\r\n\r\n") << false << 404 << B() << true;
        QTest::newRow("close") << B(
            "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na")
                               << false << 200 << B("a") << false;
        QTest::newRow("1.0") << B("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na") << false << 200
                             << B("a") << false;
        QTest::newRow("1.0 kept") << B(
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na")
                                  << false << 200 << B("a") << true;
        QTest::newRow("chunked") << B(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789"
            "\r\n0\r\nTrailer: x\r\n\r\n")
                                 << false << 200 << B("abc0123456789") << true;
        QTest::newRow("until close")
            << B("HTTP/1.1 200 OK\r\n\r\nabc") << true << 200 << B("abc") << false;
        QTest::newRow("204") << B("HTTP/1.1 204 No Content\r\n\r\n") << false << 204 << B() << true;
        QTest::newRow("interim") << B(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 A\r\nContent-Length: 1\r\n\r\nx")
                                 << false << 202 << B("x") << true;
    }
    void good()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, close);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(bool, keepAlive);
        for (const qsizetype piece : {qsizetype(1), qsizetype(3), qsizetype(7), text.size()}) {
            const Outcome outcome = parse(text, piece, 1000, close);
            QVERIFY(outcome.done);
            QCOMPARE(outcome.status, status);
            QCOMPARE(outcome.body, body);
            QCOMPARE(outcome.keepAlive, keepAlive);
            QCOMPARE(outcome.used, text.size());
        }
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("text");
        using B = QByteArray;
        const B ok = "HTTP/1.1 200 OK\r\n";
        QTest::newRow("no http") << B("<html></html>\r\n\r\n");
        QTest::newRow("version 2") << B("HTTP/2.0 200 OK\r\n\r\n");
        QTest::newRow("status") << B("HTTP/1.1 2x0 OK\r\n\r\n");
        QTest::newRow("status 600") << B("HTTP/1.1 600 OK\r\n\r\n");
        QTest::newRow("long status") << B("HTTP/1.1 2000 OK\r\n\r\n");
        QTest::newRow("bare LF") << B("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n");
        QTest::newRow("folded") << ok + "A: b\r\n c\r\n\r\n";
        QTest::newRow("space before colon") << ok + "Content-Length : 0\r\n\r\n";
        QTest::newRow("no colon") << ok + "nothing\r\n\r\n";
        QTest::newRow("two lengths") << ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na";
        QTest::newRow("length list") << ok + "Content-Length: 1, 1\r\n\r\na";
        QTest::newRow("negative length") << ok + "Content-Length: -1\r\n\r\n";
        QTest::newRow("huge length") << ok + "Content-Length: 18446744073709551617\r\n\r\n";
        QTest::newRow("length and chunked")
            << ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        QTest::newRow("gzip coding") << ok + "Transfer-Encoding: gzip, chunked\r\n\r\n";
        QTest::newRow("chunked twice")
            << ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n";
        QTest::newRow("compressed") << ok + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na";
        QTest::newRow("chunk size") << ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n";
        QTest::newRow("no chunk size") << ok + "Transfer-Encoding: chunked\r\n\r\n\r\n";
        QTest::newRow("chunk size overflow")
            << ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n";
        QTest::newRow("chunk too long") << ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n";
        QTest::newRow("101") << B("HTTP/1.1 101 Switching\r\n\r\n");
        QTest::newRow("endless interim") << B("HTTP/1.1 102 P\r\n\r\n").repeated(20);
        QTest::newRow("nul") << ok + B("A: \0b\r\n\r\n", 8);
        QTest::newRow("endless head") << ok + "A: " + B(70'000, 'x');
        QTest::newRow("many fields") << ok + B("A: b\r\n").repeated(200);
        QTest::newRow("endless chunk line")
            << ok + "Transfer-Encoding: chunked\r\n\r\n1;" + B(10'000, 'x');
    }
    void refused()
    {
        QFETCH(QByteArray, text);
        for (const qsizetype piece : {qsizetype(1), text.size()})
            QVERIFY(parse(text, piece).broken);
    }

    void limits()
    {
        const QByteArray head = "HTTP/1.1 200 OK\r\n";
        QVERIFY(parse(head + "Content-Length: 10\r\n\r\n0123456789", 100, 10).done);
        AnswerParser parser(9);
        parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        QVERIFY(parser.broken());
        QCOMPARE(parser.fault(), AnswerParser::Fault::TooLarge);
        QVERIFY(
            parse(head + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n01234\r\n", 100, 9)
                .broken);
        QVERIFY(parse(head + "\r\n0123456789", 1, 9).broken);
    }

    void cutOffIsBroken()
    {
        const QByteArray text
            = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        for (qsizetype length = 0; length < text.size(); ++length)
            QVERIFY2(parse(text.left(length), 5, 1000, true).broken,
                qPrintable(QString::number(length)));
        QVERIFY(parse(text, 5, 1000, true).done);
    }

    void stopsAtTheEnd()
    {
        const QByteArray first = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
        const Outcome outcome = parse(first + "HTTP/1.1 500 X\r\n\r\n", 1000);
        QCOMPARE(outcome.used, first.size());
        QCOMPARE(outcome.body, QByteArray("ab"));
    }

    void mutatedBytesNeverHang()
    {
        const unsigned seed = std::random_device {}();
        std::mt19937 random(seed);
        const QByteArray base
            = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
              "3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
        for (int round = 0; round < 20'000; ++round) {
            QByteArray text = base;
            for (int change = 0; change < 3; ++change)
                text[static_cast<qsizetype>(random() % static_cast<unsigned>(text.size()))]
                    = static_cast<char>(random());
            const Outcome outcome
                = parse(text, 1 + static_cast<qsizetype>(random() % 40), 50, true);
            QVERIFY2(
                outcome.done || outcome.broken, qPrintable(QStringLiteral("seed %1").arg(seed)));
            QVERIFY(outcome.body.size() <= 50);
        }
    }
};

QTEST_GUILESS_MAIN(TestAnswerParser)
#include "tst_answer_parser.moc"
