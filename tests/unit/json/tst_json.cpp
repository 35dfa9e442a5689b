// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Recorded.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <QtTest>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using namespace miroir;
using namespace miroir::json;
using namespace miroir::json::testing;

namespace {

using Random = std::mt19937_64;

std::string outcome(const std::string &text)
{
    const auto parsed = Document::parse(std::string_view(text));
    return parsed ? compact(parsed->root()) : parsed.error().message();
}

/// The table must lie inside the text and nest.
bool slicesFit(const Value &value, std::string_view outer)
{
    const std::string_view raw = value.raw();
    if (raw.data() < outer.data() || raw.data() + raw.size() > outer.data() + outer.size() || validate(raw))
        return false;
    for (const Value item : value.items()) {
        if (!slicesFit(item, raw))
            return false;
    }
    for (const Member member : value.members()) {
        if (!slicesFit(member.name, raw) || !slicesFit(member.value, raw))
            return false;
    }
    return true;
}

std::size_t longestRunOfDigits(std::string_view text)
{
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = (c >= '0' && c <= '9') || c == '.' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

std::string randomText(Random &random)
{
    static const std::vector<std::string> seeds {"{\"a\":1,\"b\":[1,2.5,-3e10,null,true,"
        "\"x\\u00e9\\n\\ud83d\\ude00\"],\"c\":{\"d\":{}},\"a\":2}",
        " [ 1 , {} , [[]] , \"\xC3\xA9\xE2\x82\xAC\" ] ", "-12.5e-3", "{\"k\":{\"k\":{\"k\":[]}}}",
            "12345678901234567890123"};
    static const std::string pieces = "{}[]\",:0123456789.-+eEnulltrfas\\u_ \n\xC3\xA9\xFF";
    std::string text = seeds[random() % seeds.size()];
    for (auto changes = random() % 5; changes > 0; --changes) {
        const std::size_t at = random() % (text.size() + 1);
        switch (random() % 4) {
        case 0:
            text.insert(at, 1, pieces[random() % pieces.size()]);
            break;
        case 1:
            text.erase(at, 1 + random() % 3);
            break;
        case 2:
            text.resize(at);
            break;
        default:
            text.insert(at, text.substr(random() % (text.size() + 1), random() % 12));
        }
    }
    return text;
}

} // namespace

class TestJson : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asSerdeJson_data();
    void asSerdeJson();
    void depth();
    void errorDetails();
    void kinds();
    void numbers();
    void strings();
    void membersAndItems();
    void absentValues();
    void arraysAreSplit_data();
    void arraysAreSplit();
    void splitMayStop();
    void valuesAreSkipped();
    void doublesAreFormatted_data();
    void doublesAreFormatted();
    void doublesSurvive();
    void quoting();
    void writer();
    void randomTexts();
};

void TestJson::asSerdeJson_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < recorded.size(); ++i)
        QTest::addRow("%zu %s", i, json::quoted(recorded[i].text.substr(0, 30)).c_str()) << static_cast<int>(i);
}

void TestJson::asSerdeJson()
{
    QFETCH(int, index);
    const Recorded &row = recorded[static_cast<std::size_t>(index)];
    QCOMPARE(toBytes(outcome(row.text)), toBytes(row.result));
    const auto invalid = validate(row.text);
    QCOMPARE(!invalid.has_value(), row.ok);
    if (invalid)
        QCOMPARE(toBytes(invalid->message()), toBytes(row.result));
}

void TestJson::depth()
{
    const auto nested = [](std::size_t depth, bool objects) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i)
            text += objects ? "{\"a\":" : "[";
        text += objects ? "1" : "";
        return text + std::string(depth, objects ? '}' : ']');
    };
    for (const bool objects : {false, true}) {
        QVERIFY(!validate(nested(127, objects)));
        const auto error = validate(nested(128, objects));
        QVERIFY(error.has_value());
        QCOMPARE(error->reason, "recursion limit exceeded");
        QCOMPARE(error->column, objects ? 127U * 5 + 1 : 128U);
    }
    QVERIFY(validate(std::string(10'000'000, '[')).has_value()); // no deep recursion
    // an item of an array is one level down
    const auto ignore = [](std::string_view) { return true; };
    QVERIFY(!splitArray(nested(127, false), ignore));
    QVERIFY(splitArray(nested(128, false), ignore));
}

