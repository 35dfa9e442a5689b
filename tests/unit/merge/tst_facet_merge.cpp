// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Answer.h"

#include "merge/FacetMerge.h"
#include "merge/FacetSearchMerge.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::merge;
using namespace miroir::merge::testing;

class TestFacetMerge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void distinctTotalByGroups();
    void mixedFacetsNeedTheDocuments();
    void aNumberAndItsTextShareAPlace();
    void rareValuesInSeveralForms();
    void facetsAreAdded();
    void facetNumbers();
    void facetOrderAndCut();
    void facetSearch();
    void droppedDocumentsAreNotCounted();
};

void TestFacetMerge::distinctTotalByGroups()
{
    MergeRequest request;
    request.finite = true;
    request.hitsPerPage = 1;
    request.distinct = "m";
    request.totalByGroups = true;
    request.distinctFacetAdded = true;
    // 3 + 2 groups with a value, x in both; one document without a value on each node
    const Answers answers {
        answer({hit(1, "!", "\"id\":1,\"m\":\"x\"")}, "\"totalHits\":4,\"facetDistribution\":{\"m\":{\"x\":1,"
            "\"y\":1,\"z\":1}},\"facetStats\":{}"),
        answer({hit(2, "!", "\"id\":2,\"m\":\"X\"")}, "\"totalHits\":3,\"facetDistribution\":{\"m\":{\"X\":1,"
            "\"w\":1}},\"facetStats\":{}")};
    const auto result = mergeSearch(request, answers);
    QCOMPARE(result->total, 6ULL);
    QCOMPARE(result->totalPages, 6ULL);
    QVERIFY(result->facetDistribution.isEmpty());
    request.facets = true;
    QCOMPARE(mergeSearch(request, answers)->facetDistribution, QByteArray("{}")); // the client did not ask for m
    request.distinctFacetAdded = false;
    QCOMPARE(mergeSearch(request, answers)->facetDistribution, QByteArray("{\"m\":{\"w\":1,\"x\":1,\"y\":1,\"z\":1}}"));
    request.totalByGroups = false;
    QCOMPARE(mergeSearch(request, answers)->total, 6ULL); // 7 less the one duplicate seen
}

/// A node's list does not say whether a 7 is the number or the text, and where both are it counts the texts alone.
void TestFacetMerge::mixedFacetsNeedTheDocuments()
{
    MergeRequest request;
    request.facets = true;
    const auto need = [&request](const char *values, const char *stats) {
        const QByteArray facets = QByteArray("\"facetDistribution\":{\"f\":{") + values
            + "}},\"facetStats\":{" + stats + '}';
        return mergeSearch(request, {answer({}, "\"estimatedTotalHits\":5," + facets)})->facetsNeedDocuments;
    };
    QVERIFY(need("\"1\":1,\"7\":2,\"beta\":1", "\"f\":{\"min\":1,\"max\":7}"));
    QVERIFY(!need("\"1\":1,\"7\":2", "\"f\":{\"min\":1,\"max\":7}"));
    QVERIFY(!need("\"1\":1,\"7\":2,\"beta\":1", "")); // texts alone
    QVERIFY(!need("\"7\":2,\"beta\":1", "\"f\":{\"min\":8,\"max\":9}")); // no number can be the 7
}

/// As a node lists them: one place for the number 7 and the text "7", which takes two of the places that there are.
void TestFacetMerge::aNumberAndItsTextShareAPlace()
{
    const auto document = [](const char *value) {
        return json::Document::parse(QByteArray("{\"f\":") + value + '}');
    };
    const auto names = json::Document::parse(QByteArray(R"({"f":{}})"));
    std::vector<json::Document> documents;
    for (const char *value : {"7", "7", "\"7\"", "9", "\"beta\"", "\"beta\"", "\"gamma\""})
        documents.push_back(*document(value));
    FacetMerge facets;
    QVERIFY(facets.addNames(names->root()).ok());
    for (const json::Document &each : documents)
        facets.addDocument(each.root());
    FacetSettings settings;
    QCOMPARE(facets.distribution(settings, 7), QByteArray(R"({"f":{"7":1,"9":1,"beta":2,"gamma":1}})"));
    settings.maxValuesPerFacet = 4;
    QCOMPARE(facets.distribution(settings, 7), QByteArray(R"({"f":{"7":1,"9":1,"beta":2}})"));
    settings.maxValuesPerFacet = 2; // the text is not reached
    QCOMPARE(facets.distribution(settings, 7), QByteArray(R"({"f":{"7":2,"9":1}})"));
}

