// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/WireRecording.h"

#include "protocol/Csv.h"
#include "protocol/DocumentId.h"
#include "protocol/DocumentsPayload.h"
#include "protocol/RawJson.h"

#include <random>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

using Kind = PayloadFormat::Kind;

/// The documents one after the other, or the refusal.
std::string visited(std::string_view payload, PayloadFormat format)
{
    std::string out;
    const auto count = visitDocuments(payload, format, [&](std::string_view document) {
        out += (out.empty() ? "" : "|") + std::string(document);
        return true;
    });
    return count ? out : std::string(count.error().code->name) + ": " + count.error().message;
}

std::string idOf(std::string_view document, std::string_view primaryKey)
{
    const auto id = documentId(document, primaryKey);
    return id ? *id : std::string(id.error().code->name) + ": " + id.error().message;
}

std::string deepArray(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

class TestDocuments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void json_data();
    void json();
    void slicesAreTheClientsBytes();
    void lines_data();
    void lines();
    void csv_data();
    void csv();
    void csvRecords();
    void formats();
    void earlyEnd();
    void depthAndSize();
    void recordedTasks();
    void ids_data();
    void ids();
    void canonical();
    void inference();
    void randomJson();
    void randomCsv();
    void csvComesBack();
};

void TestDocuments::json_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *payload, const char *expected) {
        QTest::newRow(*payload ? payload : "empty") << QByteArray(payload) << QByteArray(expected);
    };
    const auto malformed = [&](const char *payload, const char *reason) {
        QTest::newRow(payload)
            << QByteArray(payload)
            << "malformed_payload: The `json` payload provided is malformed. `Couldn't serialize document value: "
                + QByteArray(reason) + "`.";
    };
    row("[]", "");
    row(" [ {\"a\" : 1} ,\n{} ] ", R"({"a" : 1}|{})");
    row(" {\"id\": 1e2 } \n", "{\"id\": 1e2 }");
    row("[{\"id\":1}] what follows is not read", "{\"id\":1}");
    row("[{\"n\":1e400}]", "{\"n\":1e400}");
    row("", "missing_payload: A json payload is missing.");
    row("[1]", "internal: invalid type: integer `1`, expected a map at line 1 column 1");
    row("[-12]", "internal: invalid type: integer `-12`, expected a map at line 1 column 3");
    row("[1.50]", "internal: invalid type: floating point `1.5`, expected a map at line 1 column 4");
    row("[null]", "internal: invalid type: null, expected a map at line 1 column 4");
    row("[true]", "internal: invalid type: boolean `true`, expected a map at line 1 column 4");
    row("[\"a'\\\"\"]", "internal: invalid type: string \"a'\\\"\", expected a map at line 1 column 6");
    row("[[{}]]", "internal: invalid type: sequence, expected a map at line 1 column 0");
    malformed("  ", "EOF while parsing a value at line 1 column 2");
    malformed("3", "data are neither an object nor a list of objects");
    malformed("\"x\" y", "data are neither an object nor a list of objects");
    malformed("nul", "EOF while parsing a value at line 1 column 3");
    malformed("x", "expected value at line 1 column 1");
    malformed("[{\"id\":1},", "EOF while parsing a value at line 1 column 10");
    malformed("[{\"id\":1},]", "trailing comma at line 1 column 11");
    malformed("[{\"id\":1} {}]", "expected `,` or `]` at line 1 column 11");
    malformed("[{\"id\":1}\n,{\"id\"}]", "expected `:` at line 2 column 7");
    malformed("[{\"id\":1,}]", "key must be a string at line 1 column 10");
    malformed("[{\"id\":01}]", "invalid number at line 1 column 9");
    malformed("[{\"id\":\"\x01\"}]",
              "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 8");
    malformed("[{\"id\":\"\\x\"}]", "invalid escape at line 1 column 10");
    malformed("[{\"id\":\"\xFF\"}]", "invalid unicode code point at line 1 column 11");
    malformed("{\"id\":1}x", "trailing characters at line 1 column 9");
    malformed("[", "EOF while parsing a list at line 1 column 1");
}

