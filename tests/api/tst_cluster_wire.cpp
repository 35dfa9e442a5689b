// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/TestCluster.h"
#include "support/WireReplay.h"

using namespace miroir;

/// The recorded conversation with one Meilisearch v1.50, replayed against a cluster of three embedded nodes.
class ClusterWireTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void answersAsOneMeilisearch();
};

void ClusterWireTest::answersAsOneMeilisearch()
{
    test::TestCluster cluster;
    QVERIFY(cluster.start());
    const auto cases = test::WireReplay::load(QStringLiteral(MIROIR_TEST_DATA "/wire.ndjson.gz"));
    QCOMPARE(cases.size(), std::size_t {540});
    test::WireReplay replay(cluster.port(), test::TestCluster::key);
    int same = 0;
    for (const test::WireOutcome &outcome : replay.run(cases)) {
        if (outcome.differences.isEmpty())
            ++same;
        else
            qInfo().noquote() << outcome.title << "\n   "
                              << outcome.differences.mid(0, 3).join(QStringLiteral("\n    "));
    }
    qInfo() << "same" << same << "of" << cases.size();
    QVERIFY(same >= 440); // docs/compatibility.md lists what is not there yet
}

QTEST_GUILESS_MAIN(ClusterWireTest)
#include "tst_cluster_wire.moc"
