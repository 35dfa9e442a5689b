// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/FacetSearchMerge.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <random>

using namespace miroir;
using namespace miroir::merge;

namespace {

using Counts = std::vector<std::pair<std::string, int>>;

QByteArray answer(const Counts &counts, const QByteArray &query = "null")
{
    json::Writer hits;
    hits.beginArray();
    for (const auto &[value, count] : counts)
        hits.beginObject().key("value").string(value).key("count").number(count).endObject();
    hits.endArray();
    return "{\"facetHits\":" + hits.bytes() + ",\"facetQuery\":" + query + ",\"processingTimeMs\":1}";
}

QByteArray merged(FacetOrder order, std::uint64_t limit, const NodeAnswers &answers)
{
    const auto result = mergeFacetSearch(order, limit, answers);
    if (!result)
        return "error: " + toBytes(result.error().message());
    QByteArray out;
    const auto parsed = json::Document::parse(result->facetHits);
    for (const json::Value hit : parsed->root().items())
        out += (out.isEmpty() ? "" : " ") + toBytes(hit["value"].toString()) + toBytes(hit["count"].raw());
    return out;
}

} // namespace

class TestFacetSearchMerge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addsByNormalisedValue();
    void ordersAndCuts();
    void accentsDoNotOrderWhenSearched();
    void refusesNonsense();
    void asOneNode();
};

void TestFacetSearchMerge::addsByNormalisedValue()
{
    QCOMPARE(merged(FacetOrder::Alpha, 10, {answer({{"red", 1}, {"Été", 1}}), answer({{"Red", 4}, {"été", 1}})}),
        QByteArray("Été2 Red5"));
    const auto result = mergeFacetSearch(FacetOrder::Alpha, 10, {answer({}, "\"x\""), answer({}, "\"x\"")});
    QCOMPARE(
        writeFacetSearch(*result, 3), QByteArray("{\"facetHits\":[],\"facetQuery\":\"x\",\"processingTimeMs\":3}"));
}

void TestFacetSearchMerge::ordersAndCuts()
{
    const NodeAnswers answers {answer({{"a", 1}, {"b", 3}, {"c", 2}}), answer({{"a", 1}, {"d", 2}})};
    QCOMPARE(merged(FacetOrder::Alpha, 3, answers), QByteArray("a2 b3 c2"));
    QCOMPARE(merged(FacetOrder::Count, 9, answers), QByteArray("b3 d2 c2 a2"));
    // of equal counts the last ones stay, as in a node's heap
    QCOMPARE(merged(FacetOrder::Count, 2, answers), QByteArray("b3 d2"));
    QCOMPARE(merged(FacetOrder::Count, 0, answers), QByteArray());
    QCOMPARE(merged(FacetOrder::Alpha, 0, answers), QByteArray());
}

void TestFacetSearchMerge::accentsDoNotOrderWhenSearched()
{
    const Counts counts {{"eb", 1}, {"éa", 1}, {"ec", 1}};
    QCOMPARE(merged(FacetOrder::Alpha, 10, {answer(counts)}), QByteArray("eb1 ec1 éa1"));
    QCOMPARE(merged(FacetOrder::Alpha, 10, {answer(counts, "\"e\"")}), QByteArray("éa1 eb1 ec1"));
}

void TestFacetSearchMerge::refusesNonsense()
{
    const QByteArray fine = answer({{"a", 1}});
    for (const QByteArray wrong : {"{", "[]", "{}", R"({"facetHits":{}})", R"({"facetHits":[{"value":"a"}]})",
             R"({"facetHits":[{"value":1,"count":1}]})", R"({"facetHits":[{"value":"a","count":-1}]})"}) {
        const auto result = mergeFacetSearch(FacetOrder::Alpha, 10, {fine, wrong});
        QVERIFY2(!result.ok(), wrong.constData());
        QCOMPARE(result.error().answer, std::size_t {1});
    }
}

/// Counts spread over nodes give what all of them together give, in any order of the answers.
void TestFacetSearchMerge::asOneNode()
{
    std::mt19937_64 random(5);
    for (int round = 0; round < 100; ++round) {
        const std::size_t nodes = 1 + random() % 4;
        std::vector<std::map<std::string, int>> held(nodes);
        std::map<std::string, int> all;
        for (int i = 0; i < 60; ++i) {
            const std::string value(1, static_cast<char>('a' + random() % 20));
            ++held[random() % nodes][value];
            ++all[value];
        }
        NodeAnswers answers;
        for (const auto &counts : held)
            answers.push_back(answer(Counts(counts.begin(), counts.end())));
        std::shuffle(answers.begin(), answers.end(), random);
        const NodeAnswers one {answer(Counts(all.begin(), all.end()))};
        for (const FacetOrder order : {FacetOrder::Alpha, FacetOrder::Count}) {
            const std::uint64_t limit = random() % 25;
            QCOMPARE(merged(order, limit, answers), merged(order, limit, one));
        }
        QByteArray expected; // least values first, cut
        std::uint64_t left = 7;
        for (const auto &[value, count] : all) {
            if (left-- == 0)
                break;
            expected += (expected.isEmpty() ? "" : " ") + toBytes(value) + QByteArray::number(count);
        }
        QCOMPARE(merged(FacetOrder::Alpha, 7, answers), expected);
    }
}

QTEST_APPLESS_MAIN(TestFacetSearchMerge)
#include "tst_facet_search_merge.moc"
