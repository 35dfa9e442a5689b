// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "protocol/SearchRule.h"
#include "protocol/Task.h"

#include <QTest>

using namespace miroir;
using namespace miroir::protocol;

namespace {

constexpr auto conditionsCode = "invalid_dynamic_search_rule_conditions";
constexpr auto actionsCode = "invalid_dynamic_search_rule_actions";

json::Document parse(const QByteArray &text)
{
    auto doc = json::Document::parse(text);
    if (!doc)
        qFatal("no JSON: %s", text.constData());
    return std::move(doc).value();
}

SearchRulePatch patchOf(const QByteArray &body)
{
    const auto doc = parse(body);
    auto patch = parseSearchRulePatch(doc.root());
    if (!patch)
        qFatal("%s", patch.error().message.c_str());
    return std::move(patch).value();
}

SearchRule ruleOf(const QByteArray &body)
{
    SearchRule rule;
    rule.uid = "r";
    apply(rule, patchOf(body));
    return rule;
}

QByteArray pin(const QByteArray &selector, const QByteArray &action)
{
    return R"({"actions":[{"selector":)" + selector + R"(,"action":)" + action + "}]}";
}

const QByteArray goodPin = R"({"type":"pin","position":1})";

} // namespace

class TstSearchRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusedRules_data();
    void refusedRules();
    void refusedLists_data();
    void refusedLists();
    void lists();
    void moments_data();
    void moments();
    void shownAsANodeShowsThem_data();
    void shownAsANodeShowsThem();
    void membersAreReplaced();
    void nullsAreShownButNotSent();
    void storedRules();
    void uids();
    void taskDetails();
    void batchDetails();
};

