// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/SettingsFixture.h"

#include <QTest>

#include <random>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

/// Random changes over all settings, from a seed.
class Generator
{
public:
    explicit Generator(unsigned seed)
        : m_random(seed)
    {
    }
    QByteArray patch()
    {
        json::Writer out;
        out.beginObject();
        for (const SettingInfo &info : settingTable()) {
            if (chance(2))
                continue;
            out.key(info.key);
            if (chance(5))
                out.null();
            else
                out.raw(sv(value(info.name)));
        }
        return out.endObject().take();
    }

private:
    bool chance(unsigned one) { return m_random() % one == 0; }
    QByteArray pick(std::initializer_list<const char *> texts)
    {
        return *(texts.begin() + static_cast<std::ptrdiff_t>(m_random() % texts.size()));
    }
    QByteArray value(SettingName name)
    {
        using enum SettingName;
        switch (name) {
        case DisplayedAttributes:
        case SearchableAttributes:
        case SortableAttributes:
            return pick({R"(["a","b.c","é"])", R"(["*"])", "[]", R"(["z","a"])"});
        case FilterableAttributes:
            return pick(
                {R"(["x",{"attributePatterns":["p*","*q"],"features":{"facetSearch":true,)"
                         R"("filter":{"comparison":true}}}])",
                    R"([{"attributePatterns":["*"]}])", R"(["_geo"])"});
        case ForeignKeys:
            return pick({"[]", R"([{"foreignIndexUid":"i","fieldName":"f"}])"});
        case RankingRules:
            return pick({R"(["words","price:desc","exactness"])", "[]", R"(["attribute"])"});
        case StopWords:
        case SeparatorTokens:
            return pick({R"(["the","of"])", "[]", R"(["b","a","a"])"});
        case NonSeparatorTokens:
        case Dictionary:
            return pick({R"(["#","@"])", "[]", R"(["J. R. R."])"});
        case Synonyms:
            return pick({"{}", R"({"b":["c","d"],"a":[]})"});
        case DistinctAttribute:
            return pick({R"("sku")", R"("a.b")"});
        case ProximityPrecision:
            return pick({R"("byWord")", R"("byAttribute")"});
        case TypoTolerance:
            return pick({R"({"enabled":false})", R"({"minWordSizeForTypos":{"oneTypo":3},"disableOnWords":["x"]})",
                "{}", R"({"minWordSizeForTypos":null,"disableOnAttributes":["t"],"disableOnNumbers":true})"});
        case Faceting:
            return pick({R"({"maxValuesPerFacet":7})", R"({"sortFacetValuesBy":{"g":"count"}})", "{}"});
        case Pagination:
            return pick({R"({"maxTotalHits":5})", R"({"maxTotalHits":null})"});
        case Embedders:
            return pick({R"({"e":{"source":"userProvided","dimensions":3},"f":null})", "{}",
                R"({"o":{"source":"openAi","apiKey":"0123456789012345"}})",
                R"({"r":{"source":"rest","url":"http://h/","request":{"a":1},"response":["{{embedding}}"]}})"});
        case SearchCutoffMs:
            return pick({"150", "0"});
        case LocalizedAttributes:
            return pick({"[]", R"([{"attributePatterns":["*_ja"],"locales":["jpn","en"]}])"});
        case FacetSearch:
            return pick({"true", "false"});
        case PrefixSearch:
            return pick({R"("indexingTime")", R"("disabled")"});
        case Chat:
            break;
        }
        return pick({R"({"description":"d","searchParameters":{"limit":3,"sort":["a:asc"]}})", "{}",
            R"({"documentTemplate":null,"searchParameters":null})"});
    }
    std::mt19937 m_random;
};

} // namespace

class TstSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wholeConversation();
    void everySubRouteIsKnown();
    void refusedRankingRules_data();
    void refusedRankingRules();
    void refusals_data();
    void refusals();
    void featuresGateSettings();
    void patterns();
    void filterableRules();
    void taskTimeErrors();
    void textsReadBackEqual();
    void applyingIsIdempotent();
};

/// Every request about settings in the recording: errors, details of tasks, and what is read between them.
void TstSettings::wholeConversation()
{
    std::map<std::string, Settings> indexes;
    int compared = 0;
    for (const Exchange &e : recording()) {
        const std::string start = "/indexes/";
        const std::size_t place = e.path.find("/settings");
        if (!e.path.starts_with(start) || place == std::string::npos || e.status == 401 || e.status == 403)
            continue;
        const std::string uid = e.path.substr(start.size(), place - start.size());
        const std::string rest = e.path.substr(std::min(e.path.size(), place + 10));
        const SettingInfo *info = settingByPath(rest);
        if (e.status == 405 || (e.status == 404 && rest == "nope") || (e.status == 404 && uid == "none"))
            continue;
        QVERIFY2(rest.empty() || info != nullptr, e.label().constData());
        if (e.method == "GET") {
            COMPARE_WIRE(rest.empty() ? settingsToJson(indexes[uid]) : settingToJson(indexes[uid], info->name),
                wireText(e.answer), e);
            ++compared;
            continue;
        }
        if (e.answer["code"].toString() == "malformed_payload")
            continue;
        ApiResult<SettingsPatch> patch = SettingsPatch {};
        if (e.method == "DELETE")
            patch = info == nullptr ? SettingsPatch::resetAll() : SettingsPatch::resetOne(info->name);
        else
            patch = info == nullptr ? parseSettingsPatch(e.body, {}) : parseSettingPatch(info->name, e.body, {});
        if (e.status == 400) {
            QVERIFY2(!patch, e.label().constData());
            COMPARE_WIRE(patch.error().toJson(), wireText(e.answer), e);
        } else {
            QVERIFY2(patch.ok(), (e.label() + (patch ? "" : patch.error().message.c_str())).constData());
            COMPARE_WIRE(patchToJson(*patch, true), wireText(e.task["details"]), e);
            const auto after = applySettingsPatch(indexes[uid], *patch);
            QVERIFY2(after.ok(), e.label().constData());
            if (e.task["status"].toString() == "succeeded")
                indexes[uid] = *after;
        }
        ++compared;
    }
    QVERIFY2(compared > 100, QByteArray::number(compared).constData());
}

void TstSettings::everySubRouteIsKnown()
{
    QCOMPARE(settingTable().size(), std::size_t {settingCount});
    for (const SettingInfo &info : settingTable()) {
        QCOMPARE(&settingInfo(info.name), &info);
        QCOMPARE(settingByPath(info.path), &info);
        QCOMPARE(settingByKey(info.key), &info);
        static_cast<void>(apiError(info.errorCode, "is in the catalogue"));
    }
    QVERIFY(settingByPath("nope") == nullptr);
    QVERIFY(settingByPath("") == nullptr);
    QCOMPARE(settingByPath("embedders")->verb, std::string_view("PATCH"));
    QCOMPARE(settingByPath("stop-words")->verb, std::string_view("PUT"));
}

void TstSettings::refusedRankingRules_data()
{
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QByteArray>("message");
    const auto invalid = [](const char *rule) {
        QTest::newRow(rule) << QByteArray(rule)
                            << QByteArray("`") + rule
                + "` ranking rule is invalid. Valid ranking rules are words, typo, sort, proximity, attribute, "
                  "exactness and "
                  "custom ranking rules.";
    };
    for (const char *rule :
        {"words suffix", "price", "asc:price", "price:deesc", "price:asc and desc", "price:asc:truc", ""})
        invalid(rule);
    const auto reserved = [](const char *rule, const char *name, const char *use) {
        QByteArray text = QByteArray("`") + name + "` is a reserved keyword and thus can't be used as a ranking rule";
        if (*use != 0)
            text += QByteArray(". `") + name + "` can only be used for " + use + " at search time";
        QTest::newRow(rule) << QByteArray(rule) << text;
    };
    reserved("_geo:asc", "_geo", "");
    reserved("_geoDistance:asc", "_geoDistance", "");
    reserved("_geoPoint:asc", "_geoPoint", "sorting");
    reserved("_geoPoint(42, 75):asc", "_geoPoint", "sorting");
    reserved("_geoRadius:asc", "_geoRadius", "filtering");
    reserved("_geoRadius(42, 75, 59):asc", "_geoRadius", "filtering");
    reserved("_geoBoundingBox([42, 75], [75, 59]):asc", "_geoBoundingBox", "filtering");
}

void TstSettings::refusedRankingRules()
{
    QFETCH(QByteArray, rule);
    QFETCH(QByteArray, message);
    const auto parsed = RankingRule::parse(sv(rule));
    QVERIFY(!parsed);
    QCOMPARE(QByteArray::fromStdString(parsed.error()), message);
}

void TstSettings::refusals_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("error");
    const auto row
        = [](const char *body, const char *error) { QTest::newRow(body) << QByteArray(body) << QByteArray(error); };
    row(R"({"pagination":{"maxTotalHits":0}})",
        "invalid_settings_pagination: Invalid value at `.pagination.maxTotalHits`: a non-zero integer value lower "
        "than "
        "`18446744073709551615` was expected, but found a zero");
    row(R"({"typoTolerance":{"minWordSizeForTypos":{"oneTypo":256}}})",
        "invalid_settings_typo_tolerance: Invalid value at `.typoTolerance.minWordSizeForTypos.oneTypo`: value: "
        "`256` is too "
        "large to be deserialized, maximum value authorized is `255`");
    row(R"({"faceting":{"sortFacetValuesBy":{"a":"beta"}}})",
        "invalid_settings_faceting: Unknown value `beta` at `.faceting.sortFacetValuesBy.a`: expected one of "
        "`alpha`, "
        "`count`");
    row(R"({"filterableAttributes":[{"features":{}}]})",
        "invalid_settings_filterable_attributes: Missing field `attributePatterns` inside "
        "`.filterableAttributes[0]`");
    row(R"({"filterableAttributes":[{"attributePatterns":["a"],"features":{"filter":{"equality":1}}}]})",
        "invalid_settings_filterable_attributes: Invalid value type at "
        "`.filterableAttributes[0].features.filter.equality`: expected a boolean, but found a positive integer: `1`");
    row(R"({"localizedAttributes":[{"locales":["eng"]}]})",
        "invalid_settings_localized_attributes: Missing field `attributePatterns` inside `.localizedAttributes[0]`");
    row(R"({"rankingRules":["attribute","wordPosition"]})",
        "invalid_settings_ranking_rules: Mixed usage of the attribute, attributeRank, and wordPosition ranking "
        "rules. You must "
        "either use the attribute ranking rule alone or the attributeRank and wordPosition ranking rules.");
    row(R"({"embedders":{"e":{"source":"userProvided"}}})",
        "invalid_settings_embedders: `.embedders.e`: Missing field `dimensions` (note: this field is mandatory for "
        "source "
        "`userProvided`)");
    row(R"({"embedders":{"e":{"source":"userProvided","dimensions":0}}})",
        "invalid_settings_embedders: `.embedders.e.dimensions`: `dimensions` cannot be zero");
    row(R"({"embedders":{"e":{"source":"userProvided","dimensions":3,"model":"m"}}})",
        "invalid_settings_embedders: `.embedders.e`: Field `model` unavailable for source `userProvided`.\n  - note: "
        "`model` "
        "is available for sources: `openAi`, `huggingFace`, `ollama`\n  - note: available fields for source "
        "`userProvided`: `source`, `dimensions`, `distribution`, `binaryQuantized`");
    row(R"({"embedders":{"e":{"source":"rest","url":"nowhere","request":1,"response":1}}})",
        "invalid_settings_embedders: `.embedders.e.url`: could not parse `nowhere`: relative URL without a base");
    row(R"({"embedders":{"e":{"source":"openAi","model":"gpt"}}})",
        "invalid_settings_embedders: `.embedders.e.model`: Invalid model `gpt` for OpenAI. Supported models: "
        "[\"text-embedding-ada-002\", \"text-embedding-3-small\", \"text-embedding-3-large\"]");
    row(R"({"embedders":{"e":{"distribution":{"mean":2,"sigma":0.1}}}})",
        "invalid_settings_embedders: Invalid value at `.embedders.e.distribution`: the distribution mean must be in "
        "the range "
        "[0, 1], got 2");
    row(R"({"chat":{"searchParameters":{"hybrid":{"semanticRatio":0.5}}}})",
        "invalid_settings_index_chat: Missing field `embedder` inside `.chat.searchParameters.hybrid`");
    row(R"({"foreignKeys":[{"fieldName":"a"}]})",
        "invalid_settings_foreign_keys: Missing field `foreignIndexUid` inside `.foreignKeys[0]`");
    row("[]", "bad_request: Invalid value type: expected an object, but found an array: `[]`");
}

void TstSettings::refusals()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, error);
    QCOMPARE(QByteArray::fromStdString(errorOf(body)), error);
}

