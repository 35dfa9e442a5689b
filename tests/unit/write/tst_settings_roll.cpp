// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/Planner.h"
#include "write/SettingsRoll.h"

#include <QtTest>

#include <algorithm>
#include <random>

using namespace miroir;
using namespace miroir::write;
using State = RollNode::State;

namespace {

std::vector<RollNode> cluster(int count, int replicas, bool zones)
{
    placement::PlanRequest request;
    request.replicationFactor = replicas;
    for (int n = 0; n < count; ++n) {
        placement::PlanNode node;
        node.id = "n" + std::to_string(n);
        request.nodes.push_back(node);
    }
    if (zones)
        request.nodes = placement::assignZones(std::move(request.nodes), replicas);
    const placement::ShardMap map = placement::plan(request)->target;
    std::vector<RollNode> nodes;
    for (const placement::PlanNode &node : request.nodes)
        nodes.push_back({node.id, node.zone, map.shardsOf(node.id), State::Old, true, false});
    return nodes;
}

placement::ShardSet coverOf(const std::vector<RollNode> &nodes, State state)
{
    placement::ShardSet cover;
    for (const RollNode &node : nodes) {
        if (node.usable && node.state == state)
            cover |= node.shards;
    }
    return cover;
}

void send(std::vector<RollNode> &nodes, const Roll &roll)
{
    for (RollNode &node : nodes) {
        if (std::find(roll.send.begin(), roll.send.end(), node.id) != roll.send.end())
            node.state = State::Changing;
    }
}

int count(const std::vector<RollNode> &nodes, State state)
{
    return static_cast<int>(
        std::count_if(nodes.begin(), nodes.end(), [state](const RollNode &n) { return n.state == state; }));
}

} // namespace

class TestSettingsRoll : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void zonesNeverMix_data();
    void zonesNeverMix();
    void threeNodes();
    void oneReplica();
    void lateNodesAreWaitedFor();
    void alwaysEnds();
};

void TestSettingsRoll::zonesNeverMix_data()
{
    QTest::addColumn<int>("nodes");
    QTest::addColumn<int>("replicas");
    QTest::newRow("4 nodes, 2 zones") << 4 << 2;
    QTest::newRow("2 nodes, 2 zones") << 2 << 2;
    QTest::newRow("6 nodes, 3 zones") << 6 << 3;
    QTest::newRow("12 nodes, 2 zones") << 12 << 2;
}

void TestSettingsRoll::zonesNeverMix()
{
    QFETCH(int, nodes);
    QFETCH(int, replicas);
    std::vector<RollNode> all = cluster(nodes, replicas, true);
    std::mt19937 random(7);
    for (int step = 0; count(all, State::New) < nodes; ++step) {
        QVERIFY(step < 4 * nodes);
        const Roll roll = planRoll(all, placement::allShards());
        send(all, roll);
        // at every moment one settled state answers everything
        QVERIFY((coverOf(all, State::Old) | (roll.switched ? coverOf(all, State::New) : placement::ShardSet())).all());
        QVERIFY(coverOf(all, State::Old).all() || coverOf(all, State::New).all());
        std::vector<std::size_t> changing;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].state == State::Changing)
                changing.push_back(i);
        }
        QVERIFY(!changing.empty());
        all[changing[random() % changing.size()]].state = State::New;
    }
    QVERIFY(planRoll(all, placement::allShards()).switched);
}

void TestSettingsRoll::threeNodes()
{
    std::vector<RollNode> all = cluster(3, 2, false);
    Roll roll = planRoll(all, placement::allShards());
    QCOMPARE(roll.send, std::vector<NodeId> {"n0"}); // the two others cover everything
    send(all, roll);
    QVERIFY(planRoll(all, placement::allShards()).send.empty());
    all[0].state = State::New;
    roll = planRoll(all, placement::allShards());
    QCOMPARE(roll.send.size(), std::size_t {1}); // one more completes the new cover; both at once would only mix longer
    QVERIFY(!roll.switched);
    send(all, roll);
    all[1].state = State::New;
    roll = planRoll(all, placement::allShards());
    QVERIFY(roll.switched);
    QCOMPARE(roll.send, std::vector<NodeId> {"n2"});
}

void TestSettingsRoll::oneReplica()
{
    const std::vector<RollNode> all = cluster(3, 1, false);
    QCOMPARE(planRoll(all, placement::allShards()).send.size(), std::size_t {3});
}

void TestSettingsRoll::lateNodesAreWaitedFor()
{
    std::vector<RollNode> all = cluster(2, 2, true);
    all[1].usable = false;
    all[1].coming = true; // it has not even taken the change before
    QCOMPARE(planRoll(all, placement::allShards()).send, std::vector<NodeId> {all[1].id});
    all[1].coming = false; // it has died: the other one goes on without it
    QCOMPARE(planRoll(all, placement::allShards()).send.size(), std::size_t {2});
}

void TestSettingsRoll::alwaysEnds()
{
    std::mt19937 random(11);
    for (int round = 0; round < 80; ++round) {
        const int nodes = 1 + static_cast<int>(random() % 9);
        const int replicas = 1 + static_cast<int>(random() % static_cast<unsigned>(std::min(nodes, 3)));
        std::vector<RollNode> all = cluster(nodes, replicas, random() % 2 == 0);
        for (int step = 0; step < 20 * nodes; ++step) {
            send(all, planRoll(all, placement::allShards()));
            RollNode &node = all[random() % all.size()];
            if (node.state == State::Changing)
                node.state = State::New;
            else if (random() % 8 == 0)
                node.usable = !node.usable; // dies, comes back
        }
        for (int step = 0; step < 3 * nodes; ++step) {
            send(all, planRoll(all, placement::allShards()));
            for (RollNode &node : all)
                node.state = node.state == State::Changing ? State::New : node.state;
        }
        QCOMPARE(count(all, State::New), nodes);
    }
}

QTEST_APPLESS_MAIN(TestSettingsRoll)
#include "tst_settings_roll.moc"
