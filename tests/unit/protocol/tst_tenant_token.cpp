// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/WireRecording.h"

#include "protocol/KeyAuth.h"
#include "protocol/KeyDigest.h"
#include "protocol/TaskTime.h"
#include "protocol/TenantToken.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

constexpr std::string_view Master = "a master key of the tests";
constexpr std::string_view Uid = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";

std::string valueOf(std::string_view uid) { return keyValue(Master, uid); }

/// header.payload.signature over any two texts.
std::string token(std::string_view header, std::string_view claims, HashKind kind = HashKind::Sha256)
{
    const std::string message = toBase64Url(header) + "." + toBase64Url(claims);
    return message + "." + toBase64Url(sv(hmac(kind, valueOf(Uid), message)));
}

QByteArray resultOf(std::string_view text, std::int64_t nowNs = 0)
{
    const TokenResult result = verifyTenantToken(text, valueOf, nowNs);
    switch (result.verdict) {
    case TokenVerdict::Valid:
        return "valid";
    case TokenVerdict::NotAToken:
        return "no token";
    case TokenVerdict::Refused:
        break;
    }
    return QByteArray::fromStdString(result.message);
}

} // namespace

class TstTenantToken : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordedTokens();
    void knownSignature();
    void hostile_data();
    void hostile();
    void hostileClaims_data();
    void hostileClaims();
    void anyChangedByteIsRefused();
    void expiry();
    void rules_data();
    void rules();
    void parentKeyDecides();
};

/// The tokens of the recording, made again with the key of this test, against the node's answers.
void TstTenantToken::recordedTokens()
{
    ApiKey key;
    key.uid = Uid;
    key.actions = {Action::Search};
    key.indexes = {"m"};
    const auto byUid = [&](std::string_view uid) { return uid == key.uid ? &key : nullptr; };
    const auto byToken = [&](std::string_view text) { return isKeyValue(text, Master, key.uid) ? &key : nullptr; };
    int count = 0;
    for (const Exchange &e : recording()) {
        const std::string who = e.auth.isString() ? e.auth.toString() : std::string {};
        std::string text;
        if (who.starts_with("token:")) {
            const std::string algorithm = who.substr(who.rfind('}') + 1);
            // as the recorder wrote it, for the places of errors are counted in it
            const std::string claims = who.substr(6, who.rfind('}') - 5);
            const HashKind kind = algorithm == "HS384" ? HashKind::Sha384
                : algorithm == "HS512"                 ? HashKind::Sha512
                                                       : HashKind::Sha256;
            text = token("{\"alg\": \"" + algorithm + "\", \"typ\": \"JWT\"}", claims, kind);
        } else if (who == "tok2") {
            text = makeTenantToken(
                R"({"searchRules": ["*"], "apiKeyUid": "6062abda-a5aa-4414-ac91-ecd7944c0f8d"})", "wrong key");
        } else {
            continue;
        }
        const std::string header = "Bearer " + text;
        const bool search = e.path.ends_with("/search");
        AuthRequest request {
            Master, header, search ? Action::Search : Action::IndexesGet, {}, *parseRfc3339("2026-11-22T12:02:34Z")};
        if (search)
            request.indexUid = "m";
        const auto scope = authorise(request, byUid, byToken);
        if (e.status == 403) {
            QVERIFY2(!scope, e.label().constData());
            COMPARE_WIRE(scope.error().toJson(), wireText(e.answer), e);
        } else {
            QVERIFY2(scope.ok(), (e.label() + (scope ? "" : scope.error().message.c_str())).constData());
        }
        ++count;
    }
    QCOMPARE(count, 12);
}

void TstTenantToken::knownSignature()
{
    // signed by hand with another tool: HMAC-SHA256 over "eyJhbGciOiJIUzI1NiJ9.e30" with the key "key"
    QCOMPARE(toBase64Url(R"({"alg":"HS256"})") + "." + toBase64Url("{}"), std::string("eyJhbGciOiJIUzI1NiJ9.e30"));
    QCOMPARE(hmac(HashKind::Sha256, "key", "The quick brown fox jumps over the lazy dog").toHex(),
        QByteArray("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"));
    for (const char *algorithm : {"HS256", "HS384", "HS512"}) {
        QCOMPARE(
            resultOf(makeTenantToken(R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})",
                valueOf(Uid), algorithm)),
            QByteArray("valid"));
    }
}

