// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "placement/ShardMap.h"
#include "write/Operation.h"
#include "write/Pipe.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace miroir::write {

/// Decides when a write is finished: records of an index end in their order, each when every live node that has to has
/// applied it and each of its shards was applied somewhere. A change of settings ends as soon as the nodes that have it
/// cover every shard: searches go over to them (SettingsRoll.h). Then the task ends, and what clients see of the index
/// moves on. Control thread; finish() within a transaction of the store.
class Progress
{
public:
    struct Finished {
        std::optional<protocol::TaskRecord> task;
        std::vector<std::string> changedIndexes; ///< uids, also removed ones
    };
    Progress(store::Store &store, const Clock &clock) : m_store(store), m_clock(clock) { }

    /// Reads what clients see, and the log records that are not finished.
    Status<> load(const placement::ShardMap &map);
    void add(const store::LogRecord &record, Operation operation);
    /// How pipes are found: nullptr when that node has none for that index.
    using PipeOf = std::function<Pipe *(const NodeId &node, const std::string &index)>;
    /// True when writes to that index have to wait for that node: it is up and holds the index.
    using IsLive = std::function<bool(const NodeId &node, const std::string &index)>;
    /// Carries out the ends that are due. takeBack is called for records that failed; partly: some node applied it.
    using TakeBack = std::function<Status<>(const store::LogRecord &, const Operation &, bool partly)>;
    Result<std::vector<Finished>> finish(const PipeOf &pipeOf, const IsLive &isLive, const TakeBack &takeBack);

    /// The first request of that record has gone out: its task is being processed. Gives the task when that is new.
    Result<std::optional<protocol::TaskRecord>> markProcessing(LogOffset offset);

    /// A task that has no record yet is being worked on. Gives the task when that is new.
    Result<std::optional<protocol::TaskRecord>> start(TaskUid uid);

    /// The records of that task, oldest first, when they can still be taken out: no node has been sent one of them, and
    /// nothing else of their index stands behind them. Empty when they cannot.
    [[nodiscard]] std::vector<LogOffset> removable(TaskUid task) const;
    /// Those records are empty steps from now on.
    void neutralise(const std::vector<LogOffset> &offsets);

    /// A number for a batch of its own.
    std::uint32_t takeBatch();
    [[nodiscard]] const IndexTable &visible() const { return m_visible; }
    /// Offset up to which that physical index is finished.
    [[nodiscard]] LogOffset committed(std::string_view index) const;
    [[nodiscard]] const std::map<std::string, LogOffset, std::less<>> &allCommitted() const { return m_committed; }
    [[nodiscard]] bool busy(std::string_view index) const; ///< something of it is not finished
    struct OpenSettings {
        LogOffset first;
        LogOffset next; ///< 0: no other
    };
    /// The first two unfinished changes of settings of each physical index that has one.
    [[nodiscard]] std::map<std::string, OpenSettings, std::less<>> openSettings() const;
    /// Everything up to this offset is finished.
    [[nodiscard]] LogOffset finishedUpTo() const;
    /// Unfinished tasks, oldest first.
    [[nodiscard]] std::vector<std::uint32_t> openTasks() const;

private:
    struct Open {
        store::LogRecord record; ///< without the documents
        Operation operation;
        placement::ShardSet shards;
        bool sent = false; ///< a node may have been told of it
        bool removed = false; ///< taken out by neutralise()
    };
    enum class Verdict : std::uint8_t { Wait, Applied, Failed };
    struct Judgement {
        Verdict verdict = Verdict::Wait;
        std::optional<node::NodeError> error; ///< Failed
        bool partly = false; ///< Failed, but applied by some node
    };
    Judgement judge(const Open &open, const PipeOf &pipeOf, const IsLive &isLive) const;
    Result<Finished> end(Open open, const Judgement &judgement, const TakeBack &takeBack);
    [[nodiscard]] bool earlierAreOpen(const Open &open) const;
    Status<> renameTasks(const Open &open, const std::string &oldUid);
    Status<> endTask(const Open &open, const std::optional<protocol::TaskError> &error, Finished &finished);
    void settleRefusals(const Open &open, const Judgement &judgement, const PipeOf &pipeOf, const IsLive &isLive) const;

    store::Store &m_store;
    const Clock &m_clock;
    placement::ShardMap m_map;
    IndexTable m_visible;
    std::map<std::string, std::deque<Open>, std::less<>> m_open; // by physical index
    std::map<std::string, LogOffset, std::less<>> m_committed;
    LogOffset m_newest; // the last record added or read
    std::uint32_t m_nextBatch = 0;
};

} // namespace miroir::write
