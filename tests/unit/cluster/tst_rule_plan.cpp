// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/RulePlan.h"
#include "json/Json.h"
#include "merge/SearchMerge.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <set>

using namespace miroir;
using namespace miroir::cluster;
using protocol::SearchRule;
using protocol::SearchRuleAction;

namespace {

using Random = std::mt19937_64;
using Ids = std::vector<int>;

constexpr int documents = 30;

struct Pinned {
    int id = 0;
    std::uint32_t position = 0;
};

/// What a node pins of its documents, the rules being in the order in which they get their turn.
std::vector<Pinned> pinnedBy(const std::vector<const SearchRule *> &rules, const std::string &index, const Ids &held)
{
    std::vector<Pinned> pins;
    std::set<int> taken;
    for (const SearchRule *rule : rules) {
        for (const SearchRuleAction &action : rule->actions) {
            const int id = std::stoi(action.id);
            const bool here = !action.indexUid || *action.indexUid == index;
            const bool exists = std::find(held.begin(), held.end(), id) != held.end();
            if (rule->active && here && exists && taken.insert(id).second)
                pins.push_back({id, action.position});
        }
    }
    return pins;
}

using List = std::vector<std::pair<int, std::optional<std::uint32_t>>>;

/// Pins take places among the others, each one only behind those before it.
List placed(const std::vector<Pinned> &pins, const Ids &held, const std::set<int> &taken, std::size_t limit)
{
    List list;
    auto pin = pins.begin();
    auto other = held.begin();
    while (list.size() < limit) {
        while (other != held.end() && taken.contains(*other))
            ++other;
        if (pin != pins.end() && (pin->position <= list.size() || other == held.end())) {
            list.emplace_back(pin->id, pin->position);
            ++pin;
        } else if (other != held.end()) {
            list.emplace_back(*other++, std::nullopt);
        } else {
            break;
        }
    }
    return list;
}

/// Hits are found in the order of their ids; positions of pins, others none. Those pins that get a place by precedence
/// are ordered by position.
List listOf(std::vector<Pinned> pins, const Ids &held, std::size_t limit)
{
    std::set<int> taken;
    for (const Pinned &pin : pins)
        taken.insert(pin.id);
    const List byPrecedence = placed(pins, held, taken, limit);
    std::erase_if(pins, [&byPrecedence](const Pinned &pin) {
        return std::none_of(byPrecedence.begin(), byPrecedence.end(),
            [&pin](const auto &hit) { return hit.first == pin.id; });
    });
    std::stable_sort(
        pins.begin(), pins.end(), [](const Pinned &a, const Pinned &b) { return a.position < b.position; });
    return placed(pins, held, taken, limit);
}

QByteArray answerOf(const std::vector<Pinned> &pins, const Ids &held, std::size_t limit)
{
    QByteArray hits;
    for (const auto &[id, position] : listOf(pins, held, limit)) {
        const QByteArray order {"o" + QByteArray(1, static_cast<char>('0' + id))};
        hits += (hits.isEmpty() ? "{\"id\":" : ",{\"id\":") + QByteArray::number(id) + ",\"_miroir_ord\":\"" + order
            + "\",\"_rankingScore\":1.0,\"_rankingScoreDetails\":{";
        hits += position ? "\"pin\":{\"order\":0,\"position\":" + QByteArray::number(*position) + "}"
                         : "\"_miroir_ord:asc\":{\"order\":0,\"value\":\"" + order + "\"}";
        hits += "}}";
    }
    return "{\"hits\":[" + hits + "],\"estimatedTotalHits\":" + QByteArray::number(static_cast<qulonglong>(held.size()))
        + "}";
}

SearchRule ruleOf(
    const std::string &uid, std::optional<std::uint64_t> precedence, std::vector<SearchRuleAction> actions)
{
    SearchRule rule;
    rule.uid = uid;
    rule.precedence = precedence;
    rule.actions = std::move(actions);
    return rule;
}

RuleTable randomTable(Random &random)
{
    RuleTable table;
    table.activeKnown = random() % 2 == 0;
    const std::uint64_t large = random() % 4 == 0 ? std::uint64_t {1} << 40 : 1; // too large to be told apart simply
    for (std::uint32_t number = 0; number < 6; ++number) {
        if (random() % 4 == 0)
            continue;
        std::vector<SearchRuleAction> actions;
        for (auto count = random() % 5; count > 0; --count) {
            std::optional<std::string> index;
            if (const auto which = random() % 4; which > 0)
                index = which == 1 ? "movies" : which == 2 ? "books" : "missing";
            actions.push_back({index, std::to_string(random() % documents), static_cast<std::uint32_t>(random() % 12)});
        }
        const auto precedence = random() % 3 == 0 ? std::nullopt : std::optional(large * (random() % 3));
        KeptRule kept {number, ruleOf("r" + std::to_string(number), precedence, std::move(actions)), random() % 2 == 0};
        kept.rule.active = !kept.activeGiven || random() % 2 == 0;
        table.activeKnown = table.activeKnown || kept.activeGiven;
        table.rules.push_back(std::move(kept));
    }
    return table;
}

std::optional<std::string> physicalOf(const std::string &uid)
{
    return uid == "missing" ? std::nullopt : std::optional(uid + "-7");
}

/// The turns of the rules of a table, as one server takes them.
std::vector<SearchRule> inTurn(const RuleTable &table)
{
    std::vector<SearchRule> rules;
    for (const KeptRule &kept : table.rules) {
        rules.push_back(kept.rule);
        rules.back().active = table.active(kept);
    }
    std::stable_sort(rules.begin(), rules.end(), [](const SearchRule &a, const SearchRule &b) {
        return a.precedence.value_or(UINT64_MAX) < b.precedence.value_or(UINT64_MAX);
    });
    return rules;
}

std::vector<const SearchRule *> pointers(const std::vector<SearchRule> &rules)
{
    std::vector<const SearchRule *> all;
    for (const SearchRule &rule : rules)
        all.push_back(&rule);
    return all;
}

} // namespace

