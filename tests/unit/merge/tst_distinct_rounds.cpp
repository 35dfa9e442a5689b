// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "CandidateCorpus.h"
#include "merge/DistinctRounds.h"
#include "merge/ValueFilter.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::merge;
using namespace miroir::test;

namespace {

struct Question {
    std::set<std::string> without; ///< documents with one of these values are left out
    std::optional<double> threshold;
    std::uint64_t hits = 0;
    bool distinct = false; ///< the node drops documents on its own
};

std::set<std::string> valuesIn(const std::string &filter)
{
    std::set<std::string> values;
    const std::size_t list = filter.find("IN [");
    for (std::size_t at = list; at != std::string::npos && (at = filter.find("\"v", at)) != std::string::npos; ++at)
        values.insert(filter.substr(at + 1, filter.find('"', at + 1) - at - 1));
    return values;
}

/// The filters of the rounds and pages all leave something out.
std::set<std::string> valuesWithout(const std::string &json)
{
    if (json.empty())
        return {};
    const auto text = json::Document::parse(toBytes(json));
    const std::string filter = text ? text->root().toString() : std::string();
    return filter.starts_with("NOT (\"d\" IN [") ? valuesIn(filter) : std::set<std::string> {"not a filter"};
}

bool hasOne(const Doc &doc, const std::set<std::string> &values)
{
    return std::any_of(
        doc.values.begin(), doc.values.end(), [&values](const std::string &value) { return values.contains(value); });
}

QByteArray nodeAnswer(std::vector<Doc> docs, const Question &question)
{
    std::erase_if(docs, [&question](const Doc &doc) {
        return hasOne(doc, question.without) || (question.threshold && doc.score < *question.threshold);
    });
    std::sort(docs.begin(), docs.end(),
        [](const Doc &a, const Doc &b) { return std::pair(a.rank, a.order) < std::pair(b.rank, b.order); });
    if (question.distinct) {
        std::set<std::string> seen;
        std::erase_if(docs, [&seen](const Doc &doc) {
            const bool drop = hasOne(doc, seen);
            if (!drop)
                seen.insert(doc.values.begin(), doc.values.end());
            return drop;
        });
    }
    return answerOf(docs, question.hits);
}

std::vector<int> idsOf(const QByteArray &hits)
{
    std::vector<int> ids;
    const auto list = json::Document::parse(hits);
    for (const json::Value hit : list->root().items())
        ids.push_back(static_cast<int>(hit["id"].toI64().value_or(-1)));
    return ids;
}

/// Nodes that show fewer candidates than there are.
struct Cluster {
    Corpus corpus;
    CandidateRequest request;
    int rounds = 0;

    [[nodiscard]] NodeAnswers ask(const Question &question) const
    {
        NodeAnswers answers;
        for (const std::vector<Doc> &node : corpus.nodes)
            answers.emplace_back(nodeAnswer(node, question));
        return answers;
    }

    [[nodiscard]] NodeAnswers sharing(const std::string &filter) const
    {
        const auto text = json::Document::parse(toBytes(filter));
        const auto values = text ? valuesIn(text->root().toString()) : std::set<std::string> {};
        NodeAnswers answers;
        for (std::vector<Doc> node : corpus.nodes) {
            std::erase_if(node, [&values](const Doc &doc) { return !hasOne(doc, values); });
            answers.emplace_back(answerOf(node, 0));
        }
        return answers;
    }

    /// As far as it goes; nothing when that takes too many rounds.
    std::optional<DistinctRounds> walk()
    {
        DistinctRounds walk(request);
        const NodeAnswers candidates = ask({{}, {}, request.maxTotalHits, false});
        if (walk.add(candidates, {true, {}}))
            return std::nullopt;
        for (rounds = 0; walk.goesOn(); ++rounds) {
            const auto without = valuesWithout(walk.openFilter());
            const Question next {without, request.threshold, walk.openHits(), walk.nodesDrop()};
            if (rounds == 100 || walk.add(ask(next), {true, {}}))
                return std::nullopt;
        }
        return walk;
    }

    [[nodiscard]] std::vector<int> page(const DistinctRounds &walk) const
    {
        NodeAnswers answers;
        for (std::size_t node = 0; node < corpus.nodes.size(); ++node) {
            const auto own = walk.ownOf(placement::ShardSet().set(node));
            answers.emplace_back(nodeAnswer(
                corpus.nodes[node], {valuesWithout(own.filter), request.threshold, own.hits, true}));
        }
        return merged(answers);
    }

