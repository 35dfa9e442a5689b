// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/WireJudge.h"

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

SearchRequest searchOf(const char *text)
{
    const auto doc = json::Document::parse(std::string_view(text));
    if (!doc)
        qFatal("no JSON: %s", text);
    auto request = parseSearchBody(doc->root());
    if (!request)
        qFatal("refused: %s", request.error().message.c_str());
    return std::move(request).value();
}

std::string refusedSearch(const char *text)
{
    const auto doc = json::Document::parse(std::string_view(text));
    const auto request = parseSearchBody(doc->root());
    return request ? std::string("accepted")
                   : std::string(request.error().code->name) + ": " + request.error().message;
}

std::string refusedQuery(const char *query)
{
    const auto request = parseSearchQuery(QueryParams::parse(query));
    return request ? std::string("accepted")
                   : std::string(request.error().code->name) + ": " + request.error().message;
}

} // namespace

class TestSearchRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordedAnswers();
    void pages();
    void modes();
    void queryParameters();
    void queryRefusals();
    void bodyRefusals();
    void nodeBodies();
    void nodeBodiesOfMultiSearch();
    void federation();
    void facetSearchToleratesMore();
    void similar();
    void metadataHeader();
};

void TestSearchRequest::recordedAnswers()
{
    Features features;
    int refused = 0;
    int accepted = 0;
    int skipped = 0;
    for (const Exchange &e : recording()) {
        if (e.path == "/experimental-features" && e.method == "PATCH" && e.status == 200) {
            if (auto patched = parseFeaturesPatch(e.body, features))
                features = *patched;
        }
        const std::string code = e.answer.isObject() ? e.answer["code"].toString() : std::string {};
        if (code == "invalid_api_key" || code == "missing_authorization_header")
            continue; // answered before the request is read
        const Judge judge {e, features, settingsAt(e.number)};
        const auto refusal = judge.route();
        if (!refusal)
            continue;
        if (needState().contains(e.number)) {
            ++skipped;
            continue;
        }
        if (e.status < 400) {
            ++accepted;
            const QByteArray reason = refusal->has_value() ? toBytes((*refusal)->message) : QByteArray();
            QVERIFY2(!refusal->has_value(), (e.label() + " refused: " + reason).constData());
            continue;
        }
        ++refused;
        QVERIFY2(refusal->has_value(), (e.label() + " accepted, expected " + wireText(e.answer)).constData());
        COMPARE_WIRE((*refusal)->toJson(), wireText(e.answer), e);
        QCOMPARE((*refusal)->httpStatus(), e.status);
    }
    qInfo("%d refusals to the letter, %d accepted, %d need more state", refused, accepted, skipped);
    QVERIFY(refused >= 80);
    QVERIFY(accepted >= 130);
    QCOMPARE(skipped, static_cast<int>(needState().size()));
}

void TestSearchRequest::pages()
{
    QCOMPARE(searchOf("{}").firstHit(), 0U);
    QCOMPARE(searchOf("{}").hitCount(), 20U);
    QVERIFY(!searchOf("{}").finite());
    const SearchRequest page = searchOf(R"({"page":3,"hitsPerPage":7,"offset":5,"limit":1})");
    QVERIFY(page.finite());
    QCOMPARE(page.firstHit(), 14U);
    QCOMPARE(page.hitCount(), 7U);
    QCOMPARE(searchOf(R"({"page":0})").hitCount(), 0U);
    QCOMPARE(searchOf(R"({"hitsPerPage":0})").hitCount(), 0U);
    QCOMPARE(searchOf(R"({"page":2})").firstHit(), 20U);
    const SearchRequest far = searchOf(R"({"page":18446744073709551615,"hitsPerPage":18446744073709551615})");
    QCOMPARE(far.firstHit(), ~std::uint64_t {0});
}

