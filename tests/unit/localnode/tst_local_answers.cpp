// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/localnode/SearchFixture.h"

#include <QTest>

using namespace miroir;
using namespace miroir::localnode;
using test::Fixture;

/// Filters, facets, distinct, geo, vectors and the printed form of hits.
class TestLocalAnswers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filters_data();
    void filters();
    void filterErrors();
    void facets();
    void facetLimitAndCount();
    void facetSearch();
    void distinct();
    void geo();
    void pagination();
    void answerForm();
    void retrievedAttributes();
    void highlight();
    void crop();
    void matchesPosition();
    void formattedNested();
    void semantic();
    void similar();
};

struct Movies : Fixture {
    Movies();
};

Movies::Movies()
{
    Fixture &f = *this;
    f.settings("{\"filterableAttributes\":[\"genre\",\"year\",\"tags\",\"n\",\"none\",\"empty\",\"_geo\"]}");
    f.add("{\"id\":1,\"genre\":\"Drama\",\"year\":1990,\"tags\":[\"a\",\"b\"],\"n\":{\"x\":1},\"none\":null}\n"
          "{\"id\":2,\"genre\":\"drama \",\"year\":\"1995\",\"tags\":[],\"empty\":\"\"}\n"
          "{\"id\":3,\"genre\":\"Comédie\",\"year\":2001.5,\"tags\":[\"b\"]}\n"
          "{\"id\":4,\"genre\":\"action\",\"year\":2010,\"n\":{\"x\":2},\"empty\":{}}");
}

void TestLocalAnswers::filters_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *filter, const char *ids) {
        QTest::newRow(filter) << QString::fromUtf8(filter) << QString::fromLatin1(ids);
    };
    row("genre = drama", "1,2");
    row("genre = 'DRAMA'", "1,2");
    row("genre != drama", "3,4");
    row("NOT genre = drama", "3,4");
    row("genre = 'comédie'", "3");
    row("genre IN [action, drama]", "1,2,4");
    row("genre NOT IN [action, drama]", "3");
    row("year = 1995", "2");
    row("year > 1990", "2,3,4");
    row("year >= 1990 AND year < 2010", "1,2,3");
    row("year 1990 TO 2001.5", "1,2,3");
    row("year > 2000 OR tags = a", "1,3,4");
    row("tags EXISTS", "1,2,3");
    row("tags NOT EXISTS", "4");
    row("tags IS EMPTY", "2");
    row("empty IS EMPTY", "2,4");
    row("none IS NULL", "1");
    row("none IS NOT NULL", "2,3,4");
    row("n.x = 2", "4");
    row("n EXISTS", "1,4");
    row("genre STARTS WITH dra", "1,2");
    row("genre IN []", "");
    row("unseen.field = 3", "invalid_search_filter");
}

void TestLocalAnswers::filters()
{
    QFETCH(QString, filter);
    QFETCH(QString, expected);
    static const Movies f;
    QCOMPARE(toQString(f.ids("{\"filter\":" + json::quoted(toStd(filter)) + '}')), expected);
}

void TestLocalAnswers::filterErrors()
{
    const Movies f;
    const auto answer = f.answer("{\"filter\":\"price = 1\"}");
    QVERIFY(!answer.ok());
    QCOMPARE(answer.error().message,
             std::string("Index `m`: Attribute `price` is not filterable. Available filterable attribute patterns are: "
                         "`_geo`, `empty`, `genre`, `n`, `none`, `tags`, `year`.\n2:7 \"price\" = \"1\""));
    // Facet search and fetch word it without the index and at the written place.
    BrowseRequest browse;
    const auto filter = json::Document::parse(std::string_view("\"price = 1\""));
    browse.filter = filter->root();
    const auto documents = f.index.browse(browse);
    QVERIFY(!documents.ok());
    QVERIFY(documents.error().message.starts_with("Attribute `price`"));
    QVERIFY(documents.error().message.ends_with("1:6 price = 1"));
    QCOMPARE(f.ids("{\"filter\":[\"genre = drama\",[\"year = 1990\",\"year = 1991\"]]}"), std::string("1"));
}

