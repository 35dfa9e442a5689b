// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ring/RingLayout.h"
#include "ring/RingView.h"

#include "support/FakeCluster.h"
#include "support/GuiMain.h"

#include <QAccessible>
#include <QRandomGenerator>
#include <QSignalSpy>

#include <cmath>
#include <map>

using namespace miroir::ui;

class TestGuiRing : public QObject
{
    Q_OBJECT

private:
    struct Fixture {
        NodeModel nodes;
        ShardModel shards;
        Selection selection;
        std::unique_ptr<RingView> view;
        explicit Fixture(const FakeCluster &fake)
        {
            nodes.setNodes(readCluster(fake.clusterJson())->nodes);
            shards.setMap(readShards(fake.shardsJson({})).value());
            view = std::make_unique<RingView>(&nodes, &shards, &selection);
            view->resize(800, 640);
            view->show();
            QCoreApplication::processEvents();
        }
        [[nodiscard]] const RingGeometry &geometry() const { return view->ring()->geometry(); }
        [[nodiscard]] QPoint nodePoint(int row) const
        {
            return view->mapFromScene(geometry().nodes[static_cast<std::size_t>(row)].centre);
        }
        [[nodiscard]] QPoint segmentPoint(int row) const
        {
            const auto &g = geometry();
            return view->mapFromScene(
                g.at(g.segments[static_cast<std::size_t>(row)].middle(), (g.inner + g.outer) / 2));
        }
    };
    static double distance(const QPointF &a, const QPointF &b) { return std::hypot(a.x() - b.x(), a.y() - b.y()); }

private Q_SLOTS:
    void layoutProperties();
    void layoutKeepsPlaces();
    void layoutWithNothing();
    void areaShowsValue();
    void zonesSitTogether();
    void hitsFindWhatIsDrawn();
    void hoverLightsShards();
    void clickSelects();
    void keyboardWalks();
    void idleDoesNothing();
    void screenReader();
    void rowsMayVanish();
};

void TestGuiRing::layoutProperties()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    for (int round = 0; round < 400; ++round) {
        RingTopology t;
        const int nodes = 1 + random.bounded(30);
        const int zones = random.bounded(5);
        for (int i = 0; i < nodes; ++i) {
            t.nodes.push_back({QStringLiteral("node-%1").arg(i),
                zones > 0 ? QStringLiteral("z%1").arg(random.bounded(zones)) : QString(), random.bounded(1e9),
                random.bounded(1.0)});
        }
        t.shards.assign(static_cast<std::size_t>(1) << random.bounded(10), 5.0);
        const QSizeF size(500 + random.bounded(1200), 400 + random.bounded(900));
        const RingGeometry g = layoutRing(t, {size, 16, 110});
        const QRectF room(QPointF(-0.5, -0.5), size + QSizeF(1, 1));
        for (std::size_t i = 0; i < g.nodes.size(); ++i) {
            const double d = g.nodes[i].donut + 1.5;
            QVERIFY(room.contains(QRectF(g.nodes[i].centre - QPointF(d, d), QSizeF(2 * d, 2 * d))));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(distance(g.nodes[i].centre, g.nodes[j].centre) > g.nodes[i].disc + g.nodes[j].disc);
            QVERIFY(distance(g.nodes[i].centre, g.centre) - g.nodes[i].donut > g.outer);
            QVERIFY(g.nodes[i].label.isEmpty() || room.contains(g.nodes[i].label));
        }
        QCOMPARE(g.segments.size(), t.shards.size());
        double end = 0;
        for (const auto &segment : g.segments) {
            QVERIFY(segment.start >= end - 1e-9 && segment.span > 0);
            end = segment.start + segment.span;
        }
        QVERIFY(end <= 360 + 1e-9);
        QVERIFY(
            0 < g.hub && g.hub < g.inner && g.inner < g.outer && g.outer < g.zoneRadius && g.zoneRadius < g.nodeRadius);
        QVERIFY(room.contains(QRectF(g.centre - QPointF(g.outer, g.outer), QSizeF(2 * g.outer, 2 * g.outer))));
    }
}

void TestGuiRing::layoutKeepsPlaces()
{
    RingTopology t;
    for (int i = 1; i <= 12; ++i)
        t.nodes.push_back({QStringLiteral("node-%1").arg(i), {}, double(i), 0});
    t.shards.assign(64, 1);
    const RingSpace space {{800, 600}, 16, 110};
    const RingGeometry before = layoutRing(t, space);
    // node-2 stands before node-10, whatever order the server lists them in, and values do not move anything.
    std::reverse(t.nodes.begin(), t.nodes.end());
    for (auto &node : t.nodes)
        node.value = 77;
    const RingGeometry after = layoutRing(t, space);
    for (std::size_t i = 0; i < 12; ++i)
        QCOMPARE(after.nodes[11 - i].centre, before.nodes[i].centre);
    QVERIFY(before.nodes[1].angle < before.nodes[9].angle);
}

