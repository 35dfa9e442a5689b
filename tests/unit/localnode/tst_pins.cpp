// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryPins.h"
#include "unit/localnode/SearchFixture.h"

#include <QTest>

using namespace miroir;
using namespace miroir::localnode;
using test::Fixture;

/// Which rules a search is subject to, and where their documents stand.
class TestPins : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_data();
    void words();
    void emptyQueries_data();
    void emptyQueries();
    void times_data();
    void times();
    void precedence();
    void limits();
    void placesOfPins_data();
    void placesOfPins();
    void documentsArePinnedOnce();
    void filtersAndNegativeWords();
    void totalsAndFacets();
    void detailsAndScores();
    void hybridSortsByPlace();
    void semanticIsAnEmptyQuery();
    void distinct();
};

namespace {

/// Rules that pin documents; the uid of each is that of its only document.
class Rules
{
public:
    /// more: members of a rule as JSON, with a comma in front.
    void add(const QByteArray &id, std::uint32_t position, const QByteArray &more = {})
    {
        const QByteArray text = R"({"uid":"r","actions":[{"selector":{"id":")" + id
            + R"("},"action":{"type":"pin","position":)" + QByteArray::number(position) + "}}]" + more + '}';
        auto rule = protocol::searchRuleFromText(text);
        if (!rule)
            qFatal("%s", rule.error().message.c_str());
        m_rules.put(m_next++, std::move(*rule), Tokenizer());
    }
    [[nodiscard]] RulesNow at(std::string utc = "2026-06-01T12:00:00.5Z") const
    {
        return {std::make_shared<const SearchRules>(m_rules), std::move(utc)};
    }
    [[nodiscard]] std::string answer(const Fixture &f, const char *request, std::string_view member = {}) const
    {
        const auto body = json::Document::parse(std::string_view(request));
        const auto parsed = protocol::parseSearchBody(body->root());
        const RulesNow now = at();
        const auto found = f.index.search(*parsed, &now);
        if (!found)
            return found.error().message;
        if (!member.empty()) {
            const auto all = json::Document::parse(found->toJson(0, "u"));
            return std::string(all->root()[member].raw());
        }
        std::string ids;
        for (const Hit &hit : found->hits)
            ids += (ids.empty() ? "" : ",") + json::compact(json::Document::parse(hit.json)->root()["id"]);
        return ids;
    }

private:
    SearchRules m_rules;
    DocId m_next = 0;
};

constexpr const char *films = R"({"id":1,"t":"dark city","g":"a","_vectors":{"e":[1,0]}}
{"id":2,"t":"dark star","g":"b","_vectors":{"e":[0.9,0.1]}}
{"id":3,"t":"bright star","g":"a","_vectors":{"e":[0,1]}}
{"id":4,"t":"sun","g":"b","_vectors":{"e":[-1,0]}}
{"id":5,"t":"moon","g":"c","_vectors":{"e":[0,-1]}})";

struct Films : Fixture
{
    Films()
    {
        settings(R"({"searchableAttributes":["t"],"filterableAttributes":["g"],)"
                 R"("embedders":{"e":{"source":"userProvided","dimensions":2}}})");
        add(films);
    }
};

/// Does a rule with these conditions pin its document (5) for the query?
bool pins(const QByteArray &conditions, const char *request)
{
    const Films f;
    Rules rules;
    rules.add("5", 0, R"(,"conditions":)" + conditions);
    const std::string ids = rules.answer(f, request);
    return ids == "5" || ids.starts_with("5,");
}

} // namespace

void TestPins::words_data()
{
    QTest::addColumn<QByteArray>("words");
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<bool>("pinned");
    const auto row = [](const char *words, const char *query, bool pinned) {
        QTest::addRow("%s: %s", words, query) << QByteArray(words) << QByteArray(query) << pinned;
    };
    row("star", "star", true);
    row("star", "STAR dark", true);
    row("star", "sta", false);
    row("star", "starr", false);
    row("star", "st ar", false);
    row("star", R"(\"star\")", true);
    row("star", R"(\"dark star\")", false);
    row("star", "dark -star", false);
    row("Café 3", "3 cafe", true);
    row("dark-star", "star x dark", true);
    row("dark star", "star", false);
    row("star star", "star star", false); // every occurrence asks for a word of its own
    row("", "anything", true);
    row("!!!", "anything", true);
    row("a b c d e f g h i j", "a b c d e f g h i j", true);
    row("a b c d e f g h i j k", "a b c d e f g h i j k", false); // of a query ten words count
    row("0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t", "star", false);
    row("0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u", "star", true); // too many to be counted
}