class TestRulePlan : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void severalNodesPinAsOne_data();
    void severalNodesPinAsOne();
    void precedencesTellRulesApart();
    void rulesKeepTheirPrecedenceWhenOthersCome();
    void activeIsWhatANodeTakesItFor();
    void actionsOnMissingIndexesAreLeftOut();
    void earlierPinsAreKnownForAWhile();
    void nestedPrimaryKeys();
};

void TestRulePlan::severalNodesPinAsOne_data()
{
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 0; seed < 300; ++seed)
        QTest::newRow(QByteArray::number(seed).constData()) << seed;
}

void TestRulePlan::severalNodesPinAsOne()
{
    QFETCH(quint64, seed);
    Random random(seed);
    const RuleTable table = randomTable(random);
    Ids all;
    std::vector<Ids> held(1 + random() % 4);
    for (int id = 0; id < documents; ++id) {
        if (random() % 3 == 0)
            continue; // so that some pins have no document
        all.push_back(id);
        held[random() % held.size()].push_back(id);
    }
    merge::MergeRequest request;
    request.offset = random() % 10;
    request.limit = random() % 20;
    request.showRankingScoreDetails = true;
    const std::shared_ptr<const merge::Pins> pins = pinsOf(table, "movies", "id");
    request.tags.pins = pins;

    const std::vector<SearchRule> given = rulesForNodes(table, physicalOf);
    std::vector<const SearchRule *> turns = pointers(given);
    std::shuffle(turns.begin(), turns.end(), random); // whatever order a node has them in
    std::stable_sort(turns.begin(), turns.end(), [](const SearchRule *a, const SearchRule *b) {
        return static_cast<double>(*a->precedence) < static_cast<double>(*b->precedence);
    });
    const auto needed = static_cast<std::size_t>(merge::hitsNeeded(request));
    std::vector<merge::NodeAnswer> answers;
    for (const Ids &shard : held)
        answers.emplace_back(
            answerOf(pinnedBy(turns, "movies-7", shard), shard, needed + static_cast<std::size_t>(pins->room())));

    const auto expected = listOf(pinnedBy(pointers(inTurn(table)), "movies", all), all, needed);
    const auto merged = merge::mergeSearch(request, answers);
    QVERIFY2(merged.ok(), merged ? "" : merged.error().message().c_str());
    const auto page = json::Document::parse(merged->hits);
    QVERIFY(page.ok());
    const std::size_t begin = std::min<std::size_t>(request.offset, expected.size());
    QCOMPARE(page->root().size(), expected.size() - begin);
    for (std::size_t i = begin; i < expected.size(); ++i) {
        const json::Value hit = page->root().at(i - begin);
        QCOMPARE(hit["id"].toU64().value_or(999), static_cast<std::uint64_t>(expected[i].first));
        const auto position = hit["_rankingScoreDetails"]["pin"]["position"].toU64();
        QCOMPARE(position.has_value(), expected[i].second.has_value());
        if (position)
            QCOMPARE(*position, static_cast<std::uint64_t>(*expected[i].second));
    }
}