void TestDocuments::json()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(visited(sv(payload), {Kind::Json, ','})), expected);
}

void TestDocuments::slicesAreTheClientsBytes()
{
    const QByteArray payload = "[ {\"n\":1.10,\"b\":  [1E3,\"\\u00e9\"],\"n\":2},{\"x\":18446744073709551616}]";
    std::vector<std::string_view> slices;
    QVERIFY(visitDocuments(sv(payload), {}, [&](std::string_view document) {
        slices.push_back(document);
        return true;
    }));
    QCOMPARE(slices.size(), std::size_t {2});
    QVERIFY(slices[0].data() == payload.constData() + 2); // no copy
    QCOMPARE(std::string(slices[0]), std::string(R"({"n":1.10,"b":  [1E3,"\u00e9"],"n":2})"));
    QCOMPARE(std::string(slices[1]), std::string(R"({"x":18446744073709551616})"));
}

void TestDocuments::lines_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *payload, const char *expected) {
        QTest::newRow(*payload ? payload : "empty") << QByteArray(payload) << QByteArray(expected);
    };
    row("{\"id\":1}\n\n {\"id\":2}\r\n", R"({"id":1}|{"id":2})");
    row("{\"id\":1}{\"id\":\n2}", "{\"id\":1}|{\"id\":\n2}");
    row("\n \n", "");
    row("", "missing_payload: A ndjson payload is missing.");
    row("{\"id\":1}\n7 ", "internal: invalid type: integer `7`, expected a map at line 1 column 1");
    row("{\"id\":30}\n{\"id\":",
        "malformed_payload: The `ndjson` payload provided is malformed. `Couldn't serialize document value: EOF "
        "while parsing a value at line 2 column 6`.");
    row("{\"id\":1}\ntruex",
        "malformed_payload: The `ndjson` payload provided is malformed. `Couldn't serialize document value: "
        "trailing "
        "characters at line 2 column 5`.");
    row("{\"\\ud800\":1}",
        "malformed_payload: The `ndjson` payload provided is malformed. `Couldn't serialize document value: "
        "unexpected "
        "end of hex escape at line 1 column 9`.");
}

void TestDocuments::lines()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(visited(sv(payload), {Kind::NdJson, ','})), expected);
}

void TestDocuments::csv_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *payload, const char *expected) {
        QTest::newRow(name) << QByteArray(payload) << QByteArray(expected);
    };
    row("types", "id,n:number,b:boolean,t:string,u:x,a:b:number\n1, 2 ,true,x,,3\n2,1e3,,\"\",y,-0.50\n",
        R"({"id":"1","n":2,"b":true,"t":"x","u:x":null,"a:b":3}|)"
        R"({"id":"2","n":1000.0,"b":null,"t":null,"u:x":"y","a:b":-0.5})");
    row("quotes", "id,t\n\"a\"\"b\",\"c,\nd\"\r\ne,f\"g", R"({"id":"a\"b","t":"c,\nd"}|{"id":"e","t":"f\"g"})");
    row("mark and empty lines", "\xEF\xBB\xBFid\n\n\r\n1\n\n2", R"({"id":"1"}|{"id":"2"})");
    row("repeated names", "a,b,a\n1,2,3\n", R"({"a":"3","b":"2"})");
    row("undefined numbers", "n:number\nnan\ninf\n+5\n", R"({"n":null}|{"n":null}|{"n":5})");
    row("header only", "id,t\n", "");
    row("empty", "", "missing_payload: A csv payload is missing.");
    row("bad number", "id,n:number\n1,2\n2,a\"c\n",
        "malformed_payload: The `csv` payload provided is malformed: `Error parsing number \"a\\\"c\" at line 2: "
        "invalid float literal`.");
    row("bad boolean", "b:boolean\nyes\n",
        "malformed_payload: The `csv` payload provided is malformed: `Error parsing boolean \"yes\" at line 1: "
        "provided string was not "
        "`true` or `false``.");
    row("short row", "id,t\r\n1,2\r\n3\r\n",
        "malformed_payload: The `csv` payload provided is malformed: `CSV error: record 2 (line: 2, byte: 10): "
        "found record with 1 fields, "
        "but the previous record has 2 fields`.");
    row("no UTF-8", "id,t\n1,\xC3(\n",
        "malformed_payload: The `csv` payload provided is malformed: `CSV parse error: record 1 (line 2, field: 1, "
        "byte: 5): invalid "
        "utf-8: invalid UTF-8 in field 1 near byte index 0`.");
}

