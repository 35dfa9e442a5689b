// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/FakeNode.h"
#include "support/WriteFixture.h"
#include "write/Pipe.h"
#include "write/TaskPoller.h"

#include <QTest>

#include <set>

using namespace miroir;
using test::Documents;
using test::FakeNode;
using test::sure;
using test::WriteFixture;
using write::WriteRequest;

/// Pipes and progress over nodes that lose answers: whatever is sent twice, all ends as if it had been sent once.
class DeliveryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void randomHistoriesConverge_data();
    void randomHistoriesConverge();
    void aTaskEndsWhenEveryLiveNodeHasIt();
    void aRefusalEverywhereIsAFailure();
    void unsentRecordsCanBeTakenOut();
    void aSwapWaitsForWhatItSwapsIn();
};

namespace {

/// Nodes that hold every shard, their pipes, and the progress over them.
struct Cluster {
    WriteFixture f;
    store::GroupCommit commit {*f.store};
    write::Progress progress {*f.store, f.clock};
    placement::ShardMap map;
    struct Node {
        std::unique_ptr<FakeNode> fake;
        std::unique_ptr<QObject> context = std::make_unique<QObject>();
        std::unique_ptr<node::NodeClient> client;
        std::unique_ptr<write::TaskPoller> poller;
        std::map<std::string, std::unique_ptr<write::Pipe>> pipes;
        bool up = true;
    };
    std::map<std::string, Node> nodes;

    explicit Cluster(int count, unsigned seed = 1)
    {
        map.replicationFactor = count;
        std::vector<NodeId> ids;
        for (int i = 0; i < count; ++i)
            ids.push_back("n" + std::to_string(i));
        for (std::vector<NodeId> &replicas : map.replicas)
            replicas = ids;
        for (const NodeId &id : ids) {
            Node &node = nodes[id];
            node.fake = std::make_unique<FakeNode>(seed++);
            node.client = std::make_unique<node::NodeClient>(
                node.fake.get(), QUrl(QStringLiteral("http://x")), "k", node.context.get());
            node.poller = std::make_unique<write::TaskPoller>(*node.client, nullptr);
            node.poller->setUsable(true);
        }
        sure(progress.load(map));
    }
    ~Cluster()
    {
        commit.flush();
        for (auto &[id, node] : nodes)
            node.pipes.clear();
    }
    void write(WriteRequest request)
    {
        commit.flush();
        for (auto &[record, operation] : f.accept(std::move(request))) {
            if (record.kind == store::OperationKind::CreateIndex) {
                for (auto &[id, node] : nodes)
                    addPipe(id, node, record);
            }
            progress.add(record, operation);
            for (auto &[id, node] : nodes) {
                if (node.pipes.contains(record.index))
                    node.pipes[record.index]->noticeRecord(record.offset);
            }
        }
    }
    void addPipe(const NodeId &id, Node &node, const store::LogRecord &record)
    {
        auto pipe = std::make_unique<write::Pipe>(
            write::Pipe::Setup {id, record.index, {record.offset.value - 1}, placement::allShards(), "test"}, *f.store,
            commit, *node.client, nullptr);
        QObject::connect(pipe.get(), &write::Pipe::sent, [this](LogOffset offset) {
            sure(commit.touch());
            sure(progress.markProcessing(offset));
        });
        node.poller->addPipe(pipe.get());
        pipe->setUsable(node.up);
        node.pipes[record.index] = std::move(pipe);
    }
    void settle()
    {
        sure(commit.touch());
        sure(progress.finish(
            [this](const NodeId &id, const std::string &index) {
                auto &pipes = nodes.at(id).pipes;
                return pipes.contains(index) ? pipes[index].get() : nullptr;
            },
            [this](const NodeId &id, const std::string &) { return nodes.at(id).up; },
            [this](const store::LogRecord &record, const write::Operation &operation, bool partly) {
                return f.sequencer->takeBack(
                    record, operation, {partly, progress.visible().findPhysical(record.index)});
            }));
        commit.flush();
    }
    bool done()
    {
        settle();
        return progress.openTasks().empty();
    }
    protocol::TaskRecord task(std::uint32_t uid) { return *sure(f.store->task({uid})); }
};

/// What one node would hold: the requests carried out one after the other.
void applyToModel(Documents &model, const WriteRequest &request)
{
    if (request.kind == WriteRequest::Kind::ClearDocuments)
        model.clear();
    for (const std::string &id : request.ids)
        model.erase(id);
    for (std::size_t i = 0; request.batch && i < request.batch->documents.size(); ++i) {
        const write::BatchDocument &slice = request.batch->documents[i];
        const auto document = json::Document::parse(sv(request.batch->payload).substr(slice.begin, slice.length));
        if (request.skipCreation && !model.contains(slice.id))
            continue;
        test::Members &kept = model[slice.id];
        if (!request.partial)
            kept.clear();
        for (const json::Member member : document->root().members())
            kept[member.key()] = std::string(member.value.raw());
    }
}

Documents withoutHidden(Documents documents)
{
    for (auto &[id, members] : documents)
        std::erase_if(members, [](const auto &member) { return member.first.starts_with("_miroir_"); });
    return documents;
}

WriteRequest randomRequest(std::mt19937 &random)
{
    const auto upTo = [&random](unsigned n) { return random() % n; };
    switch (upTo(12)) {
    case 0:
        return WriteFixture::request(WriteRequest::Kind::ClearDocuments, "m");
    case 1:
    case 2:
        return WriteFixture::deletion("m", {std::to_string(upTo(6)), std::to_string(upTo(6))});
    default:
        break;
    }
    QByteArray payload = "[";
    const unsigned count = 1 + upTo(4);
    for (unsigned i = 0; i < count; ++i) {
        payload += (i == 0 ? "" : ",") + QByteArray("{\"id\":") + QByteArray::number(upTo(6)) + ",\"";
        payload += static_cast<char>('a' + upTo(4));
        payload += "\":" + QByteArray::number(upTo(100)) + '}';
    }
    WriteRequest request = WriteFixture::documents("m", payload + ']', upTo(2) == 0);
    request.skipCreation = upTo(4) == 0;
    return request;
}

} // namespace

