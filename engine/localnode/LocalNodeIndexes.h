// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "localnode/LocalIndex.h"
#include "localnode/NodeStoreThread.h"
#include "protocol/IndexRequests.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace miroir::localnode {

/// A lock that is given in the order in which it was asked for. With std::mutex the worker, which asks again at once
/// after each step, would mostly win against searches that wait.
class FairMutex
{
public:
    void lock()
    {
        std::unique_lock guard(m_mutex);
        const std::uint64_t ticket = m_next++;
        m_turn.wait(guard, [&] { return m_serving == ticket; });
    }
    void unlock()
    {
        {
            const std::lock_guard guard(m_mutex);
            ++m_serving;
        }
        m_turn.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_turn;
    std::uint64_t m_next = 0;
    std::uint64_t m_serving = 0;
};

/// An index in memory behind its lock. LocalIndex is for one thread at a time, so readers lock as well.
class IndexSlot
{
public:
    explicit IndexSlot(std::unique_ptr<LocalIndex> index) : m_index(std::move(index)) { }

    /// Runs use(LocalIndex &) alone. Keep it short when it is called by the worker: searches wait.
    template <typename Use>
    auto with(Use &&use)
    {
        const std::lock_guard lock(m_mutex);
        return use(*m_index);
    }
    /// Puts another index in place; the old one is destroyed outside of the lock.
    void replace(std::unique_ptr<LocalIndex> index)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_index.swap(index);
        }
    }

private:
    FairMutex m_mutex;
    std::unique_ptr<LocalIndex> m_index;
};

/// What is known of an index besides its documents.
struct IndexEntry {
    std::shared_ptr<IndexSlot> slot;
    protocol::IndexInfo info;
    std::int64_t id = 0; ///< of its row in the store
};

/// The indexes of the node by uid. Readers from any thread; only the worker changes the list.
class LocalNodeIndexes
{
public:
    /// Builds every index from the store; once, before anything else.
    Status<> load(NodeStoreThread &store);

    [[nodiscard]] std::optional<IndexEntry> find(std::string_view uid) const;
    [[nodiscard]] std::vector<IndexEntry> all() const; ///< in byte order of uids; those a client can name
    [[nodiscard]] bool contains(std::string_view uid) const { return find(uid).has_value(); }

    /// A fresh index with a number of its own, neither stored nor listed yet.
    IndexEntry prepare(const std::string &uid, std::optional<std::string> primaryKey, std::int64_t nowNs);
    void insert(IndexEntry entry); ///< once it is stored
    void erase(std::string_view uid);
    void update(const protocol::IndexInfo &info); ///< times and primary key of an index that exists
    void rename(std::string_view from, const std::string &to, std::int64_t nowNs);
    void exchange(std::string_view a, std::string_view b);

    /// The row to store for an index as it is in memory now.
    static IndexRow row(const IndexEntry &entry);
    /// Builds an index from its row and its stored documents.
    static Result<std::unique_ptr<LocalIndex>> build(NodeStoreThread &store, const IndexRow &row);

private:
    mutable std::mutex m_mutex;
    std::map<std::string, IndexEntry, std::less<>> m_indexes;
    std::int64_t m_nextId = 1;
};

} // namespace miroir::localnode
