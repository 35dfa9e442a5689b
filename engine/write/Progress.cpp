// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/Progress.h"

#include "base/Bytes.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::write {

using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

Q_LOGGING_CATEGORY(progressLog, "miroir.write", QtInfoMsg)

constexpr std::size_t recordsReadBack = 500;
/// Pipes of this node name hold how far an index is finished.
constexpr std::string_view committedRow;

} // namespace

Status<> Progress::load(const placement::ShardMap &map)
{
    m_map = map;
    m_open.clear();
    m_committed.clear();
    m_visible = {};
    const auto indexes = m_store.indexes();
    const auto pipes = m_store.pipes();
    const auto batch = m_store.meta("next_batch");
    if (!indexes || !pipes || !batch)
        return miroir::fail("cannot read the indexes of the store");
    m_nextBatch = batch->empty() ? 0U : static_cast<std::uint32_t>(std::stoul(*batch));
    for (const store::StoredIndex &index : *indexes)
        m_visible.put(index);
    static_cast<void>(m_visible.takeChanged());
    for (const store::StoredPipe &pipe : *pipes) {
        if (pipe.node == committedRow)
            m_committed[pipe.index] = pipe.applied;
    }
    for (LogOffset from {1};;) {
        const auto records = m_store.records({}, from, recordsReadBack);
        if (!records)
            return records.err();
        for (const store::LogRecord &record : *records) {
            from.value = record.offset.value + 1;
            m_newest = record.offset;
            if (record.offset <= committed(record.index))
                continue;
            Result<Operation> operation = Operation::fromJson(record.argument);
            if (!operation)
                return operation.err();
            add(record, std::move(*operation));
            // Nobody knows any more what was sent of records without a task; a task says it by its status.
            m_open[record.index].back().sent = !record.task;
        }
        if (records->size() < recordsReadBack)
            return Done {};
    }
}

void Progress::add(const store::LogRecord &record, Operation operation)
{
    Open open {record, std::move(operation), shardsTouched(record)};
    m_newest = std::max(m_newest, record.offset);
    open.record.documents.clear();
    open.record.documents.shrink_to_fit();
    m_open[record.index].push_back(std::move(open));
}

LogOffset Progress::committed(std::string_view index) const
{
    const auto found = m_committed.find(index);
    return found == m_committed.end() ? LogOffset {} : found->second;
}

bool Progress::busy(std::string_view index) const
{
    const auto found = m_open.find(index);
    return found != m_open.end() && !found->second.empty();
}

LogOffset Progress::finishedUpTo() const
{
    LogOffset upTo = m_newest;
    for (const auto &[index, records] : m_open) {
        if (!records.empty())
            upTo.value = std::min(upTo.value, records.front().record.offset.value - 1);
    }
    return upTo;
}

std::map<std::string, Progress::OpenSettings, std::less<>> Progress::openSettings() const
{
    std::map<std::string, OpenSettings, std::less<>> found;
    const auto changes = [](const Open &open) { return open.record.kind == store::OperationKind::ApplySettings; };
    for (const auto &[index, records] : m_open) {
        const auto first = std::find_if(records.begin(), records.end(), changes);
        if (first == records.end())
            continue;
        const auto next = std::find_if(first + 1, records.end(), changes);
        found.emplace(index,
            OpenSettings {first->record.offset, next == records.end() ? LogOffset {} : next->record.offset});
    }
    return found;
}

std::vector<std::uint32_t> Progress::openTasks() const
{
    std::set<std::uint32_t> uids;
    for (const auto &[index, records] : m_open) {
        for (const Open &open : records) {
            if (open.record.task)
                uids.insert(open.record.task->value);
        }
    }
    return {uids.begin(), uids.end()};
}

Progress::Judgement Progress::judge(const Open &open, const PipeOf &pipeOf, const IsLive &isLive) const
{
    if (open.record.kind == store::OperationKind::SwapIndexes && earlierAreOpen(open))
        return {};
    if (!concernsNodes(open.record.kind) || open.shards.none())
        return {Verdict::Applied, {}, false};
    placement::ShardSet applied;
    placement::ShardSet refused;
    std::optional<node::NodeError> error;
    bool sameError = true;
    bool awaited = false;
    for (const NodeId &node : m_map.nodes()) {
        const placement::ShardSet here = m_map.shardsOf(node) & open.shards;
        const Pipe *pipe = pipeOf(node, open.record.index);
        if (here.none() || pipe == nullptr)
            continue;
        if (pipe->applied() >= open.record.offset) {
            applied |= here;
        } else if (pipe->refusal() && pipe->refusedAt() == open.record.offset) {
            refused |= here;
            sameError = sameError && (!error || error->code == pipe->refusal()->code);
            error = pipe->refusal();
        } else if (isLive(node, open.record.index)) {
            awaited = true; // it still has to answer
        }
    }
    if (awaited && open.record.kind != store::OperationKind::ApplySettings)
        return {};
    if (applied == open.shards)
        return {Verdict::Applied, {}, false};
    if (!awaited && error && sameError && (applied | refused) == open.shards)
        return {Verdict::Failed, error, applied.any()};
    return {};
}

