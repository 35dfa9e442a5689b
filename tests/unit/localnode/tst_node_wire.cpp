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
    // What this node has no answer for: Rhai functions (488, 489), and what their task would have left behind: the
    // edited document (490) and the task in a list (494).
    const std::set<int> known {488, 489, 490, 494};
    std::set<int> differing;
    for (const test::WireOutcome &outcome : replay.run(cases)) {
        if (outcome.differences.isEmpty())
            continue;
        differing.insert(outcome.n);
        if (!known.contains(outcome.n))
            qWarning().noquote() << outcome.title << "\n   "
                                 << outcome.differences.mid(0, 4).join(QStringLiteral("\n    "));
    }
    QCOMPARE(cases.size() - differing.size(), std::size_t {536});
    QVERIFY(differing == known);
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
