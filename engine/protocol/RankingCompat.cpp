// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/RankingCompat.h"

#include <algorithm>
#include <map>

namespace miroir::protocol {

namespace {

using Kind = QueryRanking::Kind;
using Source = QueryRanking::Source;
using Rule = RankingRule::Kind;

bool isRelevancy(Rule kind)
{
    return kind != Rule::Sort && kind != Rule::Asc && kind != Rule::Desc;
}

Kind kindOf(const RankingRule &rule)
{
    if (isRelevancy(rule.kind))
        return Kind::Relevancy;
    const bool ascending = rule.kind == Rule::Asc;
    if (rule.field == "_geo")
        return ascending ? Kind::AscendingGeo : Kind::DescendingGeo;
    return ascending ? Kind::Ascending : Kind::Descending;
}

Kind kindOf(const SortRule &rule)
{
    if (rule.geo)
        return rule.ascending ? Kind::AscendingGeo : Kind::DescendingGeo;
    return rule.ascending ? Kind::Ascending : Kind::Descending;
}

bool isGeo(Kind kind)
{
    return kind == Kind::AscendingGeo || kind == Kind::DescendingGeo;
}

/// Why two rules of different kinds cannot be compared.
std::string_view reason(Kind a, Kind b)
{
    const bool relevancy = a == Kind::Relevancy || b == Kind::Relevancy;
    if (relevancy) {
        return isGeo(a) || isGeo(b) ? "cannot compare a relevancy rule with a geosort rule"
                                    : "cannot compare a relevancy rule with a sort rule";
    }
    if (isGeo(a) != isGeo(b))
        return "cannot compare a sort rule with a geosort rule";
    return isGeo(a) ? "cannot compare two geosort rules in opposite directions"
                    : "cannot compare two sort rules in opposite directions";
}

const char *kindName(Kind kind)
{
    switch (kind) {
    case Kind::Relevancy:
        return "relevancy";
    case Kind::Ascending:
        return "ascending sort";
    case Kind::Descending:
        return "descending sort";
    case Kind::AscendingGeo:
        return "ascending geo sort";
    case Kind::DescendingGeo:
        return "descending geo sort";
    }
    return "";
}

std::string place(const Source &source)
{
    const std::string first = "#" + std::to_string(source.first);
    if (source.type == Source::Type::Rule)
        return first + " in ranking rules";
    return "#" + std::to_string(source.last) + " in `query.sort` (as `sort` is " + first + " in ranking rules)";
}

Source rule(std::size_t index)
{
    return {Source::Type::Rule, index, 0};
}

} // namespace

/// Walks over the rules of the settings once and keeps what counts.
class QueryRanking::Canonical
{
public:
    Canonical(QueryRanking &ranking, MatchingStrategy strategy) : m_r(ranking), m_strategy(strategy) { }

    void run(Search search)
    {
        for (std::size_t i = 0; i < m_r.m_rules.size() && !m_done; ++i) {
            const RankingRule &next = m_r.m_rules[i];
            if (next.kind == Rule::Sort)
                sort(i);
            else if (!isRelevancy(next.kind))
                field(next, i);
            else if (search == Search::Placeholder)
                removed(i, " because the query is a placeholder search (`q`: \"\")", "relevancy rule ");
            else if (search == Search::Vector)
                vector(next, i);
            else if (next.kind == Rule::Words)
                words(next, i);
            else
                keyword(next, i);
        }
    }

private:
    void note(std::string text) { m_r.m_notes.push_back(std::move(text)); }
    std::string quoted(const Source &source) { return "`" + m_r.sourceName(source) + "`"; }

    void removed(std::size_t index, const std::string &why, const std::string &what)
    {
        note("Removed " + what + quoted(rule(index)) + " at position " + place(rule(index)) + why);
    }
    void duplicate(const Source &earlier, const Source &source)
    {
        note("Removed duplicate rule " + quoted(earlier) + " at position " + place(source)
            + " as it already appears at position " + place(earlier));
    }