bool Progress::earlierAreOpen(const Open &open) const
{
    // Who swaps an index in that is still being filled gets it filled, as on one node.
    return std::any_of(open.operation.after.begin(), open.operation.after.end(), [&](const std::string &index) {
        const auto found = m_open.find(index);
        return found != m_open.end() && !found->second.empty()
            && found->second.front().record.offset < open.record.offset;
    });
}

void Progress::settleRefusals(
    const Open &open, const Judgement &judgement, const PipeOf &pipeOf, const IsLive &isLive) const
{
    for (const NodeId &node : m_map.nodes()) {
        Pipe *pipe = pipeOf(node, open.record.index);
        if (pipe == nullptr || !pipe->refusal() || pipe->refusedAt() != open.record.offset)
            continue;
        if (judgement.verdict == Verdict::Failed) {
            pipe->skipRefused();
        } else if (isLive(node, open.record.index)) {
            qCWarning(progressLog, "node %s refused what other replicas applied (%s): %s", node.c_str(),
                open.record.index.c_str(), pipe->refusal()->message.c_str());
            pipe->retryRefused();
        }
    }
}

Result<std::vector<Progress::Finished>> Progress::finish(
    const PipeOf &pipeOf, const IsLive &isLive, const TakeBack &takeBack)
{
    std::vector<Finished> all;
    // The end of one may be what a swap in another line has waited for.
    for (std::size_t before = SIZE_MAX; before != all.size();) {
        before = all.size();
        for (auto &[index, records] : m_open) {
            while (!records.empty()) {
                const Judgement judgement = judge(records.front(), pipeOf, isLive);
                if (judgement.verdict == Verdict::Wait)
                    break;
                Open open = std::move(records.front());
                records.pop_front();
                settleRefusals(open, judgement, pipeOf, isLive);
                Result<Finished> finished = end(std::move(open), judgement, takeBack);
                if (!finished)
                    return finished.err();
                all.push_back(std::move(*finished));
            }
        }
    }
    std::erase_if(m_open, [](const auto &entry) { return entry.second.empty(); });
    return all;
}

Result<Progress::Finished> Progress::end(Open open, const Judgement &judgement, const TakeBack &takeBack)
{
    Finished finished;
    std::optional<protocol::TaskError> error = open.operation.error;
    if (judgement.verdict == Verdict::Failed) {
        const node::NodeError &cause = *judgement.error;
        error = protocol::TaskError {cause.message, cause.code, cause.type,
            "https://docs.meilisearch.com/errors#" + cause.code};
        if (const Status<> done = takeBack(open.record, open.operation, judgement.partly); !done)
            return done.err();
        if (const Status<> done = m_store.neutralise(open.record.offset, open.operation.toJson()); !done)
            return done.err();
    } else {
        const store::StoredIndex *before = m_visible.findPhysical(open.record.index);
        if (const Status<> done = renameTasks(open, before != nullptr ? before->uid : std::string()); !done)
            return done.err();
        m_visible.apply(open.record, open.operation, m_clock.utcNs());
    }
    finished.changedIndexes = m_visible.takeChanged();
    for (const std::string &uid : finished.changedIndexes) {
        const store::StoredIndex *index = m_visible.find(uid);
        const Status<> saved = index != nullptr ? m_store.saveIndex(*index) : m_store.removeIndex(uid);
        if (!saved)
            return saved.err();
    }
    m_committed[open.record.index] = open.record.offset;
    if (const Status<> saved
        = m_store.savePipe({NodeId(committedRow), open.record.index, open.record.offset});
        !saved)
        return saved.err();
    if (const Status<> done = endTask(open, error, finished); !done)
        return done.err();
    return finished;
}

