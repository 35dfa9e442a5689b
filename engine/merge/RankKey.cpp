// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/RankKey.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace miroir::merge {

namespace {

using Kind = RankEntry::Kind;
constexpr std::uint64_t termsWithoutWords = 10; // a query has no more
constexpr std::uint64_t maxCount = 1'000'000; // of words and typos; more is no answer of a node

/// Scores that mean the same rank may differ in the last bits between builds of a node. Rounding to 2^-36 makes
/// them equal and, unlike a comparison with a tolerance, keeps the order transitive.
std::int64_t rounded(double score)
{
    constexpr double unit = 68'719'476'736.0; // 2^36
    return std::llround(std::clamp(score, -1e6, 1e6) * unit);
}

Kind kindOf(std::string_view name)
{
    struct Named {
        std::string_view name;
        Kind kind;
    };
    static constexpr Named names[] = {
        {"words", Kind::Words}, {"typo", Kind::Typo}, {"proximity", Kind::Proximity},
        {"attributeRank", Kind::AttributeRank}, {"wordPosition", Kind::WordPosition},
        {"attribute", Kind::Attribute}, {"exactness", Kind::Exactness}, {"vectorSort", Kind::Vector},
        {"skipped", Kind::Skipped},
    };
    for (const Named &known : names) {
        if (name == known.name)
            return known.kind;
    }
    if (name.starts_with("_geoPoint("))
        return Kind::Geo;
    return name.ends_with(":asc") || name.ends_with(":desc") ? Kind::Sort : Kind::Other;
}

/// Reads one entry. The first thing that is not as it must be is remembered.
class EntryReader
{
public:
    EntryReader(std::string_view name, const json::Value &members, TextStore &texts)
        : m_members(members), m_texts(texts)
    {
        m_entry.kind = kindOf(name);
        m_entry.name = name;
        m_entry.ascending = !name.ends_with(":desc");
    }

    /// words: matching words of the words rule in front, 0 if there was none.
    Result<RankEntry> read(std::uint64_t words)
    {
        m_entry.score = m_members["score"].toDouble();
        switch (m_entry.kind) {
        case Kind::Words:
            m_entry.rank = count("matchingWords");
            m_entry.ranks = m_members["maxMatchingWords"].toDouble();
            break;
        case Kind::Typo:
            m_entry.rank = -count("typoCount");
            m_entry.ranks = m_members["maxTypoCount"].toDouble() + 1;
            break;
        case Kind::Proximity:
            m_entry.rank = -rounded(proximityCost(score("score"), words == 0 ? termsWithoutWords : words));
            break;
        case Kind::AttributeRank:
        case Kind::WordPosition:
            m_entry.rank = rounded(score("score"));
            break;
        case Kind::Attribute:
            m_entry.rank = rounded(score("attributeRankingOrderScore"));
            m_entry.subRank = rounded(score("queryWordDistanceScore"));
            break;
        case Kind::Exactness:
            exactness();
            break;
        case Kind::Sort:
            sortValue();
            break;
        case Kind::Geo:
            numberOrNull("distance");
            break;
        case Kind::Vector:
            numberOrNull("similarity");
            break;
        case Kind::Other:
            m_entry.rank = m_members["score"].isNumber() ? rounded(m_members["score"].toDouble()) : 0;
            break;
        case Kind::Skipped:
            break;
        }
        if (!m_problem.empty())
            return fail(std::string(m_entry.name) + m_problem);
        return m_entry;
    }

private:
    std::int64_t count(std::string_view member)
    {
        const auto number = m_members[member].toU64();
        if (!number || *number > maxCount) {
            note(member, "a count");
            return 0;
        }
        return static_cast<std::int64_t>(*number);
    }
    double score(std::string_view member)
    {
        if (!m_members[member].isNumber())
            note(member, "a number");
        return m_members[member].toDouble();
    }
    void exactness()
    {
        const std::string_view type = m_texts.text(m_members["matchType"]);
        if (type == "exactMatch") {
            m_entry.rank = 3;
        } else if (type == "matchesStart") {
            m_entry.rank = 2;
        } else if (type == "noExactMatch") {
            m_entry.rank = 1;
            // absent when the node ran out of time between the two halves of the rule
            m_entry.subRank = m_members["matchingWords"] ? count("matchingWords") : -1;
        } else {
            note("matchType", "a known match type");
        }
    }
    void sortValue()
    {
        const json::Value value = m_members["value"];
        if (value.isNumber()) {
            m_entry.value = RankEntry::Value::Number;
            m_entry.number = value.toDouble();
        } else if (value.isString()) {
            m_entry.value = RankEntry::Value::Text;
            m_entry.text = m_texts.text(value);
        } else if (!value.isNull()) {
            note("value", "a number, a text or null");
        }
    }
    void numberOrNull(std::string_view member)
    {
        const json::Value value = m_members[member];
        if (value.isNumber()) {
            m_entry.value = RankEntry::Value::Number;
            m_entry.number = value.toDouble();
        } else if (!value.isNull()) {
            note(member, "a number or null");
        }
    }
    void note(std::string_view member, std::string_view what)
    {
        if (m_problem.empty())
            m_problem = "." + std::string(member) + " is not " + std::string(what);
    }

