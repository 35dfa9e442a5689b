// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"
#include "merge/DocumentsMerge.h"
#include "placement/Shards.h"
#include "protocol/DocumentId.h"
#include "protocol/FilterCheck.h"
#include "read/DocumentsScatter.h"
#include "read/Search.h"
#include "read/SearchPlan.h"

#include <algorithm>

namespace miroir::read {

using protocol::ApiResult;

namespace {

constexpr std::uint64_t fetchLimitMax = UINT64_MAX / 4;

/// What the client may sort and filter by; gives the sort for the merge.
ApiResult<std::vector<merge::SortBy>> checkFetch(const ReadContext &context, const protocol::DocumentsFetch &request)
{
    const auto rules = protocol::fetchSort(request);
    if (!rules)
        return rules.err();
    if (const auto allowed = protocol::checkDocumentSort(*rules, context.index->settings->sortableAttributes); !allowed)
        return allowed.err();
    const auto filter = protocol::fetchFilter(request, context.view->features);
    if (!filter)
        return filter.err();
    if (*filter) {
        const auto allowed = protocol::checkFilter(
            **filter, {context.index->settings->filterableAttributes, "invalid_document_filter", {}, {}, {}});
        if (!allowed)
            return allowed.err();
    }
    std::vector<merge::SortBy> sort;
    for (const protocol::SortRule &rule : *rules)
        sort.push_back({rule.geo ? std::string() : rule.field, rule.ascending, rule.latitude, rule.longitude});
    return sort;
}

} // namespace

ScatterRequest fetchScatter(const ReadContext &context, const protocol::DocumentsFetch &node)
{
    ScatterRequest scatter = context.scatter("/documents/fetch");
    scatter.missing.reset();
    scatter.body = [node](const std::string &filter) {
        protocol::DocumentsFetch filtered = node;
        filtered.filter = joinFilters(node.filter, {}, filter);
        return filtered.toJson();
    };
    return scatter;
}

void fetchDocuments(const ReadContext &context, const protocol::DocumentsFetch &request, OnBody done)
{
    auto sort = checkFetch(context, request);
    if (!sort) {
        done(sort.err());
        return;
    }
    merge::DocumentsRequest mergeRequest;
    mergeRequest.offset = request.offset;
    mergeRequest.limit = request.limit;
    mergeRequest.sort = *sort;
    mergeRequest.fields = request.fields;
    protocol::DocumentsFetch node = request;
    node.offset = 0;
    node.limit = std::min(request.offset, fetchLimitMax) + std::min(request.limit, fetchLimitMax);
    if (!node.sort)
        node.sort.emplace();
    node.sort->push_back(std::string(placement::orderField) + ":asc");
    if (node.fields && std::find(node.fields->begin(), node.fields->end(), "*") == node.fields->end()) {
        node.fields->emplace_back(placement::orderField);
        for (const merge::SortBy &by : *sort)
            node.fields->push_back(by.field.empty() ? "_geo" : by.field);
    }
    Scatter::run(
        fetchScatter(context, node), context.transport, context.context,
        [mergeRequest, done](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            const auto merged = merge::mergeDocuments(mergeRequest, Scatter::answers(parts));
            if (!merged)
                return merged.error().answer;
            done(merge::writeDocuments(mergeRequest, *merged));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

void getDocument(const ReadContext &context, const std::string &id, const protocol::DocumentGet &request, OnBody done)
{
    protocol::DocumentsFetch node;
    node.limit = 1;
    node.ids = std::vector<std::string> {json::quoted(id)};
    node.fields = request.fields;
    if (node.fields)
        std::erase_if(*node.fields, [](const std::string &f) { return f.starts_with(placement::hiddenPrefix); });
    node.retrieveVectors = request.retrieveVectors;
    ScatterRequest scatter = fetchScatter(context, node);
    scatter.wanted.reset();
    scatter.wanted.set(placement::shardOf(id).value);
    Scatter::run(
        std::move(scatter), context.transport, context.context,
        [id, done](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            MIROIR_ASSERT(parts.size() == 1);
            const json::Value results = parts.front().answer.root()["results"];
            if (!results.isArray())
                return 0;
            const json::Value found = results.at(0);
            if (!found) {
                done(Err {protocol::documentNotFound(id)});
                return std::nullopt;
            }
            auto stripped = merge::stripHidden(toBytes(found.raw()));
            if (!stripped)
                return 0;
            done(std::move(*stripped));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

void countDocuments(const ReadContext &context, std::function<void(ApiResult<std::uint64_t>)> done)
{
    protocol::DocumentsFetch node;
    node.limit = 0;
    Scatter::run(
        fetchScatter(context, node), context.transport, context.context,
        [done](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            std::uint64_t total = 0;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const auto count = parts[i].answer.root()["total"].toU64();
                if (!count)
                    return i;
                total += *count;
            }
            done(total);
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

} // namespace miroir::read
