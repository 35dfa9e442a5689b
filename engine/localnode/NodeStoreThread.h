// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/NodeStore.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <type_traits>

namespace miroir::localnode {

/// The one thread that owns the NodeStore, for a SQLite connection belongs to the thread that opened it. Callers wait;
/// their number is bounded by the threads of the node, and with it the queue.
class NodeStoreThread
{
public:
    NodeStoreThread() = default;
    ~NodeStoreThread();
    NodeStoreThread(const NodeStoreThread &) = delete;
    NodeStoreThread &operator=(const NodeStoreThread &) = delete;

    /// Opens the store in the new thread. Call it once.
    Status<> start(const QString &file);
    /// Runs what waits, closes the store, joins. No call may come afterwards.
    void stop();

    /// Runs work(NodeStore &) in the store's thread and gives its result. Any thread but the store's own.
    template <typename Work>
    auto call(Work &&work)
    {
        using Answer = std::invoke_result_t<Work, NodeStore &>;
        // Shared, because the store's thread may still be inside it when the waiting caller has its answer already.
        auto task = std::make_shared<std::packaged_task<Answer()>>(
            [this, &work]() -> Answer { return work(*m_store); });
        auto answer = task->get_future();
        post([task] { (*task)(); });
        return answer.get();
    }

private:
    void post(std::function<void()> job);
    void loop();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_jobs;
    bool m_stopping = false;
    std::unique_ptr<NodeStore> m_store; // touched in the store's thread only
    std::thread m_thread;
};

} // namespace miroir::localnode
