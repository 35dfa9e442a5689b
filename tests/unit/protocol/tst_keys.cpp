// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/WireRecording.h"

#include "base/Clock.h"
#include "protocol/IndexRequests.h"
#include "protocol/KeyAuth.h"
#include "protocol/KeyDigest.h"
#include "protocol/TaskTime.h"

#include <QTest>

#include <algorithm>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

constexpr std::string_view Master = "a master key of the tests";

/// The key as it stands in an answer; `value` is what the node showed.
struct ShownKey
{
    ApiKey key;
    std::string value;
};

ShownKey keyFromView(const json::Value &v)
{
    ShownKey shown;
    const auto text = [](const json::Value &member) {
        return member.isString() ? std::optional(member.toString()) : std::nullopt;
    };
    shown.key.name = text(v["name"]);
    shown.key.description = text(v["description"]);
    shown.key.uid = v["uid"].toString();
    for (const json::Value item : v["actions"].items())
        shown.key.actions.push_back(*actionByName(item.toString()));
    for (const json::Value item : v["indexes"].items())
        shown.key.indexes.push_back(item.toString());
    shown.key.expiresAtNs = parseRfc3339(v["expiresAt"].toString());
    shown.key.createdAtNs = *parseRfc3339(v["createdAt"].toString());
    shown.key.updatedAtNs = *parseRfc3339(v["updatedAt"].toString());
    shown.value = v["key"].toString();
    return shown;
}

json::Document parse(const QByteArray &text)
{
    auto doc = json::Document::parse(text);
    if (!doc)
        qFatal("no JSON: %s", text.constData());
    return std::move(doc).value();
}

/// Action and index of a route of the recording.
struct Guard
{
    Action action = Action::All;
    std::optional<std::string> index;
};
std::optional<Guard> guardOf(const Exchange &e)
{
    const std::string uid
        = e.path.starts_with("/indexes/") ? e.path.substr(9, e.path.find('/', 9) - 9) : std::string {};
    if (e.path == "/version")
        return Guard {Action::Version, {}};
    if (e.path == "/stats")
        return Guard {Action::StatsGet, {}};
    if (e.path == "/tasks" && e.method == "GET")
        return Guard {Action::TasksGet, {}};
    if (e.path == "/keys" && e.method == "GET")
        return Guard {Action::KeysGet, {}};
    if (e.path == "/experimental-features" && e.method == "GET")
        return Guard {Action::ExperimentalGet, {}};
    if (e.path == "/indexes" && e.method == "GET")
        return Guard {Action::IndexesGet, {}};
    if (e.path == "/multi-search")
        return Guard {Action::Search, {}};
    if (e.path.ends_with("/search"))
        return Guard {Action::Search, uid};
    if (e.path.ends_with("/settings") && e.method == "GET")
        return Guard {Action::SettingsGet, uid};
    if (e.path.ends_with("/documents") && e.method == "POST")
        return Guard {Action::DocumentsAdd, uid};
    return std::nullopt;
}

std::string errorOf(const ApiResult<AuthScope> &scope) { return scope ? "allowed" : scope.error().code->name; }

} // namespace

class TstKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestsOfTheRecording();
    void authorisationOfTheRecording();
    void defaultKeysAreThoseOfANode();
    void digests_data();
    void digests();
    void valueOfAKey();
    void uuids_data();
    void uuids();
    void expiry_data();
    void expiry();
    void wildcards();
    void scopeOfActions();
    void headers_data();
    void headers();
    void withoutMasterKey();
    void restrictedKeys();
    void patchesKeepWhatTheyDoNotName();
    void textsReadBackEqual();
};

