// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Search.h"

#include "json/Json.h"
#include "read/SearchRun.h"

namespace miroir::read {

std::string searchMetadata(const IndexView &index, const std::optional<std::string> &query, const std::string &queryUid)
{
    json::Writer out;
    out.beginObject();
    if (query)
        out.key("query").string(*query);
    out.key("queryUid").string(queryUid).key("indexUid").string(index.uid);
    if (index.primaryKey)
        out.key("primaryKey").string(*index.primaryKey);
    return out.endObject().take().toStdString();
}

std::string performanceJson(std::int64_t allNs, std::optional<std::int64_t> waitedNs)
{
    const auto milliseconds = [](std::int64_t ns) {
        return QByteArray::number(static_cast<double>(ns) / 1e6, 'f', 2).toStdString() + "ms";
    };
    json::Writer out;
    out.beginObject();
    if (waitedNs) {
        out.key("search > wait for remote results").string(milliseconds(*waitedNs));
        out.key("search > merge results").string(milliseconds(allNs - *waitedNs));
    }
    out.key("search").string(milliseconds(allNs)).endObject();
    return out.take().toStdString();
}

void findMerged(const ReadContext &context, const std::shared_ptr<const SearchPlan> &plan, OnMerged done)
{
    std::make_shared<SearchRun>(context, *plan, std::move(done))->start();
}

ScatterRequest ReadContext::scatter(const char *route) const
{
    ScatterRequest request;
    request.view = view;
    request.index = index;
    request.route = route;
    request.nodeTimeoutMs = nodeTimeoutMs;
    request.retryOnTimeout = retryOnTimeout;
    request.missing = missing;
    request.clock = clock;
    return request;
}

void search(
    const ReadContext &context, const protocol::SearchRequest &request, const SearchOptions &options, OnBody done)
{
    auto planned = planSearch(
        request, *context.index->settings, context.index->uid, context.view->features, options.tenantFilter,
        context.index->pins);
    if (!planned) {
        done(planned.err());
        return;
    }
    auto plan = std::make_shared<const SearchPlan>(std::move(*planned));
    merge::AnswerFrame frame;
    frame.query = json::quoted(request.q.value_or(""));
    frame.requestUid = options.requestUid;
    frame.indexUid = options.indexUid;
    if (options.metadata)
        frame.metadata = searchMetadata(*context.index, request.q, options.queryUid);
    ReadContext timed = context;
    timed.clock = std::make_shared<WorkClock>();
    const bool details = request.showPerformanceDetails.value_or(false);
    const auto answer = [plan, frame, clock = timed.clock, details, done](
                            protocol::ApiResult<merge::MergedSearch> merged) {
        if (!merged) {
            done(merged.err());
            return;
        }
        merge::AnswerFrame filled = frame;
        filled.processingTimeMs = clock->workMs();
        if (details)
            filled.performanceDetails = performanceJson(clock->nowNs());
        done(merge::writeSearch(plan->merge, *merged, filled));
    };
    findMerged(timed, plan, answer);
}

} // namespace miroir::read
