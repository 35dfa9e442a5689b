// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "base/Result.h"
#include "localnode/NodeStoreThread.h"
#include "localnode/NodeTasksContent.h"
#include "protocol/Batch.h"
#include "protocol/Task.h"
#include "protocol/TaskQuery.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace miroir::localnode {

/// The task queue: every task in memory without its payload, those that are not finished with their content too. A task
/// is a batch of its own; only a cancelation takes the tasks it cancels into its batch. All functions are thread-safe.
class NodeTasks
{
public:
    /// Beyond this many, the oldest finished tasks are forgotten, a tenth at a time.
    static constexpr std::size_t taskLimit = 100'000;

    NodeTasks(NodeStoreThread &store, const Clock &clock) : m_store(store), m_clock(clock) { }

    /// Reads what the store has; once, before anything else.
    Status<> load();

    /// Gives the draft its uid and time and returns when it is on disk. Cancelations interrupt the task that runs.
    Result<protocol::TaskRecord> enqueue(protocol::TaskRecord draft, NodeTaskContent content,
                                         const QByteArray &payload = {});

    using Visible = std::function<bool(const protocol::TaskRecord &)>;
    [[nodiscard]] std::optional<protocol::TaskRecord> find(std::uint32_t uid) const;
    [[nodiscard]] QByteArray listJson(const protocol::TaskQuery &query, const Visible &visible) const;
    [[nodiscard]] std::optional<protocol::BatchRecord> findBatch(std::uint32_t uid, const Visible &visible) const;
    [[nodiscard]] QByteArray batchListJson(const protocol::TaskQuery &query, const Visible &visible) const;
    /// Uids that a cancelation or deletion concerns now.
    [[nodiscard]] std::vector<std::uint32_t> matching(const protocol::TaskQuery &query, const Visible &visible) const;
    [[nodiscard]] std::set<std::string> processingIndexes() const;
    [[nodiscard]] std::map<protocol::TaskStatus, std::uint64_t> counts() const;

    struct Job {
        protocol::TaskRecord task; ///< with batchUid and startedAtNs
        NodeTaskContent content;
    };
    /// For the worker: waits for a task and marks it as processing; nothing once stop() was called. Cancelations come
    /// first, then deletions of tasks, snapshots and dumps, then everything else by uid.
    std::optional<Job> take();
    /// For the worker: the task that runs should end early, because it is being canceled or the node stops.
    [[nodiscard]] bool interrupted() const { return m_interrupted.load() || m_stopping.load(); }
    /// For the worker: an interrupted task goes back into the queue.
    void putBack(std::uint32_t uid);
    /// For the worker: new states, in memory, after they were stored. Deleted tasks vanish.
    void settle(const std::vector<protocol::TaskRecord> &tasks, const std::vector<std::uint32_t> &deleted);
    /// For the worker: finished tasks that have to go because there are too many.
    [[nodiscard]] std::vector<std::uint32_t> surplus() const;
    /// For the worker: records that name an index and have a smaller uid, with the names exchanged after a swap.
    [[nodiscard]] std::vector<protocol::TaskRecord> renamedBySwap(const std::vector<protocol::TaskSwap> &swaps,
                                                                   std::uint32_t before) const;
    [[nodiscard]] std::optional<NodeTaskContent> contentOf(std::uint32_t uid) const;
    void stop();

private:
    [[nodiscard]] std::vector<protocol::TaskRecord>::iterator at(std::uint32_t uid);
    [[nodiscard]] std::vector<protocol::TaskRecord>::const_iterator at(std::uint32_t uid) const;
    [[nodiscard]] protocol::BatchRecord batch(std::uint32_t uid) const;

    NodeStoreThread &m_store;
    const Clock &m_clock;
    std::mutex m_enqueueMutex; // keeps uids in the order in which tasks reach the disk
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<protocol::TaskRecord> m_tasks; // ascending uid
    std::map<std::uint32_t, NodeTaskContent> m_contents; // of tasks that are not finished
    std::uint32_t m_nextUid = 0;
    std::uint32_t m_nextBatch = 0;
    std::optional<std::uint32_t> m_running;
    std::atomic<bool> m_interrupted {false};
    std::atomic<bool> m_stopping {false};
};

} // namespace miroir::localnode
