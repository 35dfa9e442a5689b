// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QuerySearch.h"

#include "localnode/FilterEval.h"
#include "protocol/FilterCheck.h"

#include <algorithm>
#include <set>

namespace miroir::localnode {

using protocol::ApiResult;
using protocol::ApiStatus;
using protocol::RankingRule;
using protocol::SearchRequest;
using protocol::SortRule;

namespace {

Strategy strategyOf(protocol::MatchingStrategy strategy)
{
    switch (strategy) {
    case protocol::MatchingStrategy::All:
        return Strategy::All;
    case protocol::MatchingStrategy::Frequency:
        return Strategy::Frequency;
    case protocol::MatchingStrategy::Last:
        break;
    }
    return Strategy::Last;
}

/// The list of rules in the order of the settings; each field sorts once, each rule runs once.
class RuleList
{
public:
    RuleList(const IndexData &data, const std::vector<SortRule> &sort) : m_data(data), m_sort(sort) { }

    RankRules forWords(Strategy strategy)
    {
        bool words = strategy == Strategy::All; // then no word is ever left out
        std::set<RankingRule::Kind> done;
        for (const RankingRule &rule : m_data.settings.rankingRules) {
            if (addSorting(rule))
                continue;
            if (!words)
                m_out.push_back(makeWordsRule(strategy)); // goes before any rule that compares words
            words = true;
            if (rule.kind != RankingRule::Kind::Words && done.insert(rule.kind).second)
                addWordRule(rule.kind, done);
        }
        return std::move(m_out);
    }

    RankRules forPlaceholder()
    {
        for (const RankingRule &rule : m_data.settings.rankingRules)
            addSorting(rule);
        return std::move(m_out);
    }

    RankRules forVector(const std::string &embedder, const std::vector<float> &target)
    {
        bool vector = false;
        for (const RankingRule &rule : m_data.settings.rankingRules) {
            if (addSorting(rule) || vector)
                continue;
            m_out.push_back(makeVectorRule(embedder, target));
            vector = true;
        }
        return std::move(m_out);
    }

private:
    void addField(const std::string &field, bool ascending)
    {
        if (m_fields.insert(field).second)
            m_out.push_back(makeSortRule(m_data, field, ascending));
    }

    /// True for rules that need no words.
    bool addSorting(const RankingRule &rule)
    {
        if (rule.kind == RankingRule::Kind::Asc || rule.kind == RankingRule::Kind::Desc) {
            addField(rule.field, rule.kind == RankingRule::Kind::Asc);
            return true;
        }
        if (rule.kind != RankingRule::Kind::Sort)
            return false;
        if (!m_sorted) {
            for (const SortRule &sort : m_sort) {
                if (sort.geo)
                    m_out.push_back(makeGeoRule({sort.latitude, sort.longitude}, sort.ascending));
                else
                    addField(sort.field, sort.ascending);
            }
        }
        m_sorted = true;
        return true;
    }

    void addWordRule(RankingRule::Kind kind, const std::set<RankingRule::Kind> &done)
    {
        using Kind = RankingRule::Kind;
        const bool unified = done.contains(Kind::Attribute) && kind != Kind::Attribute;
        switch (kind) {
        case Kind::Typo:
            m_out.push_back(makeTypoRule());
            break;
        case Kind::Proximity:
            m_out.push_back(makeProximityRule());
            break;
        case Kind::Attribute:
            if (done.contains(Kind::AttributeRank) || done.contains(Kind::WordPosition))
                break;
            m_out.push_back(makeFieldRule());
            m_out.push_back(makePositionRule());
            break;
        case Kind::AttributeRank:
            if (!unified)
                m_out.push_back(makeFieldRule());
            break;
        case Kind::WordPosition:
            if (!unified)
                m_out.push_back(makePositionRule());
            break;
        case Kind::Exactness:
            m_out.push_back(makeExactMatchRule());
            m_out.push_back(makeExactWordsRule());
            break;
        default:
            break;
        }
    }

