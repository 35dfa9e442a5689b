// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "protocol/AttributeCheck.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;

namespace {

std::string text(const ApiStatus &status)
{
    return status ? std::string("accepted")
                  : std::string(status.error().code->name) + ": " + status.error().message;
}

Settings sample()
{
    Settings out;
    out.filterableAttributes.push_back({false, {"year"}, {true, true, true}});
    out.filterableAttributes.push_back({true, {"x_*", "deep.*"}, {true, false, false}});
    out.filterableAttributes.push_back({true, {"blocked"}, {false, false, true}});
    out.sortableAttributes = {"year", "address", "_geo"};
    return out;
}

std::vector<SortRule> sortOf(std::vector<std::string> rules)
{
    auto sort = parseSort(rules, "invalid_search_sort");
    if (!sort)
        qFatal("refused: %s", sort.error().message.c_str());
    return std::move(sort).value();
}

} // namespace

class TestAttributes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortRules();
    void sortRefusals_data();
    void sortRefusals();
    void sortable();
    void distinct();
    void facets();
    void facetPatterns();
    void facetName();
    void searchOn();
};

void TestAttributes::sortRules()
{
    const auto rules = sortOf({"a:b:desc", "_geoPoint( 48.8 , -2):asc", "_geo.lat:asc", ":asc"});
    QCOMPARE(rules[0].field, std::string("a:b"));
    QVERIFY(!rules[0].ascending);
    QVERIFY(rules[1].geo);
    QCOMPARE(rules[1].latitude, 48.8);
    QCOMPARE(rules[1].longitude, -2.0);
    QVERIFY(!rules[2].geo);
    QCOMPARE(rules[3].field, std::string());
}

void TestAttributes::sortRefusals_data()
{
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *rule, const char *expected) {
        QTest::newRow(rule) << QByteArray(rule) << QByteArray(expected);
    };
    const char *syntax =
        "Invalid syntax for the sort parameter: expected expression ending by `:asc` or `:desc`, found `year:ASC`.";
    row("year:ASC", syntax);
    row("_geoPoint(1):asc",
        "Invalid syntax for the geo parameter: expected expression formated like `_geoPoint(latitude, longitude)` "
        "and ending by `:asc` or `:desc`, found `_geoPoint(1)`.");
    row("_geoPoint(1,x):asc",
        "Invalid syntax for the geo parameter: expected expression formated like `_geoPoint(latitude, longitude)` "
        "and ending by `:asc` or `:desc`, found `_geoPoint(1,x)`.");
    row("_geoPoint:asc",
        "Invalid syntax for the geo parameter: expected expression formated like `_geoPoint(latitude, longitude)` "
        "and "
        "ending by `:asc` or `:desc`, found `_geoPoint`.");
    row("_geoPoint(-91,0):asc", "Bad latitude `-91`. Latitude must be contained between -90 and 90 degrees.");
    row("_geoPoint(0,-200):asc",
        "Bad longitude `-200`. Longitude must be contained between -180 and 180 degrees. Hint: try using `160` "
        "instead.");
    row("_geo:asc",
        "`_geo` is a reserved keyword and thus can't be used as a sort expression. Use the _geoPoint(latitude, "
        "longitude) "
        "built-in rule to sort on _geo field coordinates.");
    row("_geoRadius(1,2,3):asc",
        "`_geoRadius` is a reserved keyword and thus can't be used as a sort expression. Use the "
        "_geoPoint(latitude, longitude) built-in rule to sort on _geo field coordinates.");
    row("_geoDistance:desc", "`_geoDistance` is a reserved keyword and thus can't be used as a sort expression.");
}

void TestAttributes::sortRefusals()
{
    QFETCH(QByteArray, rule);
    QFETCH(QByteArray, expected);
    const auto result = parseSortRule(sv(rule), "invalid_document_sort");
    QVERIFY(!result);
    QCOMPARE(toBytes(result.error().message), expected);
    QCOMPARE(std::string(result.error().code->name), std::string("invalid_document_sort"));
}

void TestAttributes::sortable()
{
    Settings settings = sample();
    QVERIFY(checkSearchSort(sortOf({"year:asc", "address.city:desc", "_geoPoint(1,2):asc"}), settings, "m"));
    QCOMPARE(text(checkSearchSort(sortOf({"year:asc", "years:asc"}), settings, "m")),
             std::string("invalid_search_sort: Index `m`: Attribute `years` is not sortable. Available sortable "
                         "attributes are: `_geo, "
                         "address, year`."));
    settings.displayedAttributes = {{"year", "title"}};
    QCOMPARE(
        text(checkSearchSort(sortOf({"x:asc"}), settings, "")),
        std::string("invalid_search_sort: Attribute `x` is not sortable. Available sortable attributes are: `year, "
                    "<..hidden-attributes>`."));
    settings.sortableAttributes.clear();
    QCOMPARE(text(checkSearchSort(sortOf({"_geoPoint(1,2):asc"}), settings, "m")),
             std::string("invalid_search_sort: Index `m`: Attribute `_geo` is not sortable. This index does not "
                         "have configured sortable "
                         "attributes."));
    QCOMPARE(
        text(checkDocumentSort(sortOf({"x:asc"}), {"a", "b"})),
        std::string(
            "invalid_document_sort: Attribute `x` is not sortable. Available sortable attributes are: `a, b`."));
    std::erase_if(settings.rankingRules,
                  [](const RankingRule &rule) { return rule.kind == RankingRule::Kind::Sort; });
    QVERIFY(text(checkSearchSort(sortOf({"year:asc"}), settings, "m"))
                .starts_with("invalid_search_sort: Index `m`: You must specify where `sort` is listed"));
    QVERIFY(checkSearchSort({}, settings, "m"));
}

