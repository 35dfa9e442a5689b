// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNode.h"
#include "localnode/NodeTasks.h"
#include "support/PlainHttp.h"

#include <QTemporaryDir>
#include <QTest>

using namespace miroir;
using namespace miroir::localnode;
using protocol::TaskKind;
using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

TaskRecord draft(TaskKind kind, const char *index = "m")
{
    TaskRecord task;
    task.kind = kind;
    if (index != nullptr)
        task.indexUid = index;
    task.details.emplace();
    return task;
}

/// The queue with its store, without a worker: the test takes the tasks itself.
struct Queue {
    NodeStoreThread store;
    SystemClock clock;
    NodeTasks tasks {store, clock};
    explicit Queue(const QString &file = {})
    {
        if (!store.start(file).ok() || !tasks.load().ok())
            qFatal("the queue cannot be opened");
    }
    TaskRecord add(TaskKind kind, NodeTaskContent content = {}) { return *tasks.enqueue(draft(kind), content); }
    void finish(NodeTasks::Job &job, TaskStatus status = TaskStatus::Succeeded)
    {
        job.task.status = status;
        job.task.finishedAtNs = clock.utcNs();
        StoreCommit commit;
        commit.tasks.push_back({job.task, {}});
        QVERIFY(store.call([&](NodeStore &s) { return s.commit(commit); }).ok());
        tasks.settle({job.task}, {});
    }
    /// A member of the page that the query asks for.
    QByteArray page(const char *query, bool batches = false)
    {
        const auto parsed = protocol::TaskQuery::parseList(query);
        const auto all = [](const TaskRecord &) { return true; };
        return batches ? tasks.batchListJson(*parsed, all) : tasks.listJson(*parsed, all);
    }
};

/// The uids of a list answer.
QList<qlonglong> uids(const QByteArray &json)
{
    QList<qlonglong> list;
    const auto document = json::Document::parse(json);
    for (const json::Value item : document->root()["results"].items())
        list.append(item["uid"].toI64().value_or(-1));
    return list;
}

QByteArray waitFor(const test::PlainHttp &http, const QByteArray &uid)
{
    QByteArray status;
    [&] {
        QTRY_VERIFY_WITH_TIMEOUT(
            (status = http.send("GET", "/tasks/" + uid).text("status")) == "succeeded" || status == "failed"
                || status == "canceled",
            20'000);
    }();
    return status;
}

} // namespace

class NodeTasksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void uidsRiseAndSurviveReopening();
    void urgentTasksComeFirst();
    void filtersAndPages();
    void batchesAreBuiltFromTasks();
    void cancelationInterruptsTheRunningTask();
    void cancelWaitingTasks();
    void deleteFinishedTasks();
    void largePayloadsAreAllOrNothing();
    void tasksFollowSwappedIndexes();
    void customMetadataComesBack();
};

void NodeTasksTest::uidsRiseAndSurviveReopening()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("q.sqlite"));
    {
        Queue queue(file);
        QCOMPARE(queue.add(TaskKind::IndexCreation).uid, 0U);
        QCOMPARE(queue.add(TaskKind::IndexCreation).uid, 1U);
        auto job = queue.tasks.take();
        QCOMPARE(job->task.uid, 0U);
        QCOMPARE(job->task.batchUid, std::optional(0U));
        queue.finish(*job);
        // The second one is being worked on when the program ends.
        QCOMPARE(queue.tasks.take()->task.uid, 1U);
        QCOMPARE(queue.tasks.find(1)->status, TaskStatus::Processing);
    }
    Queue queue(file);
    QCOMPARE(queue.tasks.find(0)->status, TaskStatus::Succeeded);
    QCOMPARE(queue.tasks.find(1)->status, TaskStatus::Enqueued);
    QCOMPARE(queue.add(TaskKind::IndexCreation).uid, 2U);
    const auto job = queue.tasks.take();
    QCOMPARE(job->task.uid, 1U);
    QCOMPARE(job->task.batchUid, std::optional(1U));
}

void NodeTasksTest::urgentTasksComeFirst()
{
    Queue queue;
    queue.add(TaskKind::DocumentAdditionOrUpdate);
    queue.add(TaskKind::DumpCreation);
    queue.add(TaskKind::SnapshotCreation);
    queue.add(TaskKind::TaskDeletion);
    queue.add(TaskKind::TaskCancelation);
    queue.add(TaskKind::TaskCancelation);
    for (const std::uint32_t expected : {4U, 5U, 3U, 2U, 1U, 0U}) {
        auto job = queue.tasks.take();
        QCOMPARE(job->task.uid, expected);
        queue.finish(*job);
    }
    queue.tasks.stop();
    QVERIFY(!queue.tasks.take());
}