    [[nodiscard]] std::vector<int> merged(const NodeAnswers &answers, bool *mayLackHits = nullptr) const
    {
        MergeRequest merge;
        merge.distinct = request.distinct;
        merge.limit = request.wanted;
        const auto merged = mergeSearch(merge, answers);
        if (mayLackHits != nullptr)
            *mayLackHits = merged->mayLackHits;
        return idsOf(merged->hits);
    }
};

/// Few documents without a value, for those fill pages; few values, so that a page needs many candidates.
Cluster anyCluster(Random &random, bool several)
{
    Cluster cluster {corpus(random, several), {}};
    cluster.corpus.nodes.assign(3, {});
    for (Doc &doc : cluster.corpus.docs) {
        for (std::string &value : doc.values) {
            if (random() % 2 == 0)
                value = "v" + std::to_string(random() % 4);
        }
        if (doc.values.empty() && random() % 8 != 0)
            doc.values = {"v" + std::to_string(random() % 9)};
        std::sort(doc.values.begin(), doc.values.end());
        doc.values.erase(std::unique(doc.values.begin(), doc.values.end()), doc.values.end());
        cluster.corpus.nodes[doc.shard].push_back(doc);
    }
    cluster.request.distinct = "d";
    cluster.request.maxTotalHits = 2 + random() % 8;
    cluster.request.wanted = cluster.request.maxTotalHits - random() % 3;
    cluster.request.finite = random() % 3 == 0;
    if (random() % 4 == 0)
        cluster.request.threshold = static_cast<double>(random() % 16) / 16;
    cluster.request.nodeValuesPerFacet = 4000;
    cluster.request.facets = true;
    cluster.request.hiddenFacets = {"d"};
    return cluster;
}

} // namespace

class TestDistinctRounds : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asOneNode();
    void nodesAloneAreWrong();
    void groupAfterGroup();
    void whatNodesDropInARound();
    void pagesThatMayLackHits();
    void badAnswersChangeNothing();
    void filters();
};

/// However documents are spread and however little nodes show: the hits, the total and the facets of one node.
void TestDistinctRounds::asOneNode()
{
    Random random(31);
    int beyond = 0, counted = 0;
    for (int i = 0; i < 1000; ++i) {
        Cluster cluster = anyCluster(random, i % 4 != 0);
        const QByteArray where = "corpus " + QByteArray::number(i);
        const OneNode expected = oneNode(cluster.corpus.docs, cluster.request);
        const auto walk = cluster.walk();
        QVERIFY2(walk.has_value(), where.constData());
        beyond += cluster.rounds > 0 ? 1 : 0;
        QVERIFY2(cluster.page(*walk) == expected.hits, where.constData());
        QVERIFY2(walk->pageKnown(), where.constData());
        if (!walk->over() || !walk->counts())
            continue;
        ++counted;
        const auto settled = walk->settle(cluster.sharing(walk->sharingFilter()));
        QVERIFY2(settled.ok(), where.constData());
        QVERIFY2(settled->total == expected.counted.size(), where.constData());
        std::map<std::string, int> colors;
        for (const Doc &doc : cluster.corpus.docs) {
            if (expected.counted.contains(doc.order))
                ++colors["c" + std::to_string(doc.color)];
        }
        QVERIFY2(settled->facets.has_value(), where.constData());
        QCOMPARE(settled->facets->first, "{\"color\":" + facetJson(colors) + '}');
    }
    QVERIFY2(beyond > 200 && counted > 300, QByteArray::number(beyond).constData());
}

/// What rounds are for: the nodes' own choice is another, and the merge says when that may be.
void TestDistinctRounds::nodesAloneAreWrong()
{
    Random random(37);
    int wrong = 0;
    for (int i = 0; i < 1000; ++i) {
        Cluster cluster = anyCluster(random, i % 2 == 0);
        cluster.request.threshold.reset();
        bool mayLackHits = false;
        const auto hits = cluster.merged(cluster.ask({{}, {}, cluster.request.wanted, true}), &mayLackHits);
        const bool right = hits == oneNode(cluster.corpus.docs, cluster.request).hits;
        QVERIFY2(right || mayLackHits, QByteArray::number(i).constData());
        QVERIFY2(i % 2 == 0 || !mayLackHits, QByteArray::number(i).constData()); // one value each: never in doubt
        wrong += right ? 0 : 1;
    }
    QVERIFY2(wrong > 30, QByteArray::number(wrong).constData());
}

/// Long groups one after the other, as in a sort by the distinct attribute: a round skips a whole group.
void TestDistinctRounds::groupAfterGroup()
{
    Cluster cluster;
    cluster.corpus.nodes.resize(3);
    for (int i = 0; i < 4000; ++i) {
        Doc doc;
        doc.order = i;
        doc.rank = i / 400;
        doc.values = {"v" + std::to_string(doc.rank), "v9" + std::to_string(doc.rank)};
        doc.shard = static_cast<unsigned>(i % 3);
        cluster.corpus.docs.push_back(doc);
        cluster.corpus.nodes[doc.shard].push_back(doc);
    }
    cluster.request.distinct = "d";
    cluster.request.maxTotalHits = 30;
    cluster.request.wanted = 8;
    const auto walk = cluster.walk();
    QVERIFY(walk.has_value());
    QCOMPARE(cluster.page(*walk), (std::vector<int> {0, 400, 800, 1200, 1600, 2000, 2400, 2800}));
    QVERIFY2(cluster.rounds <= 3, QByteArray::number(cluster.rounds).constData());
}

