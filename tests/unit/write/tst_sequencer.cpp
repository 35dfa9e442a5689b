// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/WriteFixture.h"
#include "protocol/SettingsPatch.h"
#include "write/WaitingRoom.h"

#include <QTest>

using namespace miroir;
using store::OperationKind;
using test::sure;
using test::WriteFixture;
using write::WriteRequest;

/// Where writes get their place: what is logged, what the directory knows, what is taken back.
class SequencerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void firstDocumentsMakeTheIndex();
    void skipCreationLogsWhatExists();
    void contentIsJudgedAsAWhole();
    void vectorsOfKnownDocumentsStay();
    void deletionsAreResolved();
    void editionsAreRecords();
    void undoTakesTheDirectoryBack();
    void failuresTakeBack();
    void swapsNameWhatTheyWaitFor();
    void headSurvivesARestart();
    void requestsReadBackEqual();
    void theLineKeepsItsOrder();
};

namespace {

protocol::SettingsPatch patch(const char *json)
{
    return sure(protocol::patchFromText(json));
}

std::string errorCode(const write::Operation &operation)
{
    return operation.error ? operation.error->code : std::string();
}

} // namespace

void SequencerTest::firstDocumentsMakeTheIndex()
{
    WriteFixture f;
    const auto records = f.accept(WriteFixture::documents("m", R"([{"id":1},{"id":2},{"id":1,"x":2}])"));
    QCOMPARE(records.size(), std::size_t {3});
    QCOMPARE(records[0].first.kind, OperationKind::CreateIndex);
    QCOMPARE(records[1].first.kind, OperationKind::ApplySettings);
    const store::LogRecord &documents = records[2].first;
    QCOMPARE(documents.kind, OperationKind::ReplaceDocuments);
    QCOMPARE(documents.documents.size(), std::size_t {3});
    QCOMPARE(documents.documents[0].order, documents.documents[2].order); // the same document
    QCOMPARE(records[2].second.documents, std::uint64_t {2});
    QCOMPARE(f.exist("m", {"1", "2", "3"}), (std::vector<bool> {true, true, false}));
    QCOMPARE(f.sequencer->head().find("m")->primaryKey, std::string("id"));
}

void SequencerTest::skipCreationLogsWhatExists()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("m", R"([{"id":5,"t":"old"}])"));
    WriteRequest only = WriteFixture::documents("m", R"([{"id":777,"t":"new"},{"id":5,"t":"changed"}])");
    only.skipCreation = true;
    const auto records = f.accept(only);
    QCOMPARE(records.size(), std::size_t {1});
    QCOMPARE(records[0].first.documents.size(), std::size_t {1});
    QCOMPARE(records[0].second.documents, std::uint64_t {2}); // as a node counts
    QCOMPARE(f.exist("m", {"777"}), std::vector<bool> {false});
    // into an index that is not there: it comes into being, with its key, and stays empty
    WriteRequest first = WriteFixture::documents("n", R"([{"id":1}])");
    first.skipCreation = true;
    const auto made = f.accept(first);
    QCOMPARE(made.size(), std::size_t {3});
    QVERIFY(made[2].first.documents.empty());
    QCOMPARE(f.sequencer->head().find("n")->primaryKey, std::string("id"));
}

void SequencerTest::contentIsJudgedAsAWhole()
{
    WriteFixture f;
    f.accept(WriteFixture::settings("m", patch(R"({"sortableAttributes":["_geo"],"embedders":{"e":{"source":"userProvided","dimensions":2}}})")));
    const auto codeOf = [&f](const QByteArray &payload, bool partial = false) {
        const auto records = f.accept(WriteFixture::documents("m", payload, partial));
        return records.back().first.kind == OperationKind::Nothing ? errorCode(records.back().second) : std::string("ok");
    };
    const std::string good = R"("_vectors":{"e":[1,2]})";
    QCOMPARE(codeOf(toBytes("[{\"id\":1," + good + "},{\"id\":2,\"_geo\":\"no\"," + good + "}]")),
        std::string("invalid_document_geo_field"));
    QCOMPARE(f.exist("m", {"1", "2"}), (std::vector<bool> {false, false})); // nothing of it was taken
    QCOMPARE(codeOf(R"([{"id":1,"_vectors":{"e":[1,2,3]}}])"), std::string("invalid_vector_dimensions"));
    QCOMPARE(codeOf(R"([{"id":1,"_vectors":{"e":"x"}}])"), std::string("invalid_vectors_type"));
    QCOMPARE(codeOf(R"([{"id":1}])"), std::string("vector_embedding_error"));
    QCOMPARE(codeOf(R"([{"id":1,"_vectors":{"e":null}}])"), std::string("ok"));
    // of a replacement only the last document of an id counts, of merged ones the last with the member
    QCOMPARE(codeOf(toBytes("[{\"id\":3,\"_geo\":7},{\"id\":3," + good + "}]")), std::string("ok"));
    QCOMPARE(codeOf(toBytes("[{\"id\":4,\"_geo\":7," + good + "},{\"id\":4}]"), true),
        std::string("invalid_document_geo_field"));
}