void TstSearchRules::refusedRules_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const QByteArray &body, const char *code, const char *message) {
        QTest::newRow(name) << body << QByteArray(code) << QByteArray(message);
    };
    row("unknown", R"({"descripton":"x","precedence":"a"})", "bad_request",
        "Unknown field `descripton`: did you mean `description`? expected one of `description`, `precedence`, "
        "`active`, `conditions`, `actions`");
    row("no object", "[]", "bad_request", "Invalid value type: expected an object, but found an array: `[]`");
    row("description", R"({"description":3})", "invalid_dynamic_search_rule_description",
        "Invalid value type at `.description`: expected a string, but found a positive integer: `3`");
    row("precedence", R"({"precedence":-1})", "invalid_dynamic_search_rule_priority",
        "Invalid value type at `.precedence`: expected a positive integer, but found a negative integer: `-1`");
    row("too much precedence", R"({"precedence":18446744073709551616})", "invalid_dynamic_search_rule_priority",
        "Invalid value type at `.precedence`: expected a positive integer, but found a number: "
        "`1.8446744073709552e+19`");
    row("active", R"({"active":"true"})", "invalid_dynamic_search_rule_active",
        "Invalid value type at `.active`: expected a boolean, but found a string: `\"true\"`");
    row("conditions", R"({"conditions":[]})", conditionsCode,
        "Invalid value type at `.conditions`: expected an object, but found an array: `[]`");
    row("unknown condition",
        R"({"conditions":{"query":{"isEmpty":true,"words":"a"},"foo":1}})", conditionsCode,
        "Unknown field `foo` inside `.conditions`: expected one of `time`, `query`");
    row("words", R"({"conditions":{"query":{"words":["a"]}}})", conditionsCode,
        "Invalid value type at `.conditions.query.words`: expected a string, but found an array: `[\"a\"]`");
    row("unknown of a query", R"({"conditions":{"query":{"foo":1}}})", conditionsCode,
        "Unknown field `foo` inside `.conditions.query`: expected one of `isEmpty`, `words`");
    row("empty and words",
        R"({"conditions":{"query":{"isEmpty":true,"words":""},)"
        R"("time":{"start":"2021-01-01T00:00:00Z","end":"2020-01-01T00:00:00Z"}}})",
        "bad_request",
        "Invalid value at `.conditions.query`: either `isEmpty` or `words` can be used, not both at once");
    row("end before start",
        R"({"conditions":{"time":{"start":"2021-01-01T00:00:00.5-02:30","end":"2020-01-01T10:20:30.120+02:00"}}})",
        "bad_request",
        "Invalid value at `.conditions.time`: `end` (`2020-01-01 10:20:30.12 +02:00:00`) should be later than `start` "
        "(`2021-01-01 0:00:00.5 -02:30:00`)");
    row("date", R"({"conditions":{"time":{"end":"2020-01-01"}}})", conditionsCode,
        "Invalid value at `.conditions.time.end`: `2020-01-01` is not a valid date. It should follow the RFC 3339 "
        "format to represents a date or datetime in the future or specified as a null value. e.g. 'YYYY-MM-DD' or "
        "'YYYY-MM-DD HH:MM:SS'.\n");
    row("date of another type", R"({"conditions":{"time":{"start":3}}})", conditionsCode,
        "Invalid value type at `.conditions.time.start`: expected a string, but found a positive integer: `3`");
    row("actions", R"({"actions":{}})", actionsCode,
        "Invalid value type at `.actions`: expected an array, but found an object: `{}`");
    row("action", R"({"actions":[null]})", actionsCode,
        "Invalid value type at `.actions[0]`: expected an object, but found null");
    row("no selector", R"({"actions":[{}]})", actionsCode, "Missing field `selector` inside `.actions[0]`");
    row("no action", R"({"actions":[{"selector":{"id":"1"}}]})", actionsCode,
        "Missing field `action` inside `.actions[0]`");
    row("the first refusal", R"({"actions":[{"action":{}}]})", actionsCode,
        "Missing field `type` inside `.actions[0].action`");
    row("unknown of an entry", R"({"actions":[{"foo":1}]})", actionsCode,
        "Unknown field `foo` inside `.actions[0]`: expected one of `selector`, `action`");
    row("selector", pin("3", goodPin), actionsCode,
        "Invalid value type at `.actions[0].selector`: expected an object, but found a positive integer: `3`");
    row("no id", pin("{}", goodPin), actionsCode, "Missing field `id` inside `.actions[0].selector`");
    row("number as id", pin(R"({"id":1})", goodPin), actionsCode,
        "Invalid value type at `.actions[0].selector.id`: expected a string, but found a positive integer: `1`");
    row("index", pin(R"({"indexUid":"a*","id":"1"})", goodPin), actionsCode,
        "Invalid value at `.actions[0].selector.indexUid`: `a*` is not a valid index uid. Index uid can be an integer "
        "or a string containing only alphanumeric characters, hyphens (-) and underscores (_), and can not be more "
        "than 512 bytes.");
    row("unknown of a selector", pin(R"({"foo":1})", goodPin), actionsCode,
        "Unknown field `foo` inside `.actions[0].selector`: expected one of `indexUid`, `id`");
    row("null action", pin(R"({"id":"1"})", "null"), actionsCode,
        "Invalid value type at `.actions[0].action`: expected an object, but found null");
    row("kind", pin(R"({"id":"1"})", R"({"type":"PIN","position":1})"), actionsCode,
        "Invalid value at `.actions[0].action`: Incorrect tag value");
    row("type of the kind", pin(R"({"id":"1"})", R"({"position":-1,"type":3})"), actionsCode,
        "Invalid value type at `.actions[0].action.type`: expected a string, but found a positive integer: `3`");
    row("no position", pin(R"({"id":"1"})", R"({"type":"pin"})"), actionsCode,
        "Missing field `position` inside `.actions[0].action`");
    row("negative position", pin(R"({"id":"1"})", R"({"type":"pin","position":-1})"), actionsCode,
        "Invalid value type at `.actions[0].action.position`: expected a positive integer, but found a negative "
        "integer: `-1`");
    row("position", pin(R"({"id":"1"})", R"({"type":"pin","position":4294967296})"), actionsCode,
        "Invalid value at `.actions[0].action.position`: value: `4294967296` is too large to be deserialized, maximum "
        "value authorized is `4294967295`");
    row("unknown of a pin", pin(R"({"id":"1"})", R"({"foo":1,"position":"a","type":"pin"})"), actionsCode,
        "Unknown field `foo` inside `.actions[0].action`: expected one of `position`");
}

void TstSearchRules::refusedRules()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, message);
    const auto doc = parse(body);
    const auto patch = parseSearchRulePatch(doc.root());
    QVERIFY(!patch);
    QCOMPARE(QByteArray(patch.error().code->name), code);
    QCOMPARE(QByteArray::fromStdString(patch.error().message), message);
    QCOMPARE(patch.error().httpStatus(), 400);
}

