// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "protocol/Deserr.h"
#include "protocol/MediaType.h"

#include <QTest>

#include <random>

using namespace miroir;
using namespace miroir::protocol;

namespace {

struct Sample {
    std::string name;
    std::uint64_t size = 0;
    std::optional<bool> flag;
    std::vector<std::int64_t> numbers;
    std::map<std::string, double> weights;
    std::size_t colour = 0;
};

constexpr const char *colours[] = {"red", "green", "attributesToHighlight"};

ApiStatus readSample(Sample &out, const json::Value &v)
{
    const ReadJson colour = [&out](const json::Value &value, const Location &at, std::string_view code) {
        return readName(out.colour, colours, value, at, code);
    };
    return readObject(v, {},
                      {{"name", "invalid_search_q", into(&out.name), "missing_index_uid"},
                       {"size", "invalid_search_limit", into(&out.size), "bad_request"},
                       {"flag", "invalid_search_page", into(&out.flag)},
                       {"numbers", "invalid_search_vector", into(&out.numbers)},
                       {"weights", "invalid_search_filter", into(&out.weights)},
                       {"colour", "invalid_search_sort", colour}});
}

std::string refused(const char *text)
{
    const auto doc = json::Document::parse(std::string_view(text));
    if (!doc)
        return "no JSON: " + doc.error().message();
    Sample out;
    const auto status = readSample(out, doc->root());
    return status ? std::string("accepted")
                  : std::string(status.error().code->name) + ": " + status.error().message;
}

} // namespace

class TestDeserr : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void catalogue();
    void errorJson();
    void bodies_data();
    void bodies();
    void acceptedKinds();
    void lengthAndMissing();
    void suggestions();
    void contentTypes_data();
    void contentTypes();
    void jsonBodies_data();
    void jsonBodies();
    void query();
    void queryDecoding();
    void randomQueries();
};

void TestDeserr::catalogue()
{
    QCOMPARE(errorCode("index_not_found").status, 404);
    QCOMPARE(errorCode("invalid_api_key").status, 403);
    QCOMPARE(std::string(errorCode("invalid_api_key").type), std::string("auth"));
    QCOMPARE(errorCode("payload_too_large").status, 413);
    QCOMPARE(errorCode("missing_content_type").status, 415);
    QCOMPARE(errorCode("too_many_search_requests").status, 503);
    QCOMPARE(std::string(errorCode("too_many_search_requests").type), std::string("system"));
    QCOMPARE(errorCode("internal").status, 500);
    QCOMPARE(errorCode("requires_enterprise_edition").status, 451);
    QCOMPARE(errorCode("invalid_s_3_snapshot_request").status, 400);
}

void TestDeserr::errorJson()
{
    ApiError error = apiError("index_not_found", "Index `a\"b` not found.");
    QCOMPARE(error.httpStatus(), 404);
    error.status = 400;
    QCOMPARE(error.httpStatus(), 400);
    QCOMPARE(error.toJson(),
             QByteArray("{\"message\":\"Index `a\\\"b` not found.\",\"code\":\"index_not_found\","
                        "\"type\":\"invalid_request\","
                        "\"link\":\"https://docs.meilisearch.com/errors#index_not_found\"}"));
}

void TestDeserr::bodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *body, const char *expected) {
        QTest::newRow(body) << QByteArray(body) << QByteArray(expected);
    };
    row(R"({"name":"a","size":1})", "accepted");
    row(R"({"name":"a","size":1,"flag":null,"numbers":[-1,2],"weights":{"x":1,"y":-2.5},"colour":"green"})",
        "accepted");
    row("3", "bad_request: Invalid value type: expected an object, but found a positive integer: `3`");
    row("null", "bad_request: Invalid value type: expected an object, but found null");
    row(R"({"name":1.50})",
        "invalid_search_q: Invalid value type at `.name`: expected a string, but found a number: `1.5`");
    row(R"({"name":{"b":1,"a":[1,"x"]}})",
        "invalid_search_q: Invalid value type at `.name`: expected a string, but found an object: "
        "`{\"b\":1,\"a\":[1,\"x\"]}`");
    row(R"({"size":true})",
        "invalid_search_limit: Invalid value type at `.size`: expected a positive integer, but found a boolean: "
        "`true`");
    row(R"({"numbers":[1,"x"]})",
        "invalid_search_vector: Invalid value type at `.numbers[1]`: expected an integer, but found a string: "
        "`\"x\"`");
    row(R"({"numbers":[9223372036854775808]})",
        "invalid_search_vector: Invalid value at `.numbers[0]`: value: `9223372036854775808` is too large to be "
        "deserialized, maximum "
        "value authorized is `9223372036854775807`");
    row(R"({"weights":{"a":1,"b":[]}})",
        "invalid_search_filter: Invalid value type at `.weights.b`: expected a number, but found an array: `[]`");
    row(R"({"colour":"gren"})",
        "invalid_search_sort: Unknown value `gren` at `.colour`: did you mean `green`? expected one of `red`, "
        "`green`, "
        "`attributesToHighlight`");
    row(R"({"size":1})", "missing_index_uid: Missing field `name`");
    row(R"({"name":"a"})", "bad_request: Missing field `size`");
    row("{}", "missing_index_uid: Missing field `name`");
    row(R"({"nam":"a"})",
        "bad_request: Unknown field `nam`: expected one of `name`, `size`, `flag`, `numbers`, `weights`, `colour`");
    row(R"({"numbrs":1})",
        "bad_request: Unknown field `numbrs`: did you mean `numbers`? expected one of `name`, `size`, `flag`, "
        "`numbers`, `weights`, "
        "`colour`");
}