void TestLocalAnswers::facets()
{
    const Movies f;
    const auto answer = f.answer("{\"facets\":[\"genre\",\"year\",\"n\"]}");
    QVERIFY(answer.ok());
    QCOMPARE(answer->facetDistribution,
             QByteArray("{\"genre\":{\"action\":1,\"Com\xC3\xA9"
                        "die\":1,\"Drama\":2},\"n\":{},\"n.x\":{\"1\":1,\"2\":1},"
                        "\"year\":{\"1990\":1,\"2001.5\":1,\"2010\":1,\"1995\":1}}"));
    QCOMPARE(answer->facetStats,
             QByteArray("{\"n.x\":{\"min\":1.0,\"max\":2.0},\"year\":{\"min\":1990.0,\"max\":2010.0}}"));
    QCOMPARE(f.answer("{\"facets\":[\"genre\"],\"filter\":\"year > 2000\"}")->facetDistribution,
             QByteArray("{\"genre\":{\"action\":1,\"Com\xC3\xA9"
                        "die\":1}}"));
    QCOMPARE(f.ids("{\"facets\":[\"title\"]}"), std::string("invalid_search_facets"));
    QVERIFY(f.answer("{\"facets\":[]}")->facetDistribution.isEmpty());
}

void TestLocalAnswers::facetLimitAndCount()
{
    Movies f;
    f.settings("{\"faceting\":{\"maxValuesPerFacet\":2}}");
    QCOMPARE(f.answer("{\"facets\":[\"genre\"]}")->facetDistribution,
             QByteArray("{\"genre\":{\"action\":1,\"Com\xC3\xA9"
                        "die\":1}}"));
    f.settings("{\"faceting\":{\"sortFacetValuesBy\":{\"genre\":\"count\"}}}");
    QCOMPARE(f.answer("{\"facets\":[\"genre\"]}")->facetDistribution,
             QByteArray("{\"genre\":{\"Drama\":2,\"Com\xC3\xA9"
                        "die\":1}}"));
}

static QByteArray facetHits(const Fixture &f, std::string_view body)
{
    const auto parsed = json::Document::parse(body);
    const auto request = protocol::parseFacetSearchBody(parsed->root());
    const auto answer = f.index.facetSearch(*request);
    return answer ? answer->facetHits : QByteArray(answer.error().code->name);
}

void TestLocalAnswers::facetSearch()
{
    Movies f;
    QCOMPARE(facetHits(f, "{\"facetName\":\"genre\"}"),
             QByteArray("[{\"value\":\"action\",\"count\":1},{\"value\":\"Com\xC3\xA9"
                        "die\",\"count\":1},{\"value\":\"Drama\",\"count\":2}]"));
    QCOMPARE(facetHits(f, "{\"facetName\":\"genre\",\"facetQuery\":\"COMED\"}"),
             QByteArray("[{\"value\":\"Com\xC3\xA9"
                        "die\",\"count\":1}]"));
    QCOMPARE(facetHits(f, "{\"facetName\":\"genre\",\"facetQuery\":\"darma\",\"filter\":\"year = 1990\"}"),
             QByteArray("[{\"value\":\"Drama\",\"count\":1}]"));
    QCOMPARE(facetHits(f, "{\"facetName\":\"title\"}"), QByteArray("invalid_facet_search_facet_name"));
    f.settings("{\"facetSearch\":false}");
    QCOMPARE(facetHits(f, "{\"facetName\":\"genre\"}"), QByteArray("facet_search_disabled"));
}

void TestLocalAnswers::distinct()
{
    Movies f;
    QCOMPARE(f.ids("{\"distinct\":\"genre\"}"), std::string("1,3,4"));
    QCOMPARE(f.answer("{\"distinct\":\"genre\",\"page\":1}")->total, std::uint64_t {3});
    QCOMPARE(f.ids("{\"distinct\":\"tags\"}"), std::string("1,2,4")); // any shared value; none is unique
    QCOMPARE(f.ids("{\"distinct\":\"title\"}"), std::string("invalid_search_distinct"));
    f.settings("{\"distinctAttribute\":\"genre\"}");
    QCOMPARE(f.ids("{\"filter\":\"year > 1990\"}"), std::string("2,3,4"));
}

