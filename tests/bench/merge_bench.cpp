// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Times of the pure part of a search on this machine: choosing nodes, and merging answers recorded from real nodes.
#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/SearchMerge.h"
#include "placement/CoveringSet.h"
#include "placement/Planner.h"

#include <QList>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <zlib.h>

using namespace miroir;

namespace {

QByteArray unzipped(const char *path)
{
    QByteArray out;
    const gzFile file = gzopen(path, "rb");
    if (file == nullptr)
        return out;
    char buffer[65536];
    for (int got = 0; (got = gzread(file, buffer, sizeof buffer)) > 0;)
        out.append(buffer, got);
    gzclose(file);
    return out;
}

/// The best of ten batches: other programs can only make it slower.
template <typename Work>
double microseconds(int rounds, const Work &work)
{
    double best = 1e12;
    for (int batch = 0; batch < 10; ++batch) {
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < rounds; ++i)
            work();
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count() / rounds);
    }
    return best;
}

/// Three answers of `perNode` hits, made from recorded hits.
std::vector<QByteArray> answersOf(const std::vector<QByteArray> &hits, std::size_t perNode)
{
    std::vector<QByteArray> answers;
    for (std::size_t node = 0; node < 3; ++node) {
        QByteArray body = "{\"hits\":[";
        for (std::size_t i = 0; i < perNode; ++i) {
            body += i > 0 ? "," : "";
            body += hits[(node * perNode + i) % hits.size()];
        }
        body += "],\"query\":\"x\",\"limit\":20,\"offset\":0,\"estimatedTotalHits\":1000}";
        answers.push_back(body);
    }
    return answers;
}

std::vector<QByteArray> recordedHits()
{
    std::vector<QByteArray> hits;
    const QByteArray lines = unzipped(MIROIR_TEST_DATA "/search/cases.ndjson.gz");
    for (const QByteArray &line : lines.split('\n')) {
        const auto recorded = json::Document::parse(line);
        // whole documents with six rules and the order
        if (!recorded || recorded->root()["request"]["attributesToRetrieve"].exists() || hits.size() > 3000)
            continue;
        for (const json::Value node : recorded->root()["nodes"].items()) {
            for (const json::Value hit : node["hits"].items()) {
                if (hit["_rankingScoreDetails"].size() == 7)
                    hits.push_back(toBytes(hit.raw()));
            }
        }
    }
    return hits;
}

void timeMerges(const std::vector<QByteArray> &hits)
{
    for (const std::size_t perNode : {20U, 100U, 1000U}) {
        const auto answers = answersOf(hits, perNode);
        qsizetype bytes = 0;
        for (const QByteArray &answer : answers)
            bytes += answer.size();
        merge::MergeRequest request;
        request.limit = perNode;
        const int rounds = perNode > 100 ? 5 : 200;
        const double us = microseconds(
            rounds, [&] { (void)merge::mergeSearch(request, {answers.begin(), answers.end()}).ok(); });
        std::printf("merge 3 x %4zu hits (%7lld bytes): %8.1f us\n", perNode, static_cast<long long>(bytes), us);
    }
}

void timePlacement()
{
    placement::PlanRequest request;
    request.replicationFactor = 2;
    for (int n = 0; n < 9; ++n)
        request.nodes.push_back({"node-" + std::to_string(n), 1, {}, placement::NodeState::Active});
    const auto first = placement::plan(request);
    std::vector<placement::Server> servers;
    for (const auto &node : request.nodes) {
        const placement::ShardSet shards = first->target.shardsOf(node.id);
        servers.push_back({node.id, {}, shards, shards, 0});
    }
    std::uint64_t seed = 0;
    std::printf("covering set of 9 nodes, 2 replicas: %8.1f us\n",
        microseconds(500, [&] { (void)placement::cover(servers, seed++); }));
    std::printf("first plan for 9 nodes, 2 replicas:  %8.1f us\n",
        microseconds(10, [&] { (void)placement::plan(request).ok(); }));
    request.current = first->target;
    request.nodes.push_back({"node-new", 1, {}, placement::NodeState::Active});
    std::printf("plan for one more node:              %8.1f us\n",
        microseconds(10, [&] { (void)placement::plan(request).ok(); }));
}

} // namespace

int main()
{
    const auto hits = recordedHits();
    if (hits.empty()) {
        std::fprintf(stderr, "no recorded answers found\n");
        return 1;
    }
    timeMerges(hits);
    timePlacement();
    return 0;
}
