// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Answer.h"

#include "base/Bytes.h"
#include "merge/SimilarMerge.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::merge;
using namespace miroir::merge::testing;

namespace {

QByteArray tagged(int id, const QByteArray &score, const QByteArray &details)
{
    const QByteArray ord = "a" + QByteArray::number(id);
    return "{\"id\":" + QByteArray::number(id) + ",\"_miroir_ord\":\"" + ord + "\",\"_rankingScore\":" + score
        + ",\"_rankingScoreDetails\":{" + details + (details.isEmpty() ? "" : ",")
        + "\"_miroir_ord:asc\":{\"order\":9,\"value\":\"" + ord + "\"}}}";
}

QByteArray word(int id, const QByteArray &score, const QByteArray &more = {})
{
    return tagged(id, score,
        "\"words\":{\"order\":0,\"matchingWords\":1,\"maxMatchingWords\":1,\"score\":1.0},\"exactness\":{\"order\":1,"
        "\"matchType\":\"noExactMatch\",\"matchingWords\":1,\"maxMatchingWords\":1,\"score\":" + score + '}' + more);
}

QByteArray near(int id, const QByteArray &similarity)
{
    return tagged(id, similarity == "null" ? QByteArray("0.0") : similarity,
        "\"vectorSort\":{\"order\":0,\"similarity\":" + similarity + '}');
}

MergeRequest requestFor(std::uint64_t limit)
{
    MergeRequest request;
    request.limit = limit;
    request.tags.expected = true;
    return request;
}

QByteArray ids(const QByteArray &hits)
{
    QByteArray out = hits;
    return out.replace("{\"id\":", "").replace("}", "");
}

QByteArray hybrid(const MergeRequest &request, const Answers &words, const Answers &semantic, float ratio)
{
    const auto merged = mergeHybrid(request, words, semantic, ratio);
    return merged ? ids(merged->hits) + " of " + QByteArray::number(static_cast<qulonglong>(merged->total)) + ", near "
            + QByteArray::number(static_cast<qulonglong>(merged->semanticHitCount.value_or(99)))
                  : toBytes(merged.error().message());
}

} // namespace

class TestHybridMerge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void enoughWords();
    void weighs();
    void sortRulesFollowScores();
    void distinctOverBothLists();
    void similarDocuments();
    void similarThreshold();
};

void TestHybridMerge::enoughWords()
{
    const auto enough = [](const Answers &words, std::uint64_t limit, float ratio) {
        const MergeRequest request = requestFor(limit);
        return wordsAreEnough(request, *mergeSearch(request, words), ratio);
    };
    const Answers good {answer({word(1, "0.95"), word(2, "0.91")}), answer({word(3, "0.9")})};
    QVERIFY(enough(good, 3, 0.5F));
    QVERIFY(!enough(good, 4, 0.5F)); // too few
    QVERIFY(!enough(good, 3, 0.51F)); // 0.9 * 0.49 < 0.45
    QVERIFY(enough(good, 2, 0.5F));
    QVERIFY(!enough({answer({word(1, "0.95"), word(2, "0.5")})}, 2, 0.5F));
    QVERIFY(enough({answer({})}, 0, 0.9F)); // a page of nothing is always full
}

void TestHybridMerge::weighs()
{
    const MergeRequest request = requestFor(20);
    const Answers words {answer({word(1, "0.9"), word(2, "0.4")}), answer({word(3, "0.6")})};
    const Answers semantic {answer({near(2, "0.8"), near(4, "0.6"), word(1, "0.9")}), answer({near(5, "0.3")})};
    // of equal weights (3 and 4) the nearer one comes first; 2 comes once, and counts as near
    QCOMPARE(hybrid(request, words, semantic, 0.5F), QByteArray("[1,2,4,3,5] of 10, near 3"));
    QCOMPARE(hybrid(request, words, semantic, 0.9F), QByteArray("[2,4,5,1,3] of 10, near 3"));
    QCOMPARE(hybrid(request, words, semantic, 0.1F), QByteArray("[1,2,3,4,5] of 10, near 2"));
    // documents without a vector are worth nothing, but are found
    QCOMPARE(hybrid(request, words, {answer({near(2, "0.8"), near(6, "null")})}, 0.5F),
        QByteArray("[1,2,3,6] of 5, near 2"));
    QVERIFY(hybrid(request, words, {answer({}), QByteArray("[1]")}, 0.5F).startsWith("answer 1: "));
}

