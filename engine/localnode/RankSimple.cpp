// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/RankRule.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace miroir::localnode {

namespace {

/// Three buckets: a field is the query and nothing else, a field starts with it, all others.
class ExactMatchRule final : public RankRule
{
public:
    void start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph) override
    {
        m_graph = std::move(graph);
        m_stage = Stage::Exact;
        m_exact.clear();
        m_starts.clear();
        if (!findMatches(context, universe))
            m_stage = Stage::Rest;
    }

    std::optional<RankBucket> next(QueryContext &, const IndexSet &universe) override
    {
        RankBucket out {m_graph, {}, {}};
        out.detail.kind = ScoreDetail::Kind::Match;
        switch (m_stage) {
        case Stage::Exact:
            m_stage = Stage::Starts;
            out.documents = m_exact & universe;
            out.detail.rank = {3, 3};
            return out;
        case Stage::Starts:
            m_stage = Stage::Rest;
            out.documents = m_starts & universe;
            out.detail.rank = {2, 3};
            return out;
        case Stage::Rest:
            out.documents = universe;
            out.detail.rank = {1, 3};
            return out;
        }
        return std::nullopt;
    }

    void end() override { m_graph.reset(); }

private:
    enum class Stage : std::uint8_t { Exact, Starts, Rest };
    struct Part {
        PhraseWords words;
        std::uint16_t position = 0;
        std::uint8_t id = 0;
        std::uint32_t positions = 0;
    };

    /// The exact terms of the graph from its first word on; empty when one is missing in between.
    static std::vector<Part> parts(QueryContext &context, const QueryGraph &graph)
    {
        std::vector<Part> out;
        for (const QueryNode &node : graph.nodes()) {
            if (node.kind != QueryNode::Kind::Term)
                continue;
            const auto exact = context.exactOf(node.term.subset);
            if (!exact)
                continue;
            PhraseWords words = exact->phrase ? context.phrase(*exact->phrase) : PhraseWords {exact->word};
            out.push_back({std::move(words), node.term.firstPosition, node.term.firstId,
                           static_cast<std::uint32_t>(node.term.lastPosition - node.term.firstPosition + 1)});
        }
        std::stable_sort(out.begin(), out.end(), [](const Part &a, const Part &b) { return a.id < b.id; });
        out.erase(std::unique(out.begin(), out.end(), [](const Part &a, const Part &b) { return a.id == b.id; }),
                  out.end());
        std::uint8_t expected = 0;
        for (const Part &part : out) {
            if (part.id != expected++)
                return {};
        }
        return out;
    }

    bool findMatches(QueryContext &context, const IndexSet &universe)
    {
        const std::vector<Part> terms = parts(context, *m_graph);
        if (terms.empty())
            return false;
        IndexSet candidates = universe;
        std::uint32_t positions = 0;
        for (const Part &part : terms) {
            positions += part.positions;
            for (std::size_t offset = 0; offset < part.words.size(); ++offset) {
                if (part.words[offset]) {
                    const auto position = static_cast<std::uint16_t>(part.position + offset);
                    candidates &= context.atPosition(*part.words[offset], bucketedPosition(position), false);
                }
            }
            if (candidates.isEmpty())
                return false;
        }
        constexpr std::uint32_t countedWords = 30;
        for (const FieldId field : context.data.fields.searchableIds()) {
            IndexSet here = candidates;
            for (const Part &part : terms) {
                for (const auto &word : part.words) {
                    if (word)
                        here &= context.inField(*word, field, false);
                }
            }
            here.forEach([&](DocId doc) {
                const auto &counts = context.data.documents[doc].wordCounts;
                const bool whole = positions <= countedWords
                    && std::find(counts.begin(), counts.end(), std::pair(field, positions)) != counts.end();
                (whole ? m_exact : m_starts).insert(doc);
            });
        }
        return true;
    }

    QueryGraphPtr m_graph;
    Stage m_stage = Stage::Rest;
    IndexSet m_exact, m_starts;
};

/// Ascending or descending values of a field: numbers, then texts, then documents without.
class SortFieldRule final : public RankRule
{
public:
    SortFieldRule(const IndexData &data, std::string field, bool ascending)
        : m_field(std::move(field)), m_ascending(ascending)
    {
        const auto &displayed = data.settings.displayedAttributes;
        m_redacted = displayed && std::find(displayed->begin(), displayed->end(), m_field) == displayed->end();
    }

    void start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph) override
    {
        m_graph = std::move(graph);
        m_heap.clear();
        m_column = nullptr;
        const auto field = context.data.fields.find(m_field);
        if (!field)
            return;
        m_column = &context.data.facets.sortColumn(*field);
        const auto &places = m_ascending ? m_column->lowest : m_column->highest;
        universe.forEach([&](DocId doc) {
            if (doc < places.size() && places[doc] != SortColumn::none)
                m_heap.emplace_back(orderOf(places[doc]), doc);
        });
        // A heap: only the buckets that are asked for are sorted out.
        std::make_heap(m_heap.begin(), m_heap.end(), std::greater<>());
    }

    std::optional<RankBucket> next(QueryContext &, const IndexSet &universe) override
    {
        RankBucket out {m_graph, {}, {}};
        out.detail.kind = ScoreDetail::Kind::Sort;
        out.detail.field = m_field;
        out.detail.ascending = m_ascending;
        out.detail.redacted = m_redacted;
        out.detail.valueJson = "null";
        while (!m_heap.empty() && out.documents.isEmpty()) {
            const std::uint32_t order = m_heap.front().first;
            while (!m_heap.empty() && m_heap.front().first == order) {
                if (universe.contains(m_heap.front().second))
                    out.documents.insert(m_heap.front().second);
                std::pop_heap(m_heap.begin(), m_heap.end(), std::greater<>());
                m_heap.pop_back();
            }
            out.detail.valueJson = valueAt(orderOf(order));
        }
        if (out.documents.isEmpty()) {
            out.documents = universe;
            out.detail.valueJson = "null";
        }
        return out;
    }

    void end() override
    {
        m_graph.reset();
        m_heap.clear();
    }

