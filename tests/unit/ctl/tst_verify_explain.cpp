// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Explain.h"
#include "verify/IndexProfile.h"
#include "verify/Tally.h"

#include <QtTest>

using namespace miroir::ctl;

namespace {

Replay search(const char *body)
{
    Replay replay;
    replay.target = "/indexes/movies/search";
    replay.body = body;
    classify(replay);
    return replay;
}

Reason reasonFor(
    DifferenceClass kind, const char *body, const IndexTraits &traits = {}, const Evidence *evidence = nullptr)
{
    std::vector<Difference> differences {{kind, {}, {}, Reason::None, false}};
    explain(differences, search(body), traits, evidence);
    return differences.front().reason;
}

} // namespace

Q_DECLARE_METATYPE(miroir::ctl::DifferenceClass)
Q_DECLARE_METATYPE(miroir::ctl::Reason)

class VerifyExplainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestsExplainThemselves_data();
    void requestsExplainThemselves();
    void settingsExplain();
    void onlyManyCandidatesExplainCounts();
    void filtersThatDoNotTellValuesApart();
    void aMergeAtFaultIsNeverExplained();
    void derivedWordsExplainOtherCounts();
    void tiesDependOnTheOrderOfInsertion();
    void longListsAreRead();
    void wordsAreQuoted();
    void theTallyCountsRequests();
};

void VerifyExplainTest::requestsExplainThemselves_data()
{
    using enum DifferenceClass;
    QTest::addColumn<DifferenceClass>("kind");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Reason>("expected");
    QTest::newRow("status") << Status << QByteArray(R"({"q":"a","matchingStrategy":"frequency"})") << Reason::None;
    QTest::newRow("error") << Error << QByteArray(R"({"q":"a","distinct":"x"})") << Reason::None;
    QTest::newRow("hits") << HitsSet << QByteArray(R"({"q":"a"})") << Reason::None;
    QTest::newRow("members") << HitMembers << QByteArray(R"({"q":"a"})") << Reason::None;
    QTest::newRow("frequency") << HitsSet << QByteArray(R"({"q":"a b","matchingStrategy":"frequency"})")
                               << Reason::Frequency;
    QTest::newRow("totals") << Totals << QByteArray(R"({"q":"a"})") << Reason::None;
    QTest::newRow("distinct hits") << HitsSet << QByteArray(R"({"distinct":"x"})") << Reason::None;
    QTest::newRow("scores") << ScoreDigits << QByteArray(R"({"q":"a b"})") << Reason::ScoreMaxima;
    QTest::newRow("scores of nothing") << ScoreDigits << QByteArray(R"({"q":" "})") << Reason::None;
    QTest::newRow("highlight") << Highlight << QByteArray(R"({"q":"a"})") << Reason::Highlight;
    QTest::newRow("highlight of nothing") << Highlight << QByteArray("{}") << Reason::None;
    QTest::newRow("vectors") << HitsOrder << QByteArray(R"({"vector":[1.0],"hybrid":{"embedder":"e"}})")
                             << Reason::Vectors;
    QTest::newRow("keys") << KeyOrder << QByteArray("{}") << Reason::KeyOrder;
    QTest::newRow("other") << Other << QByteArray(R"({"q":"a"})") << Reason::None;
}

void VerifyExplainTest::requestsExplainThemselves()
{
    QFETCH(DifferenceClass, kind);
    QFETCH(QByteArray, body);
    QFETCH(Reason, expected);
    QCOMPARE(reasonFor(kind, body.constData()), expected);
}

void VerifyExplainTest::settingsExplain()
{
    IndexTraits traits;
    QCOMPARE(reasonFor(DifferenceClass::FacetTies, "{}", traits), Reason::None); // in alphabetical order there are none
    traits.facetsByCount = true;
    QCOMPARE(reasonFor(DifferenceClass::FacetTies, "{}", traits), Reason::FacetTies);
}

