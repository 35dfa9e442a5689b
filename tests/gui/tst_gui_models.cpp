// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/HitModel.h"
#include "models/IndexModel.h"
#include "models/NodeModel.h"
#include "models/ShardModel.h"
#include "models/SortProxy.h"
#include "models/TaskModel.h"
#include "models/Words.h"

#include "support/FakeCluster.h"
#include "support/GuiMain.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>

using namespace miroir::ui;

class TestGuiModels : public QObject
{
    Q_OBJECT

private:
    static QVector<NodeInfo> randomNodes(QRandomGenerator &random)
    {
        QVector<NodeInfo> nodes;
        for (int i = 0; i < 12; ++i) {
            if (random.bounded(3) == 0)
                continue;
            NodeInfo node;
            node.id = QStringLiteral("node-%1").arg(i);
            node.documents = random.bounded(3);
            nodes.insert(random.bounded(static_cast<int>(nodes.size()) + 1), node);
        }
        return nodes;
    }

private Q_SLOTS:
    void anySequenceOfSnapshots();
    void selectionSurvives();
    void unchangedRowsAreQuiet();
    void tasksNewestFirst();
    void taskLimit();
    void hitsArriveInPages();
    void numbersSortAsNumbers();
    void sentencesAreComplete();
    void wordsAndPlurals();
};

void TestGuiModels::anySequenceOfSnapshots()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    NodeModel model;
    SortProxy proxy(&model);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QAbstractItemModelTester proxyTester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
    proxy.sort(NodeModel::Documents);
    for (int i = 0; i < 300; ++i) {
        const auto nodes = randomNodes(random);
        model.setNodes(nodes);
        QCOMPARE(model.nodes(), nodes);
        QCOMPARE(proxy.rowCount(), nodes.size());
    }
}

void TestGuiModels::selectionSurvives()
{
    const auto cluster = readCluster(FakeCluster::make(5, 64, 2).clusterJson());
    NodeModel model;
    model.setNodes(cluster->nodes);
    const QPersistentModelIndex third(model.index(2, 0));
    auto fewer = cluster->nodes;
    fewer.removeFirst();
    std::reverse(fewer.begin(), fewer.end());
    model.setNodes(fewer);
    QVERIFY(third.isValid());
    QCOMPARE(third.data().toString(), QStringLiteral("node-3"));
    QCOMPARE(third.row(), 2);
}

void TestGuiModels::unchangedRowsAreQuiet()
{
    const auto cluster = readCluster(FakeCluster::make(3, 64, 2).clusterJson());
    NodeModel model;
    model.setNodes(cluster->nodes);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setNodes(cluster->nodes);
    QVERIFY(changed.isEmpty());
    auto other = cluster->nodes;
    other[1].state = NodeState::Down;
    model.setNodes(other);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.first().first().toModelIndex().row(), 1);
}

void TestGuiModels::tasksNewestFirst()
{
    TaskModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    TaskInfo task;
    for (const int uid : {3, 1, 7, 5}) {
        task.uid = uid;
        task.status = QStringLiteral("enqueued");
        model.put(task);
    }
    task.status = QStringLiteral("succeeded");
    model.put(task);
    QCOMPARE(model.rowCount(), 4);
    QCOMPARE(model.tasks()[1].uid, 5);
    QCOMPARE(model.index(1, TaskModel::Status).data().toString(), QStringLiteral("done"));
    QVERIFY(model.task(7) != nullptr);
    QVERIFY(model.task(8) == nullptr);
}

void TestGuiModels::taskLimit()
{
    TaskModel model;
    TaskInfo task;
    for (task.uid = 0; task.uid < TaskModel::tasksMax + 50; ++task.uid)
        model.put(task);
    QCOMPARE(model.rowCount(), TaskModel::tasksMax);
    QCOMPARE(model.tasks().first().uid, TaskModel::tasksMax + 49);
}

