// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/AdminClient.h"
#include "client/EventStreamParser.h"
#include "client/JsonText.h"
#include "client/ProfileStore.h"
#include "client/Search.h"
#include "client/Snapshot.h"

#include "support/FakeAdminServer.h"
#include "support/GuiMain.h"

#include <QFile>
#include <QSignalSpy>

using namespace miroir::ui;
using Link = AdminClient::Link;

class TestGuiClient : public QObject
{
    Q_OBJECT

private:
    static Host::Endpoint endpoint(const FakeAdminServer &server)
    {
        return {server.url(), server.adminKey, QStringLiteral("test"), false};
    }

private Q_SLOTS:
    void clusterIsRead();
    void brokenAnswersAreRefused_data();
    void brokenAnswersAreRefused();
    void unknownMembersAreIgnored();
    void eventsInAnyPieces();
    void eventLimit();
    void searchBodyIsEscaped();
    void facetNames();
    void searchAnswerBecomesSpans();
    void profilesAreKeptPrivate();
    void newerProfilesAreNotOverwritten();
    void addresses_data();
    void addresses();
    void liveConnection();
    void wrongKeyIsNotTriedAgain();
    void noMiroir();
    void pollingWithoutStream();
    void lostAndFoundAgain();
    void staleSearchIsDropped();
    void redirectsAreNotFollowed();
};

void TestGuiClient::clusterIsRead()
{
    FakeCluster fake = FakeCluster::make(3, 64, 2, {"a", "b", "c"});
    fake.node("node-2").state = "down";
    fake.node("node-2").error = "connection refused";
    const auto cluster = readCluster(fake.clusterJson());
    QVERIFY(cluster.ok());
    QCOMPARE(cluster->nodes.size(), 3);
    QCOMPARE(cluster->state, ClusterState::Degraded);
    QCOMPARE(cluster->shards, 64);
    QCOMPARE(cluster->replicationFactor, 2);
    QCOMPARE(cluster->indexes.size(), 2);
    QCOMPARE(cluster->indexes.first().primaryKey, QStringLiteral("id"));
    const NodeInfo *node = cluster->node(QStringLiteral("node-2"));
    QVERIFY(node != nullptr);
    QCOMPARE(node->state, NodeState::Down);
    QCOMPARE(node->zone, QStringLiteral("b"));
    QCOMPARE(node->latencyMs, -1.0);
    QCOMPARE(node->error, QStringLiteral("connection refused"));
    QVERIFY(node->stateSince.isValid());
    const auto map = readShards(fake.shardsJson({}));
    QVERIFY(map.ok());
    QCOMPARE(map->shards.size(), 64);
    QVERIFY(std::any_of(
        map->shards.begin(), map->shards.end(), [](const ShardInfo &s) { return s.cover == Cover::Reduced; }));
}

void TestGuiClient::brokenAnswersAreRefused_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("html") << QByteArray("<html></html>");
    QTest::newRow("array") << QByteArray("[]");
    QTest::newRow("no nodes") << QByteArray("{\"name\":\"x\"}");
    QTest::newRow("nodes no list") << QByteArray("{\"nodes\":5}");
    QTest::newRow("cut") << QByteArray("{\"nodes\":[{\"id\":\"a\"");
}

void TestGuiClient::brokenAnswersAreRefused()
{
    QFETCH(QByteArray, json);
    QVERIFY(!readCluster(json).ok());
    QVERIFY(!readShards(json).ok());
    QVERIFY(!readTasks(json).ok());
    QVERIFY(!readSearchAnswer(json, {}).ok());
}

void TestGuiClient::unknownMembersAreIgnored()
{
    const auto cluster
        = readCluster(R"({"nodes":[{"id":"n","state":"dreaming","colour":1,"bytes":null}],"later":{"x":[1]}})");
    QVERIFY(cluster.ok());
    QCOMPARE(cluster->nodes.first().state, NodeState::Unknown);
    QVERIFY(!cluster->nodes.first().bytes.has_value());
}