void TstSettings::featuresGateSettings()
{
    const Features none;
    QCOMPARE(errorOf(R"({"chat":{}})", none),
        std::string(
            "feature_not_enabled: setting `chat` in the index settings requires enabling the `chat completions` "
            "experimental feature. See https://github.com/orgs/meilisearch/discussions/835"));
    QCOMPARE(errorOf(R"({"foreignKeys":[]})", none),
        std::string("feature_not_enabled: setting `foreignKeys` in the index settings requires enabling the "
                    "`foreign_keys` experimental feature. See https://github.com/orgs/meilisearch/discussions/873"));
    QVERIFY(errorOf(R"({"embedders":{"e":{"source":"composite"}}})", none).starts_with("feature_not_enabled: using"));
    QVERIFY(
        errorOf(R"({"embedders":{"e":{"indexingFragments":{}}}})", none).starts_with("feature_not_enabled: setting"));
    // a reset needs no feature
    QCOMPARE(errorOf(R"({"chat":null,"foreignKeys":null})", none), std::string("accepted"));
    const Settings s = settingsOf(R"({"foreignKeys":[{"foreignIndexUid":"i","fieldName":"f"}]})");
    QVERIFY(!settingsToJson(s).contains("foreignKeys"));
    QVERIFY(
        settingsToJson(s, {.chat = false, .foreignKeys = true}).contains(R"("foreignKeys":[{"foreignIndexUid":"i")"));
}