void TestDeserr::bodies()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(refused(body.constData())), expected);
}

void TestDeserr::acceptedKinds()
{
    const auto doc = json::Document::parse(std::string_view("\"x\""));
    const auto sentence = [&](unsigned kinds) {
        return wrongType(doc->root(), kinds, {}, "bad_request").error.message;
    };
    const std::string tail = ", but found a string: `\"x\"`";
    QCOMPARE(sentence(AcceptsBoolean | AcceptsPositiveInteger),
             "Invalid value type: expected a boolean or a positive integer" + tail);
    QCOMPARE(sentence(AcceptsNull | AcceptsBoolean | AcceptsNumber),
             "Invalid value type: expected null, a boolean, or a number" + tail);
    QCOMPARE(sentence(AcceptsInteger), "Invalid value type: expected an integer" + tail);
    QCOMPARE(sentence(AcceptsNegativeInteger | AcceptsArray),
             "Invalid value type: expected a negative integer or an array" + tail);
    QCOMPARE(sentence(0), "Invalid value type: expected a different value" + tail);
}

void TestDeserr::lengthAndMissing()
{
    const auto doc = json::Document::parse(std::string_view("[2]"));
    const Location origin;
    const Location me = origin.key("me");
    const Location deep = me.item(3);
    QCOMPARE(wrongLength(doc->root(), 2, me, "bad_request").error.message,
             std::string("Invalid array len at `.me`. Received 1 elements instead of 2: `[2]`"));
    QCOMPARE(missingField("x", deep, "bad_request").error.message,
             std::string("Missing field `x` inside `.me[3]`"));
    QCOMPARE(invalidValue("no", deep.key("y"), "bad_request").error.message,
             std::string("Invalid value at `.me[3].y`: no"));
}

void TestDeserr::suggestions()
{
    constexpr const char *names[] = {"q", "filter", "sort", "attributesToHighLight"};
    QCOMPARE(didYouMean("filler", names), std::string("did you mean `filter`? "));
    QCOMPARE(didYouMean("sart", names), std::string("did you mean `sort`? "));
    QCOMPARE(didYouMean("osrt", names), std::string("did you mean `sort`? ")); // a swap is one typo
    QCOMPARE(didYouMean("attributesToHighloght", names), std::string("did you mean `attributesToHighLight`? "));
    for (const char *none : {"a", "srt", "query", "filterable", "sortable", "attributes_to_highlight"})
        QCOMPARE(didYouMean(none, names), std::string());
    QCOMPARE(didYouMean(std::string(5'000'000, 'x'), names), std::string());
}

void TestDeserr::contentTypes_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<bool>("json");
    for (const char *yes : {"application/json", "APPLICATION/JSON; charset=utf-8", "text/json",
                            "application/ld+json", "application/json;", "application/json; a=\"b; c\" ; d=e"})
        QTest::newRow(yes) << QByteArray(yes) << true;
    for (const char *no :
         {"", "json", "/json", "text/plain", "application/jsonx", "application/json charset=utf-8", "application/",
          "application/json; charset", "application/json; a=\"b", "application/json;a b=c"})
        QTest::newRow(*no ? no : "empty") << QByteArray(no) << false;
}