void TestGuiClient::eventsInAnyPieces()
{
    const QByteArray stream
        = ": hello\n\nevent: cluster\r\ndata: {\"a\":1}\r\n\r\ndata: one\rdata:two\r\revent: ping\n\n"
          "id: 7\nevent: task\ndata\n\nevent: open";
    const auto collect = [&](const QVector<QByteArray> &pieces) {
        EventStreamParser parser;
        QStringList out;
        for (const QByteArray &piece : pieces) {
            for (const auto &event : parser.feed(piece))
                out.append(QString::fromUtf8(event.name + '|' + event.data));
        }
        return out;
    };
    const QStringList expected {QStringLiteral("cluster|{\"a\":1}"), QStringLiteral("message|one\ntwo"),
        QStringLiteral("task|")};
    QCOMPARE(collect({stream}), expected);
    for (qsizetype first = 0; first <= stream.size(); ++first) {
        for (qsizetype second = first; second <= stream.size(); second += 3)
            QCOMPARE(collect({stream.left(first), stream.mid(first, second - first), stream.mid(second)}), expected);
    }
}

void TestGuiClient::eventLimit()
{
    EventStreamParser parser;
    const QByteArray block(1'000'000, 'x');
    parser.feed("data: ");
    for (int i = 0; i < 40 && !parser.overflowed(); ++i)
        parser.feed(block);
    QVERIFY(parser.overflowed());
    QVERIFY(parser.feed("\n\n").isEmpty());
}

void TestGuiClient::searchBodyIsEscaped()
{
    SearchQuery query;
    query.text = QStringLiteral("a \"b\" \\ ü");
    query.filters = {{QStringLiteral("se\"x"), QStringLiteral("a\\b\"c")}, {QStringLiteral("z"), QStringLiteral("1")},
        {QStringLiteral("z"), QStringLiteral("2")}};
    const auto body = miroir::json::Document::parse(searchBody(query));
    QVERIFY(body.ok());
    QCOMPARE(miroir::toQString(body->root()["q"].toString()), query.text);
    QCOMPARE(miroir::toQString(body->root()["filter"].toString()),
        QStringLiteral(R"(("se\"x" = "a\\b\"c") AND ("z" = "1" OR "z" = "2"))"));
}

void TestGuiClient::facetNames()
{
    const QByteArray settings = R"({"filterableAttributes":["a","_geo",{"attributePatterns":["b.*","c"]},)"
        R"({"attributePatterns":["d"],"features":{"facetSearch":true,"filter":{"equality":false,)"
        R"("comparison":false}}},{"attributePatterns":["e"],"features":{"filter":{"equality":true}}}]})";
    QCOMPARE(readFacetNames(settings), QStringList({QStringLiteral("a"), QStringLiteral("b.*"), QStringLiteral("c"),
                                           QStringLiteral("e")}));
    QVERIFY(readFacetNames("nonsense").isEmpty());
}

void TestGuiClient::searchAnswerBecomesSpans()
{
    const QByteArray json = R"({"hits":[{"id":7,"title":"<b>A</b>","tags":["x","y"],"big":12345678901234567890,)"
                            "\"_formatted\":{\"id\":\"7\",\"title\":\"<b>\xee\x80\x80"
                            "A\xee\x80\x81</b>\",\"tags\":[\"x\",\"y\"]},"
                            R"("_rankingScore":0.5}],"estimatedTotalHits":1234,"processingTimeMs":4,"offset":0,)"
                            R"("facetDistribution":{"g":{"a":1,"b":9}}})";
    const auto answer = readSearchAnswer(json, QStringLiteral("id"));
    QVERIFY(answer.ok());
    const Hit &hit = answer->hits.first();
    const MarkedText title {
        {QStringLiteral("<b>"), false}, {QStringLiteral("A"), true}, {QStringLiteral("</b>"), false}};
    QCOMPARE(hit.title, title);
    QCOMPARE(hit.fields.size(), 3);
    QCOMPARE(plainText(hit.fields[1].value), QStringLiteral("x, y"));
    QCOMPARE(plainText(hit.fields[2].value), QStringLiteral("12345678901234567890"));
    QVERIFY(!hit.json.contains(QStringLiteral("_formatted")));
    QVERIFY(hit.json.contains(QStringLiteral("12345678901234567890")));
    QCOMPARE(answer->total, 1234);
    QCOMPARE(answer->facets.first().values.first().value, QStringLiteral("b"));
}

