// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/localnode/SearchFixture.h"

#include <QElapsedTimer>
#include <QTest>

#include <map>

using namespace miroir;
using namespace miroir::localnode;
using test::Fixture;

/// Writing, deleting, browsing, restoring.
class TestLocalDocuments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replaceAndUpdate();
    void repeatedIds();
    void skipCreation();
    void allOrNothing();
    void primaryKey();
    void freedNumbersAreTakenAgain();
    void deletions();
    void browse();
    void settingsReindex();
    void restore();
    void fieldDistribution();
    void speed();
};

static std::string browsed(const Fixture &f, const BrowseRequest &request)
{
    const auto answer = f.index.browse(request);
    if (!answer)
        return answer.error().code->name;
    std::string out;
    for (const QByteArray &document : answer->results)
        out += (out.empty() ? "" : " ") + document.toStdString();
    return out;
}

void TestLocalDocuments::replaceAndUpdate()
{
    Fixture f;
    f.add("{\"id\":1,\"a\":\"red\",\"b\":{\"x\":1,\"y\":2}}");
    f.add("{\"id\":\"1\",\"b\":{\"x\":5},\"c\":true}", WriteMode::Update);
    QCOMPARE(*f.index.getDocument("1"), QByteArray("{\"id\":\"1\",\"a\":\"red\",\"b\":{\"x\":5},\"c\":true}"));
    QCOMPARE(f.query("red"), std::string("\"1\""));
    f.add("{\"id\":1,\"a\":\"blue\"}");
    QCOMPARE(*f.index.getDocument("1"), QByteArray("{\"id\":1,\"a\":\"blue\"}"));
    QCOMPARE(f.query("red"), std::string());
    QCOMPARE(f.query("blue"), std::string("1"));
    QCOMPARE(f.outcome.changes.size(), std::size_t {1});
    QCOMPARE(f.outcome.changes[0].docid, DocId {0});
}

void TestLocalDocuments::repeatedIds()
{
    Fixture f;
    f.add("{\"id\":1,\"a\":1}\n{\"id\":2}\n{\"id\":1,\"b\":2}");
    QCOMPARE(*f.index.getDocument("1"), QByteArray("{\"id\":1,\"b\":2}"));
    QCOMPARE(f.outcome.affected, std::uint64_t {2}); // each id once, as the recorded node counts
    QCOMPARE(f.outcome.changes.size(), std::size_t {2});
    f.add("{\"id\":3,\"a\":1}\n{\"id\":3,\"c\":2}", WriteMode::Update);
    QCOMPARE(*f.index.getDocument("3"), QByteArray("{\"id\":3,\"a\":1,\"c\":2}"));
}

void TestLocalDocuments::skipCreation()
{
    Fixture f;
    f.add("{\"id\":1,\"a\":1}");
    f.add("{\"id\":1,\"b\":1}\n{\"id\":2,\"b\":1}", WriteMode::Update, true);
    QCOMPARE(f.index.stats().numberOfDocuments, std::uint64_t {1});
    QCOMPARE(f.outcome.affected, std::uint64_t {2}); // as the recorded node counts
    QCOMPARE(*f.index.getDocument("1"), QByteArray("{\"id\":1,\"a\":1,\"b\":1}"));
}

void TestLocalDocuments::allOrNothing()
{
    Fixture f;
    QCOMPARE(f.add("{\"id\":1}\n{\"id\":\"not good\"}"), std::string("invalid_document_id"));
    QCOMPARE(f.add("{\"id\":1}\n{\"x\":1}"), std::string("missing_document_id"));
    QCOMPARE(f.index.stats().numberOfDocuments, std::uint64_t {0});
}