void TestGuiRing::layoutWithNothing()
{
    const RingGeometry g = layoutRing({}, {{300, 200}, 16, 110});
    QVERIFY(g.nodes.empty() && g.segments.empty());
    QCOMPARE(g.nodeAt({150, 100}), -1);
    QCOMPARE(g.segmentAt({150, 100}), -1);
}

void TestGuiRing::areaShowsValue()
{
    RingTopology t;
    for (const double value : {100.0, 50.0, 25.0})
        t.nodes.push_back({QString::number(value), {}, value, 0});
    const RingGeometry g = layoutRing(t, {{900, 800}, 16, 110});
    const double area = g.nodes[0].disc * g.nodes[0].disc;
    QVERIFY(std::abs(g.nodes[1].disc * g.nodes[1].disc / area - 0.5) < 0.01);
    QVERIFY(std::abs(g.nodes[2].disc * g.nodes[2].disc / area - 0.25) < 0.01);
}

void TestGuiRing::zonesSitTogether()
{
    RingTopology t;
    for (int i = 0; i < 9; ++i)
        t.nodes.push_back({QString::number(i), QString(QChar(u'a' + i % 3)), 1, 0});
    const RingGeometry g = layoutRing(t, {{900, 800}, 16, 110});
    QCOMPARE(g.zones.size(), std::size_t(3));
    for (const auto &zone : g.zones) {
        for (std::size_t i = 0; i < t.nodes.size(); ++i) {
            const bool inside = g.nodes[i].angle >= zone.start && g.nodes[i].angle <= zone.start + zone.span;
            QCOMPARE(inside, t.nodes[i].zone == zone.name);
        }
    }
}

void TestGuiRing::hitsFindWhatIsDrawn()
{
    const Fixture f(FakeCluster::make(5, 512, 2));
    const RingGeometry &g = f.geometry();
    for (std::size_t i = 0; i < g.nodes.size(); ++i)
        QCOMPARE(g.nodeAt(g.nodes[i].centre), static_cast<int>(i));
    for (std::size_t i = 0; i < g.segments.size(); ++i)
        QCOMPARE(g.segmentAt(g.at(g.segments[i].middle(), (g.inner + g.outer) / 2)), static_cast<int>(i));
    QCOMPARE(g.segmentAt(g.centre), -1);
}

void TestGuiRing::hoverLightsShards()
{
    const Fixture f(FakeCluster::make(3, 64, 2));
    RingScene *ring = f.view->ring();
    QVERIFY(ring->active().isNone());
    QTest::mouseMove(f.view->viewport(), f.nodePoint(1));
    QTRY_COMPARE(ring->active(), Subject::node(QStringLiteral("node-2")));
    int lit = 0;
    for (int s = 0; s < 64; ++s) {
        QCOMPARE(ring->segmentLit(s), ring->shards()[s].nodes.contains(QStringLiteral("node-2")));
        lit += ring->segmentLit(s) ? 1 : 0;
    }
    QCOMPARE(lit, f.nodes.nodes()[1].shards);
    QCOMPARE(static_cast<int>(ring->chords().size()), lit);
    QTest::mouseMove(f.view->viewport(), f.segmentPoint(17));
    QTRY_COMPARE(ring->active(), Subject::shard(17));
    QCOMPARE(static_cast<int>(ring->chords().size()), 2);
    QTest::mouseMove(f.view->viewport(), QPoint(2, 2));
    QTRY_VERIFY(ring->active().isNone());
    QVERIFY(ring->chords().empty());
}

void TestGuiRing::clickSelects()
{
    Fixture f(FakeCluster::make(3, 64, 2));
    QTest::mouseClick(f.view->viewport(), Qt::LeftButton, {}, f.segmentPoint(40));
    QCOMPARE(f.selection.subject(), Subject::shard(40));
    QTest::mouseClick(f.view->viewport(), Qt::LeftButton, {}, f.nodePoint(2));
    QCOMPARE(f.selection.subject(), Subject::node(QStringLiteral("node-3")));
    QTest::mouseClick(f.view->viewport(), Qt::LeftButton, {}, QPoint(2, 2));
    QVERIFY(f.selection.subject().isNone());
}

