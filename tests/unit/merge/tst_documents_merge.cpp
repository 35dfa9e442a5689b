// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "merge/DocumentsMerge.h"
#include "merge/Text.h"

#include <QtTest>

using namespace miroir;
using namespace miroir::merge;

namespace {

QByteArray document(const char *ord, const QByteArray &members)
{
    return "{" + members + ",\"_miroir_shard\":[\"!!\"],\"_miroir_ord\":\"" + ord + "\"}";
}

QByteArray answer(const QList<QByteArray> &documents, int total)
{
    return "{\"results\":[" + documents.join(',') + "],\"offset\":0,\"limit\":20,\"total\":"
        + QByteArray::number(total) + "}";
}

/// The ids of the page, one digit each.
QByteArray ids(const DocumentsRequest &request, const NodeAnswers &answers)
{
    DocumentsRequest only = request;
    only.fields = std::vector<std::string> {"id"};
    const auto merged = mergeDocuments(only, answers);
    if (!merged)
        return toBytes(merged.error().message());
    QByteArray got = merged->results;
    for (const char *noise : {"[", "]", "{\"id\":", "}", ","})
        got.replace(noise, "");
    return got;
}

} // namespace

class TestDocumentsMerge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void inOrderOfInsertion();
    void pages();
    void sorted_data();
    void sorted();
    void fieldsAndVectors();
    void refusals();
    void hiddenMembersAreStripped();
    void facetTexts_data();
    void facetTexts();
};

void TestDocumentsMerge::inOrderOfInsertion()
{
    DocumentsRequest request;
    request.limit = 3;
    const auto merged = mergeDocuments(request, {answer({document("!)", "\"id\":3"), document("!;", "\"id\":5")}, 2),
                                                    answer({document("!!", "\"id\":1"), document("!(", "\"id\":2"),
                                                        document("!,", "\"id\":4")}, 3)});
    QVERIFY(merged.ok());
    QCOMPARE(writeDocuments(request, *merged),
        QByteArray("{\"results\":[{\"id\":1},{\"id\":2},{\"id\":3}],\"offset\":0,\"limit\":3,\"total\":5}"));
    QCOMPARE(merged->count, 3ULL);
}

void TestDocumentsMerge::pages()
{
    const NodeAnswers answers {answer({document("!!", "\"id\":1"), document("!)", "\"id\":3")}, 2),
        answer({document("!(", "\"id\":2")}, 1)};
    DocumentsRequest request;
    request.offset = 1;
    request.limit = 1;
    QCOMPARE(ids(request, answers), QByteArray("2"));
    request.offset = 9;
    QCOMPARE(ids(request, answers), QByteArray());
    request.offset = ~0ULL;
    request.limit = ~0ULL;
    QCOMPARE(ids(request, answers), QByteArray());
    request.offset = 1;
    QCOMPARE(ids(request, answers), QByteArray("23"));
}

void TestDocumentsMerge::sorted_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<bool>("ascending");
    QTest::addColumn<QByteArray>("order");
    QTest::newRow("asc") << "v" << true << QByteArray("2354167");
    QTest::newRow("desc") << "v" << false << QByteArray("5321467");
    QTest::newRow("unknown field") << "w" << true << QByteArray("1234567");
    QTest::newRow("nested") << "n.k" << true << QByteArray("7612345");
    QTest::newRow("near") << "" << true << QByteArray("4123567");
    QTest::newRow("far") << "" << false << QByteArray("1423567");
}