void TestLocalDocuments::primaryKey()
{
    LocalIndex index("m");
    QVERIFY(index.addDocuments({"{\"title\":\"x\",\"bookId\":7}"}, WriteMode::Replace).ok());
    QCOMPARE(index.primaryKey().value_or(""), std::string("bookId"));
    QVERIFY(index.getDocument("7").has_value());
    QCOMPARE(*index.getDocument("7"), QByteArray("{\"bookId\":7,\"title\":\"x\"}")); // the key is the first field
    LocalIndex none("m");
    const auto failed = none.addDocuments({"{\"title\":\"x\"}"}, WriteMode::Replace);
    QVERIFY(!failed.ok());
    QCOMPARE(std::string(failed.error().code->name), std::string("index_primary_key_no_candidate_found"));
    QVERIFY(!none.primaryKey());
}

void TestLocalDocuments::freedNumbersAreTakenAgain()
{
    Fixture f;
    f.add("{\"id\":1}\n{\"id\":2}\n{\"id\":3}");
    f.index.deleteByIds({"2", "77"});
    f.add("{\"id\":9}\n{\"id\":8}");
    QCOMPARE(f.ids("{}"), std::string("1,9,3,8"));
}

void TestLocalDocuments::deletions()
{
    Fixture f;
    f.settings("{\"filterableAttributes\":[\"a\"]}");
    f.add("{\"id\":1,\"a\":1,\"t\":\"moon\"}\n{\"id\":2,\"a\":2,\"t\":\"moon\"}\n{\"id\":3,\"a\":2}");
    const auto filter = json::Document::parse(std::string_view("\"a = 2\""));
    const auto deleted = f.index.deleteByFilter(filter->root());
    QVERIFY(deleted.ok());
    QCOMPARE(deleted->affected, std::uint64_t {2});
    QCOMPARE(f.query("moon"), std::string("1"));
    QCOMPARE(f.ids("{\"filter\":\"a = 2\"}"), std::string());
    const auto bad = json::Document::parse(std::string_view("\"b = 2\""));
    const auto refused = f.index.deleteByFilter(bad->root());
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().message.starts_with("Index `m`: Attribute `b` is not filterable."));
    QCOMPARE(f.index.clear().affected, std::uint64_t {1});
    QCOMPARE(f.ids("{}"), std::string());
    f.add("{\"id\":5,\"t\":\"moon\"}");
    QCOMPARE(f.outcome.changes[0].docid, DocId {0});
    QCOMPARE(f.query("moon"), std::string("5"));
}

void TestLocalDocuments::browse()
{
    Fixture f;
    f.settings("{\"filterableAttributes\":[\"a\"],\"sortableAttributes\":[\"a\"]}");
    f.add("{\"id\":1,\"a\":3}\n{\"id\":2,\"a\":1}\n{\"id\":3,\"a\":2,\"b\":{\"c\":1,\"d\":2}}");
    QCOMPARE(browsed(f, {}),
        std::string("{\"id\":1,\"a\":3} {\"id\":2,\"a\":1} {\"id\":3,\"a\":2,\"b\":{\"c\":1,\"d\":2}}"));
    BrowseRequest request;
    request.sort = {"a:asc"};
    request.fields = {"id", "b.c"};
    QCOMPARE(browsed(f, request), std::string("{\"id\":2} {\"id\":3,\"b\":{\"c\":1}} {\"id\":1}"));
    request.sort = {"a:desc"};
    request.offset = 1;
    request.limit = 1;
    QCOMPARE(browsed(f, request), std::string("{\"id\":3,\"b\":{\"c\":1}}"));
    request = {};
    request.ids = {"3", "nope", "1"};
    QCOMPARE(f.index.browse(request)->total, std::uint64_t {2});
    const auto filter = json::Document::parse(std::string_view("\"a > 1\""));
    request.filter = filter->root();
    request.ids = {"2", "3"};
    QCOMPARE(f.index.browse(request)->total, std::uint64_t {1});
    request = {};
    request.sort = {"b:asc"};
    QCOMPARE(browsed(f, request), std::string("invalid_document_sort"));
}

