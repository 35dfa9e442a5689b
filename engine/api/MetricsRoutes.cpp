// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"
#include "api/StatsGather.h"

#include "base/Bytes.h"
#include "protocol/Features.h"

/// GET /metrics: what Meilisearch tells Prometheus, of the cluster as a whole.
namespace miroir::api {

using protocol::Action;
using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

/// What the control thread knows.
struct Tasks {
    store::TaskTally tally;
    std::optional<TaskRecord> oldestOpen;
};

Result<Tasks> readTasks(cluster::Control &control)
{
    auto tally = control.taskTally();
    if (!tally)
        return tally.err();
    protocol::TaskQuery query;
    query.limit = 1;
    query.reverse = true;
    query.statuses = std::vector {TaskStatus::Enqueued, TaskStatus::Processing};
    const auto open = control.tasks(query, {});
    if (!open)
        return open.err();
    Tasks tasks;
    tasks.tally = std::move(*tally);
    if (!open->tasks.empty())
        tasks.oldestOpen = open->tasks.front();
    return tasks;
}

QByteArray head(const char *name, const char *help)
{
    return QByteArray("# HELP ") + name + ' ' + help + "\n# TYPE " + name + " gauge\n";
}

QByteArray gauge(const char *name, const char *help, std::uint64_t value)
{
    return head(name, help) + name + ' ' + QByteArray::number(value) + '\n';
}

QByteArray taskCount(const char *kind, std::string_view value, std::uint64_t count)
{
    return QByteArray("meilisearch_nb_tasks{kind=\"") + kind + "\",value=" + metricLabel(value) + "} "
        + QByteArray::number(count) + '\n';
}

QByteArray taskMetrics(const Tasks &tasks, std::int64_t nowNs)
{
    QByteArray out = head("meilisearch_nb_tasks", "Meilisearch Number of tasks");
    for (const auto &[index, count] : tasks.tally.byIndex)
        out += taskCount("indexes", index, count);
    const auto of = [](const auto &counts, auto what) {
        const auto found = counts.find(what);
        return found == counts.end() ? 0 : found->second;
    };
    for (int i = 0; i < protocol::taskStatusCount; ++i) {
        const auto status = static_cast<TaskStatus>(i);
        out += taskCount("statuses", protocol::taskStatusName(status), of(tasks.tally.byStatus, status));
    }
    for (int i = 0; i < protocol::taskKindCount; ++i) {
        const auto kind = static_cast<protocol::TaskKind>(i);
        out += taskCount("types", protocol::taskKindName(kind), of(tasks.tally.byKind, kind));
    }
    out += gauge("meilisearch_is_indexing", "Meilisearch Is Indexing",
        of(tasks.tally.byStatus, TaskStatus::Processing) > 0 ? 1 : 0);
    constexpr double nsPerSecond = 1e9;
    const double latency = tasks.oldestOpen
        ? static_cast<double>(nowNs - tasks.oldestOpen->enqueuedAtNs) / nsPerSecond
        : 0.0;
    return out + head("meilisearch_task_queue_latency_seconds", "Meilisearch Task Queue Latency in Seconds")
        + "meilisearch_task_queue_latency_seconds " + QByteArray::number(latency) + '\n';
}

QByteArray statsMetrics(const protocol::GlobalStats &stats)
{
    QByteArray out = gauge("meilisearch_db_size_bytes", "Meilisearch DB Size In Bytes", stats.databaseSize);
    out += gauge("meilisearch_used_db_size_bytes", "Meilisearch Used DB Size In Bytes", stats.usedDatabaseSize);
    out += gauge("meilisearch_index_count", "Meilisearch Index Count", stats.indexes.size());
    out += head("meilisearch_index_docs_count", "Meilisearch Index Docs Count");
    for (const auto &[uid, index] : stats.indexes)
        out += "meilisearch_index_docs_count{index=" + metricLabel(uid) + "} "
            + QByteArray::number(index.numberOfDocuments) + '\n';
    constexpr std::int64_t nsPerSecond = 1'000'000'000;
    if (stats.lastUpdateNs)
        out += gauge("meilisearch_last_update", "Meilisearch Last Update",
            static_cast<std::uint64_t>(*stats.lastUpdateNs / nsPerSecond));
    return out;
}

void answer(FrontContext &front, const ExchangePtr &exchange, const protocol::GlobalStats &stats)
{
    front.services.control.ask<Result<Tasks>>(
        readTasks, front.context, [&front, exchange, stats](const Result<Tasks> &tasks) {
            if (!tasks) {
                exchange->refuse(protocol::apiError("internal", tasks.error().message));
                return;
            }
            exchange->sendAs("text/plain; version=0.0.4",
                statsMetrics(stats) + taskMetrics(*tasks, front.services.clock->utcNs())
                    + front.services.metrics->text());
        });
}

void metrics(FrontContext &front, ExchangePtr exchange)
{
    const auto on = protocol::checkFeature(exchange->view->features, protocol::Feature::Metrics);
    if (!on) {
        exchange->refuse(on.error());
        return;
    }
    if (!exchange->scope.allIndexes()) {
        protocol::ApiError error = protocol::invalidApiKey();
        error.message += " The API key for the `/metrics` route must allow access to all indexes.";
        exchange->refuse(error);
        return;
    }
    std::vector<std::string> uids;
    for (const auto &[uid, index] : exchange->view->indexes)
        uids.push_back(uid);
    using Stats = protocol::ApiResult<protocol::GlobalStats>;
    gatherStats(front, exchange, {std::move(uids)}, [&front, exchange](Stats stats) {
        if (stats)
            answer(front, exchange, *stats);
        else
            exchange->refuse(stats.error());
    });
}

} // namespace

void addMetricsRoutes(Routes &routes)
{
    routes.add("GET", "/metrics", {Route::Access::Key, Action::MetricsGet, metrics});
}

} // namespace miroir::api