void TstSettings::patterns()
{
    using enum PatternMatch;
    QCOMPARE(matchPattern("*", "test"), Match);
    QCOMPARE(matchPattern("test*", "testa"), Match);
    QCOMPARE(matchPattern("test*", "atest"), No);
    QCOMPARE(matchPattern("*test", "atest"), Match);
    QCOMPARE(matchPattern("*test", "testa"), No);
    QCOMPARE(matchPattern("*test*", "atesta"), Match);
    QCOMPARE(matchPattern("**", "anything"), Match);
    QCOMPARE(matchPattern("test*test", "test"), No);
    QCOMPARE(matchPattern("a.b", "a"), Parent);
    QCOMPARE(matchPattern("a", "a.b"), No);
    QCOMPARE(matchPlainName("a", "a.b"), Match);
    QCOMPARE(matchPlainName("a", "ab"), No);
    QCOMPARE(matchPlainName("a.b", "a"), Parent);
    QCOMPARE(matchDistinctName("a", "a.b"), No);
    QCOMPARE(matchDistinctName("a", "a"), Match);
    QCOMPARE(matchAnyPattern({"x", "a.b"}, "a"), Parent);
}

void TstSettings::filterableRules()
{
    const Settings s = settingsOf(R"({"filterableAttributes":["genre",
        {"attributePatterns":["secret_*"],
            "features":{"facetSearch":false,"filter":{"equality":false,"comparison":false}}},
        {"attributePatterns":["*"]}],"sortableAttributes":["size"],"displayedAttributes":["id","a.b"]})");
    QCOMPARE(s.filterable("genre.sub")->rule, std::size_t {0});
    QVERIFY(s.filterable("genre")->features.comparison);
    QVERIFY(!s.filterable("secret_x")->features.filterable());
    QCOMPARE(s.filterable("other")->rule, std::size_t {2});
    QVERIFY(!s.filterable("other")->features.comparison);
    QVERIFY(s.hasObjectRules());
    QCOMPARE(s.filterablePatterns(), (std::vector<std::string> {"*", "genre"}));
    QVERIFY(s.sortable("size.height") && !s.sortable("sizes"));
    QVERIFY(s.displayed("a.b.c") && !s.displayed("a") && !s.displaysAll());
    QVERIFY(!s.geoFilterable());
    QVERIFY(settingsOf(R"({"filterableAttributes":["_geo"]})").geoFilterable());
    QCOMPARE(s.faceting.order("x"), FacetOrder::Alpha);
}

