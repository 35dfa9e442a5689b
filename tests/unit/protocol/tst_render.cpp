// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/RenderRequest.h"
#include "protocol/SettingsPatch.h"
#include "protocol/TemplateWeight.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;

class RenderTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bodiesAreRefused_data();
    void bodiesAreRefused();
    void inputsAreRefused_data();
    void inputsAreRefused();
    void featuresAreAskedFirst();
    void templatesOfSettings_data();
    void templatesOfSettings();
    void documentsOfAnIndex();
    void searchableFieldsAreTold();
    void weight();
    void heavyTemplatesAreRefused();
    void heavyTemplatesOfSettings_data();
    void heavyTemplatesOfSettings();
};

namespace {

Features allFeatures()
{
    Features features;
    for (int i = 0; i < featureCount; ++i)
        features.set(static_cast<Feature>(i), true);
    return features;
}

QByteArray told(const ApiError &error)
{
    return QByteArray(error.code->name) + ": " + QByteArray::fromStdString(error.message);
}

Settings withEmbedders()
{
    Settings settings;
    settings.embedders["default"].members = {{"source", "\"rest\""}};
    settings.embedders["own"].members = {{"source", "\"openAi\""}, {"documentTemplate", "\"{{doc.a}}\""}};
    settings.embedders["user"].members = {{"source", "\"userProvided\""}};
    settings.embedders["parts"].members = {{"source", "\"rest\""},
        {"indexingFragments", R"({"one":{"value":{"b":1.0,"a":"{{doc.a}}"}}})"},
        {"searchFragments", R"({"ask":{"value":"{{q}}"}})"}};
    settings.embedders["two"].members = {{"source", "\"composite\""},
        {"searchEmbedder", R"({"source":"rest","searchFragments":{"ask":{"value":"{{q}}!"}}})"},
        {"indexingEmbedder", R"({"source":"ollama","documentTemplate":"in two"})"}};
    return settings;
}

} // namespace

void RenderTest::bodiesAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("refusal");
    const auto row = [](const char *body, const char *refusal) {
        QTest::newRow(body) << QByteArray(body) << QByteArray(refusal);
    };
    row("{}", "bad_request: Missing field `template`");
    row(R"({"template":3})",
        "invalid_render_template: Invalid value type at `.template`: expected an object, but found a positive integer: "
        "`3`");
    row(R"({"template":{}})", "invalid_render_template: Missing field `kind` inside `.template`");
    row(R"({"template":{"kind":"x"}})",
        "invalid_render_template: Unknown value `x` at `.template.kind`: expected one of `documentTemplate`, "
        "`chatDocumentTemplate`, `indexingFragment`, `searchFragment`, `inlineDocumentTemplate`, `inlineFragment`");
    row(R"({"template":{"kind":"inlineFragment","documentTemplateMaxBytes":0}})",
        "invalid_render_template: Invalid value at `.template.documentTemplateMaxBytes`: a non-zero integer value "
        "lower than `18446744073709551615` was expected, but found a zero");
    row(R"({"template":{"kind":"documentTemplate","embedder":"e"}})",
        "invalid_render_template: error while fetching template: parameter `index_uid` missing for kind "
        "`documentTemplate`");
    row(R"({"template":{"kind":"documentTemplate","indexUid":"m","embedder":"e","inline":"x"}})",
        "invalid_render_template: error while fetching template: parameter `inline` disallowed for kind "
        "`documentTemplate`");
    row(R"({"template":{"kind":"searchFragment","indexUid":"m","embedder":"e","fragment":"f",)"
        R"("documentTemplateMaxBytes":1}})",
        "invalid_render_template: error while fetching template: parameter `document_template_max_bytes` "
        "disallowed for "
        "kind `searchFragment`");
    row(R"({"template":{"kind":"inlineFragment","inline":null}})",
        "invalid_render_template: error while fetching template: parameter `inline` missing for kind `inlineFragment`");
    row(R"({"template":{"kind":"chatDocumentTemplate","indexUid":"m"}})", "");
    row(R"({"template":{"kind":"inlineDocumentTemplate","inline":[]},"input":null})", "");
}

void RenderTest::bodiesAreRefused()
{
    QFETCH(const QByteArray, body);
    const auto document = json::Document::parse(body);
    QByteArray refusal;
    if (const auto request = parseRenderRequest(document->root()); !request)
        refusal = told(request.error());
    else if (const auto allowed = checkRenderTemplate(request->source, allFeatures()); !allowed)
        refusal = told(allowed.error());
    QTEST(refusal, "refusal");
}

