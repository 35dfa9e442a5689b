// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/WireRecording.h"

#include "protocol/Deserr.h"
#include "protocol/Features.h"
#include "protocol/IndexRequests.h"
#include "protocol/Stats.h"
#include "protocol/SwapRequest.h"
#include "protocol/TaskTime.h"
#include "protocol/Webhook.h"
#include "protocol/WebhookUrl.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

json::Document parse(const QByteArray &text)
{
    auto doc = json::Document::parse(text);
    if (!doc)
        qFatal("no JSON: %s", text.constData());
    return std::move(doc).value();
}

IndexInfo indexFromView(const json::Value &v)
{
    IndexInfo info {
        v["uid"].toString(), *parseRfc3339(v["createdAt"].toString()), *parseRfc3339(v["updatedAt"].toString()), {}};
    if (v["primaryKey"].isString())
        info.primaryKey = v["primaryKey"].toString();
    return info;
}

IndexStats statsFromView(const json::Value &v)
{
    IndexStats stats;
    stats.numberOfDocuments = *v["numberOfDocuments"].toU64();
    stats.rawDocumentDbSize = *v["rawDocumentDbSize"].toU64();
    stats.avgDocumentSize = *v["avgDocumentSize"].toU64();
    stats.isIndexing = v["isIndexing"].toBool();
    stats.numberOfEmbeddings = v["numberOfEmbeddings"].toU64();
    stats.numberOfEmbeddedDocuments = v["numberOfEmbeddedDocuments"].toU64();
    for (const json::Member &field : v["fieldDistribution"].members())
        stats.fieldDistribution[field.key()] = *field.value.toU64();
    return stats;
}

/// The refusal of a request about indexes, swaps, features or webhooks, or nothing.
std::optional<ApiError> refusalOf(const Exchange &e)
{
    const auto errorOf = [](const auto &result) { return result ? std::nullopt : std::optional(result.error()); };
    const auto all = [](std::string_view) { return true; };
    if (e.path == "/indexes" && e.method == "POST")
        return errorOf(parseIndexCreate(e.body));
    if (e.path == "/indexes" && e.method == "GET")
        return errorOf(parseIndexListQuery(e.query));
    if (e.path == "/swap-indexes")
        return errorOf(parseSwapIndexes(e.body, all));
    if (e.path == "/experimental-features" && e.method == "PATCH")
        return errorOf(parseFeaturesPatch(e.body, {}));
    if (e.method == "PATCH")
        return errorOf(parseIndexUpdate(e.body));
    return std::nullopt;
}

} // namespace

class TstIndexes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusalsOfTheRecording();
    void viewsOfTheRecording();
    void swapsOfTheRecording();
    void featuresOfTheRecording();
    void statsOfTheRecording();
    void uids();
    void pages();
    void swapErrors();
    void featurePatch();
    void statsQueries();
    void humanSizes_data();
    void humanSizes();
    void webhookOfTheRecording();
    void webhookChanges();
    void webhookErrors_data();
    void webhookErrors();
    void urls_data();
    void urls();
};

void TstIndexes::refusalsOfTheRecording()
{
    int count = 0;
    for (const Exchange &e : recording()) {
        const bool index = e.path == "/indexes"
            || (e.method == "PATCH" && e.path.starts_with("/indexes/") && e.path.find('/', 9) == std::string::npos);
        const bool other = e.path == "/swap-indexes" || (e.path == "/experimental-features" && e.method == "PATCH");
        const std::string code = e.answer["code"].toString();
        // these are refused before the body is read
        if (!(index || other) || e.status >= 401 || code == "malformed_payload" || code == "missing_payload")
            continue;
        const auto error = refusalOf(e);
        QCOMPARE(error.has_value(), e.status == 400);
        if (error)
            COMPARE_WIRE(error->toJson(), wireText(e.answer), e);
        ++count;
    }
    QVERIFY2(count > 20, QByteArray::number(count).constData());
    COMPARE_WIRE(checkIndexUid("bad name").error().toJson(), wireText(exchange(49).answer), exchange(49));
    COMPARE_WIRE(indexNotFound("none").toJson(), wireText(exchange(48).answer), exchange(48));
    COMPARE_WIRE(indexAlreadyExists("m").toJson(), wireText(exchange(34).task["error"]), exchange(34));
}