void NodeTasksTest::filtersAndPages()
{
    Queue queue;
    for (const TaskKind kind : {TaskKind::IndexCreation, TaskKind::SettingsUpdate, TaskKind::DocumentDeletion})
        queue.add(kind);
    auto job = queue.tasks.take();
    queue.finish(*job, TaskStatus::Failed);
    QCOMPARE(uids(queue.page("")), (QList<qlonglong> {2, 1, 0}));
    QCOMPARE(uids(queue.page("reverse=true")), (QList<qlonglong> {0, 1, 2}));
    QCOMPARE(uids(queue.page("limit=1&from=1")), (QList<qlonglong> {1}));
    QCOMPARE(uids(queue.page("statuses=failed,canceled")), (QList<qlonglong> {0}));
    QCOMPARE(uids(queue.page("types=settingsUpdate,documentDeletion")), (QList<qlonglong> {2, 1}));
    QCOMPARE(uids(queue.page("uids=0,2,9")), (QList<qlonglong> {2, 0}));
    QCOMPARE(uids(queue.page("indexUids=other")), QList<qlonglong> {});
    QCOMPARE(uids(queue.page("batchUids=0")), (QList<qlonglong> {0}));
    const auto next = json::Document::parse(queue.page("limit=2"));
    QCOMPARE(next->root()["next"].toU64(), std::optional<std::uint64_t>(0));
    QCOMPARE(next->root()["total"].toU64(), std::optional<std::uint64_t>(3));
}

void NodeTasksTest::batchesAreBuiltFromTasks()
{
    Queue queue;
    for (int i = 0; i < 3; ++i) {
        queue.add(TaskKind::IndexCreation);
        auto job = queue.tasks.take();
        queue.finish(*job);
    }
    queue.add(TaskKind::IndexCreation);
    QCOMPARE(uids(queue.page("", true)), (QList<qlonglong> {2, 1, 0}));
    QCOMPARE(uids(queue.page("limit=1&from=1", true)), (QList<qlonglong> {1}));
    QCOMPARE(uids(queue.page("uids=0", true)), (QList<qlonglong> {0}));
    const auto all = [](const TaskRecord &) { return true; };
    QVERIFY(queue.tasks.findBatch(2, all)->finishedAtNs.has_value());
    QVERIFY(!queue.tasks.findBatch(3, all));
    QVERIFY(queue.tasks.take().has_value());
    QVERIFY(!queue.tasks.findBatch(3, all)->finishedAtNs.has_value());
}

void NodeTasksTest::cancelationInterruptsTheRunningTask()
{
    Queue queue;
    queue.add(TaskKind::DocumentAdditionOrUpdate);
    const auto job = queue.tasks.take();
    QVERIFY(!queue.tasks.interrupted());
    NodeTaskContent other;
    other.uids = {5};
    queue.add(TaskKind::TaskCancelation, other);
    QVERIFY(!queue.tasks.interrupted());
    NodeTaskContent content;
    content.uids = {0};
    const auto cancelation = queue.add(TaskKind::TaskCancelation, content);
    QVERIFY(queue.tasks.interrupted());
    queue.tasks.putBack(job->task.uid);
    QCOMPARE(queue.tasks.find(0)->status, TaskStatus::Enqueued);
    auto first = queue.tasks.take();
    QVERIFY(first->task.kind == TaskKind::TaskCancelation);
    QVERIFY(!queue.tasks.interrupted());
    QVERIFY(cancelation.uid > first->task.uid);
}

void NodeTasksTest::cancelWaitingTasks()
{
    LocalNode node({});
    const auto port = node.start();
    QVERIFY(port.ok());
    const test::PlainHttp http(*port);
    // A cancelation overtakes what was enqueued before it; whatever it did not reach has succeeded.
    QList<QByteArray> added;
    for (int i = 0; i < 20; ++i)
        added << http.send("POST", "/indexes", R"({"uid":"i)" + QByteArray::number(i) + "\"}").text("taskUid");
    QByteArray cancel = http.send("POST", "/tasks/cancel?statuses=enqueued,processing").member("taskUid");
    QCOMPARE(waitFor(http, cancel), QByteArray("succeeded"));
    const auto answer = http.send("GET", "/tasks/" + cancel);
    const auto document = json::Document::parse(answer.body);
    const auto canceled = document->root()["details"]["canceledTasks"].toU64();
    QVERIFY(canceled.has_value());
    const auto list = json::Document::parse(http.send("GET", "/tasks?canceledBy=" + cancel).body);
    QCOMPARE(list->root()["total"].toU64(), canceled);
    for (const json::Value task : list->root()["results"].items()) {
        QCOMPARE(task["status"].toString(), std::string("canceled"));
        QVERIFY(task["error"].isNull());
        QVERIFY(!task["finishedAt"].isNull());
        QCOMPARE(task["batchUid"].toU64(), document->root()["batchUid"].toU64());
    }
    QCOMPARE(http.send("POST", "/tasks/cancel").text("code"), QByteArray("missing_task_filters"));
}