void TstTenantToken::hostile_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const char *name, const std::string &text, const char *result) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(result);
    };
    const std::string good = R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})";
    const std::string hs256 = R"({"alg":"HS256"})";
    row("empty", "", "no token");
    row("no dot", "abc", "no token");
    row("one dot", "abc.def", "no token");
    row("only dots", "..",
        "Could not decode tenant token, JSON error: EOF while parsing a value at line 1 column 0.");
    row("four parts", "e30.e30.e30.e30",
        "Could not decode tenant token, Base64 error: Invalid symbol 46, offset 3..");
    row("ends with a dot", token(hs256, good).substr(0, token(hs256, good).rfind('.') + 1),
        "Could not decode tenant token, InvalidSignature.");
    row("padding", toBase64Url("{}") + "=.e30.e30", "Could not decode tenant token, Base64 error: Invalid padding.");
    row("plus", "a+b/.e30.e30", "Could not decode tenant token, Base64 error: Invalid symbol 43, offset 1..");
    row("stray bits", "e31.e30.e30",
        "Could not decode tenant token, Base64 error: Invalid last symbol 49, offset 2..");
    row("one letter too much", "e30ab.e30.e30",
        "Could not decode tenant token, Base64 error: Invalid input length: 5.");
    row("header no JSON", toBase64Url("x") + ".e30.e30",
        "Could not decode tenant token, JSON error: expected value at line 1 column 1.");
    row("header without algorithm", toBase64Url("{}") + ".e30.e30",
        "Could not decode tenant token, JSON error: missing field `alg` at line 1 column 2.");
    row("none", token(R"({"alg":"none"})", good),
        "Could not decode tenant token, JSON error: unknown variant `none`, expected one of `HS256`, `HS384`, "
        "`HS512`, `ES256`, "
        "`ES384`, `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `EdDSA` at line 1 column 13.");
    row("None", token(R"({"alg":"None"})", good),
        "Could not decode tenant token, JSON error: unknown variant `None`, expected one of `HS256`, `HS384`, "
        "`HS512`, `ES256`, "
        "`ES384`, `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `EdDSA` at line 1 column 13.");
    row("asymmetric", token(R"({"alg":"RS256"})", good), "Could not decode tenant token, InvalidAlgorithm.");
    row("other digest", token(R"({"alg":"HS512"})", good), "Could not decode tenant token, InvalidSignature.");
    row("no signature", toBase64Url(hs256) + "." + toBase64Url(good) + ".",
        "Could not decode tenant token, InvalidSignature.");
}

void TstTenantToken::hostile()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    QCOMPARE(resultOf(sv(text)), result);
}

void TstTenantToken::hostileClaims_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result");
    const auto row = [](const char *name, const std::string &text, const char *result) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(result);
    };
    const std::string good = R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})";
    const std::string hs256 = R"({"alg":"HS256"})";
    row("audience", token(hs256, good.substr(0, good.size() - 1) + R"(,"aud":"x"})"),
        "Could not decode tenant token, InvalidAudience.");
    row("rules of a wrong kind",
        token(hs256, R"({"searchRules":3,"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})"),
        "Could not decode tenant token, JSON error: data did not match any variant of untagged enum SearchRules at "
        "line 1 "
        "column 16.");
    row("rules with numbers", token(hs256, R"({"searchRules":[1]})"),
        "Could not decode tenant token, JSON error: data did not match any variant of untagged enum SearchRules at "
        "line 1 "
        "column 19.");
    row("uid a number", token(hs256, R"({"apiKeyUid":5})"),
        "Could not decode tenant token, JSON error: invalid type: integer `5`, expected a formatted UUID string at "
        "line 1 "
        "column 14.");
    row("exp a text", token(hs256, R"({"exp":"soon"})"),
        "Could not decode tenant token, JSON error: invalid type: string \"soon\", expected i64 at line 1 column "
        "13.");
    row("exp too large", token(hs256, R"({"exp":18446744073709551615})"),
        "Could not decode tenant token, JSON error: invalid value: integer `18446744073709551615`, expected i64 at "
        "line 1 "
        "column 27.");
    row("claims twice", token(hs256, R"({"exp":1,"exp":2})"),
        "Could not decode tenant token, JSON error: duplicate field `exp` at line 1 column 14.");
    row("claims no object", token(hs256, "5"),
        "Could not decode tenant token, JSON error: invalid type: integer `5`, expected struct Claims at line 1 "
        "column 1.");
    row("deep", token(hs256, std::string(100'000, '[')),
        "Could not decode tenant token, JSON error: recursion limit exceeded at line 1 column 128.");
    row("huge", std::string(60'000, 'a') + ".a.a",
        "Could not decode tenant token, JSON error: expected value at line 1 column 1.");
    row("other key", token(hs256, R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8e"})"),
        "Could not decode tenant token, InvalidSignature.");
    row("valid", token(hs256, good), "valid");
    row("valid with more", token(R"({"typ":"JWT","alg":"HS256","kid":"k"})", R"({"iat":1,)" + good.substr(1)),
        "valid");
}

void TstTenantToken::hostileClaims() { hostile(); }

void TstTenantToken::anyChangedByteIsRefused()
{
    const std::string good
        = token(R"({"alg":"HS256"})", R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})");
    QCOMPARE(resultOf(good), QByteArray("valid"));
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char c : {'A', 'b', '.', '_', '=', '\0', '\xff'}) {
            std::string bad = good;
            if (bad[i] == c)
                continue;
            bad[i] = c;
            QVERIFY2(resultOf(bad) != "valid", bad.c_str());
        }
    }
    for (std::size_t length = 0; length < good.size(); ++length)
        QVERIFY(resultOf(good.substr(0, length)) != "valid");
}

