// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Search.h"

#include "base/Bytes.h"
#include "json/Json.h"

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

} // namespace

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
    ScatterRequest scatter;
    scatter.view = context.view;
    scatter.index = context.index;
    scatter.route = "/search";
    scatter.nodeTimeoutMs = context.nodeTimeoutMs;
    scatter.body = [plan](const std::string &filter) { return plan->body(filter); };
    Scatter::run(
        std::move(scatter), context.transport, context.context,
        [plan, done](const Scatter::Parts &parts) -> std::optional<std::size_t> {
            auto merged = merge::mergeSearch(plan->merge, bodies(parts));
            if (!merged)
                return merged.error().answer;
            done(std::move(*merged));
            return std::nullopt;
        },
        [done](const protocol::ApiError &error) { done(Err {error}); }, context.suspect);
}

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
    merge::AnswerFrame frame;
    frame.query = json::quoted(request.q.value_or(""));
    frame.requestUid = options.requestUid;
    frame.indexUid = options.indexUid;
    if (options.metadata)
        frame.metadata = searchMetadata(*context.index, request.q, options.queryUid);
    QElapsedTimer clock;
    clock.start();
    const bool details = request.showPerformanceDetails.value_or(false);
    findMerged(context, plan, [plan, frame, clock, details, done](protocol::ApiResult<merge::MergedSearch> merged) {
        if (!merged) {
            done(merged.err());
            return;
        }
        merge::AnswerFrame filled = frame;
        filled.processingTimeMs = static_cast<std::uint64_t>(clock.elapsed());
        if (details)
            filled.performanceDetails = performanceJson(clock.nsecsElapsed());
        done(merge::writeSearch(plan->merge, *merged, filled));
    });
}

} // namespace miroir::read
