// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "base/Bytes.h"
#include "protocol/Batch.h"
#include "protocol/TaskQuery.h"

namespace miroir::api {

using protocol::Action;
using protocol::TaskQuery;
using protocol::TaskRecord;

namespace {

store::TaskFilter visibleTo(const ExchangePtr &exchange)
{
    if (exchange->scope.allIndexes())
        return {};
    return [exchange](const TaskRecord &task) {
        return protocol::taskVisible(
            task, false, [&exchange](std::string_view uid) { return exchange->scope.allowsIndex(uid); });
    };
}

void listTasks(FrontContext &front, ExchangePtr exchange)
{
    const auto query = TaskQuery::parseList(sv(exchange->request.query));
    if (!query) {
        exchange->refuse(query.error());
        return;
    }
    using List = Result<store::TaskList>;
    front.services.control.ask<List>(
        [query = *query, visible = visibleTo(exchange)](
            cluster::Control &control) { return control.tasks(query, visible); },
        front.context,
        [exchange, limit = query->limit](List list) {
            if (!list) {
                exchange->refuse(protocol::apiError("internal", list.error().message));
                return;
            }
            exchange->send(200, protocol::taskListToJson(list->tasks, list->total, limit, list->next));
        });
}

void getTask(FrontContext &front, ExchangePtr exchange)
{
    const auto uid = protocol::parseTaskUid(exchange->params["task"]);
    if (!uid) {
        exchange->refuse(uid.error());
        return;
    }
    using Found = Result<std::optional<TaskRecord>>;
    front.services.control.ask<Found>([uid = *uid](cluster::Control &control) { return control.task(uid); },
        front.context, [exchange, uid = *uid, visible = visibleTo(exchange)](Found task) {
            if (!task)
                exchange->refuse(protocol::apiError("internal", task.error().message));
            else if (!*task || (visible && !visible(**task)))
                exchange->refuse(protocol::taskNotFound(uid));
            else
                exchange->send(200, protocol::taskToJson(**task));
        });
}

/// Each task that went through the log is a batch of its own; a cancelation shares its batch with what it canceled.
protocol::BatchRecord batchOf(const std::vector<TaskRecord> &tasks)
{
    protocol::BatchRecord batch;
    batch.uid = tasks.front().batchUid.value_or(0);
    batch.startedAtNs = tasks.front().startedAtNs.value_or(tasks.front().enqueuedAtNs);
    std::int64_t finishedAtNs = 0;
    bool finished = true;
    for (const TaskRecord &task : tasks) {
        batch.add(task);
        batch.startedAtNs = std::min(batch.startedAtNs, task.startedAtNs.value_or(batch.startedAtNs));
        finished = finished && task.finishedAtNs;
        finishedAtNs = std::max(finishedAtNs, task.finishedAtNs.value_or(0));
        const bool joinable = task.kind == protocol::TaskKind::DocumentAdditionOrUpdate
            || task.kind == protocol::TaskKind::DocumentDeletion || task.kind == protocol::TaskKind::SettingsUpdate;
        batch.strategy = joinable ? protocol::batchStrategyExhausted(task.indexUid.value_or(""))
                                  : protocol::batchStrategySingle(task.kind, task.uid);
    }
    if (finished)
        batch.finishedAtNs = finishedAtNs;
    batch.traceWhole();
    return batch;
}

void sendBatches(FrontContext &front, const ExchangePtr &exchange, const TaskQuery &query,
    std::function<void(const store::BatchList &)> send)
{
    using List = Result<store::BatchList>;
    front.services.control.ask<List>(
        [query, visible = visibleTo(exchange)](cluster::Control &control) { return control.batches(query, visible); },
        front.context, [exchange, send = std::move(send)](const List &list) {
            if (list)
                send(*list);
            else
                exchange->refuse(protocol::apiError("internal", list.error().message));
        });
}

void listBatches(FrontContext &front, ExchangePtr exchange)
{
    const auto query = TaskQuery::parseList(sv(exchange->request.query));
    if (!query) {
        exchange->refuse(query.error());
        return;
    }
    sendBatches(front, exchange, *query, [exchange, limit = query->limit](const store::BatchList &list) {
        std::vector<protocol::BatchRecord> page;
        for (const std::vector<TaskRecord> &tasks : list.batches)
            page.push_back(batchOf(tasks));
        exchange->send(200, protocol::batchListToJson(page, list.total, limit, list.next));
    });
}

void getBatch(FrontContext &front, ExchangePtr exchange)
{
    const auto uid = protocol::parseBatchUid(exchange->params["batch"]);
    if (!uid) {
        exchange->refuse(uid.error());
        return;
    }
    TaskQuery query;
    query.limit = 1;
    query.batchUids = {*uid};
    sendBatches(front, exchange, query, [exchange, uid = *uid](const store::BatchList &list) {
        if (list.batches.empty())
            exchange->refuse(protocol::batchNotFound(uid));
        else
            exchange->send(200, protocol::batchToJson(batchOf(list.batches.front())));
    });
}

using OwnTask = void (cluster::Control::*)(
    const TaskQuery &, const std::string &, const store::TaskFilter &, cluster::Control::TaskAnswer);

void ownTask(FrontContext &front, const ExchangePtr &exchange, TaskQuery::Action action, OwnTask what)
{
    const auto query = TaskQuery::parseAction(sv(exchange->request.query), action);
    if (!query) {
        exchange->refuse(query.error());
        return;
    }
    const std::string filter = protocol::originalTaskFilter(sv(exchange->request.query));
    const QPointer<QObject> context(front.context);
    front.services.control.post([=, query = *query, visible = visibleTo(exchange)](cluster::Control &control) {
        (control.*what)(query, filter, visible, [exchange, context](protocol::ApiResult<TaskRecord> task) {
            using Answer = protocol::ApiResult<TaskRecord>;
            cluster::ControlLink::reply<Answer>(
                context, std::move(task), [exchange](Answer answer) { exchange->sendTask(answer, 200); });
        });
    });
}

void cancelTasks(FrontContext &front, ExchangePtr exchange)
{
    ownTask(front, exchange, TaskQuery::Action::Cancel, &cluster::Control::cancelTasks);
}

void deleteTasks(FrontContext &front, ExchangePtr exchange)
{
    ownTask(front, exchange, TaskQuery::Action::Delete, &cluster::Control::deleteTasks);
}

} // namespace

void addTaskRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("GET", "/tasks", {key, Action::TasksGet, listTasks});
    routes.add("DELETE", "/tasks", {key, Action::TasksDelete, deleteTasks});
    routes.add("POST", "/tasks/cancel", {key, Action::TasksCancel, cancelTasks});
    routes.add("GET", "/tasks/{task}", {key, Action::TasksGet, getTask});
    routes.add("GET", "/batches", {key, Action::TasksGet, listBatches});
    routes.add("GET", "/batches/{batch}", {key, Action::TasksGet, getBatch});
}

} // namespace miroir::api
