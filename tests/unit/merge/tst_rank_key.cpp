// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "merge/RankKey.h"

#include <QtTest>

#include <list>
#include <random>

using namespace miroir;
using namespace miroir::merge;

namespace {

using Random = std::mt19937_64;

/// Keeps documents alive, because keys point into them.
class Keys
{
public:
    RankKey of(const std::string &details)
    {
        auto key = tryOf(details);
        if (!key)
            qFatal("%s in %s", key.error().message.c_str(), details.c_str());
        return *key;
    }
    Result<RankKey> tryOf(const std::string &details)
    {
        auto parsed = json::Document::parse(details);
        if (!parsed)
            qFatal("%s in %s", parsed.error().message().c_str(), details.c_str());
        m_documents.push_back(std::move(*parsed));
        return RankKey::fromDetails(m_documents.back().root(), m_texts);
    }

private:
    std::list<json::Document> m_documents;
    TextStore m_texts;
};

std::string proximityScore(int terms, int cost)
{
    return json::formatDouble(1.0 - static_cast<double>(cost) / (3 * (terms - 1) + 1));
}

std::uint64_t below(Random &random, std::uint64_t limit)
{
    return random() % limit;
}

/// Any rule with any values; with `rules` fixed, what nodes answer to one query.
std::string randomEntry(Random &random, int rule, int order)
{
    const auto number = [&random](std::uint64_t limit) { return std::to_string(below(random, limit)); };
    const auto score = [&] { return json::formatDouble(static_cast<double>(below(random, 5)) / 4); };
    const std::string head = "{\"order\":" + std::to_string(order) + ",";
    switch (rule) {
    case 0:
        return "\"words\":" + head + "\"matchingWords\":" + number(4) + ",\"maxMatchingWords\":3,\"score\":"
            + score() + "}";
    case 1:
        return "\"typo\":" + head + "\"typoCount\":" + number(3) + ",\"maxTypoCount\":3,\"score\":" + score() + "}";
    case 2:
        return "\"proximity\":" + head + "\"score\":" + proximityScore(3, static_cast<int>(below(random, 7))) + "}";
    case 3:
        return "\"attributeRank\":" + head + "\"score\":" + score() + "}";
    case 4:
        return "\"wordPosition\":" + head + "\"score\":" + score() + "}";
    case 5:
        return "\"attribute\":" + head + "\"attributeRankingOrderScore\":" + score()
            + ",\"queryWordDistanceScore\":" + score()
            + ",\"score\":0.5}";
    case 6: {
        static const char *types[] = {"\"exactMatch\"", "\"matchesStart\"", "\"noExactMatch\",\"matchingWords\":1",
            "\"noExactMatch\",\"matchingWords\":0"};
        return "\"exactness\":" + head + "\"matchType\":" + types[below(random, 4)] + ",\"score\":0.5}";
    }
    case 7:
    case 8: {
        static const char *values[] = {"1.5", "-3", "20", "\"b\"", "\"\\u0061\"", "\"é\"", "null"};
        return std::string(rule == 7 ? "\"rank:asc\":" : "\"rank:desc\":") + head + "\"value\":"
            + values[below(random, 7)] + "}";
    }
    case 9: {
        static const char *values[] = {"0", "12.5", "1000", "null"};
        return "\"_geoPoint(1, 2):desc\":" + head + "\"value\":null,\"distance\":" + values[below(random, 4)] + "}";
    }
    case 10:
        return "\"vectorSort\":" + head + "\"similarity\":" + (below(random, 4) == 0 ? "null" : score()) + "}";
    case 11:
        return "\"newRule\":" + head + "\"score\":" + score() + "}";
    default:
        return "\"skipped\":{\"order\":" + std::to_string(order) + "}";
    }
}

std::string randomDetails(Random &random, const std::vector<int> &rules, std::uint64_t ord)
{
    std::string out = "{";
    int order = 0;
    for (const int rule : rules) {
        const bool stop = below(random, 12) == 0; // the node ran out of time
        out += (order > 0 ? "," : "") + randomEntry(random, stop ? 12 : rule, order);
        ++order;
        if (stop)
            return out + "}";
    }
    std::string text = std::to_string(ord);
    text.insert(0, 8 - text.size(), '0');
    return out + (order > 0 ? "," : "") + "\"_miroir_ord:asc\":{\"order\":" + std::to_string(order)
        + ",\"value\":\"" + text + "\"}}";
}

int sign(std::strong_ordering order)
{
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

} // namespace

class TestRankKey : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void better_data();
    void better();
    void proximityCostIsRecovered();
    void proximityDependsOnWords();
    void pinsAndCutOffs();
    void entriesAreTakenByOrder();
    void refusals_data();
    void refusals();
    void totalOrder();
};

