// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "placement/Rendezvous.h"
#include "placement/ShardFilter.h"
#include "placement/Shards.h"

#include <QtTest>

#include <cmath>
#include <random>
#include <set>

using namespace miroir;
using namespace miroir::placement;

namespace {

QByteArray tagged(const char *object, std::string_view id, std::uint64_t order)
{
    QByteArray out;
    return appendTagged(out, object, id, order) ? out : QByteArray("refused");
}

} // namespace

class TestShards : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void hashIsTheStandardOne();
    void digitsArePrefixesOfTheHash();
    void everyTagReadsBack();
    void orderStringsSortAsNumbers();
    void documentsAreTagged_data();
    void documentsAreTagged();
    void idsSpreadEvenly();
    void filterNamesEachShardOnce();
    void simplifyTakesTheCoarsest();
    void logarithmIsExact();
    void scoresOrderByWeight();
    void rankingIsFixedForever();
};

void TestShards::hashIsTheStandardOne()
{
    // values of the XXH3 specification's own test set
    QCOMPARE(idHash(""), 0x2D06800538D394C2ULL);
    QCOMPARE(idHash("a"), 0xE6C632B61E964E1FULL);
    QCOMPARE(idHash("abc"), 0x78AF5F94892F3950ULL);
}

void TestShards::digitsArePrefixesOfTheHash()
{
    // 0x2D0 in octal is 1320, so the digits are ( , ) !
    QCOMPARE(shardOf("").value, 11);
    QCOMPARE(bucketOf("", 3).value, 0132);
    QCOMPARE(bucketOf("", 4).value, 01320);
    const auto tags = shardTags("");
    QCOMPARE(tags[0], "(,");
    QCOMPARE(tags[1], "(,)");
    QCOMPARE(tags[2], "(,)!");
    QCOMPARE(shardTag(shardOf("abc")), bucketTag({2, 036})); // 0x78 = 0111 1000
}

void TestShards::everyTagReadsBack()
{
    std::set<std::string> seen;
    for (const int digits : {2, 3, 4}) {
        std::string previous;
        for (std::uint16_t value = 0; value < 1U << (3U * static_cast<unsigned>(digits)); ++value) {
            const std::string tag = bucketTag({digits, value});
            QCOMPARE(parseTag(tag), std::optional(Bucket {digits, value}));
            QVERIFY(previous < tag); // sorts as the number
            QVERIFY(seen.insert(tag).second);
            previous = tag;
        }
    }
    for (const char *bad : {"", "!", "!!!!!", "!a", "\"!", "!!\n"})
        QVERIFY(!parseTag(bad));
}

void TestShards::orderStringsSortAsNumbers()
{
    QCOMPARE(orderString(0), "!!!!!!!!!!!!!!!!");
    QCOMPARE(orderString(9), "!!!!!!!!!!!!!!((");
    QCOMPARE(orderString(orderLimit - 1), "]]]]]]]]]]]]]]]]");
    std::mt19937_64 random(1);
    std::uint64_t a = 0;
    for (int i = 0; i < 10000; ++i) {
        const std::uint64_t b = random() >> (16 + random() % 48);
        QCOMPARE(parseOrderString(orderString(b)), std::optional(b));
        QCOMPARE(orderString(a) < orderString(b), a < b);
        a = b;
    }
    for (const char *bad : {"", "!!!!!!!!!!!!!!!", "!!!!!!!!!!!!!!!!!", "!!!!!!!!!!!!!!!0"})
        QVERIFY(!parseOrderString(bad));
}

void TestShards::documentsAreTagged_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("result");
    const QByteArray hidden = "\"_miroir_shard\":[\"(,\",\"(,)\",\"(,)!\"],\"_miroir_ord\":\"!!!!!!!!!!!!!!!(\"}";
    QTest::newRow("empty") << QByteArray("{}") << "{" + hidden;
    QTest::newRow("empty with space") << QByteArray(" { \n} ") << "{" + hidden;
    QTest::newRow("one member") << QByteArray("{\"a\":1}") << "{\"a\":1," + hidden;
    QTest::newRow("space before the brace") << QByteArray("{ \"a\" : 1 \t\r\n}\n") << "{\"a\" : 1," + hidden;
    QTest::newRow("object last") << QByteArray("{\"a\":{}}") << "{\"a\":{}," + hidden;
    QTest::newRow("brace in a string") << QByteArray("{\"a\":\"}\"}") << "{\"a\":\"}\"," + hidden;
    QTest::newRow("array") << QByteArray("[1]") << QByteArray("refused");
    QTest::newRow("nothing") << QByteArray("") << QByteArray("refused");
    QTest::newRow("one brace") << QByteArray("{") << QByteArray("refused");
}

void TestShards::documentsAreTagged()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, result);
    QCOMPARE(tagged(object.constData(), "", 1), result);
    if (result != "refused")
        QVERIFY(!json::validate(sv(result)));
}

