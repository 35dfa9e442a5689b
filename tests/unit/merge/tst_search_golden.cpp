// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/SearchMerge.h"

#include <QtTest>

#include <map>

#include <zlib.h>

using namespace miroir;
using namespace miroir::merge;

namespace {

QByteArray unzipped(const QString &path)
{
    QByteArray out;
    const gzFile file = gzopen(path.toLocal8Bit().constData(), "rb");
    if (file == nullptr)
        return out;
    char buffer[65536];
    for (int got = 0; (got = gzread(file, buffer, sizeof buffer)) > 0;)
        out.append(buffer, got);
    gzclose(file);
    return out;
}

std::vector<std::string> strings(const json::Value &list)
{
    std::vector<std::string> out;
    for (const json::Value item : list.items())
        out.push_back(item.toString());
    return out;
}

std::uint64_t numberOr(const json::Value &value, std::uint64_t otherwise)
{
    return value.toU64().value_or(otherwise);
}

MergeRequest requestOf(const json::Value &client)
{
    MergeRequest request;
    request.finite = client["page"].exists() || client["hitsPerPage"].exists();
    request.offset = numberOr(client["offset"], 0);
    request.limit = numberOr(client["limit"], 20);
    request.page = numberOr(client["page"], 1);
    request.hitsPerPage = numberOr(client["hitsPerPage"], 20);
    if (client["distinct"].isString())
        request.distinct = client["distinct"].toString();
    request.facets = client["facets"].size() > 0;
    request.showRankingScore = client["showRankingScore"].toBool();
    request.showRankingScoreDetails = client["showRankingScoreDetails"].toBool();
    if (client["attributesToRetrieve"].exists())
        request.retrieve = strings(client["attributesToRetrieve"]);
    for (const char *name : {"attributesToHighlight", "attributesToCrop"}) {
        for (const std::string &attribute : strings(client[name]))
            request.formatted.push_back(attribute.substr(0, attribute.find(':')));
    }
    return request;
}

/// The hits without what a node computes from its own word list.
std::string documentsOf(const json::Value &hits)
{
    std::string out;
    for (const json::Value hit : hits.items()) {
        for (const json::Member member : hit.members()) {
            const std::string name = member.key();
            if (name != "_formatted" && name != "_matchesPosition")
                out += json::quoted(name) + ':' + std::string(member.value.raw()) + ',';
        }
        out += '\n';
    }
    return out;
}

struct Outcome {
    bool documents = false; ///< the same documents with the same members in the same order
    bool hits = false; ///< byte by byte, highlighting included
    bool rest = false; ///< totals, pages, facets, stats: byte by byte
};

Outcome play(const json::Value &recorded)
{
    const MergeRequest request = requestOf(recorded["request"]);
    NodeAnswers answers;
    for (const json::Value node : recorded["nodes"].items())
        answers.push_back(toBytes(node.raw()));
    const auto merged = mergeSearch(request, answers);
    if (!merged) {
        qWarning("%s", merged.error().message().c_str());
        return {};
    }
    AnswerFrame frame;
    frame.query = std::string(recorded["single"]["query"].raw());
    const auto body = json::Document::parse(writeSearch(request, *merged, frame));
    if (!body) {
        qWarning("%s", body.error().message().c_str());
        return {};
    }
    const json::Value expected = recorded["single"];
    const json::Value got = body->root();
    Outcome outcome;
    outcome.documents = documentsOf(got["hits"]) == documentsOf(expected["hits"]);
    outcome.hits = got["hits"].raw() == expected["hits"].raw();
    outcome.rest = true;
    std::vector<std::string> gotKeys;
    for (const json::Member member : got.members()) {
        if (member.key() != "processingTimeMs" && member.key() != "requestUid") // not recorded
            gotKeys.push_back(member.key());
    }
    std::vector<std::string> keys;
    for (const json::Member member : expected.members()) {
        keys.push_back(member.key());
        if (keys.back() != "hits" && got[keys.back()].raw() != member.value.raw())
            outcome.rest = false;
    }
    outcome.rest = outcome.rest && keys == gotKeys;
    return outcome;
}

/// What a merge of these recordings cannot give, and why. Notes on each kind: docs/ranking-merge.md, "Where the
/// merge is not exact".
const std::map<int, const char *> &hitsThatDiffer()
{
    static const std::map<int, const char *> known {
        {6, "a node with fewer words derives a typo as another word and highlights one letter more"},
        {10, "the same in _matchesPosition"},
        {74, "the prefix p has other derivations in the word list of a node: what is highlighted differs"},
        {392, "the crop window is centred on the words of the node's own query graph"},
    };
    return known;
}

const std::map<int, const char *> &restThatDiffers()
{
    static const char *estimated = "estimated total with distinct: depends on the buckets that one node visits";
    static const char *finite = "finite total with distinct: more groups than were fetched, recorded without the "
        "added facet";
    static const char *facets = "facets with distinct: a node counts the first document of a group, not the best";
    static const char *threshold = "estimated total with rankingScoreThreshold: depends on the buckets that one "
        "node visits";
    static const std::map<int, const char *> known {
        {4, estimated}, {34, facets}, {38, finite}, {48, threshold}, {53, threshold}, {87, estimated}, {90, facets},
        {98, threshold}, {105, finite}, {120, estimated}, {200, estimated}, {217, estimated}, {221, estimated},
        {251, estimated}, {256, estimated}, {292, estimated}, {305, finite}, {328, estimated}, {385, estimated},
        {396, threshold},
    };
    return known;
}

} // namespace

class TestSearchGolden : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordedCases();
};

void TestSearchGolden::recordedCases()
{
    const QByteArray lines = unzipped(QStringLiteral(MIROIR_TEST_DATA "/search/cases.ndjson.gz"));
    QVERIFY(!lines.isEmpty());
    int number = 0;
    for (const QByteArray &line : lines.split('\n')) {
        if (line.isEmpty())
            continue;
        const auto recorded = json::Document::parse(line);
        QVERIFY(recorded.ok());
        const Outcome outcome = play(recorded->root());
        const QByteArray name = "case " + QByteArray::number(number) + ": "
            + toBytes(recorded->root()["request"].raw());
        QVERIFY2(outcome.documents, name.constData());
        // both ways: a case that begins to agree must leave the list
        QVERIFY2(outcome.hits == !hitsThatDiffer().contains(number), name.constData());
        QVERIFY2(outcome.rest == !restThatDiffers().contains(number), name.constData());
        ++number;
    }
    QCOMPARE(number, 400);
    QVERIFY(restThatDiffers().size() <= 23);
}

QTEST_GUILESS_MAIN(TestSearchGolden)
#include "tst_search_golden.moc"