Status<> Progress::renameTasks(const Open &open, const std::string &oldUid)
{
    if (!open.record.task)
        return Done {};
    if (open.record.kind == store::OperationKind::RenameIndex && !oldUid.empty())
        return m_store.exchangeTaskIndexes(oldUid, open.operation.newUid, *open.record.task);
    if (open.record.kind != store::OperationKind::SwapIndexes)
        return Done {};
    for (const protocol::TaskSwap &swap : open.operation.swaps) {
        if (const Status<> done = m_store.exchangeTaskIndexes(swap.first, swap.second, *open.record.task); !done)
            return done;
    }
    return Done {};
}

Status<> Progress::endTask(
    const Open &open, const std::optional<protocol::TaskError> &error, Finished &finished)
{
    if (!open.record.task)
        return Done {};
    auto task = m_store.task(*open.record.task);
    if (!task)
        return task.err();
    if (!*task || protocol::isFinished((*task)->status))
        return Done {};
    TaskRecord &ended = **task;
    ended.finishedAtNs = m_clock.utcNs();
    if (!ended.startedAtNs)
        ended.startedAtNs = ended.finishedAtNs;
    if (!ended.batchUid)
        ended.batchUid = takeBatch();
    ended.status = error ? TaskStatus::Failed : TaskStatus::Succeeded;
    ended.error = error;
    if (ended.details) {
        if (error)
            ended.details->toFailed();
        else if (ended.details->indexedDocuments.present)
            ended.details->indexedDocuments = open.operation.documents;
        else if (ended.details->deletedDocuments.present)
            ended.details->deletedDocuments = open.operation.documents;
        if (!error && ended.details->editedDocuments.present)
            ended.details->editedDocuments = open.operation.documents;
    }
    finished.task = ended;
    return m_store.saveTask(ended);
}

Result<std::optional<TaskRecord>> Progress::markProcessing(LogOffset offset)
{
    for (auto &[index, records] : m_open) {
        for (Open &open : records) {
            if (open.record.offset != offset)
                continue;
            open.sent = true;
            if (open.record.task)
                return start(*open.record.task);
        }
    }
    return std::optional<TaskRecord>();
}

std::vector<LogOffset> Progress::removable(TaskUid task) const
{
    using store::OperationKind;
    for (const auto &[index, records] : m_open) {
        for (std::size_t i = records.size(); i-- > 0;) {
            const Open &open = records[i];
            if (open.record.task != task) {
                if (!open.removed)
                    break; // it was judged on the ground of what stands before it
                continue;
            }
            const OperationKind kind = open.record.kind;
            // names and whole directories are not kept, so they cannot come back
            if (open.sent || index.empty() || kind == OperationKind::RenameIndex || kind == OperationKind::DeleteIndex
                || kind == OperationKind::ClearDocuments)
                return {};
            std::vector<LogOffset> offsets {open.record.offset};
            bool wholeGroup = true;
            while (i-- > 0 && records[i].operation.partOf == task.value) {
                wholeGroup = wholeGroup && !records[i].sent;
                offsets.insert(offsets.begin(), records[i].record.offset);
            }
            if (wholeGroup)
                return offsets;
            // The index exists already on some node and stays; what its creation itself asked for cannot be taken back.
            const bool work = kind == OperationKind::ReplaceDocuments || kind == OperationKind::UpdateDocuments
                || kind == OperationKind::ApplySettings;
            return work ? std::vector {open.record.offset} : std::vector<LogOffset> {};
        }
    }
    return {};
}

void Progress::neutralise(const std::vector<LogOffset> &offsets)
{
    for (auto &[index, records] : m_open) {
        for (Open &open : records) {
            if (std::find(offsets.begin(), offsets.end(), open.record.offset) == offsets.end())
                continue;
            open.record.kind = store::OperationKind::Nothing;
            open.operation = {};
            open.shards.reset();
            open.removed = true;
        }
    }
}

std::uint32_t Progress::takeBatch()
{
    const std::uint32_t batch = m_nextBatch++;
    if (const Status<> saved = m_store.setMeta("next_batch", std::to_string(m_nextBatch)); !saved)
        qCCritical(progressLog, "%s", saved.error().message.c_str());
    return batch;
}

Result<std::optional<TaskRecord>> Progress::start(TaskUid uid)
{
    auto task = m_store.task(uid);
    if (!task)
        return task.err();
    if (!*task || (*task)->status != TaskStatus::Enqueued)
        return std::optional<TaskRecord>();
    (*task)->status = TaskStatus::Processing;
    (*task)->startedAtNs = m_clock.utcNs();
    (*task)->batchUid = takeBatch();
    if (const Status<> saved = m_store.saveTask(**task); !saved)
        return saved.err();
    return task;
}

} // namespace miroir::write
