// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/DocumentsRequest.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;

namespace {

std::string refusedFetch(std::string_view text)
{
    const auto doc = json::Document::parse(text);
    const auto fetch = parseDocumentsFetchBody(doc->root());
    if (!fetch)
        return fetch.error().message;
    if (auto ids = checkedIds(*fetch); !ids)
        return ids.error().message;
    return "accepted";
}

} // namespace

class TestDocumentsRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requests();
    void deletions();
    void edits();
};

void TestDocumentsRequest::requests()
{
    const auto fetch = parseDocumentsFetchQuery(
        QueryParams::parse("limit=2&fields=a,b&ids=1,x&filter=a%20%3D%201&sort=a:asc,b:desc"));
    QVERIFY(fetch);
    QCOMPARE(fetch->toJson(),
             QByteArray(R"({"offset":0,"limit":2,"fields":["a","b"],"ids":["1","x"],"filter":"a = 1",)"
                        R"("sort":["a:asc","b:desc"]})"));
    QVERIFY(!parseDocumentsFetchQuery(QueryParams::parse("fields=a,*"))->fields);
    QCOMPARE(parseDocumentsFetchQuery(QueryParams::parse("useNetwork=true")).error().message,
             std::string(
                 "Invalid value type for parameter `useNetwork`: expected a string, but found a string: `true`"));
    QVERIFY(refusedFetch(R"({"ids":[1,"a b"]})")
                .starts_with("In `.ids[1]`: Document identifier `\"a b\"` is invalid."));
    QCOMPARE(refusedFetch(R"({"ids":[1,"x"],"fields":null,"sort":null,"filter":null})"), std::string("accepted"));
    QCOMPARE(refusedFetch(R"({"fields":"a"})"),
             std::string("Invalid value type at `.fields`: expected an array, but found a string: `\"a\"`"));

    const auto write = parseDocumentsWriteQuery(
        QueryParams::parse("primaryKey=k&csvDelimiter=%09&customMetadata=m&skipCreation=TRUE"));
    QCOMPARE(*write->primaryKey, std::string("k"));
    QCOMPARE(*write->csvDelimiter, '\t');
    QCOMPARE(*write->customMetadata, std::string("m"));
    QCOMPARE(*write->skipCreation, true);
    const auto refusedWrite = [](const char *query) {
        return parseDocumentsWriteQuery(QueryParams::parse(query)).error().message;
    };
    QCOMPARE(refusedWrite("csvDelimiter="),
             std::string("Invalid value in parameter `csvDelimiter`: expected a string of one character, but found "
                         "an empty string"));
    QCOMPARE(refusedWrite("csvDelimiter=%C3%A9"),
             std::string("csv delimiter must be an ascii character. Found: `é`"));
    QCOMPARE(refusedWrite("skipCreation=1"),
             std::string("skipCreation must be either `true` or `false`. Found: `1`"));
    QCOMPARE(*parseCustomMetadataQuery(QueryParams::parse("customMetadata=x")).value(), std::string("x"));
    QVERIFY(!parseCustomMetadataQuery(QueryParams::parse("primaryKey=x")));
    QVERIFY(parseDocumentGetQuery(QueryParams::parse("fields=a&retrieveVectors=true"))->retrieveVectors);
}

void TestDocumentsRequest::deletions()
{
    const auto batch = parseDeleteBatch("application/json", R"([6,"8",null,1.50,{"a":[1]}])");
    QCOMPARE(*batch, (std::vector<std::string> {"6", "8", "null", "1.5", R"({"a":[1]})"}));
    QCOMPARE(
        parseDeleteBatch("application/json", "3").error().message,
        std::string("Json deserialize error: invalid type: integer `3`, expected a sequence at line 1 column 1"));
    QCOMPARE(std::string(parseDeleteBatch(std::nullopt, "[]").error().code->name),
             std::string("missing_content_type"));
    const auto deletion = [](const char *text) {
        const auto doc = json::Document::parse(std::string_view(text));
        const auto request = parseDeleteByFilterBody(doc->root());
        const auto filter = request ? deletionFilter(*request, {}) : ApiResult<FilterNode>(request.err());
        return filter ? filterText(*filter) : filter.error().message;
    };
    QCOMPARE(deletion(R"({"filter":["a = 1",""]})"), std::string(R"("a" = "1")"));
    QCOMPARE(deletion(R"({"filter":[]})"), std::string("Sending an empty filter is forbidden."));
    QCOMPARE(deletion(R"({"filter":null})"),
             std::string("Invalid syntax for the filter parameter: `expected String, Array, found: null`."));
}

void TestDocumentsRequest::edits()
{
    Features on;
    on.set(Feature::EditDocumentsByFunction, true);
    const auto edit = [&](const char *text) {
        const auto doc = json::Document::parse(std::string_view(text));
        const auto request = parseEditBody(doc->root());
        if (!request)
            return std::string(request.error().code->name);
        const auto filter = checkEdit(*request, on, "m");
        return filter ? request->toJson().toStdString() : filter.error().message;
    };
    QCOMPARE(edit(R"({"filter":null,"context":{"a":1},"function":"f"})"),
             std::string(R"({"context":{"a":1},"function":"f"})"));
    QCOMPARE(edit("{}"), std::string("missing_document_edition_function"));
    QCOMPARE(edit(R"({"function":"f","context":[1]})"), std::string("The context must be an object"));
    QCOMPARE(edit(R"({"function":"f","filter":"a ="})"),
             std::string("Index `m`: Was expecting a value but instead got nothing.\n4:4 a ="));
    QCOMPARE(edit(R"({"function":"f","filter":" "})"), std::string("Sending an empty filter is forbidden."));
}

QTEST_GUILESS_MAIN(TestDocumentsRequest)
#include "tst_documents_request.moc"
