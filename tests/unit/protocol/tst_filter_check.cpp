// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "protocol/Filter.h"
#include "protocol/FilterCheck.h"
#include "protocol/FilterText.h"

#include <QTest>

#include <cmath>

using namespace miroir;
using namespace miroir::protocol;

namespace {

constexpr const char *code = "invalid_search_filter";

std::string outcomeOfJson(std::string_view text, std::string_view indexUid = {})
{
    const auto filter = parseFilterJson(text, code, indexUid);
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

std::string judged(std::string_view text, const std::vector<FilterableRule> &rules, std::string_view indexUid = {})
{
    FilterScope scope {rules, code, indexUid};
    const auto status = checkFilter(parsed(text), scope);
    return status ? std::string("accepted") : status.error().message;
}

FilterableRule plain(const char *name)
{
    return {false, {name}, {true, true, true}};
}

FilterableRule object(std::vector<std::string> patterns, bool equality, bool comparison)
{
    return {true, std::move(patterns), {equality, comparison, false}};
}

void addRows(std::initializer_list<std::pair<const char *, const char *>> rows)
{
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<QByteArray>("expected");
    for (const auto &[filter, expected] : rows)
        QTest::newRow(filter) << QByteArray(filter) << QByteArray(expected);
}

} // namespace

class TestFilterCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void features();
    void attributes();
    void fused_data();
    void fused();
    void notFilterable();
    void operators();
    void geo_data();
    void geo();
    void embedders();
    void numbers();
};

void TestFilterCheck::features()
{
    const auto gated = [](const char *text, const Features &on = {}) {
        const auto status = checkFilterFeatures(parsed(text), on, "invalid_document_filter", "m");
        return status ? std::string("accepted")
                      : std::string(status.error().code->name) + ": " + status.error().message;
    };
    QCOMPARE(
        gated("a = 1 OR b CONTAINS c"),
        std::string(
            "feature_not_enabled: Index `m`: Using `CONTAINS` in a filter requires enabling the `contains filter` "
            "experimental feature. See https://github.com/orgs/meilisearch/discussions/763\n12:20 a = 1 OR b "
            "CONTAINS c"));
    QCOMPARE(gated("b STARTS WITH c"), std::string("accepted"));
    QCOMPARE(gated("_shard = 1"),
             std::string("feature_not_enabled: Index `m`: using a shard filter requires enabling the `network` "
                         "experimental feature. See "
                         "https://github.com/orgs/meilisearch/discussions/805\n1:7 _shard = 1"));
    QVERIFY(gated("_vectors EXISTS").starts_with("feature_not_enabled: Index `m`: using a vector filter"));
    QVERIFY(gated("_foreign(a, b = 1)").starts_with("feature_not_enabled: Index `m`: using a foreign filter"));
    Features all;
    for (int i = 0; i < featureCount; ++i)
        all.set(static_cast<Feature>(i), true);
    QCOMPARE(gated("b CONTAINS c AND _shard = 1 AND _vectors EXISTS", all), std::string("accepted"));
    QCOMPARE(gated("_foreign(a, b = 1)", all),
             std::string("invalid_document_filter: Index `m`: Filter condition `_foreign` is not supported for "
                         "this endpoint.\n10:11 "
                         "_foreign(a, b = 1)"));
    QCOMPARE(outcomeOfJson("\"a =\"", "m"),
             std::string("Index `m`: Was expecting a value but instead got nothing.\n4:4 a ="));
}

void TestFilterCheck::attributes()
{
    std::vector<std::string> seen;
    visitFilterAttributes(parsed("a = 1 AND NOT (b IN [2] OR a EXISTS) AND _geoRadius(1,2,3)"),
                          [&](const FilterToken &token) { seen.push_back(token.value); });
    QCOMPARE(seen, (std::vector<std::string> {"a", "b", "a"}));
    const FilterNode node = parsed("a = 1 OR \"_miroir_shard\" = x");
    QVERIFY(anyFilterAttribute(node, [](std::string_view name) { return name.starts_with("_miroir_"); }));
    QVERIFY(!anyFilterAttribute(node, [](std::string_view name) { return name == "x"; }));
}

void TestFilterCheck::fused_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("texts") << QByteArray("\"a = 1\"") << QByteArray("\"b = 2\"")
                           << QByteArray(R"(["a = 1","b = 2"])");
    QTest::newRow("array") << QByteArray(" [ \"a = 1\", [\"c\"] ] ") << QByteArray("\"b = 2\"")
                           << QByteArray(R"(["a = 1", ["c"],"b = 2"])");
    QTest::newRow("empty") << QByteArray("[ ]") << QByteArray("[\"b = 2\"]") << QByteArray(R"(["b = 2"])");
    QTest::newRow("nothing") << QByteArray("[]") << QByteArray("[]") << QByteArray("[]");
}

void TestFilterCheck::fused()
{
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, right);
    QFETCH(QByteArray, expected);
    const std::string both = fuseFilters(sv(left), sv(right));
    QCOMPARE(toBytes(both), expected);
    QVERIFY(!json::validate(both));
}

void TestFilterCheck::notFilterable()
{
    QCOMPARE(judged("a = 1", {}),
             std::string("Attribute `a` is not filterable. This index does not have configured filterable "
                         "attributes.\n1:2 a = 1"));
    const std::vector<FilterableRule> rules = {plain("year"), plain("genres"),
                                               object({"x_*", "secret"}, false, false)};
    QCOMPARE(judged("genres.name = 1 AND year EXISTS", rules), std::string("accepted"));
    QCOMPARE(
        judged("nope = 1", rules, "m"),
        std::string(
            "Index `m`: Attribute `nope` is not filterable. Available filterable attribute patterns are: `genres`, "
            "`year`.\n1:5 nope = 1"));
    // of several the last one is reported
    QVERIFY(judged("a = 1 AND (b = 2 OR c = 3)", rules).starts_with("Attribute `c` is not filterable."));
    QVERIFY(judged("x_1 = 1", rules).starts_with("Attribute `x_1` is not filterable."));
    QCOMPARE(judged("_vectors EXISTS", rules), std::string("accepted"));
}