void TstSearchRules::refusedLists_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, const char *body, const char *code, const char *message) {
        QTest::newRow(name) << QByteArray(body) << QByteArray(code) << QByteArray(message);
    };
    row("unknown", R"({"fliter":1})", "bad_request",
        "Unknown field `fliter`: did you mean `filter`? expected one of `offset`, `limit`, `filter`");
    row("offset", R"({"offset":null})", "invalid_dynamic_search_rule_offset",
        "Invalid value type at `.offset`: expected a positive integer, but found null");
    row("limit", R"({"limit":-3})", "invalid_dynamic_search_rule_limit",
        "Invalid value type at `.limit`: expected a positive integer, but found a negative integer: `-3`");
    row("filter", R"({"filter":3})", "invalid_dynamic_search_rule_filter",
        "Invalid value type at `.filter`: expected an object, but found a positive integer: `3`");
    row("unknown of the filter", R"({"filter":{"actve":1}})", "invalid_dynamic_search_rule_filter",
        "Unknown field `actve` inside `.filter`: did you mean `active`? expected one of `query`, `active`");
    row("query", R"({"filter":{"query":3}})", "invalid_dynamic_search_rule_filter_query",
        "Invalid value type at `.filter.query`: expected a string, but found a positive integer: `3`");
    row("active", R"({"filter":{"active":"x"}})", "invalid_dynamic_search_rule_filter_active",
        "Invalid value type at `.filter.active`: expected a boolean, but found a string: `\"x\"`");
}

void TstSearchRules::refusedLists()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, message);
    const auto doc = parse(body);
    const auto query = parseSearchRuleListQuery(doc.root());
    QVERIFY(!query);
    QCOMPARE(QByteArray(query.error().code->name), code);
    QCOMPARE(QByteArray::fromStdString(query.error().message), message);
}

void TstSearchRules::lists()
{
    const auto fresh = parse(R"({"filter":null})");
    const auto query = parseSearchRuleListQuery(fresh.root());
    QVERIFY(query.ok());
    QCOMPARE(query->offset, 0U);
    QCOMPARE(query->limit, 20U);
    QVERIFY(!query->query && !query->active);
    const auto full = parse(R"({"offset":3,"limit":18446744073709551615,"filter":{"query":"a","active":false}})");
    const auto all = parseSearchRuleListQuery(full.root());
    QVERIFY(all.ok());
    QCOMPARE(all->offset, 3U);
    QCOMPARE(all->limit, 18446744073709551615U);
    QCOMPARE(all->query, std::optional<std::string>("a"));
    QCOMPARE(all->active, std::optional(false));
}

void TstSearchRules::moments_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("written"); // empty: refused
    const auto row = [](const char *given, const char *written) {
        QTest::newRow(given) << QByteArray(given) << QByteArray(written);
    };
    row("2020-01-01t00:00:00z", "2020-01-01T00:00:00Z");
    row("2020-01-01 00:00:00Z", "2020-01-01T00:00:00Z");
    row("2020-01-01_00:00:00-00:00", "2020-01-01T00:00:00Z");
    row("2020-01-01500:00:00Z", "2020-01-01T00:00:00Z");
    row("2020-01-31T23:59:60Z", "2020-01-31T23:59:59.999999999Z");
    row("2020-01-01T00:00:00.500+02:00", "2020-01-01T00:00:00.5+02:00");
    row("2020-01-01T00:00:00.000Z", "2020-01-01T00:00:00Z");
    row("2020-01-01T00:00:00.123456789123Z", "2020-01-01T00:00:00.123456789Z");
    row("2020-01-01T00:00:00.000000001-23:59", "2020-01-01T00:00:00.000000001-23:59");
    row("2016-06-30T23:59:60.5Z", "2016-06-30T23:59:59.999999999Z");
    row("2016-12-31T22:59:60-01:00", "2016-12-31T22:59:59.999999999-01:00");
    row("0000-01-01T00:00:00+23:00", "0000-01-01T00:00:00+23:00");
    row("9999-12-31T23:00:00-23:00", "9999-12-31T23:00:00-23:00");
    for (const char *bad : {"", "2020-01-01", "2020-01-01T00:00:00", "2020-01-01T00:00:60Z", "2020-01-01T24:00:00Z",
             "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00+02:60", "2020-01-01T00:00:00.Z", "2020-1-1T0:0:0Z",
             "+2020-01-01T00:00:00Z", " 2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z ", "2020-02-30T00:00:00Z",
             "2020-01-01T00:00:00+0200", "2020-01-01T00:00:00,5Z", "2016-12-31T23:59:60-01:00"})
        row(bad, "");
}

