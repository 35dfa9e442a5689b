// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/HostileProxy.h"
#include "support/TestCluster.h"

#include <random>

using namespace miroir;
using test::HostileProxy;
using test::httpAnswer;
using test::PlainHttp;
using test::SeenRequest;
using test::TestCluster;

/// One of three nodes answers searches with anything but the truth. With two replicas of every shard clients get the
/// right answer from the others; with one replica they get a clear error; the engine goes on in any case.
class HostileNodeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void otherReplicasAnswer_data();
    void otherReplicasAnswer();
    void mutatedAnswers();
    void withoutOtherReplicas();

private:
    std::unique_ptr<TestCluster> m_cluster;
    std::unique_ptr<HostileProxy> m_proxy;
};

namespace {

const std::vector<QByteArray> &requests()
{
    static const std::vector<QByteArray> all {
        R"({"q":"film","limit":30,"showRankingScore":true,"showRankingScoreDetails":true})",
        R"({"filter":"rank > 2","sort":["rank:desc"],"facets":["rank","group"],"page":2,"hitsPerPage":10})",
        R"({"q":"number","distinct":"group","facets":["rank"],"attributesToHighlight":["*"]})",
        R"({"q":"film","vector":[0.3,0.7],"hybrid":{"embedder":"e","semanticRatio":0.8},"limit":15})",
    };
    return all;
}

/// An answer without what differs from request to request.
QByteArray essence(const PlainHttp::Answer &answer)
{
    const auto document = json::Document::parse(answer.body);
    if (!document || answer.status != 200)
        return QByteArray::number(answer.status) + answer.body;
    QByteArray out;
    for (const json::Member member : document->root().members()) {
        if (member.key() != "processingTimeMs" && member.key() != "requestUid")
            out += toBytes(member.name.raw()) + toBytes(member.value.raw());
    }
    return out;
}

HostileProxy::Play always(const QByteArray &bytes, bool hangUp = false)
{
    return [bytes, hangUp](const SeenRequest &) { return HostileProxy::Trick {bytes, hangUp, false}; };
}

/// A search answer with these members instead of sensible ones.
QByteArray answerWith(const QByteArray &members)
{
    return httpAnswer(200, R"({"hits":[],"query":"","processingTimeMs":0,"limit":20,"offset":0,)" + members + '}');
}

QByteArray oneHit(const QByteArray &hit)
{
    return httpAnswer(200, R"({"hits":[)" + hit + R"(],"query":"","estimatedTotalHits":1,"totalHits":1})");
}

std::unique_ptr<TestCluster> makeCluster(int replicas, std::unique_ptr<HostileProxy> &proxy)
{
    auto cluster = std::make_unique<TestCluster>(3, replicas);
    proxy = std::make_unique<HostileProxy>(static_cast<quint16>(cluster->config().nodes[0].address.port()));
    cluster->config().nodes[0].address = proxy->url();
    cluster->config().scatter.nodeTimeoutMs = 2000;
    if (!cluster->start())
        return nullptr;
    const auto settings = cluster->http().send("PATCH", "/indexes/m/settings",
        R"({"filterableAttributes":["rank","group"],"sortableAttributes":["rank"],)"
        R"("embedders":{"e":{"source":"userProvided","dimensions":2}}})");
    QByteArray documents;
    for (int i = 0; i < 120; ++i) {
        const QByteArray n = QByteArray::number(i);
        documents += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + n + ",\"title\":\"film number " + n
            + "\",\"rank\":" + QByteArray::number(i % 7) + ",\"group\":\"g" + QByteArray::number(i % 11)
            + "\",\"_vectors\":{\"e\":[0." + QByteArray::number(10 + i % 80) + ",0.5]}}";
    }
    const auto added = cluster->http().send("POST", "/indexes/m/documents", '[' + documents + ']');
    const bool done = cluster->statusOf(settings) == "succeeded" && cluster->statusOf(added) == "succeeded";
    return done ? std::move(cluster) : nullptr;
}

} // namespace

