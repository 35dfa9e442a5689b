// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"

/// /tasks and /batches
namespace miroir::localnode {

using protocol::Action;
using protocol::TaskKind;
using protocol::TaskQuery;

void NodeRoutes::addTaskRoutes()
{
    read("GET", "/tasks", &NodeRoutes::listTasks);
    write("DELETE", "/tasks", &NodeRoutes::deleteTasks);
    write("POST", "/tasks/cancel", &NodeRoutes::cancelTasks);
    write("POST", "/tasks/compact", &NodeRoutes::compactTasks);
    read("GET", "/tasks/{task_uid}", &NodeRoutes::getTask);
    read("GET", "/tasks/{task_uid}/documents", &NodeRoutes::taskDocuments);
    read("GET", "/batches", &NodeRoutes::listBatches);
    read("GET", "/batches/{batch_uid}", &NodeRoutes::getBatch);
}

NodeRoutes::Answer NodeRoutes::listTasks(const Call &call)
{
    const auto scope = authorise(call, Action::TasksGet);
    if (!scope)
        return scope.err();
    const auto query = TaskQuery::parseList(sv(call.request.query));
    if (!query)
        return query.err();
    return ok(m_c.tasks.listJson(*query, visibleTo(*scope)));
}

NodeRoutes::Answer NodeRoutes::getTask(const Call &call)
{
    const auto scope = authorise(call, Action::TasksGet);
    if (!scope)
        return scope.err();
    const auto uid = protocol::parseTaskUid(call.params["task_uid"]);
    if (!uid)
        return uid.err();
    const auto task = m_c.tasks.find(*uid);
    if (!task || !visibleTo(*scope)(*task))
        return Err<protocol::ApiError> {protocol::taskNotFound(*uid)};
    return ok(protocol::taskToJson(*task));
}

NodeRoutes::Answer NodeRoutes::taskDocuments(const Call &call)
{
    const auto scope = authorise(call, Action::TasksGet);
    if (!scope)
        return scope.err();
    if (auto on = protocol::checkFeature(m_c.state.features(), protocol::Feature::GetTaskDocumentsRoute); !on)
        return on.err();
    const auto uid = protocol::parseTaskUid(call.params["task_uid"]);
    if (!uid)
        return uid.err();
    const auto task = m_c.tasks.find(*uid);
    if (!task || !visibleTo(*scope)(*task))
        return Err<protocol::ApiError> {protocol::taskNotFound(*uid)};
    const auto payload = m_c.store.call([&](NodeStore &store) { return store.payload(*uid); });
    if (!payload)
        return protocol::refuse("internal", payload.error().message);
    const auto documents = unpackPayload(*payload);
    if (task->kind != TaskKind::DocumentAdditionOrUpdate || !documents || documents->empty())
        return protocol::refuse(
            "task_file_not_found", "Task `" + std::to_string(*uid) + "` has no documents any more.");
    http::Response response;
    response.contentType = QByteArrayLiteral("application/x-ndjson");
    for (const std::string_view document : *documents)
        response.body.append(document.data(), static_cast<qsizetype>(document.size())).append('\n');
    return response;
}

NodeRoutes::Answer NodeRoutes::cancelTasks(const Call &call)
{
    return actOnTasks(call, TaskQuery::Action::Cancel);
}

NodeRoutes::Answer NodeRoutes::deleteTasks(const Call &call)
{
    return actOnTasks(call, TaskQuery::Action::Delete);
}

NodeRoutes::Answer NodeRoutes::actOnTasks(const Call &call, TaskQuery::Action action)
{
    const bool cancel = action == TaskQuery::Action::Cancel;
    const auto scope = authorise(call, cancel ? Action::TasksCancel : Action::TasksDelete);
    if (!scope)
        return scope.err();
    const auto query = TaskQuery::parseAction(sv(call.request.query), action);
    if (!query)
        return query.err();
    NodeTaskContent content;
    content.uids = m_c.tasks.matching(*query, visibleTo(*scope));
    protocol::TaskRecord draft;
    draft.kind = cancel ? TaskKind::TaskCancelation : TaskKind::TaskDeletion;
    draft.details.emplace();
    draft.details->matchedTasks = content.uids.size();
    draft.details->originalFilter = protocol::originalTaskFilter(sv(call.request.query));
    (cancel ? draft.details->canceledTasks : draft.details->deletedTasks) = protocol::Shown<std::uint64_t>::null();
    return enqueue(std::move(draft), std::move(content), {}, 200);
}

NodeRoutes::Answer NodeRoutes::compactTasks(const Call &call)
{
    if (auto scope = authorise(call, Action::TasksCompact); !scope)
        return scope.err();
    if (auto on = protocol::checkFeature(m_c.state.features(), protocol::Feature::TaskQueueCompactionRoute); !on)
        return on.err();
    return unavailable("a task queue of its own to compact");
}

NodeRoutes::Answer NodeRoutes::listBatches(const Call &call)
{
    const auto scope = authorise(call, Action::TasksGet);
    if (!scope)
        return scope.err();
    const auto query = TaskQuery::parseList(sv(call.request.query));
    if (!query)
        return query.err();
    return ok(m_c.tasks.batchListJson(*query, visibleTo(*scope)));
}

NodeRoutes::Answer NodeRoutes::getBatch(const Call &call)
{
    const auto scope = authorise(call, Action::TasksGet);
    if (!scope)
        return scope.err();
    const auto uid = protocol::parseBatchUid(call.params["batch_uid"]);
    if (!uid)
        return uid.err();
    const auto batch = m_c.tasks.findBatch(*uid, visibleTo(*scope));
    if (!batch)
        return Err<protocol::ApiError> {protocol::batchNotFound(*uid)};
    return ok(protocol::batchToJson(*batch));
}

} // namespace miroir::localnode