void TestSearchRequest::modes()
{
    QCOMPARE(searchOf(R"({"q":"a"})").mode(), SearchMode::Keyword);
    QCOMPARE(searchOf(R"({"q":"a","hybrid":{"embedder":"e","semanticRatio":0}})").mode(), SearchMode::Keyword);
    QCOMPARE(searchOf(R"({"q":" ","hybrid":{"embedder":"e"}})").mode(), SearchMode::Keyword);
    QCOMPARE(searchOf(R"({"q":" ","vector":[1],"hybrid":{"embedder":"e"}})").mode(), SearchMode::Semantic);
    QCOMPARE(searchOf(R"({"q":"a","hybrid":{"embedder":"e","semanticRatio":1}})").mode(), SearchMode::Semantic);
    QCOMPARE(searchOf(R"({"q":"a","hybrid":{"embedder":"e"}})").mode(), SearchMode::Hybrid);
}

void TestSearchRequest::queryParameters()
{
    const auto request = parseSearchQuery(QueryParams::parse(
        "q=a+b%20c&limit=3&attributesToRetrieve=x,,y&filter=year%20%3E%202009&sort=_geoPoint(1,%202):asc,t:desc"
        "&hybridEmbedder=e&hybridSemanticRatio=0.25&vector=1,-2.5&showRankingScore=true&limit=4&locales=eng,fr"));
    QVERIFY(request);
    QCOMPARE(*request->q, std::string("a b c"));
    QCOMPARE(*request->limit, 4U);
    QCOMPARE(*request->attributesToRetrieve, (std::vector<std::string> {"x", "y"}));
    QCOMPARE(*request->filter, std::string("\"year > 2009\""));
    QCOMPARE(*request->sort, (std::vector<std::string> {"_geoPoint(1,2):asc", "t:desc"}));
    QCOMPARE(request->hybrid->semanticRatio, 0.25F);
    QCOMPARE(*request->vector, (std::vector<float> {1.0F, -2.5F}));
    QVERIFY(request->showRankingScore);
    const auto json = parseSearchQuery(QueryParams::parse("filter=[%22a%20%3D%201%22]"));
    QCOMPARE(*json->filter, std::string("[\"a = 1\"]"));
}

void TestSearchRequest::queryRefusals()
{
    QCOMPARE(refusedQuery("showRankingScore=1"),
             std::string("invalid_search_show_ranking_score: Invalid value in parameter `showRankingScore`: could "
                         "not parse `1` as a "
                         "boolean, expected either `true` or `false`"));
    QCOMPARE(refusedQuery("vector=1"),
             std::string("missing_search_hybrid: `hybridEmbedder` is mandatory when `vector` is present"));
    QCOMPARE(
        refusedQuery("hybridSemanticRatio=0.5"),
        std::string(
            "invalid_search_hybrid_query: `hybridEmbedder` is mandatory when `hybridSemanticRatio` is present"));
    QCOMPARE(refusedQuery("rankingScoreThreshold=1.5"),
             std::string("invalid_search_ranking_score_threshold: Invalid value in parameter "
                         "`rankingScoreThreshold`: the value of "
                         "`rankingScoreThreshold` is invalid, expected a float between `0.0` and `1.0`."));
    QCOMPARE(refusedQuery("matchingStrategy=some"),
             std::string("invalid_search_matching_strategy: Unknown value `some` for parameter `matchingStrategy`: "
                         "expected one of "
                         "`last`, `all`, `frequency`"));
    QVERIFY(refusedQuery("locales=xx")
                .starts_with("invalid_search_locales: Invalid value in parameter `locales`: Unsupported locale "
                             "`xx`, expected one of af, ak, am, ar"));
    QVERIFY(refusedQuery("hitsPerPag=1")
                .starts_with("bad_request: Unknown parameter `hitsPerPag`: did you mean `hitsPerPage`? "));
}