void TestRankKey::better_data()
{
    QTest::addColumn<QByteArray>("best"); // strictly descending quality, separated by newlines
    const auto rule = [](const char *name, std::initializer_list<const char *> members) {
        QByteArray lines;
        for (const char *member : members)
            lines += QByteArray("{\"") + name + "\":{\"order\":0," + member + "}}\n";
        return lines.chopped(1);
    };
    QTest::newRow("words") << rule("words", {"\"matchingWords\":3,\"score\":0.1", "\"matchingWords\":2,\"score\":1.0"});
    QTest::newRow("typo, whatever the score") << rule("typo", {"\"typoCount\":0,\"score\":0.2",
        "\"typoCount\":2,\"score\":0.9"});
    QTest::newRow("attributeRank") << rule("attributeRank", {"\"score\":1.0", "\"score\":0.99", "\"score\":0"});
    QTest::newRow("wordPosition") << rule("wordPosition", {"\"score\":0.5", "\"score\":0.4999999"});
    QTest::newRow("attribute") << rule("attribute",
        {"\"attributeRankingOrderScore\":0.9,\"queryWordDistanceScore\":0.1,\"score\":0.1",
            "\"attributeRankingOrderScore\":0.8,\"queryWordDistanceScore\":0.9,\"score\":0.9",
            "\"attributeRankingOrderScore\":0.8,\"queryWordDistanceScore\":0.8,\"score\":0.95"});
    QTest::newRow("exactness") << rule("exactness",
        {"\"matchType\":\"exactMatch\",\"score\":1.0", "\"matchType\":\"matchesStart\",\"score\":0.6",
            "\"matchType\":\"noExactMatch\",\"matchingWords\":2,\"maxMatchingWords\":9,\"score\":0.1",
            "\"matchType\":\"noExactMatch\",\"matchingWords\":0,\"maxMatchingWords\":1,\"score\":0.3"});
    QTest::newRow("ascending") << rule("a:asc",
        {"\"value\":-5", "\"value\":-4.5", "\"value\":1e3", "\"value\":\"Z\"", "\"value\":\"a\"", "\"value\":\"é\"",
            "\"value\":null"});
    QTest::newRow("descending") << rule("a:desc",
        {"\"value\":1e3", "\"value\":-4.5", "\"value\":-5", "\"value\":\"é\"", "\"value\":\"a\"", "\"value\":\"Z\"",
            "\"value\":null"});
    QTest::newRow("near first") << rule("_geoPoint(1.0, -2.0):asc", {"\"value\":{},\"distance\":0.5",
        "\"value\":{},\"distance\":7",
                                            "\"value\":null,\"distance\":null"});
    QTest::newRow("far first") << rule("_geoPoint(1.0, -2.0):desc", {"\"value\":{},\"distance\":7",
        "\"value\":{},\"distance\":0.5",
                                           "\"value\":null,\"distance\":null"});
    QTest::newRow("vector") << rule("vectorSort", {"\"similarity\":0.9", "\"similarity\":-0.1", "\"similarity\":null"});
    QTest::newRow("a rule of a later version") << rule("novelty", {"\"score\":0.9", "\"score\":0.1"});
    QTest::newRow("skipped is worst, and less said is worse")
        << QByteArray("{\"typo\":{\"order\":0,\"typoCount\":9}}\n{\"skipped\":{\"order\":0}}\n{}");
    QTest::newRow("the second rule decides")
        << QByteArray("{\"typo\":{\"order\":0,\"typoCount\":1},\"a:asc\":{\"order\":1,\"value\":1}}\n"
                      "{\"typo\":{\"order\":0,\"typoCount\":1},\"a:asc\":{\"order\":1,\"value\":2}}\n"
                      "{\"typo\":{\"order\":0,\"typoCount\":1},\"skipped\":{\"order\":1}}");
    QTest::newRow("order of insertion last")
        << QByteArray("{\"typo\":{\"order\":0,\"typoCount\":1},\"_miroir_ord:asc\":{\"order\":1,\"value\":\"!!(\"}}\n"
                      "{\"typo\":{\"order\":0,\"typoCount\":1},\"_miroir_ord:asc\":{\"order\":1,\"value\":\"!!)\"}}");
}

void TestRankKey::better()
{
    QFETCH(QByteArray, best);
    Keys keys;
    std::vector<RankKey> list;
    for (const QByteArray &line : best.split('\n'))
        list.push_back(keys.of(line.toStdString()));
    for (std::size_t i = 0; i < list.size(); ++i) {
        for (std::size_t j = 0; j < list.size(); ++j)
            QCOMPARE(sign(compare(list[i], list[j])), i < j ? -1 : i > j ? 1 : 0);
    }
}

void TestRankKey::proximityCostIsRecovered()
{
    for (int terms = 1; terms <= 10; ++terms) {
        for (int cost = 0; cost <= 3 * (terms - 1); ++cost) {
            const double score = 1.0 - static_cast<double>(cost) / (3 * (terms - 1) + 1);
            QCOMPARE(proximityCost(score, static_cast<std::uint64_t>(terms)), static_cast<double>(cost));
        }
    }
    QVERIFY(proximityCost(0.123456789, 3) > 1000); // no count at all: still ordered by score
    QVERIFY(proximityCost(0.2, 3) > proximityCost(0.9, 3));
}

