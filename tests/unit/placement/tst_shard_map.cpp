// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/ShardMap.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::placement;

namespace {

ShardMap sample()
{
    ShardMap map;
    map.epoch = {7};
    map.replicationFactor = 2;
    for (std::size_t s = 0; s < shardCount; ++s)
        map.replicas[s] = s % 2 == 0 ? std::vector<NodeId> {"a", "b"} : std::vector<NodeId> {"c", "a"};
    return map;
}

} // namespace

class TestShardMap : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void questions();
    void moves();
    void movesThatDoNotFit();
    void survivesJson();
    void refusesOtherJson_data();
    void refusesOtherJson();
};

void TestShardMap::questions()
{
    const ShardMap map = sample();
    QCOMPARE(map.nodes(), (std::vector<NodeId> {"a", "b", "c"}));
    QCOMPARE(map.shardsOf("a").count(), 64U);
    QCOMPARE(map.shardsOf("b").count(), 32U);
    QCOMPARE(map.shardsOf("nobody").count(), 0U);
    QVERIFY(map.owns("b", {2}));
    QVERIFY(!map.owns("b", {3}));
}

void TestShardMap::moves()
{
    const ShardMap map = sample();
    const auto moved = map.after({{2}, "a", "d"});
    QVERIFY(moved.ok());
    QCOMPARE(moved->epoch.value, 8ULL);
    QCOMPARE(moved->replicasOf({2}), (std::vector<NodeId> {"d", "b"})); // in the same place
    const auto added = map.after({{2}, "", "d"});
    QCOMPARE(added->replicasOf({2}), (std::vector<NodeId> {"a", "b", "d"}));
    const auto removed = map.after({{2}, "a", ""});
    QCOMPARE(removed->replicasOf({2}), (std::vector<NodeId> {"b"}));
    QCOMPARE(map, sample());
}

void TestShardMap::movesThatDoNotFit()
{
    const ShardMap map = sample();
    QVERIFY(!map.after({{2}, "", ""}).ok());
    QVERIFY(!map.after({{2}, "c", "d"}).ok());
    QVERIFY(!map.after({{2}, "a", "b"}).ok());
    QVERIFY(!map.after({{64}, "a", "d"}).ok());
}

void TestShardMap::survivesJson()
{
    ShardMap map = sample();
    map.replicas[5].clear();
    const QByteArray text = map.toJson();
    QVERIFY(text.startsWith("{\"epoch\":7,\"replicationFactor\":2,\"shards\":[[\"a\",\"b\"],[\"c\",\"a\"],"));
    const auto read = ShardMap::fromJson(text);
    QVERIFY(read.ok());
    QCOMPARE(*read, map);
}

void TestShardMap::refusesOtherJson_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray good = sample().toJson();
    const auto changed = [&good](const char *from, const char *to) { return QByteArray(good).replace(from, to); };
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("cut") << good.left(good.size() - 3);
    QTest::newRow("array") << QByteArray("[]");
    QTest::newRow("negative epoch") << changed("\"epoch\":7", "\"epoch\":-7");
    QTest::newRow("no replicas") << changed("\"replicationFactor\":2", "\"replicationFactor\":0");
    QTest::newRow("huge factor") << changed("\"replicationFactor\":2", "\"replicationFactor\":99999999999");
    QTest::newRow("63 shards") << changed("[[\"a\",\"b\"],", "[");
    QTest::newRow("65 shards") << changed("\"shards\":[", "\"shards\":[[],");
    QTest::newRow("twice") << changed("[\"c\",\"a\"]", "[\"c\",\"c\"]");
    QTest::newRow("empty name") << changed("[\"c\",\"a\"]", "[\"c\",\"\"]");
    QTest::newRow("number as name") << changed("[\"c\",\"a\"]", "[\"c\",3]");
    QTest::newRow("list missing") << changed("[\"c\",\"a\"]", "null");
}

void TestShardMap::refusesOtherJson()
{
    QFETCH(QByteArray, text);
    QVERIFY(!ShardMap::fromJson(text).ok());
}

QTEST_GUILESS_MAIN(TestShardMap)
#include "tst_shard_map.moc"
