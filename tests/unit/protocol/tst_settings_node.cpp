// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/SettingsFixture.h"

#include "protocol/SettingsNode.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

class TstSettingsNode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reservedNames_data();
    void reservedNames();
    void embedderDefaults();
    void secretsAreMasked();
    void nodeSettings();
    void nodePatchHoldsOnlyWhatChanged();
    void nodeFacetLimit();
};

void TstSettingsNode::reservedNames_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    const auto row
        = [](const char *body, const char *code) { QTest::newRow(body) << QByteArray(body) << QByteArray(code); };
    row(R"({"displayedAttributes":["a","_miroir_shard"]})", "invalid_settings_displayed_attributes");
    row(R"({"searchableAttributes":["_miroir_ord"]})", "invalid_settings_searchable_attributes");
    row(R"({"filterableAttributes":["_miroir_shard"]})", "invalid_settings_filterable_attributes");
    row(R"({"filterableAttributes":[{"attributePatterns":["_miroir_*"]}]})",
        "invalid_settings_filterable_attributes");
    row(R"({"filterableAttributes":[{"attributePatterns":["*_miroir_ord"]}]})",
        "invalid_settings_filterable_attributes");
    row(R"({"sortableAttributes":["_miroir_ord"]})", "invalid_settings_sortable_attributes");
    row(R"({"rankingRules":["_miroir_ord:asc"]})", "invalid_settings_ranking_rules");
    row(R"({"distinctAttribute":"_miroir_shard"})", "invalid_settings_distinct_attribute");
    row(R"({"typoTolerance":{"disableOnAttributes":["_miroir_ord"]}})", "invalid_settings_typo_tolerance");
    row(R"({"faceting":{"sortFacetValuesBy":{"_miroir_shard":"count"}}})", "invalid_settings_faceting");
    row(R"({"localizedAttributes":[{"attributePatterns":["_miroir_x"],"locales":["en"]}]})",
        "invalid_settings_localized_attributes");
    row(R"({"embedders":{"e":{"source":"openAi","documentTemplate":"{{doc._miroir_ord}}"}}})",
        "invalid_settings_embedders");
    row(R"({"chat":{"documentTemplate":"{{doc._miroir_ord}}"}})", "invalid_settings_index_chat");
    row(R"({"nonSeparatorTokens":["#","!"]})", "invalid_settings_non_separator_tokens");
    row(R"({"nonSeparatorTokens":["a["]})", "invalid_settings_non_separator_tokens");
    row(R"({"dictionary":["Yahoo!"]})", "invalid_settings_dictionary");
    row(R"({"dictionary":["C#"],"separatorTokens":["!"]})", "");
    row(R"({"filterableAttributes":["my_miroir_field",{"attributePatterns":["*"]}]})", "");
    row(R"({"sortableAttributes":["miroir","_miroirs"]})", "");
}

void TstSettingsNode::reservedNames()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    const auto patch = patchOf(body);
    QCOMPARE(QByteArray(patch ? "" : patch.error().code->name), code);
    // a node takes them like any other name
    const json::Document doc = parse(body);
    QVERIFY(parseSettingsPatch(doc.root(), everyFeature(), ReservedNames::Allowed).ok());
}

void TstSettingsNode::embedderDefaults()
{
    Settings s = settingsOf(R"({"embedders":{"o":{"apiKey":"k"}}})");
    QCOMPARE(settingToJson(s, SettingName::Embedders, false),
        QByteArray(
            R"({"o":{"source":"openAi","model":"text-embedding-3-small","apiKey":"k","documentTemplate":)"
            R"("{% for field in fields %}{% if field.is_searchable and field.value != nil %})"
            R"({{ field.name }}: {{ field.value }}\n{% endif %}{% endfor %}","documentTemplateMaxBytes":400}})"));
    s = *applySettingsPatch(s, *patchOf(R"({"embedders":{"o":{"source":"ollama","model":"m"}}})"));
    QVERIFY(s.embedders.at("o").find("model") != nullptr && *s.embedders.at("o").find("model") == R"("m")");
    QVERIFY(s.embedders.at("o").find("dimensions") == nullptr);
    s = *applySettingsPatch(s, *patchOf(R"({"embedders":{"o":{"source":null,"dimensions":5}}})"));
    QCOMPARE(s.embedders.at("o").dimensions(), std::optional<std::uint64_t>(5));
    s = *applySettingsPatch(s, *patchOf(R"({"embedders":{"n":null,"o":null}})"));
    QVERIFY(s.embedders.empty());
}

