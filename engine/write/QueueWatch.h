// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

namespace miroir::write {

/// Task uids that one node has given to us. They only rise, so a node that gives a lower one has lost its queue and its
/// data with it: that is seen even when the node was away for too short a time for anybody to notice. Control thread.
class QueueWatch
{
public:
    /// The highest uid so far, to be remembered when a request is sent; -1: none yet.
    [[nodiscard]] std::int64_t newest() const { return m_newest; }
    /// The node gave this uid to a request that was sent when newest() was `before` (answers may overtake each other).
    /// False when it has begun anew; then it is forgotten what was known of it.
    [[nodiscard]] bool rises(std::int64_t before, std::uint32_t uid)
    {
        if (before <= m_newest && std::int64_t {uid} <= before) {
            m_newest = -1;
            return false;
        }
        m_newest = std::max(m_newest, std::int64_t {uid});
        return true;
    }

private:
    std::int64_t m_newest = -1;
};

} // namespace miroir::write