void TestSearchRequest::bodyRefusals()
{
    QCOMPARE(refusedSearch("[]"),
             std::string("bad_request: Invalid value type: expected an object, but found an array: `[]`"));
    QCOMPARE(
        refusedSearch(R"({"offset":null})"),
        std::string(
            "invalid_search_offset: Invalid value type at `.offset`: expected a positive integer, but found null"));
    QCOMPARE(refusedSearch(R"({"page":null,"q":null,"filter":null})"), std::string("accepted"));
    QCOMPARE(refusedSearch(R"({"personalize":{}})"),
             std::string("invalid_search_personalize: Missing field `userContext` inside `.personalize`"));
    QCOMPARE(
        refusedSearch(R"({"hybrid":{"embedder":"e","ratio":1}})"),
        std::string(
            "invalid_search_hybrid_query: Unknown field `ratio` inside `.hybrid`: expected one of `semanticRatio`, "
            "`embedder`"));
    QCOMPARE(refusedSearch(R"({"vector":[1,"a"]})"),
             std::string("invalid_search_vector: Invalid value type at `.vector[1]`: expected a number, but found "
                         "a string: `\"a\"`"));
    // the first refusal in written order is the answer
    QVERIFY(refusedSearch(R"({"limit":"x","q":1})").starts_with("invalid_search_limit"));
    QVERIFY(refusedSearch(R"({"q":1,"limit":"x"})").starts_with("invalid_search_q"));
    // of a repeated key the last value counts, at the first place
    QVERIFY(refusedSearch(R"({"q":"fine","limit":"x","q":1})").starts_with("invalid_search_q"));
}

void TestSearchRequest::nodeBodies()
{
    const char *bodies[] = {
        "{}",
        R"({"q":"é\n\"","offset":3,"limit":0,"page":1,"hitsPerPage":2,"attributesToRetrieve":[],)"
        R"("attributesToCrop":["a:3"],)"
        R"("cropLength":4,"cropMarker":"","attributesToHighlight":["*"],"highlightPreTag":"<b>",)"
        R"("highlightPostTag":"</b>",)"
        R"("showMatchesPosition":true,"filter":[["a = 1","b = 2"],"c = 3"],"sort":["a:asc"],"distinct":"d",)"
        R"("facets":["f"],)"
        R"("matchingStrategy":"all","attributesToSearchOn":["t"],"rankingScoreThreshold":0.3,"locales":["fra"],)"
        R"("hybrid":{"semanticRatio":0.1,"embedder":"e"},"vector":[0.1,1e30,-3],"retrieveVectors":true,)"
        R"("media":{"a":1},)"
        R"("personalize":{"userContext":"x"},"useNetwork":false,"showRankingScore":true,)"
        R"("showRankingScoreDetails":true,)"
        R"("showPerformanceDetails":true})"};
    for (const char *body : bodies) {
        const QByteArray first = searchOf(body).toJson();
        QCOMPARE(searchOf(first.constData()).toJson(), first);
    }
    QCOMPARE(searchOf(bodies[0]).toJson(), QByteArray("{}"));
    QCOMPARE(searchOf(R"({"filter":  ["a = 1"],"vector":[0.1]})").toJson(),
             QByteArray(R"({"filter":["a = 1"],"vector":[0.1]})"));
    // an orchestrator's changes
    SearchRequest request = searchOf(R"({"q":"x","offset":40,"limit":10,"filter":"a = 1"})");
    request.offset = 0;
    request.limit = 50;
    request.filter = fuseFilters(*request.filter, "\"s IN [\\\"!!\\\"]\"");
    request.showRankingScoreDetails = true;
    QCOMPARE(request.toJson(),
             QByteArray(R"({"q":"x","offset":0,"limit":50,"filter":["a = 1","s IN [\"!!\"]"],)"
                        R"("showRankingScoreDetails":true})"));
}

void TestSearchRequest::nodeBodiesOfMultiSearch()
{
    const char *body =
        R"({"queries":[{"indexUid":"a","q":"x","federationOptions":{"weight":0.5,"queryPosition":2}},)"
        R"({"indexUid":"b","filter":"c = 1"}],"federation":{"limit":5,"offset":1,"facetsByIndex":{"a":["f"],"b":null},)"
        R"("mergeFacets":{"maxValuesPerFacet":3},"distinct":"d"}})";
    const auto doc = json::Document::parse(std::string_view(body));
    const auto request = parseMultiSearchBody(doc->root());
    QVERIFY(request);
    QCOMPARE(request->toJson(), QByteArray(body));
    QCOMPARE(request->federation->firstHit(), 1U);
    QCOMPARE(request->federation->hitCount(), 5U);
}

