// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNode.h"
#include "protocol/KeyDigest.h"
#include "protocol/TenantToken.h"
#include "support/PlainHttp.h"

#include <QTemporaryDir>
#include <QTest>

using namespace miroir;
using namespace miroir::localnode;
using test::PlainHttp;

class NodeKeysTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void defaultKeysHaveTheirValues();
    void keysAreLimitedToActionsAndIndexes();
    void listsShowOnlyAllowedIndexes();
    void tenantTokensFilter();
    void deletedKeysAreRefusedAtOnce();
    void keysSurviveARestart();
    void withoutMasterKeyAllIsOpenButKeys();
    void productionWantsALongKey();

private:
    [[nodiscard]] PlainHttp as(const QByteArray &key) const { return PlainHttp(m_node->port(), key); }
    [[nodiscard]] PlainHttp master() const { return as("master"); }
    PlainHttp::Answer makeKey(const QByteArray &actions, const QByteArray &indexes) const
    {
        return master().send("POST", "/keys",
                             R"({"actions":)" + actions + R"(,"indexes":)" + indexes + R"(,"expiresAt":null})");
    }
    void settle() const
    {
        QTRY_COMPARE(master().send("GET", "/tasks?statuses=enqueued,processing").member("total"), QByteArray("0"));
    }

    std::unique_ptr<LocalNode> m_node;
};

void NodeKeysTest::initTestCase()
{
    LocalNodeOptions options;
    options.masterKey = "master";
    m_node = std::make_unique<LocalNode>(options);
    QVERIFY(m_node->start().ok());
    for (const char *uid : {"m", "mm", "other"}) {
        const QByteArray path = QByteArray("/indexes/") + uid;
        QCOMPARE(master().send("PATCH", path + "/settings", R"({"filterableAttributes":["id"]})").status, 202);
        QCOMPARE(master().send("POST", path + "/documents", R"([{"id":1},{"id":2}])").status, 202);
    }
    settle();
}

void NodeKeysTest::defaultKeysHaveTheirValues()
{
    const auto list = json::Document::parse(master().send("GET", "/keys").body);
    QCOMPARE(list->root()["total"].toU64(), std::optional<std::uint64_t>(4));
    for (const json::Value key : list->root()["results"].items())
        QCOMPARE(key["key"].toString(), protocol::keyValue("master", key["uid"].toString()));
    QCOMPARE(list->root()["results"].at(0)["name"].toString(), std::string("Default Search API Key"));
}

void NodeKeysTest::keysAreLimitedToActionsAndIndexes()
{
    const QByteArray key = makeKey(R"(["search","documents.add"])", R"(["m"])").text("key");
    QVERIFY(!key.isEmpty());
    QCOMPARE(as(key).send("POST", "/indexes/m/search", "{}").status, 200);
    QCOMPARE(as(key).send("POST", "/indexes/mm/search", "{}").status, 403);
    QCOMPARE(as(key).send("GET", "/indexes/m/documents").status, 403);
    QCOMPARE(as(key).send("GET", "/keys").status, 403);
    // It may write documents but not create an index, so the task fails when there is none.
    const QByteArray wide = makeKey(R"(["documents.add"])", R"(["*"])").text("key");
    const auto accepted = as(wide).send("POST", "/indexes/absent/documents", R"([{"id":1}])");
    QCOMPARE(accepted.status, 202);
    settle();
    const auto task = json::Document::parse(master().send("GET", "/tasks/" + accepted.member("taskUid")).body);
    QCOMPARE(task->root()["error"]["code"].toString(), std::string("index_not_found"));
    QCOMPARE(as("wrong").send("GET", "/version").status, 403);
    QCOMPARE(as({}).send("GET", "/version").status, 401);
}

void NodeKeysTest::listsShowOnlyAllowedIndexes()
{
    const QByteArray key = makeKey(R"(["indexes.get","stats.get","tasks.get","search"])", R"(["m*"])").text("key");
    QCOMPARE(as(key).send("GET", "/indexes").member("total"), QByteArray("2"));
    QCOMPARE(as(key).send("GET", "/indexes/other").status, 403);
    const auto stats = as(key).send("GET", "/stats");
    QVERIFY(stats.body.contains("\"mm\"") && !stats.body.contains("\"other\""));
    const auto tasks = json::Document::parse(as(key).send("GET", "/tasks?limit=100").body);
    QVERIFY(tasks->root()["results"].size() >= 4);
    for (const json::Value task : tasks->root()["results"].items())
        QVERIFY(task["indexUid"].toString().starts_with("m"));
    const auto multi = as(key).send("POST", "/multi-search", R"({"queries":[{"indexUid":"m"},{"indexUid":"other"}]})");
    QCOMPARE(multi.status, 403);
    QVERIFY(multi.text("message").startsWith("Inside `.queries[1]`"));
}