void TestLocalAnswers::geo()
{
    Fixture f;
    f.settings("{\"filterableAttributes\":[\"_geo\"],\"sortableAttributes\":[\"_geo\"]}");
    QCOMPARE(
        f.add("{\"id\":1,\"_geo\":{\"lat\":48.85,\"lng\":2.35}}\n{\"id\":2,\"_geo\":{\"lat\":\"45.75\",\"lng\":4.85}}\n"
              "{\"id\":3,\"_geo\":null}\n{\"id\":4,\"_geo\":{\"lat\":0,\"lng\":179}}"),
        std::string());
    QCOMPARE(f.ids("{\"filter\":\"_geoRadius(48.8, 2.3, 10000)\"}"), std::string("1"));
    QCOMPARE(f.ids("{\"filter\":\"_geoBoundingBox([49, 5], [45, 2])\"}"), std::string("1,2"));
    QCOMPARE(f.ids("{\"filter\":\"_geoBoundingBox([10, -170], [-10, 170])\"}"), std::string("4"));
    QCOMPARE(f.ids("{\"sort\":[\"_geoPoint(45.7, 4.8):asc\"]}"), std::string("2,1,4,3"));
    QCOMPARE(f.ids("{\"sort\":[\"_geoPoint(45.7, 4.8):desc\"]}"), std::string("4,1,2,3"));
    const char *sorted = "{\"sort\":[\"_geoPoint(48.8, 2.3):asc\"],\"showRankingScoreDetails\":true}";
    QCOMPARE(f.firstHit(sorted, "_geoDistance"), std::string("6656"));
    QCOMPARE(f.firstHit(sorted, "_rankingScoreDetails"),
             std::string("{\"_geoPoint(48.8, 2.3):asc\":{\"order\":0,\"value\":{\"lat\":48.85,\"lng\":2.35},"
                         "\"distance\":6656.48}}"));
    QCOMPARE(f.add("{\"id\":9,\"_geo\":{\"lat\":1}}"), std::string("invalid_document_geo_field"));
    QCOMPARE(f.index.stats().numberOfDocuments, std::uint64_t {4});
}

void TestLocalAnswers::pagination()
{
    Fixture f;
    std::string lines;
    for (int i = 0; i < 30; ++i)
        lines += "{\"id\":" + std::to_string(i) + ",\"t\":\"x\"}\n";
    f.add(lines);
    QCOMPARE(f.ids("{\"offset\":27,\"limit\":5}"), std::string("27,28,29"));
    QCOMPARE(f.ids("{\"page\":4,\"hitsPerPage\":9}"), std::string("27,28,29"));
    QVERIFY(f.body("{\"page\":4,\"hitsPerPage\":9}")
                .ends_with("\"hitsPerPage\":9,\"page\":4,\"totalPages\":4,\"totalHits\":30,\"requestUid\":\"u\"}"));
    QCOMPARE(f.ids("{\"page\":0}"), std::string());
    QVERIFY(f.body("{\"hitsPerPage\":0}").find("\"totalPages\":0,\"totalHits\":30") != std::string::npos);
    // Hits stop at maxTotalHits, totals do not.
    f.settings("{\"pagination\":{\"maxTotalHits\":10}}");
    QCOMPARE(f.ids("{\"offset\":8,\"limit\":5}"), std::string("8,9"));
    QCOMPARE(f.ids("{\"offset\":10}"), std::string());
    QCOMPARE(f.answer("{\"offset\":8,\"limit\":5}")->total, std::uint64_t {30});
}

void TestLocalAnswers::answerForm()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"moon\"}");
    QCOMPARE(f.body("{\"q\":\"moon\"}"),
             std::string("{\"hits\":[{\"id\":1,\"t\":\"moon\"}],\"query\":\"moon\",\"processingTimeMs\":0,\"limit\":20,"
                         "\"offset\":0,\"estimatedTotalHits\":1,\"requestUid\":\"u\"}"));
    const auto answer = f.answer("{\"q\":\"moon\"}");
    QCOMPARE(answer->toJson(1, "u", "\"metadata\":{}", "m"),
        QByteArray("{\"indexUid\":\"m\",\"hits\":[{\"id\":1,\"t\":\"moon\"}],\"query\":\"moon\","
                   "\"processingTimeMs\":1,\"limit\":20,\"offset\":0,\"estimatedTotalHits\":1,\"requestUid\":\"u\","
                   "\"metadata\":{}}"));
}