void TestJson::errorDetails()
{
    const auto error = validate("{\n \"a\": tru");
    QVERIFY(error.has_value());
    QCOMPARE(error->reason, "EOF while parsing a value");
    QCOMPARE(error->line, 2U);
    QCOMPARE(error->column, 9U);
    QCOMPARE(error->offset, 11U);
    QVERIFY(error->eof);
    QCOMPARE(error->message(), "EOF while parsing a value at line 2 column 9");
    QVERIFY(!validate("[1,}")->eof);
    // every text that only ends too early says so
    const std::string whole = "{\"a\":[1.5e3,true,null,\"\\u00e9\\n\"],\"b\":{\"c\":-1}}";
    QVERIFY(!validate(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto cut = validate(whole.substr(0, length));
        QVERIFY2(cut && cut->eof, whole.substr(0, length).c_str());
    }
}

void TestJson::kinds()
{
    const auto doc = Document::parse(QByteArray("[null,true,0,-1,1.0,\"s\",[],{},-0,18446744073709551615,"
        "18446744073709551616,1e2]"));
    QVERIFY(doc.ok());
    const Kind expected[] = {Kind::Null, Kind::Bool, Kind::PositiveInteger, Kind::NegativeInteger, Kind::Float,
        Kind::String, Kind::Array,
        Kind::Object, Kind::Float, Kind::PositiveInteger, Kind::Float, Kind::Float};
    std::size_t i = 0;
    for (const Value item : doc->root().items())
        QCOMPARE(item.kind(), expected[i++]);
    QCOMPARE(i, std::size(expected));
    QVERIFY(doc->root().at(0).isNull() && doc->root().at(1).isBool() && doc->root().at(1).toBool());
    QVERIFY(doc->root().at(2).isInteger() && doc->root().at(3).isInteger() && !doc->root().at(4).isInteger());
    QVERIFY(doc->root().at(4).isNumber() && doc->root().at(2).isNumber() && !doc->root().at(5).isNumber());
}

void TestJson::numbers()
{
    const auto value = [](const char *text) { return Document::parse(QByteArray(text)); };
    QCOMPARE(value("18446744073709551615")->root().toU64(), std::optional(~0ULL));
    QCOMPARE(value("18446744073709551616")->root().toU64(), std::nullopt);
    QCOMPARE(value("-1")->root().toU64(), std::nullopt);
    QCOMPARE(value("1.0")->root().toU64(), std::nullopt);
    QCOMPARE(value("-9223372036854775808")->root().toI64(), std::optional(std::numeric_limits<std::int64_t>::min()));
    QCOMPARE(value("9223372036854775808")->root().toI64(), std::nullopt);
    QCOMPARE(value("9223372036854775807")->root().toI64(), std::optional(std::numeric_limits<std::int64_t>::max()));
    QCOMPARE(value("\"1\"")->root().toU64(), std::nullopt);
    QCOMPARE(value("-12.5e-1")->root().toDouble(), -1.25);
    QCOMPARE(value("12345678901234567890")->root().toDouble(), 12345678901234567890.0);
    QVERIFY(std::signbit(value("-0")->root().toDouble()));
    QCOMPARE(value("1e-400")->root().toDouble(), 0.0);
    QCOMPARE(value("null")->root().toDouble(), 0.0);
}

void TestJson::strings()
{
    const auto decoded = [](const char *text) { return Document::parse(QByteArray(text))->root().toString(); };
    QCOMPARE(decoded("\"plain\""), "plain");
    QCOMPARE(decoded("\"\""), "");
    QCOMPARE(decoded("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\/\b\f\n\r\t");
    QCOMPARE(decoded("\"\\u0041\\u00e9\\u20AC\\uD83d\\uDE00\""), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    QCOMPARE(decoded("\"\\u0000\"").size(), 1U);
    QCOMPARE(decoded("12"), "");
}

void TestJson::membersAndItems()
{
    const auto doc = Document::parse(QByteArray("{ \"a\" : 1 , \"b\":[10, [20] ,30],\"a\":2,\"\\u0062\":3,\"\":4 }"));
    const Value root = doc->root();
    QCOMPARE(root.size(), 5U); // each written member
    QCOMPARE(root.find("a").toU64().value_or(0), 2ULL); // the last one
    QCOMPARE(root["b"].toU64().value_or(0), 3ULL); // the escaped name is the same
    QCOMPARE(root[""].toU64().value_or(0), 4ULL);
    QVERIFY(!root.find("c").exists());
    std::string names;
    for (const Member member : root.members())
        names += member.key() + "=" + std::string(member.value.raw()) + ";";
    QCOMPARE(names, "a=1;b=[10, [20] ,30];a=2;b=3;=4;");
    Value list;
    for (const Member member : root.members()) {
        if (member.value.isArray())
            list = member.value;
    }
    QCOMPARE(list.size(), 3U);
    QCOMPARE(list.at(1).at(0).raw(), "20");
    QCOMPARE(list.at(2).toU64().value_or(0), 30ULL);
    QVERIFY(!list.at(3).exists());
    QCOMPARE(list.offset(), 16U);
    QCOMPARE(compact(root), "{\"a\":2,\"b\":3,\"\":4}");
}

void TestJson::absentValues()
{
    const Value nothing;
    QVERIFY(!nothing.exists() && !nothing.isNull() && !nothing.isObject() && !nothing.toBool());
    QCOMPARE(nothing.size(), 0U);
    QVERIFY(nothing.raw().empty());
    QVERIFY(nothing.toString().empty());
    QVERIFY(!nothing["a"]["b"].at(3).exists());
    QVERIFY(!nothing.toU64() && !nothing.toI64());
    for (const Value item : nothing.items())
        QVERIFY2(false, std::string(item.raw()).c_str());
    const auto number = Document::parse(QByteArray("3"));
    QVERIFY(!number->root()["a"].exists() && !number->root().at(0).exists());
}

void TestJson::arraysAreSplit_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("items"); // joined by |
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *text, const char *items, const char *error) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(items) << QByteArray(error);
    };
    row("[]", "", "");
    row(" [ ] ", "", "");
    row("[1,\"]\", {\"a\" : [1] } ,[ ]]", "1|\"]\"|{\"a\" : [1] }|[ ]", "");
    row("", "", "EOF while parsing a value at line 1 column 0");
    row("{}", "", "expected value at line 1 column 1");
    row("[", "", "EOF while parsing a list at line 1 column 1");
    row("[1", "1", "EOF while parsing a list at line 1 column 2");
    row("[1,", "1", "EOF while parsing a value at line 1 column 3");
    row("[1,]", "1", "trailing comma at line 1 column 4");
    row("[1 2]", "1", "expected `,` or `]` at line 1 column 4");
    row("[1,\n{\"a\":x}]", "1", "expected value at line 2 column 6");
    row("[1] 2", "1", "trailing characters at line 1 column 5");
}