private:
    /// Turns places around inside numbers and inside texts when the order is descending; its own inverse.
    [[nodiscard]] std::uint32_t orderOf(std::uint32_t place) const
    {
        if (m_ascending)
            return place;
        const std::uint32_t numbers = m_column->numberCount;
        const auto all = static_cast<std::uint32_t>(m_column->keys.size());
        return place < numbers ? numbers - 1 - place : all - 1 - (place - numbers);
    }
    [[nodiscard]] std::string valueAt(std::uint32_t place) const
    {
        const SortColumn::Key &key = m_column->keys[place];
        return key.isNumber ? json::formatDouble(key.number) : json::quoted(*key.text);
    }

    std::string m_field;
    bool m_ascending;
    bool m_redacted = false;
    QueryGraphPtr m_graph;
    const SortColumn *m_column = nullptr;
    std::vector<std::pair<std::uint32_t, DocId>> m_heap;
};

/// Buckets of one metre around the first document of each, at most a thousand documents.
class GeoRule final : public RankRule
{
public:
    GeoRule(GeoPoint target, bool ascending) : m_target(target), m_ascending(ascending) { }

    void start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph) override
    {
        m_graph = std::move(graph);
        m_places.clear();
        universe.forEach([&](DocId doc) {
            if (const auto &point = context.data.documents[doc].geo)
                m_places.push_back({geoDistanceMetres(m_target, *point), doc, *point});
        });
        // Fewer than a thousand are compared by whole metres, as on a node, and a descending order is the ascending one
        // read from its end; more are compared exactly.
        const bool exact = m_places.size() >= 1000;
        std::stable_sort(m_places.begin(), m_places.end(), [exact](const Place &a, const Place &b) {
            return exact ? a.distance < b.distance : std::floor(a.distance) < std::floor(b.distance);
        });
        if (!m_ascending)
            std::reverse(m_places.begin(), m_places.end());
        m_at = 0;
    }

    std::optional<RankBucket> next(QueryContext &, const IndexSet &universe) override
    {
        constexpr double margin = 1.0;
        constexpr std::size_t largest = 1000;
        RankBucket out {m_graph, {}, {}};
        out.detail.kind = ScoreDetail::Kind::Geo;
        out.detail.ascending = m_ascending;
        out.detail.target = m_target;
        std::size_t count = 0;
        double first = 0;
        for (; m_at < m_places.size() && count < largest; ++m_at) {
            const Place &place = m_places[m_at];
            if (!universe.contains(place.doc))
                continue;
            if (count == 0) {
                first = place.distance;
                out.detail.point = place.point;
            } else if (std::abs(place.distance - first) > margin) {
                break;
            }
            out.documents.insert(place.doc);
            ++count;
        }
        if (count == 0)
            out.documents = universe;
        return out;
    }

    void end() override
    {
        m_graph.reset();
        m_places.clear();
    }

private:
    struct Place {
        double distance = 0;
        DocId doc = 0;
        GeoPoint point;
    };
    GeoPoint m_target;
    bool m_ascending;
    QueryGraphPtr m_graph;
    std::vector<Place> m_places;
    std::size_t m_at = 0;
};

/// One document after the other by similarity; those without a vector last.
class VectorRule final : public RankRule
{
public:
    VectorRule(std::string embedder, std::vector<float> target)
        : m_embedder(std::move(embedder)), m_target(std::move(target))
    {
    }

    void start(QueryContext &context, const IndexSet &universe, QueryGraphPtr graph) override
    {
        m_graph = std::move(graph);
        m_near = context.data.vectors.nearest(m_embedder, m_target, universe);
        m_at = 0;
    }

    std::optional<RankBucket> next(QueryContext &, const IndexSet &universe) override
    {
        RankBucket out {m_graph, {}, {}};
        out.detail.kind = ScoreDetail::Kind::Vector;
        for (; m_at < m_near.size() && out.documents.isEmpty(); ++m_at) {
            if (!universe.contains(m_near[m_at].doc))
                continue;
            out.documents.insert(m_near[m_at].doc);
            out.detail.similarity = m_near[m_at].similarity;
        }
        if (out.documents.isEmpty())
            out.documents = universe;
        return out;
    }

    void end() override { m_graph.reset(); }

private:
    std::string m_embedder;
    std::vector<float> m_target;
    QueryGraphPtr m_graph;
    std::vector<VectorStore::Near> m_near;
    std::size_t m_at = 0;
};

} // namespace

std::unique_ptr<RankRule> makeExactMatchRule()
{
    return std::make_unique<ExactMatchRule>();
}
std::unique_ptr<RankRule> makeSortRule(const IndexData &data, std::string field, bool ascending)
{
    return std::make_unique<SortFieldRule>(data, std::move(field), ascending);
}
std::unique_ptr<RankRule> makeGeoRule(GeoPoint target, bool ascending)
{
    return std::make_unique<GeoRule>(target, ascending);
}
std::unique_ptr<RankRule> makeVectorRule(std::string embedder, std::vector<float> target)
{
    return std::make_unique<VectorRule>(std::move(embedder), std::move(target));
}

} // namespace miroir::localnode
