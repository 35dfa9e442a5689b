// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/protocol/WireRecording.h"

#include "protocol/Batch.h"
#include "protocol/TaskQuery.h"
#include "protocol/TaskTime.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;
using namespace miroir::test;

namespace {

/// Every task of the recording, oldest first, up to one uid.
std::vector<TaskRecord> recordedTasks(std::uint32_t last)
{
    std::vector<TaskRecord> tasks;
    for (const Exchange &e : recording()) {
        if (!e.task.isObject())
            continue;
        auto task = taskFromView(e.task);
        if (!task)
            qFatal("%s", task.error().message.c_str());
        if (task->uid <= last)
            tasks.push_back(std::move(task).value());
    }
    std::sort(tasks.begin(), tasks.end(), [](const TaskRecord &a, const TaskRecord &b) { return a.uid < b.uid; });
    return tasks;
}

bool everything(const TaskRecord &) { return true; }

std::string errorOf(const ApiResult<TaskQuery> &query)
{
    return query ? "accepted" : std::string(query.error().code->name) + ": " + query.error().message;
}

} // namespace

class TstTasks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void viewsOfTheRecording();
    void listsOfTheRecording();
    void refusalsOfTheRecording();
    void batchOfTheRecording();
    void refusedQueries_data();
    void refusedQueries();
    void filters();
    void dates_data();
    void dates();
    void visibility();
    void pages();
    void detailsAddUp();
    void failedDetails();
    void unfinishedTask();
    void uidsInPaths();
};

void TstTasks::viewsOfTheRecording()
{
    int count = 0;
    for (const Exchange &e : recording()) {
        if (!e.task.isObject())
            continue;
        const auto task = taskFromView(e.task);
        QVERIFY2(task.ok(), e.label().constData());
        COMPARE_WIRE(taskToJson(*task), wireText(e.task), e);
        COMPARE_WIRE(taskSummaryToJson([&] {
            TaskRecord fresh = *task;
            fresh.status = TaskStatus::Enqueued;
            return fresh;
        }()),
            wireText(e.answer), e);
        const auto again = taskFromText(taskToText(*task));
        QVERIFY2(again.ok() && *again == *task, (e.label() + taskToText(*task)).constData());
        ++count;
    }
    QVERIFY(count > 100);
}

void TstTasks::listsOfTheRecording()
{
    // before 517 deletes a task, and when 104 tasks had been made
    int count = 0;
    for (int number = 494; number <= 510; ++number) {
        const Exchange &e = exchange(number);
        if (e.status != 200 || e.path != "/tasks")
            continue;
        auto tasks = recordedTasks(103);
        // a rename takes the history of the index along: task 5 gave `m2` its old name back
        QCOMPARE(tasks.at(5).indexUid, std::optional<std::string>("m2"));
        tasks[5].indexUid = "m";
        const auto query = TaskQuery::parseList(e.query);
        QVERIFY2(query.ok(), e.label().constData());
        const TaskPage page = selectTasks(tasks, *query, everything);
        std::vector<TaskRecord> shown;
        for (const TaskRecord *task : page.tasks)
            shown.push_back(*task);
        COMPARE_WIRE(taskListToJson(shown, page.total, query->limit, page.next), wireText(e.answer), e);
        ++count;
    }
    QVERIFY(count >= 9);
}

void TstTasks::refusalsOfTheRecording()
{
    int count = 0;
    for (const Exchange &e : recording()) {
        const bool list = e.method == "GET" && (e.path == "/tasks" || e.path == "/batches");
        const bool cancel = e.method == "POST" && e.path == "/tasks/cancel";
        const bool remove = e.method == "DELETE" && e.path == "/tasks";
        if (e.status != 400 || !(list || cancel || remove))
            continue;
        using Action = TaskQuery::Action;
        const auto query = list ? TaskQuery::parseList(e.query)
                                : TaskQuery::parseAction(e.query, cancel ? Action::Cancel : Action::Delete);
        QVERIFY2(!query, e.label().constData());
        COMPARE_WIRE(query.error().toJson(), wireText(e.answer), e);
        ++count;
    }
    QVERIFY(count >= 9);
    COMPARE_WIRE(taskNotFound(999999).toJson(), wireText(exchange(511).answer), exchange(511));
    COMPARE_WIRE(parseTaskUid("x").error().toJson(), wireText(exchange(512).answer), exchange(512));
    COMPARE_WIRE(batchNotFound(0).toJson(), wireText(exchange(520).answer), exchange(520));
    QCOMPARE(QByteArray::fromStdString(originalTaskFilter("uids=0")),
        QByteArray::fromStdString(exchange(514).task["details"]["originalFilter"].toString()));
}