void TestSearchRequest::federation()
{
    const auto refused = [](const char *text) {
        const auto doc = json::Document::parse(std::string_view(text));
        const auto request = parseMultiSearchBody(doc->root());
        if (!request)
            return std::string(request.error().code->name);
        for (const MultiSearchQuery &query : request->queries) {
            if (auto s = checkMultiSearchQuery(query, *request, {}); !s)
                return std::string(s.error().code->name);
        }
        return std::string("accepted");
    };
    const auto federated = [&](const std::string &members) {
        return refused((R"({"federation":{"distinct":"d"},"queries":[{"indexUid":"m",)" + members + "}]}").c_str());
    };
    QCOMPARE(federated(R"("offset":0)"), std::string("invalid_multi_search_query_pagination"));
    QCOMPARE(federated(R"("hitsPerPage":1)"), std::string("invalid_multi_search_query_pagination"));
    QCOMPARE(federated(R"("limit":null)"), std::string("accepted"));
    QCOMPARE(federated(R"("facets":[])"), std::string("accepted"));
    QCOMPARE(federated(R"("facets":["a"])"), std::string("invalid_multi_search_query_facets"));
    QCOMPARE(federated(R"("personalize":{"userContext":"x"})"),
             std::string("invalid_multi_search_query_personalization"));
    QCOMPARE(federated(R"("showPerformanceDetails":false)"),
             std::string("invalid_multi_search_query_show_performance_details"));
    QCOMPARE(federated(R"("distinct":"e")"), std::string("invalid_multi_search_distinct"));
    QCOMPARE(federated(R"("useNetwork":true,"federationOptions":{"remote":"r"})"),
             std::string("invalid_multi_search_federation_options"));
    QCOMPARE(federated(R"("useNetwork":true)"), std::string("feature_not_enabled"));
    QCOMPARE(federated(R"("federationOptions":{"remote":"r"})"), std::string("feature_not_enabled"));
    QCOMPARE(refused(R"({"queries":[{"indexUid":"a b"}]})"), std::string("invalid_index_uid"));
    QCOMPARE(refused(R"({"queries":[],"federation":{"mergeFacets":{"x":1}}})"),
             std::string("invalid_multi_search_merge_facets"));
    QCOMPARE(refused(R"({"queries":[],"federation":{"facetsByIndex":{"a b":[]}}})"),
             std::string("invalid_multi_search_facets_by_index"));
    QCOMPARE(refused(R"({"queries":[],"federation":[]})"), std::string("bad_request"));
}

void TestSearchRequest::facetSearchToleratesMore()
{
    const auto doc = json::Document::parse(std::string_view(
        R"({"facetName":"f","facetQuery":"x","limit":"anything","hitsPerPage":-1,"filter":"a = 1",)"
        R"("exhaustiveFacetCount":true})"));
    const auto request = parseFacetSearchBody(doc->root());
    QVERIFY(request);
    QCOMPARE(request->toJson(),
             QByteArray(R"({"facetName":"f","facetQuery":"x","exhaustiveFacetCount":true,"filter":"a = 1"})"));
}

void TestSearchRequest::similar()
{
    const auto request = parseSimilarQuery(QueryParams::parse("id=a%22b&embedder=e&rankingScoreThreshold=0.5"));
    QVERIFY(request);
    const auto id = similarId(*request);
    QVERIFY(!id);
    QCOMPARE(std::string(id.error().code->name), std::string("invalid_similar_id"));
    QVERIFY(id.error().message.starts_with("Invalid value at `.id`: Document identifier `\"a\\\"b\"` is invalid."));
    const auto missing = parseSimilarQuery(QueryParams::parse("embedder=e"));
    QCOMPARE(missing.error().message, std::string("Missing parameter `id`"));
    const auto doc = json::Document::parse(std::string_view(R"({"id":12,"embedder":"e","limit":3})"));
    const auto body = parseSimilarBody(doc->root());
    QCOMPARE(*similarId(*body), std::string("12"));
    QCOMPARE(body->toJson(), QByteArray(R"({"id":12,"limit":3,"embedder":"e"})"));
}

void TestSearchRequest::metadataHeader()
{
    QVERIFY(wantsMetadata("True"));
    QVERIFY(wantsMetadata("1"));
    QVERIFY(!wantsMetadata(""));
    QVERIFY(!wantsMetadata("yes"));
}

QTEST_GUILESS_MAIN(TestSearchRequest)
#include "tst_search_request.moc"