void TestLocalAnswers::retrievedAttributes()
{
    Fixture f;
    f.add("{\"id\":1,\"b\":{\"x\":1,\"y\":[{\"z\":2},{\"w\":3}]},\"a\":\"t\"}\n{\"a\":\"first here\",\"id\":2}");
    // Keys stand in the order in which fields first appeared.
    QCOMPARE(
        f.index.search(*protocol::parseSearchBody(json::Document::parse(std::string_view("{}"))->root()))->hits[1].json,
        QByteArray("{\"id\":2,\"a\":\"first here\"}"));
    QCOMPARE(f.firstHit("{\"attributesToRetrieve\":[\"b.x\"]}", "b"), std::string("{\"x\":1}"));
    QCOMPARE(f.firstHit("{\"attributesToRetrieve\":[\"b.y.z\"]}", "b"), std::string("{\"y\":[{\"z\":2}]}"));
    QCOMPARE(f.firstHit("{\"attributesToRetrieve\":[\"b.y.z\"]}", "a"), std::string());
    QCOMPARE(f.answer("{\"attributesToRetrieve\":[]}")->hits[0].json, QByteArray("{}"));
    f.settings("{\"displayedAttributes\":[\"a\"]}");
    QCOMPARE(f.answer("{}")->hits[0].json, QByteArray("{\"a\":\"t\"}"));
    QCOMPARE(f.answer("{\"attributesToRetrieve\":[\"id\"]}")->hits[0].json, QByteArray("{}"));
}

void TestLocalAnswers::highlight()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"Moonlight, caf\xC3\xA9 & the mooon\",\"n\":12,\"ok\":true}");
    const auto formatted = [&](std::string_view q) {
        return f.firstHit("{\"attributesToHighlight\":[\"*\"],\"q\":" + json::quoted(q) + '}', "_formatted");
    };
    QCOMPARE(formatted("moon"), std::string("{\"id\":\"1\",\"t\":\"<em>Moon</em>light, caf\xC3\xA9 & the mooon\","
                                            "\"n\":\"12\",\"ok\":true}"));
    QCOMPARE(formatted("cafe"), std::string("{\"id\":\"1\",\"t\":\"Moonlight, <em>caf\xC3\xA9</em> & the mooon\","
                                            "\"n\":\"12\",\"ok\":true}"));
    QCOMPARE(formatted("12"), std::string("{\"id\":\"1\",\"t\":\"Moonlight, caf\xC3\xA9 & the mooon\","
                                          "\"n\":\"<em>12</em>\",\"ok\":true}"));
    QCOMPARE(f.firstHit("{\"q\":\"the\",\"attributesToHighlight\":[\"t\"],\"highlightPreTag\":\"[\","
                        "\"highlightPostTag\":\"]\",\"attributesToRetrieve\":[\"n\"]}",
                        "_formatted"),
             std::string("{\"t\":\"Moonlight, caf\xC3\xA9 & [the] mooon\",\"n\":\"12\"}"));
    QCOMPARE(f.firstHit("{\"q\":\"the\",\"attributesToHighlight\":[\"unknown\"]}", "_formatted"), std::string());
}

void TestLocalAnswers::crop()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"one two three four five six seven eight nine ten eleven twelve\"}");
    const auto cropped = [&](std::string_view request) {
        const auto answer = f.answer(request);
        const auto hit = json::Document::parse(answer->hits.at(0).json);
        return hit->root()["_formatted"]["t"].toString();
    };
    QCOMPARE(cropped("{\"q\":\"six\",\"attributesToCrop\":[\"t\"],\"cropLength\":3}"),
             std::string("\u2026five six seven\u2026"));
    QCOMPARE(
        cropped("{\"q\":\"six\",\"attributesToCrop\":[\"t:2\"],\"cropMarker\":\"..\"}"), std::string("..five six.."));
    QCOMPARE(cropped("{\"attributesToCrop\":[\"*\"]}"),
             std::string("one two three four five six seven eight nine ten\u2026"));
    QCOMPARE(cropped("{\"q\":\"six two three\",\"attributesToCrop\":[\"t:3\"],\"attributesToHighlight\":[\"t\"]}"),
             std::string("one <em>two</em> <em>three</em>\u2026"));
    QCOMPARE(cropped("{\"q\":\"six\",\"attributesToCrop\":[\"t:0\"]}"),
             std::string("one two three four five six seven eight nine ten eleven twelve"));
}

void TestLocalAnswers::matchesPosition()
{
    Fixture f;
    f.add("{\"id\":1,\"t\":\"big moon, Moonlight\",\"l\":[\"x\",\"moon\"],\"o\":{\"p\":\"a moon\"}}");
    QCOMPARE(f.firstHit("{\"q\":\"moon\",\"showMatchesPosition\":true}", "_matchesPosition"),
             std::string("{\"l\":[{\"start\":0,\"length\":4,\"indices\":[1]}],\"o.p\":[{\"start\":2,\"length\":4}],"
                         "\"t\":[{\"start\":4,\"length\":4},{\"start\":10,\"length\":4}]}"));
    QCOMPARE(f.firstHit("{\"showMatchesPosition\":true}", "_matchesPosition"), std::string("{}"));
    // A phrase is one place.
    QCOMPARE(f.firstHit("{\"q\":\"\\\"big moon\\\"\",\"showMatchesPosition\":true}", "_matchesPosition"),
             std::string("{\"t\":[{\"start\":0,\"length\":8}]}"));
}

