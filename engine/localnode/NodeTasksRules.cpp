// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeTasksRunner.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "protocol/SearchRule.h"
#include "protocol/Settings.h"

#include <cstdio>

/// Tasks that change dynamic search rules, which are the documents of an index of their own.
namespace miroir::localnode {

namespace {

/// The rule as a document: only what was ever given is a member of it.
std::string documentOf(const std::string &uid, const protocol::SearchRulePatch &patch)
{
    const auto given = json::Document::parse(protocol::searchRulePatchToJson(protocol::withoutNulls(patch)));
    MIROIR_ASSERT(given.ok()); // written by ourselves
    json::Writer w;
    w.beginObject().key("uid").string(uid);
    for (const json::Member &member : given->root().members())
        w.key(member.key()).raw(member.value.raw());
    return w.endObject().take().toStdString();
}

} // namespace

protocol::ApiResult<IndexEntry> NodeTasksRunner::rulesIndex()
{
    const std::string uid(protocol::searchRuleIndexUid);
    if (std::optional<IndexEntry> entry = m_c.indexes.find(uid))
        return std::move(*entry);
    IndexEntry entry = m_c.indexes.prepare(uid, "uid", m_c.clock.utcNs());
    auto applied = entry.slot->with([](LocalIndex &index) { return index.applySettings(LocalNodeRules::settings()); });
    if (!applied)
        return applied.err();
    StoreCommit commit;
    StoreStep step;
    step.index = LocalNodeIndexes::row(entry);
    commit.steps.push_back(std::move(step));
    if (auto stored = m_c.store.call([&](NodeStore &store) { return store.commit(commit); }); !stored)
        return Err<protocol::ApiError> {internal(stored.error())};
    m_c.indexes.insert(entry);
    return entry;
}

NodeTasksRunner::Outcome NodeTasksRunner::updateRule(NodeTasks::Job &job)
{
    MIROIR_ASSERT(job.task.details);
    const auto &patch = job.task.details->rule;
    const auto entry = rulesIndex();
    if (!entry)
        return failed(entry.error());
    const auto written = entry->slot->with([&](LocalIndex &index) -> protocol::ApiResult<WriteOutcome> {
        if (!patch)
            return index.deleteByIds({job.content.rule});
        const std::string document = documentOf(job.content.rule, *patch);
        return index.addDocuments({document}, WriteMode::Update);
    });
    if (!written)
        return failed(written.error());
    Outcome outcome;
    recordDocuments(*entry, outcome, written->changes);
    outcome.afterStore = [this, changes = written->changes, more = std::move(outcome.afterStore)] {
        more();
        if (auto changed = m_c.rules.change(changes); !changed)
            std::fprintf(stderr, "a search rule cannot be used: %s\n", changed.error().message.c_str());
    };
    return outcome;
}

NodeTasksRunner::Outcome NodeTasksRunner::clearRules(NodeTasks::Job &job)
{
    std::uint64_t count = 0;
    Outcome outcome;
    if (const auto entry = m_c.indexes.find(protocol::searchRuleIndexUid)) {
        count = entry->slot->with([](LocalIndex &index) { return index.stats().numberOfDocuments; });
        StoreStep drop;
        drop.kind = StoreStep::Kind::DropIndex;
        drop.index.id = entry->id;
        outcome.steps.push_back(std::move(drop));
        outcome.afterStore = [this] {
            m_c.indexes.erase(protocol::searchRuleIndexUid);
            m_c.rules.clear();
        };
    }
    job.task.details->deletedDocuments = count;
    return outcome;
}

} // namespace miroir::localnode