/// Only as many documents are worth asking for as can be got: the rarest values are settled first.
void TestFacetMerge::rareValuesInSeveralForms()
{
    MergeRequest request;
    request.facets = true;
    request.maxTotalHits = 10;
    const auto with = [](const char *values) {
        return answer({}, QByteArray("\"estimatedTotalHits\":50,\"facetDistribution\":{\"f\":{") + values + "}}");
    };
    auto merged = mergeSearch(request,
        {with("\"Often\":9,\"Rare\":2,\"Same\":1,\"Some\":3"), with("\"OFTEN\":1,\"RARE\":1,\"SOME\":4,\"Same\":1")});
    QCOMPARE(merged->inSeveralForms, (FacetValues {{"f", "rare"}, {"f", "some"}}));
    request.facetForms = {{{"f", "rare"}, "\"RARE\""}};
    merged = mergeSearch(request, {with("\"Rare\":2"), with("\"RARE\":1")});
    QCOMPARE(merged->facetDistribution, QByteArray(R"({"f":{"RARE":3}})"));
}

void TestFacetMerge::facetsAreAdded()
{
    MergeRequest request;
    request.facets = true;
    const auto with = [](const char *facets) { return answer({}, QByteArray("\"estimatedTotalHits\":5,") + facets); };
    const auto result = mergeSearch(request,
        {with("\"facetDistribution\":{\"tag\":{\"Blue\":2,\"red\":1},\"_miroir_shard\":{\"!!\":3},\"price\":"
            "{\"1.5\":1}},"
              "\"facetStats\":{\"price\":{\"min\":1.5,\"max\":1.5}}"),
            with("\"facetDistribution\":{\"tag\":{\"\\u0042lue\":1,\"BLUE \":7,\"\\u00c9t\\u00e9\":1},\"empty\":"
                "{}},\"facetStats\":{}"),
            with("\"facetDistribution\":{\"price\":{\"-3\":2}},\"facetStats\":{\"price\":{\"min\":-3.0,\"max\":"
                "-3.0}}")});
    QVERIFY(result.ok());
    // the form of the answer with the most documents, facets by name, values by their normalised form
    QCOMPARE(result->facetDistribution,
        QByteArray("{\"empty\":{},\"price\":{\"-3\":2,\"1.5\":1},\"tag\":{\"BLUE \":10,\"\\u00c9t\\u00e9\":1,"
            "\"red\":1}}"));
    QCOMPARE(result->facetStats, QByteArray("{\"price\":{\"min\":-3.0,\"max\":1.5}}"));
    request.facets = false;
    QVERIFY(mergeSearch(request, {with("\"facetDistribution\":{\"a\":{}},\"facetStats\":{}"
        "")})->facetDistribution.isEmpty());
}

void TestFacetMerge::facetNumbers()
{
    MergeRequest request;
    request.facets = true;
    const auto values = [&request](const char *total, const char *stats) {
        const QByteArray more = QByteArray("\"estimatedTotalHits\":") + total
            + ",\"facetDistribution\":{\"f\":{\"10\":1,\"9\":1,\"!x\":1,\"-1\":1,\"500\":1}},\"facetStats\":{"
                + stats + "}";
        return mergeSearch(request, {answer({}, more)})->facetDistribution;
    };
    const char *range = "\"f\":{\"min\":-1,\"max\":10}";
    // 500 lies outside the stats, so it is a text
    QCOMPARE(values("3000", range), QByteArray("{\"f\":{\"-1\":1,\"10\":1,\"9\":1,\"!x\":1,\"500\":1}}"));
    QCOMPARE(values("3001", range), QByteArray("{\"f\":{\"-1\":1,\"9\":1,\"10\":1,\"!x\":1,\"500\":1}}"));
    QCOMPARE(values("3001", ""), QByteArray("{\"f\":{\"!x\":1,\"-1\":1,\"10\":1,\"500\":1,\"9\":1}}"));
}