    const json::Value m_members;
    TextStore &m_texts;
    RankEntry m_entry;
    std::string m_problem;
};

struct Rule {
    std::uint64_t order = 0;
    std::string_view name;
    json::Value members;
};

Result<std::vector<Rule>> rulesInOrder(const json::Value &details, TextStore &texts)
{
    std::vector<Rule> rules;
    rules.reserve(details.size());
    for (const json::Member member : details.members()) {
        const std::string_view name = texts.text(member.name);
        const auto order = member.value["order"].toU64();
        if (!order)
            return fail(std::string(name) + ".order is not a number");
        rules.push_back({*order, name, member.value});
    }
    const auto before = [](const Rule &a, const Rule &b) { return a.order < b.order; };
    if (!std::is_sorted(rules.begin(), rules.end(), before))
        std::stable_sort(rules.begin(), rules.end(), before);
    return rules;
}

std::strong_ordering ordered(double a, double b)
{
    // JSON has no NaN, so two numbers always compare
    return a < b ? std::strong_ordering::less : b < a ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering reversedIf(bool reverse, std::strong_ordering order)
{
    return reverse ? 0 <=> order : order;
}

std::strong_ordering compareValues(const RankEntry &a, const RankEntry &b)
{
    if (a.value != b.value)
        return a.value <=> b.value;
    const bool descending = a.kind == Kind::Vector || !a.ascending;
    switch (a.value) {
    case RankEntry::Value::Number:
        return reversedIf(descending, ordered(a.number, b.number));
    case RankEntry::Value::Text:
        return reversedIf(descending, a.text.compare(b.text) <=> 0);
    case RankEntry::Value::None:
        break;
    }
    return std::strong_ordering::equal;
}

} // namespace

double proximityCost(double score, std::uint64_t terms)
{
    constexpr double tolerance = 1e-9;
    for (std::uint64_t j = std::min<std::uint64_t>(terms, 1000); j > 0; --j) {
        const double cost = (1 - score) * static_cast<double>(3 * (j - 1) + 1);
        if (std::abs(cost - std::round(cost)) < tolerance)
            return std::round(cost);
    }
    return (1 - score) * 1e6;
}

Result<RankKey> RankKey::fromDetails(const json::Value &details, TextStore &texts)
{
    if (!details.isObject())
        return fail("_rankingScoreDetails is not an object");
    const auto rules = rulesInOrder(details, texts);
    if (!rules)
        return rules.err();
    RankKey key;
    key.entries.reserve(rules->size());
    std::uint64_t words = 0;
    for (const Rule &rule : *rules) {
        if (rule.name == "pin") {
            const auto position = rule.members["position"].toU64();
            if (!position || *position > 0xFFFFFFFFU)
                return fail("pin.position is not a position");
            key.pin = static_cast<std::uint32_t>(*position);
            continue;
        }
        auto entry = EntryReader(rule.name, rule.members, texts).read(words);
        if (!entry)
            return entry.err();
        if (entry->kind == Kind::Words)
            words = static_cast<std::uint64_t>(entry->rank);
        key.cutOff = key.cutOff || entry->kind == Kind::Skipped;
        if (rule.name == orderRule)
            key.order = entry->text;
        key.entries.push_back(*entry);
    }
    return key;
}

std::size_t RankKey::ownRules() const
{
    const bool ordered = !entries.empty() && entries.back().name == orderRule;
    return entries.size() - (ordered ? 1 : 0);
}

bool sameBucket(const RankKey &a, const RankKey &b)
{
    const std::size_t rules = a.ownRules();
    if (rules != b.ownRules())
        return false;
    for (std::size_t i = 0; i < rules; ++i) {
        if (compare(a.entries[i], b.entries[i]) != 0)
            return false;
    }
    return true;
}

bool RankKey::semantic() const
{
    return std::any_of(entries.begin(), entries.end(), [](const RankEntry &e) { return e.kind == Kind::Vector; });
}

std::strong_ordering compare(const RankEntry &a, const RankEntry &b)
{
    if (a.kind != b.kind)
        return a.kind <=> b.kind;
    switch (a.kind) {
    case Kind::Sort:
    case Kind::Geo:
    case Kind::Other:
        if (a.name != b.name)
            return a.name.compare(b.name) <=> 0;
        break;
    default:
        break;
    }
    if (a.kind == Kind::Sort || a.kind == Kind::Geo || a.kind == Kind::Vector)
        return compareValues(a, b);
    if (a.rank != b.rank)
        return b.rank <=> a.rank;
    return b.subRank <=> a.subRank;
}

std::strong_ordering compare(const RankKey &a, const RankKey &b)
{
    const std::size_t both = std::min(a.entries.size(), b.entries.size());
    for (std::size_t i = 0; i < both; ++i) {
        if (const auto order = compare(a.entries[i], b.entries[i]); order != 0)
            return order;
    }
    // what a node did not get to say is worse than anything it could have said
    if (a.entries.size() != b.entries.size())
        return b.entries.size() <=> a.entries.size();
    if (a.order.empty() != b.order.empty())
        return a.order.empty() <=> b.order.empty();
    return a.order.compare(b.order) <=> 0;
}

} // namespace miroir::merge