    const IndexData &m_data;
    const std::vector<SortRule> &m_sort;
    RankRules m_out;
    std::set<std::string> m_fields;
    bool m_sorted = false;
};

bool starMatches(std::string_view pattern, std::string_view field)
{
    return pattern.find('*') != std::string_view::npos
        && protocol::matchPattern(pattern, field) == protocol::PatternMatch::Match;
}

ApiStatus restrictFields(QueryContext &context, const SearchRequest &request)
{
    if (!request.attributesToSearchOn)
        return Done {};
    const IndexFields &fields = context.data.fields;
    std::vector<std::string> names;
    for (const FieldId id : fields.searchableIds())
        names.push_back(fields.name(id));
    if (auto s = protocol::checkSearchOn(*request.attributesToSearchOn, context.data.settings, names, context.data.uid);
        !s)
        return s.err();
    std::set<FieldId> allowed;
    for (const std::string &attribute : *request.attributesToSearchOn) {
        if (attribute == "*")
            return Done {};
        for (const FieldId id : fields.searchableIds()) {
            if (fields.name(id) == attribute || starMatches(attribute, fields.name(id)))
                allowed.insert(id);
        }
    }
    context.restrictTo(std::move(allowed));
    return Done {};
}

struct Prepared {
    IndexSet universe;
    std::vector<SortRule> sort;
    std::optional<FieldId> distinct;
    ParsedQuery query;
    std::vector<Pin> pins; ///< not in the universe
};

/// Everything before ranking, with errors in the order in which a node finds them.
ApiResult<Prepared> prepare(QueryContext &context, const SearchRequest &request, bool useQuery, FilterUse use,
                            const RulesNow *rules = nullptr)
{
    const IndexData &data = context.data;
    Prepared out;
    if (request.sort) {
        auto sort = protocol::parseSort(*request.sort, "invalid_search_sort");
        if (!sort)
            return sort.err();
        out.sort = std::move(*sort);
    }
    if (auto s = restrictFields(context, request); !s)
        return s.err();
    if (request.distinct) {
        if (auto s = protocol::checkDistinct(*request.distinct, data.settings, data.uid); !s)
            return s.err();
    }
    const auto &distinct = request.distinct ? request.distinct : data.settings.distinctAttribute;
    if (distinct)
        out.distinct = data.fields.find(*distinct);
    out.universe = data.all;
    if (request.filter) {
        auto filter = checkedFilter(data, *request.filter, use);
        if (!filter)
            return filter.err();
        if (*filter)
            out.universe = evaluateFilter(data, **filter);
    }
    IndexSet ignored;
    if (useQuery && request.q) {
        out.query = parseQuery(context, *request.q);
        for (const WordRef word : out.query.negativeWords)
            ignored |= context.wordDocs({false, word});
        for (const PhraseRef phrase : out.query.negativePhrases)
            ignored |= context.phraseDocs(phrase);
    }
    // a document may be pinned though a negative word would exclude it
    if (rules != nullptr)
        out.pins = takePins(context, out.query.terms, *rules, out.universe);
    out.universe -= ignored;
    if (auto s = protocol::checkSearchSort(out.sort, data.settings, data.uid); !s)
        return s.err();
    return out;
}

/// Narrows the universe to documents that match the query with as few words as the strategy allows.
IndexSet matchingUniverse(QueryContext &context, const Prepared &prepared, Strategy strategy)
{
    QueryGraph reduced = *prepared.query.graph;
    for (const IndexSet &step : reduced.removalOrder(context, strategy))
        reduced.removeKeepingPaths(step);
    return reduced.documents(context, prepared.universe);
}

BucketSortResult rank(QueryContext &context, const SearchRequest &request, const Prepared &prepared,
                      std::size_t length, const std::vector<float> *target)
{
    const IndexData &data = context.data;
    BucketSortRequest sort;
    sort.universe = prepared.universe;
    sort.length = length;
    sort.distinct = prepared.distinct;
    sort.scoreThreshold = request.rankingScoreThreshold;
    sort.exhaustive = request.finite();
    sort.maxTotalHits = static_cast<std::size_t>(data.settings.maxTotalHits);
    RuleList list(data, prepared.sort);
    RankRules rules;
    if (target != nullptr) {
        rules = list.forVector(request.hybrid->embedder, *target);
    } else if (!prepared.query.terms.empty()) {
        const Strategy strategy = strategyOf(request.matchingStrategy);
        sort.graph = prepared.query.graph;
        sort.universe &= matchingUniverse(context, prepared, strategy);
        rules = list.forWords(strategy);
    } else {
        rules = list.forPlaceholder();
    }
    BucketSortResult out = bucketSort(context, std::move(rules), sort);
    if (!prepared.pins.empty())
        out.documents = withPins(prepared.pins, std::move(out.documents), length);
    for (const Pin &pin : prepared.pins)
        out.candidates.insert(pin.docid);
    if (sort.exhaustive && sort.distinct && target == nullptr)
        out.candidates = applyDistinct(data, *sort.distinct, out.candidates).remaining;
    return out;
}

bool goodEnough(const std::vector<RankedDocument> &documents, std::size_t length, double weight)
{
    constexpr double good = 0.45;
    return documents.size() >= length
        && std::all_of(documents.begin(), documents.end(),
                       [weight](const RankedDocument &d) { return globalScore(d.details) * weight >= good; });
}

std::uint64_t semanticHits(const std::vector<RankedDocument> &documents, std::size_t from)
{
    const auto byVector = [](const RankedDocument &document) {
        return std::any_of(document.details.begin(), document.details.end(),
                           [](const ScoreDetail &detail) { return detail.kind == ScoreDetail::Kind::Vector; });
    };
    const auto first = static_cast<std::ptrdiff_t>(std::min(from, documents.size()));
    return static_cast<std::uint64_t>(std::count_if(documents.begin() + first, documents.end(), byVector));
}

/// Joins the lists of words and of vectors by weighted score; of equals the words' one goes first.
SearchOutcome mergeHybrid(const IndexData &data, BucketSortResult words, BucketSortResult vectors, double ratio,
                          std::optional<FieldId> distinct, std::size_t length)
{
    SearchOutcome out;
    IndexSet excluded;
    const std::vector<Pin> pins = separatePins({&words.documents, &vectors.documents}, excluded);
    std::size_t w = 0;
    std::size_t v = 0;
    while (out.documents.size() < length && (w < words.documents.size() || v < vectors.documents.size())) {
        bool fromWords = v >= vectors.documents.size();
        if (!fromWords && w < words.documents.size())
            fromWords
                = compareWeighted(vectors.documents[v].details, ratio, words.documents[w].details, 1.0 - ratio) < 0;
        RankedDocument &next = fromWords ? words.documents[w++] : vectors.documents[v++];
        if (excluded.contains(next.docid))
            continue;
        excluded.insert(next.docid);
        if (distinct)
            excludeSameValues(data, *distinct, next.docid, excluded);
        out.documents.push_back(std::move(next));
    }
    if (!pins.empty())
        out.documents = withPins(pins, std::move(out.documents), length);
    out.candidates = words.candidates | vectors.candidates;
    if (distinct) {
        out.candidates -= excluded;
        for (const RankedDocument &document : out.documents)
            out.candidates.insert(document.docid);
    }
    return out;
}

} // namespace

ApiResult<protocol::MaybeFilter> checkedFilter(const IndexData &data, std::string_view filterJson, FilterUse use)
{
    const std::string_view code = use == FilterUse::Similar                      ? "invalid_similar_filter"
        : use == FilterUse::Search || use == FilterUse::FacetSearch ? "invalid_search_filter"
                                                                    : "invalid_document_filter";
    auto filter = protocol::parseFilterJson(filterJson, code);
    if (!filter || !*filter)
        return filter;
    // Searches hand the filter on as text before it is judged, which moves the places in messages.
    if (use == FilterUse::Search)
        **filter = protocol::renumbered(**filter);
    protocol::FilterScope scope {data.settings.filterableAttributes, code};
    if (use == FilterUse::Search || use == FilterUse::Deletion)
        scope.indexUid = data.uid;
    scope.fieldExists = [&data](std::string_view field) { return data.fields.find(field).has_value(); };
    std::vector<std::string> embedders;
    for (const auto &[name, embedder] : data.settings.embedders)
        embedders.push_back(name);
    scope.embedders = std::move(embedders);
    if (auto s = protocol::checkFilter(**filter, scope); !s)
        return s.err();
    return filter;
}

ApiResult<std::vector<float>> requestVector(const IndexData &data, const SearchRequest &request)
{
    const std::string &name = request.hybrid->embedder;
    const auto embedder = data.settings.embedders.find(name);
    if (embedder == data.settings.embedders.end())
        return protocol::refuse("invalid_search_embedder", "Cannot find embedder with name `" + name + "`.");
    if (!request.vector)
        return protocol::refuse("vector_embedding_error",
                                "Error while generating embeddings: user error: attempt to embed the following text in "
                                "a configuration where embeddings must be user provided:\n  - `"
                                    + request.q.value_or("") + '`');
    const auto expected = embedder->second.dimensions();
    if (expected && *expected != request.vector->size())
        return protocol::refuse("invalid_vector_dimensions",
                                "Invalid vector dimensions: expected: `" + std::to_string(*expected) + "`, found: `"
                                    + std::to_string(request.vector->size()) + "`.");
    return *request.vector;
}

ApiResult<SearchOutcome> runSearch(QueryContext &context, const SearchRequest &request, std::size_t firstHit,
                                   std::size_t length, const RulesNow *rules)
{
    protocol::SearchMode mode = request.mode();
    std::optional<std::vector<float>> target;
    bool wordsOnly = false; // of a hybrid search whose query cannot be embedded, which is no error
    if (mode != protocol::SearchMode::Keyword) {
        auto vector = requestVector(context.data, request);
        wordsOnly = !vector && mode == protocol::SearchMode::Hybrid
            && std::string_view(vector.error().code->name) == "vector_embedding_error";
        if (!vector && !wordsOnly)
            return vector.err();
        if (vector)
            target = std::move(*vector);
        else
            mode = protocol::SearchMode::Keyword;
    }
    const bool words = mode != protocol::SearchMode::Semantic;
    auto prepared = prepare(context, request, words, FilterUse::Search, rules);
    if (!prepared)
        return prepared.err();
    SearchOutcome out;
    if (mode != protocol::SearchMode::Hybrid) {
        BucketSortResult ranked = rank(context, request, *prepared, length, words ? nullptr : &*target);
        out.candidates = std::move(ranked.candidates);
        out.documents = std::move(ranked.documents);
    } else {
        const double ratio = double {request.hybrid->semanticRatio};
        BucketSortResult byWords = rank(context, request, *prepared, length, nullptr);
        if (goodEnough(byWords.documents, length, 1.0 - ratio)) {
            out.candidates = std::move(byWords.candidates);
            out.documents = std::move(byWords.documents);
            target.reset(); // it was not looked at
        } else {
            BucketSortResult byVector = rank(context, request, *prepared, length, &*target);
            out = mergeHybrid(context.data, std::move(byWords), std::move(byVector), ratio, prepared->distinct, length);
        }
    }
    const bool pinned = sortPins(out.documents, length) > 0;
    if (request.mode() != protocol::SearchMode::Keyword)
        out.semanticHitCount = semanticHits(out.documents, pinned ? 0 : firstHit); // of the page, unless there are pins
    out.terms = std::move(prepared->query.terms);
    if (request.retrieveVectors)
        out.queryVector = std::move(target);
    return out;
}

ApiResult<IndexSet> searchCandidates(QueryContext &context, const protocol::FacetSearchRequest &request)
{
    SearchRequest search = request.search;
    auto prepared = prepare(context, search, true, FilterUse::FacetSearch);
    if (!prepared)
        return prepared.err();
    if (search.hybrid)
        return std::move(prepared->universe);
    // A node counts over what a search of one page leaves: with `distinct` that is not what an exhaustive one leaves.
    const bool exhaustive = request.exhaustiveFacetCount.value_or(false);
    if (exhaustive)
        search.page = 0;
    const std::size_t length = exhaustive ? 0 : static_cast<std::size_t>(protocol::defaultSearchLimit);
    const auto most = static_cast<std::size_t>(context.data.settings.maxTotalHits);
    return rank(context, search, *prepared, std::min(length, most), nullptr).candidates;
}

} // namespace miroir::localnode
