// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/GroupCommit.h"
#include "store/SqliteStore.h"
#include "support/Sure.h"

#include <QDir>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace miroir;
using test::sure;
using protocol::TaskKind;
using protocol::TaskRecord;
using protocol::TaskStatus;
using store::SqliteStore;

/// The durable state: what is committed survives, what is not is gone without a trace.
class StoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void crashAtEachStep_data();
    void crashAtEachStep();
    void twoProcessesAreKeptApart();
    void payloadsOfEverySize();
    void orphansOfACrashAreRemoved();
    void recordsAreEmptiedAndTrimmed();
    void theDirectoryGivesBack();
    void waitingRequests();
    void batchesHoldTheirTasks();
    void tasksFollowTheirIndex();
    void firstVersionIsUpgraded();
    void groupCommitTellsTheTruth();
};

namespace {

std::unique_ptr<SqliteStore> opened(const QTemporaryDir &folder)
{
    return sure(SqliteStore::open(folder.path()));
}

store::LogRecord record(const std::string &index, std::uint32_t task)
{
    store::LogRecord made;
    made.index = index;
    made.kind = store::OperationKind::ReplaceDocuments;
    made.task = TaskUid {task};
    made.argument = "{}";
    made.primaryKey = "id";
    made.documents = {{7, 0xF123456789ABCDEFULL, 1, 8}};
    return made;
}

TaskRecord task(std::uint32_t uid, const std::string &index, TaskStatus status = TaskStatus::Succeeded)
{
    TaskRecord made;
    made.uid = uid;
    made.indexUid = index;
    made.status = status;
    made.enqueuedAtNs = 1000 + uid;
    if (status != TaskStatus::Enqueued)
        made.batchUid = uid;
    return made;
}

/// One write as the sequencer makes it, in steps; the crash comes after `steps` of them.
constexpr int stepCount = 7;
void writeUpTo(store::Store &store, int steps)
{
    const QByteArray payload(1'500'000, 'x'); // large enough for a file
    store::LogRecord made = record("m", 1);
    const std::vector<std::function<void()>> all = {
        [&] { sure(store.begin()); },
        [&] { sure(store.saveTask(task(1, "m", TaskStatus::Enqueued))); },
        [&] { sure(store.setMeta("next_task", "2")); },
        [&] { sure(store.enter("m", {{"a", {5, 9}}})); },
        [&] { sure(store.append(made, payload)); },
        [&] { sure(store.savePipe({"n", "m", LogOffset {3}})); },
        [&] { sure(store.commit()); },
    };
    for (int i = 0; i < steps; ++i)
        all[static_cast<std::size_t>(i)]();
}

} // namespace

void StoreTest::crashAtEachStep_data()
{
    QTest::addColumn<int>("steps");
    for (int steps = 0; steps <= stepCount; ++steps)
        QTest::newRow(QByteArray::number(steps).constData()) << steps;
}

void StoreTest::crashAtEachStep()
{
    QFETCH(int, steps);
    const QTemporaryDir folder;
    {
        auto store = opened(folder);
        sure(store->begin());
        sure(store->enter("m", {{"kept", {1, 2}}}));
        sure(store->commit());
        writeUpTo(*store, steps);
    } // the process ends here
    auto store = opened(folder);
    const bool whole = steps == stepCount;
    QCOMPARE(sure(store->nextTaskUid()), whole ? 2U : 0U);
    QCOMPARE(sure(store->task({1})).has_value(), whole);
    QCOMPARE(sure(store->records({}, {1}, 10)).size(), std::size_t(whole ? 1 : 0));
    QCOMPARE(sure(store->lookUp("m", {"a", "kept"}))[0].has_value(), whole);
    QVERIFY(sure(store->lookUp("m", {"kept"}))[0].has_value());
    QCOMPARE(sure(store->pipes()).size(), std::size_t(whole ? 1 : 0));
    const QDir payloads(folder.path() + QStringLiteral("/miroir.sqlite-payloads"));
    QCOMPARE(payloads.entryList(QDir::Files).size(), whole ? 1 : 0);
    if (!whole) {
        // and the same write can be made now
        writeUpTo(*store, stepCount);
        QCOMPARE(sure(store->records({}, {1}, 10))[0].offset, LogOffset {1});
    }
    QCOMPARE(sure(store->payload({1}, 1'499'990, 10)), QByteArray("xxxxxxxxxx"));
}

void StoreTest::twoProcessesAreKeptApart()
{
    const QTemporaryDir folder;
    const auto store = opened(folder);
    const auto second = SqliteStore::open(folder.path());
    QVERIFY(!second.ok());
    QVERIFY(second.error().message.find("in use by another process") != std::string::npos);
}

