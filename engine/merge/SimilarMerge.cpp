// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/SimilarMerge.h"

#include "merge/Answers.h"
#include "merge/PageWriter.h"
#include "merge/Selection.h"

#include <algorithm>

namespace miroir::merge {

namespace {

/// The entry of the similarity; null for a document without a vector.
const RankEntry *similarity(const Hit &hit)
{
    for (const RankEntry &entry : hit.key.entries) {
        if (entry.kind == RankEntry::Kind::Vector)
            return entry.value == RankEntry::Value::Number ? &entry : nullptr;
    }
    return nullptr;
}

bool isSource(const SimilarMergeRequest &request, const Hit &hit)
{
    bool same = false;
    visitLeaves(hit.object, request.primaryKey, [&](const json::Value &value) {
        same = same || (value.isString() ? value.toString() == request.id : value.raw() == request.id);
    });
    return same;
}

/// The hits of the page, and how many a node would have looked at before one below the threshold ended the walk.
struct Walked {
    std::vector<Hit> hits;
    std::optional<std::uint64_t> total;
};

Walked walk(const SimilarMergeRequest &request, std::vector<Hit> nearest)
{
    Walked walked;
    const std::uint64_t end = std::min<std::uint64_t>(
        addSaturated(request.page.offset, request.page.limit), nearest.size());
    for (std::uint64_t i = request.page.offset; i < end; ++i) {
        Hit &hit = nearest[static_cast<std::size_t>(i)];
        // a node keeps similarities in single precision
        const auto score = static_cast<float>(similarity(hit)->number);
        if (request.threshold && static_cast<double>(score) < *request.threshold) {
            walked.total = i;
            break;
        }
        walked.hits.push_back(std::move(hit));
    }
    return walked;
}

} // namespace

Result<MergedSearch, MergeError> mergeSimilar(
    const SimilarMergeRequest &request, const NodeAnswers &answers)
{
    if (const auto fault = faultyAnswer(answers))
        return refuse(fault->answer, fault->reason);
    auto list = HitList::read(answers, totalMember(false), request.page.tags);
    if (!list)
        return list.err();
    std::erase_if(list->hits,
        [&request](const Hit &hit) { return similarity(hit) == nullptr || isSource(request, hit); });
    std::stable_sort(list->hits.begin(), list->hits.end(), [](const Hit &a, const Hit &b) {
        const double left = similarity(a)->number;
        const double right = similarity(b)->number;
        return left != right ? left > right : a.key.order < b.key.order;
    });
    Walked walked = walk(request, std::move(list->hits));
    MergedSearch merged;
    const std::uint64_t others = list->total - std::min<std::uint64_t>(list->total, request.sourceCounts ? 1 : 0);
    merged.total = std::min(walked.total.value_or(others), request.page.maxTotalHits);
    list->hits = std::move(walked.hits);
    list->pinned.clear();
    MergeRequest page = request.page;
    page.offset = 0; // the walk has left the page alone
    page.maxTotalHits = ~std::uint64_t {0};
    writePage(page, *list, merged);
    return merged;
}

QByteArray writeSimilar(
    const SimilarMergeRequest &request, const MergedSearch &merged, const SimilarFrame &frame)
{
    json::Writer writer;
    writer.beginObject().key("hits").raw(
        std::string_view(merged.hits.constData(), static_cast<std::size_t>(merged.hits.size())));
    writer.key("id").string(request.id).key("processingTimeMs").number(frame.processingTimeMs);
    writer.key("limit").number(request.page.limit).key("offset").number(request.page.offset);
    writer.key("estimatedTotalHits").number(merged.total);
    if (!frame.performanceDetails.empty())
        writer.key("performanceDetails").raw(frame.performanceDetails);
    return writer.endObject().take();
}

} // namespace miroir::merge
