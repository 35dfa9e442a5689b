// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryGraph.h"

#include "localnode/QueryDerive.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <unordered_map>

namespace miroir::localnode {

namespace {

/// The term that several neighbouring words make when written as one; nullopt when they cannot be joined.
std::optional<LocatedTerm> joined(QueryContext &context, const std::vector<LocatedTerm> &terms, std::size_t from,
                                  std::size_t count)
{
    std::string text;
    std::vector<WordRef> parts;
    std::vector<std::string> texts;
    for (std::size_t i = from; i < from + count; ++i) {
        const QueryTerm &term = context.term(terms[i].term);
        if (term.phrase || term.isNgram())
            return std::nullopt;
        if (i > from && terms[i - 1].lastPosition != static_cast<std::uint16_t>(terms[i].firstPosition - 1))
            return std::nullopt;
        parts.push_back(term.original);
        texts.push_back(context.text(term.original));
        text += texts.back();
    }
    if (text.size() > querylimits::wordBytes)
        return std::nullopt;
    const bool prefix = context.term(terms[from + count - 1].term).prefix;
    const int typos = allowedTypos(context.data, text) - static_cast<int>(count - 1);
    QueryTerm term = termFromWord(context, text, static_cast<std::uint8_t>(std::max(0, typos)), prefix);
    const auto synonyms = context.data.synonyms.find(texts);
    if (synonyms != context.data.synonyms.end()) {
        for (const std::vector<std::string> &synonym : synonyms->second) {
            PhraseWords phrase;
            for (const std::string &word : synonym)
                phrase.emplace_back(context.wordRef(word));
            term.synonyms.push_back(context.phraseRef(std::move(phrase)));
        }
        std::sort(term.synonyms.begin(), term.synonyms.end());
    }
    term.ngramWords = std::move(parts);
    term.derived = false;
    return LocatedTerm {context.addTerm(std::move(term)), terms[from].firstPosition,
                        terms[from + count - 1].lastPosition};
}

} // namespace

std::uint32_t QueryGraph::addNode(QueryNode::Kind kind, LocatedSubset term)
{
    m_nodes.push_back({kind, std::move(term), {}, {}});
    return static_cast<std::uint32_t>(m_nodes.size() - 1);
}

void QueryGraph::link(std::uint32_t from, std::uint32_t to)
{
    m_nodes[from].after.insert(to);
    m_nodes[to].before.insert(from);
}

QueryGraph QueryGraph::fromTerms(QueryContext &context, std::vector<LocatedTerm> &terms)
{
    QueryGraph out;
    out.addNode(QueryNode::Kind::Start);
    out.addNode(QueryNode::Kind::End);
    const std::size_t words = terms.size();
    for (std::size_t i = 0; i < words; ++i) {
        for (std::size_t count = 1; count <= std::min<std::size_t>(3, i + 1); ++count) {
            std::optional<LocatedTerm> term = terms[i];
            if (count > 1)
                term = joined(context, terms, i + 1 - count, count);
            if (!term)
                continue;
            LocatedSubset located;
            located.subset.term = term->term;
            located.firstPosition = term->firstPosition;
            located.lastPosition = term->lastPosition;
            located.firstId = static_cast<std::uint8_t>(i + 1 - count);
            located.lastId = static_cast<std::uint8_t>(i);
            out.addNode(QueryNode::Kind::Term, std::move(located));
            if (count > 1)
                terms.push_back(*term);
        }
    }
    out.linkByIds();
    return out;
}

/// A node leads to those that begin at the nearest word behind its last one.
void QueryGraph::linkByIds()
{
    constexpr int behindAll = std::numeric_limits<int>::max();
    for (std::uint32_t from = 0; from < m_nodes.size(); ++from) {
        if (from == end)
            continue;
        const int last = from == start ? -1 : m_nodes[from].term.lastId;
        int nearest = behindAll;
        for (const QueryNode &node : m_nodes) {
            if (node.kind == QueryNode::Kind::Term && node.term.firstId > last)
                nearest = std::min<int>(nearest, node.term.firstId);
        }
        for (std::uint32_t to = 0; to < m_nodes.size(); ++to) {
            const bool next = nearest == behindAll
                ? to == end
                : m_nodes[to].kind == QueryNode::Kind::Term && m_nodes[to].term.firstId == nearest;
            if (next)
                link(from, to);
        }
    }
}

QueryGraph QueryGraph::fromPaths(const std::vector<std::vector<Step>> &paths)
{
    QueryGraph out;
    out.addNode(QueryNode::Kind::Start);
    out.addNode(QueryNode::Kind::End);
    std::unordered_multimap<std::size_t, std::uint32_t> known; // by hash of a node and everything behind it
    for (const std::vector<Step> &path : paths) {
        std::vector<LocatedSubset> terms;
        std::optional<LocatedSubset> led; // where the step before led to
        for (const auto &[from, to] : path) {
            if (led && from && from->firstId == led->firstId && from->lastId == led->lastId) {
                LocatedSubset both = *from;
                both.subset.zero.intersect(led->subset.zero);
                both.subset.one.intersect(led->subset.one);
                both.subset.two.intersect(led->subset.two);
                terms.push_back(std::move(both));
            } else {
                if (led)
                    terms.push_back(*led);
                if (from)
                    terms.push_back(*from);
            }
            led = to;
        }
        if (led)
            terms.push_back(*led);
        std::vector<std::size_t> hashes(terms.size());
        std::size_t hash = 0;
        for (std::size_t i = terms.size(); i-- > 0;)
            hashes[i] = hash = terms[i].hash(hash);
        std::uint32_t previous = start;
        for (std::size_t i = 0; i < terms.size(); ++i) {
            const auto [first, last] = known.equal_range(hashes[i]);
            const auto same = std::find_if(first, last, [&](const auto &entry) {
                return out.m_nodes[entry.second].term == terms[i];
            });
            const std::uint32_t node = same != last ? same->second : out.addNode(QueryNode::Kind::Term, terms[i]);
            if (same == last)
                known.emplace(hashes[i], node);
            out.link(previous, node);
            previous = node;
        }
        out.link(previous, end);
    }
    return out;
}

std::vector<IndexSet> QueryGraph::removalByCost(const QueryContext &context,
                                                const std::map<std::uint8_t, std::uint32_t> &costs) const
{
    std::map<std::uint32_t, IndexSet> byCost;
    bool mandatory = false;
    for (std::uint32_t i = 0; i < m_nodes.size(); ++i) {
        const QueryNode &node = m_nodes[i];
        if (node.kind != QueryNode::Kind::Term)
            continue;
        if (node.term.subset.mandatory || context.phraseOf(node.term.subset)) {
            mandatory = true;
            continue;
        }
        std::uint32_t cost = 0;
        for (std::uint8_t id = node.term.firstId; id <= node.term.lastId; ++id)
            cost = std::max(cost, costs.at(id));
        byCost[cost].insert(i);
    }
    std::vector<IndexSet> out;
    for (auto &[cost, nodes] : byCost)
        out.push_back(std::move(nodes));
    if (!mandatory && !out.empty())
        out.pop_back(); // something of the query must be left
    return out;
}

/// Frequent words first; words that no document has last.
std::map<std::uint8_t, std::uint32_t> QueryGraph::frequencyCosts(QueryContext &context) const
{
    std::map<std::uint8_t, IndexSet> docs;
    for (const QueryNode &node : m_nodes) {
        if (node.kind != QueryNode::Kind::Term)
            continue;
        const IndexSet found = context.docsOf(node.term.subset, context.data.all);
        for (std::uint8_t id = node.term.firstId; id <= node.term.lastId; ++id)
            docs[id] |= found;
    }
    std::vector<std::pair<std::size_t, std::uint8_t>> order;
    for (const auto &[id, found] : docs) {
        const std::size_t count = found.count();
        order.emplace_back(count == 0 ? std::numeric_limits<std::size_t>::max() : count, id);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    std::map<std::uint8_t, std::uint32_t> out;
    std::uint32_t weight = 1;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && order[i].first != order[i - 1].first)
            ++weight;
        out[order[i].second] = weight;
    }
    return out;
}

