// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "merge/FederatedScore.h"

#include <QtTest>

#include <random>

using namespace miroir;
using namespace miroir::merge;

namespace {

FederatedScore read(const QByteArray &details, double score, double weight = 1)
{
    const auto parsed = json::Document::parse(details);
    TextStore texts;
    const auto key = RankKey::fromDetails(parsed->root(), texts);
    if (!key)
        qFatal("%s", key.error().message.c_str());
    return FederatedScoreReader(weight).read(parsed->root(), *key, score);
}

QByteArray number(double n)
{
    return toBytes(json::formatDouble(n));
}

/// As a node merges ranks.
struct Rank {
    std::uint32_t rank = 1, max = 1;
    [[nodiscard]] Rank then(Rank inner) const { return {(rank - 1) * inner.max + inner.rank, max * inner.max}; }
    [[nodiscard]] double score() const { return double(rank) / double(max); }
};

} // namespace

class TestFederatedScore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void oneRunIsTheScore();
    void withoutRulesThereAreNoValues();
    void vectorsAndPoints();
    void runsAroundASort();
};

void TestFederatedScore::oneRunIsTheScore()
{
    const FederatedScore score = read(R"({"words":{"order":0,"matchingWords":1,"maxMatchingWords":2,"score":0.5},
        "exactness":{"order":1,"matchType":"exactMatch","score":1.0},
        "_miroir_ord:asc":{"order":2,"value":"!!"}})", 0.75, 0.5);
    QCOMPARE(score.values.size(), std::size_t {1});
    QCOMPARE(score.values[0].number, 0.375);
    QCOMPARE(score.score, 0.375);
}

void TestFederatedScore::withoutRulesThereAreNoValues()
{
    QVERIFY(read("{}", 1).values.empty());
    QVERIFY(read(R"({"_miroir_ord:asc":{"order":0,"value":"!!"}})", 1).values.empty());
}

void TestFederatedScore::vectorsAndPoints()
{
    const FederatedScore score = read(R"({"vectorSort":{"order":0,"similarity":0.5},
        "_geoPoint(1, 2):desc":{"order":1,"value":{"lat":1,"lng":2},"distance":7},
        "name:desc":{"order":2,"value":"x"}})", 0.5, 2);
    QCOMPARE(score.values.size(), std::size_t {3});
    QVERIFY(score.values[0].kind == FederatedValue::Kind::Similarity);
    QCOMPARE(score.values[0].number, 1.0);
    QVERIFY(score.values[1].kind == FederatedValue::Kind::Geo && !score.values[1].ascending);
    QCOMPARE(score.values[1].number, 7.0);
    QCOMPARE(score.values[2].text, std::string("x"));
}

/// The numbers before and after a sort rule are those of a node, although it shows quotients only.
void TestFederatedScore::runsAroundASort()
{
    std::mt19937_64 random(7);
    const auto upTo = [&random](std::uint32_t max) { return static_cast<std::uint32_t>(1 + random() % max); };
    for (int round = 0; round < 1000; ++round) {
        const std::uint32_t terms = upTo(6);
        const std::uint32_t weight = static_cast<std::uint32_t>(random() % 6);
        const std::uint32_t most = terms + static_cast<std::uint32_t>(random() % 3);
        const Rank words {terms, most};
        const std::uint32_t typos = static_cast<std::uint32_t>(random() % (terms + 1));
        const Rank typo {terms + 1 - typos, terms + 1};
        const std::uint32_t proximityMax = 3 * (terms - 1) + 1;
        const Rank proximity {upTo(proximityMax), proximityMax};
        const Rank attribute {upTo(weight * terms + 1), weight * terms + 1};
        const Rank position {upTo(10 * terms + 1), 10 * terms + 1};
        const std::uint32_t exact = static_cast<std::uint32_t>(random() % (terms + 1));
        const Rank exactness = Rank {1, 3}.then({exact + 1, terms + 1});
        const Rank before = words.then(typo).then(proximity).then(attribute);
        const Rank behind = position.then({1, 3}).then({exact + 1, terms + 1});
        const double whole = before.then(position).then({1, 3}).then({exact + 1, terms + 1}).score();
        const QByteArray n = QByteArray::number(terms);
        const QByteArray details = "{\"words\":{\"order\":0,\"matchingWords\":" + n + ",\"maxMatchingWords\":"
            + QByteArray::number(most) + ",\"score\":" + number(words.score())
            + "},\"typo\":{\"order\":1,\"typoCount\":" + QByteArray::number(typos) + ",\"maxTypoCount\":" + n
            + ",\"score\":" + number(typo.score()) + "},\"proximity\":{\"order\":2,\"score\":"
            + number(proximity.score()) + "},\"attributeRank\":{\"order\":3,\"score\":" + number(attribute.score())
            + "},\"price:asc\":{\"order\":4,\"value\":1.0},\"wordPosition\":{\"order\":5,\"score\":"
            + number(position.score()) + "},\"exactness\":{\"order\":6,\"matchType\":\"noExactMatch\","
            + "\"matchingWords\":" + QByteArray::number(exact) + ",\"maxMatchingWords\":" + n + ",\"score\":"
            + number(exactness.score()) + "},\"_miroir_ord:asc\":{\"order\":7,\"value\":\"!\"}}";
        const FederatedScore score = read(details, whole);
        QCOMPARE(score.values.size(), std::size_t {3});
        QVERIFY2(score.values[0].number == before.score() && score.values[2].number == behind.score(),
            details.constData());
    }
}

QTEST_APPLESS_MAIN(TestFederatedScore)
#include "tst_federated_score.moc"