void TestLocalDocuments::settingsReindex()
{
    Fixture f;
    f.add("{\"id\":1,\"a\":\"moon\",\"b\":\"sun\",\"_geo\":\"nowhere\"}");
    QCOMPARE(f.query("sun"), std::string("1"));
    QCOMPARE(f.settings("{\"searchableAttributes\":[\"a\"]}"), std::string());
    QCOMPARE(f.query("sun"), std::string());
    QCOMPARE(f.ids("{\"filter\":\"b = sun\"}"), std::string("invalid_search_filter"));
    QCOMPARE(f.settings("{\"filterableAttributes\":[\"b\"]}"), std::string());
    QCOMPARE(f.ids("{\"filter\":\"b = sun\"}"), std::string("1"));
    // Settings that a document does not fit change nothing.
    QCOMPARE(f.settings("{\"filterableAttributes\":[\"_geo\"]}"), std::string("invalid_document_geo_field"));
    QCOMPARE(f.ids("{\"filter\":\"b = sun\"}"), std::string("1"));
}

void TestLocalDocuments::restore()
{
    Fixture f;
    f.settings("{\"filterableAttributes\":[\"a\"]}");
    std::map<DocId, QByteArray> stored;
    const auto record = [&] {
        for (const StoredChange &change : f.outcome.changes)
            stored[change.docid] = change.document;
    };
    f.add("{\"id\":1,\"z\":1,\"a\":\"red moon\"}\n{\"id\":2,\"a\":\"gone\"}\n{\"id\":3,\"a\":\"blue moon\"}");
    record();
    for (const StoredChange &change : f.index.deleteByIds({"2"}).changes)
        stored.erase(change.docid);
    LocalIndex again("m");
    again.setPrimaryKey("id");
    again.setFieldNames(f.index.fieldNames());
    QVERIFY(again.applySettings(f.index.settings()).ok());
    for (auto it = stored.rbegin(); it != stored.rend(); ++it) // any order
        again.restore(it->first, it->second);
    const auto body
        = json::Document::parse(std::string_view("{\"q\":\"moon\",\"filter\":\"a != gone\",\"facets\":[\"a\"],"
                                                 "\"showRankingScoreDetails\":true}"));
    const auto request = protocol::parseSearchBody(body->root());
    QCOMPARE(again.search(*request)->toJson(0, "u"), f.index.search(*request)->toJson(0, "u"));
    QCOMPARE(again.stats().fieldDistribution, f.index.stats().fieldDistribution);
    const auto added = again.addDocuments({"{\"id\":7}"}, WriteMode::Replace);
    QCOMPARE(added->changes[0].docid, DocId {1}); // the gap
}

void TestLocalDocuments::fieldDistribution()
{
    Fixture f;
    f.add("{\"id\":1,\"a\":{\"b\":1},\"_geo\":null,\"_vectors\":{\"e\":[1]}}\n{\"id\":2}");
    const std::map<std::string, std::uint64_t> expected {{"_geo", 1}, {"a", 1}, {"id", 2}};
    QCOMPARE(f.index.stats().fieldDistribution, expected);
    f.index.deleteByIds({"1"});
    QCOMPARE(f.index.stats().fieldDistribution.size(), std::size_t {1});
}

void TestLocalDocuments::speed()
{
    Fixture f;
    f.settings("{\"filterableAttributes\":[\"section\",\"size\"],\"sortableAttributes\":[\"size\"]}");
    const QByteArray corpus = test::readGzip(QStringLiteral(MIROIR_TEST_DATA "/search/corpus.ndjson.gz"));
    QVERIFY(!corpus.isEmpty());
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(f.add(sv(corpus)), std::string());
    const qint64 ms = timer.elapsed();
    qInfo("%llu documents in %lld ms", static_cast<unsigned long long>(f.outcome.affected), static_cast<long long>(ms));
    // An unoptimised build on a busy machine: only a change for the much worse is an error.
    QVERIFY(ms < 20'000);
}

QTEST_GUILESS_MAIN(TestLocalDocuments)
#include "tst_local_documents.moc"
