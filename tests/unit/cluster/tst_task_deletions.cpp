// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/TaskDeletions.h"
#include "store/SqliteStore.h"
#include "support/Sure.h"

#include <QTemporaryDir>
#include <QTest>

using namespace miroir;
using cluster::TaskDeletions;
using protocol::TaskRecord;
using protocol::TaskStatus;
using store::SqliteStore;
using test::sure;

/// Deletions of tasks wait for those that are being processed, over a restart too.
class TaskDeletionsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void waitsForWhatRuns();
    void goesAtOnce();
};

namespace {

TaskRecord task(std::uint32_t uid, TaskStatus status, protocol::TaskKind kind)
{
    TaskRecord made;
    made.uid = uid;
    made.status = status;
    made.kind = kind;
    made.enqueuedAtNs = 1;
    made.details.emplace();
    return made;
}

constexpr auto additionKind = protocol::TaskKind::DocumentAdditionOrUpdate;
constexpr auto deletionKind = protocol::TaskKind::TaskDeletion;

std::uint32_t batchNine()
{
    return 9;
}

} // namespace

void TaskDeletionsTest::waitsForWhatRuns()
{
    QTemporaryDir folder;
    {
        const auto store = sure(SqliteStore::open(folder.path()));
        sure(store->begin());
        sure(store->saveTask(task(0, TaskStatus::Processing, additionKind)));
        sure(store->saveTask(task(1, TaskStatus::Enqueued, additionKind)));
        sure(store->saveTask(task(2, TaskStatus::Enqueued, deletionKind)));
        TaskDeletions deletions(*store);
        sure(deletions.add(*sure(store->task({2})), {0, 1}, {0}));
        QVERIFY(sure(deletions.advance(5, batchNine)).empty());
        sure(store->commit());
    }
    const auto store = sure(SqliteStore::open(folder.path()));
    sure(store->begin());
    TaskDeletions deletions(*store);
    sure(deletions.load());
    QVERIFY(sure(deletions.advance(5, batchNine)).empty());
    sure(store->saveTask(task(0, TaskStatus::Succeeded, additionKind)));
    const auto ended = sure(deletions.advance(7, batchNine));
    QCOMPARE(ended.size(), 1U);
    QCOMPARE(ended[0].uid, 2U);
    QCOMPARE(ended[0].status, TaskStatus::Succeeded);
    QCOMPARE(ended[0].batchUid, std::optional(9U));
    QCOMPARE(*ended[0].finishedAtNs, std::int64_t {7});
    QVERIFY(ended[0].details->deletedTasks == std::uint64_t {1}); // the one that had not begun stays
    QVERIFY(!sure(store->task({0})));
    QVERIFY(sure(store->task({1})));
    QVERIFY(sure(deletions.advance(8, batchNine)).empty());
    sure(store->commit());
}

void TaskDeletionsTest::goesAtOnce()
{
    QTemporaryDir folder;
    const auto store = sure(SqliteStore::open(folder.path()));
    sure(store->begin());
    sure(store->saveTask(task(0, TaskStatus::Failed, additionKind)));
    sure(store->saveTask(task(1, TaskStatus::Enqueued, deletionKind)));
    TaskDeletions deletions(*store);
    sure(deletions.add(*sure(store->task({1})), {0}, {}));
    QCOMPARE(sure(deletions.advance(5, batchNine)).size(), 1U);
    QVERIFY(sure(store->meta("task_deletions")).empty());
    sure(store->commit());
}

QTEST_GUILESS_MAIN(TaskDeletionsTest)
#include "tst_task_deletions.moc"