void TstIndexes::viewsOfTheRecording()
{
    int count = 0;
    for (const Exchange &e : recording()) {
        if (e.method != "GET" || e.status != 200)
            continue;
        if (e.path.starts_with("/indexes/") && e.path.find('/', 9) == std::string::npos) {
            COMPARE_WIRE(indexToJson(indexFromView(e.answer)), wireText(e.answer), e);
            ++count;
        } else if (e.path == "/indexes") {
            const auto page = parseIndexListQuery(e.query);
            std::vector<QByteArray> shown;
            for (const json::Value item : e.answer["results"].items())
                shown.push_back(indexToJson(indexFromView(item)));
            COMPARE_WIRE(
                pageToJson(shown, page->offset, page->limit, *e.answer["total"].toU64()), wireText(e.answer), e);
            ++count;
        } else if (e.path == "/version") {
            COMPARE_WIRE(
                versionToJson({e.answer["commitSha"].toString(), e.answer["commitDate"].toString(), "1.50.0"}),
                wireText(e.answer), e);
            ++count;
        } else if (e.path == "/health") {
            COMPARE_WIRE(healthToJson(), wireText(e.answer), e);
            ++count;
        }
    }
    QVERIFY(count > 12);
}

void TstIndexes::swapsOfTheRecording()
{
    const auto all = [](std::string_view) { return true; };
    const auto known = [](std::string_view uid) { return uid != "none"; };
    for (const int number : {523, 525, 526, 529}) {
        const Exchange &e = exchange(number);
        const auto swaps = parseSwapIndexes(e.body, all);
        QVERIFY2(swaps.ok(), e.label().constData());
        TaskDetails details;
        details.swaps = *swaps;
        COMPARE_WIRE(detailsToJson(details), wireText(e.task["details"]), e);
        const auto error = checkSwaps(*swaps, known);
        QCOMPARE(error.has_value(), e.task["error"].isObject());
        if (error)
            COMPARE_WIRE(error->toJson(), wireText(e.task["error"]), e);
    }
}

void TstIndexes::featuresOfTheRecording()
{
    COMPARE_WIRE(featuresToJson({}), wireText(exchange(15).answer), exchange(15));
    const auto features = parseFeaturesPatch(exchange(487).body, {});
    COMPARE_WIRE(featuresToJson(*features), wireText(exchange(487).answer), exchange(487));
    COMPARE_WIRE(checkFeature({}, Feature::EditDocumentsByFunction).error().toJson(), wireText(exchange(486).answer),
        exchange(486));
    COMPARE_WIRE(checkFeature({}, Feature::Metrics).error().toJson(), wireText(exchange(533).answer), exchange(533));
    COMPARE_WIRE(checkFeature({}, Feature::Network).error().toJson(), wireText(exchange(536).answer), exchange(536));
    COMPARE_WIRE(checkFeature({}, Feature::ChatCompletions, "listing the chats").error().toJson(),
        wireText(exchange(537).answer), exchange(537));
    QVERIFY(checkFeature(*features, Feature::EditDocumentsByFunction).ok());
}

void TstIndexes::statsOfTheRecording()
{
    int count = 0;
    for (const Exchange &e : recording()) {
        if (e.status != 200 || !e.path.ends_with("/stats"))
            continue;
        if (e.path == "/stats") {
            GlobalStats stats;
            stats.databaseSize = *e.answer["databaseSize"].toU64();
            stats.usedDatabaseSize = *e.answer["usedDatabaseSize"].toU64();
            stats.lastUpdateNs = parseRfc3339(e.answer["lastUpdate"].toString());
            for (const json::Member &index : e.answer["indexes"].members())
                stats.indexes[index.key()] = statsFromView(index.value);
            COMPARE_WIRE(globalStatsToJson(stats), wireText(e.answer), e);
        } else {
            COMPARE_WIRE(indexStatsToJson(statsFromView(e.answer)), wireText(e.answer), e);
        }
        ++count;
    }
    QVERIFY(count > 5);
}