void SequencerTest::vectorsOfKnownDocumentsStay()
{
    WriteFixture f;
    f.accept(WriteFixture::settings("m", patch(R"({"embedders":{"e":{"source":"userProvided","dimensions":2}}})")));
    f.accept(WriteFixture::documents("m", R"([{"id":1,"_vectors":{"e":[1,2]}}])"));
    const auto records = f.accept(WriteFixture::documents("m", R"([{"id":1,"t":"x"}])"));
    QCOMPARE(records[0].first.kind, OperationKind::ReplaceDocuments);
    const auto regenerate = f.accept(WriteFixture::documents("m", R"([{"id":1,"_vectors":{"e":{"regenerate":true}}}])"));
    QCOMPARE(errorCode(regenerate[0].second), std::string("vector_embedding_error"));
}

void SequencerTest::deletionsAreResolved()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("m", R"([{"id":1},{"id":2},{"id":3}])"));
    sure(f.store->begin());
    WriteRequest request = WriteFixture::request(WriteRequest::Kind::DeleteByFilter, "m");
    request.filter = "\"x = 1\"";
    const protocol::TaskRecord task = sure(f.sequencer->enqueue(request));
    QCOMPARE(task.details->originalFilter.value, std::optional<std::string>("\"x = 1\""));
    QCOMPARE(task.details->providedIds, std::optional<std::uint64_t>(0));
    sure(f.sequencer->placeDeletion(task, "m", {"1", "3"}, 2));
    sure(f.store->commit());
    const auto records = f.sequencer->takeNew();
    QCOMPARE(records.size(), std::size_t {1});
    QCOMPARE(records[0].first.kind, OperationKind::DeleteDocuments);
    QCOMPARE(records[0].second.ids, std::string(R"(["1","3"])"));
    QCOMPARE(records[0].second.documents, std::uint64_t {2});
    QCOMPARE(f.exist("m", {"1", "2", "3"}), (std::vector<bool> {false, true, false}));
}

void SequencerTest::editionsAreRecords()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("m", R"([{"id":1},{"id":2},{"id":3}])"));
    const std::uint64_t order = sure(f.store->lookUp("m", {"1"}))[0]->order;
    sure(f.store->begin());
    const protocol::TaskRecord task
        = sure(f.sequencer->enqueue(WriteFixture::request(WriteRequest::Kind::EditDocuments, "m")));
    write::Sequencer::Edition edition;
    edition.changed.push_back(*WriteFixture::documents("m", R"([{"id":1,"n":2}])").batch);
    edition.deleted = {"2"};
    edition.matched = 3;
    sure(f.sequencer->placeEdition(task, "m", edition));
    sure(f.store->commit());
    const auto records = f.sequencer->takeNew();
    QCOMPARE(records.size(), std::size_t {2});
    QCOMPARE(records[0].first.kind, OperationKind::ReplaceDocuments);
    QVERIFY(!records[0].first.task);
    QCOMPARE(records[0].first.documents[0].order, order); // an edit moves nothing
    QCOMPARE(records[1].first.kind, OperationKind::DeleteDocuments);
    QCOMPARE(records[1].first.task, std::optional<TaskUid>(TaskUid {task.uid}));
    QCOMPARE(records[1].second.documents, std::uint64_t {3});
    QCOMPARE(f.exist("m", {"1", "2", "3"}), (std::vector<bool> {true, false, true}));
}