void TstSettingsNode::secretsAreMasked()
{
    const QByteArray mask(3, 'X');
    QCOMPARE(QByteArray::fromStdString(maskedSecret("123456789")), mask + "...");
    QCOMPARE(maskedSecret("123456789012345678901234567890"), std::string("12345") + std::string(6, 'X') + "...");
    // never half a character
    QCOMPARE(maskedSecret("ひらがな6789012345678901234567890"), "ひら" + std::string(6, 'X') + "...");
    const auto patch = patchOf(R"({"embedders":{"o":{"source":"openAi","apiKey":"0123456789012345"}}})");
    QVERIFY(patchToJson(*patch, true).contains(R"("apiKey":"01XXXX...")"));
    QVERIFY(patchToJson(*patch, false).contains("0123456789012345"));
    const Settings s = *applySettingsPatch({}, *patch);
    QVERIFY(!settingsToJson(s).contains("0123456789012345"));
    QVERIFY(settingsToText(s).contains("0123456789012345"));
    QVERIFY(deriveNodeSettings(s).contains("0123456789012345"));
}

void TstSettingsNode::nodeSettings()
{
    const QByteArray shard
        = R"({"attributePatterns":["_miroir_shard"],"features":{"facetSearch":false,)"
          R"("filter":{"equality":true,"comparison":false}}})";
    QCOMPARE(deriveNodeSettings({}),
        QByteArray(R"({"displayedAttributes":null,"searchableAttributes":null,"filterableAttributes":[)") + shard
            + R"(],"sortableAttributes":["_miroir_ord"],"rankingRules":["words","typo","proximity",)"
              R"("attributeRank","sort",)"
              R"("wordPosition","exactness","_miroir_ord:asc"],"stopWords":null,"nonSeparatorTokens":null,)"
              R"("separatorTokens":null,"dictionary":null,"synonyms":null,"distinctAttribute":null,)"
              R"("proximityPrecision":null,"typoTolerance":null,)"
              R"("faceting":{"maxValuesPerFacet":4000,"sortFacetValuesBy":null},"pagination":null,"embedders":null,)"
              R"("searchCutoffMs":null,"localizedAttributes":null,"facetSearch":null,"prefixSearch":null})");
    const Settings s
        = settingsOf(R"({"filterableAttributes":["a"],"sortableAttributes":["z","a"],"displayedAttributes":["a"],
        "rankingRules":["sort","price:asc"],"stopWords":["x"]})");
    const json::Document doc = parse(deriveNodeSettings(s));
    const json::Value root = doc.root();
    QCOMPARE(wireText(root["filterableAttributes"]), R"(["a",)" + shard + "]");
    QCOMPARE(wireText(root["sortableAttributes"]), QByteArray(R"(["_miroir_ord","a","z"])"));
    QCOMPARE(wireText(root["rankingRules"]), QByteArray(R"(["sort","price:asc","_miroir_ord:asc"])"));
    QCOMPARE(wireText(root["stopWords"]), QByteArray(R"(["x"])"));
    QVERIFY(root["displayedAttributes"].isNull());
    const QByteArray embedder = deriveNodeSettings(settingsOf(R"({"embedders":{"o":{"source":"openAi"}}})"));
    QVERIFY(
        embedder.contains("field.value != nil and field.name != '_miroir_shard' and field.name != '_miroir_ord' %}"));
    // a pattern of the client that covers our field must not decide over it
    const json::Document star
        = parse(deriveNodeSettings(settingsOf(R"({"filterableAttributes":[{"attributePatterns":["*"]}]})")));
    QCOMPARE(wireText(star.root()["filterableAttributes"].at(0)), shard);
    // searches carry the distinct attribute, so nodes must let it be filtered
    const auto filterable = [](const QByteArray &settings) {
        const json::Document derived = parse(deriveNodeSettings(settingsOf(settings)));
        return wireText(derived.root()["filterableAttributes"]);
    };
    const QByteArray distinct
        = R"({"attributePatterns":["d"],"features":{"facetSearch":false,)"
          R"("filter":{"equality":true,"comparison":false}}})";
    QCOMPARE(filterable(R"({"distinctAttribute":"d"})"), "[" + distinct + "," + shard + "]");
    QCOMPARE(filterable(R"({"distinctAttribute":"d","filterableAttributes":["d"]})"), R"(["d",)" + shard + "]");
    QVERIFY(deriveNodeSettings(settingsOf(R"({"distinctAttribute":"d"})")).contains(R"("distinctAttribute":null)"));
}

