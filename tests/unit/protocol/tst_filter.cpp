// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "protocol/Filter.h"
#include "protocol/FilterText.h"

#include <QTest>

#include <random>

using namespace miroir;
using namespace miroir::protocol;

namespace {

constexpr const char *code = "invalid_search_filter";
constexpr const char *operations = "`=`, `!=`, `>=`, `>`, `<=`, `<`, `IN`, `NOT IN`, `TO`, `EXISTS`, `NOT EXISTS`, "
                                   "`IS NULL`, `IS NOT NULL`, `IS EMPTY`, "
                                   "`IS NOT EMPTY`, `CONTAINS`, `NOT CONTAINS`, `STARTS WITH`, `NOT STARTS WITH`, "
                                   "`_geoRadius`, `_geoBoundingBox` or `_geoPolygon`";

/// The unambiguous form, or the message.
std::string outcome(std::string_view text)
{
    const auto filter = parseFilterText(text, code);
    if (!filter)
        return filter.error().message;
    return filter->has_value() ? filterText(**filter) : std::string("nothing");
}

std::string outcomeOfJson(std::string_view text)
{
    const auto filter = parseFilterJson(text, code);
    if (!filter)
        return filter.error().message;
    return filter->has_value() ? filterText(**filter) : std::string("nothing");
}

FilterNode parsed(std::string_view text)
{
    auto filter = parseFilterText(text, code);
    if (!filter || !filter->has_value())
        qFatal("no filter: %s", std::string(text).c_str());
    return std::move(**filter);
}

void addRows(std::initializer_list<std::pair<const char *, const char *>> rows)
{
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<QByteArray>("expected");
    for (const auto &[filter, expected] : rows)
        QTest::newRow(filter) << QByteArray(filter) << QByteArray(expected);
}

} // namespace

class TestFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void grammar_data();
    void grammar();
    void messages_data();
    void messages();
    void primaryMessage();
    void columns();
    void depth();
    void jsonForms_data();
    void jsonForms();
    void escapes();
    void randomFilters();
    void randomExpressions();
};

void TestFilter::grammar_data()
{
    addRows({
        {"", "nothing"},
        {" \t\n\xC2\xA0", "nothing"},
        {"a=b", R"("a" = "b")"},
        {"a != b.c-d_e", R"("a" != "b.c-d_e")"},
        {" a >= 1 ", R"("a" >= "1")"},
        {"a<1 OR a<=2 AND a>3", R"(("a" < "1") OR (("a" <= "2") AND ("a" > "3")))"},
        {"(a=1 OR b=2) AND NOT c=3", R"((("a" = "1") OR ("b" = "2")) AND (NOT ("c" = "3")))"},
        {"NOT NOT a=1", R"("a" = "1")"},
        {"NOT a NOT IN [1]", R"("a" IN ["1"])"},
        {"a 1 TO 2.5", R"("a" "1" TO "2.5")"},
        {"a EXISTS", R"("a" EXISTS)"},
        {"a NOT EXISTS", R"(NOT ("a" EXISTS))"},
        {"a IS NULL AND b IS NOT NULL AND c IS EMPTY AND d IS  NOT\tEMPTY",
         R"(("a" IS NULL) AND (NOT ("b" IS NULL)) AND ("c" IS EMPTY) AND (NOT ("d" IS EMPTY)))"},
        {"a IN[]", R"("a" IN [])"},
        {"a IN [ 1 , 'x y' ,\"z\",]", R"("a" IN ["1", "x y", "z"])"},
        {"a CONTAINS b", R"("a" CONTAINS "b")"},
        {"a NOT CONTAINS 'b c'", R"(NOT ("a" CONTAINS "b c"))"},
        {"a STARTS WITH b", R"("a" STARTS WITH "b")"},
        {"a NOT STARTS WITH b", R"(NOT ("a" STARTS WITH "b"))"},
        {"'AND' = \"OR\"", R"("AND" = "OR")"},
        {R"(a = 'it\'s' AND b = "q\"q" AND c = '\n\u00e9\x41\101')",
         "(\"a\" = \"it's\") AND (\"b\" = \"q\\\"q\") AND (\"c\" = \"\\n\xC3\xA9"
         "AA\")"},
        {"a = ''", R"("a" = "")"},
        {"日本語 = été", "\"日本語\" = \"été\""},
        {"_geoRadius(1, -2.5, .5)", "_geoRadius(1, -2.5, .5)"},
        {"_geoRadius(1,2,3e2,125)", "_geoRadius(1, 2, 3e2, 125)"},
        {"NOT _geoBoundingBox([1, 2], [3,4])", "NOT (_geoBoundingBox([1, 2], [3, 4]))"},
        {"_geoPolygon([1,2],[3,4],[5,6],)", "_geoPolygon([1, 2], [3, 4], [5, 6])"},
        {"_geo.lat > 1", R"("_geo.lat" > "1")"},
        {"_vectors EXISTS", "_vectors EXISTS"},
        {"_vectors.e.userProvided NOT EXISTS", "NOT (_vectors.\"e\".userProvided EXISTS)"},
        {"_vectors.'a b'.fragments.\"f.g\" EXISTS", "_vectors.\"a b\".fragments.\"f.g\" EXISTS"},
        {"_vectors.a = 1", R"("_vectors.a" = "1")"},
        {"_foreign(a, b = 1)", R"(_foreign("a", "b" = "1"))"},
    });
}

