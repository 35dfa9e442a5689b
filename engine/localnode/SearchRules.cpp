// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/SearchRules.h"

#include <algorithm>
#include <utility>

namespace miroir::localnode {

namespace {

/// A node compares texts, and keeps those of rules in small letters: "t" is behind the "T" of now. So a rule begins on
/// the day after the one its start names, and lasts to the end of the day that its end names.
std::string asKept(std::string text)
{
    for (char &c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    }
    return text;
}

bool isTime(const protocol::SearchRuleTime &time, const std::string &utc)
{
    return !(time.start && asKept(*time.start) > utc) && !(time.end && asKept(*time.end) < utc);
}

} // namespace

bool SearchRules::goesBefore(const Entry &a, const Entry &b)
{
    const auto place = [](const Entry &entry) {
        const auto &precedence = entry.rule.precedence;
        // sorted as numbers of documents are: large ones may fall together
        return std::pair(!precedence.has_value(), static_cast<double>(precedence.value_or(0)));
    };
    return std::pair(place(a), a.number) < std::pair(place(b), b.number);
}

void SearchRules::put(DocId number, protocol::SearchRule rule, const Tokenizer &tokenizer)
{
    remove(number);
    auto entry = std::make_shared<Entry>();
    entry->number = number;
    entry->rule = std::move(rule);
    const auto &query = entry->rule.conditions.query;
    std::vector<std::string> words;
    if (query && query->words)
        words = wordsOf(tokenizer, *query->words);
    if (words.size() <= countedWords) {
        entry->words.insert(words.begin(), words.end());
        // every occurrence is counted, but a query has each of its words once
        entry->matchesNothing = words.size() > wordLimit || entry->words.size() < words.size();
    }
    const auto place = std::lower_bound(m_order.begin(), m_order.end(), entry,
        [](const auto &a, const auto &b) { return goesBefore(*a, *b); });
    m_order.insert(place, std::move(entry));
}

void SearchRules::remove(DocId number)
{
    std::erase_if(m_order, [number](const auto &entry) { return entry->number == number; });
}

bool SearchRules::Entry::applies(const Query &query) const
{
    const protocol::SearchRuleConditions &conditions = rule.conditions;
    if (!rule.active || matchesNothing)
        return false;
    if (conditions.time && !isTime(*conditions.time, query.utc))
        return false;
    if (conditions.query && conditions.query->isEmpty.value_or(query.isEmpty) != query.isEmpty)
        return false;
    return std::all_of(words.begin(), words.end(), [&](const auto &word) { return query.words.contains(word); });
}

void SearchRules::visitActions(const Query &query, const Visit &visit) const
{
    std::size_t applied = 0;
    for (const auto &entry : m_order) {
        if (!entry->applies(query))
            continue;
        if (++applied > appliedLimit)
            return;
        for (const protocol::SearchRuleAction &action : entry->rule.actions) {
            if (!visit(action))
                return;
        }
    }
}

} // namespace miroir::localnode
