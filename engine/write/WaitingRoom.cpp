// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/WaitingRoom.h"

#include "base/Assert.h"

#include <algorithm>

namespace miroir::write {

namespace {

bool touches(const std::set<std::string> &held, const std::vector<std::string> &uids)
{
    return std::any_of(uids.begin(), uids.end(), [&held](const std::string &uid) { return held.contains(uid); });
}

} // namespace

void WaitingRoom::add(WaitingEntry entry)
{
    MIROIR_ASSERT(m_line.empty() || m_line.back().task < entry.task);
    m_line.push_back(std::move(entry));
}

bool WaitingRoom::remove(TaskUid task)
{
    return std::erase_if(m_line, [task](const WaitingEntry &entry) { return entry.task == task; }) > 0;
}

bool WaitingRoom::contains(TaskUid task) const
{
    return std::any_of(m_line.begin(), m_line.end(), [task](const WaitingEntry &e) { return e.task == task; });
}

bool WaitingRoom::blocks(const std::vector<std::string> &indexUids) const
{
    return std::any_of(m_line.begin(), m_line.end(), [&indexUids](const WaitingEntry &entry) {
        return touches({entry.indexUids.begin(), entry.indexUids.end()}, indexUids);
    });
}

std::vector<WaitingEntry> WaitingRoom::atTheFront() const
{
    std::vector<WaitingEntry> front;
    std::set<std::string> held;
    for (const WaitingEntry &entry : m_line) {
        if (!touches(held, entry.indexUids))
            front.push_back(entry);
        held.insert(entry.indexUids.begin(), entry.indexUids.end());
    }
    return front;
}

} // namespace miroir::write
