// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "merge/FederatedUnion.h"
#include "merge/FederationMerge.h"

#include <QtTest>

#include <algorithm>
#include <random>

using namespace miroir;
using namespace miroir::merge;

namespace {

using Random = std::mt19937_64;

/// A document that a query found on a node.
struct Found {
    int id = 0;
    int words = 1; // of four
    int price = 0; // sort value when the query sorts
    QByteArray colour = "red";
};

QByteArray orderOf(int id)
{
    QByteArray digits;
    for (int i = 0; i < 4; ++i, id /= 8)
        digits.prepend("!(),;?[]"[id % 8]);
    return digits;
}

QByteArray hitOf(const Found &found, bool sorted)
{
    const QByteArray id = QByteArray::number(found.id);
    const QByteArray score = toBytes(json::formatDouble(found.words / 4.0));
    QByteArray details = "\"words\":{\"order\":0,\"matchingWords\":" + QByteArray::number(found.words)
        + ",\"maxMatchingWords\":4,\"score\":" + score + "},";
    if (sorted)
        details += "\"price:asc\":{\"order\":1,\"value\":" + QByteArray::number(found.price) + "},";
    details += "\"_miroir_ord:asc\":{\"order\":2,\"value\":\"" + orderOf(found.id) + "\"}";
    return "{\"id\":" + id + ",\"colour\":\"" + found.colour + "\",\"_miroir_ord\":\"" + orderOf(found.id)
        + "\",\"_rankingScore\":" + score + ",\"_rankingScoreDetails\":{" + details + "}}";
}

/// What a node answers that holds some of the documents: sorted by its rules, as nodes are.
QByteArray nodeAnswer(std::vector<Found> found, bool sorted)
{
    std::sort(found.begin(), found.end(), [sorted](const Found &a, const Found &b) {
        if (a.words != b.words)
            return a.words > b.words;
        if (sorted && a.price != b.price)
            return a.price < b.price;
        return a.id < b.id;
    });
    QByteArray hits;
    for (const Found &one : found)
        hits += (hits.isEmpty() ? "" : ",") + hitOf(one, sorted);
    return "{\"hits\":[" + hits + "],\"estimatedTotalHits\":" + QByteArray::number(found.size()) + '}';
}

FederatedAnswer answerOf(const std::string &uid, std::uint64_t position, double weight,
    const NodeAnswers &answers, bool keep = false)
{
    MergeRequest request;
    request.limit = 1000;
    request.federated = FederatedQuery {uid, position, weight, keep};
    auto merged = mergeSearch(request, answers);
    if (!merged)
        qFatal("%s", merged.error().message().c_str());
    return {position, false, false, std::move(*merged)};
}

FederatedIndex indexOf(const std::string &uid, std::vector<FederatedAnswer> queries)
{
    FederatedIndex index;
    index.uid = uid;
    for (const FederatedAnswer &query : queries)
        index.total += query.found.total;
    index.queries = std::move(queries);
    return index;
}

/// "a0 b1 a2": index and document of each hit.
QByteArray shown(const QByteArray &hits)
{
    QByteArray out;
    const auto parsed = json::Document::parse(hits);
    if (!parsed)
        return "no JSON: " + hits;
    for (const json::Value hit : parsed->root().items()) {
        out += (out.isEmpty() ? "" : " ") + toBytes(hit["_federation"]["indexUid"].toString())
            + toBytes(hit["id"].raw());
    }
    return out;
}

QByteArray merged(const FederationRequest &request, std::vector<FederatedIndex> indexes)
{
    const auto result = mergeFederation(request, std::move(indexes));
    return result ? shown(result->hits) : "error: " + toBytes(result.error().message());
}

/// Two indexes with some queries each; the same documents once on one node, once on several.
class Trial
{
public:
    explicit Trial(Random &random) : m_random(random), m_sorted(random() % 2 == 0), m_nodes(1 + random() % 4) { }

