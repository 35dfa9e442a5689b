// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/AttributeCheck.h"
#include "protocol/SearchRequest.h"
#include "protocol/Settings.h"

#include <optional>
#include <string>
#include <vector>

/// Whether the hits of several queries can be put into one list: the rules of all queries must compare like with like,
/// place by place. Rules and sentences are those of a node (search/ranking_rules.rs). Pure.
namespace miroir::protocol {

/// What the rules of one query come to: rules that do nothing for its kind of search are left out, neighbours that
/// only measure relevancy are one.
class QueryRanking
{
public:
    enum class Search : std::uint8_t { Placeholder, Keyword, Vector };
    enum class Kind : std::uint8_t { Relevancy, Ascending, Descending, AscendingGeo, DescendingGeo };
    /// Where a rule comes from: a rule of the settings, several of them, or a criterion of `sort`.
    struct Source {
        enum class Type : std::uint8_t { Rule, Rules, Sort };
        Type type = Type::Rule;
        std::size_t first = 0; ///< place among the rules
        std::size_t last = 0; ///< Rules: place of the last one; Sort: place in `sort`
    };
    struct Constraint {
        Source source; ///< of Rule and Rules: places among the rules that are left
        Kind kind = Kind::Relevancy;
    };

    /// sort: nothing when the query has none.
    QueryRanking(const std::vector<RankingRule> &rules, const std::optional<std::vector<SortRule>> &sort,
        MatchingStrategy strategy, Search search);

    [[nodiscard]] const std::vector<Constraint> &constraints() const { return m_constraints; }
    /// "`queries[0]`, `m.rankingRules[0..=2]`: relevancy rule(s) words, typo, proximity"
    [[nodiscard]] std::string described(
        const Constraint &constraint, std::size_t query, const std::string &indexUid) const;
    /// What was left out and why, a line each.
    [[nodiscard]] std::string notes() const;

private:
    class Canonical;
    [[nodiscard]] std::string sourceName(const Source &source) const;
    [[nodiscard]] std::string namesOf(const Constraint &constraint) const;
    void coalesce();

    std::vector<RankingRule> m_rules; // of the settings
    std::optional<std::vector<SortRule>> m_sort; // of the query
    std::vector<RankingRule> m_left; // rules that count
    std::vector<SortRule> m_sortLeft;
    std::vector<std::string> m_notes;
    std::vector<Constraint> m_constraints;
};

/// The kind of search that decides about the rules; meaningful when checkSearchKind() passes.
QueryRanking::Search rankingSearch(const SearchRequest &request);

/// Takes the queries of a federated search in a node's order (by index, then by position).
class RankingCompat
{
public:
    /// invalid_multi_search_query_ranking_rules when it cannot be compared with those before.
    ApiStatus add(QueryRanking ranking, std::size_t query, const std::string &indexUid);

private:
    struct Seen {
        QueryRanking ranking;
        std::size_t query = 0;
        std::string indexUid;
    };
    std::optional<Seen> m_longest; // the one with most constraints
};

} // namespace miroir::protocol