void RenderTest::inputsAreRefused_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("refusal");
    const auto row = [](const char *body, const char *refusal) {
        QTest::newRow(body) << QByteArray(body) << QByteArray(refusal);
    };
    const char *const missing
        = "invalid_render_input: error while fetching input: parameter `indexUid` missing for kind `indexDocument`";
    row(R"({"kind":"indexDocument","id":"1"})", missing);
    row(R"({"kind":"indexDocument","indexUid":"m"})",
        "invalid_render_input: error while fetching input: parameter `id` missing for kind `indexDocument`");
    row(R"({"kind":"inlineDocument","indexUid":"m","inline":{}})",
        "invalid_render_input: error while fetching input: parameter `index_uid` disallowed for kind `inlineDocument`");
    row(R"({"kind":"inlineSearch"})",
        "invalid_render_input: error while fetching input: parameter `inline` missing for kind `inlineSearch`");
    row(R"({"kind":"inlineSearch","inline":3})", "");
    row(R"({"kind":"indexDocument","id":1})",
        "invalid_render_input: Invalid value type at `.input.id`: expected a string, but found a positive "
        "integer: `1`");
}

void RenderTest::inputsAreRefused()
{
    QFETCH(const QByteArray, input);
    const auto document = json::Document::parse(
        R"({"template":{"kind":"inlineDocumentTemplate","inline":"x"},"input":)" + input + '}');
    QByteArray refusal;
    if (const auto request = parseRenderRequest(document->root()); !request)
        refusal = told(request.error());
    else if (const auto allowed = checkRenderInput(*request->input, allFeatures()); !allowed)
        refusal = told(allowed.error());
    QTEST(refusal, "refusal");
}

void RenderTest::featuresAreAskedFirst()
{
    RenderTemplate source;
    source.kind = RenderTemplate::Kind::IndexingFragment; // everything else is missing, too
    const auto fragments = checkRenderTemplate(source, {});
    QVERIFY(!fragments);
    QVERIFY2(told(fragments.error())
                 .startsWith("feature_not_enabled: error while fetching template: accessing fragments requires"),
        told(fragments.error()));
    RenderInput input;
    input.kind = RenderInput::Kind::InlineSearch;
    const auto search = checkRenderInput(input, {});
    QVERIFY(!search);
    QVERIFY2(told(search.error())
                 .startsWith("feature_not_enabled: error while fetching input: rendering search requires"),
        told(search.error()));
}

void RenderTest::templatesOfSettings_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("found"); ///< the template, or why there is none
    const auto row = [](const char *body, const char *found) {
        QTest::newRow(body) << QByteArray(body) << QByteArray(found);
    };
    row(R"("kind":"documentTemplate","embedder":"own")", R"("{{doc.a}}")");
    row(R"("kind":"documentTemplate","embedder":"default")",
        R"("{% for field in fields %}{% if field.is_searchable and field.value != nil %})"
        R"({{ field.name }}: {{ field.value }}\n{% endif %}{% endfor %}")");
    row(R"("kind":"documentTemplate","embedder":"two")", R"("in two")");
    row(R"("kind":"documentTemplate","embedder":"user")",
        "invalid_render_template: error while fetching template: embedder `user` in index `m` does not use a document "
        "template.");
    row(R"("kind":"documentTemplate","embedder":"parts")",
        "invalid_render_template: error while fetching template: embedder `parts` in index `m` does not use a document "
        "template.");
    row(R"("kind":"documentTemplate","embedder":"none")",
        "invalid_render_template: error while fetching template: cannot find embedder `none` in index `m`");
    row(R"("kind":"indexingFragment","embedder":"parts","fragment":"one")", R"({"b":1.0,"a":"{{doc.a}}"})");
    row(R"("kind":"searchFragment","embedder":"parts","fragment":"ask")", R"("{{q}}")");
    row(R"("kind":"searchFragment","embedder":"parts","fragment":"one")",
        "invalid_render_template: error while fetching template: cannot find search fragment `one` for embedder "
        "`parts` "
        "in index `m`");
    row(R"("kind":"searchFragment","embedder":"two","fragment":"ask")",
        "invalid_render_template: error while fetching template: embedder `two` in index `m` does not use fragments.");
    row(R"("kind":"searchFragment","embedder":"none","fragment":"ask")",
        "invalid_render_template: error while fetching template: cannot find indexing fragment `ask` for embedder "
        "`none` in index `m`");
}