void TstIndexes::uids()
{
    QVERIFY(isIndexUid("a") && isIndexUid("A-z_09") && isIndexUid(std::string(400, 'z')));
    QVERIFY(!isIndexUid("") && !isIndexUid("a b") && !isIndexUid("é") && !isIndexUid(std::string(401, 'z'))
        && !isIndexUid("a*"));
    const json::Document body = parse(R"({"uid":"a b","primaryKey":null})");
    const auto update = parseIndexUpdate(body.root());
    // a rename is checked behind the parser, so without a place
    QVERIFY(update.error().message.starts_with("`a b` is not a valid index uid."));
    QVERIFY(parseIndexUpdate(parse("{}").root()).ok());
}

void TstIndexes::pages()
{
    const std::vector<QByteArray> all {"1", "2", "3"};
    QCOMPARE(pageToJson(all, {1, 1}), QByteArray(R"({"results":[2],"offset":1,"limit":1,"total":3})"));
    QCOMPARE(pageToJson(all, {2, 20}), QByteArray(R"({"results":[3],"offset":2,"limit":20,"total":3})"));
    QCOMPARE(pageToJson(all, {std::numeric_limits<std::uint64_t>::max(), 1}),
        QByteArray(R"({"results":[],"offset":18446744073709551615,"limit":1,"total":3})"));
}

void TstIndexes::swapErrors()
{
    const auto onlyA = [](std::string_view uid) { return uid == "a"; };
    const auto all = [](std::string_view) { return true; };
    const auto errorOf = [](const QByteArray &text, const auto &allowed) {
        const json::Document body = parse(text);
        const auto swaps = parseSwapIndexes(body.root(), allowed);
        return swaps ? std::string("accepted") : swaps.error().message;
    };
    QCOMPARE(errorOf(R"([{"indexes":["a","b"]}])", onlyA), std::string("The provided API key is invalid."));
    QCOMPARE(errorOf(R"([{"indexes":["a","b"]},{"indexes":["b","a"]}])", all),
        std::string("Indexes must be declared only once during a swap. `a`, `b` were specified several times."));
    QCOMPARE(errorOf(R"([{"indexes":["a","a"]}])", all),
        std::string("Indexes must be declared only once during a swap. `a` was specified several times."));
    QCOMPARE(errorOf(R"([{}])", all), std::string("Missing field `indexes` inside `[0]`"));
    QVERIFY(errorOf(R"([{"indexes":["a","b c"]}])", all)
                .starts_with("Invalid value at `[0].indexes[1]`: `b c` is not a valid"));
    QCOMPARE(errorOf(R"([{"indexes":["a","b"],"rename":1}])", all),
        std::string("Invalid value type at `[0].rename`: expected a boolean, but found a positive integer: `1`"));

    const auto none = [](std::string_view) { return false; };
    QCOMPARE(checkSwaps({{"a", "b", false}}, none)->message, std::string("Indexes `a`, `b` not found."));
    QCOMPARE(checkSwaps({{"a", "b", true}}, none)->message, std::string("Index `a` not found."));
    QVERIFY(!checkSwaps({{"a", "b", true}}, onlyA));
    const auto taken = checkSwaps({{"a", "b", true}}, all);
    QCOMPARE(std::string(taken->code->name), std::string("index_already_exists"));
    QVERIFY(taken->message.starts_with("Cannot rename `a` to `b` as the index already exists."));
    QVERIFY(checkSwaps({{"a", "b", true}, {"c", "d", true}}, all)->message.find("index: `b`, `d`. Renaming")
        != std::string::npos);
}

