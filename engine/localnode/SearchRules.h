// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/LocalIndex.h"
#include "localnode/Tokenizer.h"
#include "protocol/SearchRule.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

/// The dynamic search rules of the instance in the order of their precedence, and which of them a search is subject to.
/// A value without I/O and clock; copies share the rules. Behaviour taken from milli/src/dynamic_search_rules.rs.
class SearchRules
{
public:
    static constexpr std::size_t appliedLimit = 1000; ///< rules of one search; the rest is not looked at
    static constexpr std::size_t wordLimit = 10; ///< different words of a query that count
    static constexpr std::size_t countedWords = 30; ///< a rule with more words has no condition on words any more

    /// What the conditions of a rule look at.
    struct Query
    {
        std::set<std::string, std::less<>> words; ///< single ones of the query, normalised
        bool isEmpty = true; ///< no word and no phrase
        std::string utc; ///< now, RFC 3339
    };
    /// False ends the walk.
    using Visit = std::function<bool(const protocol::SearchRuleAction &)>;

    /// `number`: that of the rule's document, which decides between rules of equal precedence.
    void put(DocId number, protocol::SearchRule rule, const Tokenizer &tokenizer);
    void remove(DocId number);
    /// The actions of the rules that apply, in the order in which they take effect, for whatever index.
    void visitActions(const Query &query, const Visit &visit) const;

private:
    struct Entry
    {
        DocId number = 0;
        protocol::SearchRule rule;
        std::set<std::string, std::less<>> words; ///< that a query must have; empty: no condition
        bool matchesNothing = false; ///< too many words, or one of them twice
        [[nodiscard]] bool applies(const Query &query) const;
    };
    static bool goesBefore(const Entry &a, const Entry &b);

    std::vector<std::shared_ptr<const Entry>> m_order;
};

/// The rules with the time at which they are looked at: what a search is given.
struct RulesNow
{
    std::shared_ptr<const SearchRules> rules;
    std::string utc; ///< RFC 3339
};

} // namespace miroir::localnode
