// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeStoreThread.h"
#include "localnode/NodeTasksContent.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace miroir;
using namespace miroir::localnode;

namespace {

TaskRow taskRow(std::uint32_t uid)
{
    TaskRow row;
    row.task.uid = uid;
    row.task.indexUid = "m";
    row.task.kind = protocol::TaskKind::DocumentAdditionOrUpdate;
    row.task.enqueuedAtNs = 1'700'000'000'123'456'789;
    row.task.customMetadata = "abc";
    row.task.details.emplace();
    row.task.details->receivedDocuments = 2;
    row.content = NodeTaskContent {}.toText();
    return row;
}

StoreStep putIndex(std::int64_t id, const std::string &uid)
{
    StoreStep step;
    step.index.id = id;
    step.index.uid = uid;
    step.index.createdNs = 1;
    step.index.updatedNs = 2;
    step.index.settings = "{}";
    step.index.fieldNames = "[]";
    return step;
}

StoreStep putDocuments(std::int64_t id, std::vector<StoredChange> changes)
{
    StoreStep step;
    step.kind = StoreStep::Kind::Documents;
    step.index.id = id;
    step.documents = std::move(changes);
    return step;
}

std::map<DocId, QByteArray> documentsOf(NodeStore &store, std::int64_t index)
{
    std::map<DocId, QByteArray> found;
    const auto read = store.documents(index, [&](DocId docid, QByteArray body) { found[docid] = std::move(body); });
    return read.ok() && *read == found.size() ? found : std::map<DocId, QByteArray> {};
}

} // namespace

class NodeStoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reopeningGivesEverythingBack();
    void commitIsAllOrNothing();
    void finishedTasksLoseTheirPayload();
    void dropAndClear();
    void newerSchemaIsRefused();
    void copyCanBeOpened();
    void payloadsUnpackAsPacked();
    void damagedPayloadsAreRefused();
    void contentReadsBackEqual();
    void callsFromOtherThreads();
};

void NodeStoreTest::reopeningGivesEverythingBack()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("data.sqlite"));
    {
        auto store = NodeStore::open(file);
        QVERIFY(store.ok());
        QVERIFY((*store)->addTask(taskRow(7), "payload").ok());
        StoreCommit commit;
        commit.steps.push_back(putIndex(3, "m"));
        commit.steps.push_back(putDocuments(3, {{0, false, R"({"id":1})"}, {4, false, R"({"id":"é"})"}}));
        QVERIFY((*store)->commit(commit).ok());
        QVERIFY((*store)->putKey({"k1", R"({"uid":"k1"})", 5}).ok());
        QVERIFY((*store)->setValue("features", R"({"metrics":true})").ok());
    }
    auto store = NodeStore::open(file);
    QVERIFY(store.ok());
    const auto tasks = (*store)->tasks();
    QVERIFY(tasks.ok());
    QCOMPARE(tasks->size(), std::size_t {1});
    QVERIFY(tasks->front().task == taskRow(7).task);
    QCOMPARE(tasks->front().content, taskRow(7).content);
    QCOMPARE(*(*store)->payload(7), QByteArray("payload"));
    QVERIFY((*store)->payload(8)->isEmpty());
    const auto indexes = (*store)->indexes();
    QCOMPARE(indexes->size(), std::size_t {1});
    QCOMPARE(indexes->front().uid, std::string("m"));
    QVERIFY(!indexes->front().primaryKey);
    QCOMPARE(indexes->front().updatedNs, std::int64_t {2});
    const std::map<DocId, QByteArray> expected {{0, R"({"id":1})"}, {4, R"({"id":"é"})"}};
    QVERIFY(documentsOf(**store, 3) == expected);
    QCOMPARE((*store)->keys()->front().json, QByteArray(R"({"uid":"k1"})"));
    QCOMPARE(*(*store)->value("features"), QByteArray(R"({"metrics":true})"));
    QVERIFY((*store)->value("webhooks")->isEmpty());
    QVERIFY(*(*store)->bytes() > 0 && *(*store)->usedBytes() <= *(*store)->bytes());
}

void NodeStoreTest::commitIsAllOrNothing()
{
    auto store = NodeStore::open({});
    QVERIFY(store.ok());
    StoreCommit commit;
    commit.steps.push_back(putIndex(1, "m"));
    commit.steps.push_back(putDocuments(1, {{0, false, "{}"}}));
    // Taking the table away makes a later part of the same transaction fail.
    {
        QSqlQuery query(QSqlDatabase::database(QSqlDatabase::connectionNames().first()));
        QVERIFY(query.exec(QStringLiteral("ALTER TABLE tasks RENAME TO hidden")));
        commit.tasks.push_back(taskRow(1));
        QVERIFY(!(*store)->commit(commit).ok());
        QVERIFY(query.exec(QStringLiteral("ALTER TABLE hidden RENAME TO tasks")));
    }
    QVERIFY((*store)->indexes()->empty());
    QVERIFY(documentsOf(**store, 1).empty());
    QVERIFY((*store)->commit(commit).ok());
    QCOMPARE(documentsOf(**store, 1).size(), std::size_t {1});
}