void TstKeys::requestsOfTheRecording()
{
    int count = 0;
    for (const Exchange &e : recording()) {
        if (!e.path.starts_with("/keys") || e.auth.toString() != "master")
            continue;
        if (e.method == "POST") {
            const std::int64_t now = *parseRfc3339("2026-11-22T12:02:33Z");
            const auto key = parseKeyCreate(e.body, "898b715e-f478-42bc-a009-275513146e26", now);
            if (e.status == 400) {
                QVERIFY2(!key, e.label().constData());
                COMPARE_WIRE(key.error().toJson(), wireText(e.answer), e);
            } else if (e.status == 409) {
                COMPARE_WIRE(keyAlreadyExists(key->uid).toJson(), wireText(e.answer), e);
            } else {
                const ShownKey shown = keyFromView(e.answer);
                COMPARE_WIRE(keyToJson(shown.key, shown.value), wireText(e.answer), e);
                QCOMPARE(key->actions, shown.key.actions);
                QCOMPARE(key->indexes, shown.key.indexes);
                QCOMPARE(key->expiresAtNs, shown.key.expiresAtNs);
                QCOMPARE(key->name, shown.key.name);
            }
        } else if (e.method == "PATCH" && e.status == 400) {
            COMPARE_WIRE(parseKeyPatch(e.body).error().toJson(), wireText(e.answer), e);
        } else if (e.status == 404) {
            COMPARE_WIRE(keyNotFound("none").toJson(), wireText(e.answer), e);
        } else if (e.method == "GET" && e.path == "/keys") {
            const auto page = parseKeyListQuery(e.query);
            if (e.status == 400) {
                COMPARE_WIRE(page.error().toJson(), wireText(e.answer), e);
                continue;
            }
            std::vector<QByteArray> shown;
            for (const json::Value item : e.answer["results"].items()) {
                const ShownKey key = keyFromView(item);
                shown.push_back(keyToJson(key.key, key.value));
            }
            COMPARE_WIRE(
                pageToJson(shown, page->offset, page->limit, *e.answer["total"].toU64()), wireText(e.answer), e);
        } else {
            continue;
        }
        ++count;
    }
    QVERIFY(count > 18);
}

/// Each kind of caller against each route, as the node let them in or not.
void TstKeys::authorisationOfTheRecording()
{
    std::map<std::string, ShownKey> keys;
    int count = 0;
    for (const Exchange &e : recording()) {
        if (e.path == "/keys" && e.status == 200) {
            for (const json::Value item : e.answer["results"].items())
                keys["default:" + item["name"].toString()] = keyFromView(item);
        }
        if (e.path == "/keys" && e.status == 201) {
            const ShownKey key = keyFromView(e.answer);
            const bool documents
                = std::count(key.key.actions.begin(), key.key.actions.end(), Action::DocumentsAll) > 0;
            keys[key.key.name ? "search-m" : documents ? "prefix" : "getall"] = key;
        }
        if (e.method == "DELETE" && e.path.starts_with("/keys/6062"))
            keys.erase("search-m");
        const auto guard = guardOf(e);
        const std::string who = e.auth.isNull() ? std::string {} : e.auth.toString();
        if (!guard || who.starts_with("token:") || who == "tok2")
            continue;
        std::string header = "Bearer ";
        if (who == "master")
            header += Master;
        else
            header += keys.contains(who) ? keys[who].value : who;
        const auto byUid = [](std::string_view) -> const ApiKey * { return nullptr; };
        const auto byToken = [&](std::string_view token) -> const ApiKey * {
            for (const auto &[name, key] : keys) {
                if (key.value == token)
                    return &key.key;
            }
            return nullptr;
        };
        AuthRequest request {Master, {}, guard->action, {}, *parseRfc3339("2026-11-22T12:02:34Z")};
        if (!e.auth.isNull())
            request.authorization = header;
        if (guard->index)
            request.indexUid = *guard->index;
        const auto scope = authorise(request, byUid, byToken);
        if (e.path == "/multi-search" && e.status == 403 && scope) {
            // the route itself finds the index that is not allowed
            QVERIFY2(!scope->allowsIndex("new4") && scope->allowsIndex("m"), e.label().constData());
        } else if (e.status == 401 || e.status == 403) {
            QVERIFY2(!scope, e.label().constData());
            COMPARE_WIRE(scope.error().toJson(), wireText(e.answer), e);
        } else {
            QVERIFY2(scope.ok(), e.label().constData());
        }
        ++count;
    }
    QVERIFY2(count > 80, QByteArray::number(count).constData());
}