    void field(const RankingRule &next, std::size_t index)
    {
        const auto [known, fresh] = m_fields.try_emplace(next.field, rule(index));
        if (fresh)
            m_r.m_left.push_back(next);
        else
            duplicate(known->second, rule(index));
    }

    void sort(std::size_t index)
    {
        if (m_sort) {
            duplicate(rule(*m_sort), rule(index));
            return;
        }
        if (!m_r.m_sort) {
            note("Removed rule `sort` at position " + place(rule(index)) + " because `query.sort` is empty");
            return;
        }
        m_sort = index;
        m_r.m_left.push_back(m_r.m_rules[index]);
        std::optional<Source> geo;
        for (std::size_t i = 0; i < m_r.m_sort->size(); ++i) {
            const SortRule &next = (*m_r.m_sort)[i];
            const Source source {Source::Type::Sort, index, i};
            const std::optional<Source> earlier = next.geo ? geo : seenField(next.field);
            if (earlier) {
                duplicate(*earlier, source);
                continue;
            }
            if (next.geo)
                geo = source;
            else
                m_fields.emplace(next.field, source);
            m_r.m_sortLeft.push_back(next);
        }
    }
    std::optional<Source> seenField(const std::string &name) const
    {
        const auto known = m_fields.find(name);
        return known == m_fields.end() ? std::nullopt : std::optional(known->second);
    }

    /// The first rule of relevancy stands for the comparison of vectors.
    void vector(const RankingRule &next, std::size_t index)
    {
        if (!m_vector) {
            m_r.m_left.push_back(next);
            m_vector = index;
            return;
        }
        const std::string inserted = " inserted at position " + place(rule(*m_vector));
        if (m_fields.empty()) {
            removed(index, " because the query is a vector search and `vector` was already" + inserted,
                "relevancy rule ");
            return;
        }
        note("Truncated relevancy rule " + quoted(rule(index)) + " at position " + place(rule(index))
            + " and later rules because the query is a vector search and `vector` was" + inserted);
        m_done = true;
    }

    void words(const RankingRule &next, std::size_t index)
    {
        if (m_strategy == MatchingStrategy::All) {
            removed(index, " because `query.matchingWords` is set to `all`", "rule ");
            return;
        }
        if (m_words) {
            duplicate(rule(*m_words), rule(index));
            return;
        }
        if (m_wordsAdded)
            removed(index, " because it was previously prepended", "rule ");
        m_words = index;
        m_r.m_left.push_back(next);
    }

    void keyword(const RankingRule &next, std::size_t index)
    {
        if (m_strategy != MatchingStrategy::All && !m_words && !m_wordsAdded) {
            note("Prepended rule `words` before first relevancy rule " + quoted(rule(index)) + " at position "
                + place(rule(index)));
            m_r.m_left.push_back({Rule::Words, {}});
            m_wordsAdded = true;
        }
        const auto [known, fresh] = m_kinds.try_emplace(next.kind, index);
        if (fresh)
            m_r.m_left.push_back(next);
        else
            duplicate(rule(known->second), rule(index));
    }