/// The cluster looks at maxTotalHits candidates one by one; what it counts in them has no excuse.
void VerifyExplainTest::onlyManyCandidatesExplainCounts()
{
    using enum DifferenceClass;
    IndexTraits traits;
    Evidence evidence;
    const auto reason = [&](DifferenceClass kind, const char *body, std::optional<std::uint64_t> candidates) {
        evidence.candidates = candidates;
        return reasonFor(kind, body, traits, &evidence);
    };
    const char *const distinct = R"({"distinct":"x"})";
    const char *const threshold = R"({"q":"a","rankingScoreThreshold":0.5})";
    QCOMPARE(reasonFor(Totals, distinct), Reason::None); // to be asked first
    QCOMPARE(reason(Totals, distinct, 1001), Reason::DistinctTotals);
    QCOMPARE(reason(Facets, distinct, 1001), Reason::DistinctFacets);
    QCOMPARE(reason(Totals, threshold, 1001), Reason::Threshold);
    QCOMPARE(reason(Totals, "{}", 1001), Reason::None);
    QCOMPARE(reason(HitsSet, distinct, 1001), Reason::None);
    for (const char *body : {distinct, threshold}) {
        QCOMPARE(reason(Totals, body, 1000), Reason::None);
        QCOMPARE(reason(Facets, body, 1000), Reason::None);
    }
    for (const std::uint64_t candidates : {1000U, 1001U}) {
        std::vector<Difference> differences {{Facets, {}, {}, Reason::None, true}};
        evidence.candidates = candidates;
        explain(differences, search("{}"), traits, &evidence);
        QCOMPARE(differences.front().reason, candidates > 1000 ? Reason::FacetMixed : Reason::None);
    }
    // hits only by values that no filter tells apart, and only beyond what is looked at one by one
    traits.vague = {"y"};
    const char *const vague = R"({"distinct":"y"})";
    QCOMPARE(reason(HitsSet, distinct, 1001), Reason::None);
    QCOMPARE(reason(HitsSet, vague, 1001), Reason::DistinctHits);
    QCOMPARE(reason(HitsOrder, vague, 1001), Reason::DistinctHits);
    QCOMPARE(reason(HitMembers, vague, 1001), Reason::None);
    QCOMPARE(reason(HitsSet, vague, 1000), Reason::None);
    QCOMPARE(reason(HitsSet, "{}", 1001), Reason::None);
    traits.distinctAttribute = "y";
    QCOMPARE(reason(HitsSet, "{}", std::nullopt), Reason::None); // a name without `distinct` is none
    traits.distinct = true; // no request tells how many there are
    QCOMPARE(reason(HitsSet, "{}", std::nullopt), Reason::DistinctHits);
    QCOMPARE(reason(HitsSet, distinct, std::nullopt), Reason::None);
    QCOMPARE(reason(Totals, "{}", std::nullopt), Reason::DistinctTotals);
    QVERIFY(!countOfCandidates(*searchOf(search("{}")), traits));
    traits.distinct = false;
    const auto count = countOfCandidates(
        *searchOf(search(R"({"q":"a","distinct":"x","rankingScoreThreshold":0.5,"page":3,"filter":"b = 1"})")), traits);
    QVERIFY(count && count->limit == 0U && !count->page && !count->distinct && !count->rankingScoreThreshold);
    QVERIFY(count->filter.has_value());
}

void VerifyExplainTest::filtersThatDoNotTellValuesApart()
{
    const auto vague = [](const char *rules, const char *documents) {
        const QByteArray text = QByteArray(R"({"filterableAttributes":)") + rules + R"(,"distinctAttribute":"y"})";
        const auto settings = miroir::json::Document::parse(text);
        const auto list = miroir::json::Document::parse(QByteArray(documents));
        return IndexProfile::make("i", "id", settings->root(), list->root()).traits.vague.contains("y");
    };
    const char *const texts = R"([{"y":["a","b"]},{"y":"7"}])";
    const char *const mixed = R"([{"y":["7","b"]},{"y":7}])";
    const char *const single = R"([{"y":"7"},{"y":7}])";
    const char *const deep = R"([{"y":[{"y":1},{"y":"1"}]}])";
    QVERIFY(!vague(R"(["y"])", mixed));
    QVERIFY(!vague("[]", texts)); // nodes may filter by the settings' own
    QVERIFY(vague("[]", mixed));
    QVERIFY(!vague("[]", single)); // with one value each, nodes drop what has to be dropped
    QVERIFY(!vague("[]", deep)); // that is y.y
    const char *const equality = R"([{"attributePatterns":["y"],"features":{"filter":{"equality":true}}}])";
    const char *const comparison
        = R"([{"attributePatterns":["x","y*"],"features":{"filter":{"equality":false,"comparison":true}}},"y"])";
    QVERIFY(!vague(equality, texts));
    QVERIFY(vague(equality, mixed));
    QVERIFY(vague(comparison, texts)); // the first rule decides
    QVERIFY(!vague(comparison, single));
}

void VerifyExplainTest::aMergeAtFaultIsNeverExplained()
{
    // the same documents with the same counts on both sides, in another order of counts
    const Evidence swapped {true, {{"1", "typo0"}, {"2", "typo1"}}, {{"2", "typo1"}, {"1", "typo0"}}};
    QCOMPARE(reasonFor(DifferenceClass::HitsOrder, R"({"q":"a"})", {}, &swapped), Reason::None);
    // a document is lost without a word that could have been derived
    const Evidence lost {true, {{"1", "x"}}, {{"1", "x"}, {"2", "x"}}};
    QCOMPARE(reasonFor(DifferenceClass::HitsSet, "{}", {}, &lost), Reason::None);
    // or the answers differ without derivation too
    const Evidence plain {false, {{"1", "x"}}, {{"1", "x"}, {"2", "x"}}};
    QCOMPARE(reasonFor(DifferenceClass::HitsSet, R"({"q":"a"})", {}, &plain), Reason::None);
    // both lists agree, only the page differs
    const Evidence paging {true, {{"1", "x"}, {"2", "y"}}, {{"1", "x"}, {"2", "y"}}};
    QCOMPARE(reasonFor(DifferenceClass::HitsSet, R"({"q":"a"})", {}, &paging), Reason::None);
}