void TestJson::arraysAreSplit()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, items);
    QFETCH(QByteArray, error);
    QByteArray seen;
    const auto failed = splitArray(sv(text), [&seen](std::string_view item) {
        seen += (seen.isEmpty() ? "" : "|") + toBytes(item);
        return true;
    });
    QCOMPARE(seen, items);
    QCOMPARE(failed ? toBytes(failed->message()) : QByteArray(), error);
}

void TestJson::splitMayStop()
{
    int seen = 0;
    QVERIFY(!splitArray("[1,2,3,broken", [&seen](std::string_view) { return ++seen < 2; }));
    QCOMPARE(seen, 2);
}

void TestJson::valuesAreSkipped()
{
    QCOMPARE(*skipValue("  {\"a\":1} rest"), 9U);
    QCOMPARE(*skipValue("[1] 22 3", 3), 6U);
    QVERIFY(!skipValue("[1] ", 3).ok());
    QVERIFY(!skipValue("[1", 0).ok());
}

void TestJson::doublesAreFormatted_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](double number, const char *text) { QTest::newRow(text) << number << QByteArray(text); };
    row(0.0, "0.0");
    row(-0.0, "-0.0");
    row(1.0, "1.0");
    row(-1.5, "-1.5");
    row(0.1, "0.1");
    row(100.0, "100.0");
    row(123456.789, "123456.789");
    row(1000000000000000.0, "1000000000000000.0");
    row(1e+16, "1e+16");
    row(1.5e+16, "1.5e+16");
    row(1.2345678901234568e+17, "1.2345678901234568e+17");
    row(1e+17, "1e+17");
    row(1e+21, "1e+21");
    row(1.2345e+22, "1.2345e+22");
    row(1e+100, "1e+100");
    row(1e+308, "1e+308");
    row(1.7976931348623157e+308, "1.7976931348623157e+308");
    row(0.001, "0.001");
    row(0.0001, "0.0001");
    row(1e-05, "0.00001");
    row(1.2e-05, "0.000012");
    row(1e-06, "1e-6");
    row(1.5e-06, "1.5e-6");
    row(1e-07, "1e-7");
    row(1.25e-10, "1.25e-10");
    row(2.2250738585072014e-308, "2.2250738585072014e-308");
    row(5e-324, "5e-324");
    row(3.0000000000000004, "3.0000000000000004");
    row(0.3333333333333333, "0.3333333333333333");
    row(9007199254740994.0, "9007199254740994.0");
    row(2.718281828459045, "2.718281828459045");
    row(99999999999999.9, "99999999999999.9");
    row(9999999999999998.0, "9999999999999998.0");
    row(12345678.0, "12345678.0");
    row(std::numeric_limits<double>::infinity(), "null");
    row(std::numeric_limits<double>::quiet_NaN(), "null");
}