void TestFilter::grammar()
{
    QFETCH(QByteArray, filter);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(outcome(sv(filter))), expected);
    // the unambiguous form means itself
    if (expected != "nothing")
        QCOMPARE(toBytes(outcome(sv(expected))), expected);
}

void TestFilter::messages_data()
{
    addRows({
        {"a = ", "Was expecting a value but instead got nothing.\n5:5 a = "},
        {"a = 🦀 AND b = 1", "Was expecting a value but instead got `🦀`.\n5:6 a = 🦀 AND b = 1"},
        {"a = OR",
         "Was expecting a value but instead got `OR`, which is a reserved keyword. To use `OR` as a field name or "
         "a value, "
         "surround it by quotes.\n5:7 a = OR"},
        {"IN = 1",
         "Was expecting a value but instead got `IN`, which is a reserved keyword. To use `IN` as a field name or "
         "a value, "
         "surround it by quotes.\n1:3 IN = 1"},
        {"a = 'b", "Expression `\\'b` is missing the following closing delimiter: `'`.\n5:7 a = 'b"},
        {"(a = 1", "Expression `(a = 1` is missing the following closing delimiter: `)`.\n1:7 (a = 1"},
        {"a = 1 b = 2",
         "Found unexpected characters at the end of the filter: `b = 2`. You probably forgot an `OR` or an `AND` "
         "rule.\n7:12 a = 1 b = 2"},
        {"a EXISTS ",
         "Found unexpected characters at the end of the filter: ` `. You probably forgot an `OR` or an `AND` "
         "rule.\n9:10 a "
         "EXISTS "},
        {"a = 'x\\q'", "Malformed value: `x\\\\q`.\n6:9 a = 'x\\q'"},
        {"a = 'x\\u{zz}'", "Found an invalid escaped sequence number: `x\\\\u{zz}`.\n6:13 a = 'x\\u{zz}'"},
        {"a = 'x\\u12'",
         "The filter is incomplete and requires Unknown additional bytes to be parsed.\n1:12 a = 'x\\u12'"},
        {"a IN 1", "Expected `[` after `IN` keyword.\n6:7 a IN 1"},
        {"a IN [1", "Expected matching `]` after the list of field names given to `IN[`\n8:8 a IN [1"},
        {"a IN [1 2]",
         "Expected only comma-separated field names inside `IN[..]` but instead found `2]`.\n9:11 a IN [1 2]"},
        {"_geoRadius(1,2)",
         "Was expecting 3 or 4 arguments for `_geoRadius`, but instead found 2.\n16:16 _geoRadius(1,2)"},
        {"_geoRadius",
         "The `_geoRadius` filter must be in the form: `_geoRadius(latitude, longitude, radius, "
         "optionalResolution)`.\n"
         "11:11 _geoRadius"},
        {"_geoRadius(1,x)",
         "The `_geoRadius` filter must be in the form: `_geoRadius(latitude, longitude, radius, "
         "optionalResolution)`.\n13:16 _geoRadius(1,x)"},
        {"_geoBoundingBox([1,2])",
         "The `_geoBoundingBox` filter expects two pairs of arguments: `_geoBoundingBox([latitude, longitude], "
         "[latitude, longitude])`.\n23:23 _geoBoundingBox([1,2])"},
        {"_geoBoundingBox([1,2,3],[4,5])",
         "Was expecting 2 coordinates but instead found 3.\n18:19 _geoBoundingBox([1,2,3],[4,5])"},
        {"_geoPolygon([1,2],[3,4])",
         "The `_geoPolygon` filter expects at least 3 points but only 2 were specified\n22:23 "
         "_geoPolygon([1,2],[3,4])"},
        {"a = _geoRadius(1,2,3)",
         "The `_geoRadius` filter is an operation and can't be used as a value.\n5:22 a = _geoRadius(1,2,3)"},
        {"_geoPoint(1,2)",
         "`_geoPoint` is a reserved keyword and thus can't be used as a filter expression. Use the "
         "`_geoRadius(latitude, longitude, "
         "distance)` or `_geoBoundingBox([latitude, longitude], [latitude, longitude])` built-in rules to filter "
         "on `_geo` "
         "coordinates.\n1:15 _geoPoint(1,2)"},
        {"_vectors. EXISTS", "Was expecting embedder name but found nothing.\n10:11 _vectors. EXISTS"},
        {"_vectors.e.userProvide EXISTS",
         "Was expecting one of `fragments`, `userProvided`, `documentTemplate`, `regenerate` or nothing, but "
         "instead found "
         "`userProvide`. Did you mean `userProvided`?\n12:23 _vectors.e.userProvide EXISTS"},
        {"_vectors.e", "The vector filter has leftover tokens.\n11:11 _vectors.e"},
        {"_vectors x",
         "Was expecting an operation like `EXISTS` or `NOT EXISTS` after the vector filter.\n10:11 _vectors x"},
        {"_foreign(a)",
         "Was expecting a field name and an condition inside `_foreign(..)` filter but instead found `)`.\n11:12 "
         "_foreign(a)"},
    });
}

