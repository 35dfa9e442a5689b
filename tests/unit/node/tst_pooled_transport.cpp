// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/PooledTransport.h"
#include "support/NodeCalls.h"
#include "support/ScriptedServer.h"

#include <QTest>

#include <memory>
#include <vector>

using namespace miroir;
using node::Answer;
using test::ask;
using test::httpAnswer;
using test::makeCall;
using test::ScriptedServer;
using test::SeenRequest;

class TestPooledTransport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void waitsAndLimits()
    {
        node::PoolOptions options;
        options.connectionsPerHost = 2;
        options.waitingPerHost = 3;
        node::PooledTransport transport(options);
        QList<QPointer<QTcpSocket>> held;
        bool silent = true;
        ScriptedServer server([&](const SeenRequest &, QTcpSocket *socket) {
            if (silent)
                held.append(socket);
            else
                socket->write(httpAnswer(200, ""));
        });
        std::vector<Answer> answers;
        const auto keep = [&answers](Answer answer) { answers.push_back(std::move(answer)); };
        for (int i = 0; i < 2; ++i)
            transport.send(server.url(), makeCall("GET", "/a"), nullptr, keep);
        transport.send(server.url(), makeCall("GET", "/late", {}, 50), nullptr, keep);
        const auto waiting
            = transport.send(server.url(), makeCall("GET", "/cancelled"), nullptr, keep);
        transport.send(server.url(), makeCall("GET", "/served"), nullptr, keep);
        transport.send(server.url(), makeCall("GET", "/too-many"), nullptr, keep);
        QTRY_COMPARE(answers.size(), std::size_t(2)); // refused at once, then late in the queue
        QCOMPARE(answers[0].outcome, Answer::Outcome::Refused);
        QCOMPARE(answers[1].outcome, Answer::Outcome::TimedOut);
        QVERIFY(answers[1].unsent);
        transport.cancel(waiting);
        QTRY_COMPARE(answers.size(), std::size_t(3));
        QVERIFY(answers[2].unsent);
        QCOMPARE(transport.openConnections(), 2);
        silent = false;
        for (const auto &socket : held)
            socket->write(httpAnswer(200, ""));
        QTRY_COMPARE(answers.size(), std::size_t(6));
        QCOMPARE(server.requests.size(), 3);
        QCOMPARE(server.requests.last().target, QByteArray("/served"));
    }

    void aDyingNodeRefusesAllThatWait()
    {
        node::PoolOptions options;
        options.connectionsPerHost = 1;
        node::PooledTransport transport(options);
        auto server = std::make_unique<ScriptedServer>([](const SeenRequest &, QTcpSocket *) {});
        int refused = 0;
        int lost = 0;
        constexpr int waiting = 4000;
        for (int i = 0; i <= waiting; ++i) {
            transport.send(
                server->url(), makeCall("POST", "/x", "{}"), nullptr, [&](Answer answer) {
                    refused += answer.outcome == Answer::Outcome::Refused;
                    lost += answer.outcome == Answer::Outcome::Lost;
                });
        }
        QTRY_COMPARE(server->requests.size(), 1);
        server.reset();
        QTRY_COMPARE(refused, waiting);
        QCOMPARE(lost, 1);
    }

    void closesIdleConnections()
    {
        node::PoolOptions options;
        options.idleTimeoutMs = 50;
        node::PooledTransport transport(options);
        ScriptedServer server(
            [](const SeenRequest &, QTcpSocket *socket) { socket->write(httpAnswer(200, "")); });
        QVERIFY(ask(transport, server.url(), makeCall("GET", "/x")).success());
        QCOMPARE(transport.openConnections(), 1);
        QTRY_COMPARE(transport.openConnections(), 0);
        QTRY_VERIFY(server.sockets.at(0).isNull());
        QVERIFY(ask(transport, server.url(), makeCall("GET", "/x")).success());
    }

    void dropsWhatTalksUnasked()
    {
        node::PooledTransport transport;
        ScriptedServer server([](const SeenRequest &, QTcpSocket *socket) {
            socket->write(httpAnswer(200, "right") + httpAnswer(200, "of somebody else"));
        });
        for (int i = 0; i < 5; ++i)
            QCOMPARE(ask(transport, server.url(), makeCall("GET", "/x")).body, QByteArray("right"));
        QCOMPARE(server.sockets.size(), 5);
    }

    void knowsAnUnfinishedUpload()
    {
        node::PooledTransport transport;
        QTcpServer deaf; // accepts, and never reads
        deaf.listen(QHostAddress::LocalHost, 0);
        const QUrl url(QStringLiteral("http://127.0.0.1:%1").arg(deaf.serverPort()));
        connect(&deaf, &QTcpServer::newConnection, this,
            [&deaf] { deaf.nextPendingConnection()->setReadBufferSize(1); });
        const Answer answer
            = ask(transport, url, makeCall("POST", "/x", QByteArray(50'000'000, 'x'), 300));
        QCOMPARE(answer.outcome, Answer::Outcome::TimedOut);
        QVERIFY(answer.unsent);
    }

    void takesAnEarlyAnswer()
    {
        node::PooledTransport transport;
        QTcpServer early;
        early.listen(QHostAddress::LocalHost, 0);
        connect(&early, &QTcpServer::newConnection, this, [&early] {
            QTcpSocket *socket = early.nextPendingConnection();
            socket->setReadBufferSize(1000);
            socket->write(httpAnswer(413, "too large"));
        });
        const QUrl url(QStringLiteral("http://127.0.0.1:%1").arg(early.serverPort()));
        const Answer answer
            = ask(transport, url, makeCall("POST", "/x", QByteArray(50'000'000, 'x')));
        QCOMPARE(answer.status, 413);
        QCOMPARE(transport.openConnections(), 0);
    }

    void callbacksMaySendFurtherCalls()
    {
        node::PooledTransport transport;
        ScriptedServer server(
            [](const SeenRequest &, QTcpSocket *socket) { socket->write(httpAnswer(200, "")); });
        int left = 500;
        std::function<void(Answer)> next = [&](Answer answer) {
            QVERIFY(answer.success());
            if (--left > 0)
                transport.send(server.url(), makeCall("GET", "/x"), nullptr, next);
        };
        transport.send(server.url(), makeCall("GET", "/x"), nullptr, next);
        QTRY_COMPARE(left, 0);
        QCOMPARE(server.sockets.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestPooledTransport)
#include "tst_pooled_transport.moc"