void TestJson::doublesAreFormatted()
{
    QFETCH(double, number);
    QFETCH(QByteArray, text);
    QCOMPARE(toBytes(formatDouble(number)), text);
}

void TestJson::doublesSurvive()
{
    // as a node reads them: the last bit may be lost on the way in, never more
    Random random(3);
    for (int i = 0; i < 50000; ++i) {
        const double number = std::bit_cast<double>(random());
        if (!std::isfinite(number))
            continue;
        const std::string text = formatDouble(number);
        const auto parsed = Document::parse(std::string_view(text));
        QVERIFY2(parsed.ok() && parsed->root().kind() == Kind::Float, text.c_str());
        const double back = parsed->root().toDouble();
        QVERIFY2(std::abs(back - number) <= std::abs(number) * 4e-16 || std::abs(number) < 1e-300, text.c_str());
    }
    for (int i = -100000; i < 100000; i += 7) {
        const double number = i / 64.0;
        QCOMPARE(Document::parse(std::string_view(formatDouble(number)))->root().toDouble(), number);
    }
}

void TestJson::quoting()
{
    QCOMPARE(json::quoted("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\xC3\xA9"),
        "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xC3\xA9\"");
    QCOMPARE(json::quoted(""), "\"\"");
    QCOMPARE(json::quoted(std::string_view("\0", 1)), "\"\\u0000\"");
    QByteArray out("x");
    appendQuoted(out, "y");
    QCOMPARE(out, QByteArray("x\"y\""));
}

void TestJson::writer()
{
    Writer writer;
    writer.beginObject().key("a\n").string("b").key("c").beginArray();
    writer.number(1).number(2U).number(std::int64_t {-3}).number(0.5).null().boolean(true);
    writer.beginObject().endObject().beginArray().endArray().raw("[1, 2]").endArray();
    writer.key("d").beginObject().key("e").number(~std::uint64_t {0}).endObject().endObject();
    QCOMPARE(writer.bytes(), QByteArray("{\"a\\n\":\"b\",\"c\":[1,2,-3,0.5,null,true,{},[],[1, 2]],\"d\":{\"e\":"
        "18446744073709551615}}"));
    QVERIFY(!validate(sv(writer.bytes())));
    QCOMPARE(Writer().string("x").take(), QByteArray("\"x\""));
}

void TestJson::randomTexts()
{
    const quint64 seed = qEnvironmentVariableIsSet("MIROIR_SEED")
        ? qEnvironmentVariable("MIROIR_SEED").toULongLong() : 20260722;
    qInfo("MIROIR_SEED=%llu", static_cast<unsigned long long>(seed));
    Random random(seed);
    int good = 0;
    for (int i = 0; i < 50000; ++i) {
        const std::string text = randomText(random);
        const auto parsed = Document::parse(std::string_view(text));
        const auto invalid = validate(text);
        QVERIFY2(parsed.ok() == !invalid, text.c_str());
        if (!parsed) {
            QCOMPARE(parsed.error().message(), invalid->message());
            QVERIFY2(invalid->offset <= text.size(), text.c_str());
            continue;
        }
        ++good;
        QVERIFY2(slicesFit(parsed->root(), sv(parsed->text())), text.c_str());
        const std::string once = compact(parsed->root());
        // reading a number can lose its last bit, so only texts with short ones must stay as they are
        if (once.find('e') == std::string::npos && longestRunOfDigits(once) < 16)
            QCOMPARE(toBytes(outcome(once)), toBytes(once));
        if (parsed->root().isArray()) {
            std::size_t at = 0;
            const Value root = parsed->root();
            QVERIFY(!splitArray(sv(parsed->text()), [&](std::string_view item) { return item == root.at(at++).raw();
                }));
            QCOMPARE(at, root.size());
        }
    }
    QVERIFY(good > 5000);
}

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