void TestLocalAnswers::formattedNested()
{
    Fixture f;
    f.add("{\"id\":1,\"o\":{\"p\":\"a moon\",\"q\":[{\"r\":\"moon\"},3]}}");
    QCOMPARE(
        f.firstHit("{\"q\":\"moon\",\"attributesToHighlight\":[\"o.q.r\"],\"attributesToRetrieve\":[]}", "_formatted"),
        std::string("{\"o\":{\"q\":[{\"r\":\"<em>moon</em>\"}]}}"));
    QCOMPARE(f.firstHit(
                 "{\"q\":\"moon\",\"attributesToHighlight\":[\"o\"],\"attributesToRetrieve\":[\"id\"]}", "_formatted"),
        std::string("{\"id\":\"1\",\"o\":{\"p\":\"a <em>moon</em>\",\"q\":[{\"r\":\"<em>moon</em>\"},\"3\"]}}"));
}

struct Vectors : Fixture {
    Vectors();
};

Vectors::Vectors()
{
    Fixture &f = *this;
    f.settings("{\"embedders\":{\"e\":{\"source\":\"userProvided\",\"dimensions\":2}}}");
    f.add("{\"id\":1,\"t\":\"moon\",\"_vectors\":{\"e\":[1,0]}}\n{\"id\":2,\"t\":\"sun\",\"_vectors\":{\"e\":[0,1]}}\n"
          "{\"id\":3,\"t\":\"moon rock\",\"_vectors\":{\"e\":{\"embeddings\":[[0.5,0.5]],\"regenerate\":false}}}\n"
          "{\"id\":4,\"t\":\"none\",\"_vectors\":{\"e\":null}}");
}

void TestLocalAnswers::semantic()
{
    Vectors f;
    const char *pure = "{\"vector\":[0,1],\"hybrid\":{\"embedder\":\"e\",\"semanticRatio\":1}}";
    QCOMPARE(f.ids(pure), std::string("2,3,1,4"));
    QVERIFY(f.body(pure).ends_with(",\"semanticHitCount\":4}"));
    QCOMPARE(
        f.firstHit("{\"vector\":[0,1],\"hybrid\":{\"embedder\":\"e\",\"semanticRatio\":1},\"retrieveVectors\":true}",
            "_vectors"),
        std::string("{\"e\":{\"embeddings\":[[0.0,1.0]],\"regenerate\":false}}"));
    QCOMPARE(f.firstHit(pure, "_vectors"), std::string());
    QCOMPARE(f.ids("{\"q\":\"moon\",\"vector\":[0,1],\"hybrid\":{\"embedder\":\"e\",\"semanticRatio\":0.9}}"),
             std::string("2,3,1,4"));
    QCOMPARE(f.add("{\"id\":9}"), std::string("vector_embedding_error"));
    QCOMPARE(f.add("{\"id\":9,\"_vectors\":{\"e\":[1]}}"), std::string("invalid_vector_dimensions"));
    QCOMPARE(f.index.stats().numberOfEmbeddings, std::uint64_t {3});
}

void TestLocalAnswers::similar()
{
    const Vectors f;
    const auto ask = [&](std::string_view body) {
        const auto parsed = json::Document::parse(body);
        const auto request = protocol::parseSimilarBody(parsed->root());
        const auto answer = f.index.similar(*request);
        std::string out;
        for (std::size_t i = 0; answer && i < answer->hits.size(); ++i)
            out += std::to_string(answer->hits[i].docid);
        return answer ? out : std::string(answer.error().code->name);
    };
    QCOMPARE(ask("{\"id\":1,\"embedder\":\"e\"}"), std::string("21"));
    QCOMPARE(ask("{\"id\":1,\"embedder\":\"e\",\"rankingScoreThreshold\":0.8}"), std::string("2"));
    QCOMPARE(ask("{\"id\":77,\"embedder\":\"e\"}"), std::string("not_found_similar_id"));
    QCOMPARE(ask("{\"id\":1,\"embedder\":\"x\"}"), std::string("invalid_similar_embedder"));
}

QTEST_GUILESS_MAIN(TestLocalAnswers)
#include "tst_local_answers.moc"
