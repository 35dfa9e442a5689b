// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "localnode/LocalNodeIndexes.h"
#include "localnode/LocalNodeRules.h"
#include "localnode/NodeTasks.h"

#include <QString>

namespace miroir::localnode {

/// The worker: takes one task after another and carries it out. What a task changes reaches the disk together with its
/// end in one transaction. run() is the body of the worker's thread.
class NodeTasksRunner
{
public:
    struct Context {
        NodeStoreThread &store;
        NodeTasks &tasks;
        LocalNodeIndexes &indexes;
        LocalNodeRules &rules;
        const Clock &clock;
        QString folder; ///< of the database; empty when everything is in memory
    };
    /// Documents that enter an index under one lock.
    static constexpr std::size_t stepDocuments = 500;

    explicit NodeTasksRunner(Context context) : m_c(std::move(context)) { }
    void run(); ///< until NodeTasks::stop()

private:
    /// What a task leads to, before it is stored.
    struct Outcome {
        bool interrupted = false; ///< nothing was done; the task goes back into the queue
        std::optional<protocol::ApiError> error;
        std::vector<StoreStep> steps;
        std::vector<protocol::TaskRecord> others; ///< further tasks that change: canceled, renamed
        std::vector<std::uint32_t> deletedTasks;
        std::vector<IndexEntry> inMemory; ///< indexes that hold the change already and are rebuilt when storing fails
        std::function<void()> afterStore; ///< what follows in memory once it is stored
    };

    Outcome execute(NodeTasks::Job &job);
    void finish(NodeTasks::Job &job, Outcome outcome);
    Status<> storeOutcome(const protocol::TaskRecord &task, const Outcome &outcome);
    void rebuild(const IndexEntry &entry);

    // NodeTasksIndexing.cpp
    protocol::ApiResult<IndexEntry> indexFor(const std::string &uid, bool mayCreate);
    Outcome addDocuments(NodeTasks::Job &job);
    Outcome deleteDocuments(NodeTasks::Job &job);
    Outcome updateSettings(NodeTasks::Job &job);
    struct Steps;
    void writeSteps(Steps &steps, Outcome &outcome);
    void recordDocuments(IndexEntry entry, Outcome &outcome, std::vector<StoredChange> changes);
    protocol::ApiStatus applySettings(const IndexEntry &entry, const protocol::Settings &settings);

    // NodeTasksStructure.cpp
    Outcome createIndex(NodeTasks::Job &job);
    Outcome updateIndex(NodeTasks::Job &job);
    Outcome deleteIndex(NodeTasks::Job &job);
    Outcome swapIndexes(NodeTasks::Job &job);
    Outcome cancelTasks(NodeTasks::Job &job);
    Outcome deleteTasks(NodeTasks::Job &job);
    Outcome compactIndex(NodeTasks::Job &job);
    Outcome copyDatabase(NodeTasks::Job &job, const QString &subfolder, const QString &name);

    // NodeTasksRules.cpp
    protocol::ApiResult<IndexEntry> rulesIndex(); ///< made when it is missing
    Outcome updateRule(NodeTasks::Job &job);
    Outcome clearRules(NodeTasks::Job &job);

    static Outcome failed(protocol::ApiError error);
    static protocol::ApiError internal(const Failure &failure);

    Context m_c;
};

} // namespace miroir::localnode