void TstSearchRules::moments()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, written);
    const auto doc = parse(R"({"conditions":{"time":{"start":")" + given + R"("}}})");
    const auto patch = parseSearchRulePatch(doc.root());
    QCOMPARE(patch.ok(), !written.isEmpty());
    if (!patch)
        return;
    QCOMPARE(QByteArray::fromStdString(patch->conditions.value().time->start.value()), written);
    // and written so it is read back equal, as the store needs it
    QCOMPARE(patchOf(searchRulePatchToJson(*patch)), *patch);
}

void TstSearchRules::shownAsANodeShowsThem_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("shown"); // behind the uid
    QTest::addColumn<QByteArray>("echo");
    const auto row = [](const char *name, const char *body, const char *shown, const char *echo) {
        QTest::newRow(name) << QByteArray(body) << QByteArray(shown) << QByteArray(echo);
    };
    row("nothing", "{}", R"("active":true,"conditions":{},"actions":[]})", "{}");
    row("null conditions", R"({"conditions":{"time":null,"query":null}})",
        R"("active":true,"conditions":{},"actions":[]})", R"({"conditions":{}})");
    row("conditions that say nothing",
        R"({"conditions":{"query":{"words":null,"isEmpty":null},"time":{"end":null,"z":3}}})",
        R"("active":true,"conditions":{"time":{},"query":{}},"actions":[]})",
        R"({"conditions":{"time":{},"query":{}}})");
    row("everything",
        R"({"actions":[{"action":{"position":4294967295,"type":"pin"},"selector":{"id":"x y","indexUid":"b"}},)"
        R"({"selector":{"id":"","indexUid":null},"action":{"type":"pin","position":0}}],)"
        R"("conditions":{"query":{"words":"","isEmpty":false},)"
        R"("time":{"end":"2021-01-01T00:00:00Z","start":"2021-01-01T00:00:00Z"}},)"
        R"("active":false,"precedence":18446744073709551615,"description":""})",
        R"("description":"","precedence":18446744073709551615,"active":false,)"
        R"("conditions":{"time":{"start":"2021-01-01T00:00:00Z","end":"2021-01-01T00:00:00Z"},)"
        R"("query":{"isEmpty":false,"words":""}},)"
        R"("actions":[{"selector":{"indexUid":"b","id":"x y"},"action":{"type":"pin","position":4294967295}},)"
        R"({"selector":{"id":""},"action":{"type":"pin","position":0}}]})",
        R"({"description":"","precedence":18446744073709551615,"active":false,)"
        R"("conditions":{"time":{"start":"2021-01-01T00:00:00Z","end":"2021-01-01T00:00:00Z"},)"
        R"("query":{"isEmpty":false,"words":""}},)"
        R"("actions":[{"selector":{"indexUid":"b","id":"x y"},"action":{"type":"pin","position":4294967295}},)"
        R"({"selector":{"id":""},"action":{"type":"pin","position":0}}]})");
}

void TstSearchRules::shownAsANodeShowsThem()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, shown);
    QFETCH(QByteArray, echo);
    QCOMPARE(searchRuleToJson(ruleOf(body)), R"({"uid":"r",)" + shown);
    QCOMPARE(searchRulePatchToJson(patchOf(body)), echo);
}

void TstSearchRules::membersAreReplaced()
{
    SearchRule rule = ruleOf(R"({"description":"d","precedence":3,"active":false,)"
                             R"("conditions":{"time":{},"query":{"words":"a"}},)"
                             R"("actions":[{"selector":{"id":"1"},"action":{"type":"pin","position":1}}]})");
    apply(rule, patchOf(R"({"conditions":{"query":{"isEmpty":false}},"actions":[]})"));
    const QByteArray expected = R"({"uid":"r","description":"d","precedence":3,"active":false,)"
                                R"("conditions":{"query":{"isEmpty":false}},"actions":[]})";
    QCOMPARE(searchRuleToJson(rule), expected);
    apply(rule, patchOf(R"({"description":null,"precedence":null,"active":null,"conditions":null,"actions":null})"));
    QCOMPARE(rule, ruleOf("{}"));
}