void TstKeys::defaultKeysAreThoseOfANode()
{
    const json::Value results = exchange(14).answer["results"];
    std::vector<std::string> uids;
    for (std::size_t i = results.size(); i > 0; --i)
        uids.push_back(results.at(i - 1)["uid"].toString());
    std::vector<ApiKey> keys = defaultKeys(uids, 1'000'000'000);
    sortKeysForList(keys);
    QCOMPARE(keys.size(), results.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        ShownKey shown = keyFromView(results.at(i));
        keys[i].createdAtNs = shown.key.createdAtNs;
        keys[i].updatedAtNs = shown.key.updatedAtNs;
        QCOMPARE(keyToJson(keys[i], shown.value), wireText(results.at(i)));
    }
}

void TstKeys::digests_data()
{
    // RFC 4231, cases 1 and 2
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("sha256");
    QTest::newRow("1") << QByteArray(20, 0x0b) << QByteArray("Hi There")
                       << QByteArray("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    QTest::newRow("2") << QByteArray("Jefe") << QByteArray("what do ya want for nothing?")
                       << QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

void TstKeys::digests()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, sha256);
    QCOMPARE(hmac(HashKind::Sha256, sv(key), sv(message)).toHex(), sha256);
    QCOMPARE(hmac(HashKind::Sha384, sv(key), sv(message)).size(), 48);
    QCOMPARE(hmac(HashKind::Sha512, sv(key), sv(message)).size(), 64);
}

void TstKeys::valueOfAKey()
{
    const std::string uid = "550e8400-e29b-41d4-a716-446655440000";
    const std::string value = keyValue("my-secret-master-key", uid);
    QCOMPARE(value.size(), std::size_t {64});
    QVERIFY(isKeyValue(value, "my-secret-master-key", uid));
    QVERIFY(isKeyValue(toQString(value).toUpper().toStdString(), "my-secret-master-key", uid));
    QVERIFY(!isKeyValue(value, "other", uid));
    QVERIFY(!isKeyValue(value, "my-secret-master-key", "550e8400-e29b-41d4-a716-446655440001"));
    QVERIFY(!isKeyValue("", "my-secret-master-key", uid));
    QVERIFY(!isKeyValue(std::string(64, '0'), "my-secret-master-key", uid));
    QVERIFY(equalInConstantTime("", "") && !equalInConstantTime("a", "") && !equalInConstantTime("a", "b"));
    ApiKey key;
    key.uid = uid;
    QCOMPARE(keyByValue({key}, value, "my-secret-master-key")->uid, uid);
    QVERIFY(keyByValue({key}, "x", "my-secret-master-key") == nullptr);
}

void TstKeys::uuids_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result");
    const auto row
        = [](const char *text, const char *result) { QTest::newRow(text) << QByteArray(text) << QByteArray(result); };
    row("936DA01F-9abd-4d9d-80c7-02af85c822a8", "936da01f-9abd-4d9d-80c7-02af85c822a8");
    row("936da01f9abd4d9d80c702af85c822a8", "936da01f-9abd-4d9d-80c7-02af85c822a8");
    row("{936da01f-9abd-4d9d-80c7-02af85c822a8}", "936da01f-9abd-4d9d-80c7-02af85c822a8");
    row("urn:uuid:936da01f-9abd-4d9d-80c7-02af85c822a8", "936da01f-9abd-4d9d-80c7-02af85c822a8");
    row("", "! invalid length: found 0");
    row("x", "! invalid character: found `x` at 0");
    row("é", "! invalid character: found `é` at 0");
    row("12", "! invalid length: found 2");
    row("1-2", "! invalid group count: expected 5, found 2");
    row("936da01f-9abd-4d9d-80c7-02af85c822a", "! invalid group length in group 4: expected 12, found 11");
    row("936da01-9abd-4d9d-80c7-02af85c822a8a", "! invalid group length in group 0: expected 8, found 7");
    row("936da01f-9abd-4d9d-80c7-02af85c822ag", "! invalid character: found `g` at 35");
    row("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "! invalid length: found 55");
}

void TstKeys::uuids()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    const auto uid = parseUuid(sv(text));
    QCOMPARE(QByteArray::fromStdString(uid ? *uid : "! " + uid.error()), result);
}

void TstKeys::expiry_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("valid");
    for (const char *text : {"2099-01-01", "2099-01-01 00:00:00", "2099-01-01T00:00:00", "2099-01-01T00:00:00+01:00"})
        QTest::newRow(text) << QByteArray(text) << true;
    for (const char *text : {"2001-01-01", "2099-1-1", "2099-01-01T00:00", "tomorrow", "", "2099-01-01 00:00:00 "})
        QTest::newRow(text) << QByteArray(text) << false;
}

void TstKeys::expiry()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, valid);
    const json::Document body = parse(R"({"actions":[],"indexes":[],"expiresAt":")" + text + "\"}");
    const auto key = parseKeyCreate(body.root(), "u", 1'700'000'000'000'000'000);
    QCOMPARE(key.ok(), valid);
    if (key)
        QVERIFY(key->expiresAtNs && !key->expired(*key->expiresAtNs - 1) && key->expired(*key->expiresAtNs));
}

