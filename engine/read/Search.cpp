// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Search.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "read/SearchPlan.h"

#include <QElapsedTimer>

namespace miroir::read {

namespace {

std::vector<QByteArray> bodies(const Scatter::Parts &parts)
{
    std::vector<QByteArray> all;
    for (const Scatter::Part &part : parts)
        all.push_back(part.body);
    return all;
}

std::string metadataJson(
    const ReadContext &context, const protocol::SearchRequest &request, const SearchOptions &options)
{
    json::Writer out;
    out.beginObject();
    if (request.q)
        out.key("query").string(*request.q);
    out.key("queryUid").string(options.requestUid).key("indexUid").string(context.index->uid);
    if (context.index->primaryKey)
        out.key("primaryKey").string(*context.index->primaryKey);
    return out.endObject().take().toStdString();
}

} // namespace

void search(
    const ReadContext &context, const protocol::SearchRequest &request, const SearchOptions &options, OnBody done)
{
    auto planned = planSearch(
        request, *context.index->settings, context.index->uid, context.view->features, options.tenantFilter);
    if (!planned) {
        done(planned.err());
        return;
    }
    auto plan = std::make_shared<const SearchPlan>(std::move(*planned));
    ScatterRequest scatter;
    scatter.view = context.view;
    scatter.index = context.index;
    scatter.route = "/search";
    scatter.nodeTimeoutMs = context.nodeTimeoutMs;
    scatter.retryOnTimeout = context.retryOnTimeout;
    scatter.missing = context.missing;
    scatter.body = [plan](const std::string &filter) { return plan->body(filter); };
    merge::AnswerFrame frame;
    frame.query = json::quoted(request.q.value_or(""));
    frame.requestUid = options.requestUid;
    frame.indexUid = options.indexUid;
    if (options.metadata)
        frame.metadata = metadataJson(context, request, options);
    QElapsedTimer clock;
    clock.start();
    Scatter::run(
        std::move(scatter), context.transport, context.context,
        [plan, frame, clock, done](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            const auto merged = merge::mergeSearch(plan->merge, bodies(parts));
            if (!merged)
                return merged.error().answer;
            merge::AnswerFrame filled = frame;
            filled.processingTimeMs = static_cast<std::uint64_t>(clock.elapsed());
            done(merge::writeSearch(plan->merge, *merged, filled));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

} // namespace miroir::read