void TestFilter::messages()
{
    QFETCH(QByteArray, filter);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(outcome(sv(filter))), expected);
}

void TestFilter::primaryMessage()
{
    const std::string start = std::string("Was expecting an operation ") + operations + " ";
    QCOMPARE(outcome("a"), start + "at `a`.\n1:2 a");
    QCOMPARE(outcome("a = 1 AND"), start + "but instead got nothing.\n10:10 a = 1 AND");
    QCOMPARE(outcome("a = 1 OR b"), start + "at `b`.\n10:11 a = 1 OR b");
    QCOMPARE(outcome("a IS NOT"), start + "at `a IS NOT`.\n1:9 a IS NOT");
    QCOMPARE(outcome("NOT"), start + "but instead got nothing.\n4:4 NOT");
}

void TestFilter::columns()
{
    // a column counts characters and starts again with each line
    QCOMPARE(outcome("é = 1 AND\n b = "),
             std::string("Was expecting a value but instead got nothing.\n6:6 é = 1 AND\n b = "));
    const FilterNode node = parsed("éé = 1 AND\n  b > 22");
    QCOMPARE(node.children[0].attribute.column, 1U);
    QCOMPARE(node.children[0].attribute.width, 2U);
    QCOMPARE(node.children[1].attribute.column, 3U);
    QCOMPARE(node.children[1].values[0].column, 7U);
    QCOMPARE(node.children[1].values[0].width, 2U);
    QCOMPARE(atToken(node.children[1].attribute, "no"), std::string("no\n3:4 éé = 1 AND\n  b > 22"));
    // the searched form has quotes and parentheses around everything
    QCOMPARE(renumbered(node).children[1].attribute.column, 20U);
}