void TestDocumentsMerge::sorted()
{
    QFETCH(QString, field);
    QFETCH(bool, ascending);
    QFETCH(QByteArray, order);
    DocumentsRequest request;
    SortBy by;
    by.field = toStd(field);
    by.ascending = ascending;
    by.lat = 48.0;
    by.lng = 2.0;
    request.sort.push_back(by);
    // numbers before texts before nothing; of several values the best for the direction
    const NodeAnswers answers {
        answer({document("!!", "\"id\":1,\"v\":\"Zebra\",\"_geo\":{\"lat\":0,\"lng\":\"3.5\"}"), document("!)",
            "\"id\":3,\"v\":[3,9,\"a\"]"),
                   document("!?", "\"id\":6,\"v\":null,\"n\":[{\"k\":2},{\"k\":5}]")}, 3),
        answer({document("!(", "\"id\":2,\"v\":-1.5,\"_geo\":{\"lat\":\"x\",\"lng\":1}"), document("!,",
            "\"id\":4,\"v\":\" apple\",\"_geo\":{\"lat\":48,\"lng\":2}"),
                   document("!;", "\"id\":5,\"v\":10"), document("![", "\"id\":7,\"n\":{\"k\":1}")}, 4)};
    QCOMPARE(ids(request, answers), order);
}

void TestDocumentsMerge::fieldsAndVectors()
{
    DocumentsRequest request;
    request.fields = std::vector<std::string> {"a.b"};
    const auto merged = mergeDocuments(request, {answer({document("!!",
        "\"id\":1,\"a\":{\"b\":1,\"c\":2},\"_vectors\":{}")}, 1)});
    QCOMPARE(merged->results, QByteArray("[{\"a\":{\"b\":1},\"_vectors\":{}}]"));
}

void TestDocumentsMerge::refusals()
{
    const QByteArray good = answer({}, 0);
    for (const QByteArray &bad : {QByteArray("{"), QByteArray("[]"), QByteArray("{}"),
        QByteArray("{\"results\":[],\"total\":-1}"), answer({"1"}, 1)}) {
        const auto merged = mergeDocuments({}, {good, bad});
        QVERIFY(!merged.ok());
        QCOMPARE(merged.error().answer, 1U);
    }
}

void TestDocumentsMerge::hiddenMembersAreStripped()
{
    QCOMPARE(*stripHidden("{\"id\": 1.0,\"x\":{\"_miroir_ord\":1},\"_miroir_shard\":[],\"_miroir_ord\":\"!\"}"),
        QByteArray("{\"id\":1.0,\"x\":{\"_miroir_ord\":1}}"));
    QCOMPARE(*stripHidden(" {\"\\u005fmiroir_ord\":1} "), QByteArray("{}"));
    QCOMPARE(*stripHiddenEach("[{\"_miroir_ord\":1,\"a\":1}, {}]"), QByteArray("[{\"a\":1},{}]"));
    QVERIFY(!stripHidden("[]").ok());
    QVERIFY(!stripHidden("{").ok());
    QVERIFY(!stripHiddenEach("{}").ok());
    QVERIFY(!stripHiddenEach("[1]").ok());
}

void TestDocumentsMerge::facetTexts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("normalised");
    QTest::newRow("ascii") << QStringLiteral(" \tRed Wine\n") << QStringLiteral("red wine");
    QTest::newRow("accent") << QStringLiteral("ÉTÉ") << QStringLiteral("e\u0301te\u0301");
    QTest::newRow("compatibility") << QStringLiteral("ﬁne №1") << QStringLiteral("fine no1");
    QTest::newRow("wide spaces") << QStringLiteral("\u3000\u00A0ｗｉｄｅ\u2003") << QStringLiteral("wide");
    QTest::newRow("final sigma") << QStringLiteral("ΟΔΟΣ") << QStringLiteral("οδος");
    QTest::newRow("only space") << QStringLiteral("\u3000 \u3000") << QString();
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("468 bytes") << QString(500, u'A') << QString(468, u'a');
    QTest::newRow("not inside a character") << QString(200, u'中') << QString(156, u'中');
    QTest::newRow("cut before a character") << u'x' + QString(200, u'中') << u'x' + QString(155, u'中');
}

void TestDocumentsMerge::facetTexts()
{
    QFETCH(QString, text);
    QFETCH(QString, normalised);
    QCOMPARE(toQString(normaliseFacet(toStd(text))), normalised);
}

QTEST_GUILESS_MAIN(TestDocumentsMerge)
#include "tst_documents_merge.moc"