void TstKeys::wildcards()
{
    QVERIFY(actionCovers(Action::All, Action::KeysDelete));
    QVERIFY(actionCovers(Action::DocumentsAll, Action::DocumentsAdd));
    QVERIFY(!actionCovers(Action::DocumentsAll, Action::Search));
    QVERIFY(actionCovers(Action::IndexesAll, Action::IndexesCompact));
    QVERIFY(actionCovers(Action::ChatsAll, Action::ChatsGet));
    QVERIFY(!actionCovers(Action::ChatsAll, Action::ChatsSettingsGet));
    QVERIFY(actionCovers(Action::AllGet, Action::Search));
    QVERIFY(actionCovers(Action::AllGet, Action::FieldsPost));
    QVERIFY(actionCovers(Action::AllGet, Action::Export));
    QVERIFY(!actionCovers(Action::AllGet, Action::KeysGet));
    QVERIFY(!actionCovers(Action::AllGet, Action::ChatCompletions));
    QVERIFY(!actionCovers(Action::AllGet, Action::DocumentsAdd));
    QVERIFY(!actionCovers(Action::Search, Action::All));
    for (int i = 0; i < actionCount; ++i) {
        const auto action = static_cast<Action>(i);
        QCOMPARE(actionByName(actionName(action)), std::optional(action));
    }
    QVERIFY(!actionByName("documents"));
}

void TstKeys::scopeOfActions()
{
    QVERIFY(
        isGlobalAction(Action::KeysGet) && isGlobalAction(Action::Version) && isGlobalAction(Action::TasksCompact));
    QVERIFY(isGlobalAction(Action::DynamicSearchRulesAll) && isGlobalAction(Action::ChatsSettingsUpdate));
    QVERIFY(!isGlobalAction(Action::TasksAll) && !isGlobalAction(Action::Search)
        && !isGlobalAction(Action::ChatCompletions));
    QVERIFY(!isGlobalAction(Action::All) && !isGlobalAction(Action::StatsGet) && !isGlobalAction(Action::FieldsPost));
    QVERIFY(routeSortsOutIndexes(Action::TasksGet) && !routeSortsOutIndexes(Action::DocumentsAdd));
    QVERIFY(indexPatternMatches("*", "x") && indexPatternMatches("m*", "m") && !indexPatternMatches("m", "m2"));
    QVERIFY(isIndexPattern("*") && isIndexPattern("a-b_*") && !isIndexPattern("a*b") && !isIndexPattern(""));
    // without `*` an empty list of indexes allows nothing, but is no restriction to indexes either
    const json::Document body = parse(R"({"actions":["keys.get"],"indexes":[],"expiresAt":null})");
    const auto key = parseKeyCreate(body.root(), "u", 0);
    QVERIFY(key.ok());
    QVERIFY(!keyAllows(*key, Action::KeysGet, {}, 0));
}

void TstKeys::headers_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("result");
    const QByteArray master(Master.data(), static_cast<qsizetype>(Master.size()));
    QTest::newRow("master") << "Bearer " + master << QByteArray("allowed");
    QTest::newRow("basic") << QByteArray("Basic abc") << QByteArray("missing_authorization_header");
    QTest::newRow("lower case") << "bearer " + master << QByteArray("missing_authorization_header");
    QTest::newRow("no token") << QByteArray("Bearer") << QByteArray("invalid_api_key");
    QTest::newRow("empty token") << QByteArray("Bearer ") << QByteArray("invalid_api_key");
    QTest::newRow("two spaces") << "Bearer  " + master << QByteArray("invalid_api_key");
    QTest::newRow("more") << "Bearer " + master + "x" << QByteArray("invalid_api_key");
    QTest::newRow("not ASCII") << QByteArray("Bearer \xc3\xa9") << QByteArray("missing_authorization_header");
    QTest::newRow("empty") << QByteArray("") << QByteArray("missing_authorization_header");
}

void TstKeys::headers()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, result);
    const auto nobody = [](std::string_view) -> const ApiKey * { return nullptr; };
    for (const Action action : {Action::Search, Action::TasksGet, Action::KeysGet}) {
        const auto scope = authorise({Master, sv(header), action, {}, 0}, nobody, nobody);
        QCOMPARE(QByteArray::fromStdString(errorOf(scope)), result);
        if (scope)
            QVERIFY(scope->everything && scope->allIndexes() && scope->allowsIndexCreation("x"));
    }
}