void TestGuiClient::profilesAreKeptPrivate()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("a/b/connections.json"));
    ProfileStore store(path);
    QVERIFY(store.load().ok());
    store.put({QStringLiteral("one"), QUrl(QStringLiteral("http://a:7700")), "k\"1", false});
    store.put({QStringLiteral("two"), QUrl(QStringLiteral("https://b")), "k2", true});
    store.put({QStringLiteral("one"), QUrl(QStringLiteral("http://c:1")), "k3", false});
    QVERIFY(store.save().ok());
    QCOMPARE(QFile(path).permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
        QFile::Permissions());
    ProfileStore again(path);
    QVERIFY(again.load().ok());
    QCOMPARE(again.profiles(), store.profiles());
    QCOMPARE(again.profiles().size(), 2);
    QCOMPARE(again.profiles().first().adminKey, QByteArray("k3"));
}

void TestGuiClient::newerProfilesAreNotOverwritten()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("connections.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray later = R"({"version":99,"profiles":[{"name":"x","url":"http://x","future":1}]})";
    file.write(later);
    file.close();
    ProfileStore store(path);
    QVERIFY(store.load().ok());
    QCOMPARE(store.profiles().size(), 1);
    QVERIFY(!store.save().ok());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), later);
}

void TestGuiClient::addresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    QTest::newRow("host and port") << QStringLiteral("localhost:7700") << true;
    QTest::newRow("https") << QStringLiteral(" https://search.example.org/ ") << true;
    QTest::newRow("path") << QStringLiteral("http://h/miroir") << true;
    QTest::newRow("address 6") << QStringLiteral("http://[::1]:7700") << true;
    QTest::newRow("empty") << QStringLiteral("  ") << false;
    QTest::newRow("ftp") << QStringLiteral("ftp://x") << false;
    QTest::newRow("password") << QStringLiteral("http://a:b@h") << false;
    QTest::newRow("query") << QStringLiteral("http://h/?x=1") << false;
    QTest::newRow("no host") << QStringLiteral("http://") << false;
    QTest::newRow("bad port") << QStringLiteral("http://h:99999999") << false;
}

void TestGuiClient::addresses()
{
    QFETCH(QString, text);
    QFETCH(bool, good);
    QCOMPARE(urlProblem(text).isEmpty(), good);
}

void TestGuiClient::liveConnection()
{
    FakeAdminServer server;
    QVERIFY(server.listen());
    AdminClient client;
    QSignalSpy clusters(&client, &AdminClient::clusterChanged);
    QSignalSpy shards(&client, &AdminClient::shardsChanged);
    QSignalSpy tasks(&client, &AdminClient::tasksReplaced);
    QSignalSpy changed(&client, &AdminClient::taskChanged);
    client.open(endpoint(server));
    QCOMPARE(client.link(), Link::Connecting);
    QTRY_COMPARE(client.link(), Link::Live);
    QTRY_VERIFY(!shards.isEmpty() && !tasks.isEmpty());
    QCOMPARE(clusters.size(), 1);
    server.setState("node-1", "down");
    QTRY_COMPARE(clusters.size(), 2);
    QCOMPARE(client.cluster().nodes.first().state, NodeState::Down);
    QTRY_COMPARE(shards.size(), 2); // cover follows the state of nodes
    server.pushCluster();
    server.pushTask({9, "movies", "settingsUpdate", "succeeded", {}, {}, 1, 5});
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(clusters.size(), 2); // the same again is no change
    client.setShardIndex(QStringLiteral("movies"));
    QTRY_COMPARE(shards.size(), 3);
    QCOMPARE(shards.last().first().value<ShardMap>().index, QStringLiteral("movies"));
    QVERIFY(server.seen.last().contains("?index=movies"));
}

void TestGuiClient::wrongKeyIsNotTriedAgain()
{
    FakeAdminServer server;
    QVERIFY(server.listen());
    AdminClient client;
    Host::Endpoint wrong = endpoint(server);
    wrong.adminKey = "wrong";
    client.open(wrong);
    QTRY_COMPARE(client.link(), Link::Refused);
    QCOMPARE(client.retrySeconds(), 0);
    QCOMPARE(server.seen.size(), 1);
    server.adminKey = "wrong";
    client.retryNow();
    QTRY_COMPARE(client.link(), Link::Live);
}