void TstIndexes::featurePatch()
{
    Features features;
    features.set(Feature::Network, true);
    const json::Document body = parse(R"({"metrics":true,"network":null,"renderRoute":false})");
    const auto after = parseFeaturesPatch(body.root(), features);
    QVERIFY(after->has(Feature::Metrics) && after->has(Feature::Network) && !after->has(Feature::RenderRoute));
    QCOMPARE(*featuresFromText(featuresToJson(*after)), *after);
    QVERIFY(!featuresFromText("{"));
    QVERIFY(!parseFeaturesPatch(parse(R"({"metrics":1})").root(), features));
    for (int i = 0; i < featureCount; ++i)
        QVERIFY(!featureKey(static_cast<Feature>(i)).empty());
}

void TstIndexes::statsQueries()
{
    const auto query = StatsQuery::parse("showInternalDatabaseSizes=true&sizeFormat=human");
    QVERIFY(query->showInternalDatabaseSizes && query->human);
    IndexStats stats;
    stats.rawDocumentDbSize = 4096;
    stats.internalDatabaseSizes.emplace_back("documents", 1536);
    QCOMPARE(indexStatsToJson(stats, *query),
        QByteArray(R"({"numberOfDocuments":0,"rawDocumentDbSize":"4 KiB","avgDocumentSize":"0 B","isIndexing":false,)"
                   R"("internalDatabaseSizes":{"documents":"1.5 KiB"},"numberOfEmbeddings":0,)"
                   R"("numberOfEmbeddedDocuments":0,"fieldDistribution":{}})"));
    QCOMPARE(averageDocumentSize(4096, 6), std::uint64_t {674}); // as a node gives it
    QCOMPARE(averageDocumentSize(4096, 0), std::uint64_t {0});
    QCOMPARE(averageDocumentSize(7, 1), std::uint64_t {0});
    QCOMPARE(StatsQuery::parse("sizeFormat=x").error().message,
        std::string("Unknown value `x` for parameter `sizeFormat`: expected one of `human`, `raw`"));
    QCOMPARE(
        std::string(StatsQuery::parse("sizeFormat=x").error().code->name), std::string("invalid_stats_size_format"));
    QCOMPARE(std::string(StatsQuery::parse("showInternalDatabaseSizes=1").error().code->name),
        std::string("invalid_stats_show_internal_database_sizes"));
    QVERIFY(StatsQuery::parse("sizeFormat=raw").ok());
}

void TstIndexes::humanSizes_data()
{
    QTest::addColumn<quint64>("bytes");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("0") << quint64 {0} << QByteArray("0 B");
    QTest::newRow("1023") << quint64 {1023} << QByteArray("1023 B");
    QTest::newRow("1024") << quint64 {1024} << QByteArray("1 KiB");
    QTest::newRow("96468") << quint64 {96468} << QByteArray("94.21 KiB");
    QTest::newRow("max") << std::numeric_limits<quint64>::max() << QByteArray("16 EiB");
}

void TstIndexes::humanSizes()
{
    QFETCH(quint64, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(humanSize(bytes)), text);
}

void TstIndexes::webhookOfTheRecording()
{
    COMPARE_WIRE(webhooksToJson({}), wireText(exchange(534).answer), exchange(534));
    const Exchange &e = exchange(535);
    const auto webhook = createWebhook(*parseWebhookChange(e.body), e.answer["uuid"].toString(), 0);
    QVERIFY(webhook.ok());
    COMPARE_WIRE(webhookToJson(*webhook), wireText(e.answer), e);
}