void TstKeys::withoutMasterKey()
{
    const auto nobody = [](std::string_view) -> const ApiKey * { return nullptr; };
    QCOMPARE(errorOf(authorise({"", {}, Action::DocumentsAdd, "m", 0}, nobody, nobody)), std::string("allowed"));
    QCOMPARE(errorOf(authorise({"", "Bearer x", Action::Search, "m", 0}, nobody, nobody)), std::string("allowed"));
    const auto keys = authorise({"", {}, Action::KeysGet, {}, 0}, nobody, nobody);
    QCOMPARE(errorOf(keys), std::string("missing_master_key"));
    QCOMPARE(keys.error().httpStatus(), 401);
    QCOMPARE(errorOf(authorise({"", "Bearer x", Action::KeysCreate, {}, 0}, nobody, nobody)),
        std::string("missing_master_key"));
    QCOMPARE(errorOf(authorise({"", "Basic x", Action::Search, {}, 0}, nobody, nobody)),
        std::string("missing_authorization_header"));
}

void TstKeys::restrictedKeys()
{
    ApiKey key;
    key.uid = "550e8400-e29b-41d4-a716-446655440000";
    key.actions = {Action::DocumentsAdd, Action::TasksGet, Action::IndexesCreate};
    key.indexes = {"m*", "b"};
    key.expiresAtNs = 100;
    const auto byUid = [](std::string_view) -> const ApiKey * { return nullptr; };
    const auto byToken = [&](std::string_view token) { return keyByValue({key}, token, Master) ? &key : nullptr; };
    const std::string header = "Bearer " + keyValue(Master, key.uid);
    const auto ask = [&](Action action, std::optional<std::string_view> index, std::int64_t now) {
        return authorise({Master, header, action, index, now}, byUid, byToken);
    };
    QCOMPARE(errorOf(ask(Action::DocumentsAdd, "m1", 0)), std::string("allowed"));
    QCOMPARE(errorOf(ask(Action::DocumentsAdd, {}, 0)), std::string("invalid_api_key"));
    QCOMPARE(ask(Action::DocumentsAdd, "x", 0).error().message,
        std::string("The API key cannot acces the index `x`, authorized indexes are [\"b\", \"m*\"]."));
    QCOMPARE(errorOf(ask(Action::TasksGet, {}, 0)), std::string("allowed"));
    QCOMPARE(errorOf(ask(Action::TasksGet, {}, 100)), std::string("invalid_api_key"));
    QCOMPARE(errorOf(ask(Action::Version, {}, 0)), std::string("invalid_api_key"));
    const auto scope = ask(Action::TasksGet, {}, 0);
    QVERIFY(!scope->allIndexes() && scope->allowsIndex("m") && !scope->allowsIndex("c"));
    QVERIFY(scope->allowsIndexCreation("mm") && !scope->allowsIndexCreation("c"));
    QCOMPARE(scope->keyUid, key.uid);
    QVERIFY(!scope->tenantFilter("m"));
}

void TstKeys::patchesKeepWhatTheyDoNotName()
{
    ApiKey key;
    key.name = "n";
    key.description = "d";
    const json::Document body = parse(R"({"name":null})");
    const auto patch = parseKeyPatch(body.root());
    patch->applyTo(key, 9);
    QVERIFY(!key.name && key.description == "d" && key.updatedAtNs == 9);
    const json::Document bad = parse(R"({"uid":1})");
    QCOMPARE(std::string(parseKeyPatch(bad.root()).error().code->name), std::string("immutable_api_key_uid"));
}

void TstKeys::textsReadBackEqual()
{
    for (const json::Value item : exchange(14).answer["results"].items()) {
        ApiKey key = keyFromView(item).key;
        QCOMPARE(*keyFromText(keyToText(key)), key);
        key.name.reset();
        key.expiresAtNs = 5;
        QCOMPARE(*keyFromText(keyToText(key)), key);
    }
    QVERIFY(!keyFromText("{}"));
    QVERIFY(!keyFromText(R"({"uid":"u","actions":["nope"]})"));
    QVERIFY(!keyFromText("x"));
}

QTEST_GUILESS_MAIN(TstKeys)
#include "tst_keys.moc"
