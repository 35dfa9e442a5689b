// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNode.h"
#include "support/WireReplay.h"

#include <QTemporaryDir>
#include <QTest>

using namespace miroir;

/// The recorded conversation with Meilisearch v1.50, replayed against the embedded node.
class NodeWireTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void answersAsMeilisearch();
    void differencesAreSeen();
};

void NodeWireTest::answersAsMeilisearch()
{
    QTemporaryDir folder;
    localnode::LocalNodeOptions options;
    options.dbPath = folder.path();
    options.masterKey = "masterkey";
    localnode::LocalNode node(options);
    const auto port = node.start();
    QVERIFY2(port.ok(), port ? "" : port.error().message.c_str());

    const auto cases = test::WireReplay::load(QStringLiteral(MIROIR_TEST_DATA "/wire.ndjson.gz"));
    QCOMPARE(cases.size(), std::size_t {540});
    test::WireReplay replay(*port, "masterkey");
    int same = 0;
    for (const test::WireOutcome &outcome : replay.run(cases)) {
        if (outcome.differences.isEmpty()) {
            ++same;
            continue;
        }
        qInfo().noquote() << outcome.title << "\n   " << outcome.differences.mid(0, 4).join(QStringLiteral("\n    "));
    }
    qInfo() << "same" << same << "of" << cases.size();
    QVERIFY(same >= 500);
}

/// The replay itself must be able to fail.
void NodeWireTest::differencesAreSeen()
{
    const auto difference = [](const char *a, const char *b) {
        const auto left = json::Document::parse(QByteArray(a));
        const auto right = json::Document::parse(QByteArray(b));
        QStringList out;
        test::WireReplay::diff(left->root(), right->root(), {}, out);
        return out;
    };
    QVERIFY(difference(R"({"a":1,"duration":"x"})", R"({"duration":"y","a":1})").isEmpty());
    QVERIFY(difference(R"({"uid":1})", R"({"uid":2})").isEmpty());
    QCOMPARE(difference(R"({"uid":"m"})", R"({"uid":"n"})").size(), 1);
    QCOMPARE(difference(R"({"a":1})", R"({"a":1.0})").size(), 1);
    QCOMPARE(difference(R"({"a":1})", R"({"b":1})").size(), 2);
    QCOMPARE(difference(R"([1,2])", R"([1])").size(), 1);
    QCOMPARE(difference(R"({"a":null})", R"({"a":false})").size(), 1);
}

QTEST_GUILESS_MAIN(NodeWireTest)
#include "tst_node_wire.moc"