void TestHybridMerge::sortRulesFollowScores()
{
    const MergeRequest request = requestFor(20);
    const auto price = [](const QByteArray &value) {
        return ",\"price:asc\":{\"order\":2,\"value\":" + value + "}";
    };
    const Answers words {answer({word(1, "0.5", price("7"))})};
    const auto nearWith = [](int id, const QByteArray &value) {
        return tagged(id, "0.5",
            "\"vectorSort\":{\"order\":0,\"similarity\":0.5},\"price:asc\":{\"order\":1,\"value\":" + value + '}');
    };
    QCOMPARE(hybrid(request, words, {answer({nearWith(2, "9")})}, 0.5F), QByteArray("[1,2] of 5, near 1"));
    QCOMPARE(hybrid(request, words, {answer({nearWith(2, "5")})}, 0.5F), QByteArray("[2,1] of 5, near 1"));
}

void TestHybridMerge::distinctOverBothLists()
{
    MergeRequest request = requestFor(20);
    request.distinct = "id";
    const QByteArray twin = near(2, "0.7").replace("\"id\":2", "\"id\":1");
    QCOMPARE(hybrid(request, {answer({word(1, "0.9")}, "\"estimatedTotalHits\":1")},
                 {answer({twin, near(3, "0.1")}, "\"estimatedTotalHits\":3")}, 0.5F),
        QByteArray("[1,3] of 2, near 1"));
}

void TestHybridMerge::similarDocuments()
{
    SimilarMergeRequest request;
    request.id = "1";
    request.primaryKey = "id";
    request.sourceCounts = true;
    request.page = requestFor(2);
    request.page.onlySimilarity = true;
    request.page.showRankingScoreDetails = true;
    const Answers answers {answer({near(1, "1.0"), near(2, "0.8"), near(7, "null")}, "\"estimatedTotalHits\":3"),
        answer({near(4, "0.9"), near(5, "0.3")}, "\"estimatedTotalHits\":2")};
    const auto merged = mergeSimilar(request, answers);
    QVERIFY(merged.ok());
    QCOMPARE(writeSimilar(request, *merged, {3, {}}),
        QByteArray(R"({"hits":[{"id":4,"_rankingScoreDetails":{"vectorSort":{"order":0,"similarity":0.9}}},)"
                   R"({"id":2,"_rankingScoreDetails":{"vectorSort":{"order":0,"similarity":0.8}}}],"id":"1",)"
                   R"("processingTimeMs":3,"limit":2,"offset":0,"estimatedTotalHits":4})"));
    request.page.showRankingScoreDetails = false;
    request.page.offset = 1;
    QCOMPARE(ids(mergeSimilar(request, answers)->hits), QByteArray("[2,5]"));
    request.page.offset = 5;
    QCOMPARE(ids(mergeSimilar(request, answers)->hits), QByteArray("[]"));
}

void TestHybridMerge::similarThreshold()
{
    SimilarMergeRequest request;
    request.id = "1";
    request.primaryKey = "id";
    request.threshold = 0.5;
    request.page = requestFor(20);
    const Answers answers {answer({near(2, "0.8"), near(5, "0.3")}, "\"estimatedTotalHits\":40")};
    const auto cut = mergeSimilar(request, answers);
    QCOMPARE(ids(cut->hits), QByteArray("[2]"));
    QCOMPARE(cut->total, 1ULL);
    request.page.limit = 1; // a node does not look behind the page
    QCOMPARE(mergeSimilar(request, answers)->total, 40ULL);
    request.page.maxTotalHits = 30;
    QCOMPARE(mergeSimilar(request, answers)->total, 30ULL);
}

QTEST_GUILESS_MAIN(TestHybridMerge)
#include "tst_hybrid_merge.moc"
