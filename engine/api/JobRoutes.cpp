// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "protocol/ByteSize.h"
#include "protocol/ExportRequest.h"
#include "protocol/Features.h"
#include "protocol/IndexRequests.h"

/// Tasks that stand beside the operation log (exports, compactions, dumps), and what is said of tasks' payloads.
namespace miroir::api {

using protocol::Action;
using protocol::Feature;
using protocol::TaskKind;
using protocol::TaskRecord;

namespace {

void enqueue(FrontContext &front, const ExchangePtr &exchange, TaskRecord task, int status)
{
    const QPointer<QObject> context(front.context);
    front.services.control.post([task = std::move(task), context, exchange, status](cluster::Control &control) {
        using Answer = protocol::ApiResult<TaskRecord>;
        control.enqueueJob(task, [context, exchange, status](Answer made) {
            cluster::ControlLink::reply<Answer>(
                context, std::move(made), [exchange, status](Answer answer) { exchange->sendTask(answer, status); });
        });
    });
}

void exportIndexes(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto request = protocol::parseExport(body->root());
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    TaskRecord task;
    task.kind = TaskKind::Export;
    task.details = request->details();
    enqueue(front, exchange, std::move(task), 200); // as in Meilisearch, not 202
}

void compactIndex(FrontContext &front, ExchangePtr exchange)
{
    if (const protocol::ApiStatus valid = protocol::checkIndexUid(exchange->uid()); !valid) {
        exchange->refuse(valid.error());
        return;
    }
    TaskRecord task;
    task.kind = TaskKind::IndexCompaction;
    task.indexUid = exchange->uid();
    task.details.emplace();
    enqueue(front, exchange, std::move(task), 202);
}

void createDump(FrontContext &front, ExchangePtr exchange)
{
    TaskRecord task;
    task.kind = TaskKind::DumpCreation;
    task.details.emplace();
    task.details->dumpUid = protocol::Shown<std::string>::null();
    enqueue(front, exchange, std::move(task), 202);
}

void createSnapshot(FrontContext &, ExchangePtr exchange)
{
    exchange->refuse(protocol::apiError("feature_not_enabled",
        "Snapshots are not available on this cluster: copies of its nodes' files at different moments are no copy of "
        "the cluster. Create a dump instead."));
}

void compactTasks(FrontContext &front, ExchangePtr exchange)
{
    const auto on = protocol::checkFeature(exchange->view->features, Feature::TaskQueueCompactionRoute);
    if (!on) {
        exchange->refuse(on.error());
        return;
    }
    using Sizes = Result<store::Compaction>;
    front.services.control.ask<Sizes>([](cluster::Control &control) { return control.compactStore(); }, front.context,
        [exchange](Sizes sizes) {
            json::Writer out;
            out.beginObject();
            if (sizes) {
                out.key("preSize").string(protocol::wholeByteSizeText(sizes->before));
                out.key("postSize").string(protocol::wholeByteSizeText(sizes->after));
            }
            out.key("status").string(sizes ? "succeeded" : "failed");
            if (!sizes)
                out.key("errorMessage").string(sizes.error().message);
            exchange->send(sizes ? 200 : 500, out.endObject().take());
        });
}

void taskDocuments(FrontContext &front, ExchangePtr exchange)
{
    const auto on = protocol::checkFeature(exchange->view->features, Feature::GetTaskDocumentsRoute);
    if (!on) {
        exchange->refuse(on.error());
        return;
    }
    const auto uid = protocol::parseTaskUid(exchange->params["task"]);
    if (!uid) {
        exchange->refuse(uid.error());
        return;
    }
    using Answer = protocol::ApiResult<QByteArray>;
    front.services.control.ask<Answer>(
        [uid = *uid, exchange](cluster::Control &control) -> Answer {
            const auto task = control.task(uid);
            const auto documents = control.taskDocuments(uid);
            if (!task || !documents)
                return protocol::refuse("internal", (!task ? task.error() : documents.error()).message);
            const bool visible = *task
                && protocol::taskVisible(**task, exchange->scope.allIndexes(),
                    [&exchange](std::string_view index) { return exchange->scope.allowsIndex(index); });
            if (!visible)
                return Err {protocol::taskNotFound(uid)};
            if (!*documents)
                return protocol::refuse("task_file_not_found",
                    "Task `" + std::to_string(uid)
                        + "` does not contain any documents. Only `documentAdditionOrUpdate` tasks with the statuses "
                          "`enqueued` or `processing` contain documents");
            return **documents;
        },
        front.context, [exchange](Answer lines) {
            if (lines)
                exchange->sendAs("application/x-ndjson", std::move(*lines));
            else
                exchange->refuse(lines.error());
        });
}

} // namespace

void addJobRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("POST", "/export", {key, Action::Export, exportIndexes});
    routes.add("POST", "/indexes/{uid}/compact", {key, Action::IndexesCompact, compactIndex});
    routes.add("POST", "/dumps", {key, Action::DumpsCreate, createDump});
    routes.add("POST", "/snapshots", {key, Action::SnapshotsCreate, createSnapshot});
    routes.add("POST", "/tasks/compact", {key, Action::TasksCompact, compactTasks});
    routes.add("GET", "/tasks/{task}/documents", {key, Action::TasksGet, taskDocuments});
}

} // namespace miroir::api