void TstTasks::batchOfTheRecording()
{
    const Exchange &e = exchange(519);
    const json::Value expected = e.answer["results"].at(0);
    const auto task = taskFromView(exchange(517).task);
    BatchRecord batch;
    batch.uid = 106;
    batch.add(*task);
    batch.startedAtNs = *task->startedAtNs;
    batch.finishedAtNs = task->finishedAtNs;
    for (const json::Member &step : expected["stats"]["progressTrace"].members())
        batch.progressTrace.emplace_back(step.key(), step.value.toString());
    batch.strategy = batchStrategyUnbatchable(TaskKind::TaskDeletion);
    COMPARE_WIRE(batchListToJson({batch}, 106, 1, 105), wireText(e.answer), e);
    batch.finishedAtNs = batch.startedAtNs + 2'190'000;
    batch.traceWhole();
    QVERIFY(batchToJson(batch).contains(R"("progressTrace":{"processing tasks":"2.19ms"}})"));
    batch.finishedAtNs = batch.startedAtNs + 93'420;
    batch.traceWhole();
    QVERIFY(batchToJson(batch).contains("\"processing tasks\":\"93.42\u00b5s\""));
    batch.finishedAtNs.reset();
    batch.traceWhole();
    QVERIFY(batchToJson(batch).contains(R"("duration":null,)"));
    QVERIFY(!batchToJson(batch).contains("progressTrace"));
}

void TstTasks::refusedQueries_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *query, const char *error) {
        QTest::newRow(query) << QByteArray(query) << QByteArray(error);
    };
    row("uids=1,x",
        "invalid_task_uids: Invalid value in parameter `uids[1]`: could not parse `x` as a positive integer");
    row("uids=4294967296",
        "invalid_task_uids: Invalid value in parameter `uids`: could not parse `4294967296` as a positive integer");
    row("indexUids=a%20b",
        "invalid_index_uid: Invalid value in parameter `indexUids`: `a b` is not a valid index uid. Index uid can be "
        "an integer "
        "or a string containing only alphanumeric characters, hyphens (-) and underscores (_), and can not be more "
        "than 512 "
        "bytes.");
    row("reverse=1",
        "invalid_task_reverse: Invalid value in parameter `reverse`: could not parse `1` as a boolean, expected "
        "either `true` or `false`");
    row("from=-1",
        "invalid_task_from: Invalid value in parameter `from`: could not parse `-1` as a positive integer");
    row("beforeFinishedAt=2020-13-01",
        "invalid_task_before_finished_at: Invalid value in parameter `beforeFinishedAt`: `2020-13-01` is an invalid "
        "date-time. "
        "It should follow the YYYY-MM-DD or RFC 3339 date-time format.");
    row("types=indexSwap,*", "accepted");
    row("types=INDEXSWAP&statuses=Failed", "accepted");
    row("uids=", "accepted");
    row("afterEnqueuedAt=2020-01-01T00:00:00%2B02:00", "accepted");
}

void TstTasks::refusedQueries()
{
    QFETCH(QByteArray, query);
    QFETCH(QByteArray, error);
    QCOMPARE(QByteArray::fromStdString(errorOf(TaskQuery::parseList(sv(query)))), error);
}