void TestRankKey::proximityDependsOnWords()
{
    // a node whose graph was narrowed shows another score for the same distance
    const auto details = [](const char *score) {
        return std::string("{\"words\":{\"order\":0,\"matchingWords\":3,\"score\":1.0},\"proximity\":{\"order\":"
            "1,\"score\":") + score + "}}";
    };
    Keys keys;
    const RankKey wide = keys.of(details(proximityScore(3, 1).c_str()));
    const RankKey narrow = keys.of(details(proximityScore(2, 1).c_str()));
    QVERIFY(compare(wide, narrow) == 0);
    QVERIFY(compare(keys.of(details(proximityScore(2, 2).c_str())), wide) > 0);
}

void TestRankKey::pinsAndCutOffs()
{
    Keys keys;
    const RankKey pinned = keys.of("{\"pin\":{\"order\":0,\"position\":3}}");
    QCOMPARE(pinned.pin.value_or(99), 3U);
    QVERIFY(pinned.entries.empty());
    QVERIFY(!pinned.cutOff);
    QVERIFY(keys.of("{\"skipped\":{\"order\":0}}").cutOff);
    QVERIFY(keys.of("{\"vectorSort\":{\"order\":0,\"similarity\":0.5}}").semantic());
    QVERIFY(!pinned.semantic());
}

void TestRankKey::entriesAreTakenByOrder()
{
    Keys keys;
    const RankKey key = keys.of("{\"typo\":{\"order\":2,\"typoCount\":1},\"a:asc\":{\"order\":0,\"value\":1},"
                                "\"words\":{\"order\":1,\"matchingWords\":1}}");
    QCOMPARE(key.entries.size(), 3U);
    QCOMPARE(key.entries[0].kind, RankEntry::Kind::Sort);
    QCOMPARE(key.entries[1].kind, RankEntry::Kind::Words);
    QCOMPARE(key.entries[2].kind, RankEntry::Kind::Typo);
}

void TestRankKey::refusals_data()
{
    QTest::addColumn<QByteArray>("details");
    for (const char *bad : {"[]", "null", "{\"words\":1}", "{\"words\":{}}", "{\"words\":{\"order\":0}}",
        "{\"words\":{\"order\":-1,\"matchingWords\":1}}",
             "{\"words\":{\"order\":0,\"matchingWords\":1.5}}", "{\"words\":{\"order\":0,\"matchingWords\":"
                 "18446744073709551615}}",
             "{\"typo\":{\"order\":0,\"typoCount\":-1}}", "{\"proximity\":{\"order\":0,\"score\":\"1\"}}",
                 "{\"attributeRank\":{\"order\":0}}",
             "{\"wordPosition\":{\"order\":0,\"score\":null}}", "{\"attribute\":{\"order\":0,\"score\":1}}",
             "{\"exactness\":{\"order\":0,\"matchType\":\"other\"}}", "{\"exactness\":{\"order\":0,\"matchType\":3}}",
             "{\"a:asc\":{\"order\":0,\"value\":[1]}}", "{\"a:asc\":{\"order\":0}}",
                 "{\"_geoPoint(1, 2):asc\":{\"order\":0,\"distance\":\"far\"}}",
             "{\"vectorSort\":{\"order\":0,\"similarity\":{}}}", "{\"pin\":{\"order\":0,\"position\":4294967296}}",
                 "{\"pin\":{\"order\":0}}"})
        QTest::newRow(bad) << QByteArray(bad);
}

void TestRankKey::refusals()
{
    QFETCH(QByteArray, details);
    Keys keys;
    const auto key = keys.tryOf(details.toStdString());
    QVERIFY(!key.ok());
    QVERIFY(!key.error().message.empty());
}

void TestRankKey::totalOrder()
{
    const quint64 seed = qEnvironmentVariableIsSet("MIROIR_SEED")
        ? qEnvironmentVariable("MIROIR_SEED").toULongLong() : 20260722;
    qInfo("MIROIR_SEED=%llu", static_cast<unsigned long long>(seed));
    Random random(seed);
    for (int round = 0; round < 40; ++round) {
        Keys keys;
        std::vector<int> rules;
        for (std::uint64_t i = below(random, 7); i > 0; --i)
            rules.push_back(static_cast<int>(below(random, 12)));
        std::vector<RankKey> list;
        for (std::uint64_t n = 0; n < 25; ++n) {
            // every fourth round the rules do not even agree
            if (round % 4 == 3)
                std::shuffle(rules.begin(), rules.end(), random);
            list.push_back(keys.of(randomDetails(random, rules, n)));
        }
        for (const RankKey &a : list) {
            QCOMPARE(sign(compare(a, a)), 0);
            for (const RankKey &b : list) {
                QCOMPARE(sign(compare(a, b)), -sign(compare(b, a)));
                for (const RankKey &c : list) {
                    if (compare(a, b) <= 0 && compare(b, c) <= 0)
                        QVERIFY(compare(a, c) <= 0);
                }
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestRankKey)
#include "tst_rank_key.moc"