void TestDocuments::csv()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(visited(sv(payload), {Kind::Csv, ','})), expected);
}

void TestDocuments::csvRecords()
{
    QCOMPARE(visited("a;b\n1;\"x;y\"\n", {Kind::Csv, ';'}), std::string(R"({"a":"1","b":"x;y"})"));
    CsvReader reader("a,b\n1,", ',');
    QVERIFY(reader.next() == CsvReader::Next::Record);
    QVERIFY(reader.next() == CsvReader::Next::Record);
    QCOMPARE(reader.fields(), (std::vector<std::string> {"1", ""}));
    QVERIFY(reader.next() == CsvReader::Next::End);
}

void TestDocuments::formats()
{
    QVERIFY(payloadFormat("application/json; charset=utf-8", {})->kind == Kind::Json);
    QVERIFY(payloadFormat("application/x-ndjson", {})->kind == Kind::NdJson);
    QCOMPARE(payloadFormat("Text/CSV", ';')->delimiter, ';');
    QCOMPARE(std::string(payloadFormat(std::nullopt, {}).error().code->name), std::string("missing_content_type"));
    QCOMPARE(payloadFormat("text/json", {}).error().message,
             std::string("The Content-Type `text/json` is invalid. Accepted values for the Content-Type header "
                         "are: `application/json`, "
                         "`application/x-ndjson`, `text/csv`"));
    QVERIFY(payloadFormat("rubbish", ';').error().message.starts_with("The Content-Type `rubbish` is invalid."));
    QCOMPARE(payloadFormat("application/x-ndjson", ';').error().message,
             std::string("The Content-Type `application/x-ndjson` does not support the use of a csv delimiter. The "
                         "csv delimiter can only "
                         "be used with the Content-Type `text/csv`."));
}

void TestDocuments::earlyEnd()
{
    for (const auto &[payload, kind] : {std::pair {"[{},{},", Kind::Json}, std::pair {"{}{}{", Kind::NdJson},
                                        std::pair {"a\n1\n2\n\"", Kind::Csv}}) {
        int seen = 0;
        const auto count = visitDocuments(payload, {kind, ','}, [&](std::string_view) { return ++seen < 2; });
        QVERIFY(count);
        QCOMPARE(*count, 2U);
    }
}

