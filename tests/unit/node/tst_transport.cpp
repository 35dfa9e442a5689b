// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/PooledTransport.h"
#include "node/QnamTransport.h"
#include "support/NodeCalls.h"
#include "support/ScriptedServer.h"

#include <QElapsedTimer>
#include <QNetworkProxy>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <vector>

using namespace miroir;
using node::Answer;
using node::Call;
using node::Transport;
using node::TransportKind;
using test::ask;
using test::httpAnswer;
using test::makeCall;
using test::ScriptedServer;
using test::SeenRequest;

Q_DECLARE_METATYPE(miroir::node::TransportKind)

namespace {

constexpr std::size_t smallLimit = 100'000;

std::unique_ptr<Transport> smallTransport(TransportKind kind)
{
    if (kind == TransportKind::Qnam)
        return std::make_unique<node::QnamTransport>(smallLimit);
    node::PoolOptions options;
    options.answerBytes = smallLimit;
    return std::make_unique<node::PooledTransport>(options);
}

void addKinds()
{
    QTest::addColumn<TransportKind>("kind");
    QTest::newRow("pooled") << TransportKind::Pooled;
    QTest::newRow("qnam") << TransportKind::Qnam;
}

/// Each kind with each name of a case.
void addKindsTimes(const QByteArrayList &cases)
{
    QTest::addColumn<TransportKind>("kind");
    QTest::addColumn<QByteArray>("which");
    for (const QByteArray &name : cases) {
        QTest::newRow("pooled " + name) << TransportKind::Pooled << name;
        QTest::newRow("qnam " + name) << TransportKind::Qnam << name;
    }
}

} // namespace

