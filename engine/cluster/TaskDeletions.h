// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Task.h"
#include "store/Store.h"

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

namespace miroir::cluster {

/// Deletions of tasks. A node carries one out between two batches: which tasks go is decided when it is asked for, and
/// one that is being processed ends first, and goes too. Kept in the store until it is done. Control thread; every call
/// within a transaction.
class TaskDeletions
{
public:
    explicit TaskDeletions(store::Store &store) : m_store(store) { }

    /// Reads what was asked for before a restart, or before a write was undone.
    Status<> load();
    /// own: the deletion, registered. It waits for the tasks with those uids to end.
    Status<> add(const protocol::TaskRecord &own, std::vector<std::uint32_t> uids, std::set<std::uint32_t> running);
    /// Carries out those that need not wait any more; gives their tasks, saved as succeeded in those batches.
    using TakeBatch = std::function<std::uint32_t()>;
    Result<std::vector<protocol::TaskRecord>> advance(std::int64_t nowNs, const TakeBatch &takeBatch);

private:
    struct Entry {
        std::uint32_t own = 0;
        std::vector<std::uint32_t> uids;
        std::set<std::uint32_t> running;
    };
    Status<> save();
    Result<bool> stillWaits(Entry &entry);

    store::Store &m_store;
    std::vector<Entry> m_entries; ///< oldest first
};

} // namespace miroir::cluster
