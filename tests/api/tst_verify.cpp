// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"

#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QtTest>

using namespace miroir;
using namespace miroir::test;

namespace {

const QByteArray referenceKey = QByteArrayLiteral("a-key-of-the-reference");

struct Run {
    int code = -1;
    QByteArray out;
    QByteArray err;
};

} // namespace

/// `miroir-ctl verify` as a user runs it: an embedded cluster on one side, one embedded node on the other.
class VerifyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void anEqualReferenceIsToldSo();
    void aDifferenceIsFound();
    void wrongUsageAndSilentServersAreTold();

private:
    [[nodiscard]] Run verify(const QStringList &more) const;
    void write(const QByteArray &lines) const;

    QTemporaryDir m_folder;
    std::unique_ptr<TestCluster> m_cluster;
    std::unique_ptr<localnode::LocalNode> m_reference;
};

void VerifyTest::initTestCase()
{
    m_cluster = std::make_unique<TestCluster>();
    QVERIFY(m_cluster->start());
    const PlainHttp http = m_cluster->http();
    QCOMPARE(m_cluster->statusOf(http.send("PATCH", "/indexes/films/settings", R"({"filterableAttributes":["year"]})")),
        QByteArray("succeeded"));
    QByteArray documents = "[";
    for (int i = 0; i < 60; ++i)
        documents += (i > 0 ? "," : "") + QByteArray(R"({"id":)") + QByteArray::number(i) + R"(,"title":"film number )"
            + QByteArray::number(i % 7) + R"(","year":)" + QByteArray::number(1990 + i % 5) + '}';
    const auto added = http.send("POST", "/indexes/films/documents", documents + ']');
    QCOMPARE(m_cluster->statusOf(added), QByteArray("succeeded"));
    localnode::LocalNodeOptions options;
    options.dbPath = m_folder.filePath(QStringLiteral("reference"));
    options.masterKey = referenceKey;
    m_reference = std::make_unique<localnode::LocalNode>(options);
    QVERIFY(m_reference->start(QHostAddress::LocalHost, 0));
}

void VerifyTest::write(const QByteArray &lines) const
{
    QFile file(m_folder.filePath(QStringLiteral("requests")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(lines);
}

Run VerifyTest::verify(const QStringList &more) const
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("MIROIR_REFERENCE_KEY"), QString::fromLatin1(referenceKey));
    process.setProcessEnvironment(environment);
    QStringList arguments {QStringLiteral("verify"), QStringLiteral("--url"),
        QStringLiteral("http://127.0.0.1:%1").arg(m_cluster->port()), QStringLiteral("--key"),
        QString::fromLatin1(TestCluster::key), QStringLiteral("--requests"),
        m_folder.filePath(QStringLiteral("requests"))};
    // both servers live in this process: its event loop has to run meanwhile
    QEventLoop loop;
    connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
    process.start(QStringLiteral(MIROIR_BIN_DIR "/miroir-ctl"), arguments + more);
    if (process.waitForStarted() && process.state() != QProcess::NotRunning)
        loop.exec();
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

void VerifyTest::anEqualReferenceIsToldSo()
{
    write(R"({"index":"films","body":{"q":"film","limit":50}}
{"index":"films","body":{"q":"number 3","filter":"year > 1991","facets":["year"],"page":1}}
{"index":"films","body":{"filter":"title = x"}}
{"path":"/indexes/films/documents/fetch","body":{"limit":7,"offset":20}}
{"path":"/indexes/films/documents","body":[]}
10.0.0.1 - - [x] "GET /indexes/films/search?q=film&limit=3 HTTP/1.1" 200 1
)");
    const Run run = verify({QStringLiteral("--against"), m_reference->url(), QStringLiteral("--load")});
    QVERIFY2(run.code == 0, (run.out + run.err).constData());
    QVERIFY2(run.out.startsWith("5 requests: equal in whole 5 (100.00 %)"), run.out.constData());
    QVERIFY2(run.out.contains("1 lines not replayed"), run.out.constData());
    QVERIFY(!(run.out + run.err).contains(referenceKey) && !(run.out + run.err).contains(TestCluster::key));
    const Run again = verify({QStringLiteral("--against"), m_reference->url(), QStringLiteral("--load")});
    QCOMPARE(again.code, 2); // never into an index that is there
    QVERIFY2(again.err.contains("already"), again.err.constData());
}

void VerifyTest::aDifferenceIsFound()
{
    const PlainHttp reference(static_cast<quint16>(QUrl(m_reference->url()).port()), referenceKey);
    const auto deleted = reference.send("DELETE", "/indexes/films/documents/5");
    QCOMPARE(deleted.status, 202);
    QTRY_COMPARE(reference.send("GET", "/indexes/films/documents/5").status, 404);
    write(R"({"index":"films","body":{"filter":"year = 1990","limit":50}})");
    const Run run = verify({QStringLiteral("--against"), m_reference->url(), QStringLiteral("--json")});
    QVERIFY2(run.code == 1, (run.out + run.err).constData());
    const auto report = json::Document::parse(run.out);
    QVERIFY(report);
    const json::Value found = report->root()["differences"].at(0)["differences"];
    QCOMPARE(found.at(0)["class"].toString(), std::string("hits set"));
    QCOMPARE(found.at(1)["class"].toString(), std::string("totals"));
    QVERIFY(found.at(0)["detail"].toString().find("only on the cluster: [5]") != std::string::npos);
}

void VerifyTest::wrongUsageAndSilentServersAreTold()
{
    QCOMPARE(verify({}).code, 2); // nothing to compare with
    QCOMPARE(verify({QStringLiteral("--against"), QStringLiteral("ftp://x")}).code, 2);
    const QStringList noNumber {QStringLiteral("--count"), QStringLiteral("x")};
    QCOMPARE(verify(QStringList {QStringLiteral("--against"), m_reference->url()} + noNumber).code, 2);
    const Run silent = verify({QStringLiteral("--against"), QStringLiteral("http://127.0.0.1:1")});
    QCOMPARE(silent.code, 2);
    QVERIFY2(silent.err.contains("the reference cannot be asked"), silent.err.constData());
    const QStringList wrongKey {QStringLiteral("--key"), QStringLiteral("wrong-key-of-client")};
    const Run refused = verify(QStringList {QStringLiteral("--against"), m_reference->url()} + wrongKey);
    QCOMPARE(refused.code, 2);
    QVERIFY2(refused.err.contains("403") && !refused.err.contains("wrong-key"), refused.err.constData());
}

QTEST_GUILESS_MAIN(VerifyTest)
#include "tst_verify.moc"
