// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/WaitingLine.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "placement/Shards.h"
#include "protocol/DocumentId.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/FilterCheck.h"
#include "protocol/IndexRequests.h"

#include <QLoggingCategory>

namespace miroir::cluster {

using protocol::TaskRecord;
using write::WriteRequest;

namespace {

Q_LOGGING_CATEGORY(waitingLog, "miroir.waiting", QtInfoMsg)

constexpr int againMs = 250;
constexpr int nodeTimeoutMs = 30'000;
constexpr std::uint64_t idsPerPage = 10'000;
const std::string scratchPrefix = "miroir-edit-";

} // namespace

WaitingLine::WaitingLine(Parts parts, QObject *parent) : QObject(parent), m_parts(std::move(parts)), m_again(this)
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &WaitingLine::advance);
}

Status<> WaitingLine::load()
{
    while (!m_resolutions.empty())
        drop(m_resolutions.begin()->first);
    m_room.clear();
    const auto waiting = m_parts.store.waiting();
    if (!waiting)
        return waiting.err();
    for (const store::StoredWaiting &each : *waiting) {
        const auto request = WriteRequest::fromText(each.request, {});
        if (!request)
            return request.err();
        m_room.add({each.task, request->indexUids(), request->needsBarrier()});
    }
    if (!m_room.empty())
        m_again.start(againMs);
    return Done {};
}

bool WaitingLine::mustWait(const WriteRequest &request) const
{
    return request.needsBarrier() || m_room.blocks(request.indexUids());
}

Result<TaskRecord> WaitingLine::add(const WriteRequest &request)
{
    const Result<TaskRecord> task = m_parts.sequencer.enqueue(request);
    if (!task)
        return task;
    const Status<> saved = m_parts.store.saveWaiting(
        {TaskUid {task->uid}, request.toText()}, request.batch ? request.batch->payload : QByteArray());
    if (!saved)
        return saved.err();
    m_room.add({TaskUid {task->uid}, request.indexUids(), request.needsBarrier()});
    return task;
}

void WaitingLine::advance()
{
    bool moved = true;
    while (moved && !m_room.empty()) {
        moved = false;
        for (const write::WaitingEntry &entry : m_room.atTheFront()) {
            if (m_resolutions.contains(entry.task) || !tryEntry(entry))
                continue;
            moved = true; // the line is another one now
            break;
        }
    }
}

bool WaitingLine::tryEntry(const write::WaitingEntry &entry)
{
    if (entry.needsBarrier) {
        const store::StoredIndex *index = m_parts.sequencer.head().find(entry.indexUids.front());
        if (index == nullptr) {
            refuse(entry.task, protocol::indexNotFound(entry.indexUids.front()));
            return true;
        }
        if (!m_parts.progress.busy(index->physical))
            begin(entry.task, index->physical);
        return false;
    }
    const Status<> open = m_parts.commit.touch();
    const Status<> done = open ? place(entry.task) : open;
    if (!done) {
        m_parts.storeFailed(done.error().message);
        return false;
    }
    m_parts.publishNew();
    return true;
}

Status<> WaitingLine::place(TaskUid uid)
{
    auto waiting = m_parts.store.waitingRequest(uid);
    auto task = m_parts.store.task(uid);
    if (!waiting || !task)
        return waiting ? task.err() : waiting.err();
    if (*waiting && *task && !protocol::isFinished((*task)->status)) {
        auto request = WriteRequest::fromText((*waiting)->request, std::move((*waiting)->payload));
        if (!request)
            return request.err();
        if (const Status<> done = m_parts.sequencer.place(*request, **task); !done)
            return done;
    }
    return leave(uid);
}

Status<> WaitingLine::leave(TaskUid task)
{
    m_room.remove(task);
    return m_parts.store.removeWaiting(task);
}