void TestRulePlan::precedencesTellRulesApart()
{
    Random random(7);
    for (int round = 0; round < 200; ++round) {
        const RuleTable table = randomTable(random);
        std::set<double> precedences; // as nodes compare them
        for (const SearchRule &rule : rulesForNodes(table, physicalOf))
            precedences.insert(static_cast<double>(*rule.precedence));
        QCOMPARE(precedences.size(), table.rules.size());
    }
}

void TestRulePlan::rulesKeepTheirPrecedenceWhenOthersCome()
{
    RuleTable table;
    table.rules = {{0, ruleOf("a", 5, {}), false}, {2, ruleOf("c", {}, {}), false}};
    const auto before = rulesForNodes(table, physicalOf);
    table.rules.insert(table.rules.begin() + 1, {1, ruleOf("b", 1, {}), false});
    const auto after = rulesForNodes(table, physicalOf);
    QCOMPARE(after.size(), std::size_t {3});
    QVERIFY(after[0] == before[0] && after[2] == before[1]);
    QVERIFY(*after[1].precedence < *after[0].precedence && *after[0].precedence < *after[2].precedence);
}

void TestRulePlan::activeIsWhatANodeTakesItFor()
{
    RuleTable table;
    table.rules = {{0, ruleOf("a", {}, {{std::nullopt, "1", 0}}), false}};
    QVERIFY(rulesForNodes(table, physicalOf).front().active);
    QVERIFY(!pinsOf(table, "movies", "id")->empty());
    table.activeKnown = true;
    QVERIFY(!rulesForNodes(table, physicalOf).front().active);
    QVERIFY(pinsOf(table, "movies", "id")->empty());
    table.rules.front().activeGiven = true;
    QVERIFY(rulesForNodes(table, physicalOf).front().active);
}

void TestRulePlan::actionsOnMissingIndexesAreLeftOut()
{
    RuleTable table;
    table.rules = {{0, ruleOf("a", {}, {{"missing", "1", 0}, {"movies", "1", 4}, {std::nullopt, "2", 5}}), false}};
    const auto given = rulesForNodes(table, physicalOf);
    // the number counts the action that is left out, so that it is the same when the index comes
    const std::vector<SearchRuleAction> expected {{"movies-7", "1", 1}, {std::nullopt, "2", 0}};
    QVERIFY(given.front().actions == expected);
}

void TestRulePlan::earlierPinsAreKnownForAWhile()
{
    const auto first = json::Document::parse(QByteArray("{\"id\":1}"));
    const auto second = json::Document::parse(QByteArray("{\"id\":\"2\"}"));
    merge::Pins oldest("id");
    oldest.add("2", 0, {9, 9});
    merge::Pins before("id");
    before.keepEarlier(oldest);
    before.add("1", 0, {3, 0});
    before.add("1", 1, {4, 1});
    merge::Pins pins("id");
    pins.keepEarlier(before);
    pins.add("1", 0, {7, 0});
    QCOMPARE(pins.find(first->root(), 0)->position, 7U);
    QCOMPARE(pins.find(first->root(), 1)->position, 4U);
    QVERIFY(!pins.find(second->root(), 0).has_value());
    QVERIFY(pins.room() >= 3); // two pins, one of them at 1
}

void TestRulePlan::nestedPrimaryKeys()
{
    merge::Pins pins("meta.id");
    pins.add("7", 0, {3, 0});
    const auto nested = json::Document::parse(QByteArray("{\"meta\":{\"id\":7}}"));
    QCOMPARE(pins.find(nested->root(), 0)->position, 3U);
    const auto none = json::Document::parse(QByteArray("{\"id\":7}"));
    QVERIFY(!pins.find(none->root(), 0).has_value());
}

QTEST_APPLESS_MAIN(TestRulePlan)
#include "tst_rule_plan.moc"
