// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/RulePlan.h"

#include <algorithm>
#include <map>

namespace miroir::cluster {

using protocol::SearchRule;
using protocol::SearchRuleAction;

namespace {

/// Nodes compare precedences as floating-point numbers: 53 bits, of which the number of the rule takes the lower ones.
constexpr unsigned numberBits = 24;
constexpr std::uint64_t precedenceMax = (std::uint64_t {1} << (53 - numberBits)) - 1; // stands for none

std::vector<const KeptRule *> byPrecedence(const RuleTable &table)
{
    std::vector<const KeptRule *> rules;
    for (const KeptRule &kept : table.rules)
        rules.push_back(&kept);
    std::stable_sort(rules.begin(), rules.end(), [](const KeptRule *a, const KeptRule *b) {
        const auto &left = a->rule.precedence;
        const auto &right = b->rule.precedence;
        return left && (!right || *left < *right);
    });
    return rules;
}

/// The action's number among those that pin the same document, in the order of precedence. Rules that are not active
/// pin nothing; they would make the numbers large.
class Numbers
{
public:
    std::uint32_t next(bool active, const SearchRuleAction &action)
    {
        return active ? m_next[action.id]++ : 0;
    }

private:
    std::map<std::string, std::uint32_t> m_next;
};

} // namespace

std::vector<SearchRule> rulesForNodes(const RuleTable &table, const PhysicalOf &physicalOf)
{
    const std::vector<const KeptRule *> ordered = byPrecedence(table);
    // Rules that keep their precedence when others come and go need not be sent again; that takes small numbers.
    const bool spaced = std::all_of(table.rules.begin(), table.rules.end(), [](const KeptRule &kept) {
        return kept.rule.precedence.value_or(0) < precedenceMax && kept.number >> numberBits == 0;
    });
    std::map<std::uint32_t, SearchRule> rules;
    Numbers numbers;
    std::uint64_t rank = 0;
    for (const KeptRule *kept : ordered) {
        SearchRule &rule = rules[kept->number];
        rule = kept->rule;
        rule.active = table.active(*kept);
        rule.precedence = spaced
            ? (kept->rule.precedence.value_or(precedenceMax) << numberBits) + kept->number
            : rank;
        ++rank;
        rule.actions.clear();
        for (const SearchRuleAction &action : kept->rule.actions) {
            SearchRuleAction given {std::nullopt, action.id, numbers.next(rule.active, action)};
            if (action.indexUid) {
                given.indexUid = physicalOf(*action.indexUid);
                if (!given.indexUid)
                    continue;
            }
            rule.actions.push_back(std::move(given));
        }
    }
    std::vector<SearchRule> list;
    for (auto &[number, rule] : rules)
        list.push_back(std::move(rule));
    return list;
}

std::shared_ptr<merge::Pins> pinsOf(
    const RuleTable &table, std::string_view indexUid, const std::string &primaryKey)
{
    auto pins = std::make_shared<merge::Pins>(primaryKey);
    Numbers numbers;
    std::uint32_t rank = 0;
    for (const KeptRule *kept : byPrecedence(table)) {
        const bool active = table.active(*kept);
        for (const SearchRuleAction &action : kept->rule.actions) {
            const std::uint32_t number = numbers.next(active, action);
            const bool here = !action.indexUid || *action.indexUid == indexUid;
            if (active && here)
                pins->add(action.id, number, {action.position, rank});
            ++rank;
        }
    }
    return pins;
}

} // namespace miroir::cluster