void TestFilter::depth()
{
    const auto nested = [](int levels) {
        return std::string(static_cast<std::size_t>(levels), '(') + "a = 1"
            + std::string(static_cast<std::size_t>(levels), ')');
    };
    QCOMPARE(outcome(nested(36)), std::string(R"("a" = "1")"));
    QVERIFY(outcome(nested(40)).starts_with("The filter exceeded the maximum depth limit."));
    QVERIFY(outcome(nested(100'000)).starts_with("The filter exceeded the maximum depth limit."));
    std::string nots;
    for (int i = 0; i < 100'000; ++i)
        nots += "NOT ";
    QVERIFY(outcome(nots + "a = 1").starts_with("The filter exceeded the maximum depth limit."));
    // breadth has no limit
    std::string wide = "a IN [0";
    for (int i = 1; i < 20'000; ++i)
        wide += "," + std::to_string(i);
    QCOMPARE(parsed(wide + "]").values.size(), std::size_t {20'000});
    std::string ors = "a = 0";
    for (int i = 1; i < 5'000; ++i)
        ors += " OR a = " + std::to_string(i);
    QCOMPARE(parsed(ors).children.size(), std::size_t {5'000});
}

void TestFilter::jsonForms_data()
{
    addRows({
        {R"("a = 1")", R"("a" = "1")"},
        {R"([])", "nothing"},
        {R"(["", ["", ""]])", "nothing"},
        {R"([["a = 1"]])", R"("a" = "1")"},
        {R"(["a = 1", ["b = 2", "c = 3"], ""])", R"(("a" = "1") AND (("b" = "2") OR ("c" = "3")))"},
        {"3", "Invalid syntax for the filter parameter: `expected String, Array, found: 3`."},
        {"null", "Invalid syntax for the filter parameter: `expected String, Array, found: null`."},
        {R"({"a": 1})", "Invalid syntax for the filter parameter: `expected String, Array, found: {\"a\":1}`."},
        {R"(["a = 1", 2])", "Invalid syntax for the filter parameter: `expected String, [String], found: 2`."},
        {R"([["a ="], [["b"]]])", "Invalid syntax for the filter parameter: `expected String, found: [\"b\"]`."},
        {R"(["a = 1", ["b ="]])", "Was expecting a value but instead got nothing.\n4:4 b ="},
    });
}

void TestFilter::jsonForms()
{
    QFETCH(QByteArray, filter);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(outcomeOfJson(sv(filter))), expected);
}

void TestFilter::escapes()
{
    QCOMPARE(escapeDebug("a'b\"c\\d\n\t\xC2\xA0é"), std::string("a\\'b\\\"c\\\\d\\n\\t\\u{a0}é"));
    QCOMPARE(debugQuoted("it's \"x\""), std::string("\"it's \\\"x\\\"\""));
    std::string out;
    QVERIFY(unescape("\\u{1F600}\\/\\b", out) == Unescaped::Ok);
    QCOMPARE(out, std::string("\xF0\x9F\x98\x80/\b"));
    QVERIFY(unescape("\\ud800", out) == Unescaped::BadCharacter);
    QVERIFY(unescape("\\x4", out) == Unescaped::Incomplete);
    QVERIFY(unescape("\\400", out) == Unescaped::Ok); // two octal digits and a zero
    QCOMPARE(out, std::string(" 0"));
}

void TestFilter::randomFilters()
{
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::vector<std::string> pieces = {"a",           "b.c",
                                             "'x y'",       "\"q\\\"\"",
                                             "=",           "!=",
                                             ">=",          "<",
                                             "IN",          "[",
                                             "]",           ",",
                                             "NOT",         "AND",
                                             "OR",          "TO",
                                             "EXISTS",      "IS",
                                             "NULL",        "EMPTY",
                                             "CONTAINS",    "STARTS",
                                             "WITH",        "(",
                                             ")",           "1",
                                             "-2.5",        " ",
                                             " ",           "\n",
                                             "_geoRadius",  "_geoPoint(",
                                             "_geoPolygon", "_vectors",
                                             ".",           "_foreign(",
                                             "\\",          "'",
                                             "\"",          "é",
                                             "\xFF",        "\xF0\x9F",
                                             "🦀",        "\\u{",
                                             "1e",          "_geoBoundingBox(["};
    int accepted = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string text;
        for (std::size_t n = random() % 12; n > 0; --n)
            text += pieces[random() % pieces.size()] + (random() % 2 ? " " : "");
        const auto filter = parseFilterText(text, code);
        if (!filter) {
            QVERIFY(!filter.error().message.empty());
            QVERIFY(filter.error().message.size() < 2'000);
            continue;
        }
        if (!filter->has_value())
            continue;
        ++accepted;
        const std::string once = filterText(**filter);
        const auto again = parseFilterText(once, code);
        QVERIFY2(again && again->has_value(), (text + " -> " + once).c_str());
        QCOMPARE(filterText(**again), once);
    }
    QVERIFY2(accepted > 25, std::to_string(accepted).c_str());
}

void TestFilter::randomExpressions()
{
    // mutations of valid expressions: never a crash, and what is accepted keeps its meaning when written again
    const unsigned seed = std::random_device {}();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const std::string base =
        "(a = 1 OR NOT b.c IN ['x', \"y\\n\"]) AND d 1 TO 2 AND _geoRadius(1.5, 2, 3) AND e IS NOT NULL "
        "AND f CONTAINS 'é' AND _vectors.m.fragments.x EXISTS AND _geoPolygon([1,2],[3,4],[5,6])";
    QVERIFY(parseFilterText(base, code));
    int accepted = 0;
    for (int i = 0; i < 12'000; ++i) {
        std::string text = base;
        for (std::size_t n = 1 + random() % 3; n > 0; --n) {
            const std::size_t at = random() % text.size();
            switch (random() % 3) {
            case 0:
                text.erase(at, 1 + random() % 4);
                break;
            case 1:
                text[at] = static_cast<char>(random() % 256);
                break;
            default:
                text.insert(at, text.substr(random() % text.size(), random() % 12));
                break;
            }
            if (text.empty())
                text = "a";
        }
        const auto filter = parseFilterText(text, code);
        if (!filter || !filter->has_value())
            continue;
        ++accepted;
        const std::string once = filterText(**filter);
        QCOMPARE(outcome(once), once);
    }
    QVERIFY(accepted > 150);
}

QTEST_GUILESS_MAIN(TestFilter)
#include "tst_filter.moc"