void TestPins::words()
{
    QFETCH(QByteArray, words);
    QFETCH(QByteArray, query);
    QFETCH(bool, pinned);
    const QByteArray request = R"({"q":")" + query + R"("})";
    QCOMPARE(pins(R"({"query":{"words":")" + words + R"("}})", request.constData()), pinned);
}

void TestPins::emptyQueries_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<bool>("isEmpty");
    const auto row = [](const char *request, bool isEmpty) {
        QTest::newRow(request) << QByteArray(request) << isEmpty;
    };
    row("{}", true);
    row(R"({"q":" "})", true);
    row(R"({"q":"-star"})", true);
    row(R"({"q":"!!"})", true);
    row(R"({"q":"star"})", false);
    row(R"({"q":"\"dark star\""})", false);
    row(R"({"q":"- star"})", false);
}

void TestPins::emptyQueries()
{
    QFETCH(QByteArray, request);
    QFETCH(bool, isEmpty);
    QCOMPARE(pins(R"({"query":{"isEmpty":true}})", request.constData()), isEmpty);
    QCOMPARE(pins(R"({"query":{"isEmpty":false}})", request.constData()), !isEmpty);
    QVERIFY(pins(R"({"query":{}})", request.constData()));
}

void TestPins::times_data()
{
    QTest::addColumn<QByteArray>("time");
    QTest::addColumn<bool>("pinned"); // on 2026-06-01 at noon
    const auto row = [](const char *time, bool pinned) { QTest::newRow(time) << QByteArray(time) << pinned; };
    row("{}", true);
    row(R"({"start":"2026-05-31T23:59:59Z","end":"2026-06-02T00:00:00Z"})", true);
    row(R"({"start":"2026-06-02T00:00:00Z"})", false);
    row(R"({"end":"2026-05-31T23:59:59Z"})", false);
    // of the day itself a node compares nothing
    row(R"({"start":"2026-06-01T00:00:00Z"})", false);
    row(R"({"end":"2026-06-01T00:00:00Z"})", true);
    row(R"({"start":"2026-05-31T23:00:00-23:00"})", true);
}

void TestPins::times()
{
    QFETCH(QByteArray, time);
    QFETCH(bool, pinned);
    QCOMPARE(pins(R"({"time":)" + time + '}', "{}"), pinned);
}

void TestPins::precedence()
{
    const Films f;
    Rules rules;
    rules.add("3", 0);
    rules.add("4", 0, R"(,"precedence":7)");
    rules.add("5", 0, R"(,"precedence":2)");
    rules.add("2", 0, R"(,"precedence":7)");
    rules.add("1", 0, R"(,"precedence":0,"active":false)");
    QCOMPARE(rules.answer(f, "{}"), std::string("5,4,2,3,1"));
}

void TestPins::limits()
{
    Fixture f;
    std::string lines;
    for (int i = 0; i < 120; ++i)
        lines += "{\"id\":" + std::to_string(i) + "}\n";
    f.add(lines);
    Rules rules;
    for (int i = 119; i >= 0; --i)
        rules.add(QByteArray::number(i), 0);
    const std::string pinned = rules.answer(f, R"({"limit":102})");
    QVERIFY2(pinned.starts_with("119,118,"), pinned.c_str());
    QVERIFY2(pinned.ends_with(",21,20,0,1"), pinned.c_str()); // a hundred pins
    Rules many;
    for (std::size_t i = 0; i < SearchRules::appliedLimit; ++i)
        many.add("nobody", 0);
    many.add("7", 0);
    QCOMPARE(many.answer(f, R"({"limit":2})"), std::string("0,1"));
}

void TestPins::placesOfPins_data()
{
    QTest::addColumn<QList<int>>("places"); // of documents 5, 4, 3 in this order
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<std::string>("ids");
    const auto row = [](const char *name, const QList<int> &places, const char *request, const char *ids) {
        QTest::newRow(name) << places << QByteArray(request) << std::string(ids);
    };
    row("first", {0}, "{}", "5,1,2,3,4");
    row("between", {1}, "{}", "1,5,2,3,4");
    row("behind the end", {100}, "{}", "1,2,3,4,5");
    row("one place for two", {1, 1}, "{}", "1,5,4,2,3");
    row("in the order of positions", {3, 0}, "{}", "4,1,2,5,3");
    row("but one that waits has to be reached", {3, 0}, R"({"limit":3})", "1,2,3");
    row("as soon as it is", {3, 0}, R"({"limit":4})", "1,2,3,5");
    row("both are", {3, 0}, R"({"limit":5})", "4,1,2,5,3");
    row("page before", {3}, R"({"limit":2})", "1,2");
    row("page with", {2, 3}, R"({"limit":2,"offset":2})", "5,4");
    row("page behind", {0, 1}, R"({"limit":2,"offset":2})", "1,2");
    row("finite pages", {2}, R"({"hitsPerPage":2,"page":2})", "5,3");
    row("few documents", {5, 9}, R"({"q":"city"})", "1,5,4");
    row("no documents", {5, 1}, R"({"q":"nothing"})", "4,5");
    row("offset", {5, 1}, R"({"q":"nothing","offset":1})", "5");
}