void SequencerTest::undoTakesTheDirectoryBack()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("m", R"([{"id":1},{"id":2}])"));
    const auto before = sure(f.store->lookUp("m", {"2"}));
    const auto deleted = f.accept(WriteFixture::deletion("m", {"2", "9"}));
    const auto added = f.accept(WriteFixture::documents("m", R"([{"id":2},{"id":7}])"));
    sure(f.sequencer->undo(added[0].first, added[0].second));
    QCOMPARE(f.exist("m", {"1", "2", "7"}), (std::vector<bool> {true, false, false}));
    sure(f.sequencer->undo(deleted[0].first, deleted[0].second));
    const auto after = sure(f.store->lookUp("m", {"2"}));
    QVERIFY(after[0].has_value());
    QCOMPARE(after[0]->order, before[0]->order);
    QCOMPARE(after[0]->hash, before[0]->hash);
}

void SequencerTest::failuresTakeBack()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("m", R"([{"id":1}])"));
    const auto everywhere = f.accept(WriteFixture::documents("m", R"([{"id":1},{"id":2}])"));
    sure(f.sequencer->takeBack(everywhere[0].first, everywhere[0].second, {}));
    QCOMPARE(f.exist("m", {"1", "2"}), (std::vector<bool> {true, false}));
    QVERIFY(f.sequencer->takeNew().empty());
    // some node has taken it: the new document is deleted there
    const auto partly = f.accept(WriteFixture::documents("m", R"([{"id":1},{"id":3}])"));
    sure(f.sequencer->takeBack(partly[0].first, partly[0].second, {true, f.sequencer->head().find("m")}));
    const auto own = f.sequencer->takeNew();
    QCOMPARE(own.size(), std::size_t {1});
    QCOMPARE(own[0].first.kind, OperationKind::DeleteDocuments);
    QCOMPARE(own[0].second.ids, std::string(R"(["3"])"));
    QVERIFY(!own[0].first.task);
    // settings go back to what clients see, and settings behind them are derived anew
    const store::StoredIndex visible = *f.sequencer->head().find("m");
    const auto failed = f.accept(WriteFixture::settings("m", patch(R"({"stopWords":["a"],"embedders":{"e":{"source":"userProvided","dimensions":2}}})")));
    f.accept(WriteFixture::settings("m", patch(R"({"distinctAttribute":"d"})")));
    sure(f.sequencer->takeBack(failed[0].first, failed[0].second, {true, &visible}));
    const auto restored = f.sequencer->takeNew();
    QCOMPARE(restored.size(), std::size_t {1});
    QCOMPARE(restored[0].first.kind, OperationKind::ApplySettings);
    const auto settings = sure(protocol::settingsFromText(toBytes(restored[0].second.settings)));
    QVERIFY(settings.stopWords.empty() && settings.embedders.empty());
    QCOMPARE(settings.distinctAttribute, std::optional<std::string>("d"));
    QVERIFY(restored[0].second.nodeSettings.find(R"("embedders":{"e":null})") != std::string::npos);
    QVERIFY(restored[0].second.nodeSettings.find("distinct") == std::string::npos);
}

void SequencerTest::swapsNameWhatTheyWaitFor()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("a", R"([{"id":1}])"));
    f.accept(WriteFixture::documents("b", R"([{"id":2}])"));
    WriteRequest swap = WriteFixture::request(WriteRequest::Kind::SwapIndexes, "");
    swap.swaps = {{"a", "b", false}};
    const auto records = f.accept(swap);
    QCOMPARE(records[0].second.after, (std::vector<std::string> {"a", "b"}));
    QCOMPARE(f.sequencer->head().find("a")->physical, std::string("b"));
    swap.swaps = {{"a", "x", false}, {"b", "y", false}};
    const auto refused = f.accept(swap);
    QCOMPARE(refused[0].first.kind, OperationKind::Nothing);
    QCOMPARE(refused[0].second.error->message, std::string("Indexes `x`, `y` not found."));
}