void TestFacetMerge::facetOrderAndCut()
{
    MergeRequest request;
    request.facets = true;
    request.faceting.maxValuesPerFacet = 2;
    const auto result = [&request] {
        return mergeSearch(request,
            {answer({}, "\"estimatedTotalHits\":9,\"facetDistribution\":{\"a\":{\"x\":1,\"y\":2,\"z\":2},\"b\":"
                "{\"x\":1,\"y\":3,\"z\":2}},\"facetStats\":{}"),
                answer({}, "\"estimatedTotalHits\":9,\"facetDistribution\":{\"a\":{\"x\":5}},\"facetStats\":{}")})
            ->facetDistribution;
    };
    QCOMPARE(result(), QByteArray("{\"a\":{\"x\":6,\"y\":2},\"b\":{\"x\":1,\"y\":3}}"));
    request.faceting.sortFacetValuesBy = {{"*", FacetOrder::Count}, {"a", FacetOrder::Alpha}};
    QCOMPARE(result(), QByteArray("{\"a\":{\"x\":6,\"y\":2},\"b\":{\"y\":3,\"z\":2}}"));
    request.faceting.sortFacetValuesBy = {{"a", FacetOrder::Count}};
    request.faceting.maxValuesPerFacet = 3;
    QCOMPARE(result(), QByteArray("{\"a\":{\"x\":6,\"z\":2,\"y\":2},\"b\":{\"x\":1,\"y\":3,\"z\":2}}"));
    request.faceting.maxValuesPerFacet = 0;
    QCOMPARE(result(), QByteArray("{\"a\":{},\"b\":{}}"));
}

void TestFacetMerge::facetSearch()
{
    const Answers answers {
        QByteArray("{\"facetHits\":[{\"value\":\"Blue\",\"count\":2},{\"value\":\"Red\",\"count\":5}],"
                   "\"facetQuery\":\"x\",\"processingTimeMs\":1}"),
        QByteArray("{\"facetHits\":[{\"value\":\"Amber\",\"count\":4},{\"value\":\"blue\",\"count\":2}],"
                   "\"facetQuery\":\"x\",\"processingTimeMs\":1}")};
    const auto alpha = mergeFacetSearch(FacetOrder::Alpha, 2, answers);
    QCOMPARE(writeFacetSearch(*alpha, 3),
        QByteArray("{\"facetHits\":[{\"value\":\"Amber\",\"count\":4},{\"value\":\"Blue\",\"count\":4}],"
            "\"facetQuery\":\"x\",\"processingTimeMs\":3}"));
    const auto count = mergeFacetSearch(FacetOrder::Count, 9, answers);
    QCOMPARE(count->facetHits,
        QByteArray("[{\"value\":\"Red\",\"count\":5},{\"value\":\"Blue\",\"count\":4},{\"value\":\"Amber\","
            "\"count\":4}]"));
    const Answers none {QByteArray("{\"facetHits\":[]}")};
    QCOMPARE(mergeFacetSearch(FacetOrder::Alpha, 2, none)->facetQuery, QByteArray("null"));
    const auto bad = mergeFacetSearch(
        FacetOrder::Alpha, 2, {answers[0], QByteArray("{\"facetHits\":[{\"value\":3,\"count\":4}]}")});
    QCOMPARE(bad.error().answer, 1U);
    QVERIFY(!mergeFacetSearch(FacetOrder::Alpha, 2, {QByteArray("{}")}).ok());
    const Answers negative {QByteArray("{\"facetHits\":[{\"value\":\"a\",\"count\":-4}]}")};
    QVERIFY(!mergeFacetSearch(FacetOrder::Alpha, 2, negative).ok());
}

void TestFacetMerge::droppedDocumentsAreNotCounted()
{
    MergeRequest request;
    request.facets = true;
    request.distinct = "m";
    const char *counts = "\"estimatedTotalHits\":1,\"facetDistribution\":{\"c\":{\"Red\":1},\"n\":{\"2.5\":1,"
        "\"3\":1},\"m\":{\"x\":1}},"
                         "\"facetStats\":{\"n\":{\"min\":2.5,\"max\":3.0}}";
    const char *members = "\"m\":\"x\",\"c\":\"red\",\"n\":[2.5,3]";
    const auto result = mergeSearch(request,
        {answer({hit(1, "!!", QByteArray("\"id\":1,") + members)}, counts), answer({hit(2, "!(",
            QByteArray("\"id\":2,") + members)}, counts)});
    QVERIFY(result.ok());
    QCOMPARE(result->total, 1ULL);
    QCOMPARE(result->facetDistribution, QByteArray("{\"c\":{\"Red\":1},\"m\":{\"x\":1},\"n\":{\"2.5\":1,\"3\":1}}"));
}

QTEST_GUILESS_MAIN(TestFacetMerge)
#include "tst_facet_merge.moc"
