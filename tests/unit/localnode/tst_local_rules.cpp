// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/localnode/SearchFixture.h"

#include <QTest>

using namespace miroir;
using namespace miroir::localnode;
using test::Fixture;

/// Ranking rules, query syntax and typos, one by one.
class TestLocalRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void placeholderKeepsOrder();
    void wordsAndStrategies();
    void typos();
    void typoSettings();
    void proximity();
    void fieldRank();
    void wordPosition();
    void exactness();
    void unifiedAttribute();
    void customRule();
    void prefix();
    void phrases();
    void negative();
    void splitAndJoinedWords();
    void synonyms();
    void stopWords();
    void separatorsAndDictionary();
    void scoreThreshold();
    void searchOn();
    void sortValues();
    void hiddenSortRule();
};

static const char *const details = "\"showRankingScoreDetails\":true";

void TestLocalRules::placeholderKeepsOrder()
{
    Fixture f;
    f.add("{\"id\":3}\n{\"id\":1}\n{\"id\":2}");
    QCOMPARE(f.ids("{}"), std::string("3,1,2"));
    QCOMPARE(f.firstHit("{\"showRankingScore\":true,\"showRankingScoreDetails\":true}", "_rankingScore"),
             std::string("1.0"));
    QCOMPARE(f.firstHit("{\"showRankingScoreDetails\":true}", "_rankingScoreDetails"), std::string("{}"));
}

void TestLocalRules::wordsAndStrategies()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"red\"}\n{\"id\":2,\"t\":\"red green\"}\n{\"id\":3,\"t\":\"red green blue\"}\n"
          "{\"id\":4,\"t\":\"blue\"}\n{\"id\":5,\"t\":\"red blue\"}");
    QCOMPARE(f.query("red green blue"), std::string("3,2,1,5"));
    QCOMPARE(f.ids("{\"q\":\"red green blue\",\"matchingStrategy\":\"all\"}"), std::string("3"));
    // The most frequent word is left out first.
    QCOMPARE(f.ids("{\"q\":\"red green blue\",\"matchingStrategy\":\"frequency\"}"), std::string("3,2"));
    const std::string words = f.firstHit(std::string("{\"q\":\"red green blue\",\"offset\":1,") + details + '}',
                                         "_rankingScoreDetails");
    QVERIFY2(words.starts_with("{\"words\":{\"order\":0,\"matchingWords\":2,\"maxMatchingWords\":3,\"score\":0.66666"),
             words.c_str());
}

void TestLocalRules::typos()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"elephant\"}\n{\"id\":2,\"t\":\"elefant\"}\n{\"id\":3,\"t\":\"elehpant\"}\n"
          "{\"id\":4,\"t\":\"olephant\"}\n{\"id\":5,\"t\":\"ant\"}");
    // Eight letters allow one typo; swapped neighbours are one, and one in the first letter counts two.
    QCOMPARE(f.query("elephant"), std::string("1,3"));
    QCOMPARE(f.query("elephants"), std::string("1,3")); // nine letters allow two: one is used for the last letter
    QCOMPARE(f.query("elephantx"), std::string("1,3"));
    QCOMPARE(f.query("amt"), std::string());
    const std::string typo = f.firstHit("{\"q\":\"elehpant\",\"offset\":1,\"showRankingScoreDetails\":true}",
                                        "_rankingScoreDetails");
    QVERIFY2(typo.find("\"typo\":{\"order\":1,\"typoCount\":1,\"maxTypoCount\":1,\"score\":0.5}") != typo.npos,
             typo.c_str());
}

