// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/HostileProxy.h"
#include "support/TestCluster.h"

using namespace miroir;
using test::HostileProxy;
using test::httpAnswer;
using test::PlainHttp;
using test::SeenRequest;
using test::TestCluster;

/// Rendering over nodes that say of templates what the test makes them say, and what they were asked.
class ClusterRenderTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void settingsNeedNoNode();
    void documentsWithoutHiddenFields();
    void searchableFieldsOfTheSettings();
    void refusalsOfInputAndTemplate();
    void keysMustAllowBoth();
    void nodesThatCannot();
    void aTemplateBreaksOneNodeOnly();
    void deepTemplatesReachNoNode();

private:
    [[nodiscard]] PlainHttp::Answer render(const QByteArray &body) const;
    [[nodiscard]] int asked() const;
    /// What nodes answer from now on; the bodies that they are asked are kept.
    void play(const QByteArray &bytes, bool hangUp = false);

    std::unique_ptr<TestCluster> m_cluster;
    std::vector<std::unique_ptr<HostileProxy>> m_proxies;
    QMutex m_mutex;
    QByteArrayList m_bodies;
};

namespace {

const QByteArray movie = R"("input":{"kind":"indexDocument","indexUid":"m","id":"7"})";

QByteArray inlined(const QByteArray &text)
{
    return R"("template":{"kind":"inlineDocumentTemplate","inline":")" + text + "\"}";
}

} // namespace

PlainHttp::Answer ClusterRenderTest::render(const QByteArray &body) const
{
    return m_cluster->http().send("POST", "/render-template", '{' + body + '}');
}

int ClusterRenderTest::asked() const
{
    int sum = 0;
    for (const auto &proxy : m_proxies)
        sum += proxy->played();
    return sum;
}

void ClusterRenderTest::play(const QByteArray &bytes, bool hangUp)
{
    m_bodies.clear();
    for (const auto &proxy : m_proxies) {
        proxy->play([this, bytes, hangUp](const SeenRequest &request) -> HostileProxy::Trick {
            if (request.target != "/render-template")
                return {{}, false, true};
            const QMutexLocker lock(&m_mutex);
            m_bodies.append(request.body);
            return {bytes, hangUp, false};
        });
    }
}

void ClusterRenderTest::initTestCase()
{
    m_cluster = std::make_unique<TestCluster>();
    for (NodeConfig &node : m_cluster->config().nodes) {
        m_proxies.push_back(std::make_unique<HostileProxy>(static_cast<quint16>(node.address.port())));
        node.address = m_proxies.back()->url();
    }
    QVERIFY(m_cluster->start());
    const auto http = m_cluster->http();
    const auto off = render(R"("template":{"kind":"x"})"); // the body is looked at first
    QCOMPARE(off.text("code"), QByteArray("invalid_render_template"));
    QCOMPARE(render(inlined("x")).text("code"), QByteArray("feature_not_enabled"));
    QCOMPARE(http.send("PATCH", "/experimental-features", R"({"renderRoute":true,"multimodal":true})").status, 200);
    QByteArray films = "[";
    for (int i = 0; i < 20; ++i)
        films += QByteArray(i == 0 ? "" : ",") + "{\"id\":" + QByteArray::number(i) + ",\"title\":\"film\"}";
    QCOMPARE(m_cluster->statusOf(http.send("POST", "/indexes/m/documents", films + ']')), QByteArray("succeeded"));
    QCOMPARE(m_cluster->statusOf(
                 http.send("PATCH", "/indexes/m/settings", R"({"searchableAttributes":["title"]})")),
        QByteArray("succeeded"));
    QCOMPARE(m_cluster->statusOf(http.send("PATCH", "/indexes/e/settings",
                 R"({"embedders":{"user":{"source":"userProvided","dimensions":1}}})")),
        QByteArray("succeeded"));
}

void ClusterRenderTest::init()
{
    play(httpAnswer(200, R"({"template":"of a node","rendered":"rendered by it"})"));
}

void ClusterRenderTest::settingsNeedNoNode()
{
    const auto missing = render(R"("template":{"kind":"documentTemplate","indexUid":"none","embedder":"e"})");
    QCOMPARE(missing.status, 404);
    QCOMPARE(missing.text("message"),
        QByteArray("error while fetching template: cannot open index `none`: Index `none` not found."));
    QCOMPARE(render(R"("template":{"kind":"documentTemplate","indexUid":"e","embedder":"user"})").text("message"),
        QByteArray("error while fetching template: embedder `user` in index `e` does not use a document template."));
    QCOMPARE(asked(), 0);
}

void ClusterRenderTest::documentsWithoutHiddenFields()
{
    const auto answer = render(inlined("{{ doc }}") + ',' + movie);
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, QByteArray(R"({"template":"of a node","rendered":"rendered by it"})"));
    QCOMPARE(m_bodies,
        QByteArrayList {R"({"template":{"kind":"inlineDocumentTemplate","inline":"{{ doc }}"},"input":{"kind":)"
                        R"("inlineDocument","inline":{"id":7,"title":"film"}}})"});
}

