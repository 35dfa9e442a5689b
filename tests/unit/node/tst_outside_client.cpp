// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/OutsideClient.h"
#include "support/ScriptedServer.h"

#include <QTest>

using namespace miroir;
using node::AddressPolicy;
using node::Answer;
using test::ScriptedServer;
using test::SeenRequest;

class OutsideClientTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void globalAddresses_data();
    void globalAddresses();
    void networks();
    void callsWhatIsAllowed();
    void refusesPrivateAddresses();
    void redirectsAreNotFollowed();
    void silenceEnds();
};

namespace {

Answer answerOf(node::OutsideClient &client, node::OutsideCall call)
{
    std::optional<Answer> heard;
    client.send(std::move(call), [&heard](Answer answer) { heard = std::move(answer); });
    if (!QTest::qWaitFor([&heard] { return heard.has_value(); }, 20'000))
        qFatal("no answer came");
    return *heard;
}

node::OutsideCall get(const QUrl &url)
{
    node::OutsideCall call;
    call.method = "GET";
    call.url = url;
    return call;
}

} // namespace

void OutsideClientTest::globalAddresses_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("global");
    const char *const inside[] = {"0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.1.1",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.9", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002::1", "3fff::1", "5f00::1",
        "fc00::1", "fdff::1", "fe80::1"};
    const char *const outside[] = {"1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "192.0.0.9", "192.0.1.1",
        "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2001:4860::8888", "2001:20::1", "64:ff9b::1",
        "::ffff:8.8.8.8"};
    for (const char *one : inside)
        QTest::newRow(one) << QString::fromLatin1(one) << false;
    for (const char *one : outside)
        QTest::newRow(one) << QString::fromLatin1(one) << true;
}

void OutsideClientTest::globalAddresses()
{
    QFETCH(QString, address);
    QFETCH(bool, global);
    QCOMPARE(node::isGlobalAddress(QHostAddress(address)), global);
    QCOMPARE(AddressPolicy().allows(QHostAddress(address)), global);
}

void OutsideClientTest::networks()
{
    const auto policy = AddressPolicy::parse("10.1.0.0/16, 127.0.0.1 ,fd00::/8");
    QVERIFY(policy.ok());
    QVERIFY(policy->allows(QHostAddress(QStringLiteral("10.1.2.3"))));
    QVERIFY(!policy->allows(QHostAddress(QStringLiteral("10.2.2.3"))));
    QVERIFY(policy->allows(QHostAddress(QStringLiteral("::ffff:10.1.2.3"))));
    QVERIFY(policy->allows(QHostAddress(QStringLiteral("127.0.0.1"))));
    QVERIFY(!policy->allows(QHostAddress(QStringLiteral("127.0.0.2"))));
    QVERIFY(policy->allows(QHostAddress(QStringLiteral("fd12::1"))));
    QVERIFY(AddressPolicy::parse("any")->allows(QHostAddress(QStringLiteral("192.168.0.1"))));
    QVERIFY(AddressPolicy::parse("").ok());
    for (const char *wrong : {"localhost", "10.0.0.0/40", "10.0.0.0/x", "::1/200", "10.0.0.1-10.0.0.9"})
        QVERIFY2(!AddressPolicy::parse(wrong).ok(), wrong);
}

void OutsideClientTest::callsWhatIsAllowed()
{
    ScriptedServer server([](const SeenRequest &, QTcpSocket *socket) {
        socket->write(test::httpAnswer(201, "{\"a\":1}"));
    });
    node::OutsideClient client(*AddressPolicy::parse("127.0.0.0/8"));
    node::OutsideCall call;
    call.method = "POST";
    QUrl url = server.url();
    url.setHost(QStringLiteral("localhost"));
    url.setPath(QStringLiteral("/a/b"));
    url.setQuery(QStringLiteral("c=d"));
    call.url = url;
    call.fields = {{"Authorization", "Bearer k"}, {"Content-Type", "application/x-ndjson"}};
    call.body = "body";
    const Answer answer = answerOf(client, std::move(call));
    QCOMPARE(answer.status, 201);
    QCOMPARE(answer.body, QByteArray("{\"a\":1}"));
    QCOMPARE(server.requests.size(), qsizetype {1});
    const SeenRequest &seen = server.requests.first();
    QCOMPARE(seen.method, QByteArray("POST"));
    QCOMPARE(seen.target, QByteArray("/a/b?c=d"));
    QCOMPARE(seen.body, QByteArray("body"));
    QVERIFY(seen.head.contains("\r\nHost: localhost:" + QByteArray::number(server.serverPort()) + "\r\n"));
    QVERIFY(seen.hasField("Authorization: Bearer k"));
    const Answer refused = answerOf(client, get(QUrl(QStringLiteral("http://127.0.0.1:1/"))));
    QVERIFY(!refused.answered() && !refused.failure.empty());
    QVERIFY(!answerOf(client, get(QUrl(QStringLiteral("ftp://127.0.0.1/")))).answered());
    QVERIFY(!answerOf(client, get(QUrl(QStringLiteral("nonsense")))).answered());
}

void OutsideClientTest::refusesPrivateAddresses()
{
    ScriptedServer server([](const SeenRequest &, QTcpSocket *socket) { socket->write(test::httpAnswer(200, "{}")); });
    node::OutsideClient client {AddressPolicy()};
    for (const char *host : {"127.0.0.1", "localhost", "[::1]"}) {
        const Answer answer = answerOf(client,
            get(QUrl(QStringLiteral("http://%1:%2/").arg(QLatin1String(host)).arg(server.serverPort()))));
        QVERIFY(!answer.answered());
        QCOMPARE(answer.failure, std::string(node::rejectedAddress));
    }
    QCOMPARE(server.sockets.size(), qsizetype {0});
}

void OutsideClientTest::redirectsAreNotFollowed()
{
    ScriptedServer server([](const SeenRequest &, QTcpSocket *socket) {
        socket->write(test::httpAnswer(302, "{}", "Location: http://127.0.0.1:1/\r\n"));
    });
    node::OutsideClient client(*AddressPolicy::parse("any"));
    QCOMPARE(answerOf(client, get(server.url())).status, 302);
    QCOMPARE(server.requests.size(), qsizetype {1});
}

void OutsideClientTest::silenceEnds()
{
    ScriptedServer server([](const SeenRequest &, QTcpSocket *) { });
    node::OutsideClient client(*AddressPolicy::parse("any"));
    node::OutsideCall call = get(server.url());
    call.deadlineMs = 200;
    const Answer answer = answerOf(client, std::move(call));
    QCOMPARE(answer.outcome, Answer::Outcome::TimedOut);
}

QTEST_GUILESS_MAIN(OutsideClientTest)
#include "tst_outside_client.moc"
