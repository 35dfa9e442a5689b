// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Accepted requests that have no place in the log yet. A deletion by filter or an edit can only be turned into
/// operations that may be repeated when everything before it is applied; until then it stands in the line of its
/// index, and what is asked of the same index afterwards stands behind it, unjudged. Requests about other indexes pass.
/// Pure: which of them may go is decided here, the requests themselves are in the store.
namespace miroir::write {

struct WaitingEntry {
    TaskUid task;
    std::vector<std::string> indexUids;
    bool needsBarrier = false;
};

class WaitingRoom
{
public:
    void clear() { m_line.clear(); }
    /// Entries come with rising task numbers.
    void add(WaitingEntry entry);
    bool remove(TaskUid task); ///< false when it is not there
    [[nodiscard]] bool contains(TaskUid task) const;
    [[nodiscard]] bool empty() const { return m_line.empty(); }
    [[nodiscard]] std::size_t size() const { return m_line.size(); }
    /// True when a request about these indexes has to stand behind another one.
    [[nodiscard]] bool blocks(const std::vector<std::string> &indexUids) const;
    /// Those that stand behind nobody, oldest first.
    [[nodiscard]] std::vector<WaitingEntry> atTheFront() const;
    [[nodiscard]] std::vector<WaitingEntry> all() const { return m_line; }

private:
    std::vector<WaitingEntry> m_line;
};

} // namespace miroir::write
