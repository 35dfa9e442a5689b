// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "CandidateCorpus.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::merge;
using namespace miroir::test;

namespace {

CandidateRequest anyRequest(Random &random)
{
    CandidateRequest request;
    if (random() % 3 != 0)
        request.distinct = "d";
    if (!request.distinct || random() % 3 == 0)
        request.threshold = static_cast<double>(random() % 16) / 16;
    request.finite = random() % 2 == 0;
    request.wanted = random() % 25;
    request.maxTotalHits = 1000;
    request.nodeValuesPerFacet = 4000;
    request.facets = true;
    request.hiddenFacets = {"d"};
    return request;
}

} // namespace

class TestCandidates : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asOneNodeWhenAllAreThere();
    void neverWrongWhenSomeAreMissing();
    void valuesInSeveralForms();
    void refusals();
};

void TestCandidates::asOneNodeWhenAllAreThere()
{
    Random random(7);
    for (int round = 0; round < 300; ++round) {
        const Corpus docs = corpus(random, round % 2 == 0, round % 3 == 0);
        const CandidateRequest request = anyRequest(random);
        const OneNode expected = oneNode(docs.docs, request);
        const auto got = judgeCandidates(request, answersOf(docs, 1000));
        QVERIFY(got.ok());
        const QByteArray where = "round " + QByteArray::number(round);
        QVERIFY2(got->total == expected.counted.size(), where.constData());
        std::map<std::string, int> colors;
        for (const Doc &doc : docs.docs) {
            if (expected.counted.contains(doc.order))
                ++colors["c" + std::to_string(doc.color)];
        }
        QVERIFY(got->facets.has_value());
        const QByteArray facets = docs.docs.empty() ? QByteArray("{\"color\":{}}")
                                                    : "{\"color\":" + facetJson(colors) + '}';
        QCOMPARE(got->facets->first, facets);
        // the hits of the page are among the best pageEnd candidates
        QVERIFY(got->pageEnd.has_value());
        std::vector<std::pair<int, int>> best;
        for (const Doc &doc : docs.docs) {
            if (!doc.pinned)
                best.emplace_back(doc.rank, doc.order);
        }
        std::sort(best.begin(), best.end());
        for (const int hit : expected.hits) {
            const auto place = std::find_if(best.begin(), best.end(), [hit](const auto &b) { return b.second == hit; });
            QVERIFY2(static_cast<std::uint64_t>(place - best.begin()) < *got->pageEnd, where.constData());
        }
    }
}

void TestCandidates::neverWrongWhenSomeAreMissing()
{
    Random random(11);
    int known = 0;
    for (int round = 0; round < 300; ++round) {
        const Corpus docs = corpus(random, false, round % 3 == 0);
        const CandidateRequest request = anyRequest(random);
        const OneNode expected = oneNode(docs.docs, request);
        const auto got = judgeCandidates(request, answersOf(docs, 8 + random() % 8));
        QVERIFY(got.ok());
        if (!got->total)
            continue;
        ++known;
        QVERIFY2(*got->total == expected.counted.size(), QByteArray::number(round).constData());
    }
    QVERIFY2(known > 100, QByteArray::number(known).constData());
}

void TestCandidates::valuesInSeveralForms()
{
    CandidateRequest request;
    request.distinct = "d";
    request.facets = true;
    const auto answer = [](const char *document, const char *order, const char *facets) {
        return QByteArray("{\"hits\":[{") + document + ",\"_miroir_ord\":\"" + order
            + "\",\"_rankingScoreDetails\":{\"_miroir_ord:asc\":{\"order\":0,\"value\":\"" + order
            + "\"}}}],\"estimatedTotalHits\":1,\"facetDistribution\":" + facets + ",\"facetStats\":{}}";
    };
    const auto got = judgeCandidates(request,
        {answer("\"d\":\"x\",\"t\":\"RED\",\"n\":3", "b", "{\"d\":{\"x\":1},\"n\":{\"3\":1},\"t\":{\"RED\":1}}"),
            answer("\"d\":\"y\",\"t\":\"Red\",\"n\":1.5", "a", "{\"d\":{\"y\":1},\"n\":{\"1.5\":1},\"t\":{\"Red\":1}}"),
            answer("\"d\":\"X \",\"t\":\"red\",\"n\":1e21", "c",
                "{\"d\":{\"X \":1},\"n\":{\"1\":1},\"t\":{\"red\":1}}")});
    QVERIFY(got.ok());
    QCOMPARE(got->total, std::optional<std::uint64_t>(2)); // "X " is "x"
    QVERIFY(!got->severalValues);
    // the form of the first inserted, and nothing of the document that left the count
    QCOMPARE(got->facets->first, QByteArray("{\"d\":{\"x\":1,\"y\":1},\"n\":{\"1.5\":1,\"3\":1},\"t\":{\"Red\":2}}"));
    QCOMPARE(got->facets->second, QByteArray("{\"n\":{\"min\":1.5,\"max\":3.0}}"));
}

void TestCandidates::refusals()
{
    const auto error = [](const QByteArray &answer) {
        const auto got = judgeCandidates({}, {QByteArray(R"({"hits":[],"estimatedTotalHits":0})"), answer});
        return got ? QByteArray("none") : toBytes(got.error().message());
    };
    QCOMPARE(error("<html>"), QByteArray("answer 1: is not JSON: expected value at line 1 column 1"));
    QCOMPARE(error(R"({"hits":[{"_rankingScoreDetails":{}}],"estimatedTotalHits":1})"),
        QByteArray("answer 1: holds a document without its order"));
    const QByteArray twice = R"({"_miroir_ord":"a","_rankingScoreDetails":{}})";
    QCOMPARE(error(R"({"hits":[)" + twice + ',' + twice + R"(],"estimatedTotalHits":2})"),
        QByteArray("answer 1: holds a document that was there before"));
    QCOMPARE(error(R"({"hits":[)" + twice + R"(],"estimatedTotalHits":0})"),
        QByteArray("answer 1: estimatedTotalHits is less than the number of hits"));
    QCOMPARE(error(R"({"hits":[{"_miroir_ord":"a","_rankingScore":"NaN","_rankingScoreDetails":{}}],)"
                   R"("estimatedTotalHits":1})"),
        QByteArray("answer 1: hit 0: has a _rankingScore that is not a number"));
    // "!(" is shard 1: a node that gives a document of another shard was not asked for it
    const QByteArray tagged = R"({"hits":[{"_miroir_ord":"a","_miroir_shard":["!(","!(!","!(!!"],)"
                              R"("_rankingScoreDetails":{}}],"estimatedTotalHits":1})";
    CandidateRequest request;
    request.tags.shards = {placement::ShardSet().set(1)};
    QVERIFY(judgeCandidates(request, {tagged}).ok());
    request.tags.shards = {placement::ShardSet().set(2)};
    QCOMPARE(judgeCandidates(request, {tagged}).error().message(),
        std::string("answer 0: holds a document of a shard that was not asked for"));
    QVERIFY(!judgeCandidates(request, {QByteArray(tagged).replace("_miroir_shard", "x")}).ok());
}

QTEST_GUILESS_MAIN(TestCandidates)
#include "tst_candidates.moc"
