// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Answer.h"
#include "json/Json.h"
#include "merge/RankParts.h"
#include "merge/SearchMerge.h"

#include <QtTest>

#include <random>

using namespace miroir;
using namespace miroir::merge;
using miroir::merge::testing::answer;

/// Scores of nodes that divide the typo rule differently become those of one node with all documents.
class TestRescale : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void becomesWhatOneNodeWrites();
    void onlyAmongHitsWithTheSameWords();
    void whatDoesNotAddUpStays();
};

namespace {

QByteArray number(double value)
{
    return QByteArray::fromStdString(json::formatDouble(value));
}

/// A hit, as nodes with different greatest numbers of typos write it.
struct Sample {
    std::uint32_t terms = 2, typos = 0, weight = 3;
    Rank proximity, attribute, position;
    std::uint32_t exact = 0;
    bool sorted = false;

    [[nodiscard]] double score(std::uint32_t maxTypos) const
    {
        return Rank {terms, terms}
            .then({maxTypos + 1 - typos, maxTypos + 1})
            .then(proximity)
            .then(attribute)
            .then(position)
            .then({1, 3})
            .then({exact + 1, terms + 1})
            .score();
    }
    [[nodiscard]] QByteArray details(std::uint32_t maxTypos, const QByteArray &hidden) const
    {
        const QByteArray n = QByteArray::number(terms);
        return "{\"words\":{\"order\":0,\"matchingWords\":" + n + ",\"maxMatchingWords\":" + n
            + ",\"score\":1.0},\"typo\":{\"order\":1,\"typoCount\":" + QByteArray::number(typos)
            + ",\"maxTypoCount\":" + QByteArray::number(maxTypos) + ",\"score\":"
            + number(Rank {maxTypos + 1 - typos, maxTypos + 1}.score()) + "},"
            + (sorted ? "\"price:asc\":{\"order\":2,\"value\":1.0}," : "") + "\"proximity\":{\"order\":3,\"score\":"
            + number(proximity.score()) + "},\"attributeRank\":{\"order\":4,\"score\":" + number(attribute.score())
            + "},\"wordPosition\":{\"order\":5,\"score\":" + number(position.score())
            + "},\"exactness\":{\"order\":6,\"matchType\":\"noExactMatch\",\"matchingWords\":"
            + QByteArray::number(exact) + ",\"maxMatchingWords\":" + n + ",\"score\":"
            + number(Rank {1, 3}.then({exact + 1, terms + 1}).score()) + '}' + hidden + '}';
    }
    [[nodiscard]] QByteArray hit(std::uint32_t maxTypos, int id, double wrong = 0) const
    {
        const QByteArray ord = id == 1 ? "!" : "(";
        return "{\"id\":" + QByteArray::number(id) + ",\"_rankingScore\":" + number(score(maxTypos) + wrong)
            + ",\"_rankingScoreDetails\":"
            + details(maxTypos, ",\"_miroir_ord:asc\":{\"order\":7,\"value\":\"" + ord + "\"}") + '}';
    }
    /// Without the hidden rule.
    [[nodiscard]] QByteArray shown(std::uint32_t maxTypos, int id, double wrong = 0) const
    {
        return "{\"id\":" + QByteArray::number(id) + ",\"_rankingScore\":" + number(score(maxTypos) + wrong)
            + ",\"_rankingScoreDetails\":" + details(maxTypos, {}) + '}';
    }
};

QByteArray merged(const QByteArray &one, const QByteArray &other)
{
    MergeRequest request;
    request.showRankingScore = true;
    request.showRankingScoreDetails = true;
    const auto result = mergeSearch(request, {answer({one}), answer({other})});
    return result ? result->hits : QByteArray::fromStdString(result.error().message());
}

} // namespace

void TestRescale::becomesWhatOneNodeWrites()
{
    std::mt19937_64 random(11);
    const auto upTo = [&random](std::uint32_t max) { return static_cast<std::uint32_t>(1 + random() % max); };
    for (int round = 0; round < 500; ++round) {
        Sample sample;
        sample.terms = upTo(5);
        sample.weight = static_cast<std::uint32_t>(random() % 4);
        const std::uint32_t fewer = sample.terms;
        const std::uint32_t more = fewer + upTo(3);
        sample.typos = static_cast<std::uint32_t>(random() % (fewer + 1));
        const std::uint32_t proximities = 3 * (sample.terms - 1) + 1;
        sample.proximity = {upTo(proximities), proximities};
        sample.attribute = {upTo(sample.weight * sample.terms + 1), sample.weight * sample.terms + 1};
        sample.position = {upTo(10 * sample.terms + 1), 10 * sample.terms + 1};
        sample.exact = static_cast<std::uint32_t>(random() % (sample.terms + 1));
        sample.sorted = random() % 3 == 0;
        QCOMPARE(merged(sample.hit(fewer, 1), sample.hit(more, 2)),
            '[' + sample.shown(more, 1) + ',' + sample.shown(more, 2) + ']');
    }
}

/// With fewer words left in the query the rule has fewer ranks on one node too.
void TestRescale::onlyAmongHitsWithTheSameWords()
{
    const Sample two;
    Sample one;
    one.terms = 1;
    QCOMPARE(merged(two.hit(3, 1), one.hit(1, 2)), '[' + two.shown(3, 1) + ',' + one.shown(1, 2) + ']');
}

/// A node of another version may count in another way: then its own score is the best that there is.
void TestRescale::whatDoesNotAddUpStays()
{
    const Sample sample;
    const double wrong = -0.01;
    QCOMPARE(merged(sample.hit(2, 1, wrong), sample.hit(3, 2)),
        '[' + sample.shown(2, 1, wrong) + ',' + sample.shown(3, 2) + ']');
}

QTEST_APPLESS_MAIN(TestRescale)
#include "tst_rescale.moc"