void TestAttributes::distinct()
{
    Settings settings = sample();
    QVERIFY(checkDistinct("year", settings, "m"));
    QVERIFY(checkDistinct("x_1", settings, "m"));
    QCOMPARE(text(checkDistinct("title", settings, "m")),
             std::string("invalid_search_distinct: Index `m`: Attribute `title` is not filterable and thus, cannot "
                         "be used as distinct "
                         "attribute. Available filterable attributes patterns are: `deep.*, x_*, year`."));
    QCOMPARE(text(checkDistinct("blocked", settings, "")),
             std::string("invalid_search_distinct: Attribute `blocked` is not filterable and thus, cannot be used "
                         "as distinct attribute. "
                         "Note: this attribute matches rule #2 in filterableAttributes, but this rule does not "
                         "enable filtering.\nHint: "
                         "enable filtering in rule #2 by adding appropriate filter features.\nHint: prepend "
                         "another rule matching blocked "
                         "with filter features before rule #2"));
    settings.displayedAttributes = {{"title"}};
    QVERIFY(text(checkDistinct("title", settings, ""))
                .ends_with("This index does not have configured filterable attributes."));
}

void TestAttributes::facets()
{
    const Settings settings = sample();
    const auto &rules = settings.filterableAttributes;
    QVERIFY(checkFacets({"year", "x_1", "x_*", "deep.a", "deep", "*"}, rules));
    QCOMPARE(text(checkFacets({"year", "title"}, rules)),
             std::string("invalid_search_facets: Invalid facet distribution: Pattern `title` is not filterable. "
                         "Available filterable "
                         "attributes patterns are: `deep.*, x_*, year`."));
    QCOMPARE(text(checkFacets({"blocked"}, rules)),
             std::string("invalid_search_facets: Invalid facet distribution: Attribute `blocked` matched rule #2 "
                         "in filterableAttributes, "
                         "but this rule does not enable filtering.\nHint: enable filtering in rule #2 by modifying "
                         "the features.filter "
                         "object\nHint: prepend another rule matching `blocked` with appropriate filter features "
                         "before rule #2"));
    QCOMPARE(text(checkFacets({"a"}, {})),
             std::string("invalid_search_facets: Invalid facet distribution: Pattern `a` is not filterable. This "
                         "index does not have "
                         "configured filterable attributes."));
    // patterns are no names while all rules are plain
    QVERIFY(!checkFacets({"*"}, {{false, {"year"}, {true, true, true}}}));
}

void TestAttributes::facetPatterns()
{
    const Settings settings = sample();
    const std::vector<std::string> fields = {"title", "year", "x_b", "x_a", "deep.a", "blocked"};
    QCOMPARE(expandFacets({"*"}, settings.filterableAttributes, fields),
             (std::vector<std::string> {"year", "x_b", "x_a", "deep.a"}));
    QCOMPARE(expandFacets({"x_a", "year"}, settings.filterableAttributes, fields),
             (std::vector<std::string> {"year", "x_a"}));
}

void TestAttributes::facetName()
{
    const Settings settings = sample();
    QVERIFY(checkFacetName("year", settings));
    QVERIFY(checkFacetName("blocked", settings)); // facet search needs no filters
    QCOMPARE(text(checkFacetName("title", settings)),
             std::string("invalid_facet_search_facet_name: Attribute `title` is not facet-searchable. Available "
                         "facet-searchable "
                         "attributes patterns are: `blocked, year`. To make it facet-searchable add it to the "
                         "`filterableAttributes` index "
                         "settings."));
    QVERIFY(text(checkFacetName("x_1", settings))
                .starts_with("invalid_facet_search_facet_name: Attribute `x_1` is not facet-searchable. Note: this "
                             "attribute matches rule "
                             "#1 in filterableAttributes, but this rule does not enable facetSearch."));
    QCOMPARE(text(checkFacetName("a", {})),
             std::string("invalid_facet_search_facet_name: Attribute `a` is not facet-searchable. This index does "
                         "not have configured "
                         "facet-searchable attributes. To make it facet-searchable add it to the "
                         "`filterableAttributes` index settings."));
}

void TestAttributes::searchOn()
{
    Settings settings;
    QVERIFY(checkSearchOn({"anything"}, settings, {"title"}, "m"));
    settings.searchableAttributes = {{"title", "body"}};
    QVERIFY(checkSearchOn({"*", "title", "body", "ti*", "body.sub"}, settings, {"title", "body.sub"}, "m"));
    QCOMPARE(text(checkSearchOn({"title", "nope"}, settings, {"title", "body.sub"}, "m")),
             std::string("invalid_search_attributes_to_search_on: Index `m`: Attribute `nope` is not searchable. "
                         "Available searchable "
                         "attributes are: `body.sub, title`."));
    settings.displayedAttributes = {{"title"}};
    QVERIFY(text(checkSearchOn({"z*"}, settings, {"title", "body.sub"}, "m"))
                .ends_with("are: `title, <..hidden-attributes>`."));
}

QTEST_GUILESS_MAIN(TestAttributes)
#include "tst_attributes.moc"