void NodeTasksTest::deleteFinishedTasks()
{
    LocalNode node({});
    const test::PlainHttp http(*node.start());
    const QByteArray made = http.send("POST", "/indexes", R"({"uid":"m"})").member("taskUid");
    QCOMPARE(waitFor(http, made), QByteArray("succeeded"));
    const auto summary = http.send("DELETE", "/tasks?uids=" + made);
    QCOMPARE(summary.status, 200);
    QCOMPARE(waitFor(http, summary.member("taskUid")), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/tasks/" + made).status, 404);
    QCOMPARE(http.send("GET", "/batches/0").status, 404);
    // Uids are never used again.
    QCOMPARE(http.send("POST", "/indexes", R"({"uid":"n"})").member("taskUid"), QByteArray("2"));
}

void NodeTasksTest::largePayloadsAreAllOrNothing()
{
    LocalNode node({});
    const test::PlainHttp http(*node.start());
    QByteArray good = "[";
    for (int i = 0; i < 1200; ++i)
        good += R"({"id":)" + QByteArray::number(i) + R"(,"t":"word)" + QByteArray::number(i) + "\"},";
    const QByteArray bad = good + R"({"id":"not valid"}])";
    good.back() = ']';
    QByteArray uid = http.send("POST", "/indexes/m/documents", bad).member("taskUid");
    QCOMPARE(waitFor(http, uid), QByteArray("failed"));
    const auto failed = json::Document::parse(http.send("GET", "/tasks/" + uid).body);
    QCOMPARE(failed->root()["error"]["code"].toString(), std::string("invalid_document_id"));
    QCOMPARE(failed->root()["details"]["indexedDocuments"].toU64(), std::optional<std::uint64_t>(0));
    QCOMPARE(http.send("GET", "/indexes/m/stats").member("numberOfDocuments"), QByteArray("0"));
    QCOMPARE(http.send("GET", "/indexes/m").member("primaryKey"), QByteArray("null"));

    uid = http.send("POST", "/indexes/m/documents", good).member("taskUid");
    QCOMPARE(waitFor(http, uid), QByteArray("succeeded"));
    // The same ids again: replaced, each counted once.
    uid = http.send("PUT", "/indexes/m/documents", good).member("taskUid");
    QCOMPARE(waitFor(http, uid), QByteArray("succeeded"));
    const auto done = json::Document::parse(http.send("GET", "/tasks/" + uid).body);
    QCOMPARE(done->root()["details"]["indexedDocuments"].toU64(), std::optional<std::uint64_t>(1200));
    QCOMPARE(http.send("GET", "/indexes/m/stats").member("numberOfDocuments"), QByteArray("1200"));
    // Settings of a large index are built beside it.
    uid = http.send("PATCH", "/indexes/m/settings", R"({"filterableAttributes":["id"]})").member("taskUid");
    QCOMPARE(waitFor(http, uid), QByteArray("succeeded"));
    const auto found = http.send("POST", "/indexes/m/search", R"({"filter":"id > 1190"})");
    QCOMPARE(found.member("estimatedTotalHits"), QByteArray("9"));
}

void NodeTasksTest::tasksFollowSwappedIndexes()
{
    LocalNode node({});
    const test::PlainHttp http(*node.start());
    for (const char *name : {"a", "b"}) {
        const QByteArray index = QByteArray("/indexes/") + name;
        const QByteArray uid
            = http.send("POST", index + "/documents", QByteArray(R"([{"id":")") + name + "\"}]").member("taskUid");
        QCOMPARE(waitFor(http, uid), QByteArray("succeeded"));
    }
    const QByteArray swap = http.send("POST", "/swap-indexes", R"([{"indexes":["a","b"]}])").member("taskUid");
    QCOMPARE(waitFor(http, swap), QByteArray("succeeded"));
    QCOMPARE(http.send("GET", "/indexes/a/documents/b").status, 200);
    QCOMPARE(http.send("GET", "/indexes/b/documents/b").status, 404);
    QCOMPARE(http.send("GET", "/tasks/0").text("indexUid"), QByteArray("b"));
    QCOMPARE(http.send("GET", "/tasks/1").text("indexUid"), QByteArray("a"));
}

void NodeTasksTest::customMetadataComesBack()
{
    LocalNode node({});
    const test::PlainHttp http(*node.start());
    const struct {
        const char *method;
        const char *path;
        const char *body;
    } calls[] = {{"POST", "/indexes/m/documents?customMetadata=x", R"([{"id":1}])"},
                 {"PUT", "/indexes/m/documents?customMetadata=x", R"([{"id":1}])"},
                 {"POST", "/indexes/m/documents/delete-batch?customMetadata=x", "[1]"},
                 {"POST", "/indexes/m/documents/delete?customMetadata=x", R"({"filter":"id = 1"})"},
                 {"DELETE", "/indexes/m/documents/1?customMetadata=x", nullptr},
                 {"DELETE", "/indexes/m/documents?customMetadata=x", nullptr}};
    for (const auto &call : calls) {
        const auto summary = http.send(call.method, call.path, QByteArray(call.body));
        QCOMPARE(summary.status, 202);
        QCOMPARE(summary.text("customMetadata"), QByteArray("x"));
        waitFor(http, summary.member("taskUid"));
        QCOMPARE(http.send("GET", "/tasks/" + summary.member("taskUid")).text("customMetadata"), QByteArray("x"));
    }
}

QTEST_GUILESS_MAIN(NodeTasksTest)
#include "tst_node_tasks.moc"