    void addIndex(const char *uid)
    {
        std::vector<FederatedAnswer> parts, alone;
        std::map<int, Line> best;
        std::vector<int> prices;
        for (int i = 0; i < documents; ++i)
            prices.push_back(static_cast<int>(m_random() % 3));
        const std::size_t queries = 1 + m_random() % 3;
        for (std::size_t q = 0; q < queries; ++q, ++m_position) {
            const double weight = 0.5 * static_cast<double>(1 + m_random() % 3);
            std::vector<Found> all;
            std::vector<std::vector<Found>> held(m_nodes);
            for (int id = 0; id < documents; ++id) {
                if (m_random() % 2 == 0)
                    continue;
                const Found found {id, static_cast<int>(1 + m_random() % 4), prices[static_cast<std::size_t>(id)], "x"};
                all.push_back(found);
                held[static_cast<std::size_t>(id) * 7 % m_nodes].push_back(found);
                const Line line {found.words / 4.0 * weight, found.price, m_position, id,
                    QByteArray(uid) + QByteArray::number(id)};
                const auto [known, fresh] = best.try_emplace(id, line);
                if (!fresh && line.score > known->second.score)
                    known->second = line;
            }
            NodeAnswers answers;
            for (const std::vector<Found> &part : held)
                answers.push_back(nodeAnswer(part, m_sorted));
            parts.push_back(answerOf(uid, m_position, weight, answers));
            alone.push_back(answerOf(uid, m_position, weight, {nodeAnswer(all, m_sorted)}));
        }
        for (const auto &[id, line] : best)
            m_lines.push_back(line);
        spread.push_back(indexOf(uid, std::move(parts)));
        whole.push_back(indexOf(uid, std::move(alone)));
    }

    [[nodiscard]] QByteArray expected()
    {
        std::sort(m_lines.begin(), m_lines.end(), [this](const Line &a, const Line &b) {
            if (a.score != b.score)
                return a.score > b.score;
            if (m_sorted && a.price != b.price)
                return a.price < b.price;
            return std::pair(a.position, a.id) < std::pair(b.position, b.id);
        });
        QByteArray names;
        for (const Line &line : m_lines)
            names += (names.isEmpty() ? "" : " ") + line.name;
        return names;
    }

    std::vector<FederatedIndex> spread, whole;

private:
    static constexpr int documents = 40;
    struct Line {
        double score = 0;
        int price = 0;
        std::uint64_t position = 0;
        int id = 0;
        QByteArray name;
    };
    Random &m_random;
    bool m_sorted;
    std::size_t m_nodes;
    std::uint64_t m_position = 0;
    std::vector<Line> m_lines;
};

} // namespace

class TestFederationMerge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void marksHits();
    void weightsDecide();
    void tiesGoToTheFirstQuery();
    void aDocumentCountsOnce();
    void rulesOfOtherKinds();
    void pagesAndTotals();
    void distinctOverAllIndexes();
    void facetsByIndexOrMerged();
    void unionsAreAdded();
    void spreadDoesNotMatter();
};

void TestFederationMerge::marksHits()
{
    const auto result = mergeFederation(
        {}, {indexOf("a", {answerOf("a", 3, 0.5, {nodeAnswer({{1, 4, 0, "red"}}, false)})})});
    QVERIFY(result.ok());
    QCOMPARE(result->hits, QByteArray("[{\"id\":1,\"colour\":\"red\",\"_federation\":{\"indexUid\":\"a\","
                                      "\"queriesPosition\":3,\"weightedRankingScore\":0.5}}]"));
    FederationFrame frame;
    frame.requestUid = "u";
    QCOMPARE(writeFederation({}, *result, frame),
        "{\"hits\":" + result->hits + ",\"processingTimeMs\":0,\"limit\":20,\"offset\":0,\"estimatedTotalHits\":1,"
                                      "\"requestUid\":\"u\"}");
}

void TestFederationMerge::weightsDecide()
{
    const NodeAnswers good {nodeAnswer({{1, 4, 0, "x"}, {2, 2, 0, "x"}}, false)};
    const auto indexes = [&good](double a, double b) {
        return std::vector {indexOf("a", {answerOf("a", 0, a, good)}), indexOf("b", {answerOf("b", 1, b, good)})};
    };
    QCOMPARE(merged({}, indexes(1, 1)), QByteArray("a1 b1 a2 b2"));
    QCOMPARE(merged({}, indexes(1, 1.5)), QByteArray("b1 a1 b2 a2"));
    QCOMPARE(merged({}, indexes(3, 1)), QByteArray("a1 a2 b1 b2"));
    QCOMPARE(merged({}, indexes(0, 1)), QByteArray("b1 b2 a1 a2"));
}

void TestFederationMerge::tiesGoToTheFirstQuery()
{
    // the position decides, not the name of the index
    const NodeAnswers same {nodeAnswer({{1, 3, 0, "x"}, {2, 3, 0, "x"}}, false)};
    QCOMPARE(merged({}, {indexOf("a", {answerOf("a", 1, 1, same)}), indexOf("b", {answerOf("b", 0, 1, same)})}),
        QByteArray("b1 b2 a1 a2"));
}