void RenderTest::templatesOfSettings()
{
    QFETCH(const QByteArray, body);
    const auto document = json::Document::parse(R"({"template":{"indexUid":"m",)" + body + "}}");
    const auto request = parseRenderRequest(document->root());
    QVERIFY(request.ok());
    const auto text = renderTemplateText(request->source, withEmbedders());
    QTEST(text ? QByteArray::fromStdString(text->json) : told(text.error()), "found");
}

void RenderTest::documentsOfAnIndex()
{
    const auto document = json::Document::parse(QByteArray(R"({"id":1,"_geo":{"lat":1,"lng":2},"a":"x"})"));
    const TemplateText text {false, R"("{{ doc.a }}")"};
    const RenderBody body = renderBody(text, document->root(), {});
    QVERIFY(!body.marked);
    QCOMPARE(body.json,
        QByteArray(R"({"template":{"kind":"inlineDocumentTemplate","inline":"{{ doc.a }}"},"input":{"kind":)"
                   R"("inlineDocument","inline":{"id":1,"_geo":{"lat":1,"lng":2},"a":"x"}}})"));
}

void RenderTest::searchableFieldsAreTold()
{
    const auto document = json::Document::parse(QByteArray(R"({"id":1,"_geo":{"lat":1,"lng":2},"a":"x"})"));
    Settings settings;
    settings.searchableAttributes = {"a", "id.b"};
    const TemplateText asks {false, R"("{{ fields[0].is_searchable }}")"};
    const RenderBody body = renderBody(asks, document->root(), settings);
    QVERIFY(body.marked);
    QCOMPARE(body.json,
        QByteArray(R"({"template":{"kind":"inlineDocumentTemplate","inline":"{% assign fields = doc.fields %})"
                   R"({% assign doc = doc.doc %}{{ fields[0].is_searchable }}"},"input":{"kind":"inlineDocument",)"
                   R"("inline":{"doc":{"id":1,"a":"x"},"fields":[{"name":"id","value":1,"is_searchable":false},)"
                   R"({"name":"a","value":"x","is_searchable":true}]}}})"));
    settings.searchableAttributes = {"a", "id"}; // as an inline document: all are
    QVERIFY(!renderBody(asks, document->root(), settings).marked);
}

void RenderTest::weight()
{
    QCOMPARE(templateWeight("no tags, and some [words] or others"), std::size_t {3});
    QCOMPARE(templateWeight("{% if a and b %}{{ doc.c[0] }}{%- else -%}{% endif %}"), std::size_t {6});
    // what looks like an end to one reader is a text to another
    QCOMPARE(templateWeight("{% if '%}{% endif %}' == a %}"), std::size_t {2});
}

void RenderTest::heavyTemplatesAreRefused()
{
    std::string nested;
    for (std::size_t i = 0; i < templateWeightMax / 2; ++i)
        nested += "{% if true %}";
    const auto judged = [](const std::string &text) {
        const auto value = json::Document::parse(std::string_view(R"({"a":[1,)" + json::quoted(text) + "]}"));
        return checkTemplateWeight(value->root(), "template_parsing_error");
    };
    QVERIFY(judged(nested).ok());
    const auto refused = judged(nested + "{% if true %}");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code->name, "template_parsing_error");
}

void RenderTest::heavyTemplatesOfSettings_data()
{
    QTest::addColumn<QByteArray>("embedder");
    QTest::newRow("document") << QByteArray(R"("documentTemplate":%)");
    QTest::newRow("fragment") << QByteArray(R"("indexingFragments":{"a":{"value":{"b":[%]}}})");
    QTest::newRow("nested") << QByteArray(R"("indexingEmbedder":{"source":"ollama","documentTemplate":%})");
}

void RenderTest::heavyTemplatesOfSettings()
{
    QFETCH(const QByteArray, embedder);
    const auto refusal = [&](int tags) {
        const QByteArray text = '"' + QByteArray("{% if true %}").repeated(tags) + '"';
        const auto body = json::Document::parse(
            R"({"embedders":{"e":{"source":"rest",)" + QByteArray(embedder).replace('%', text) + "}}}");
        const auto patch = parseSettingsPatch(body->root(), allFeatures());
        return patch ? QByteArray() : told(patch.error());
    };
    QVERIFY(!refusal(400).contains("more can end the process"));
    const QByteArray refused = refusal(401);
    QVERIFY2(refused.startsWith("invalid_settings_embedders: `.embedders.e.")
            && refused.contains("more can end the process"),
        refused);
}

QTEST_APPLESS_MAIN(RenderTest)
#include "tst_render.moc"