void WaitingLine::begin(TaskUid uid, const std::string &physical)
{
    const auto waiting = m_parts.store.waitingRequest(uid);
    auto request = waiting && *waiting ? WriteRequest::fromText((*waiting)->request, {})
                                       : Result<WriteRequest>(fail("a waiting request is missing"));
    if (!request) {
        m_parts.storeFailed(request.error().message);
        return;
    }
    auto resolution = std::make_unique<Resolution>();
    resolution->task = uid;
    resolution->run = ++m_runs;
    resolution->physical = physical;
    resolution->request = std::move(*request);
    m_resolutions.insert_or_assign(uid, std::move(resolution));
    if (const Status<> open = m_parts.commit.touch(); open) {
        if (const auto started = m_parts.progress.start(uid); started && *started)
            m_parts.taskChanged(**started);
    }
    // The view in which everything before it is applied is published when the end of that is on disk.
    m_parts.commit.after([this, uid, run = m_runs](bool) {
        if (Resolution *now = current(uid, run))
            read(*now);
    });
}

WaitingLine::Resolution *WaitingLine::current(TaskUid task, std::uint64_t run) const
{
    const auto found = m_resolutions.find(task);
    return found != m_resolutions.end() && found->second->run == run ? found->second.get() : nullptr;
}

void WaitingLine::read(Resolution &resolution)
{
    if (!findView(resolution)) {
        tryAgain(resolution.task, "the index is not served yet");
        return;
    }
    if (const auto allowed = judge(resolution); !allowed)
        refuse(resolution.task, allowed.error());
    else if (resolution.request.kind == WriteRequest::Kind::EditDocuments)
        edit(resolution);
    else
        walk(resolution);
}

bool WaitingLine::findView(Resolution &resolution)
{
    resolution.view = m_parts.view();
    for (const auto &[uid, index] : resolution.view->indexes) {
        if (index.physical == resolution.physical)
            resolution.index = &index;
    }
    return resolution.index != nullptr;
}

protocol::ApiStatus WaitingLine::judge(const Resolution &resolution) const
{
    const WriteRequest &request = resolution.request;
    const protocol::Settings &settings = *resolution.index->settings;
    if (!request.filter)
        return Done {};
    const auto filter = protocol::deletionFilter({*request.filter}, resolution.view->features);
    if (!filter)
        return filter.err();
    // a pattern of the client's would let them through
    const auto isReserved = [](std::string_view name) { return name.starts_with(placement::hiddenPrefix); };
    if (protocol::anyFilterAttribute(*filter, isReserved)) {
        return protocol::refuse("invalid_document_filter",
            "Index `" + request.uid + "`: Attributes whose name begins with `_miroir_` are reserved.");
    }
    protocol::FilterScope scope {settings.filterableAttributes, "invalid_document_filter", request.uid, {}, {}};
    scope.embedders.emplace();
    for (const auto &[name, embedder] : settings.embedders)
        scope.embedders->push_back(name);
    return protocol::checkFilter(*filter, scope);
}

read::ReadContext WaitingLine::readContext(const Resolution &resolution)
{
    read::ReadContext context;
    context.view = resolution.view;
    context.index = resolution.index;
    context.transport = m_parts.transport;
    context.context = this;
    context.nodeTimeoutMs = nodeTimeoutMs;
    return context;
}

void WaitingLine::walk(Resolution &resolution)
{
    if (!resolution.index->primaryKey) {
        walked(resolution, std::nullopt); // without a key there are no documents
        return;
    }
    read::Walk::Request request;
    request.filter = resolution.request.filter;
    request.fields = std::vector {*resolution.index->primaryKey};
    request.pageSize = idsPerPage;
    const TaskUid uid = resolution.task;
    const std::uint64_t run = resolution.run;
    resolution.walk = std::make_unique<read::Walk>(
        readContext(resolution), std::move(request),
        [this, uid, run](const std::vector<QByteArray> &documents) {
            if (Resolution *now = current(uid, run))
                keepIds(*now, documents);
        },
        [this, uid, run](const std::optional<protocol::ApiError> &error) {
            // not from inside the walk, which goes away with the resolution
            QMetaObject::invokeMethod(
                this,
                [this, uid, run, error] {
                    if (Resolution *now = current(uid, run))
                        walked(*now, error);
                },
                Qt::QueuedConnection);
        },
        this);
    resolution.walk->next();
}

void WaitingLine::keepIds(Resolution &resolution, const std::vector<QByteArray> &documents)
{
    for (const QByteArray &document : documents) {
        auto id = protocol::documentId(sv(document), *resolution.index->primaryKey);
        if (!id) {
            tryAgain(resolution.task, id.error().message);
            return;
        }
        resolution.ids.push_back(std::move(*id));
    }
    read::Walk *walk = resolution.walk.get();
    QMetaObject::invokeMethod(walk, [walk] { walk->next(); }, Qt::QueuedConnection);
}