void TstSettings::taskTimeErrors()
{
    const Settings before = settingsOf(R"({"typoTolerance":{"minWordSizeForTypos":{"oneTypo":4,"twoTypos":6}}})");
    const auto patch = patchOf(R"({"typoTolerance":{"minWordSizeForTypos":{"oneTypo":7}}})");
    const auto after = applySettingsPatch(before, *patch);
    QVERIFY(!after);
    QCOMPARE(std::string(after.error().code->name), std::string("invalid_settings_typo_tolerance"));
    QVERIFY(after.error().message.ends_with("`oneTypo: 7` and twoTypos: 6`."));

    const Settings quantized
        = settingsOf(R"({"embedders":{"e":{"source":"userProvided","dimensions":2,"binaryQuantized":true}}})");
    QVERIFY(!applySettingsPatch(quantized, *patchOf(R"({"embedders":{"e":{"binaryQuantized":false}}})")));
    QVERIFY(applySettingsPatch(quantized, *patchOf(R"({"embedders":{"e":null}})"))->embedders.empty());
}

void TstSettings::textsReadBackEqual()
{
    Settings settings;
    for (unsigned seed = 0; seed < 400; ++seed) {
        const QByteArray body = Generator(seed).patch();
        const auto patch = patchOf(body);
        QVERIFY2(patch.ok(), (body + " " + (patch ? "" : patch.error().message.c_str())).constData());
        const auto again = patchFromText(patchToText(*patch));
        QVERIFY2(again.ok() && *again == *patch, (QByteArray::number(seed) + body).constData());
        auto after = applySettingsPatch(settings, *patch);
        QVERIFY2(after.ok(), (body + (after ? "" : after.error().message.c_str())).constData());
        settings = *after;
        const auto read = settingsFromText(settingsToText(settings));
        QVERIFY2(read.ok() && *read == settings, (QByteArray::number(seed) + settingsToText(settings)).constData());
    }
    QVERIFY(!settingsFromText("[]"));
    QVERIFY(!settingsFromText("{"));
}

void TstSettings::applyingIsIdempotent()
{
    for (unsigned seed = 1000; seed < 1200; ++seed) {
        const auto patch = patchOf(Generator(seed).patch());
        const Settings once = *applySettingsPatch({}, *patch);
        QVERIFY(*applySettingsPatch(once, *patch) == once);
        const Settings fresh = *applySettingsPatch(once, SettingsPatch::resetAll());
        QVERIFY(fresh == Settings {});
    }
}

QTEST_GUILESS_MAIN(TstSettings)
#include "tst_settings.moc"