void SequencerTest::headSurvivesARestart()
{
    WriteFixture f;
    f.accept(WriteFixture::documents("a", R"([{"id":1}])"));
    f.accept(WriteFixture::settings("a", patch(R"({"distinctAttribute":"d"})")));
    WriteRequest rename = WriteFixture::request(WriteRequest::Kind::UpdateIndex, "a");
    rename.newUid = "b";
    f.accept(rename);
    const std::uint32_t task = f.lastTask;
    f.open();
    QVERIFY(f.sequencer->head().find("a") == nullptr);
    const store::StoredIndex *index = f.sequencer->head().find("b");
    QVERIFY(index != nullptr);
    QCOMPARE(index->physical, std::string("a"));
    QCOMPARE(index->primaryKey, std::string("id"));
    QCOMPARE(sure(protocol::settingsFromText(toBytes(index->settings))).distinctAttribute, std::optional<std::string>("d"));
    f.accept(WriteFixture::documents("b", R"([{"id":2}])"));
    QCOMPARE(f.lastTask, task + 1); // numbers go on
}

void SequencerTest::requestsReadBackEqual()
{
    WriteRequest request = WriteFixture::documents("m", R"([{"id":"x"},  {"id":2,"_geo":null}])", true);
    request.skipCreation = true;
    request.mayCreateIndex = false;
    request.customMetadata = "a\"b";
    const WriteRequest read = sure(WriteRequest::fromText(request.toText(), request.batch->payload));
    QCOMPARE(read.toText(), request.toText());
    QCOMPARE(read.batch->documents.size(), std::size_t {2});
    QCOMPARE(read.batch->documents[0].id, std::string("x"));
    QCOMPARE(read.batch->documents[1].hash, request.batch->documents[1].hash);
    QVERIFY(read.batch->documents[1].hasGeo && read.partial && read.skipCreation && !read.mayCreateIndex);
    // the line is rebuilt without payloads
    QVERIFY(sure(WriteRequest::fromText(request.toText(), {})).batch->documents.empty());
    const WriteRequest failed = WriteFixture::documents("m", R"([{"name":1}])");
    QCOMPARE(sure(WriteRequest::fromText(failed.toText(), failed.batch->payload)).batch->failure->message,
        failed.batch->failure->message);
    WriteRequest edit = WriteFixture::request(WriteRequest::Kind::EditDocuments, "m");
    edit.function = "doc.x = `\"`";
    edit.context = "{\"a\":1}";
    edit.filter = "[\"a = 1\"]";
    QCOMPARE(sure(WriteRequest::fromText(edit.toText(), {})).toText(), edit.toText());
    const WriteRequest settings = WriteFixture::settings("m", patch(R"({"stopWords":["a"]})"));
    QVERIFY(sure(WriteRequest::fromText(settings.toText(), {})).patch == settings.patch);
    WriteRequest swap = WriteFixture::request(WriteRequest::Kind::SwapIndexes, "");
    swap.swaps = {{"a", "b", true}};
    QVERIFY(sure(WriteRequest::fromText(swap.toText(), {})).swaps == swap.swaps);
    QVERIFY(!WriteRequest::fromText("{\"kind\":99}", {}));
}

void SequencerTest::theLineKeepsItsOrder()
{
    write::WaitingRoom room;
    QVERIFY(!room.blocks({"a"}));
    room.add({{1}, {"a"}, true});
    QVERIFY(room.blocks({"a", "z"}) && !room.blocks({"b"}));
    room.add({{2}, {"a"}, false});
    room.add({{3}, {"a", "b"}, false}); // a swap
    room.add({{4}, {"b"}, false});
    room.add({{6}, {"c"}, true});
    const auto front = [&room] {
        std::vector<std::uint32_t> uids;
        for (const write::WaitingEntry &entry : room.atTheFront())
            uids.push_back(entry.task.value);
        return uids;
    };
    QCOMPARE(front(), (std::vector<std::uint32_t> {1, 6}));
    QVERIFY(room.remove({1}) && !room.remove({1}));
    QCOMPARE(front(), (std::vector<std::uint32_t> {2, 6}));
    QVERIFY(room.remove({2}));
    QCOMPARE(front(), (std::vector<std::uint32_t> {3, 6}));
    QVERIFY(room.remove({6}) && room.remove({3}));
    QCOMPARE(front(), (std::vector<std::uint32_t> {4}));
}

QTEST_GUILESS_MAIN(SequencerTest)
#include "tst_sequencer.moc"
