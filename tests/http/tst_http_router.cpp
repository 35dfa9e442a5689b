// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Http.h"
#include "http/Router.h"

#include <QtTest>

using namespace miroir::http;

namespace {

Router<std::string> sampleRouter()
{
    Router<std::string> router;
    router.add("GET", "/", "root");
    router.add("GET", "/health", "health");
    router.add("GET", "/indexes", "list");
    router.add("POST", "/indexes", "create");
    router.add("GET", "/indexes/{uid}", "get");
    router.add("GET", "/indexes/{uid}/documents/{id}", "document");
    router.add("POST", "/indexes/{uid}/documents/fetch", "fetch");
    router.add("GET", "/indexes/{index}/settings", "settings");
    router.add("GET", "/indexes/movies/stats", "movie stats");
    router.add("DELETE", "/indexes/{uid}/documents/{id}", "delete document");
    return router;
}

std::string nameOf(const Router<std::string> &router, const char *method, const char *path)
{
    const auto match = router.find(method, path);
    if (match.kind == RouteKind::Found)
        return *match.target;
    return match.kind == RouteKind::NotFound ? "404" : "405";
}

} // namespace

class TestHttpRouter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void finds_data();
    void finds();
    void parameters();
    void methods();
    void targetsMayBeFunctions();
    void helpers();
    void queries();
};

void TestHttpRouter::finds_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("name");
    const auto add = [](const char *method, const char *path, const char *name) {
        QTest::addRow("%s %s", method, path) << QByteArray(method) << QByteArray(path) << QByteArray(name);
    };
    add("GET", "/", "root");
    add("GET", "", "404");
    add("GET", "*", "404");
    add("OPTIONS", "*", "404");
    add("GET", "health", "404");
    add("GET", "/health", "health");
    add("GET", "/%68ealth", "health");
    add("GET", "/Health", "404");
    add("PUT", "/health", "405");
    add("HEAD", "/health", "405");
    add("get", "/health", "405");
    add("GET", "/health/", "404");
    add("GET", "/nope", "404");
    add("GET", "/indexes", "list");
    add("POST", "/indexes", "create");
    add("DELETE", "/indexes", "405");
    add("GET", "/indexes/a", "get");
    add("GET", "/indexes//", "404");
    add("GET", "/indexes/a%2Fb", "get");
    add("GET", "/indexes/a/b", "404");
    add("GET", "/indexes/a/documents/1", "document");
    add("DELETE", "/indexes/a/documents/1", "delete document");
    add("POST", "/indexes/a/documents/fetch", "fetch");
    // A fixed text wins only with its method: an id may be called "fetch".
    add("GET", "/indexes/a/documents/fetch", "document");
    add("POST", "/indexes/a/documents/1", "405");
    // The fixed branch "movies" has no settings: the walk turns back to {index}.
    add("GET", "/indexes/movies/settings", "settings");
    add("GET", "/indexes/movies/stats", "movie stats");
    add("GET", "/indexes/movies", "get");
}

void TestHttpRouter::finds()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, name);
    QCOMPARE(nameOf(sampleRouter(), method.constData(), path.constData()), name.toStdString());
}

void TestHttpRouter::parameters()
{
    const Router<std::string> router = sampleRouter();
    auto match = router.find("GET", "/indexes/a%20b/documents/c%2Fd%252F+");
    QVERIFY(match.kind == RouteKind::Found);
    QCOMPARE(match.params["uid"], std::string("a b"));
    QCOMPARE(match.params["id"], std::string("c/d%2F+")); // decoded once, '+' stays
    QVERIFY(match.params.has("id"));
    QVERIFY(!match.params.has("index"));
    match = router.find("GET", "/indexes/movies/settings");
    QCOMPARE(match.params["index"], std::string("movies"));
    QCOMPARE(match.params.all().size(), std::size_t {1});
    match = router.find("GET", "/indexes/%zz%4");
    QCOMPARE(match.params["uid"], std::string("%zz%4"));
    match = router.find("GET", "/indexes/%ff");
    QCOMPARE(match.params["uid"], std::string("\xef\xbf\xbd"));
    match = router.find("GET", "/indexes/caf%C3%A9");
    QCOMPARE(match.params["uid"], std::string("caf\xc3\xa9"));

    std::string deep;
    for (int i = 0; i < 10'000; ++i)
        deep += "/a";
    QVERIFY(router.find("GET", deep).kind == RouteKind::NotFound);
}

void TestHttpRouter::methods()
{
    const Router<std::string> router = sampleRouter();
    QCOMPARE(router.find("PUT", "/indexes").methods, (std::vector<std::string> {"GET", "POST"}));
    QCOMPARE(router.find("PATCH", "/indexes/a/documents/fetch").methods,
             (std::vector<std::string> {"POST", "GET", "DELETE"}));
    QVERIFY(router.find("PUT", "/nope").methods.empty());
    QVERIFY(router.find("GET", "/indexes").methods.empty());
}

void TestHttpRouter::targetsMayBeFunctions()
{
    Router<std::function<int(const PathParams &)>> router;
    router.add("GET", "/double/{n}", [](const PathParams &params) { return 2 * std::stoi(params["n"]); });
    const auto match = router.find("GET", "/double/21");
    QCOMPARE((*match.target)(match.params), 42);
    const auto moved = std::move(router);
    QCOMPARE((*moved.find("GET", "/double/4").target)(match.params), 42);
}

void TestHttpRouter::helpers()
{
    QCOMPARE(percentDecode("a%20b+c").value(), QByteArray("a b+c"));
    QCOMPARE(percentDecode("%00%fF").value(), QByteArray("\0\xff", 2));
    QVERIFY(percentDecode("").has_value());
    QVERIFY(!percentDecode("%"));
    QVERIFY(!percentDecode("a%2"));
    QVERIFY(!percentDecode("%g0"));
    QVERIFY(!percentDecode("%0g"));

    Request request;
    request.fields = {{"accept", "a"}, {"x", ""}, {"accept", "b"}};
    QCOMPARE(request.field("accept"), QByteArray("a"));
    QVERIFY(request.field("nope").isNull());
    QVERIFY(request.field("x").isEmpty());
}

void TestHttpRouter::queries()
{
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    QCOMPARE(parseQuery(""), Pairs());
    QCOMPARE(parseQuery("q=a+b%2Bc&&limit=5&flag&=x&q=2&e=f=g"),
             (Pairs {{"q", "a b+c"}, {"limit", "5"}, {"flag", ""}, {"", "x"}, {"q", "2"}, {"e", "f=g"}}));
    QCOMPARE(parseQuery("a=%&b=%2&c=%zz&%3D=%26"), (Pairs {{"a", "%"}, {"b", "%2"}, {"c", "%zz"}, {"=", "&"}}));
    QCOMPARE(parseQuery("q=caf\xc3\xa9&r=%ff"), (Pairs {{"q", "caf\xc3\xa9"}, {"r", "\xef\xbf\xbd"}}));
}

QTEST_GUILESS_MAIN(TestHttpRouter)
#include "tst_http_router.moc"