void VerifyExplainTest::derivedWordsExplainOtherCounts()
{
    const Evidence other {true, {{"1", "typo0"}, {"2", "typo1"}}, {{"1", "typo0"}, {"2", "typo2"}}};
    QCOMPARE(reasonFor(DifferenceClass::HitsOrder, R"({"q":"a"})", {}, &other), Reason::Derivation);
    QCOMPARE(reasonFor(DifferenceClass::Totals, R"({"q":"a"})", {}, &other), Reason::Derivation);
    const Evidence more {true, {{"1", "x"}, {"2", "x"}}, {{"1", "x"}}};
    QCOMPARE(reasonFor(DifferenceClass::HitsSet, R"({"q":"a"})", {}, &more), Reason::Derivation);
}

void VerifyExplainTest::tiesDependOnTheOrderOfInsertion()
{
    const Evidence ties {true, {{"2", "x"}, {"1", "x"}}, {{"1", "x"}, {"2", "x"}}};
    IndexTraits traits;
    QCOMPARE(reasonFor(DifferenceClass::HitsOrder, "{}", traits, &ties), Reason::Insertion);
    traits.sameInsertion = true; // then ties have to stand alike
    QCOMPARE(reasonFor(DifferenceClass::HitsOrder, "{}", traits, &ties), Reason::None);
}

void VerifyExplainTest::longListsAreRead()
{
    const auto parsed = searchOf(search(R"({"q":"a","page":2,"facets":["f"],"attributesToHighlight":["*"]})"));
    QVERIFY(parsed);
    const Replay list = searchReplay("movies", longList(*parsed, "id"));
    QCOMPARE(list.body,
        QByteArray(R"({"q":"a","limit":1000,"attributesToRetrieve":["id"],"showRankingScoreDetails":true})"));
    const QByteArray details = R"({"words":{"order":0,"matchingWords":2,"score":1.0}})";
    const auto hits = rankedList(R"({"hits":[{"id":"b","_rankingScoreDetails":)" + details + R"(},{"id":7}]})", "id");
    QCOMPARE(hits.size(), std::size_t {2});
    QCOMPARE(hits[0].id, std::string("b"));
    QCOMPARE(hits[0].counts, std::string("words{matchingWords:2,order:0,}"));
    QCOMPARE(hits[1].id, std::string("7"));
}

void VerifyExplainTest::wordsAreQuoted()
{
    QCOMPARE(quotedWords("red  car"), std::string(R"("red" "car")"));
    QCOMPARE(quotedWords(R"(red "big car" -old x)"), std::string(R"("red" "big car" -old "x")"));
    QVERIFY(!withoutDerivation(*searchOf(search(R"({"q":" "})"))));
}

void VerifyExplainTest::theTallyCountsRequests()
{
    Tally tally;
    tally.same();
    tally.same();
    tally.different(search(R"({"q":"a"})"), {{DifferenceClass::KeyOrder, "hits", "d", Reason::KeyOrder}});
    QCOMPARE(tally.unexplained(), std::size_t {0});
    tally.different(search(R"({"q":"b"})"),
        {{DifferenceClass::HitsSet, "hits", "d", Reason::None, false},
            {DifferenceClass::HitsSet, "x", "d", Reason::None, false}});
    tally.skipped(3, "why not");
    QCOMPARE(tally.requests(), std::size_t {4});
    QCOMPARE(tally.unexplained(), std::size_t {1});
    const std::string report = tally.human(false);
    QVERIFY2(report.starts_with("4 requests: equal in whole 3 (75.00 %), equal hits 3 (75.00 %), with unexplained "
                                "differences 1\n"),
        report.c_str());
    QVERIFY(report.find(R"(POST /indexes/movies/search {"q":"b"})") != std::string::npos);
    QVERIFY(report.find(R"({"q":"a"})") == std::string::npos); // documented
    QVERIFY(tally.human(true).find(R"({"q":"a"})") != std::string::npos);
    QVERIFY(report.find("line 3: why not") != std::string::npos);
    const auto json = miroir::json::Document::parse(tally.json(false));
    QVERIFY(json);
    QCOMPARE(json->root()["requests"].toU64(), std::optional<std::uint64_t>(4));
    QCOMPARE(json->root()["classes"].size(), std::size_t {2});
    QCOMPARE(json->root()["differences"].size(), std::size_t {1});
    QCOMPARE(json->root()["differences"].at(0)["request"]["body"]["q"].toString(), std::string("b"));
}

QTEST_GUILESS_MAIN(VerifyExplainTest)
#include "tst_verify_explain.moc"
