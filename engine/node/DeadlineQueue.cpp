// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/DeadlineQueue.h"

#include "base/Clock.h"

#include <algorithm>
#include <utility>

namespace miroir::node {

DeadlineQueue::DeadlineQueue(Expired expired, QObject *parent)
    : QObject(parent)
    , m_expired(std::move(expired))
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &DeadlineQueue::fire);
}

std::int64_t DeadlineQueue::nowMs()
{
    return SystemClock().monotonicMs();
}

void DeadlineQueue::add(CallId id, std::int64_t dueMs)
{
    m_due.emplace(dueMs, id);
    if (m_armedMs == 0 || dueMs < m_armedMs)
        arm();
}

void DeadlineQueue::remove(CallId id, std::int64_t dueMs)
{
    const auto [first, last] = m_due.equal_range(dueMs);
    const auto found
        = std::find_if(first, last, [id](const auto &entry) { return entry.second == id; });
    if (found != last)
        m_due.erase(found);
}

void DeadlineQueue::arm()
{
    if (m_due.empty()) {
        m_armedMs = 0;
        return;
    }
    m_armedMs = m_due.begin()->first;
    m_timer.start(static_cast<int>(std::clamp<std::int64_t>(m_armedMs - nowMs(), 0, 3'600'000)));
}

void DeadlineQueue::fire()
{
    // What has expired is taken out first: the callbacks may add and remove calls.
    const std::int64_t now = nowMs();
    std::vector<CallId> expired;
    while (!m_due.empty() && m_due.begin()->first <= now) {
        expired.push_back(m_due.begin()->second);
        m_due.erase(m_due.begin());
    }
    arm();
    for (const CallId id : expired)
        m_expired(id);
}

} // namespace miroir::node
