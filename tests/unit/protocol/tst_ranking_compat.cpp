// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "protocol/RankingCompat.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::protocol;

namespace {

using Search = QueryRanking::Search;

std::vector<RankingRule> rules(const std::vector<std::string> &texts)
{
    std::vector<RankingRule> out;
    for (const std::string &text : texts) {
        auto rule = RankingRule::parse(text);
        if (!rule)
            qFatal("%s", rule.error().c_str());
        out.push_back(std::move(*rule));
    }
    return out;
}

QueryRanking ranking(const std::vector<std::string> &texts, const std::vector<std::string> &sort, Search search,
    MatchingStrategy strategy = MatchingStrategy::Last)
{
    std::optional<std::vector<SortRule>> sorted;
    if (!sort.empty()) {
        auto parsed = parseSort(sort, "invalid_search_sort");
        sorted = std::move(*parsed);
    }
    return {rules(texts), sorted, strategy, search};
}

const std::vector<std::string> usual {
    "words", "typo", "proximity", "attributeRank", "sort", "wordPosition", "exactness"};

} // namespace

class TestRankingCompat : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void usualQueriesFit();
    void searchesWithoutWordsFitAnything();
    void rulesMustBeOfOneKind();
    void theLongestIsRemembered();
    void notesTellWhatWasLeftOut();
};

void TestRankingCompat::usualQueriesFit()
{
    RankingCompat compat;
    QVERIFY(compat.add(ranking(usual, {}, Search::Keyword), 0, "a").ok());
    QVERIFY(compat.add(ranking(usual, {"price:asc"}, Search::Keyword), 1, "b").ok());
    QVERIFY(compat.add(ranking(usual, {"other:asc"}, Search::Keyword), 2, "c").ok());
    QVERIFY(compat.add(ranking(usual, {}, Search::Vector), 3, "c").ok());
}

void TestRankingCompat::searchesWithoutWordsFitAnything()
{
    RankingCompat compat;
    QVERIFY(compat.add(ranking(usual, {}, Search::Placeholder), 0, "a").ok());
    QVERIFY(compat.add(ranking(usual, {}, Search::Keyword), 1, "a").ok());
    QVERIFY(!compat.add(ranking(usual, {"price:asc"}, Search::Placeholder), 2, "a").ok());
}

void TestRankingCompat::rulesMustBeOfOneKind()
{
    RankingCompat compat;
    QVERIFY(compat.add(ranking(usual, {"price:asc"}, Search::Keyword), 0, "a").ok());
    const auto refused = compat.add(ranking(usual, {"rank:desc"}, Search::Keyword), 1, "b");
    QVERIFY(!refused.ok());
    QCOMPARE(QByteArray(refused.error().code->name), QByteArray("invalid_multi_search_query_ranking_rules"));
    QCOMPARE(refused.error().message,
        std::string("The results of queries #0 and #1 are incompatible: \n"
                    "  1. `queries[0].sort[0]`, `a.rankingRules[4]`: ascending sort rule(s) on field `price`\n"
                    "  2. `queries[1].sort[0]`, `b.rankingRules[4]`: descending sort rule(s) on field `rank`\n"
                    "  - cannot compare two sort rules in opposite directions\n"));
}

void TestRankingCompat::theLongestIsRemembered()
{
    RankingCompat compat;
    QVERIFY(compat.add(ranking({"words", "price:asc"}, {}, Search::Keyword), 0, "a").ok());
    QVERIFY(compat.add(ranking({"words"}, {}, Search::Keyword), 1, "b").ok());
    const auto refused = compat.add(ranking({"words", "sort"}, {"_geoPoint(1, 2):desc"}, Search::Keyword), 2, "c");
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().message.starts_with("The results of queries #0 and #2 are incompatible: "));
    QVERIFY(refused.error().message.ends_with("  - cannot compare a sort rule with a geosort rule\n"));
}

void TestRankingCompat::notesTellWhatWasLeftOut()
{
    QCOMPARE(ranking({"typo", "words", "typo", "sort"}, {}, Search::Keyword).notes(),
        std::string("    1. Prepended rule `words` before first relevancy rule `typo` at position #0 in ranking rules\n"
                    "    2. Removed rule `words` at position #1 in ranking rules because it was previously prepended\n"
                    "    3. Removed duplicate rule `typo` at position #2 in ranking rules as it already appears at "
                    "position #0 in ranking rules\n"
                    "   4. Removed rule `sort` at position #3 in ranking rules because `query.sort` is empty\n"));
    QCOMPARE(ranking({"words", "sort"}, {"a:asc", "a:desc"}, Search::Keyword, MatchingStrategy::All).notes(),
        std::string("    1. Removed rule `words` at position #0 in ranking rules because `query.matchingWords` is set "
                    "to `all`\n"
                    "    2. Removed duplicate rule `a:asc` at position #1 in `query.sort` (as `sort` is #1 in ranking "
                    "rules) as it already appears at position #0 in `query.sort` (as `sort` is #1 in ranking "
                    "rules)\n"));
    QCOMPARE(ranking({"words", "typo", "price:asc", "exactness", "rank:asc"}, {}, Search::Vector).notes(),
        std::string("    1. Removed relevancy rule `typo` at position #1 in ranking rules because the query is a "
                    "vector search and `vector` was already inserted at position #0 in ranking rules\n"
                    "    2. Truncated relevancy rule `exactness` at position #3 in ranking rules and later rules "
                    "because the query is a vector search and `vector` was inserted at position #0 in ranking "
                    "rules\n"));
    QCOMPARE(ranking({"words"}, {}, Search::Placeholder).notes(),
        std::string("    1. Removed relevancy rule `words` at position #0 in ranking rules because the query is a "
                    "placeholder search (`q`: \"\")\n"));
}

QTEST_APPLESS_MAIN(TestRankingCompat)
#include "tst_ranking_compat.moc"