void TestFederationMerge::aDocumentCountsOnce()
{
    const NodeAnswers first {nodeAnswer({{1, 2, 0, "x"}, {2, 1, 0, "x"}}, false)};
    const NodeAnswers second {nodeAnswer({{1, 4, 0, "x"}, {3, 3, 0, "x"}}, false)};
    const auto result = mergeFederation(
        {}, {indexOf("a", {answerOf("a", 0, 1, first), answerOf("a", 1, 1, second)})});
    QVERIFY(result.ok());
    QCOMPARE(shown(result->hits), QByteArray("a1 a3 a2"));
    QVERIFY(result->hits.startsWith(
        "[{\"id\":1,\"colour\":\"x\",\"_federation\":{\"indexUid\":\"a\",\"queriesPosition\":1"));
    // the same id in another index is another document
    QCOMPARE(merged({}, {indexOf("a", {answerOf("a", 0, 1, first)}), indexOf("b", {answerOf("b", 1, 1, second)})}),
        QByteArray("b1 b3 a1 a2"));
}

void TestFederationMerge::rulesOfOtherKinds()
{
    const auto score = [](std::vector<FederatedValue> values, double whole = 0.5) {
        return FederatedScore {std::move(values), whole};
    };
    const auto number = [](double n) {
        FederatedValue value;
        value.number = n;
        return value;
    };
    const auto sort = [](RankEntry::Value kind, double n, std::string text, bool ascending) {
        FederatedValue value;
        value.kind = FederatedValue::Kind::Sort;
        value.value = kind;
        value.number = n;
        value.text = std::move(text);
        value.ascending = ascending;
        return value;
    };
    using V = RankEntry::Value;
    QVERIFY(compareFederated(score({number(0.5)}), score({number(0.25)})) > 0);
    QCOMPARE(compareFederated(score({number(0.5)}), score({number(0.5 + 1e-16)})), 0);
    QVERIFY(compareFederated(score({}), score({number(0)})) < 0); // fewer rules are worse
    for (const bool ascending : {true, false}) {
        QVERIFY(compareFederated(score({sort(V::Number, 9, {}, ascending)}), score({sort(V::Text, 0, "a", ascending)}))
            > 0);
        QVERIFY(
            compareFederated(score({sort(V::Text, 0, "a", ascending)}), score({sort(V::None, 0, {}, ascending)})) > 0);
        const int less
            = compareFederated(score({sort(V::Number, 1, {}, ascending)}), score({sort(V::Number, 2, {}, ascending)}));
        QCOMPARE(less > 0, ascending);
    }
    // directions that differ say nothing: the longer list, then the whole score
    const auto up = sort(V::Number, 1, {}, true);
    const auto down = sort(V::Number, 2, {}, false);
    QVERIFY(compareFederated(score({up, number(1)}), score({down})) > 0);
    QVERIFY(compareFederated(score({up}, 0.25), score({down}, 0.75)) < 0);
}

void TestFederationMerge::pagesAndTotals()
{
    std::vector<Found> many;
    for (int i = 0; i < 10; ++i)
        many.push_back({i, 2, 0, "x"});
    const auto indexes = [&many] {
        return std::vector {indexOf("a", {answerOf("a", 0, 1, {nodeAnswer(many, false)})})};
    };
    FederationRequest request;
    request.offset = 3;
    request.limit = 2;
    QCOMPARE(merged(request, indexes()), QByteArray("a3 a4"));
    request.limit = 0;
    QCOMPARE(merged(request, indexes()), QByteArray());
    request.finite = true;
    request.page = 3;
    request.hitsPerPage = 4;
    QCOMPARE(merged(request, indexes()), QByteArray("a8 a9"));
    request.page = 0;
    QCOMPARE(merged(request, indexes()), QByteArray());
    request.page = request.hitsPerPage = ~std::uint64_t {0};
    QCOMPARE(merged(request, indexes()), QByteArray());
    request.hitsPerPage = 4;
    request.page = 1;
    const auto result = mergeFederation(request, indexes());
    QVERIFY(writeFederation(request, *result, {}).contains(
        "\"hitsPerPage\":4,\"page\":1,\"totalPages\":3,\"totalHits\":10,"));
}