void DeliveryTest::randomHistoriesConverge_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 8; ++seed)
        QTest::newRow(QByteArray::number(seed).constData()) << seed;
}

void DeliveryTest::randomHistoriesConverge()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    Cluster cluster(2, seed * 10);
    for (auto &[id, node] : cluster.nodes) {
        node.fake->lost = 0.15;
        node.fake->refused = 0.05;
    }
    cluster.write(WriteFixture::documents("m", R"([{"id":0}])"));
    Documents model;
    applyToModel(model, WriteFixture::documents("m", R"([{"id":0}])"));
    for (int i = 0; i < 60; ++i) {
        const WriteRequest request = randomRequest(random);
        applyToModel(model, request);
        cluster.write(request);
        if (random() % 5 == 0) {
            // the node goes away and comes back: everything behind its last certain position is sent again
            auto &node = cluster.nodes.at(random() % 2 == 0 ? "n0" : "n1");
            node.pipes.at("m")->setUsable(false);
            QTest::qWait(static_cast<int>(random() % 3));
            node.pipes.at("m")->setUsable(true);
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(cluster.done(), 60'000);
    for (auto &[id, node] : cluster.nodes)
        QCOMPARE(withoutHidden(node.fake->indexes.at("m")), model);
    // orders are given once: replicas agree on them, and no two documents share one
    QCOMPARE(cluster.nodes.at("n0").fake->indexes.at("m"), cluster.nodes.at("n1").fake->indexes.at("m"));
    std::set<std::string> orders;
    for (const auto &[id, members] : cluster.nodes.at("n0").fake->indexes.at("m"))
        QVERIFY(orders.insert(members.at("_miroir_ord")).second);
    for (int id = 0; id < 6; ++id) {
        const std::string text = std::to_string(id);
        QCOMPARE(cluster.f.exist("m", {text})[0], model.contains(text));
    }
}

void DeliveryTest::aTaskEndsWhenEveryLiveNodeHasIt()
{
    Cluster cluster(2);
    cluster.nodes.at("n1").fake->refused = 1;
    cluster.write(WriteFixture::documents("m", R"([{"id":1}])"));
    const std::uint32_t uid = cluster.f.lastTask;
    QTRY_VERIFY(!cluster.nodes.at("n0").fake->indexes["m"].empty());
    QTRY_VERIFY((cluster.settle(), cluster.nodes.at("n0").pipes.at("m")->idle()));
    cluster.settle();
    QCOMPARE(cluster.task(uid).status, protocol::TaskStatus::Processing);
    cluster.nodes.at("n1").up = false;
    QVERIFY(cluster.done());
    QCOMPARE(cluster.task(uid).status, protocol::TaskStatus::Succeeded);
    QCOMPARE(cluster.task(uid).details->indexedDocuments.value, std::optional<std::uint64_t>(1));
    cluster.nodes.at("n1").fake->refused = 0;
    cluster.nodes.at("n1").up = true;
    QTRY_VERIFY(cluster.nodes.at("n1").pipes.at("m")->idle());
    QCOMPARE(cluster.nodes.at("n1").fake->indexes["m"].size(), std::size_t {1});
}

void DeliveryTest::aRefusalEverywhereIsAFailure()
{
    Cluster cluster(2);
    cluster.write(WriteFixture::documents("m", R"([{"id":1}])"));
    QTRY_VERIFY(cluster.done());
    for (auto &[id, node] : cluster.nodes)
        node.fake->failNext = "invalid_document_geojson_field";
    cluster.write(WriteFixture::documents("m", R"([{"id":2}])"));
    const std::uint32_t failed = cluster.f.lastTask;
    cluster.write(WriteFixture::documents("m", R"([{"id":3}])"));
    QTRY_VERIFY(cluster.done());
    QCOMPARE(cluster.task(failed).status, protocol::TaskStatus::Failed);
    QCOMPARE(cluster.task(failed).error->code, std::string("invalid_document_geojson_field"));
    QCOMPARE(cluster.f.exist("m", {"1", "2", "3"}), (std::vector<bool> {true, false, true}));
    QCOMPARE(cluster.nodes.at("n0").fake->indexes["m"].size(), std::size_t {2});
}

void DeliveryTest::unsentRecordsCanBeTakenOut()
{
    Cluster cluster(1);
    auto &node = cluster.nodes.at("n0");
    cluster.write(WriteFixture::documents("m", R"([{"id":1}])"));
    QTRY_VERIFY(cluster.done());
    node.pipes.at("m")->setUsable(false);
    cluster.write(WriteFixture::documents("m", R"([{"id":2}])"));
    const TaskUid first {cluster.f.lastTask};
    cluster.write(WriteFixture::deletion("m", {"1"}));
    const TaskUid second {cluster.f.lastTask};
    QVERIFY(cluster.progress.removable(first).empty()); // something was judged on the ground of it
    const auto last = cluster.progress.removable(second);
    QCOMPARE(last.size(), std::size_t {1});
    cluster.progress.neutralise(last);
    QCOMPARE(cluster.progress.removable(first).size(), std::size_t {1});
    cluster.progress.neutralise(cluster.progress.removable(first));
    sure(cluster.commit.touch());
    for (const LogOffset offset : {last[0], LogOffset {last[0].value - 1}})
        sure(cluster.f.store->neutralise(offset, write::Operation {}.toJson()));
    cluster.commit.flush();
    node.pipes.at("m")->setUsable(true);
    QTRY_VERIFY(node.pipes.at("m")->idle());
    QCOMPARE(node.fake->indexes.at("m").size(), std::size_t {1});
    QVERIFY(node.fake->indexes.at("m").contains("1"));
    // a whole index that nobody has been told of
    node.up = false;
    cluster.write(WriteFixture::documents("n", R"([{"id":1}])"));
    QCOMPARE(cluster.progress.removable({cluster.f.lastTask}).size(), std::size_t {3});
    // what was sent stays
    node.pipes.at("n")->setUsable(true);
    QTRY_VERIFY(node.pipes.at("n")->idle());
    QVERIFY(cluster.progress.removable({cluster.f.lastTask}).empty());
}

void DeliveryTest::aSwapWaitsForWhatItSwapsIn()
{
    Cluster cluster(1);
    cluster.write(WriteFixture::documents("live", R"([{"id":1}])"));
    const std::uint32_t liveTask = cluster.f.lastTask;
    QTRY_VERIFY(cluster.done());
    cluster.write(WriteFixture::documents("next", R"([{"id":1}])"));
    const std::uint32_t nextTask = cluster.f.lastTask;
    cluster.nodes.at("n0").pipes.at("next")->setUsable(false);
    WriteRequest swap = WriteFixture::request(WriteRequest::Kind::SwapIndexes, "");
    swap.swaps = {{"live", "next", false}};
    cluster.write(swap);
    const std::uint32_t swapTask = cluster.f.lastTask;
    cluster.settle();
    QCOMPARE(cluster.task(swapTask).status, protocol::TaskStatus::Enqueued);
    cluster.nodes.at("n0").pipes.at("next")->setUsable(true);
    QTRY_VERIFY(cluster.done());
    QCOMPARE(cluster.task(swapTask).status, protocol::TaskStatus::Succeeded);
    QCOMPARE(cluster.progress.visible().find("live")->physical, std::string("next"));
    // the history goes with the index, as on a node
    QCOMPARE(cluster.task(liveTask).indexUid, std::optional<std::string>("next"));
    QCOMPARE(cluster.task(nextTask).indexUid, std::optional<std::string>("live"));
    QCOMPARE(cluster.task(swapTask).details->swaps->front().first, std::string("live"));
}

QTEST_GUILESS_MAIN(DeliveryTest)
#include "tst_delivery.moc"
