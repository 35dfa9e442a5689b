// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/RankBuckets.h"

#include <algorithm>

namespace miroir::localnode {

void excludeSameValues(const IndexData &data, FieldId field, DocId doc, IndexSet &excluded)
{
    const FacetColumn *column = data.facets.column(field);
    if (column == nullptr)
        return;
    for (const FacetValue &value : data.facets.valuesOf(doc)) {
        if (value.field != field)
            continue;
        const DocList &docs
            = value.isNumber ? column->numbers.at(value.number) : column->strings.find(*value.key)->second;
        for (const DocId same : docs)
            excluded.insert(same);
    }
}

DistinctSplit applyDistinct(const IndexData &data, FieldId field, const IndexSet &candidates)
{
    DistinctSplit out;
    candidates.forEach([&](DocId doc) {
        if (out.excluded.contains(doc))
            return;
        excludeSameValues(data, field, doc, out.excluded);
        out.remaining.insert(doc);
    });
    return out;
}

namespace {

class BucketSorter
{
public:
    BucketSorter(QueryContext &context, RankRules rules, const BucketSortRequest &request)
        : m_context(context), m_rules(std::move(rules)), m_request(request), m_left(m_rules.size())
    {
        m_result.candidates = request.universe;
        const bool all = request.exhaustive && request.scoreThreshold.has_value();
        // With a threshold an exact total needs every bucket to be scored, whatever the page is.
        m_evaluated = all ? request.maxTotalHits : request.length;
    }

    BucketSortResult run()
    {
        if (m_rules.empty())
            return withoutRules();
        m_left[0] = m_request.universe;
        m_rules[0]->start(m_context, m_request.universe, m_request.graph);
        while (m_result.documents.size() < m_evaluated) {
            if (m_left[m_at].isEmpty()) {
                if (!back())
                    break;
                continue;
            }
            std::optional<RankBucket> bucket = m_rules[m_at]->next(m_context, m_left[m_at]);
            if (!bucket) {
                if (!back())
                    break;
                continue;
            }
            take(std::move(*bucket));
        }
        return std::move(m_result);
    }

private:
    BucketSortResult withoutRules()
    {
        IndexSet excluded;
        for (const DocId doc : m_request.universe.toVector()) {
            if (m_result.documents.size() >= m_request.length)
                break;
            if (excluded.contains(doc))
                continue;
            if (m_request.distinct)
                excludeSameValues(m_context.data, *m_request.distinct, doc, excluded);
            m_result.documents.push_back({doc, {}});
        }
        m_result.candidates -= excluded;
        for (const RankedDocument &document : m_result.documents)
            m_result.candidates.insert(document.docid);
        return std::move(m_result);
    }

    /// Gives control to the rule before; false at the first one.
    bool back()
    {
        m_left[m_at].clear();
        m_rules[m_at]->end();
        if (m_at == 0)
            return false;
        --m_at;
        m_details.pop_back();
        return true;
    }

    void take(RankBucket bucket)
    {
        m_details.push_back(bucket.detail);
        m_left[m_at] -= bucket.documents;
        const bool below = m_request.scoreThreshold && globalScore(m_details) < *m_request.scoreThreshold;
        if (below) {
            m_result.candidates -= bucket.documents;
            m_result.candidates -= m_left[m_at];
            m_details.pop_back();
        } else if (m_at + 1 == m_rules.size()) {
            add(std::move(bucket.documents));
            m_details.pop_back();
        } else {
            ++m_at;
            m_left[m_at] = bucket.documents;
            m_rules[m_at]->start(m_context, bucket.documents, bucket.graph);
        }
    }

    void add(IndexSet documents)
    {
        if (m_request.distinct) {
            DistinctSplit split = applyDistinct(m_context.data, *m_request.distinct, documents);
            for (IndexSet &left : m_left)
                left -= split.excluded;
            m_result.candidates -= split.excluded;
            documents = std::move(split.remaining);
        }
        m_result.candidates |= documents;
        const std::size_t room = m_request.length - m_result.documents.size();
        for (const DocId doc : documents.toVector(0, room))
            m_result.documents.push_back({doc, m_details});
    }

    QueryContext &m_context;
    RankRules m_rules;
    const BucketSortRequest &m_request;
    std::vector<IndexSet> m_left; // by rule: what it has not given yet
    ScoreDetails m_details; // of the rules before m_at
    std::size_t m_at = 0;
    std::size_t m_evaluated = 0; // documents after which the work ends
    BucketSortResult m_result;
};

} // namespace

BucketSortResult bucketSort(QueryContext &context, RankRules rules, const BucketSortRequest &request)
{
    return BucketSorter(context, std::move(rules), request).run();
}

} // namespace miroir::localnode