void TestFederationMerge::distinctOverAllIndexes()
{
    const NodeAnswers a {nodeAnswer({{1, 4, 0, "red"}, {2, 2, 0, "blue"}}, false)};
    const NodeAnswers b {nodeAnswer({{1, 3, 0, "Red"}, {2, 1, 0, "green"}}, false)};
    FederationRequest request;
    request.distinct = "colour";
    std::vector<FederatedIndex> indexes {
        indexOf("a", {answerOf("a", 0, 1, a, true)}), indexOf("b", {answerOf("b", 1, 1, b, true)})};
    for (FederatedIndex &index : indexes) {
        index.facets = true;
        index.facetDistribution = "{\"colour\":{\"Red\":1,\"green\":1}}";
    }
    const auto result = mergeFederation(request, std::move(indexes));
    QVERIFY(result.ok());
    QCOMPARE(shown(result->hits), QByteArray("a1 a2 b2"));
    QCOMPARE(result->total, 3ULL);
    QCOMPARE(result->facetsByIndex,
        QByteArray("{\"a\":{\"distribution\":{\"colour\":{\"Red\":1,\"green\":1}},\"stats\":{}},"
                   "\"b\":{\"distribution\":{\"colour\":{\"green\":1}},\"stats\":{}}}"));
}

void TestFederationMerge::facetsByIndexOrMerged()
{
    const auto indexes = [] {
        std::vector<FederatedIndex> all {
            indexOf("a", {answerOf("a", 0, 1, {nodeAnswer({}, false)})}),
            indexOf("b", {answerOf("b", 1, 1, {nodeAnswer({}, false)})})};
        all[0].facets = all[1].facets = true;
        all[0].facetDistribution = "{\"c\":{\"x\":1,\"y\":2}}";
        all[1].facetDistribution = "{\"c\":{\"X\":9,\"y\":3},\"d\":{\"q\":1}}";
        all[0].facetStats = "{\"n\":{\"min\":2.0,\"max\":3.0}}";
        all[1].facetStats = "{\"n\":{\"min\":1.0,\"max\":2.5}}";
        return all;
    };
    FederationRequest request;
    request.mergeFacets = true;
    auto result = mergeFederation(request, indexes());
    QCOMPARE(result->facetDistribution, QByteArray("{\"c\":{\"X\":9,\"x\":1,\"y\":5},\"d\":{\"q\":1}}"));
    QCOMPARE(result->facetStats, QByteArray("{\"n\":{\"min\":1.0,\"max\":3.0}}"));
    QVERIFY(result->facetsByIndex.isEmpty());
    request.maxValuesPerFacet = 2;
    QCOMPARE(mergeFederation(request, indexes())->facetDistribution,
        QByteArray("{\"c\":{\"X\":9,\"x\":1},\"d\":{\"q\":1}}"));
    auto byCount = indexes();
    for (FederatedIndex &index : byCount)
        index.faceting.sortFacetValuesBy = {{"*", FacetOrder::Count}};
    QCOMPARE(mergeFederation(request, std::move(byCount))->facetDistribution,
        QByteArray("{\"c\":{\"X\":9,\"y\":5},\"d\":{\"q\":1}}"));
    auto broken = indexes();
    broken[1].facetStats = "{";
    const auto refused = mergeFederation(request, std::move(broken));
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().answer, std::size_t {1});
}

void TestFederationMerge::unionsAreAdded()
{
    const QByteArray one = R"({"hits":[],"estimatedTotalHits":3,"facetsByIndex":{"p":{"distribution":)"
                           R"({"c":{"Red":2,"blue":1},"_miroir_shard":{"!!":3}},"stats":{}}}})";
    const QByteArray other = R"({"hits":[],"estimatedTotalHits":2,"facetsByIndex":{"p":{"distribution":)"
                             R"({"c":{"red":1}},"stats":{"n":{"min":1.0,"max":2.0}}}}})";
    const auto merged = mergeUnion(false, "p", {}, {one, other});
    QVERIFY(merged.ok());
    QCOMPARE(merged->total, 5ULL);
    QCOMPARE(merged->facetDistribution, QByteArray("{\"c\":{\"blue\":1,\"Red\":3}}"));
    QCOMPARE(merged->facetStats, QByteArray("{\"n\":{\"min\":1.0,\"max\":2.0}}"));
    const auto refused = mergeUnion(true, "p", {}, {one});
    QVERIFY(!refused.ok());
}

/// However the documents of an index are spread over nodes, the list is the one that a single node would give, and that
/// one is: best weighted scores first, then the sort value, the position of the query and the order of insertion.
void TestFederationMerge::spreadDoesNotMatter()
{
    Random random(20261126);
    for (int round = 0; round < 100; ++round) {
        Trial trial(random);
        for (const char *uid : {"a", "b"})
            trial.addIndex(uid);
        FederationRequest request;
        request.limit = 1000;
        const QByteArray got = merged(request, std::move(trial.spread));
        QCOMPARE(got, merged(request, std::move(trial.whole)));
        QCOMPARE(got, trial.expected());
    }
}

QTEST_APPLESS_MAIN(TestFederationMerge)
#include "tst_federation_merge.moc"