void TestShards::idsSpreadEvenly()
{
    std::array<int, shardCount> count {};
    for (int id = 0; id < 64000; ++id)
        ++count[shardOf(std::to_string(id)).value];
    for (const int c : count)
        QVERIFY2(c > 850 && c < 1150, qPrintable(QString::number(c))); // 1000 expected, 4.7 sigma
}

void TestShards::filterNamesEachShardOnce()
{
    ShardSet shards;
    QCOMPARE(shardFilter(shards), "_miroir_shard IN []");
    shards.set(1).set(63).set(8);
    QCOMPARE(shardFilter(shards), "_miroir_shard IN [\"!(\",\"(!\",\"]]\"]");
    std::vector<Bucket> same {{2, 63}, {2, 1}, {2, 8}, {2, 1}};
    QCOMPARE(shardFilter(same), shardFilter(shards));
    // as a part of a request it needs only the quotes escaped
    QCOMPARE(json::quoted(shardFilter(shards)).find("\\\\"), std::string::npos);
}

void TestShards::simplifyTakesTheCoarsest()
{
    std::vector<Bucket> brothers;
    for (std::uint16_t b = 8; b < 16; ++b)
        brothers.push_back({3, b});
    QCOMPARE(simplify(brothers), (std::vector<Bucket> {{2, 1}}));
    brothers.erase(brothers.begin());
    for (std::uint16_t b = 64; b < 72; ++b)
        brothers.push_back({4, b}); // all of {3, 8}
    QCOMPARE(simplify(brothers), (std::vector<Bucket> {{2, 1}}));
    QCOMPARE(simplify({{4, 64}, {3, 8}, {2, 5}}), (std::vector<Bucket> {{3, 8}, {2, 5}}));
    std::vector<Bucket> everything;
    for (std::uint16_t b = 0; b < 4096; ++b)
        everything.push_back({4, b});
    QCOMPARE(simplify(everything).size(), 64U); // never coarser than a shard
}

void TestShards::logarithmIsExact()
{
    QCOMPARE(negativeLog2(~0ULL), 1ULL);
    QCOMPARE(negativeLog2(0), 64ULL << 32U);
    QCOMPARE(negativeLog2((1ULL << 63U) - 1), 1ULL << 32U); // u = 1/2
    QCOMPARE(negativeLog2((1ULL << 62U) - 1), 2ULL << 32U);
    QCOMPARE(negativeLog2(0xB504'F333'F9DE'6483ULL), (1ULL << 31U) + 1); // u just below sqrt(1/2), rounded up
    std::mt19937_64 random(2);
    for (int i = 0; i < 10000; ++i) {
        const std::uint64_t hash = random();
        const double expected = -std::log2((static_cast<double>(hash) + 1) * std::pow(2.0, -64)) * std::pow(2.0, 32);
        QVERIFY(std::abs(static_cast<double>(negativeLog2(hash)) - expected) < 3);
    }
}

void TestShards::scoresOrderByWeight()
{
    // nodes win in proportion to their weights
    const std::vector<WeightedNode> nodes {{"a", 1}, {"b", 2}, {"c", 5}};
    std::array<int, 3> wins {};
    constexpr int trials = 20000;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<WeightedNode> renamed = nodes;
        for (WeightedNode &node : renamed)
            node.id += std::to_string(trial);
        ++wins[rankNodes(renamed, {7}).front()];
    }
    QVERIFY(std::abs(wins[0] - trials / 8) < 250);
    QVERIFY(std::abs(wins[1] - trials / 4) < 300);
    QVERIFY(std::abs(wins[2] - trials * 5 / 8) < 350);
    // the same hash and weight: only the id decides
    QVERIFY(rendezvousScore("x", 3, {1}) == rendezvousScore("x", 3, {1}));
    QVERIFY(rendezvousScore("x", 4, {1}) > rendezvousScore("x", 3, {1}));
}

void TestShards::rankingIsFixedForever()
{
    // changing these would move the data of every cluster that is planned anew
    QCOMPARE(rendezvousHash("node-a", {0}), 0x2FE4D8C69A1E2339ULL);
    QCOMPARE(rendezvousHash("node-a", {63}), 0x9D1C0BC2F4C6BA6DULL);
    const std::vector<WeightedNode> nodes {{"node-a", 1}, {"node-b", 1}, {"node-c", 2}};
    std::string firsts;
    for (std::uint16_t s = 0; s < shardCount; ++s)
        firsts += static_cast<char>('a' + rankNodes(nodes, {s}).front());
    QCOMPARE(firsts, "cbcacbbbcbcccaaccbacaccbacccbcbacccacaaccbcbccccbcbaccaccbcccbca");
}

QTEST_GUILESS_MAIN(TestShards)
#include "tst_shards.moc"