std::vector<IndexSet> QueryGraph::removalOrder(QueryContext &context, Strategy strategy) const
{
    if (strategy == Strategy::All)
        return {};
    if (strategy == Strategy::Frequency)
        return removalByCost(context, frequencyCosts(context));
    std::uint8_t first = std::numeric_limits<std::uint8_t>::max();
    std::uint8_t last = 0;
    for (const QueryNode &node : m_nodes) {
        if (node.kind == QueryNode::Kind::Term) {
            first = std::min(first, node.term.firstId);
            last = std::max(last, node.term.lastId);
        }
    }
    if (first >= last)
        return {};
    std::map<std::uint8_t, std::uint32_t> costs;
    for (unsigned id = 0; id <= last; ++id)
        costs[static_cast<std::uint8_t>(id)] = 1U + last - id;
    return removalByCost(context, costs);
}

void QueryGraph::removeKeepingPaths(const IndexSet &nodes)
{
    nodes.forEach([this](std::uint32_t id) {
        const IndexSet before = m_nodes[id].before;
        const IndexSet after = m_nodes[id].after;
        before.forEach([&](std::uint32_t n) {
            m_nodes[n].after.remove(id);
            m_nodes[n].after |= after;
        });
        after.forEach([&](std::uint32_t n) {
            m_nodes[n].before.remove(id);
            m_nodes[n].before |= before;
        });
        m_nodes[id] = QueryNode();
    });
}

std::uint32_t QueryGraph::wordsInPhrases(const QueryContext &context) const
{
    std::uint32_t count = 0;
    for (const QueryNode &node : m_nodes) {
        if (node.kind != QueryNode::Kind::Term)
            continue;
        if (const auto phrase = context.phraseOf(node.term.subset)) {
            for (const auto &word : context.phrase(*phrase))
                count += word ? 1 : 0;
        }
    }
    return count;
}

IndexSet QueryGraph::documents(QueryContext &context, const IndexSet &universe) const
{
    std::vector<std::optional<IndexSet>> found(m_nodes.size());
    found[start] = universe;
    std::deque<std::uint32_t> waiting;
    m_nodes[start].after.forEach([&](std::uint32_t n) { waiting.push_back(n); });
    // The graph has no cycle, so each round of the queue resolves at least one node.
    while (!waiting.empty()) {
        const std::uint32_t id = waiting.front();
        waiting.pop_front();
        if (found[id])
            continue;
        IndexSet docs;
        bool ready = true;
        m_nodes[id].before.forEach([&](std::uint32_t n) {
            ready = ready && found[n].has_value();
            if (found[n])
                docs |= *found[n];
        });
        if (!ready) {
            waiting.push_back(id);
            continue;
        }
        if (id == end)
            return docs;
        found[id] = context.docsOf(m_nodes[id].term.subset, docs);
        m_nodes[id].after.forEach([&](std::uint32_t n) { waiting.push_back(n); });
    }
    return {};
}

} // namespace miroir::localnode