/// A round in which nodes drop, and one drops 12 for 11, which is itself dropped for 10 of the other node.
void TestDistinctRounds::whatNodesDropInARound()
{
    Cluster cluster;
    const auto add = [&cluster](int order, std::vector<std::string> values, unsigned shard) {
        cluster.corpus.docs.push_back({order, order, 1, std::move(values), 0, shard});
        cluster.corpus.nodes[shard].push_back(cluster.corpus.docs.back());
    };
    cluster.corpus.nodes.resize(3);
    for (int order = 0; order < 6; ++order)
        add(order, {"v1"}, order < 3 ? 0 : 1);
    add(10, {"v2"}, 0);
    add(11, {"v2", "v3"}, 1);
    add(12, {"v3"}, 1);
    add(13, {"v4"}, 2);
    cluster.request.distinct = "d";
    cluster.request.maxTotalHits = 3;
    cluster.request.wanted = 3;
    const auto walk = cluster.walk();
    QVERIFY(walk.has_value());
    QCOMPARE(cluster.page(*walk), (std::vector<int> {0, 10, 12}));
}

void TestDistinctRounds::pagesThatMayLackHits()
{
    const auto hits = [](const std::vector<std::vector<Doc>> &nodes, std::uint64_t limit) {
        NodeAnswers answers;
        for (const auto &node : nodes)
            answers.emplace_back(nodeAnswer(node, {{}, {}, limit, true}));
        MergeRequest merge;
        merge.distinct = "d";
        merge.limit = limit;
        return *mergeSearch(merge, answers);
    };
    const std::vector<Doc> one {{0, 0, 1, {"v1"}, 0, 0}};
    // 1 is dropped for 0, and has kept 2 from being given
    QVERIFY(hits({one, {{1, 1, 1, {"v1", "v2"}, 0, 1}, {2, 2, 1, {"v2"}, 0, 1}}}, 2).mayLackHits);
    // behind the end of the page
    QVERIFY(!hits({one, {{1, 1, 1, {"v1", "v2"}, 0, 1}, {2, 2, 1, {"v2"}, 0, 1}}}, 1).mayLackHits);
    // 0 drops two of the other node, which was asked for no more
    QVERIFY(hits({{{0, 0, 1, {"v1", "v2"}, 0, 0}},
                     {{1, 1, 1, {"v1"}, 0, 1}, {2, 2, 1, {"v2"}, 0, 1}, {3, 3, 1, {"v3"}, 0, 1}}}, 2).mayLackHits);
    // what 1 excludes is excluded anyway
    QVERIFY(!hits({one, {{1, 1, 1, {"v1"}, 0, 1}, {2, 2, 1, {"v1"}, 0, 1}}}, 2).mayLackHits);
}

void TestDistinctRounds::badAnswersChangeNothing()
{
    Random random(41);
    Cluster cluster = anyCluster(random, true);
    cluster.request.wanted = 0;
    DistinctRounds walk(cluster.request);
    const NodeAnswers good = cluster.ask({{}, {}, 5, false});
    NodeAnswers bad = good;
    bad[1] = QByteArray("[]");
    QCOMPARE(walk.add(bad, {true, {}})->answer, std::size_t {1});
    bad[1] = good[0]; // the same documents again
    QCOMPARE(walk.add(bad, {true, {}})->answer, std::size_t {1});
    QVERIFY(!walk.add(good, {true, {}}));
    QVERIFY(walk.pageKnown());
    QVERIFY(!walk.settle({QByteArray(R"({"estimatedTotalHits":"1"})")}).ok());
}

void TestDistinctRounds::filters()
{
    const std::vector<std::string> keys {"sa \"b\"", "sc\\d", "s7", "n7", "n0.5", "n-2", "s1e3", "sinf", "s"};
    const auto filter = [](const std::vector<std::string> &values, bool ranges) {
        return toBytes(valueFilter("x", values, ranges)).replace('"', '\'');
    };
    QCOMPARE(filter(keys, false),
        QByteArray("'x' IN ['a \\'b\\'', 'c\\\\d', '7', '7', '0.5', '-2', '1e3', 'inf', '']"));
    QCOMPARE(filter(keys, true),
        QByteArray("'x' IN ['a \\'b\\'', 'c\\\\d', 'inf', ''] OR 'x' '7' TO '7\x01'"
                   " OR 'x' '7.0' TO '7' OR 'x' '0.50' TO '0.5' OR 'x' '-2.0' TO '-2'"
                   " OR 'x' '1e3' TO '1e3\x01'"));
    QCOMPARE(filter({"n1"}, true), QByteArray("'x' '1.0' TO '1'"));
    QCOMPARE(filter({}, true), QByteArray());
}

QTEST_GUILESS_MAIN(TestDistinctRounds)
#include "tst_distinct_rounds.moc"