void TstSettingsNode::nodePatchHoldsOnlyWhatChanged()
{
    const auto derive = [](const QByteArray &before, const QByteArray &change) {
        const auto patch = patchOf(change);
        const auto after = applySettingsPatch(settingsOf(before), *patch);
        return deriveNodePatch(*patch, *after);
    };
    QCOMPARE(derive("{}", R"({"stopWords":["a"]})"), QByteArray(R"({"stopWords":["a"]})"));
    QCOMPARE(derive(R"({"stopWords":["a"]})", R"({"stopWords":null})"), QByteArray(R"({"stopWords":null})"));
    QCOMPARE(derive("{}", R"({"displayedAttributes":["a"]})"), QByteArray("{}"));
    QVERIFY(derive("{}", R"({"distinctAttribute":"d"})")
                .startsWith(R"({"filterableAttributes":[{"attributePatterns":["d"])"));
    QCOMPARE(derive(R"({"rankingRules":["words"]})", R"({"rankingRules":null})"),
        QByteArray(R"({"rankingRules":["words","typo","proximity","attributeRank","sort","wordPosition","exactness",)"
                   R"("_miroir_ord:asc"]})"));
    QCOMPARE(derive("{}", R"({"faceting":{"sortFacetValuesBy":{"g":"count"}}})"),
        QByteArray(R"({"faceting":{"maxValuesPerFacet":100000,"sortFacetValuesBy":{"*":"alpha","g":"count"}}})"));
    QCOMPARE(
        derive(
            R"({"embedders":{"a":{"source":"userProvided","dimensions":1},)"
            R"("b":{"source":"userProvided","dimensions":2}}})",
            R"({"embedders":{"a":null}})"),
        QByteArray(R"({"embedders":{"a":null}})"));
    QCOMPARE(
        derive(
            R"({"embedders":{"a":{"source":"userProvided","dimensions":1,"distribution":{"mean":0.5,"sigma":0.5}}}})",
            R"({"embedders":{"a":{"distribution":null}}})"),
        QByteArray(R"({"embedders":{"a":{"source":"userProvided","dimensions":1,"distribution":null}}})"));
    QCOMPARE(derive("{}", R"({"typoTolerance":{"enabled":false}})"),
        QByteArray(R"({"typoTolerance":{"enabled":false,"minWordSizeForTypos":{"oneTypo":5,"twoTypos":9},)"
                   R"("disableOnWords":[],"disableOnAttributes":[],"disableOnNumbers":false}})"));
}

void TstSettingsNode::nodeFacetLimit()
{
    Faceting faceting;
    QCOMPARE(nodeMaxValuesPerFacet(faceting), std::uint64_t {4000});
    faceting.maxValuesPerFacet = 1000;
    QCOMPARE(nodeMaxValuesPerFacet(faceting), std::uint64_t {8000});
    faceting.sortFacetValuesBy["g"] = FacetOrder::Count;
    QCOMPARE(nodeMaxValuesPerFacet(faceting), std::uint64_t {100'000});
    faceting.maxValuesPerFacet = std::numeric_limits<std::uint64_t>::max();
    QCOMPARE(nodeMaxValuesPerFacet(faceting), std::numeric_limits<std::uint64_t>::max());
}

QTEST_GUILESS_MAIN(TstSettingsNode)
#include "tst_settings_node.moc"