void TestDeserr::contentTypes()
{
    QFETCH(QByteArray, type);
    QFETCH(bool, json);
    const auto status = checkJsonContentType(sv(type));
    QCOMPARE(status.ok(), json);
    if (!json) {
        QCOMPARE(toBytes(status.error().message),
                 "The Content-Type `" + type
                     + "` is invalid. Accepted values for the Content-Type header are: `application/json`");
    }
}

void TestDeserr::jsonBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *body, const char *expected) {
        QTest::newRow(expected) << QByteArray(body) << QByteArray(expected);
    };
    row("", "missing_payload: A json payload is missing.");
    row(" ",
        "malformed_payload: The json payload provided is malformed. `EOF while parsing a value at line 1 column "
        "1`.");
    row("{\n\"a\":1,}",
        "malformed_payload: The json payload provided is malformed. `trailing comma at line 2 column 7`.");
    row("[1]x",
        "malformed_payload: The json payload provided is malformed. `trailing characters at line 1 column 4`.");
    row("[1e999]",
        "malformed_payload: The json payload provided is malformed. `number out of range at line 1 column 6`.");
}

void TestDeserr::jsonBodies()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    const auto doc = parseJsonBody("application/json", body);
    QVERIFY(!doc);
    QCOMPARE(toBytes(std::string(doc.error().code->name) + ": " + doc.error().message), expected);
    QCOMPARE(std::string(parseJsonBody(std::nullopt, body).error().code->name),
             std::string("missing_content_type"));
}

void TestDeserr::query()
{
    std::uint64_t limit = 20;
    std::optional<std::uint32_t> from;
    std::optional<std::vector<std::string>> list;
    bool flag = false;
    const auto read = [&](const char *text) {
        const auto status = readParams(QueryParams::parse(text),
                                       {{"limit", "invalid_task_limit", paramInto(&limit)},
                                        {"from", "invalid_task_from", paramInto(&from)},
                                        {"list", "invalid_task_uids", paramInto(&list)},
                                        {"flag", "invalid_task_reverse", paramInto(&flag), "bad_request"}});
        return status ? std::string("accepted")
                      : std::string(status.error().code->name) + ": " + status.error().message;
    };
    QCOMPARE(read("flag=true&limit=%2B7&from=3&list=a,,b%2Cc"), std::string("accepted"));
    QCOMPARE(limit, 7U);
    QCOMPARE(*from, 3U);
    QCOMPARE(*list, (std::vector<std::string> {"a", "b", "c"}));
    QVERIFY(flag);
    QCOMPARE(read("flag=true&limit=18446744073709551616"),
             std::string("invalid_task_limit: Invalid value in parameter `limit`: could not parse "
                         "`18446744073709551616` as a positive "
                         "integer"));
    QCOMPARE(read("flag=true&from=4294967296"),
             std::string("invalid_task_from: Invalid value in parameter `from`: could not parse `4294967296` as a "
                         "positive integer"));
    QCOMPARE(
        read("limit"),
        std::string(
            "invalid_task_limit: Invalid value in parameter `limit`: could not parse `` as a positive integer"));
    QCOMPARE(read("limit=1"), std::string("bad_request: Missing parameter `flag`"));
    QCOMPARE(read("limit=x&flag=x&limit=1"),
             std::string("invalid_task_reverse: Invalid value in parameter `flag`: could not parse `x` as a "
                         "boolean, expected either "
                         "`true` or `false`"));
}

void TestDeserr::queryDecoding()
{
    const QueryParams params = QueryParams::parse("a=%C3%A9+b&&c=%zz%4&%64=%FF&=x&a=2");
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"a", "2"}, {"c", "%zz%4"}, {"d", "\xEF\xBF\xBD"}, {"", "x"}};
    QCOMPARE(params.list(), expected);
    QCOMPARE(params.find("nope"), nullptr);
}

void TestDeserr::randomQueries()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::string alphabet = "ab%&=+,\xC3\xA9\xFF\n0 2F";
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (std::size_t n = random() % 40; n > 0; --n)
            text.push_back(alphabet[random() % alphabet.size()]);
        const QueryParams params = QueryParams::parse(text);
        QVERIFY(params.list().size() <= text.size());
        for (const auto &[name, value] : params.list()) {
            QVERIFY(QUtf8StringView(value.data(), static_cast<qsizetype>(value.size())).isValidUtf8());
            QCOMPARE(*params.find(name), value);
        }
    }
}

QTEST_GUILESS_MAIN(TestDeserr)
#include "tst_deserr.moc"