void TestLocalRules::typoSettings()
{
    const char *documents = "{\"id\":1,\"t\":\"hello\",\"u\":\"world\"}\n{\"id\":2,\"t\":\"12345\",\"u\":\"x\"}";
    Fixture f;
    f.add(documents);
    QCOMPARE(f.query("helo"), std::string()); // four letters
    QCOMPARE(f.query("hellp"), std::string("1"));
    QCOMPARE(f.query("12346"), std::string("2"));
    f.settings("{\"typoTolerance\":{\"minWordSizeForTypos\":{\"oneTypo\":4,\"twoTypos\":8}}}");
    QCOMPARE(f.query("helo"), std::string("1"));
    f.settings("{\"typoTolerance\":{\"disableOnWords\":[\"helo\"],\"disableOnAttributes\":[\"u\"],"
               "\"disableOnNumbers\":true}}");
    QCOMPARE(f.query("helo"), std::string());
    QCOMPARE(f.query("wrold"), std::string());
    QCOMPARE(f.query("world"), std::string("1"));
    QCOMPARE(f.query("12346"), std::string());
    QCOMPARE(f.query("12345"), std::string("2"));
    f.settings("{\"typoTolerance\":{\"enabled\":false}}");
    QCOMPARE(f.query("hellp"), std::string());
}

void TestLocalRules::proximity()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"sun is a big flower\"}\n{\"id\":2,\"t\":\"sun flower\"}\n{\"id\":3,\"t\":\"flower sun\"}\n"
          "{\"id\":4,\"t\":\"sun and flower\"}");
    // Turned around is as far as one word in between.
    QCOMPARE(f.query("sun flower "), std::string("2,4,3,1"));
    f.settings("{\"proximityPrecision\":\"byAttribute\"}");
    f.add("{\"id\":5,\"t\":\"sun\",\"u\":\"flower\"}");
    QVERIFY(f.query("sun flower ").ends_with(",5"));
}

void TestLocalRules::fieldRank()
{
    Fixture f;
    f.settings("{\"searchableAttributes\":[\"title\",\"body\"]}");
    f.add("{\"id\":1,\"body\":\"moon\",\"title\":\"x\"}\n{\"id\":2,\"title\":\"moon\",\"body\":\"y\"}");
    QCOMPARE(f.query("moon"), std::string("2,1"));
    f.settings("{\"searchableAttributes\":[\"body\",\"title\"]}");
    QCOMPARE(f.query("moon"), std::string("1,2"));
    f.settings("{\"searchableAttributes\":[\"title\"]}");
    QCOMPARE(f.query("moon"), std::string("2"));
}

void TestLocalRules::wordPosition()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"one two three moon\"}\n{\"id\":2,\"t\":\"moon one two three\"}\n"
          "{\"id\":3,\"t\":\"one. moon\"}");
    QCOMPARE(f.query("moon"), std::string("2,1,3")); // a full stop is eight positions wide
}

void TestLocalRules::exactness()
{
    Fixture f;
    f.settings("{\"rankingRules\":[\"exactness\"]}");
    f.add("{\"id\":1,\"t\":\"moons of mars\"}\n{\"id\":2,\"t\":\"mars moon\"}\n{\"id\":3,\"t\":\"moon of mars\"}\n"
          "{\"id\":4,\"t\":\"moon\"}");
    QCOMPARE(f.query("moon"), std::string("4,3,2,1"));
    const std::string last = f.firstHit("{\"q\":\"moon\",\"offset\":3,\"showRankingScoreDetails\":true}",
                                        "_rankingScoreDetails");
    QVERIFY2(last.find("\"exactness\":{\"order\":1,\"matchType\":\"noExactMatch\",\"matchingWords\":0,"
                       "\"maxMatchingWords\":1,\"score\":0.16666666666666666}")
                 != last.npos,
             last.c_str());
}

void TestLocalRules::unifiedAttribute()
{
    Fixture f;
    f.settings("{\"rankingRules\":[\"words\",\"attribute\"]}");
    f.add("{\"id\":1,\"t\":\"a moon\"}");
    QCOMPARE(f.firstHit("{\"q\":\"moon\",\"showRankingScoreDetails\":true}", "_rankingScoreDetails"),
             std::string("{\"words\":{\"order\":0,\"matchingWords\":1,\"maxMatchingWords\":1,\"score\":1.0},"
                         "\"attribute\":{\"order\":1,\"attributeRankingOrderScore\":1.0,"
                         "\"queryWordDistanceScore\":0.9090909090909091,\"score\":0.9090909090909091}}"));
}