void TestGuiRing::keyboardWalks()
{
    Fixture f(FakeCluster::make(3, 64, 2));
    RingView *view = f.view.get();
    view->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(view));
    view->clearFocus();
    view->setFocus(Qt::TabFocusReason);
    QTRY_COMPARE(view->ring()->cursor(), Subject::node(QStringLiteral("node-1")));
    QTest::keyClick(view, Qt::Key_Right);
    QCOMPARE(view->ring()->active(), Subject::node(QStringLiteral("node-2")));
    QTest::keyClick(view, Qt::Key_Left);
    QTest::keyClick(view, Qt::Key_Left);
    QCOMPARE(view->ring()->active(), Subject::node(QStringLiteral("node-3")));
    QVERIFY(f.selection.subject().isNone());
    QTest::keyClick(view, Qt::Key_Return);
    QCOMPARE(f.selection.subject(), Subject::node(QStringLiteral("node-3")));
    QTest::keyClick(view, Qt::Key_Down);
    QCOMPARE(view->ring()->active().kind, Subject::Kind::Shard);
    QTest::keyClick(view, Qt::Key_Home);
    QCOMPARE(view->ring()->active(), Subject::shard(0));
    QTest::keyClick(view, Qt::Key_Left);
    QCOMPARE(view->ring()->active(), Subject::shard(63));
    QTest::keyClick(view, Qt::Key_Enter);
    QCOMPARE(f.selection.subject(), Subject::shard(63));
    QTest::keyClick(view, Qt::Key_Escape);
    QVERIFY(f.selection.subject().isNone());
    QVERIFY(view->ring()->active().isNone());
}

void TestGuiRing::idleDoesNothing()
{
    Fixture f(FakeCluster::make(3, 64, 2));
    QCoreApplication::processEvents();
    QSignalSpy changed(f.view->ring(), &QGraphicsScene::changed);
    QSignalSpy rebuilt(f.view->ring(), &RingScene::rebuilt);
    QTest::qWait(120); // a fault would draw several frames in this time
    QVERIFY(changed.isEmpty());
    f.nodes.setNodes(f.nodes.nodes());
    QCoreApplication::processEvents();
    QVERIFY(rebuilt.isEmpty());
}

void TestGuiRing::screenReader()
{
    Fixture f(FakeCluster::make(3, 64, 2));
    QAccessibleInterface *list = QAccessible::queryAccessibleInterface(f.view.get());
    QVERIFY(list != nullptr);
    QCOMPARE(list->role(), QAccessible::List);
    QCOMPARE(list->childCount(), 67);
    QCOMPARE(list->child(0)->text(QAccessible::Name), NodeModel::sentence(f.nodes.nodes()[0]));
    QCOMPARE(list->child(3)->text(QAccessible::Name), ShardModel::sentence(f.shards.shards()[0]));
    QCOMPARE(list->indexOfChild(list->child(20)), 20);
    QVERIFY(list->child(67) == nullptr);
    const QRect rect = list->child(1)->rect();
    QVERIFY(rect.contains(f.view->viewport()->mapToGlobal(f.nodePoint(1))));
    const QPoint point = f.view->viewport()->mapToGlobal(f.segmentPoint(9));
    QCOMPARE(list->indexOfChild(list->childAt(point.x(), point.y())), 3 + 9);
    QAccessibleActionInterface *action = list->child(1)->actionInterface();
    QVERIFY(action != nullptr);
    action->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(f.selection.subject(), Subject::node(QStringLiteral("node-2")));
    QVERIFY(list->child(1)->state().selected);
    QVERIFY(!list->child(0)->state().selected);
}

void TestGuiRing::rowsMayVanish()
{
    Fixture f(FakeCluster::make(6, 64, 2));
    QAccessibleInterface *list = QAccessible::queryAccessibleInterface(f.view.get());
    QAccessibleInterface *last = list->child(69);
    f.selection.select(Subject::node(QStringLiteral("node-6")));
    QTest::mouseMove(f.view->viewport(), f.nodePoint(4));
    QTRY_VERIFY(!f.view->ring()->hover().isNone());
    auto fewer = f.nodes.nodes();
    fewer.resize(2);
    f.nodes.setNodes(fewer);
    // Between the change of the model and the new picture everything must still answer.
    f.view->ring()->setHover(Subject::shard(3));
    f.view->grab();
    QTRY_COMPARE(f.geometry().nodes.size(), std::size_t(2));
    QVERIFY(!last->isValid());
    f.shards.setMap({});
    QTRY_VERIFY(f.geometry().segments.empty());
    f.nodes.setNodes({});
    QTRY_VERIFY(f.geometry().nodes.empty());
    f.view->grab();
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QTest::keyClick(f.view.get(), Qt::Key_Down);
    QVERIFY(f.view->ring()->active().isNone());
}

MIROIR_GUI_MAIN(TestGuiRing)
#include "tst_gui_ring.moc"