    QueryRanking &m_r;
    MatchingStrategy m_strategy;
    std::map<std::string, Source> m_fields; // sorted by, with the first place
    std::map<Rule, std::size_t> m_kinds;
    std::optional<std::size_t> m_sort, m_vector, m_words;
    bool m_wordsAdded = false;
    bool m_done = false;
};

QueryRanking::QueryRanking(const std::vector<RankingRule> &rules, const std::optional<std::vector<SortRule>> &sort,
    MatchingStrategy strategy, Search search)
    : m_rules(rules), m_sort(sort)
{
    Canonical(*this, strategy).run(search);
    coalesce();
}

void QueryRanking::coalesce()
{
    for (std::size_t i = 0; i < m_left.size(); ++i) {
        if (m_left[i].kind == Rule::Sort) {
            for (std::size_t j = 0; j < m_sortLeft.size(); ++j)
                m_constraints.push_back({{Source::Type::Sort, i, j}, kindOf(m_sortLeft[j])});
            continue;
        }
        const Kind kind = kindOf(m_left[i]);
        if (kind == Kind::Relevancy && !m_constraints.empty() && m_constraints.back().kind == kind) {
            Source &before = m_constraints.back().source;
            before = {Source::Type::Rules, before.first, i};
        } else {
            m_constraints.push_back({{Source::Type::Rule, i, 0}, kind});
        }
    }
}

std::string QueryRanking::sourceName(const Source &source) const
{
    if (source.type != Source::Type::Sort)
        return m_rules[source.first].text();
    const SortRule &sort = (*m_sort)[source.last];
    return (sort.geo ? "_geo(..)" : sort.field) + (sort.ascending ? ":asc" : ":desc");
}

std::string QueryRanking::namesOf(const Constraint &constraint) const
{
    const Source &source = constraint.source;
    if (source.type == Source::Type::Sort)
        return m_sortLeft[source.last].geo ? "default" : "on field `" + m_sortLeft[source.last].field + "`";
    const std::size_t last = source.type == Source::Type::Rules ? source.last : source.first;
    std::string names;
    for (std::size_t i = source.first; i <= last; ++i)
        names += (i > source.first ? ", " : "") + m_left[i].text();
    return names;
}

std::string QueryRanking::described(
    const Constraint &constraint, std::size_t query, const std::string &indexUid) const
{
    const Source &source = constraint.source;
    std::string out = "`queries[" + std::to_string(query) + "]";
    if (source.type == Source::Type::Sort)
        out += ".sort[" + std::to_string(source.last) + "]";
    out += "`, `" + indexUid + ".rankingRules[" + std::to_string(source.first);
    if (source.type == Source::Type::Rules)
        out += "..=" + std::to_string(source.last);
    return out + "]`: " + kindName(constraint.kind) + " rule(s) " + namesOf(constraint);
}

std::string QueryRanking::notes() const
{
    std::string out;
    for (std::size_t i = 0; i < m_notes.size(); ++i) {
        // a node indents this one line less than the others
        const bool less = m_notes[i].starts_with("Removed rule `sort`");
        out += (less ? "   " : "    ") + std::to_string(i + 1) + ". " + m_notes[i] + "\n";
    }
    return out;
}

QueryRanking::Search rankingSearch(const SearchRequest &request)
{
    if (request.mode() == SearchMode::Semantic)
        return QueryRanking::Search::Vector;
    return request.q && !request.q->empty() ? QueryRanking::Search::Keyword : QueryRanking::Search::Placeholder;
}

ApiStatus RankingCompat::add(QueryRanking ranking, std::size_t query, const std::string &indexUid)
{
    if (!m_longest) {
        m_longest = Seen {std::move(ranking), query, indexUid};
        return Done {};
    }
    const auto &before = m_longest->ranking.constraints();
    const auto &now = ranking.constraints();
    for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
        if (before[i].kind == now[i].kind)
            continue;
        const std::string first = "#" + std::to_string(m_longest->query);
        const std::string second = "#" + std::to_string(query);
        std::string message = "The results of queries " + first + " and " + second + " are incompatible: \n  1. "
            + m_longest->ranking.described(before[i], m_longest->query, m_longest->indexUid) + "\n  2. "
            + ranking.described(now[i], query, indexUid) + "\n  - " + std::string(reason(before[i].kind, now[i].kind))
            + "\n";
        const auto addNotes = [&message](const std::string &name, const std::string &notes) {
            if (!notes.empty())
                message += "  - note: The ranking rules of query " + name
                    + " were modified during canonicalization:\n" + notes;
        };
        addNotes(first, m_longest->ranking.notes());
        addNotes(second, ranking.notes());
        return refuse("invalid_multi_search_query_ranking_rules", std::move(message));
    }
    if (before.size() <= now.size())
        m_longest = Seen {std::move(ranking), query, indexUid};
    return Done {};
}

} // namespace miroir::protocol