void StoreTest::payloadsOfEverySize()
{
    const QTemporaryDir folder;
    auto store = opened(folder);
    sure(store->begin());
    for (const int size : {0, 1, 999'999, 1'000'000, 1'000'001}) {
        store::LogRecord made = record("m", 0);
        QByteArray payload(size, 'a');
        if (size > 0)
            payload[size - 1] = 'z';
        sure(store->append(made, payload));
        QCOMPARE(made.payloadBytes, static_cast<std::uint64_t>(size));
        if (size > 0)
            QCOMPARE(sure(store->payload(made.offset, static_cast<std::uint64_t>(size) - 1, 1)), QByteArray("z"));
    }
    sure(store->commit());
    const auto records = sure(store->records("m", {2}, 2));
    QCOMPARE(records.size(), std::size_t {2});
    QCOMPARE(records[0].offset, LogOffset {2});
    QCOMPARE(records[0].documents[0].hash, std::uint64_t {0xF123456789ABCDEFULL});
    QVERIFY(sure(store->records("other", {1}, 9)).empty());
    QVERIFY(!store->payload({4}, 999'999, 10)); // beyond the end
}

void StoreTest::orphansOfACrashAreRemoved()
{
    const QTemporaryDir folder;
    {
        auto store = opened(folder);
        sure(store->begin());
        store::LogRecord made = record("m", 0);
        sure(store->append(made, QByteArray(2'000'000, 'x')));
        store->rollback();
    }
    QDir payloads(folder.path() + QStringLiteral("/miroir.sqlite-payloads"));
    const auto store = opened(folder);
    QVERIFY(payloads.entryList(QDir::Files).isEmpty());
}

void StoreTest::recordsAreEmptiedAndTrimmed()
{
    const QTemporaryDir folder;
    auto store = opened(folder);
    sure(store->begin());
    for (std::uint32_t i = 0; i < 3; ++i) {
        store::LogRecord made = record("m", i);
        sure(store->append(made, QByteArray(1'200'000, 'x')));
    }
    QVERIFY(sure(store->logBytes({})) > 3'600'000U);
    QVERIFY(sure(store->logBytes({1})) < 2'500'000U);
    sure(store->neutralise({2}, "{\"at\":1}"));
    sure(store->commit());
    const auto emptied = sure(store->records("m", {2}, 1));
    QCOMPARE(emptied[0].kind, store::OperationKind::Nothing);
    QVERIFY(emptied[0].documents.empty() && emptied[0].payloadBytes == 0);
    QCOMPARE(emptied[0].task, std::optional<TaskUid>(TaskUid {1}));
    sure(store->begin());
    sure(store->trim({2}));
    sure(store->commit());
    QCOMPARE(sure(store->records({}, {1}, 9)).size(), std::size_t {1});
    QCOMPARE(QDir(folder.path() + QStringLiteral("/miroir.sqlite-payloads")).entryList(QDir::Files).size(), 1);
    // numbers are never given twice, also when the log is empty
    sure(store->begin());
    sure(store->trim({9}));
    store::LogRecord next = record("m", 9);
    sure(store->append(next, {}));
    QCOMPARE(next.offset, LogOffset {4});
}

void StoreTest::theDirectoryGivesBack()
{
    const QTemporaryDir folder;
    auto store = opened(folder);
    sure(store->begin());
    sure(store->enter("m", {{"a", {1, UINT64_MAX}}, {"b", {2, 3ULL << 58U}}, {"c", {3, 1}}}));
    sure(store->enter("n", {{"a", {4, 1}}}));
    QCOMPARE(sure(store->idsByOrder("m", 2, 4)), (std::vector<std::string> {"b", "c"}));
    QCOMPARE(sure(store->directoryShards("m"))[63], std::uint64_t {1});
    QCOMPARE(sure(store->directoryShards("m"))[3], std::uint64_t {1});
    sure(store->leaveByOrder("m", 1, 2));
    QCOMPARE(sure(store->directorySize("m")), std::uint64_t {1});
    sure(store->leave("m", {"c", "nobody"}));
    QCOMPARE(sure(store->directorySize("m")), std::uint64_t {0});
    QCOMPARE(sure(store->lookUp("n", {"a"}))[0]->order, std::uint64_t {4});
    sure(store->leaveAll("n"));
    QVERIFY(!sure(store->lookUp("n", {"a"}))[0]);
    QVERIFY(!sure(store->lookUp("unheard of", {"a"}))[0]);
    sure(store->commit());
}

void StoreTest::waitingRequests()
{
    const QTemporaryDir folder;
    {
        auto store = opened(folder);
        sure(store->begin());
        sure(store->saveWaiting({{7}, "second"}, {}));
        sure(store->saveWaiting({{3}, "first"}, QByteArray(3'000'000, 'p')));
        sure(store->commit());
    }
    auto store = opened(folder);
    const auto line = sure(store->waiting());
    QCOMPARE(line.size(), std::size_t {2});
    QCOMPARE(line[0].task, TaskUid {3});
    QCOMPARE(line[1].request, QByteArray("second"));
    QCOMPARE(sure(store->waitingRequest({3}))->payload.size(), 3'000'000);
    QVERIFY(sure(store->waitingRequest({7}))->payload.isEmpty());
    QVERIFY(!sure(store->waitingRequest({4})));
    sure(store->removeWaiting({3}));
    QCOMPARE(sure(store->waiting()).size(), std::size_t {1});
}

void StoreTest::batchesHoldTheirTasks()
{
    const QTemporaryDir folder;
    auto store = opened(folder);
    for (std::uint32_t uid = 0; uid < 6; ++uid)
        sure(store->saveTask(task(uid, uid % 2 == 0 ? "a" : "b")));
    TaskRecord canceled = task(6, "a", TaskStatus::Canceled);
    canceled.batchUid = 5; // with the task that canceled it
    sure(store->saveTask(canceled));
    sure(store->saveTask(task(7, "a", TaskStatus::Enqueued)));
    const auto list = [&](const char *query, const store::TaskFilter &visible = {}) {
        return sure(store->batches(sure(protocol::TaskQuery::parseList(query)), visible));
    };
    const auto page = list("limit=2");
    QCOMPARE(page.total, std::uint64_t {6});
    QCOMPARE(page.batches.size(), std::size_t {2});
    QCOMPARE(page.batches[0].size(), std::size_t {2});
    QCOMPARE(page.batches[0][1].uid, 6U);
    QCOMPARE(page.next, std::optional<std::uint32_t>(3U));
    QCOMPARE(list("from=3&limit=1").batches[0][0].uid, 3U);
    QCOMPARE(list("reverse=true&limit=1").batches[0][0].uid, 0U);
    QCOMPARE(list("uids=6").batches.size(), std::size_t {1}); // shown whole
    QCOMPARE(list("uids=6").batches[0].size(), std::size_t {2});
    QCOMPARE(list("statuses=canceled").total, std::uint64_t {1});
    QCOMPARE(list("indexUids=b").total, std::uint64_t {3});
    QCOMPARE(list("", [](const TaskRecord &t) { return t.indexUid == "a"; }).total, std::uint64_t {4});
    QVERIFY(list("batchUids=99").batches.empty());
}

void StoreTest::tasksFollowTheirIndex()
{
    const QTemporaryDir folder;
    auto store = opened(folder);
    sure(store->saveTask(task(1, "a")));
    sure(store->saveTask(task(2, "b")));
    sure(store->saveTask(task(3, "c")));
    TaskRecord swap = task(4, "");
    swap.indexUid.reset();
    swap.kind = TaskKind::IndexSwap;
    swap.details.emplace();
    swap.details->swaps = std::vector<protocol::TaskSwap> {{"a", "c", false}};
    sure(store->saveTask(swap));
    sure(store->saveTask(task(9, "a")));
    sure(store->exchangeTaskIndexes("a", "b", {9}));
    const auto uidOf = [&](std::uint32_t uid) { return sure(store->task({uid}))->indexUid.value_or(""); };
    QCOMPARE(uidOf(1), std::string("b"));
    QCOMPARE(uidOf(2), std::string("a"));
    QCOMPARE(uidOf(3), std::string("c"));
    QCOMPARE(uidOf(9), std::string("a")); // younger
    QCOMPARE(sure(store->task({4}))->details->swaps->front().first, std::string("b"));
    QCOMPARE(sure(store->tasks(sure(protocol::TaskQuery::parseList("indexUids=b")), {})).total, std::uint64_t {1});
}

void StoreTest::firstVersionIsUpgraded()
{
    const QTemporaryDir folder;
    {
        auto store = opened(folder);
        sure(store->saveTask(task(1, "a")));
    }
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("old"));
        database.setDatabaseName(folder.path() + QStringLiteral("/miroir.sqlite"));
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY(query.exec(QStringLiteral("DROP TABLE waiting")));
        QVERIFY(query.exec(QStringLiteral("DROP INDEX tasks_batch")));
        QVERIFY(query.exec(QStringLiteral("PRAGMA user_version=1")));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("old"));
    auto store = opened(folder);
    QVERIFY(sure(store->task({1})).has_value());
    sure(store->saveWaiting({{2}, "x"}, {}));
    QCOMPARE(sure(store->waiting()).size(), std::size_t {1});
}

void StoreTest::groupCommitTellsTheTruth()
{
    const QTemporaryDir folder;
    auto store = opened(folder);
    store::GroupCommit commit(*store);
    std::vector<bool> heard;
    const auto hear = [&heard](bool onDisk) { heard.push_back(onDisk); };
    sure(commit.touch());
    sure(store->setMeta("a", "1"));
    commit.after(hear);
    commit.after(hear);
    QVERIFY(heard.empty());
    QTRY_COMPARE(heard.size(), std::size_t {2}); // one commit for both
    sure(commit.touch());
    sure(store->setMeta("a", "2"));
    commit.after(hear);
    commit.abandon();
    QCOMPARE(heard, (std::vector<bool> {true, true, false}));
    QCOMPARE(sure(store->meta("a")), std::string("1"));
    // without changes the answer still comes, later
    commit.after(hear);
    QCOMPARE(heard.size(), std::size_t {3});
    QTRY_COMPARE(heard.size(), std::size_t {4});
    QVERIFY(heard.back());
}

QTEST_GUILESS_MAIN(StoreTest)
#include "tst_store.moc"