void TestFilterCheck::operators()
{
    const std::vector<FilterableRule> rules = {plain("a"), object({"e*"}, true, false),
                                               object({"c*"}, false, true)};
    QCOMPARE(judged("ex = 1 AND ex IN [2] AND ex IS NULL AND cx > 1 AND a 1 TO 2", rules), std::string("accepted"));
    QCOMPARE(judged("ex >= 1", rules, "m"),
             std::string("Index `m`: Filter operator `>=` is not allowed for the attribute `ex`.\n  - Note: "
                         "allowed operators: OR, AND, "
                         "NOT, =, !=, IN, IS EMPTY, IS NULL, EXISTS.\n  - Note: field `ex` matched rule #1 in "
                         "`filterableAttributes`\n  - "
                         "Hint: enable comparison in rule #1 by modifying the features.filter object\n  - Hint: "
                         "prepend another rule "
                         "matching `ex` with appropriate filter features before rule #1"));
    QVERIFY(judged("cx != 1", rules).starts_with("Filter operator `!=` is not allowed for the attribute `cx`."));
    QVERIFY(judged("cx IN [1]", rules).starts_with("Filter operator `=` is not allowed for the attribute `cx`."));
    FilterScope scope {rules};
    scope.fieldExists = [](std::string_view) { return false; };
    QVERIFY(checkFilter(parsed("ex > 1"), scope)); // nobody has the field: a node finds nothing and says nothing
}

void TestFilterCheck::geo_data()
{
    addRows({
        {"_geoRadius(200,2,3)",
         "Bad latitude `200`. Latitude must be contained between -90 and 90 degrees.\n12:15 _geoRadius(200,2,3)"},
        {"_geoRadius(1,190.5,3)",
         "Bad longitude `190.5`. Longitude must be contained between -180 and 180 degrees. Hint: try using "
         "`-169.5` instead.\n14:19 _geoRadius(1,190.5,3)"},
        {"_geoRadius(1,2,1e999)", "Non finite floats are not supported\n16:21 _geoRadius(1,2,1e999)"},
        {"_geoRadius(1,2,3,2)",
         "Invalid resolution `2`. Resolution must be between 3 and 1000.\n18:19 _geoRadius(1,2,3,2)"},
        {"_geoBoundingBox([1,2],[3,4])",
         "The top latitude `1` is below the bottom latitude `3`.\n26:27 _geoBoundingBox([1,2],[3,4])"},
        {"_geoBoundingBox([3,2],[1,4])", "accepted"},
        {"_geoPolygon([1,2],[3,4],[5,6])",
         "Attribute `_geojson` is not filterable. Available filterable attribute patterns are: "
         "`_geo`.\n14:15 _geoPolygon([1,2],[3,4],[5,6])"},
    });
}

void TestFilterCheck::geo()
{
    QFETCH(QByteArray, filter);
    QFETCH(QByteArray, expected);
    QCOMPARE(toBytes(judged(sv(filter), {plain("_geo")})), expected);
    if (expected == "accepted")
        QVERIFY(judged(sv(filter), {}).starts_with("Attribute `_geo/_geojson` is not filterable."));
}

void TestFilterCheck::embedders()
{
    const std::vector<FilterableRule> none;
    FilterScope named {none};
    named.embedders = std::vector<std::string> {"manual", "auto"};
    QVERIFY(checkFilter(parsed("_vectors.auto EXISTS"), named));
    QCOMPARE(checkFilter(parsed("_vectors.atuo EXISTS"), named).error().message,
             std::string("The embedder `atuo` does not exist. Available embedders are: `auto`, `manual`. Did you "
                         "mean `auto`?\n10:14 "
                         "_vectors.atuo EXISTS"));
    named.embedders->clear();
    QCOMPARE(checkFilter(parsed("_vectors.x EXISTS"), named).error().message,
             std::string("The embedder `x` does not exist. This index does not have any configured "
                         "embedders.\n10:11 _vectors.x EXISTS"));
}

void TestFilterCheck::numbers()
{
    QCOMPARE(displayDouble(200), std::string("200"));
    QCOMPARE(displayDouble(-0.5), std::string("-0.5"));
    QCOMPARE(displayDouble(1e21), std::string("1000000000000000000000"));
    QCOMPARE(displayDouble(1e-7), std::string("0.0000001"));
    QCOMPARE(displayDouble(5e-324).size(), std::size_t {326});
    QCOMPARE(*parseRustDouble(".5"), 0.5);
    QCOMPARE(*parseRustDouble("+5."), 5.0);
    QCOMPARE(*parseRustDouble("1e-999"), 0.0);
    QVERIFY(std::isinf(*parseRustDouble("-1e999")) && *parseRustDouble("-1e999") < 0);
    QVERIFY(std::isnan(*parseRustDouble("NaN")));
    for (const char *wrong : {"", "+", ".", "1e", "0x10", "1_0", " 1", "1 ", "--1", "+-1", "in"})
        QVERIFY2(!parseRustDouble(wrong), wrong);
}

QTEST_GUILESS_MAIN(TestFilterCheck)
#include "tst_filter_check.moc"