void NodeKeysTest::tenantTokensFilter()
{
    const auto made = makeKey(R"(["search"])", R"(["m"])");
    const std::string claims
        = R"({"searchRules":{"m":{"filter":"id = 2"}},"apiKeyUid":")" + made.text("uid").toStdString() + "\"}";
    const QByteArray token = QByteArray::fromStdString(
        protocol::makeTenantToken(claims, made.text("key").toStdString()));
    const auto found = as(token).send("POST", "/indexes/m/search", "{}");
    QCOMPARE(found.status, 200);
    QCOMPARE(found.member("estimatedTotalHits"), QByteArray("1"));
    QCOMPARE(as(token).send("POST", "/indexes/m/search", R"({"filter":"id = 1"})").member("estimatedTotalHits"),
             QByteArray("0"));
    QCOMPARE(as(token)
                 .send("POST", "/multi-search", R"({"federation":{},"queries":[{"indexUid":"m"}]})")
                 .member("estimatedTotalHits"),
             QByteArray("1"));
    QCOMPARE(as(token).send("GET", "/indexes").status, 403);
    QCOMPARE(as(token + "x").send("POST", "/indexes/m/search", "{}").status, 403);
}

void NodeKeysTest::deletedKeysAreRefusedAtOnce()
{
    const auto made = makeKey(R"(["search"])", R"(["*"])");
    const PlainHttp client = as(made.text("key"));
    QCOMPARE(client.send("POST", "/indexes/m/search", "{}").status, 200);
    // By value as well as by uid.
    QCOMPARE(master().send("PATCH", "/keys/" + made.text("key"), R"({"name":"n"})").text("name"), QByteArray("n"));
    QCOMPARE(master().send("DELETE", "/keys/" + made.text("uid")).status, 204);
    QCOMPARE(client.send("POST", "/indexes/m/search", "{}").status, 403);
    QCOMPARE(master().send("DELETE", "/keys/" + made.text("uid")).status, 404);
}

void NodeKeysTest::keysSurviveARestart()
{
    QTemporaryDir folder;
    LocalNodeOptions options;
    options.dbPath = folder.path();
    options.masterKey = "first";
    LocalNode node(options);
    QVERIFY(node.start().ok());
    const QByteArray before = PlainHttp(node.port(), "first").send("GET", "/keys").body;
    node.stop();
    QCOMPARE(node.port(), quint16 {0});
    QVERIFY(node.start().ok());
    QCOMPARE(PlainHttp(node.port(), "first").send("GET", "/keys").body, before);
    node.stop();
    // Another master key gives the same keys other values.
    options.masterKey = "second";
    LocalNode other(options);
    QVERIFY(other.start().ok());
    const auto list = PlainHttp(other.port(), "second").send("GET", "/keys");
    QCOMPARE(list.member("total"), QByteArray("4"));
    QVERIFY(list.body != before);
}

void NodeKeysTest::withoutMasterKeyAllIsOpenButKeys()
{
    LocalNode node({});
    QVERIFY(node.start().ok());
    const PlainHttp http(node.port());
    QCOMPARE(http.send("GET", "/version").status, 200);
    const auto keys = http.send("GET", "/keys");
    QCOMPARE(keys.status, 401);
    QCOMPARE(keys.text("code"), QByteArray("missing_master_key"));
}

void NodeKeysTest::productionWantsALongKey()
{
    LocalNodeOptions options;
    options.production = true;
    options.masterKey = "fifteen-bytes-x";
    QVERIFY(!LocalNode(options).start().ok());
    options.masterKey = "sixteen-bytes-xy";
    LocalNode node(options);
    QVERIFY(node.start().ok());
}

QTEST_GUILESS_MAIN(NodeKeysTest)
#include "tst_node_keys.moc"