void TstTasks::filters()
{
    TaskRecord task;
    task.uid = 7;
    task.batchUid = 3;
    task.indexUid = "m";
    task.status = TaskStatus::Succeeded;
    task.enqueuedAtNs = *parseRfc3339("2024-05-05T10:00:00Z");
    task.startedAtNs = task.enqueuedAtNs + 5;
    const auto matches = [&](const char *query) { return TaskQuery::parseList(query)->matches(task); };
    QVERIFY(matches(""));
    QVERIFY(matches("uids=1,7&statuses=succeeded&types=documentAdditionOrUpdate&indexUids=m&batchUids=3"));
    QVERIFY(matches("uids=*&statuses=*&canceledBy=*"));
    QVERIFY(!matches("uids=1"));
    QVERIFY(!matches("uids="));
    QVERIFY(!matches("statuses=failed"));
    QVERIFY(!matches("indexUids=n"));
    QVERIFY(!matches("canceledBy=7"));
    QVERIFY(!matches("batchUids=4"));
    // the bounds are exclusive; a date stands for the whole day
    QVERIFY(!matches("beforeEnqueuedAt=2024-05-05T10:00:00Z"));
    QVERIFY(!matches("afterEnqueuedAt=2024-05-05T10:00:00Z"));
    QVERIFY(matches("afterEnqueuedAt=2024-05-05T09:59:59.999Z&beforeEnqueuedAt=2024-05-06"));
    QVERIFY(!matches("afterEnqueuedAt=2024-05-05"));
    QVERIFY(matches("afterEnqueuedAt=2024-05-04"));
    QVERIFY(!matches("afterFinishedAt=2000-01-01"));
    task.indexUid.reset();
    task.details = TaskDetails {};
    task.details->swaps = {{"m", "n", false}};
    QVERIFY(!matches("indexUids=m"));
    QCOMPARE(task.indexUids(), (std::vector<std::string> {"m", "n"}));
}

void TstTasks::dates_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("epoch") << QByteArray("1970-01-01T00:00:00Z") << true << qint64 {0};
    QTest::newRow("offset") << QByteArray("1970-01-01T02:00:00+02:00") << true << qint64 {0};
    QTest::newRow("space") << QByteArray("1970-01-01 00:00:01z") << true << qint64 {1};
    QTest::newRow("fraction") << QByteArray("1970-01-01T00:00:01.999999999999Z") << true << qint64 {1};
    QTest::newRow("leap day") << QByteArray("2024-02-29T00:00:00Z") << true << qint64 {1709164800};
    QTest::newRow("no leap day") << QByteArray("2023-02-29T00:00:00Z") << false << qint64 {0};
    QTest::newRow("hour 24") << QByteArray("2023-02-01T24:00:00Z") << false << qint64 {0};
    QTest::newRow("no offset") << QByteArray("2023-02-01T00:00:00") << false << qint64 {0};
    QTest::newRow("short") << QByteArray("2023-02-01T00:00Z") << false << qint64 {0};
    QTest::newRow("dot only") << QByteArray("2023-02-01T00:00:00.Z") << false << qint64 {0};
    QTest::newRow("rest") << QByteArray("2023-02-01T00:00:00Zx") << false << qint64 {0};
    QTest::newRow("empty") << QByteArray() << false << qint64 {0};
    QTest::newRow("far") << QByteArray("9999-12-31T23:59:59Z") << true << qint64 {9223372036};
}

void TstTasks::dates()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, valid);
    QFETCH(qint64, seconds);
    const auto time = parseRfc3339(sv(text));
    QCOMPARE(time.has_value(), valid);
    if (time)
        QCOMPARE(*time / 1'000'000'000, seconds);
    QVERIFY(!parseDate(sv(text)));
}

void TstTasks::visibility()
{
    TaskRecord task;
    task.indexUid = "m";
    const auto onlyN = [](std::string_view uid) { return uid == "n"; };
    QVERIFY(taskVisible(task, true, onlyN));
    QVERIFY(!taskVisible(task, false, onlyN));
    task.indexUid = "n";
    QVERIFY(taskVisible(task, false, onlyN));
    task.indexUid.reset();
    QVERIFY(!taskVisible(task, false, onlyN));
}

void TstTasks::pages()
{
    std::vector<TaskRecord> tasks(10);
    for (std::uint32_t i = 0; i < 10; ++i)
        tasks[i].uid = i;
    const auto uids = [&](const char *query) {
        const TaskPage page = selectTasks(tasks, *TaskQuery::parseList(query), everything);
        QByteArray text;
        for (const TaskRecord *task : page.tasks)
            text += QByteArray::number(task->uid) + ' ';
        return text + '/' + QByteArray::number(page.total) + '/' + (page.next ? QByteArray::number(*page.next) : "-");
    };
    QCOMPARE(uids("limit=3"), QByteArray("9 8 7 /10/6"));
    QCOMPARE(uids("limit=3&from=6"), QByteArray("6 5 4 /10/3"));
    QCOMPARE(uids("limit=3&from=2"), QByteArray("2 1 0 /10/-"));
    QCOMPARE(uids("limit=3&from=8&reverse=true"), QByteArray("8 9 /10/-"));
    QCOMPARE(uids("limit=0"), QByteArray("/10/9"));
    QCOMPARE(uids("uids=1,2,3&limit=2"), QByteArray("3 2 /3/1"));
    QVERIFY(
        taskListToJson({}, 0, 20, std::nullopt) == R"({"results":[],"total":0,"limit":20,"from":null,"next":null})");
}