void TstSearchRules::nullsAreShownButNotSent()
{
    const QByteArray nulls
        = R"({"description":null,"precedence":null,"active":null,"conditions":null,"actions":null})";
    QCOMPARE(searchRulePatchToJson(patchOf(nulls)), nulls);
    QCOMPARE(searchRulePatchToJson(withoutNulls(patchOf(nulls))),
        QByteArray(R"({"description":null,"precedence":null,"active":true,"conditions":{},"actions":[]})"));
    QCOMPARE(searchRulePatchToJson(withoutNulls(patchOf("{}"))), QByteArray("{}"));
}

void TstSearchRules::storedRules()
{
    const SearchRule rule = ruleOf(R"({"precedence":0,"conditions":{"time":{},"query":{"words":"a b"}},)"
                                   R"("actions":[{"selector":{"id":"1"},"action":{"type":"pin","position":1}}]})");
    const auto read = searchRuleFromText(searchRuleToJson(rule));
    QVERIFY(read.ok());
    QCOMPARE(*read, rule);
    QVERIFY(!searchRuleFromText("{}"));
    QVERIFY(!searchRuleFromText("nothing"));
    QVERIFY(!searchRuleFromText(R"({"uid":"a","active":null})"));
}

void TstSearchRules::uids()
{
    QVERIFY(!searchRuleUidProblem("black-friday_1"));
    QCOMPARE(searchRuleUidProblem("a b").value(),
        std::string("`a b` is not a valid index uid. Index uid can be an integer or a string containing only "
                    "alphanumeric characters, hyphens (-) and underscores (_), and can not be more than 512 bytes."));
    QVERIFY(!searchRuleUidProblem(std::string(400, 'x')));
    QVERIFY(searchRuleUidProblem(std::string(401, 'x')).has_value());
    const ApiError missing = searchRuleNotFound("a");
    QCOMPARE(QByteArray(missing.code->name), QByteArray("dynamic_search_rule_not_found"));
    QCOMPARE(missing.message, std::string("Dynamic search rule `a` not found."));
    QCOMPARE(missing.httpStatus(), 404);
}

void TstSearchRules::taskDetails()
{
    TaskRecord task;
    task.kind = TaskKind::DsrUpdate;
    task.indexUid = std::string(searchRuleIndexUid);
    task.details.emplace();
    task.details->rule = patchOf(R"({"description":null,"active":false})");
    task.details->updatedRules = 1;
    const QByteArray shown = R"({"rule":{"description":null,"active":false},"updatedRules":1})";
    QCOMPARE(detailsToJson(*task.details), shown);
    const auto stored = taskFromText(taskToText(task));
    QVERIFY(stored.ok());
    QCOMPARE(*stored, task);
    const auto view = taskFromView(parse(taskToJson(task)).root());
    QVERIFY(view.ok());
    QCOMPARE(view->details->rule, task.details->rule);
    task.details->toFailed();
    QCOMPARE(detailsToJson(*task.details), shown);
    TaskDetails clear;
    clear.deletedDocuments = Shown<std::uint64_t>::null();
    QCOMPARE(detailsToJson(clear), QByteArray(R"({"deletedDocuments":null})"));
    clear.toCanceled();
    QCOMPARE(detailsToJson(clear), QByteArray(R"({"deletedDocuments":0})"));
}

void TstSearchRules::batchDetails()
{
    TaskDetails one;
    one.rule = patchOf(R"({"active":true})");
    one.updatedRules = 1;
    TaskDetails sum;
    sum.accumulate(one);
    QCOMPARE(detailsToJson(sum), QByteArray(R"({"rule":{"active":true},"updatedRules":1})"));
    sum.accumulate(one);
    QCOMPARE(detailsToJson(sum), QByteArray(R"({"updatedRules":2})"));
    sum.accumulate(one);
    QCOMPARE(detailsToJson(sum), QByteArray(R"({"rule":{"active":true},"updatedRules":3})"));
}

QTEST_GUILESS_MAIN(TstSearchRules)
#include "tst_search_rules.moc"