void NodeStoreTest::finishedTasksLoseTheirPayload()
{
    auto store = NodeStore::open({});
    QVERIFY((*store)->addTask(taskRow(0), "a").ok());
    QVERIFY((*store)->addTask(taskRow(1), "b").ok());
    StoreCommit commit;
    commit.tasks.push_back(taskRow(0));
    commit.tasks.back().task.status = protocol::TaskStatus::Succeeded;
    QVERIFY((*store)->commit(commit).ok());
    QVERIFY((*store)->payload(0)->isEmpty());
    QCOMPARE(*(*store)->payload(1), QByteArray("b"));
    StoreCommit removal;
    removal.deletedTasks = {0, 1};
    QVERIFY((*store)->commit(removal).ok());
    QVERIFY((*store)->tasks()->empty());
    QVERIFY((*store)->payload(1)->isEmpty());
}

void NodeStoreTest::dropAndClear()
{
    auto store = NodeStore::open({});
    StoreCommit commit;
    for (const std::int64_t id : {1, 2}) {
        commit.steps.push_back(putIndex(id, "i" + std::to_string(id)));
        commit.steps.push_back(putDocuments(id, {{0, false, "{}"}, {1, false, "{}"}}));
    }
    commit.steps.push_back(putDocuments(1, {{0, true, {}}}));
    QVERIFY((*store)->commit(commit).ok());
    QCOMPARE(documentsOf(**store, 1).size(), std::size_t {1});
    StoreCommit drop;
    drop.steps.resize(2);
    drop.steps[0].kind = StoreStep::Kind::DropIndex;
    drop.steps[0].index.id = 2;
    drop.steps[1].kind = StoreStep::Kind::ClearDocuments;
    drop.steps[1].index.id = 1;
    QVERIFY((*store)->commit(drop).ok());
    QVERIFY(documentsOf(**store, 1).empty());
    QVERIFY(documentsOf(**store, 2).empty());
    QCOMPARE((*store)->indexes()->size(), std::size_t {1});
}

void NodeStoreTest::newerSchemaIsRefused()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("data.sqlite"));
    QVERIFY(NodeStore::open(file).ok());
    {
        QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("edit"));
        db.setDatabaseName(file);
        QVERIFY(db.open());
        QSqlQuery(db).exec(QStringLiteral("PRAGMA user_version=99"));
        db.close();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("edit"));
    const auto store = NodeStore::open(file);
    QVERIFY(!store.ok());
    QVERIFY(store.error().message.find("newer version") != std::string::npos);
}

void NodeStoreTest::copyCanBeOpened()
{
    QTemporaryDir folder;
    auto store = NodeStore::open({});
    QVERIFY((*store)->addTask(taskRow(3), "p").ok());
    const QString copy = folder.filePath(QStringLiteral("copy.sqlite"));
    QVERIFY((*store)->copyTo(copy).ok());
    QVERIFY(!(*store)->copyTo(copy).ok());
    auto opened = NodeStore::open(copy);
    QVERIFY(opened.ok());
    QCOMPARE(*(*opened)->payload(3), QByteArray("p"));
}

void NodeStoreTest::payloadsUnpackAsPacked()
{
    const std::string binary("\0\n\xff", 3);
    const std::vector<std::string_view> items {"{\"id\":1}", "", binary, "x"};
    const QByteArray payload = packPayload(items);
    const auto back = unpackPayload(payload);
    QVERIFY(back.ok());
    QVERIFY(*back == items);
    QVERIFY(unpackPayload({})->empty());
}

void NodeStoreTest::damagedPayloadsAreRefused()
{
    const QByteArray payload = packPayload({"first", "second"});
    for (qsizetype length = 1; length < payload.size(); ++length) {
        const bool whole = length == 4 + 5;
        QCOMPARE(unpackPayload(payload.left(length)).ok(), whole);
    }
}

void NodeStoreTest::contentReadsBackEqual()
{
    NodeTaskContent content;
    content.update = true;
    content.skipCreation = true;
    content.mayCreateIndex = false;
    content.primaryKey = "i\"d";
    content.deletion = NodeTaskContent::Deletion::Filter;
    content.filter = R"(["a = \"b\""])";
    content.uids = {0, 4'294'967'295U};
    QVERIFY(*NodeTaskContent::fromText(content.toText()) == content);
    QVERIFY(*NodeTaskContent::fromText(NodeTaskContent {}.toText()) == NodeTaskContent {});
    QVERIFY(!NodeTaskContent::fromText("[").ok());
    QVERIFY(!NodeTaskContent::fromText(R"({"deletion":9})").ok());
}

void NodeStoreTest::callsFromOtherThreads()
{
    NodeStoreThread thread;
    QVERIFY(thread.start({}).ok());
    std::vector<std::thread> writers;
    for (std::uint32_t w = 0; w < 4; ++w) {
        writers.emplace_back([&thread, w] {
            for (std::uint32_t i = 0; i < 50; ++i)
                QVERIFY(thread.call([&](NodeStore &s) { return s.addTask(taskRow(w * 100 + i), "x"); }).ok());
        });
    }
    for (std::thread &writer : writers)
        writer.join();
    QCOMPARE(thread.call([](NodeStore &s) { return s.tasks(); })->size(), std::size_t {200});
    thread.stop();

    NodeStoreThread broken;
    QVERIFY(!broken.start(QStringLiteral("/nowhere/at/all.sqlite")).ok());
}

QTEST_GUILESS_MAIN(NodeStoreTest)
#include "tst_node_store.moc"