void TestDocuments::depthAndSize()
{
    // a node lets any depth through its door
    const std::string deep = "[{\"id\":1,\"a\":" + deepArray(200'000) + "}]";
    QCOMPARE(visited(deep, {}).size(), deep.size() - 2);
    QVERIFY(visited("[" + deepArray(200'000) + "]", {}).starts_with("internal: invalid type: sequence"));
    QVERIFY(visited("{\"a\":" + deepArray(200) + "}", {}).starts_with("malformed_payload"));
    std::string many = "[";
    for (int i = 0; i < 50'000; ++i)
        many += "{\"id\":" + std::to_string(i) + "},";
    many.back() = ']';
    const auto count = visitDocuments(many, {}, [](std::string_view) { return true; });
    QCOMPARE(*count, 50'000U);
}

void TestDocuments::recordedTasks()
{
    // the errors of failed tasks about ids and primary keys, to the letter
    int compared = 0;
    for (const Exchange &e : recording()) {
        if (e.method != "POST" || !e.path.ends_with("/documents") || !e.task.isObject() || !e.body.isArray())
            continue;
        const std::string code = e.task["error"]["code"].toString();
        Result<std::string, ApiError> result(std::string {});
        if (code.starts_with("index_primary_key_") && code.ends_with("found"))
            result = inferPrimaryKey(e.body.at(0));
        else if (code == "index_primary_key_already_exists")
            result = Err {primaryKeyAlreadyExists("id")};
        else if (code != "missing_document_id" && code != "invalid_document_id")
            continue;
        for (std::size_t i = 0; i < e.body.size() && result; ++i)
            result = documentId(e.body.at(i), "id");
        QVERIFY2(!result, e.label().constData());
        COMPARE_WIRE(result.error().toJson(), wireText(e.task["error"]), e);
        ++compared;
    }
    QVERIFY2(compared >= 12, QByteArray::number(compared).constData());
}

void TestDocuments::ids_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *document, const char *key, const char *expected) {
        QTest::newRow(document) << QByteArray(document) << QByteArray(key) << QByteArray(expected);
    };
    row(R"({"id":1})", "id", "1");
    row(R"({"id":"1"})", "id", "1");
    row(R"({"x":0,"id":-7})", "id", "-7");
    row(R"({"id":"\u0061-b_C9"})", "id", "a-b_C9");
    row(R"({"\u0069d":5})", "id", "5");
    row(R"({"id":1,"id":2})", "id", "2");
    row(R"({"id":18446744073709551615})", "id", "18446744073709551615");
    row(R"({"a":{"b":{"c":3}}})", "a.b.c", "3");
    row(R"({"a.b":{"c":4}})", "a.b.c", "4");
    row(R"({"a.b.c":5})", "a.b.c", "5");
    row(R"({"a":{"x":1},"a.b":6})", "a.b", "6");
    row(R"({"a":{"b":1},"a.b":2})", "a.b",
        "invalid_document_id: Document have too many matching `a.b` attribute: `{\"a\":{\"b\":1},\"a.b\":2}`.");
    row(R"({"a":{"x":1}})", "a.b",
        "missing_document_id: Document doesn't have a `a.b` attribute: `{\"a\":{\"x\":1}}`.");
    row(R"({"a":5})", "a.b", "missing_document_id: Document doesn't have a `a.b` attribute: `{\"a\":5}`.");
    row(R"({"n":1e400})", "id", "missing_document_id: Document doesn't have a `id` attribute: `{\"n\":1e400}`.");
}

void TestDocuments::ids()
{
    QFETCH(QByteArray, document);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(idOf(sv(document), sv(key))), expected);
}

void TestDocuments::canonical()
{
    QVERIFY(isDocumentId(std::string(511, 'x')));
    QVERIFY(!isDocumentId(std::string(512, 'x')));
    QVERIFY(!isDocumentId(""));
    for (const char *wrong : {"-0", "1.0", "1e2", "18446744073709551616", "-9223372036854775809", "null", "true",
                              "[1]", "{}", "\"a b\"", "\"\"", "\"é\""}) {
        const auto id = canonicalIdJson(wrong);
        QVERIFY2(!id, wrong);
        QVERIFY(id.error().message.ends_with("and can not be more than 511 bytes."));
    }
    QCOMPARE(canonicalIdJson("1e2").error().message.substr(0, 38),
             std::string("Document identifier `100.0` is invalid"));
    QCOMPARE(*canonicalIdJson("-9223372036854775808"), std::string("-9223372036854775808"));
}

void TestDocuments::inference()
{
    QCOMPARE(*inferPrimaryKeyJson(R"({"title":1,"BookID":2})"), std::string("BookID"));
    QCOMPARE(*inferPrimaryKeyJson(R"({"id":{"x":1}})"), std::string("id"));
    QCOMPARE(*inferPrimaryKeyJson(R"({"id":1,"id":2})"), std::string("id"));
    QCOMPARE(std::string(inferPrimaryKeyJson("").error().code->name),
             std::string("index_primary_key_no_candidate_found"));
    QCOMPARE(inferPrimaryKeyJson(R"({"zid":1,"id":2,"aid":3})").error().message,
             std::string("The primary key inference failed as the engine found 3 fields ending with `id` in their "
                         "names: 'aid' and 'id'. "
                         "Please specify the primary key manually using the `primaryKey` query parameter."));
}

void TestDocuments::randomJson()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::string base = R"([{"id":1,"t":"é\n\u00e9","a":[1,-2.5e3,{"b":null}]}, {"id":"x","f":true} ,{}])";
    const std::string bytes = "[]{}:,\"\\ntrue0123-.eE \n\xC3\xA9\xFF\x01u";
    int accepted = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string payload = i % 3 == 0 ? std::string {} : base;
        if (payload.empty()) {
            for (std::size_t n = random() % 30; n > 0; --n)
                payload.push_back(bytes[random() % bytes.size()]);
        }
        for (std::size_t n = random() % 4; n > 0 && !payload.empty(); --n) {
            const std::size_t at = random() % payload.size();
            if (random() % 2 == 0)
                payload[at] =
                    random() % 2 == 0 ? bytes[random() % bytes.size()] : static_cast<char>(random() % 256);
            else
                payload.erase(at, 1 + random() % 3);
        }
        for (const Kind kind : {Kind::Json, Kind::NdJson}) {
            std::uint64_t seen = 0;
            bool sound = true;
            const auto count = visitDocuments(payload, {kind, ','}, [&](std::string_view document) {
                ++seen;
                const auto error = json::validate(document);
                // a node does not look at numbers here either
                sound = sound && document.starts_with('{')
                    && (!error || error->reason == "number out of range"
                        || error->reason.find("hex escape") != std::string::npos);
                return true;
            });
            QVERIFY2(sound, payload.c_str());
            if (count)
                QCOMPARE(*count, seen);
            accepted += count ? 1 : 0;
        }
    }
    QVERIFY(accepted > 1'000);
}

void TestDocuments::randomCsv()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::string bytes = "ab,\"\n\r1:;\xC3\xA9\xFF ";
    int accepted = 0;
    for (int i = 0; i < 40'000; ++i) {
        std::string payload;
        for (std::size_t n = random() % 40; n > 0; --n)
            payload.push_back(bytes[random() % bytes.size()]);
        bool sound = true;
        const auto count =
            visitDocuments(payload, {Kind::Csv, random() % 2 == 0 ? ',' : '"'}, [&](std::string_view row) {
                sound = sound && !json::validate(row);
                return true;
            });
        QVERIFY2(sound, payload.c_str());
        QVERIFY(!count || *count <= payload.size());
        accepted += count ? 1 : 0;
    }
    QVERIFY(accepted > 1'000);
}

/// Tables written with every way of quoting are read as they were meant, whatever stands in their cells.
void TestDocuments::csvComesBack()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::vector<std::string> pieces {
        "a", "b c", ",", ";", "\"", "\n", "\r\n", "\xC3\xA9", "1", "'", " ", "\t", "{"};
    for (int i = 0; i < 3'000; ++i) {
        const char delimiter = random() % 2 == 0 ? ',' : ';';
        const std::size_t width = 1 + random() % 4;
        std::string payload;
        for (std::size_t column = 0; column < width; ++column)
            payload += (column == 0 ? "" : std::string(1, delimiter)) + "c" + std::to_string(column);
        std::string expected;
        for (std::size_t rows = random() % 4; rows > 0; --rows) {
            payload += random() % 2 == 0 ? "\n" : "\r\n";
            std::string object;
            for (std::size_t column = 0; column < width; ++column) {
                std::string cell;
                for (std::size_t n = random() % 4; n > 0; --n)
                    cell += pieces[random() % pieces.size()];
                std::string written;
                for (const char c : cell)
                    written += c == '"' ? std::string("\"\"") : std::string(1, c);
                const bool needed = cell.find_first_of("\"\r\n,;") != std::string::npos || (width == 1 && cell.empty());
                payload += column == 0 ? "" : std::string(1, delimiter);
                payload += needed || random() % 3 == 0 ? '"' + written + '"' : cell;
                object += (column == 0 ? "{" : ",") + json::quoted("c" + std::to_string(column)) + ':'
                    + (cell.empty() ? std::string("null") : json::quoted(cell));
            }
            expected += object + "}";
        }
        std::string got;
        const auto count = visitDocuments(payload, {Kind::Csv, delimiter}, [&](std::string_view row) {
            got += row;
            return true;
        });
        QVERIFY2(count.ok(), payload.c_str());
        QCOMPARE(toBytes(got), toBytes(expected));
    }
}

QTEST_GUILESS_MAIN(TestDocuments)
#include "tst_documents.moc"
