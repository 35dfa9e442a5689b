// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/localnode/SearchFixture.h"

#include <QFile>
#include <QTest>

#include <memory>

using namespace miroir;
using namespace miroir::localnode;

/// Answers of the index beside those that a real node gave to 400 random requests over the same documents.
class TestLocalSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void equalsRecordedNode();

private:
    struct Counts {
        int cases = 0, hits = 0, totals = 0, facets = 0, whole = 0;
    };
    void compare(const json::Value &testCase, Counts &counts);

    std::unique_ptr<test::Fixture> m_fixture;
};

void TestLocalSearch::initTestCase()
{
    const QString folder = QStringLiteral(MIROIR_TEST_DATA "/search/");
    QFile setupFile(folder + QStringLiteral("setup.json"));
    QVERIFY(setupFile.open(QIODevice::ReadOnly));
    const auto setup = json::Document::parse(setupFile.readAll());
    QVERIFY(setup.ok());
    m_fixture = std::make_unique<test::Fixture>("packages", "id");
    QCOMPARE(m_fixture->settings(setup->root()["settings"].raw()), std::string());
    const QByteArray corpus = test::readGzip(folder + QStringLiteral("corpus.ndjson.gz"));
    QVERIFY(!corpus.isEmpty());
    QCOMPARE(m_fixture->add(sv(corpus)), std::string());
    QCOMPARE(m_fixture->outcome.affected, std::uint64_t {2737});
}

static std::string normalised(const json::Value &value)
{
    return value.exists() ? json::compact(value) : std::string();
}

void TestLocalSearch::compare(const json::Value &testCase, Counts &counts)
{
    const json::Value expected = testCase["single"];
    ++counts.cases;
    const std::string request(testCase["request"].raw());
    const auto answer = m_fixture->answer(request);
    if (!answer) {
        qInfo("refused: %s\n  %s", request.c_str(), answer.error().message.c_str());
        return;
    }
    const QByteArray body = answer->toJson(0, "u");
    const auto actual = json::Document::parse(body);
    const auto same = [&](std::string_view member) {
        return normalised(expected[member]) == normalised(actual->root()[member]);
    };
    const bool hits = same("hits");
    const bool totals = same("estimatedTotalHits") && same("totalHits") && same("totalPages") && same("limit")
        && same("offset") && same("page") && same("hitsPerPage") && same("query");
    const bool facets = same("facetDistribution") && same("facetStats");
    counts.hits += hits ? 1 : 0;
    counts.totals += totals ? 1 : 0;
    counts.facets += facets ? 1 : 0;
    counts.whole += hits && totals && facets ? 1 : 0;
    if (hits && totals && facets)
        return;
    qInfo(
        "differs (%s%s%s): %s", hits ? "" : "hits ", totals ? "" : "totals ", facets ? "" : "facets", request.c_str());
    if (!hits) {
        std::size_t i = 0;
        while (i < expected["hits"].size() && i < actual->root()["hits"].size()
               && normalised(expected["hits"].at(i)) == normalised(actual->root()["hits"].at(i)))
            ++i;
        qInfo("  hit %zu of %zu/%zu\n  node: %s\n  here: %s", i, expected["hits"].size(),
              actual->root()["hits"].size(), normalised(expected["hits"].at(i)).c_str(),
              normalised(actual->root()["hits"].at(i)).c_str());
    }
    if (!totals)
        qInfo("  totals %s%s / %s%s", normalised(expected["estimatedTotalHits"]).c_str(),
              normalised(expected["totalHits"]).c_str(), normalised(actual->root()["estimatedTotalHits"]).c_str(),
              normalised(actual->root()["totalHits"]).c_str());
    if (!facets)
        qInfo("  node: %s\n  here: %s", normalised(expected["facetDistribution"]).c_str(),
              normalised(actual->root()["facetDistribution"]).c_str());
}

void TestLocalSearch::equalsRecordedNode()
{
    const QByteArray cases = test::readGzip(QStringLiteral(MIROIR_TEST_DATA "/search/cases.ndjson.gz"));
    Counts counts;
    for (const QByteArray &line : cases.split('\n')) {
        if (line.isEmpty())
            continue;
        const auto testCase = json::Document::parse(line);
        QVERIFY(testCase.ok());
        compare(testCase->root(), counts);
    }
    qInfo("of %d cases: hits %d, totals %d, facets %d, whole answer %d", counts.cases, counts.hits, counts.totals,
          counts.facets, counts.whole);
    QCOMPARE(counts.cases, 400);
    // All are equal now; the margin is for changes of ICU's tables.
    QVERIFY2(counts.hits >= 396, qPrintable(QString::number(counts.hits)));
    QVERIFY2(counts.whole >= 396, qPrintable(QString::number(counts.whole)));
}

QTEST_GUILESS_MAIN(TestLocalSearch)
#include "tst_local_search.moc"
