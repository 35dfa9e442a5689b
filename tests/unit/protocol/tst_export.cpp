// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/ByteSize.h"
#include "protocol/ExportRequest.h"
#include "protocol/FieldsRequest.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;

class ExportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sizesAreRead_data();
    void sizesAreRead();
    void sizesAreWritten();
    void bodiesAreRead();
    void bodiesAreRefused();
    void taskKeepsTheRequest();
    void firstPatternCounts();
    void fieldsBySettings();
};

namespace {

ApiResult<ExportRequest> parsed(const char *text)
{
    const auto document = json::Document::parse(std::string_view(text));
    return parseExport(document->root());
}

std::string refusal(const char *text)
{
    const auto request = parsed(text);
    return request ? "accepted" : request.error().code->name + (": " + request.error().message);
}

} // namespace

void ExportTest::sizesAreRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qulonglong>("bytes");
    QTest::newRow("plain") << QByteArray("123") << 123ULL;
    QTest::newRow("bytes") << QByteArray("10 B") << 10ULL;
    QTest::newRow("decimal") << QByteArray("2KB") << 2000ULL;
    QTest::newRow("binary") << QByteArray("24MiB") << 25165824ULL;
    QTest::newRow("lower case") << QByteArray("24 mib") << 25165824ULL;
    QTest::newRow("without b") << QByteArray("3G") << 3000000000ULL;
    QTest::newRow("fraction") << QByteArray("1.5 KiB") << 1536ULL;
    QTest::newRow("rounded up") << QByteArray("0.1") << 1ULL;
    QTest::newRow("empty") << QByteArray("") << 0ULL;
    QTest::newRow("negative") << QByteArray("-1") << 0ULL;
    QTest::newRow("words") << QByteArray("ten") << 0ULL;
    QTest::newRow("unit") << QByteArray("10 XB") << 0ULL;
    QTest::newRow("too much") << QByteArray("99999 EiB") << 0ULL;
}

void ExportTest::sizesAreRead()
{
    QFETCH(QByteArray, text);
    QFETCH(qulonglong, bytes);
    const auto size = parseByteSize(text.toStdString());
    QCOMPARE(size.ok(), bytes != 0);
    if (size)
        QCOMPARE(static_cast<qulonglong>(*size), bytes);
}

void ExportTest::sizesAreWritten()
{
    QCOMPARE(byteSizeText(0), std::string("0 B"));
    QCOMPARE(byteSizeText(999), std::string("999 B"));
    QCOMPARE(byteSizeText(1000), std::string("1 KB"));
    QCOMPARE(byteSizeText(1024), std::string("1 KiB"));
    QCOMPARE(byteSizeText(25165824), std::string("24 MiB"));
    QCOMPARE(byteSizeText(1000500), std::string("1.0005 MB"));
    QCOMPARE(wholeByteSizeText(1'089'536), std::string("1064 KiB"));
    QCOMPARE(wholeByteSizeText(512'000), std::string("500 KiB"));
    QCOMPARE(wholeByteSizeText(3'000'000), std::string("3 MB"));
    QCOMPARE(wholeByteSizeText(7), std::string("7 B"));
    for (const std::uint64_t bytes : {1ULL, 1023ULL, 4096ULL, 1234567ULL, 5'000'000'000ULL})
        QCOMPARE(parseByteSize(byteSizeText(bytes)).value(), bytes);
}

void ExportTest::bodiesAreRead()
{
    const auto all = parsed(R"({"url":"http://a"})");
    QVERIFY(all.ok());
    QVERIFY(all->of("anything") != nullptr);
    QVERIFY(!all->apiKey && !all->payloadBytes);
    const auto some = parsed(
        R"({"url":"http://a","apiKey":"k","payloadSize":"1 KiB",)"
        R"("indexes":{"m*":{"filter":["a = 1"],"overrideSettings":true}}})");
    QVERIFY(some.ok());
    QCOMPARE(some->payloadBytes.value_or(0), std::uint64_t {1024});
    QCOMPARE(some->of("movies")->filter.value_or(""), std::string(R"(["a = 1"])"));
    QVERIFY(some->of("movies")->overrideSettings);
    QVERIFY(some->of("books") == nullptr);
    QVERIFY(parsed(R"({"payloadSize":5,"indexes":null})")->of("x") != nullptr);
}

void ExportTest::bodiesAreRefused()
{
    QVERIFY(refusal(R"({"url":1})").starts_with("invalid_export_url: Invalid value type at `.url`"));
    QVERIFY(refusal(R"({"apiKey":[]})").starts_with("invalid_export_api_key"));
    QVERIFY(refusal(R"({"payloadSize":true})").starts_with("invalid_export_payload_size"));
    QVERIFY(refusal(R"({"payloadSize":"x"})").starts_with("invalid_export_payload_size"));
    QVERIFY(refusal(R"({"indexes":{"a b":{}}})")
                .starts_with("bad_request: Invalid value at `.indexes`: the key \"a b\""));
    QVERIFY(refusal(R"({"indexes":{"a":{"overrideSettings":1}}})").starts_with("invalid_export_index_override"));
    QVERIFY(refusal(R"({"indexes":{"a":{"x":1}}})").starts_with("bad_request"));
    QVERIFY(refusal(R"({"nope":1})").starts_with("bad_request: Unknown field `nope`"));
    QVERIFY(refusal("[]").starts_with("bad_request"));
}

void ExportTest::taskKeepsTheRequest()
{
    const auto request = parsed(
        R"({"url":"http://a","apiKey":"0123456789abcdef","payloadSize":"3 MB",)"
        R"("indexes":{"a":{"filter":"x > 1"},"b":{}}})");
    TaskRecord task;
    task.details = request->details();
    const auto stored = taskFromText(taskToText(task));
    QVERIFY(stored.ok());
    const auto again = ExportRequest::fromDetails(*stored->details);
    QVERIFY(again.ok());
    QVERIFY(*again == *request);
    QVERIFY(!detailsToJson(*stored->details).contains("0123456789abcdef"));
    QVERIFY(detailsToJson(*stored->details)
                .contains(R"("indexes":{"a":{"filter":"x > 1","overrideSettings":false},"b":{"filter":null,)"));
}

void ExportTest::firstPatternCounts()
{
    const auto request = parsed(R"({"indexes":{"movies":{"overrideSettings":true},"*":{}}})");
    QVERIFY(!request->of("movies")->overrideSettings); // "*" sorts before it
    QVERIFY(!request->of("other")->overrideSettings);
}

void ExportTest::fieldsBySettings()
{
    Settings settings;
    settings.sortableAttributes = {"b"};
    const auto body = json::Document::parse(std::string_view(R"({"filter":{"sortable":true}})"));
    const auto request = parseFieldsRequest(body->root());
    QVERIFY(request.ok());
    const QByteArray json = fieldsToJson({"c", "b", "a"}, settings, *request);
    QVERIFY2(json.startsWith(R"({"results":[{"name":"b","displayed":{"enabled":true})"), json.constData());
    QVERIFY(json.endsWith(R"("offset":0,"limit":20,"total":1})"));
    QVERIFY(fieldsToJson({"c", "b", "a"}, settings, {}).contains(R"("total":3)"));
}

QTEST_GUILESS_MAIN(ExportTest)
#include "tst_export.moc"