void TstIndexes::webhookChanges()
{
    const auto change = [](const QByteArray &text) {
        const json::Document body = parse(text);
        return *parseWebhookChange(body.root());
    };
    Webhook hook = *createWebhook(
        change(R"({"url":"https://h/","headers":{"Authorization":"Bearer 0123456789abcdef","x":"1"}})"), "u", 0);
    QCOMPARE(webhookToJson(hook),
        QByteArray(R"({"uuid":"u","isEditable":true,"url":"https://h/","headers":)"
                   R"({"Authorization":"Bearer 01XXXX...","x":"1"}})"));
    QCOMPARE(*webhookFromText(webhookToText(hook)), hook);
    hook = *patchWebhook(hook, change(R"({"headers":{"x":null,"y":"2"}})"));
    QCOMPARE(hook.headers.size(), std::size_t {2});
    QVERIFY(hook.headers.contains("y") && hook.url == "https://h/");
    hook = *patchWebhook(hook, change(R"({"headers":null,"url":"http://other/"})"));
    QVERIFY(hook.headers.empty() && hook.url == "http://other/");
    QCOMPARE(patchWebhook(hook, change(R"({"url":null})")).error().message,
        std::string("The URL for the webhook `u` is missing."));
    Webhook fixed = hook;
    fixed.uuid = nilUuid;
    QCOMPARE(std::string(patchWebhook(fixed, change("{}")).error().code->name), std::string("immutable_webhook"));
    QVERIFY(webhookToJson(fixed).contains(R"("isEditable":false)"));
    QVERIFY(!webhookFromText("{}"));
}

void TstIndexes::webhookErrors_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("error");
    const auto row
        = [](const char *body, const char *error) { QTest::newRow(body) << QByteArray(body) << QByteArray(error); };
    row("{}", "invalid_webhook_url: The URL for the webhook `u` is missing.");
    row(R"({"url":""})", "invalid_webhook_url: The URL for the webhook `u` is missing.");
    row(R"({"url":"x"})", "invalid_webhook_url: Invalid URL `x`: relative URL without a base");
    row(R"({"url":3})",
        "invalid_webhook_url: Invalid value type at `.url`: expected a string, but found a positive integer: `3`");
    row(R"({"url":"http://h","headers":{"a b":"c"}})",
        "invalid_webhook_headers: Invalid header name `a b`: invalid HTTP header name");
    row(R"({"url":"http://h","headers":{"a":"c\nd"}})",
        "invalid_webhook_headers: Invalid header value `a`: failed to parse header value");
    row(R"({"uuid":"x"})", "immutable_webhook_uuid: Immutable field `uuid`: expected one of `url`, `headers`");
    row(R"({"isEditable":true})",
        "immutable_webhook_is_editable: Immutable field `isEditable`: expected one of `url`, `headers`");
    row(R"({"nope":1})", "bad_request: Unknown field `nope`: expected one of `url`, `headers`");
}

void TstIndexes::webhookErrors()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, error);
    const json::Document doc = parse(body);
    const auto change = parseWebhookChange(doc.root());
    const auto webhook = change ? createWebhook(*change, "u", 0) : ApiResult<Webhook>(change.err());
    QVERIFY(!webhook);
    QCOMPARE(
        QByteArray(webhook.error().code->name) + ": " + QByteArray::fromStdString(webhook.error().message), error);
    QCOMPARE(std::string(createWebhook({}, "u", 20).error().code->name), std::string("invalid_webhooks"));
    QCOMPARE(parseWebhookUuid("x").error().message, std::string("Invalid UUID: invalid character: found `x` at 0"));
}

void TstIndexes::urls_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("problem");
    const auto row
        = [](const char *url, const char *problem) { QTest::newRow(url) << QByteArray(url) << QByteArray(problem); };
    row("http://h", "");
    row("HTTPS://user:pw@h:8080/path?x#y", "");
    row("http://[::1]:80/", "");
    row("mailto:x", "");
    row("//h/x", "relative URL without a base");
    row("/x", "relative URL without a base");
    row("h:80", "");
    row("1h://x", "relative URL without a base");
    row("http://", "empty host");
    row("http://:80", "empty host");
    row("http://h:x/", "invalid port number");
    row("http://h:70000/", "invalid port number");
    row("http://[::1", "invalid IPv6 address");
}

void TstIndexes::urls()
{
    QFETCH(QByteArray, url);
    QFETCH(QByteArray, problem);
    QCOMPARE(QByteArray::fromStdString(urlProblem(sv(url)).value_or("")), problem);
}

QTEST_GUILESS_MAIN(TstIndexes)
#include "tst_indexes.moc"