void TestPins::placesOfPins()
{
    QFETCH(QList<int>, places);
    QFETCH(QByteArray, request);
    QFETCH(std::string, ids);
    const Films f;
    Rules rules;
    for (int i = 0; i < places.size(); ++i)
        rules.add(QByteArray::number(5 - i), static_cast<std::uint32_t>(places.at(i)));
    QCOMPARE(rules.answer(f, request.constData()), ids);
}

void TestPins::documentsArePinnedOnce()
{
    const Films f;
    Rules rules;
    rules.add("5", 2);
    rules.add("5", 0);
    rules.add("nobody", 0);
    QCOMPARE(rules.answer(f, "{}"), std::string("1,2,5,3,4"));
}

void TestPins::filtersAndNegativeWords()
{
    const Films f;
    Rules rules;
    rules.add("2", 0);
    QCOMPARE(rules.answer(f, R"({"filter":"g = a"})"), std::string("1,3"));
    QCOMPARE(rules.answer(f, R"({"filter":"g = b"})"), std::string("2,4"));
    QCOMPARE(rules.answer(f, R"({"q":"city -star"})"), std::string("2,1")); // it is pinned before
}

void TestPins::totalsAndFacets()
{
    const Films f;
    Rules rules;
    rules.add("5", 0);
    QCOMPARE(rules.answer(f, R"({"q":"star","limit":1,"offset":2})"), std::string("3"));
    QCOMPARE(rules.answer(f, R"({"q":"star","limit":1})", "estimatedTotalHits"), std::string("3"));
    QCOMPARE(rules.answer(f, R"({"q":"star","hitsPerPage":1})", "totalHits"), std::string("3"));
    QCOMPARE(rules.answer(f, R"({"q":"star","facets":["g"]})", "facetDistribution"),
        std::string(R"({"g":{"a":1,"b":1,"c":1}})"));
}

void TestPins::detailsAndScores()
{
    const Films f;
    Rules rules;
    rules.add("5", 7);
    const std::string hits = rules.answer(f,
        R"({"q":"city","offset":1,"attributesToRetrieve":["id"],"showRankingScore":true,)"
        R"("showRankingScoreDetails":true,"rankingScoreThreshold":0.9})",
        "hits");
    QCOMPARE(hits,
        std::string(R"([{"id":5,"_rankingScore":1.0,"_rankingScoreDetails":{"pin":{"order":0,"position":7}}}])"));
}

void TestPins::hybridSortsByPlace()
{
    const Films f;
    Rules rules;
    rules.add("5", 2);
    rules.add("4", 0);
    // by words the second pin waits for the first one before they are sorted
    QCOMPARE(rules.answer(f, R"({"q":"star","limit":2})"), std::string("2,3"));
    const char *hybrid = R"({"q":"dark","hybrid":{"embedder":"e","semanticRatio":0.9},"vector":[0,1]})";
    QCOMPARE(rules.answer(f, hybrid), std::string("4,3,5,2,1"));
    QCOMPARE(rules.answer(f, hybrid, "estimatedTotalHits"), std::string("5"));
    QCOMPARE(rules.answer(f, hybrid, "semanticHitCount"), std::string("3"));
}

void TestPins::semanticIsAnEmptyQuery()
{
    const Films f;
    const char *request = R"({"q":"dark","hybrid":{"embedder":"e","semanticRatio":1},"vector":[1,0]})";
    Rules words;
    words.add("5", 0, R"(,"conditions":{"query":{"words":"dark"}})");
    QVERIFY(words.answer(f, request).starts_with("1,2,"));
    Rules none;
    none.add("5", 1, R"(,"conditions":{"query":{"isEmpty":true}})");
    QVERIFY(none.answer(f, request).starts_with("1,5,2,"));
    QCOMPARE(none.answer(f, request, "semanticHitCount"), std::string("4"));
}

void TestPins::distinct()
{
    const Films f;
    Rules rules;
    rules.add("3", 0);
    // what is pinned does not stand for its value
    QCOMPARE(rules.answer(f, R"({"distinct":"g"})"), std::string("3,1,2,5"));
    QCOMPARE(rules.answer(f, R"({"distinct":"g","hitsPerPage":10})", "totalHits"), std::string("3"));
}

QTEST_GUILESS_MAIN(TestPins)
#include "tst_pins.moc"