void TstTenantToken::expiry()
{
    const std::string text = token(R"({"alg":"HS256"})",
        R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d","exp":100})");
    constexpr std::int64_t second = 1'000'000'000;
    QCOMPARE(resultOf(text, 100 * second), QByteArray("valid"));
    QCOMPARE(resultOf(text, 101 * second - 1), QByteArray("valid"));
    QCOMPARE(
        resultOf(text, 101 * second), QByteArray("Tenant token expired. Was valid up to `100` and we're now `101`."));
    const std::string open = token(R"({"alg":"HS256"})",
        R"({"searchRules":["*"],"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d","exp":null})");
    QCOMPARE(resultOf(open, 1'000'000 * second), QByteArray("valid"));
}

void TstTenantToken::rules_data()
{
    QTest::addColumn<QByteArray>("rules");
    QTest::addColumn<QByteArray>("uid");
    QTest::addColumn<bool>("allowed");
    QTest::addColumn<QByteArray>("filter");
    const auto row = [](const char *rules, const char *uid, bool allowed, const char *filter) {
        QTest::addRow("%s %s", rules, uid) << QByteArray(rules) << QByteArray(uid) << allowed << QByteArray(filter);
    };
    row(R"(["*"])", "m", true, "");
    row(R"(["m","n*"])", "n1", true, "");
    row(R"(["m","n*"])", "m1", false, "");
    row("[]", "m", false, "");
    row("{}", "m", false, "");
    row(R"({"*":null})", "m", true, "");
    row(R"({"*":{}})", "m", true, "");
    row(R"({"m":{"filter":"a = 1"},"*":null})", "m", true, R"("a = 1")");
    row(R"({"m*":{"filter":["a = 1"]},"*":{"filter":"b = 1"}})", "m1", true, R"(["a = 1"])");
    row(R"({"m*":{"filter":["a = 1"]},"m":{"filter":"c = 1"},"mm*":{"filter":"d = 1"}})", "m", true, R"("c = 1")");
    row(R"({"m*":{"filter":"a"},"mm*":{"filter":"b"}})", "mmm", true, R"("b")");
    row(R"({"mm*":{"filter":"b"},"m*":{"filter":"a"},"mmm":null})", "mmm", true, "");
}

void TstTenantToken::rules()
{
    QFETCH(QByteArray, rules);
    QFETCH(QByteArray, uid);
    QFETCH(bool, allowed);
    QFETCH(QByteArray, filter);
    const std::string text = token(R"({"alg":"HS256"})",
        "{\"searchRules\":" + rules.toStdString() + R"(,"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})");
    const TokenResult result = verifyTenantToken(text, valueOf, 0);
    QCOMPARE(result.verdict, TokenVerdict::Valid);
    QCOMPARE(result.token.apiKeyUid, std::string(Uid));
    QCOMPARE(result.token.rules.allowsIndex(sv(uid)), allowed);
    QCOMPARE(QByteArray::fromStdString(result.token.rules.filterFor(sv(uid)).value_or("")), filter);
}

/// A token never allows more than its key, and nothing once the key is gone.
void TstTenantToken::parentKeyDecides()
{
    ApiKey key;
    key.uid = Uid;
    key.actions = {Action::Search};
    key.indexes = {"a", "b"};
    key.expiresAtNs = 50;
    const ApiKey *known = &key;
    const auto byUid = [&](std::string_view) { return known; };
    const auto byToken = [](std::string_view) -> const ApiKey * { return nullptr; };
    const std::string header = "Bearer "
        + token(R"({"alg":"HS256"})",
            R"({"searchRules":{"a":{"filter":"x = 1"},"c":null},"apiKeyUid":"6062abda-a5aa-4414-ac91-ecd7944c0f8d"})");
    const auto ask = [&](std::string_view index, std::int64_t now, Action action = Action::Search) {
        return authorise({Master, header, action, index, now}, byUid, byToken);
    };
    const auto a = ask("a", 0);
    QVERIFY(a.ok());
    QCOMPARE(a->tenantFilter("a"), std::optional<std::string>(R"("x = 1")"));
    QVERIFY(a->allowsIndex("a") && !a->allowsIndex("b") && !a->allowsIndex("c") && !a->tenantFilter("c")
        && !a->allIndexes());
    QCOMPARE(ask("b", 0).error().message,
        std::string("The provided tenant token cannot acces the index `b`, allowed indexes are [\"a\", \"c\"]."));
    QCOMPARE(ask("c", 0).error().message,
        std::string("The API key used to generate this tenant token cannot acces the index `c`."));
    QCOMPARE(ask("a", 50).error().message, std::string("The provided API key is invalid."));
    QVERIFY(!ask("a", 0, Action::DocumentsGet));
    key.actions = {Action::DocumentsAdd};
    QVERIFY(!ask("a", 0));
    known = nullptr;
    QVERIFY(!ask("a", 0));
}

QTEST_GUILESS_MAIN(TstTenantToken)
#include "tst_tenant_token.moc"