void ClusterRenderTest::searchableFieldsOfTheSettings()
{
    const auto answer = render(inlined("{{ fields[0].is_searchable }}") + ',' + movie);
    QCOMPARE(answer.body, QByteArray(R"({"template":"{{ fields[0].is_searchable }}","rendered":"rendered by it"})"));
    QVERIFY2(m_bodies.value(0).contains(R"({"name":"id","value":7,"is_searchable":false})"), m_bodies.value(0));
    // where a refusal lists what the document has, it is that of the document as it is
    play(httpAnswer(400, R"({"message":"variable=f","code":"template_rendering_error","type":"invalid_request"})"));
    const auto own = render(inlined("{{ fields[0].is_searchable }}") + ',' + movie);
    QCOMPARE(own.text("message"), QByteArray("variable=f"));
    QCOMPARE(m_bodies.size(), 1);
    play(httpAnswer(400, R"({"message":"variable=doc","code":"template_rendering_error","type":"invalid_request"})"));
    QCOMPARE(render(inlined("{{ fields[0].is_searchable }}") + ',' + movie).status, 400);
    QVERIFY2(m_bodies.value(1).contains(R"("inline":{"id":7,"title":"film"})"), m_bodies.value(1));
}

void ClusterRenderTest::refusalsOfInputAndTemplate()
{
    const QByteArray absent = R"("input":{"kind":"indexDocument","indexUid":"m","id":"99"})";
    const auto missing = render(inlined("x") + ',' + absent);
    QCOMPARE(missing.status, 404);
    QCOMPARE(missing.text("code"), QByteArray("render_document_not_found"));
    QCOMPARE(missing.text("message"), QByteArray("error while fetching input: document `99` not found in `m`"));
    QCOMPARE(m_bodies, QByteArrayList {R"({"template":{"kind":"inlineDocumentTemplate","inline":"x"}})"});
    const auto index = render(inlined("x") + R"(,"input":{"kind":"indexDocument","indexUid":"none","id":"1"})");
    QCOMPARE(index.text("message"), QByteArray("Cannot open index `none`: Index `none` not found."));
    // a template that cannot be read is refused before anything else
    play(httpAnswer(400, R"({"message":"bad","code":"template_parsing_error","type":"invalid_request","link":"x"})"));
    const auto both = render(inlined("{{") + ',' + absent);
    QCOMPARE(both.status, 400);
    QCOMPARE(both.text("message"), QByteArray("bad"));
}

void ClusterRenderTest::keysMustAllowBoth()
{
    const auto http = m_cluster->http();
    const auto status = [&](const QByteArray &actions, const QByteArray &indexes) {
        const auto key = http.send(
            "POST", "/keys", R"({"actions":)" + actions + R"(,"indexes":)" + indexes + R"(,"expiresAt":null})");
        return PlainHttp(m_cluster->port(), key.text("key"))
            .send("POST", "/render-template", '{' + inlined("x") + ',' + movie + '}')
            .status;
    };
    QCOMPARE(status(R"(["settings.get","documents.get"])", R"(["*"])"), 200);
    QCOMPARE(status(R"(["*.get"])", R"(["*"])"), 200);
    QCOMPARE(status(R"(["settings.get"])", R"(["*"])"), 403);
    QCOMPARE(status(R"(["documents.get"])", R"(["*"])"), 403);
    QCOMPARE(status(R"(["settings.get","documents.get"])", R"(["other"])"), 403);
}

void ClusterRenderTest::nodesThatCannot()
{
    for (const auto &proxy : m_proxies)
        proxy->play({}); // the embedded nodes answer themselves
    const auto answer = render(inlined("x"));
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.text("code"), QByteArray("feature_not_enabled"));
    QVERIFY2(answer.text("message").contains("does not have document templates"), answer.body);
    // one that can is found
    m_proxies[1]->play([](const SeenRequest &) -> HostileProxy::Trick {
        return {httpAnswer(200, R"({"template":"x","rendered":null})"), false, false};
    });
    for (int i = 0; i < 3; ++i)
        QCOMPARE(render(inlined("x")).body, QByteArray(R"({"template":"x","rendered":null})"));
}

void ClusterRenderTest::aTemplateBreaksOneNodeOnly()
{
    play({}, true);
    const auto broken = render(inlined("x"));
    QCOMPARE(broken.status, 503);
    QCOMPARE(broken.text("code"), QByteArray("miroir_node_unavailable"));
    QCOMPARE(asked(), 1);
    play(httpAnswer(500, R"({"message":"panicked","code":"internal","type":"internal","link":"x"})"));
    QCOMPARE(render(inlined("x")).status, 503);
    QCOMPARE(asked(), 1);
    play(httpAnswer(503, "{}"));
    QCOMPARE(render(inlined("x")).status, 503);
    QCOMPARE(asked(), 3);
}

void ClusterRenderTest::deepTemplatesReachNoNode()
{
    const auto answer = render(inlined(QByteArray("{% if true %}").repeated(500)));
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.text("code"), QByteArray("template_parsing_error"));
    QCOMPARE(asked(), 0);
}

QTEST_GUILESS_MAIN(ClusterRenderTest)
#include "tst_cluster_render.moc"