void WaitingLine::walked(Resolution &resolution, const std::optional<protocol::ApiError> &error)
{
    if (error && error->httpStatus() >= 500)
        tryAgain(resolution.task, error->message);
    else if (error)
        refuse(resolution.task, *error);
    else
        conclude(resolution.task, [this](TaskRecord &task, const Resolution &now) {
            return m_parts.sequencer.placeDeletion(task, now.physical, now.ids, now.ids.size());
        });
}

void WaitingLine::edit(Resolution &resolution)
{
    if (!resolution.index->primaryKey) {
        edited(resolution, {});
        return;
    }
    const auto servers = read::serversFor(*resolution.view, *resolution.index);
    if (servers.empty()) {
        tryAgain(resolution.task, "no node can answer now");
        return;
    }
    const TaskUid uid = resolution.task;
    write::EditRun::Setup setup;
    setup.context = readContext(resolution);
    setup.node = resolution.view->node(servers[uid.value % servers.size()].id)->url;
    setup.nodeKey = resolution.view->nodeKey;
    setup.scratch = scratchPrefix + std::to_string(uid.value);
    setup.indexUid = resolution.request.uid;
    setup.primaryKey = *resolution.index->primaryKey;
    setup.filter = resolution.request.filter;
    setup.argument = resolution.request.context;
    setup.function = resolution.request.function;
    resolution.edit = std::make_unique<write::EditRun>(
        std::move(setup),
        [this, uid, run = resolution.run](write::EditRun::Outcome outcome) {
            if (Resolution *now = current(uid, run))
                edited(*now, std::move(outcome));
        },
        nullptr);
    resolution.edit->start();
}

void WaitingLine::edited(Resolution &resolution, write::EditRun::Outcome outcome)
{
    if (!outcome.interrupted.empty())
        tryAgain(resolution.task, outcome.interrupted);
    else if (outcome.failure)
        refuse(resolution.task, *outcome.failure);
    else
        conclude(resolution.task, [this, &outcome](TaskRecord &task, const Resolution &now) {
            return m_parts.sequencer.placeEdition(task, now.physical, outcome.edition);
        });
}

void WaitingLine::refuse(TaskUid uid, const protocol::ApiError &error)
{
    conclude(uid,
        [this, &error](TaskRecord &task, const Resolution &) { return m_parts.sequencer.refuse(task, error); });
}

void WaitingLine::conclude(TaskUid uid, const Place &place)
{
    const auto work = [&]() -> Status<> {
        if (const Status<> open = m_parts.commit.touch(); !open)
            return open;
        auto task = m_parts.store.task(uid);
        if (!task)
            return task.err();
        const auto found = m_resolutions.find(uid);
        if (*task && !protocol::isFinished((*task)->status)) {
            const Resolution none;
            const Status<> placed = place(**task, found != m_resolutions.end() ? *found->second : none);
            if (!placed)
                return placed;
        }
        return leave(uid);
    };
    if (const Status<> done = work(); !done) {
        m_parts.storeFailed(done.error().message);
        return;
    }
    drop(uid);
    m_parts.publishNew();
    m_again.start(0); // who stood behind it
}

void WaitingLine::tryAgain(TaskUid uid, const std::string &why)
{
    if (why != m_lastTrouble)
        qCInfo(waitingLog, "task %u waits: %s", uid.value, why.c_str());
    m_lastTrouble = why;
    drop(uid);
    m_again.start(againMs);
}

void WaitingLine::drop(TaskUid uid)
{
    const auto found = m_resolutions.find(uid);
    if (found == m_resolutions.end())
        return;
    // a callback of it may be on the stack
    if (read::Walk *walk = found->second->walk.release())
        walk->deleteLater();
    if (write::EditRun *edit = found->second->edit.release())
        edit->deleteLater();
    m_resolutions.erase(found);
}

Result<bool> WaitingLine::cancel(TaskUid task)
{
    if (!m_room.contains(task))
        return false;
    drop(task);
    if (const Status<> done = leave(task); !done)
        return done.err();
    m_again.start(0);
    return true;
}

} // namespace miroir::cluster