class TestTransport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sendsWhatIsAsked_data() { addKinds(); }
    void sendsWhatIsAsked()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server([](const SeenRequest &seen, QTcpSocket *socket) {
            socket->write(httpAnswer(seen.method == "DELETE" ? 404 : 202, "{\"a\":1.0}"));
        });
        Call call = makeCall("PUT", "/indexes/a%2Fb%20c/documents?primaryKey=%26", "{}\n");
        call.contentType = "application/x-ndjson";
        Answer answer = ask(*transport, server.url(), call);
        QVERIFY(answer.success());
        QCOMPARE(answer.status, 202);
        QCOMPARE(answer.body, QByteArray("{\"a\":1.0}"));
        QCOMPARE(answer.contentType, QByteArray("application/json"));
        const SeenRequest &seen = server.requests.at(0);
        QCOMPARE(seen.method, QByteArray("PUT"));
        QCOMPARE(seen.target, QByteArray("/indexes/a%2Fb%20c/documents?primaryKey=%26"));
        QCOMPARE(seen.body, QByteArray("{}\n"));
        QVERIFY(seen.hasField("Authorization: Bearer node-secret"));
        QVERIFY(seen.hasField("Content-Type: application/x-ndjson"));
        QVERIFY(seen.hasField("Host: 127.0.0.1:" + QByteArray::number(server.serverPort())));

        answer = ask(*transport, server.url(), makeCall("POST", "/x", "{}"));
        QVERIFY(server.requests.at(1).hasField("Content-Type: application/json"));
        answer = ask(*transport, server.url(), makeCall("POST", "/x"));
        QVERIFY(server.requests.at(2).hasField("Content-Length: 0"));
        answer = ask(*transport, server.url(), makeCall("DELETE", "/indexes/x"));
        QVERIFY(answer.answered());
        QVERIFY(!answer.success());
        QCOMPARE(answer.status, 404);
        QCOMPARE(answer.body, QByteArray("{\"a\":1.0}"));
        QCOMPARE(server.sockets.size(), 1); // kept alive
    }

    void everyStatusIsAnAnswer_data() { addKinds(); }
    void everyStatusIsAnAnswer()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        int status = 0;
        ScriptedServer server([&status](const SeenRequest &, QTcpSocket *socket) {
            socket->write(status == 204
                    ? QByteArray("HTTP/1.1 204 N\r\n\r\n")
                    : httpAnswer(status, "x", "Location: /elsewhere\r\nSet-Cookie: a=b\r\n"));
        });
        int calls = 0;
        for (const int each : {200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 405, 409, 413,
                 415, 422, 500, 503}) {
            status = each;
            const Answer answer = ask(*transport, server.url(), makeCall("POST", "/x", "{}"));
            QVERIFY2(answer.answered(), qPrintable(QString::number(each)));
            QCOMPARE(answer.status, each);
            if (each != 307)
                QCOMPARE(answer.body, each == 204 ? QByteArray() : QByteArray("x"));
            QCOMPARE(server.requests.size(), ++calls); // no redirect followed
        }
        for (const SeenRequest &seen : server.requests)
            QVERIFY(!seen.head.toLower().contains("cookie"));
    }

    void framings_data() { addKinds(); }
    void framings()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server([](const SeenRequest &seen, QTcpSocket *socket) {
            if (seen.target == "/chunked")
                socket->write("HTTP/1.1 200 O\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            else if (seen.target == "/close") {
                socket->write("HTTP/1.1 200 O\r\nConnection: close\r\n\r\nabcde");
                socket->disconnectFromHost();
            } else
                socket->write(httpAnswer(200, QByteArray(90'000, 'x')));
        });
        QCOMPARE(
            ask(*transport, server.url(), makeCall("GET", "/chunked")).body, QByteArray("abcde"));
        QCOMPARE(
            ask(*transport, server.url(), makeCall("GET", "/close")).body, QByteArray("abcde"));
        QCOMPARE(ask(*transport, server.url(), makeCall("GET", "/large")).body.size(), 90'000);
        const QByteArray upload(1'000'000, 'y');
        const Answer uploaded = ask(*transport, server.url(), makeCall("POST", "/up", upload));
        QVERIFY2(uploaded.success(), uploaded.failure.c_str());
        QCOMPARE(server.requests.last().body, upload);
    }

    /// The reason for all this: a request whose connection breaks is never sent again.
    void seenAtMostOnce_data()
    {
        addKindsTimes({"POST", "PATCH", "PUT", "POST-empty", "DELETE", "GET"});
    }
    void seenAtMostOnce()
    {
        QFETCH(TransportKind, kind);
        QFETCH(QByteArray, which);
        const auto transport = node::makeTransport(kind);
        const QByteArray method = which.split('-').first();
        const bool body = which == method && (method.startsWith('P'));
        ScriptedServer server([](const SeenRequest &seen, QTcpSocket *socket) {
            if (seen.target == "/drop")
                socket->disconnectFromHost(); // no answer
            else if (seen.target == "/reset")
                socket->abort();
            else
                socket->write(httpAnswer(200, "{}"));
        });
        const auto counted = [&server](const QByteArray &target) {
            return std::count_if(server.requests.begin(), server.requests.end(),
                [&target](const SeenRequest &seen) { return seen.target == target; });
        };
        for (const QByteArray target : {"/drop", "/reset"}) {
            // On a fresh connection, and on one that was kept.
            for (int round = 1; round <= 2; ++round) {
                const Answer answer
                    = ask(*transport, server.url(), makeCall(method, target, body ? "{}" : ""));
                QCOMPARE(answer.outcome, Answer::Outcome::Lost);
                QVERIFY(!answer.unsent);
                QVERIFY(!answer.failure.empty());
                QCOMPARE(counted(target), round);
                QVERIFY(ask(*transport, server.url(), makeCall("GET", "/fine")).success());
            }
        }
        QTest::qWait(20); // time for a second sending to arrive, if there were one
        QCOMPARE(counted("/drop") + counted("/reset"), 4);
    }

    void closedKeptConnectionCostsNothing_data() { addKinds(); }
    void closedKeptConnectionCostsNothing()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server([](const SeenRequest &, QTcpSocket *socket) {
            socket->write(httpAnswer(200, "{}"));
            socket->flush();
            socket->disconnectFromHost(); // although it did not say so
        });
        for (int round = 1; round <= 20; ++round) {
            const Answer answer = ask(*transport, server.url(), makeCall("POST", "/x", "{}"));
            QVERIFY2(answer.success() || answer.outcome == Answer::Outcome::Lost,
                answer.failure.c_str());
            QVERIFY(server.requests.size() <= round);
            if (kind == TransportKind::Pooled)
                QVERIFY2(answer.success(), answer.failure.c_str());
            QTRY_VERIFY(std::all_of(server.sockets.begin(), server.sockets.end(),
                [](const auto &socket) { return socket.isNull(); }));
        }
    }

    void refused_data() { addKinds(); }
    void refused()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        QUrl url;
        {
            ScriptedServer gone([](const SeenRequest &, QTcpSocket *) {});
            url = gone.url();
        }
        const Answer answer = ask(*transport, url, makeCall("POST", "/x", "{}"));
        QCOMPARE(answer.outcome, Answer::Outcome::Refused);
        QVERIFY(answer.unsent);
        QVERIFY(answer.failure.find(std::to_string(url.port())) != std::string::npos);
        QVERIFY(answer.failure.find("node-secret") == std::string::npos);
        bool ran = false;
        transport->send(url, makeCall("GET", "/x"), nullptr, [&ran](Answer) { ran = true; });
        QVERIFY(!ran); // a refusal that is known at once waits for the event loop, too
        QTRY_VERIFY(ran);
    }

    void httpsNeverFallsBackToHttp_data() { addKinds(); }
    void httpsNeverFallsBackToHttp()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server([](const SeenRequest &, QTcpSocket *) {});
        connect(&server, &QTcpServer::newConnection, this,
            [&server] { server.sockets.last()->write(httpAnswer(200, "plain")); });
        QUrl url = server.url();
        url.setScheme(QStringLiteral("https"));
        const Answer answer = ask(*transport, url, makeCall("POST", "/x", "{}"));
        QCOMPARE(answer.outcome, Answer::Outcome::Refused);
        QVERIFY(answer.unsent);
        QVERIFY(server.requests.isEmpty());
    }

    void malformedCallsAreNotSent_data() { addKinds(); }
    void malformedCallsAreNotSent()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server(
            [](const SeenRequest &, QTcpSocket *socket) { socket->write(httpAnswer(200, "")); });
        std::vector<Call> calls(6, makeCall("GET", "/x"));
        calls[0].target = "/x HTTP/1.1\r\nA: b";
        calls[1].target = "x";
        calls[2].method = "GET /";
        calls[3].key = "secret\r\nA: b";
        calls[4].contentType = "a\r\nb: c";
        calls[5].target = "";
        for (const Call &call : calls) {
            const Answer answer = ask(*transport, server.url(), call);
            QCOMPARE(answer.outcome, Answer::Outcome::Refused);
            QVERIFY(answer.failure.find("secret") == std::string::npos);
        }
        QCOMPARE(ask(*transport, QUrl(QStringLiteral("ftp://x")), makeCall("GET", "/")).outcome,
            Answer::Outcome::Refused);
        QVERIFY(server.requests.isEmpty());
    }

    void deadlines_data() { addKindsTimes({"silent", "trickle", "head"}); }
    void deadlines()
    {
        QFETCH(TransportKind, kind);
        QFETCH(QByteArray, which);
        const auto transport = node::makeTransport(kind);
        QTimer drip;
        QPointer<QTcpSocket> open;
        connect(&drip, &QTimer::timeout, this, [&open] {
            if (open)
                open->write("x");
        });
        ScriptedServer server([&](const SeenRequest &, QTcpSocket *socket) {
            open = socket;
            if (which == "trickle") {
                socket->write("HTTP/1.1 200 O\r\nContent-Length: 1000\r\n\r\n");
                drip.start(10);
            } else if (which == "head") {
                socket->write("HTTP/1.1 200 O\r\nContent-Le");
            }
        });
        QElapsedTimer clock;
        clock.start();
        const Answer answer = ask(*transport, server.url(), makeCall("POST", "/x", "{}", 200));
        QCOMPARE(answer.outcome, Answer::Outcome::TimedOut);
        QVERIFY(!answer.unsent);
        QVERIFY(clock.elapsed() >= 190);
        QVERIFY(clock.elapsed() < 2000);
        QVERIFY(answer.elapsedMs >= 190);
        QCOMPARE(server.requests.size(), 1);
        drip.stop();
        QTRY_VERIFY(open.isNull()); // nobody waits any more, and the node can see that
    }

    void tooLarge_data() { addKindsTimes({"promised", "chunked", "close"}); }
    void tooLarge()
    {
        QFETCH(TransportKind, kind);
        QFETCH(QByteArray, which);
        const auto transport = smallTransport(kind);
        ScriptedServer server([&which](const SeenRequest &, QTcpSocket *socket) {
            const QByteArray block(50'000, 'x');
            if (which == "promised")
                socket->write("HTTP/1.1 200 O\r\nContent-Length: 100001\r\n\r\n" + block);
            else if (which == "close")
                socket->write("HTTP/1.1 200 O\r\n\r\n" + block + block + block);
            else
                socket->write("HTTP/1.1 200 O\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + ("c350\r\n" + block + "\r\n").repeated(4));
        });
        const Answer answer = ask(*transport, server.url(), makeCall("GET", "/x"));
        QCOMPARE(answer.outcome, Answer::Outcome::TooLarge);
        QVERIFY(answer.body.isEmpty());
    }

    void brokenAnswersAreLost_data() { addKindsTimes({"truncated", "chunk", "html", "two"}); }
    void brokenAnswersAreLost()
    {
        QFETCH(TransportKind, kind);
        QFETCH(QByteArray, which);
        if (kind == TransportKind::Qnam && which == "two")
            QSKIP("QNetworkAccessManager takes the first of two lengths");
        const auto transport = node::makeTransport(kind);
        ScriptedServer server([&which](const SeenRequest &, QTcpSocket *socket) {
            if (which == "truncated")
                socket->write("HTTP/1.1 200 O\r\nContent-Length: 100\r\n\r\nabc");
            else if (which == "chunk")
                socket->write("HTTP/1.1 200 O\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
            else if (which == "two")
                socket->write(
                    "HTTP/1.1 200 O\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd");
            else
                socket->write("<html>hello</html>\r\n\r\n");
            socket->disconnectFromHost();
        });
        const Answer answer = ask(*transport, server.url(), makeCall("POST", "/x", "{}"));
        QCOMPARE(answer.outcome, Answer::Outcome::Lost);
        QCOMPARE(server.requests.size(), 1);
    }

    void cancels_data() { addKinds(); }
    void cancels()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server([](const SeenRequest &, QTcpSocket *) {});
        int ran = 0;
        Answer last;
        const auto id
            = transport->send(server.url(), makeCall("GET", "/x"), nullptr, [&](Answer answer) {
                  ++ran;
                  last = std::move(answer);
              });
        QTRY_COMPARE(server.requests.size(), 1);
        transport->cancel(id);
        QCOMPARE(ran, 0); // later, from the event loop
        transport->cancel(id);
        QTRY_COMPARE(ran, 1);
        QCOMPARE(last.outcome, Answer::Outcome::Cancelled);
        transport->cancel(id);
        transport->cancel(12345);
        QTRY_VERIFY(server.sockets.at(0).isNull());
        QCOMPARE(ran, 1);
    }

    void contextGone_data() { addKinds(); }
    void contextGone()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        ScriptedServer server(
            [](const SeenRequest &, QTcpSocket *socket) { socket->write(httpAnswer(200, "")); });
        bool ran = false;
        auto context = std::make_unique<QObject>();
        transport->send(
            server.url(), makeCall("GET", "/x"), context.get(), [&ran](Answer) { ran = true; });
        const auto id = transport->send(
            server.url(), makeCall("GET", "/x"), context.get(), [&ran](Answer) { ran = true; });
        transport->cancel(id);
        context.reset();
        QVERIFY(ask(*transport, server.url(), makeCall("GET", "/y")).success());
        QVERIFY(!ran);
    }

    void destroyedWithCallsInFlight_data() { addKinds(); }
    void destroyedWithCallsInFlight()
    {
        QFETCH(TransportKind, kind);
        auto transport = node::makeTransport(kind);
        ScriptedServer server([](const SeenRequest &, QTcpSocket *) {});
        bool ran = false;
        for (int i = 0; i < 5; ++i)
            transport->send(
                server.url(), makeCall("GET", "/x"), nullptr, [&ran](Answer) { ran = true; });
        QTRY_COMPARE(server.requests.size(), 5);
        transport.reset();
        QTRY_VERIFY(std::all_of(server.sockets.begin(), server.sockets.end(),
            [](const auto &socket) { return socket.isNull(); }));
        QVERIFY(!ran);
    }

    void manyAtOnce_data() { addKinds(); }
    void manyAtOnce()
    {
        QFETCH(TransportKind, kind);
        const auto transport = node::makeTransport(kind);
        std::vector<QPointer<QTcpSocket>> held;
        constexpr int together = 40;
        ScriptedServer server([&held](const SeenRequest &, QTcpSocket *socket) {
            held.push_back(socket);
            if (held.size() < together)
                return; // answers only when all are here at the same time
            for (const auto &each : held)
                each->write(httpAnswer(200, "{}"));
            held.clear();
        });
        int good = 0;
        for (int i = 0; i < together; ++i)
            transport->send(server.url(), makeCall("POST", "/x", "{}"), nullptr,
                [&good](Answer a) { good += a.success(); });
        QTRY_COMPARE(good, together);
    }

    void proxiesAreNotUsed_data() { addKinds(); }
    void proxiesAreNotUsed()
    {
        QFETCH(TransportKind, kind);
        QNetworkProxy::setApplicationProxy(
            QNetworkProxy(QNetworkProxy::HttpProxy, QStringLiteral("127.0.0.1"), 1));
        const auto transport = node::makeTransport(kind);
        ScriptedServer server(
            [](const SeenRequest &, QTcpSocket *socket) { socket->write(httpAnswer(200, "")); });
        server.setProxy(QNetworkProxy::NoProxy);
        const Answer answer = ask(*transport, server.url(), makeCall("GET", "/x"));
        QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy);
        QVERIFY2(answer.success(), answer.failure.c_str());
    }
};

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
