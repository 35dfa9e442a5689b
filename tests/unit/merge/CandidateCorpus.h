// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/Candidates.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

/// Documents with ranks and distinct values, what one node makes of them, and the answers of several that hold a shard
/// each.
namespace miroir::test {

using Random = std::mt19937_64;

struct Doc {
    int order = 0;
    int rank = 0; ///< bucket: less is better
    double score = 1;
    std::vector<std::string> values; ///< of the distinct attribute
    int color = 0;
    unsigned shard = 0; ///< the node that holds it
    bool pinned = false; ///< by a rule: it is no candidate, and counted all the same
};

/// The orders of the documents that share a value with that one, itself included.
inline std::set<int> sharing(const std::vector<Doc> &docs, const Doc &kept)
{
    std::set<int> others;
    for (const Doc &doc : docs) {
        for (const std::string &value : doc.values) {
            if (std::find(kept.values.begin(), kept.values.end(), value) != kept.values.end())
                others.insert(doc.order);
        }
    }
    return others;
}

/// A finite search counts one document of each value, the first inserted.
inline std::set<int> firstOfEach(const std::vector<Doc> &docs, const std::set<int> &counted)
{
    std::set<int> excluded, left;
    for (const Doc &doc : docs) { // in their order
        if (!counted.contains(doc.order) || excluded.contains(doc.order))
            continue;
        excluded.merge(sharing(docs, doc));
        left.insert(doc.order);
    }
    return left;
}

/// What one node with all documents counts, written down from the description of its walk and nothing else.
struct OneNode {
    std::set<int> counted; ///< orders
    std::vector<int> hits; ///< orders, best first
};

inline OneNode oneNode(const std::vector<Doc> &docs, const merge::CandidateRequest &request)
{
    std::map<std::pair<int, int>, const Doc *> best; // by rank, then order
    std::map<int, const Doc *> byOrder;
    for (const Doc &doc : docs) {
        best[{doc.rank, doc.order}] = &doc;
        byOrder[doc.order] = &doc;
    }
    OneNode node;
    for (const Doc &doc : docs)
        node.counted.insert(doc.order);
    std::set<int> universe;
    for (const Doc &doc : docs) {
        if (!doc.pinned)
            universe.insert(doc.order);
    }
    const std::uint64_t enough
        = request.finite && request.threshold ? request.maxTotalHits : request.wanted;
    while (!universe.empty() && node.hits.size() < enough) {
        int rank = 1 << 30;
        for (const int order : universe)
            rank = std::min(rank, byOrder[order]->rank);
        std::vector<int> bucket;
        for (const int order : universe) {
            if (byOrder[order]->rank == rank)
                bucket.push_back(order);
        }
        for (const int order : bucket)
            universe.erase(order);
        if (request.threshold && byOrder[bucket.front()]->score < *request.threshold) {
            for (const int order : bucket)
                node.counted.erase(order);
            continue;
        }
        std::set<int> excluded;
        std::vector<int> remaining;
        for (const int order : bucket) {
            if (excluded.contains(order))
                continue;
            if (request.distinct)
                excluded.merge(sharing(docs, *byOrder[order]));
            remaining.push_back(order);
        }
        for (const int order : excluded) {
            node.counted.erase(order);
            universe.erase(order);
        }
        for (const int order : remaining) {
            node.counted.insert(order);
            if (node.hits.size() < request.wanted)
                node.hits.push_back(order);
        }
    }
    for (const Doc &doc : docs) {
        if (doc.pinned)
            node.counted.insert(doc.order);
    }
    if (request.finite && request.distinct)
        node.counted = firstOfEach(docs, node.counted);
    return node;
}

inline QByteArray ord(int order)
{
    return QByteArray::number(100000 + order);
}

inline QByteArray hitOf(const Doc &doc)
{
    QByteArray values;
    for (const std::string &value : doc.values)
        values += (values.isEmpty() ? "\"" : ",\"") + toBytes(value) + '"';
    const QByteArray shard = toBytes(placement::shardTag(ShardId {static_cast<std::uint16_t>(doc.shard)}));
    const QByteArray details = doc.pinned
        ? QByteArray("\"pin\":{\"order\":0,\"position\":0}")
        : "\"v:asc\":{\"order\":0,\"value\":" + QByteArray::number(doc.rank)
            + "},\"_miroir_ord:asc\":{\"order\":1,\"value\":\"" + ord(doc.order) + "\"}";
    return "{\"id\":" + QByteArray::number(doc.order) + ",\"d\":[" + values + "],\"color\":\"c"
        + QByteArray::number(doc.color) + "\",\"_miroir_shard\":[\"" + shard + "\"],\"_miroir_ord\":\""
        + ord(doc.order) + "\",\"_rankingScore\":" + QByteArray::number(doc.score) + ",\"_rankingScoreDetails\":{"
        + details + "}}";
}

inline QByteArray facetJson(const std::map<std::string, int> &counts)
{
    QByteArray out;
    for (const auto &[value, count] : counts)
        out += (out.isEmpty() ? "\"" : ",\"") + toBytes(value) + "\":" + QByteArray::number(count);
    return '{' + out + '}';
}

/// The answer of a node with some of the documents to the request for candidates.
inline QByteArray answerOf(std::vector<Doc> docs, std::size_t limit)
{
    std::sort(docs.begin(), docs.end(), [](const Doc &a, const Doc &b) {
        return std::tuple(!a.pinned, a.rank, a.order) < std::tuple(!b.pinned, b.rank, b.order);
    });
    std::map<std::string, int> values, colors;
    QByteArray hits;
    for (std::size_t i = 0; i < docs.size(); ++i) {
        if (i < limit)
            hits += (i == 0 ? "" : ",") + hitOf(docs[i]);
        for (const std::string &value : docs[i].values)
            ++values[value];
        ++colors["c" + std::to_string(docs[i].color)];
    }
    return "{\"hits\":[" + hits + "],\"estimatedTotalHits\":" + QByteArray::number(qsizetype(docs.size()))
        + ",\"facetDistribution\":{\"color\":" + facetJson(colors) + ",\"d\":" + facetJson(values)
        + "},\"facetStats\":{}}";
}

struct Corpus {
    std::vector<Doc> docs;
    std::vector<std::vector<Doc>> nodes;
};

inline Corpus corpus(Random &random, bool several, bool pins = false)
{
    const auto draw = [&random](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    Corpus corpus;
    corpus.nodes.resize(3);
    const int count = draw(60);
    for (int i = 0; i < count; ++i) {
        Doc doc;
        doc.order = i;
        doc.rank = draw(12);
        doc.score = 1 - (doc.rank * 7 % 12) / 16.0; // of the bucket, in no relation to its place, as below a sort
        doc.color = draw(4);
        for (int v = draw(several ? 4 : 2); v > 0; --v) {
            const std::string value = "v" + std::to_string(draw(20));
            if (std::find(doc.values.begin(), doc.values.end(), value) == doc.values.end())
                doc.values.push_back(value);
        }
        doc.shard = static_cast<unsigned>(random() % 3);
        doc.pinned = pins && draw(8) == 0;
        corpus.docs.push_back(doc);
        corpus.nodes[doc.shard].push_back(doc);
    }
    return corpus;
}

inline merge::NodeAnswers answersOf(const Corpus &corpus, std::size_t limit)
{
    merge::NodeAnswers answers;
    for (const std::vector<Doc> &node : corpus.nodes)
        answers.push_back(answerOf(node, limit));
    return answers;
}

} // namespace miroir::test