void HostileNodeTest::initTestCase()
{
    m_cluster = makeCluster(2, m_proxy);
    QVERIFY(m_cluster != nullptr);
}

void HostileNodeTest::otherReplicasAnswer_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("hangUp");
    const auto row = [](const char *name, const QByteArray &bytes, bool hangUp = false) {
        QTest::newRow(name) << bytes << hangUp;
    };
    row("html", httpAnswer(200, "<html><body>It works!</body></html>"));
    row("nothing", httpAnswer(200, {}));
    row("truncated", httpAnswer(200, R"({"hits":[{"id":1,"title":"fi)"));
    row("no object", httpAnswer(200, "[]"));
    row("null", httpAnswer(200, "null"));
    row("deep", httpAnswer(200, QByteArray(200'000, '[')));
    row("hits are an object", answerWith(R"("hits":{},"estimatedTotalHits":3,"totalHits":3)"));
    row("hits are numbers", oneHit("1"));
    row("no total", answerWith(R"("other":1)"));
    row("total is a text", answerWith(R"("estimatedTotalHits":"3","totalHits":"3")"));
    row("negative total", answerWith(R"("estimatedTotalHits":-3,"totalHits":-3)"));
    row("total beyond doubles", answerWith(R"("estimatedTotalHits":1e400,"totalHits":1e400)"));
    row("more hits than found", httpAnswer(200, R"({"hits":[{"id":1,"_miroir_ord":"!!!!!!!!!!!!!!!!",)"
                                               R"("_rankingScoreDetails":{}}],"estimatedTotalHits":0,"totalHits":0})"));
    row("no details", oneHit(R"({"id":1,"_miroir_ord":"!!!!!!!!!!!!!!!!"})"));
    row("details of another kind", oneHit(R"({"id":1,"_rankingScoreDetails":{"words":{"order":"x"}}})"));
    row("score NaN", oneHit(R"({"id":1,"_rankingScore":NaN,"_rankingScoreDetails":{}})"));
    row("score as text", oneHit(R"({"id":1,"_rankingScore":"NaN","_miroir_ord":"!!!!!!!!!!!!!!!!",)"
                                R"("_rankingScoreDetails":{}})"));
    row("documents of another index", oneHit(R"({"id":1,"title":"x","_rankingScore":1.0,"_rankingScoreDetails":{}})"));
    row("no such index", httpAnswer(404, R"({"message":"Index `m` not found.","code":"index_not_found",)"
                                        R"("type":"invalid_request","link":""})"));
    row("blames the request", httpAnswer(400, R"({"message":"Bad.","code":"invalid_search_filter",)"
                                             R"("type":"invalid_request","link":""})"));
    row("unknown error code", httpAnswer(400, R"({"message":"Bad.","code":"no_such_code",)"
                                             R"("type":"invalid_request","link":""})"));
    row("error of a wrong type", httpAnswer(400, R"({"message":[1],"code":{},"type":7})"));
    row("key refused", httpAnswer(403, R"({"message":"no","code":"invalid_api_key","type":"auth","link":""})"));
    row("internal error", httpAnswer(500, R"({"message":"no","code":"internal","type":"internal","link":""})"));
    row("redirect", httpAnswer(302, {}, "Location: http://127.0.0.1:1/\r\n"));
    row("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", true);
    row("no HTTP and no end", QByteArray(300'000, 'x'));
    row("hangs up", {}, true);
    row("half a head", "HTTP/1.1 200 OK\r\nContent-Le", true);
    row("half a body", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"hits\":[", true);
    row("a length of a terabyte", "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n{\"hits\":[");
    row("negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}");
    row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x");
    row("bad chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
    row("chunks without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"hit\r\n");
    row("silence", {});
}

void HostileNodeTest::otherReplicasAnswer()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, hangUp);
    m_proxy->play({});
    std::vector<QByteArray> expected;
    for (const QByteArray &request : requests())
        expected.push_back(essence(m_cluster->http().send("POST", "/indexes/m/search", request)));
    m_proxy->play(always(bytes, hangUp));
    // searches are spread over the nodes: it takes some until the hostile one was asked
    for (int i = 0; i < 12 && m_proxy->played() < 4; ++i) {
        for (std::size_t r = 0; r < requests().size(); ++r) {
            const auto answer = m_cluster->http().send("POST", "/indexes/m/search", requests()[r]);
            QVERIFY2(answer.status == 200, answer.body.constData());
            QCOMPARE(essence(answer), expected[r]);
        }
    }
    QVERIFY(m_proxy->played() > 0);
    const auto documents = m_cluster->http().send("GET", "/indexes/m/documents?limit=120");
    QCOMPARE(documents.status, 200);
    QCOMPARE(documents.member("total"), QByteArray("120"));
}

/// What a node changes inside a document nobody can see; but an answer stays one, and nothing hidden comes out.
void HostileNodeTest::mutatedAnswers()
{
    m_proxy->play({});
    std::vector<QByteArray> seeds;
    auto kept = std::make_shared<std::vector<QByteArray>>();
    for (const QByteArray &request : requests()) {
        const auto node = m_cluster->node(0).send("POST", "/indexes/m/search",
            "{\"showRankingScore\":true,\"showRankingScoreDetails\":true," + request.mid(1));
        QCOMPARE(node.status, 200);
        kept->push_back(node.body);
    }
    auto random = std::make_shared<std::mt19937_64>(20261126);
    m_proxy->play([kept, random](const SeenRequest &) {
        QByteArray body = (*kept)[(*random)() % kept->size()];
        for (auto changes = 1 + (*random)() % 6; changes > 0 && !body.isEmpty(); --changes) {
            const auto at = static_cast<qsizetype>((*random)() % static_cast<std::uint64_t>(body.size()));
            switch ((*random)() % 4) {
            case 0:
                body[at] = static_cast<char>((*random)() % 256);
                break;
            case 1:
                body.remove(at, static_cast<qsizetype>((*random)() % 40));
                break;
            case 2:
                body.insert(at, QByteArray("[]{}:,\"0-1e9nulltrue").mid(static_cast<qsizetype>((*random)() % 18), 4));
                break;
            default:
                body.truncate(at);
                break;
            }
        }
        return HostileProxy::Trick {httpAnswer(200, body), false, false};
    });
    for (int i = 0; i < 200; ++i) {
        const QByteArray &request = requests()[static_cast<std::size_t>(i) % requests().size()];
        const auto answer = m_cluster->http().send("POST", "/indexes/m/search", request);
        QCOMPARE(answer.status, 200);
        QVERIFY(!json::validate(sv(answer.body)));
        QVERIFY2(!answer.body.contains("\"_miroir_"), answer.body.constData());
    }
    QVERIFY(m_proxy->played() > 20);
}

void HostileNodeTest::withoutOtherReplicas()
{
    std::unique_ptr<HostileProxy> proxy;
    const auto cluster = makeCluster(1, proxy);
    QVERIFY(cluster != nullptr);
    for (const QByteArray &bytes : {httpAnswer(200, "<html>"), httpAnswer(500, "{}"), QByteArray()}) {
        proxy->play(always(bytes));
        const auto answer = cluster->http().send("POST", "/indexes/m/search", requests().front());
        QCOMPARE(answer.status, 503);
        QCOMPARE(answer.text("code"), QByteArray("miroir_shard_unavailable"));
        QVERIFY2(answer.body.contains("node-1"), answer.body.constData());
        proxy->play({});
        QCOMPARE(cluster->http().send("POST", "/indexes/m/search", requests().front()).status, 200);
    }
}

QTEST_GUILESS_MAIN(HostileNodeTest)
#include "tst_hostile_node.moc"
