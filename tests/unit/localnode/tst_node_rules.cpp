// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNode.h"
#include "support/PlainHttp.h"

#include <QTemporaryDir>
#include <QTest>

using namespace miroir;
using namespace miroir::localnode;
using test::PlainHttp;

/// Dynamic search rules over HTTP: tasks, lists, and what they do to searches of all kinds.
class NodeRulesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void tasksAreThoseOfANode();
    void refusalsInTheOrderOfANode();
    void unknownRules();
    void listsAreSearchedByWords();
    void numbersOfDeletedRulesAreTaken();
    void searchesArePinned();
    void nothingIsPinnedWhileTheFeatureIsOff();
    void federationKeepsThePinsOfEachQuery();
    void federationPinsOnlyWhatIsReached();
    void federationJoinsPinsOfIndexes();
    void facetSearchAndDocumentsAreNotPinned();
    void canceledTasks();
    void rulesSurviveAStart();
    void theirIndexIsHidden();

private:
    void start();
    QByteArray task(const QByteArray &method, const QByteArray &path, const QByteArray &body = {}) const;
    QByteArray idsOf(const QByteArray &path, const QByteArray &body) const;
    [[nodiscard]] QByteArray search(const QByteArray &body) const { return idsOf("/indexes/films/search", body); }
    QByteArray listed(const QByteArray &body) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LocalNode> m_node;
    std::unique_ptr<PlainHttp> m_http;
};

namespace {

QByteArray pinning(const QByteArray &id, const QByteArray &position, const QByteArray &more = {})
{
    return R"({"actions":[{"selector":{"id":")" + id + R"("},"action":{"type":"pin","position":)" + position + "}}]"
        + more + '}';
}

const QByteArray forDark = R"(,"conditions":{"query":{"words":"dark"}})";

} // namespace

void NodeRulesTest::start()
{
    LocalNodeOptions options;
    options.dbPath = m_folder->path();
    m_node = std::make_unique<LocalNode>(options);
    QVERIFY(m_node->start().ok());
    m_http = std::make_unique<PlainHttp>(m_node->port());
}

void NodeRulesTest::init()
{
    m_http.reset();
    m_node.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    start();
    QCOMPARE(m_http->send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})").status, 200);
    task("PATCH", "/indexes/films/settings", R"({"filterableAttributes":["genre"]})");
    task("POST", "/indexes/films/documents?primaryKey=id",
        R"([{"id":1,"title":"dark city","genre":"noir"},{"id":2,"title":"dark star","genre":"sf"},)"
        R"({"id":3,"title":"star","genre":"sf"},{"id":4,"title":"sun","genre":"sf"}])");
    task("POST", "/indexes/books/documents?primaryKey=id", R"([{"id":1,"title":"dark"},{"id":2,"title":"light"}])");
}