void TstTasks::detailsAddUp()
{
    TaskDetails a;
    a.receivedDocuments = 2;
    a.indexedDocuments = Shown<std::uint64_t>::null();
    TaskDetails b;
    b.receivedDocuments = 3;
    b.indexedDocuments = std::uint64_t {3};
    b.originalFilter = std::string("x");
    a.accumulate(b);
    a.accumulate(b);
    QCOMPARE(detailsToJson(a), QByteArray(R"({"receivedDocuments":8,"indexedDocuments":6,"originalFilter":"x&x"})"));
    TaskDetails s;
    s.settings = SettingsPatch::resetOne(SettingName::StopWords);
    TaskDetails t;
    t.settings = SettingsPatch::resetOne(SettingName::Synonyms);
    s.accumulate(t);
    QCOMPARE(detailsToJson(s), QByteArray(R"({"stopWords":null,"synonyms":null})"));
}

void TstTasks::failedDetails()
{
    TaskDetails edit;
    edit.editedDocuments = Shown<std::uint64_t>::null();
    edit.deletedDocuments = Shown<std::uint64_t>::null();
    edit.context = Shown<std::string>::null();
    edit.function = "f";
    edit.toFailed();
    QCOMPARE(detailsToJson(edit),
        QByteArray(R"({"editedDocuments":0,"deletedDocuments":null,"context":null,"function":"f"})"));
    TaskDetails add;
    add.receivedDocuments = 4;
    add.indexedDocuments = Shown<std::uint64_t>::null();
    QCOMPARE(detailsToJson(add), QByteArray(R"({"receivedDocuments":4,"indexedDocuments":null})"));
    add.toFailed();
    QCOMPARE(detailsToJson(add), QByteArray(R"({"receivedDocuments":4,"indexedDocuments":0})"));
}

void TstTasks::unfinishedTask()
{
    TaskRecord task;
    task.uid = 1;
    task.kind = TaskKind::SnapshotCreation;
    task.enqueuedAtNs = 1'500'000'000;
    task.customMetadata = "m 1";
    QCOMPARE(taskToJson(task),
        QByteArray(R"({"uid":1,"batchUid":null,"indexUid":null,"status":"enqueued","type":"snapshotCreation",)"
                   R"("canceledBy":null,"error":null,"duration":null,"enqueuedAt":"1970-01-01T00:00:01.5Z",)"
                   R"("startedAt":null,"finishedAt":null,"customMetadata":"m 1"})"));
    QCOMPARE(taskSummaryToJson(task),
        QByteArray(R"({"taskUid":1,"indexUid":null,"status":"enqueued","type":"snapshotCreation",)"
                   R"("enqueuedAt":"1970-01-01T00:00:01.5Z","customMetadata":"m 1"})"));
    task.error = TaskError::from(taskNotFound(3));
    QCOMPARE(task.error->link, std::string("https://docs.meilisearch.com/errors#task_not_found"));
    QCOMPARE(*taskFromText(taskToText(task)), task);
    QVERIFY(!taskFromText("{}"));
    QVERIFY(!taskFromText(R"({"uid":1,"status":"x","type":"export"})"));
    QVERIFY(!taskFromText("["));
}

void TstTasks::uidsInPaths()
{
    QCOMPARE(*parseTaskUid("12"), 12U);
    QCOMPARE(*parseBatchUid("+12"), 12U);
    QVERIFY(!parseTaskUid("4294967296"));
    QVERIFY(!parseTaskUid(""));
    QCOMPARE(parseBatchUid("a").error().message,
        std::string("Batch uid `a` is invalid. It should only contain numeric characters."));
}

QTEST_GUILESS_MAIN(TstTasks)
#include "tst_tasks.moc"