void TestGuiClient::noMiroir()
{
    FakeAdminServer server;
    QVERIFY(server.listen());
    AdminClient client;
    Host::Endpoint other = endpoint(server);
    other.url.setPath(QStringLiteral("/elsewhere"));
    server.adminKey.clear();
    server.apiKey.clear();
    client.open(other);
    QTRY_COMPARE(client.link(), Link::Refused);
    QVERIFY(server.seen.first().startsWith("GET /elsewhere/_miroir/cluster "));
}

void TestGuiClient::pollingWithoutStream()
{
    FakeAdminServer server;
    server.streams = false;
    QVERIFY(server.listen());
    AdminClient client;
    client.open(endpoint(server));
    QTRY_COMPARE(client.link(), Link::Polling);
    server.setState("node-3", "down");
    QTRY_COMPARE(client.cluster().nodes.last().state, NodeState::Down);
}

void TestGuiClient::lostAndFoundAgain()
{
    auto server = std::make_unique<FakeAdminServer>();
    QVERIFY(server->listen());
    const quint16 port = server->port();
    AdminClient client;
    client.open(endpoint(*server));
    QTRY_COMPARE(client.link(), Link::Live);
    QTRY_COMPARE(server->streamCount(), 1);
    server->die();
    QTRY_COMPARE(client.link(), Link::Lost);
    QVERIFY(!client.linkError().isEmpty());
    QVERIFY(client.retrySeconds() >= 0);
    QCOMPARE(client.cluster().nodes.size(), 3); // what was known stays
    server = std::make_unique<FakeAdminServer>();
    QVERIFY(server->listen(port));
    client.retryNow();
    QTRY_COMPARE(client.link(), Link::Live);
}

void TestGuiClient::staleSearchIsDropped()
{
    FakeAdminServer server;
    server.onSearch = [](const QString &, const QByteArray &body) {
        const bool first = body.contains("\"q\":\"first\"");
        return std::pair(200, QByteArray(first ? R"({"hits":[{"id":1}]})" : R"({"hits":[{"id":1},{"id":2}]})"));
    };
    server.holds = [](const QByteArray &body) { return body.contains("\"q\":\"first\""); };
    QVERIFY(server.listen());
    AdminClient client;
    client.open(endpoint(server));
    QTRY_COMPARE(client.link(), Link::Live);
    QSignalSpy answered(&client, &AdminClient::searchAnswered);
    SearchQuery query;
    query.indexUid = QStringLiteral("movies");
    query.text = QStringLiteral("first");
    client.search(query);
    QTRY_COMPARE(server.searches.size(), 1);
    query.text = QStringLiteral("second");
    const quint64 serial = client.search(query);
    QTRY_COMPARE(answered.size(), 1);
    server.release();
    query.text = QStringLiteral("third");
    client.search(query);
    QTRY_COMPARE(answered.size(), 2);
    QCOMPARE(answered.first().first().toULongLong(), serial);
    QCOMPARE(answered.first().last().value<SearchAnswer>().hits.size(), 2);
}

void TestGuiClient::redirectsAreNotFollowed()
{
    FakeAdminServer target;
    QVERIFY(target.listen());
    QTcpServer redirector;
    QVERIFY(redirector.listen(QHostAddress::LocalHost));
    connect(&redirector, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *socket = redirector.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [&target, socket] {
            socket->write("HTTP/1.1 307 X\r\nLocation: " + target.url().toEncoded()
                + "/_miroir/cluster\r\nContent-Length: 0\r\n\r\n");
        });
    });
    AdminClient client;
    client.open({QUrl(QStringLiteral("http://127.0.0.1:%1").arg(redirector.serverPort())), target.adminKey, {}, false});
    QTRY_COMPARE(client.link(), Link::Refused);
    QVERIFY(target.seen.isEmpty());
}

MIROIR_GUI_MAIN(TestGuiClient)
#include "tst_gui_client.moc"