/// Sends a write, waits for its task and gives the task.
QByteArray NodeRulesTest::task(const QByteArray &method, const QByteArray &path, const QByteArray &body) const
{
    const auto summary = m_http->send(method, path, body);
    const QByteArray uid = summary.member("taskUid");
    PlainHttp::Answer answer;
    [&] {
        QVERIFY2(!uid.isEmpty(), summary.body.constData());
        QTRY_VERIFY_WITH_TIMEOUT(
            (answer = m_http->send("GET", "/tasks/" + uid)).member("finishedAt") != "null", 30'000);
    }();
    return answer.body;
}

QByteArray NodeRulesTest::idsOf(const QByteArray &path, const QByteArray &body) const
{
    const auto answer = m_http->send("POST", path, body);
    const auto parsed = json::Document::parse(answer.body);
    if (!parsed || answer.status != 200)
        return answer.body;
    QByteArray ids;
    for (const json::Value hit : parsed->root()["hits"].items()) {
        const json::Value pin = hit["_rankingScoreDetails"]["pin"]["position"];
        ids += (ids.isEmpty() ? "" : " ") + QByteArray::fromStdString(std::string(hit["id"].raw()));
        if (pin.exists())
            ids += "@" + QByteArray::fromStdString(std::string(pin.raw()));
    }
    return ids;
}

QByteArray NodeRulesTest::listed(const QByteArray &body) const
{
    const auto answer = m_http->send("POST", "/dynamic-search-rules", body);
    const auto parsed = json::Document::parse(answer.body);
    if (!parsed || answer.status != 200)
        return answer.body;
    QByteArray uids;
    for (const json::Value rule : parsed->root()["results"].items())
        uids += QByteArray::fromStdString(rule["uid"].toString()) + ' ';
    return uids + "of " + QByteArray::fromStdString(std::string(parsed->root()["total"].raw()));
}

void NodeRulesTest::tasksAreThoseOfANode()
{
    const auto summary = m_http->send("PATCH", "/dynamic-search-rules/a?customMetadata=note",
        R"({"description":null,"active":null,"conditions":{"time":{"start":"2020-01-01t00:00:00z"}}})");
    QCOMPARE(summary.status, 202);
    QCOMPARE(summary.text("indexUid"), QByteArray(".meili_dsr"));
    QCOMPARE(summary.text("type"), QByteArray("dsrUpdate"));
    QCOMPARE(summary.text("customMetadata"), QByteArray("note"));
    const QByteArray changed = task("PATCH", "/dynamic-search-rules/a", R"({"precedence":1})");
    QVERIFY2(changed.contains(R"("status":"succeeded")"), changed.constData());
    QVERIFY2(changed.contains(R"("details":{"rule":{"precedence":1},"updatedRules":1})"), changed.constData());
    const QByteArray first = m_http->send("GET", "/tasks?types=dsrUpdate&reverse=true&limit=1").body;
    QVERIFY2(first.contains(R"("rule":{"description":null,"active":null,"conditions")"), first.constData());
    QCOMPARE(m_http->send("GET", "/dynamic-search-rules/a").body,
        QByteArray(R"({"uid":"a","precedence":1,"active":true,)"
                   R"("conditions":{"time":{"start":"2020-01-01T00:00:00Z"}},"actions":[]})"));
    const QByteArray gone = task("DELETE", "/dynamic-search-rules/nobody");
    QVERIFY2(gone.contains(R"("type":"dsrUpdate","canceledBy":null,"details":{"updatedRules":1})"), gone.constData());
    const QByteArray cleared = task("DELETE", "/dynamic-search-rules");
    QVERIFY2(cleared.contains(R"("type":"dsrClear","canceledBy":null,"details":{"deletedDocuments":1})"),
        cleared.constData());
    QVERIFY(task("DELETE", "/dynamic-search-rules").contains(R"("details":{"deletedDocuments":0})"));
    const QByteArray batch = m_http->send("GET", "/batches?limit=1").body;
    QVERIFY2(batch.contains(R"("batchStrategy":"batched all enqueued tasks"})"), batch.constData());
}

void NodeRulesTest::refusalsInTheOrderOfANode()
{
    for (const char *method : {"GET", "PATCH", "DELETE"}) {
        const auto answer = m_http->send(method, "/dynamic-search-rules/a%20b", "{");
        QCOMPARE(answer.status, 404);
        QCOMPARE(answer.contentType, QByteArray("text/plain; charset=utf-8"));
        QVERIFY(answer.body.startsWith("`a b` is not a valid index uid."));
    }
    // only a DELETE judges the parameters first
    QCOMPARE(m_http->send("PATCH", "/dynamic-search-rules/a%20b?x=1", "{}").status, 404);
    QCOMPARE(m_http->send("DELETE", "/dynamic-search-rules/a%20b?x=1").status, 400);
    QCOMPARE(m_http->send("PATCH", "/experimental-features", R"({"dynamicSearchRules":false})").status, 200);
    QCOMPARE(m_http->send("PATCH", "/dynamic-search-rules/a", R"({"precedence":-1})").text("code"),
        QByteArray("invalid_dynamic_search_rule_priority"));
    QCOMPARE(m_http->send("PATCH", "/dynamic-search-rules/a", "{}").text("message"),
        QByteArray("Using the `/dynamic-search-rules` routes requires enabling the `dynamic search rules` experimental "
                   "feature. See https://github.com/orgs/meilisearch/discussions/884"));
    QVERIFY(m_http->send("GET", "/dynamic-search-rules/a").text("message").startsWith("Calling the `GET /dynamic"));
    QVERIFY(m_http->send("POST", "/dynamic-search-rules", "{}").text("message").startsWith("Calling the `POST "));
    QCOMPARE(m_http->send("DELETE", "/dynamic-search-rules").text("code"), QByteArray("feature_not_enabled"));
}

void NodeRulesTest::unknownRules()
{
    const auto answer = m_http->send("GET", "/dynamic-search-rules/a");
    QCOMPARE(answer.status, 404);
    QCOMPARE(answer.text("code"), QByteArray("dynamic_search_rule_not_found"));
    QCOMPARE(m_http->send("POST", "/dynamic-search-rules", R"({"offset":2,"limit":1})").body,
        QByteArray(R"({"results":[],"offset":2,"limit":1,"total":0})"));
}

void NodeRulesTest::listsAreSearchedByWords()
{
    task("PATCH", "/dynamic-search-rules/a", R"({"description":"dark nights"})");
    task("PATCH", "/dynamic-search-rules/b", R"({"conditions":{"query":{"words":"dark"}},"active":false})");
    task("PATCH", "/dynamic-search-rules/c", R"({"description":"Sunny"})");
    QCOMPARE(listed("{}"), QByteArray("a b c of 3"));
    QCOMPARE(listed(R"({"offset":1,"limit":1})"), QByteArray("b of 3"));
    QCOMPARE(listed(R"({"limit":18446744073709551615})"), QByteArray("a b c of 3"));
    QCOMPARE(listed(R"({"filter":{"query":"DARK"}})"), QByteArray("b a of 2"));
    QCOMPARE(listed(R"({"filter":{"query":"sun"}})"), QByteArray("of 0")); // no prefixes
    QCOMPARE(listed(R"({"filter":{"query":"nightz"}})"), QByteArray("of 0")); // no typos
    QCOMPARE(listed(R"({"filter":{"active":true}})"), QByteArray("a c of 2"));
    QCOMPARE(listed(R"({"filter":{"active":false,"query":"dark"}})"), QByteArray("b of 1"));
}

void NodeRulesTest::numbersOfDeletedRulesAreTaken()
{
    for (const char *uid : {"a", "b"})
        task("PATCH", QByteArray("/dynamic-search-rules/") + uid, "{}");
    task("DELETE", "/dynamic-search-rules/a");
    task("PATCH", "/dynamic-search-rules/c", "{}");
    QCOMPARE(listed("{}"), QByteArray("c b of 2"));
}

void NodeRulesTest::searchesArePinned()
{
    task("PATCH", "/dynamic-search-rules/a", pinning("4", "1", forDark));
    task("PATCH", "/dynamic-search-rules/b", pinning("3", "0", R"(,"conditions":{"query":{"isEmpty":true}})"));
    QCOMPARE(search(R"({"q":"dark","showRankingScoreDetails":true})"), QByteArray("1 4@1 2"));
    QCOMPARE(search(R"({"q":"star","showRankingScoreDetails":true})"), QByteArray("3 2"));
    QCOMPARE(search(R"({"showRankingScoreDetails":true})"), QByteArray("3@0 1 2 4"));
    QCOMPARE(search(R"({"q":"dark","filter":"genre = noir"})"), QByteArray("1"));
    QCOMPARE(idsOf("/indexes/books/search", R"({"q":"dark"})"), QByteArray("1")); // has no 4
    const auto whole = m_http->send("POST", "/indexes/films/search",
        R"({"q":"dark","limit":1,"offset":1,"facets":["genre"],"showRankingScore":true})");
    QVERIFY2(whole.body.contains(R"([{"id":4,"title":"sun","genre":"sf","_rankingScore":1.0}])"),
        whole.body.constData());
    QVERIFY2(whole.body.contains(R"("estimatedTotalHits":3,"facetDistribution":{"genre":{"noir":1,"sf":2}})"),
        whole.body.constData());
    const auto multi
        = m_http->send("POST", "/multi-search", R"({"queries":[{"indexUid":"films","q":"dark","limit":2}]})");
    QVERIFY2(multi.body.contains(R"("title":"sun")"), multi.body.constData());
}

void NodeRulesTest::nothingIsPinnedWhileTheFeatureIsOff()
{
    task("PATCH", "/dynamic-search-rules/a", pinning("4", "0"));
    QCOMPARE(search("{}"), QByteArray("4 1 2 3"));
    m_http->send("PATCH", "/experimental-features", R"({"dynamicSearchRules":false})");
    QCOMPARE(search("{}"), QByteArray("1 2 3 4"));
    QCOMPARE(idsOf("/multi-search", R"({"federation":{},"queries":[{"indexUid":"films"}]})"), QByteArray("1 2 3 4"));
    m_http->send("PATCH", "/experimental-features", R"({"dynamicSearchRules":true})");
    QCOMPARE(search("{}"), QByteArray("4 1 2 3"));
}

void NodeRulesTest::federationKeepsThePinsOfEachQuery()
{
    task("PATCH", "/dynamic-search-rules/a", pinning("4", "0"));
    const QByteArray queries = R"("queries":[{"indexUid":"films","q":"dark","showRankingScoreDetails":true},)"
                               R"({"indexUid":"films","q":"sun -x","showRankingScoreDetails":true}]})";
    QCOMPARE(idsOf("/multi-search", R"({"federation":{},)" + queries), QByteArray("4@0 4@0 1 2"));
    QCOMPARE(idsOf("/multi-search", R"({"federation":{"offset":1,"limit":2},)" + queries), QByteArray("4@0 1"));
    QCOMPARE(idsOf("/multi-search", R"({"federation":{"page":2,"hitsPerPage":3},)" + queries), QByteArray("2"));
    const auto whole = m_http->send("POST", "/multi-search", R"({"federation":{"page":1,"hitsPerPage":1},)" + queries);
    QVERIFY2(whole.body.contains(R"("totalPages":3,"totalHits":3)"), whole.body.constData());
    QVERIFY2(whole.body.contains(R"("queriesPosition":0,"weightedRankingScore":1.0)"), whole.body.constData());
}

void NodeRulesTest::federationPinsOnlyWhatIsReached()
{
    // in the order of precedence the first one blocks the second one, which the page does not reach then
    task("PATCH", "/dynamic-search-rules/a", pinning("3", "3", R"(,"precedence":1)"));
    task("PATCH", "/dynamic-search-rules/b", pinning("4", "0", R"(,"precedence":2)"));
    const QByteArray queries = R"("queries":[{"indexUid":"films"},{"indexUid":"films","q":"dark"}]})";
    QCOMPARE(idsOf("/multi-search", R"({"federation":{"limit":2},)" + queries), QByteArray("1 2"));
    QCOMPARE(idsOf("/multi-search", R"({"federation":{"limit":5},)" + queries), QByteArray("4 4 1 3 3"));
    QCOMPARE(search(R"({"limit":2})"), QByteArray("1 2"));
    QCOMPARE(search(R"({"limit":4})"), QByteArray("4 1 2 3"));
}

void NodeRulesTest::federationJoinsPinsOfIndexes()
{
    task("PATCH", "/dynamic-search-rules/a", pinning("2", "1"));
    task("PATCH", "/dynamic-search-rules/b", pinning("3", "0"));
    // of one place the index that is first in byte order has it; a found document may stand beside its pin
    const QByteArray queries = R"("queries":[{"indexUid":"films","q":"dark","showRankingScoreDetails":true},)"
                               R"({"indexUid":"books","q":"dark","showRankingScoreDetails":true}]})";
    const auto whole = m_http->send("POST", "/multi-search", R"({"federation":{},)" + queries);
    const auto parsed = json::Document::parse(whole.body);
    QVERIFY(parsed.ok());
    QByteArray order;
    for (const json::Value hit : parsed->root()["hits"].items())
        order += QByteArray::fromStdString(hit["title"].toString()) + ',';
    QCOMPARE(order, QByteArray("star,light,dark star,dark,dark city,"));
}

void NodeRulesTest::facetSearchAndDocumentsAreNotPinned()
{
    task("PATCH", "/dynamic-search-rules/a", pinning("4", "0"));
    const auto facets
        = m_http->send("POST", "/indexes/films/facet-search", R"({"facetName":"genre","q":"city"})");
    QVERIFY2(facets.body.contains(R"("facetHits":[{"value":"noir","count":1}])"), facets.body.constData());
    QVERIFY(m_http->send("GET", "/indexes/films/documents?limit=1").body.contains(R"("id":1)"));
}

void NodeRulesTest::canceledTasks()
{
    // a task that is long enough to be waited for
    QByteArray documents = "[";
    for (int i = 0; i < 20'000; ++i)
        documents += QByteArray(i > 0 ? "," : "") + R"({"id":)" + QByteArray::number(i) + R"(,"t":"some words here"})";
    m_http->send("POST", "/indexes/long/documents?primaryKey=id", documents + ']');
    const QByteArray clear = m_http->send("DELETE", "/dynamic-search-rules").member("taskUid");
    const QByteArray update = m_http->send("PATCH", "/dynamic-search-rules/a", R"({"active":true})").member("taskUid");
    task("POST", "/tasks/cancel?uids=" + clear + "," + update);
    const QByteArray canceled = m_http->send("GET", "/tasks/" + clear).body;
    QVERIFY2(canceled.contains(R"("status":"canceled")"), canceled.constData());
    QVERIFY2(canceled.contains(R"("details":{"deletedDocuments":0})"), canceled.constData());
    QVERIFY(m_http->send("GET", "/tasks/" + update)
                .body.contains(R"("details":{"rule":{"active":true},"updatedRules":1})"));
    QCOMPARE(listed("{}"), QByteArray("of 0"));
}

void NodeRulesTest::rulesSurviveAStart()
{
    task("PATCH", "/dynamic-search-rules/a", pinning("4", "1", forDark + R"(,"precedence":2)"));
    task("PATCH", "/dynamic-search-rules/b", pinning("3", "1", R"(,"precedence":1)"));
    const QByteArray before = m_http->send("POST", "/dynamic-search-rules", "{}").body;
    m_http.reset();
    m_node.reset();
    start();
    QCOMPARE(m_http->send("POST", "/dynamic-search-rules", "{}").body, before);
    QCOMPARE(search(R"({"q":"dark"})"), QByteArray("1 3 4 2"));
    task("DELETE", "/dynamic-search-rules/b");
    QCOMPARE(search(R"({"q":"dark"})"), QByteArray("1 4 2"));
}

void NodeRulesTest::theirIndexIsHidden()
{
    task("PATCH", "/dynamic-search-rules/a", "{}");
    QVERIFY(!m_http->send("GET", "/indexes").body.contains("meili_dsr"));
    QVERIFY(!m_http->send("GET", "/stats").body.contains("meili_dsr"));
    QCOMPARE(m_http->send("GET", "/indexes/.meili_dsr").text("code"), QByteArray("invalid_index_uid"));
    QCOMPARE(m_http->send("GET", "/tasks?indexUids=.meili_dsr").text("code"), QByteArray("invalid_index_uid"));
}

QTEST_GUILESS_MAIN(NodeRulesTest)
#include "tst_node_rules.moc"