void TestLocalRules::customRule()
{
    Fixture f;
    f.settings("{\"rankingRules\":[\"words\",\"price:desc\",\"typo\"]}");
    f.add("{\"id\":1,\"t\":\"moon\",\"price\":2}\n{\"id\":2,\"t\":\"moon\"}\n{\"id\":3,\"t\":\"moon\",\"price\":"
          "\"cheap\"}\n"
          "{\"id\":4,\"t\":\"moon\",\"price\":10}");
    QCOMPARE(f.query("moon"), std::string("4,1,3,2"));
    QCOMPARE(f.ids("{}"), std::string("4,1,3,2")); // also without a query
}

void TestLocalRules::prefix()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"moonlight\"}\n{\"id\":2,\"t\":\"moon light\"}");
    QCOMPARE(f.query("moonl"), std::string("1,2")); // a typo away from the second
    QCOMPARE(f.query("moonl "), std::string("2")); // only the last word, and not with a space behind it
    QCOMPARE(f.query("moon"), std::string("2,1"));
    f.settings("{\"prefixSearch\":\"disabled\"}");
    QCOMPARE(f.query("moonl"), std::string("2"));
    // A prefix of a hundred words and more is looked up as a whole.
    Fixture many;
    std::string lines;
    for (int i = 0; i < 150; ++i)
        lines += "{\"id\":" + std::to_string(i) + ",\"t\":\"word" + std::string(1, static_cast<char>('a' + i / 26))
            + static_cast<char>('a' + i % 26) + "\"}\n";
    many.add(lines);
    QCOMPARE(many.answer("{\"q\":\"wor\"}")->total, std::uint64_t {150});
    many.settings("{\"typoTolerance\":{\"enabled\":false}}");
    QCOMPARE(many.answer("{\"q\":\"worda\"}")->total, std::uint64_t {26});
}

void TestLocalRules::phrases()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"the big red house\"}\n{\"id\":2,\"t\":\"red big house\"}\n{\"id\":3,\"t\":\"big red. "
          "house\"}");
    QCOMPARE(f.query("\"big red\""), std::string("3,1"));
    QCOMPARE(f.query("\"red house\""), std::string("1"));
    QCOMPARE(f.query("\"big red"), std::string("3,1")); // never closed
    QCOMPARE(f.query("\"big house\" red"), std::string("2"));
    QCOMPARE(f.query("\"bigg red\""), std::string()); // no typo in a phrase
}

void TestLocalRules::negative()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"red house\"}\n{\"id\":2,\"t\":\"red car\"}\n{\"id\":3,\"t\":\"blue house\"}");
    QCOMPARE(f.query("red -house"), std::string("2"));
    QCOMPARE(f.query("-red"), std::string("3"));
    QCOMPARE(f.query("house -\"red house\""), std::string("3"));
    QCOMPARE(f.query("red-house"), std::string("1,2")); // no space before: a separator
}

void TestLocalRules::splitAndJoinedWords()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"sun flower\"}\n{\"id\":2,\"t\":\"sunflower\"}\n{\"id\":3,\"t\":\"flower\"}");
    QCOMPARE(f.query("sunflower"), std::string("2,1"));
    QCOMPARE(f.query("sun flower"), std::string("1,2"));
    QCOMPARE(f.query("s unf lower"), std::string("2,1")); // joined, and then split again
}

void TestLocalRules::synonyms()
{
    Fixture f;
    f.settings("{\"synonyms\":{\"couch\":[\"sofa\",\"love seat\"],\"new york\":[\"nyc\"]}}");
    f.add("{\"id\":1,\"t\":\"red sofa\"}\n{\"id\":2,\"t\":\"a love seat\"}\n{\"id\":3,\"t\":\"couch\"}\n"
          "{\"id\":4,\"t\":\"seat of love\"}\n{\"id\":5,\"t\":\"NYC subway\"}");
    QCOMPARE(f.query("couch"), std::string("3,1,2"));
    QCOMPARE(f.query("sofa"), std::string("1")); // one way only
    QCOMPARE(f.query("new york subway"), std::string("5"));
}

void TestLocalRules::stopWords()
{
    Fixture f;
    f.settings("{\"stopWords\":[\"the\",\"of\"]}");
    f.add("{\"id\":1,\"t\":\"the art of war\"}\n{\"id\":2,\"t\":\"the war\"}");
    QCOMPARE(f.query("the art "), std::string("1"));
    QCOMPARE(f.query("of the "), std::string("1,2")); // nothing is left: everything
    QCOMPARE(f.query("\"art of war\""), std::string("1"));
}

