// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeTasksRunner.h"

#include "base/Assert.h"
#include "protocol/Settings.h"

#include <algorithm>
#include <unordered_set>

/// Tasks that change documents and settings.
namespace miroir::localnode {

namespace {

std::uint64_t documentsIn(const IndexEntry &entry)
{
    return entry.slot->with([](LocalIndex &index) { return index.stats().numberOfDocuments; });
}

} // namespace

/// A long list of items taken in steps, each under the lock of the index.
struct NodeTasksRunner::Steps {
    IndexEntry entry;
    std::size_t count = 0; ///< items
    std::function<protocol::ApiResult<WriteOutcome>(LocalIndex &, std::size_t from, std::size_t to)> write;
    std::uint64_t affected = 0; ///< documents written or deleted, each once
};

protocol::ApiResult<IndexEntry> NodeTasksRunner::indexFor(const std::string &uid, bool mayCreate)
{
    if (std::optional<IndexEntry> entry = m_c.indexes.find(uid))
        return std::move(*entry);
    if (!mayCreate)
        return Err<protocol::ApiError> {protocol::indexNotFound(uid)};
    // The index stays even when the task fails, as on Meilisearch; so it is stored on its own.
    IndexEntry entry = m_c.indexes.prepare(uid, std::nullopt, m_c.clock.utcNs());
    StoreCommit commit;
    StoreStep step;
    step.index = LocalNodeIndexes::row(entry);
    commit.steps.push_back(std::move(step));
    if (auto stored = m_c.store.call([&](NodeStore &store) { return store.commit(commit); }); !stored)
        return Err<protocol::ApiError> {internal(stored.error())};
    m_c.indexes.insert(entry);
    return entry;
}

/// What documents changed goes to the store together with the row of the index.
void NodeTasksRunner::recordDocuments(IndexEntry entry, Outcome &outcome, std::vector<StoredChange> changes)
{
    entry.info.updatedAtNs = m_c.clock.utcNs();
    StoreStep put;
    put.kind = StoreStep::Kind::PutIndex;
    put.index = LocalNodeIndexes::row(entry);
    entry.info.primaryKey = put.index.primaryKey;
    outcome.steps.push_back(std::move(put));
    StoreStep documents;
    documents.kind = StoreStep::Kind::Documents;
    documents.index.id = entry.id;
    documents.documents = std::move(changes);
    outcome.steps.push_back(std::move(documents));
    outcome.inMemory.push_back(entry);
    outcome.afterStore = [this, info = entry.info] { m_c.indexes.update(info); };
}

void NodeTasksRunner::writeSteps(Steps &steps, Outcome &outcome)
{
    std::vector<StoredChange> changes;
    std::unordered_set<DocId> seen;
    for (std::size_t from = 0; from < steps.count || from == 0; from += stepDocuments) {
        const std::size_t to = std::min(from + stepDocuments, steps.count);
        const bool stop = m_c.tasks.interrupted();
        auto written = stop ? protocol::ApiResult<WriteOutcome>(WriteOutcome {})
                            : steps.entry.slot->with([&](LocalIndex &index) { return steps.write(index, from, to); });
        if (stop || !written) {
            if (from > 0)
                rebuild(steps.entry);
            outcome.interrupted = stop;
            if (!stop)
                outcome.error = written.error();
            return;
        }
        steps.affected += written->affected;
        for (StoredChange &change : written->changes) {
            // A document that an earlier step of the same payload wrote already counts once.
            if (!seen.insert(change.docid).second && !change.removed)
                --steps.affected;
            changes.push_back(std::move(change));
        }
    }
    recordDocuments(steps.entry, outcome, std::move(changes));
}

NodeTasksRunner::Outcome NodeTasksRunner::addDocuments(NodeTasks::Job &job)
{
    const auto payload = m_c.store.call([&](NodeStore &store) { return store.payload(job.task.uid); });
    if (!payload)
        return failed(internal(payload.error()));
    const auto documents = unpackPayload(*payload);
    if (!documents)
        return failed(internal(documents.error()));
    const auto entry = indexFor(job.task.indexUid.value_or(""), job.content.mayCreateIndex);
    if (!entry)
        return failed(entry.error());
    const auto before = entry->slot->with([](LocalIndex &index) { return index.primaryKey(); });
    const auto &wanted = job.content.primaryKey;
    if (wanted && before && wanted != before)
        return failed(protocol::apiError("index_primary_key_already_exists",
                                         "Index already has a primary key: `" + *before + "`."));
    if (wanted && !before)
        entry->slot->with([&](LocalIndex &index) { index.setPrimaryKey(wanted); });

    Outcome outcome;
    Steps steps {*entry, documents->size(), {}, 0};
    const WriteMode mode = job.content.update ? WriteMode::Update : WriteMode::Replace;
    steps.write = [&](LocalIndex &index, std::size_t from, std::size_t to) {
        const auto at = [&](std::size_t i) { return documents->begin() + static_cast<std::ptrdiff_t>(i); };
        return index.addDocuments({at(from), at(to)}, mode, job.content.skipCreation);
    };
    writeSteps(steps, outcome);
    if (outcome.error || outcome.interrupted) {
        if (!before)
            entry->slot->with([](LocalIndex &index) { index.setPrimaryKey(std::nullopt); });
        return outcome;
    }
    job.task.details->indexedDocuments = steps.affected;
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::deleteDocuments(NodeTasks::Job &job)
{
    const std::string uid = job.task.indexUid.value_or("");
    const std::optional<IndexEntry> entry = m_c.indexes.find(uid);
    if (!entry)
        return failed(protocol::indexNotFound(uid));
    Outcome outcome;
    Steps steps {*entry, 0, {}, 0};
    QByteArray payload;
    std::vector<std::string> ids;
    json::Document filter;
    switch (job.content.deletion) {
    case NodeTaskContent::Deletion::None:
        return failed(protocol::apiError("internal", "the stored task does not say what to delete"));
    case NodeTaskContent::Deletion::Clear:
        steps.write = [](LocalIndex &index, std::size_t, std::size_t) -> protocol::ApiResult<WriteOutcome> {
            return index.clear();
        };
        break;
    case NodeTaskContent::Deletion::Filter: {
        auto parsed = json::Document::parse(std::string_view(job.content.filter));
        if (!parsed)
            return failed(protocol::apiError("internal", parsed.error().message()));
        filter = std::move(*parsed);
        steps.write = [&filter](LocalIndex &index, std::size_t, std::size_t) {
            return index.deleteByFilter(filter.root());
        };
        break;
    }
    case NodeTaskContent::Deletion::Ids: {
        auto stored = m_c.store.call([&](NodeStore &store) { return store.payload(job.task.uid); });
        if (!stored)
            return failed(internal(stored.error()));
        payload = std::move(*stored);
        const auto items = unpackPayload(payload);
        if (!items)
            return failed(internal(items.error()));
        ids.assign(items->begin(), items->end());
        steps.count = ids.size();
        steps.write = [&ids](LocalIndex &index, std::size_t from, std::size_t to) -> protocol::ApiResult<WriteOutcome> {
            const auto at = [&](std::size_t i) { return ids.begin() + static_cast<std::ptrdiff_t>(i); };
            return index.deleteByIds({at(from), at(to)});
        };
        break;
    }
    }
    writeSteps(steps, outcome);
    if (!outcome.error && !outcome.interrupted)
        job.task.details->deletedDocuments = steps.affected;
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::updateSettings(NodeTasks::Job &job)
{
    MIROIR_ASSERT(job.task.details && job.task.details->settings);
    const auto found = indexFor(job.task.indexUid.value_or(""), job.content.mayCreateIndex);
    if (!found)
        return failed(found.error());
    IndexEntry entry = *found;
    const protocol::Settings before = entry.slot->with([](LocalIndex &index) { return index.settings(); });
    const auto after = protocol::applySettingsPatch(before, *job.task.details->settings);
    if (!after)
        return failed(protocol::apiError(after.error().code->name,
                                         "Index `" + entry.info.uid + "`: " + after.error().message));
    if (auto applied = applySettings(entry, *after); !applied)
        return failed(applied.error());
    Outcome outcome;
    entry.info.updatedAtNs = m_c.clock.utcNs();
    StoreStep put;
    put.kind = StoreStep::Kind::PutIndex;
    put.index = LocalNodeIndexes::row(entry);
    outcome.steps.push_back(std::move(put));
    outcome.inMemory.push_back(entry);
    outcome.afterStore = [this, info = entry.info] { m_c.indexes.update(info); };
    return outcome;
}

/// Small indexes change in place; for larger ones a second index is built beside the first, so that searches go on.
protocol::ApiStatus NodeTasksRunner::applySettings(const IndexEntry &entry, const protocol::Settings &settings)
{
    const bool small = documentsIn(entry) <= stepDocuments;
    bool done = false;
    auto status = entry.slot->with([&](LocalIndex &index) {
        done = small || !index.settingsNeedRebuild(settings);
        return done ? index.applySettings(settings) : index.checkSettings(settings);
    });
    if (done || !status)
        return status;
    IndexRow row = LocalNodeIndexes::row(entry);
    row.settings = protocol::settingsToText(settings);
    auto index = LocalNodeIndexes::build(m_c.store, row);
    if (!index)
        return Err<protocol::ApiError> {internal(index.error())};
    entry.slot->replace(std::move(*index));
    return Done {};
}

} // namespace miroir::localnode
