// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>

#include <algorithm>
#include <cstdint>

namespace miroir::read {

/// What the ways to nodes and back took, of all questions of one request. Pure.
class WayTime
{
public:
    /// A question of which the slowest node worked on the answer for so long; questions in the order of their ends.
    /// What several wait for at the same time counts once.
    void add(std::int64_t askedNs, std::int64_t endNs, std::int64_t workNs)
    {
        m_ns += std::max<std::int64_t>(0, endNs - std::max(askedNs + workNs, m_lastEndNs));
        m_lastEndNs = endNs;
    }
    [[nodiscard]] std::int64_t ns() const { return m_ns; }

private:
    std::int64_t m_ns = 0;
    std::int64_t m_lastEndNs = 0;
};

/// What `processingTimeMs` means: the work that an answer took. A node counts its own, and not the way to whoever asks
/// it; so the ways between the orchestrator and its nodes are not counted either. Where a node had to be replaced all
/// of the time counts. One front thread.
class WorkClock
{
public:
    WorkClock() { m_timer.start(); }
    [[nodiscard]] std::int64_t nowNs() const { return m_timer.nsecsElapsed(); } ///< all time since the beginning
    [[nodiscard]] std::uint64_t workMs() const
    {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, nowNs() - m_ways.ns()) / 1'000'000);
    }
    /// All nodes have answered what was asked then.
    void answered(std::int64_t askedNs, std::int64_t workNs) { m_ways.add(askedNs, nowNs(), workNs); }

private:
    QElapsedTimer m_timer;
    WayTime m_ways;
};

} // namespace miroir::read