void TestLocalRules::separatorsAndDictionary()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"alpha-beta\"}\n{\"id\":2,\"t\":\"gamma|delta\"}\n{\"id\":3,\"t\":\"J. R. R. Tolkien\"}");
    QCOMPARE(f.query("beta"), std::string("1"));
    QCOMPARE(f.query("delta"), std::string());
    f.settings("{\"nonSeparatorTokens\":[\"-\"],\"separatorTokens\":[\"|\"],\"dictionary\":[\"J. R. R.\"]}");
    QCOMPARE(f.query("beta"), std::string());
    QCOMPARE(f.query("alpha-beta"), std::string("1"));
    QCOMPARE(f.query("delta"), std::string("2"));
    QCOMPARE(f.query("J. R. R."), std::string("3"));
}

void TestLocalRules::scoreThreshold()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"red green\"}\n{\"id\":2,\"t\":\"red\"}");
    QCOMPARE(f.ids("{\"q\":\"red green\",\"rankingScoreThreshold\":0.6}"), std::string("1"));
    QCOMPARE(f.answer("{\"q\":\"red green\",\"rankingScoreThreshold\":0.6}")->total, std::uint64_t {1});
    QCOMPARE(f.answer("{\"q\":\"red green\",\"rankingScoreThreshold\":0.6,\"page\":1}")->total, std::uint64_t {1});
    QCOMPARE(f.ids("{\"q\":\"red green\",\"rankingScoreThreshold\":0.1}"), std::string("1,2"));
}

void TestLocalRules::searchOn()
{
    Fixture f;
    f.settings("{\"searchableAttributes\":[\"a\",\"b\"]}");
    f.add("{\"id\":1,\"a\":\"moon\",\"b\":\"sun\"}\n{\"id\":2,\"a\":\"sun\",\"b\":\"moon\"}");
    QCOMPARE(f.ids("{\"q\":\"moon\",\"attributesToSearchOn\":[\"b\"]}"), std::string("2"));
    QCOMPARE(f.ids("{\"q\":\"moon\",\"attributesToSearchOn\":[\"*\"]}"), std::string("1,2"));
    QCOMPARE(f.ids("{\"q\":\"moon\",\"attributesToSearchOn\":[\"c\"]}"),
             std::string("invalid_search_attributes_to_search_on"));
}

void TestLocalRules::sortValues()
{
    Fixture f;
    f.settings("{\"sortableAttributes\":[\"v\"]}");
    f.add("{\"id\":1,\"v\":\"B\"}\n{\"id\":2,\"v\":10}\n{\"id\":3}\n{\"id\":4,\"v\":\"a\"}\n{\"id\":5,\"v\":9}\n"
          "{\"id\":6,\"v\":[1,100]}\n{\"id\":7,\"v\":null}");
    QCOMPARE(f.ids("{\"sort\":[\"v:asc\"]}"), std::string("6,5,2,4,1,3,7"));
    QCOMPARE(f.ids("{\"sort\":[\"v:desc\"]}"), std::string("6,2,5,1,4,3,7"));
    QCOMPARE(f.firstHit("{\"sort\":[\"v:desc\"],\"showRankingScoreDetails\":true}", "_rankingScoreDetails"),
             std::string("{\"v:desc\":{\"order\":0,\"value\":100.0}}"));
    QCOMPARE(f.ids("{\"sort\":[\"w:asc\"]}"), std::string("invalid_search_sort"));
}

void TestLocalRules::hiddenSortRule()
{
    Fixture f;
    f.settings("{\"sortableAttributes\":[\"v\"],\"displayedAttributes\":[\"id\"]}");
    f.add("{\"id\":1,\"v\":\"B\"}");
    QCOMPARE(f.firstHit("{\"sort\":[\"v:desc\"],\"showRankingScoreDetails\":true}", "_rankingScoreDetails"),
             std::string("{\"<hidden-rule-0>\":{\"order\":0,\"value\":\"<hidden>\"}}"));
}

QTEST_GUILESS_MAIN(TestLocalRules)
#include "tst_local_rules.moc"