void TestGuiModels::hitsArriveInPages()
{
    HitModel tested;
    QAbstractItemModelTester tester(&tested, QAbstractItemModelTester::FailureReportingMode::QtTest); // it fetches, too
    HitModel model;
    QSignalSpy wanted(&model, &HitModel::moreWanted);
    SearchAnswer answer;
    answer.hits.resize(20);
    answer.total = 45;
    tested.setAnswer(answer);
    model.setAnswer(answer);
    QVERIFY(model.canFetchMore({}));
    model.fetchMore({});
    model.fetchMore({});
    QCOMPARE(wanted.size(), 1); // not asked twice
    QCOMPARE(wanted.first().first().toInt(), 20);
    answer.offset = 40;
    model.setAnswer(answer);
    QCOMPARE(model.rowCount(), 20); // a page of another list
    answer.offset = 20;
    model.setAnswer(answer);
    tested.setAnswer(answer);
    QCOMPARE(model.rowCount(), 40);
    model.fetchMore({});
    answer.offset = 40;
    answer.hits.clear();
    model.setAnswer(answer);
    QVERIFY(!model.canFetchMore({})); // the estimate was too high
}

void TestGuiModels::numbersSortAsNumbers()
{
    NodeModel model;
    QVector<NodeInfo> nodes(3);
    nodes[0].id = QStringLiteral("node-10");
    nodes[0].documents = 9;
    nodes[1].id = QStringLiteral("node-2");
    nodes[1].documents = 1000;
    nodes[2].id = QStringLiteral("node-1");
    nodes[2].documents = 20;
    model.setNodes(nodes);
    SortProxy proxy(&model);
    proxy.sort(NodeModel::Name);
    QCOMPARE(proxy.rowOf(QStringLiteral("node-10")), 2);
    proxy.sort(NodeModel::Documents);
    QCOMPARE(proxy.rowOf(QStringLiteral("node-2")), 2);
    QVERIFY(naturalLess(u"a2b", u"a10"));
    QVERIFY(naturalLess(u"a", u"a1") && !naturalLess(u"a1", u"a"));
    QVERIFY(!naturalLess(u"a007", u"a7") && !naturalLess(u"a7", u"a007"));
    QVERIFY(naturalLess(u"z9y1", u"z9y2"));
}

void TestGuiModels::sentencesAreComplete()
{
    NodeInfo node;
    node.id = QStringLiteral("node-1");
    node.zone = QStringLiteral("a");
    node.state = NodeState::CatchingUp;
    node.shards = 1;
    node.documents = 2801;
    node.lag = 4;
    QCOMPARE(NodeModel::sentence(node),
        QStringLiteral("node-1, catching up, zone a, 1 shard, 2,801 documents, 4 operations behind"));
    const ShardInfo shard {17, {QStringLiteral("node-1"), QStringLiteral("node-4")}, Cover::Reduced, 63};
    QCOMPARE(
        ShardModel::sentence(shard), QStringLiteral("shard 17, fewer replicas, 63 documents, on node-1 and node-4"));
}

void TestGuiModels::wordsAndPlurals()
{
    QCOMPARE(Words::span(59), QStringLiteral("59 s"));
    QCOMPARE(Words::span(3599), QStringLiteral("59 min"));
    QCOMPARE(Words::span(86400 * 3), QStringLiteral("3 days"));
    QCOMPARE(Words::span(-5), QStringLiteral("0 s"));
    QCOMPARE(Words::lag(1), QStringLiteral("1 operation"));
    QCOMPARE(Words::tip(QStringLiteral("<img src=x> & y")), QStringLiteral("<p>&lt;img src=x&gt; &amp; y</p>"));
    QCOMPARE(Words::bytes(std::nullopt), QStringLiteral("\u2013"));
    QCOMPARE(Words::taskType(QStringLiteral("somethingNew")), QStringLiteral("somethingNew"));
}

MIROIR_GUI_MAIN(TestGuiModels)
#include "tst_gui_models.moc"
