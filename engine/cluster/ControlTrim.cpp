// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Control.h"

#include <QLoggingCategory>

#include <algorithm>

/// What the log keeps, and for how long.
namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(trimLog, "miroir.log", QtInfoMsg)

constexpr std::int64_t nsPerMs = 1'000'000;
constexpr std::int64_t msPerHour = 3'600'000;
constexpr std::uint64_t bytesPerMb = 1'000'000;

} // namespace

void Control::trim()
{
    if (const Status<> done = limitLog(); !done)
        qCWarning(trimLog, "%s", done.error().message.c_str());
    LogOffset upTo = m_progress.finishedUpTo();
    for (const auto &link : m_links) {
        for (const auto &[index, pipe] : link->pipes) {
            // One that waits for a copy gets no more of the log than what comes after its copy has begun.
            const bool wanted = !pipe->held() || m_recovery.running(link->spec.id, index);
            if (wanted && !pipe->idle())
                upTo = std::min(upTo, pipe->applied());
        }
    }
    if (upTo <= m_trimmed)
        return;
    const Status<> open = m_commit.touch();
    if (const Status<> done = open ? m_store->trim(upTo) : open; !done)
        qCWarning(trimLog, "%s", done.error().message.c_str());
    m_trimmed = upTo;
}

Status<> Control::limitLog()
{
    for (const auto &link : m_links) {
        if (m_membership.up(link->spec.id))
            continue; // who is up catches up
        LogOffset oldest = m_progress.finishedUpTo();
        for (const auto &[index, pipe] : link->pipes) {
            if (!pipe->idle() && !pipe->held())
                oldest = std::min(oldest, pipe->applied());
        }
        if (oldest >= m_progress.finishedUpTo())
            continue;
        const auto bytes = m_store->logBytes(oldest);
        const auto first = m_store->records({}, {oldest.value + 1}, 1);
        if (!bytes || !first)
            return bytes ? first.err() : bytes.err();
        const auto operation = first->empty() ? Result<write::Operation>(write::Operation {})
                                              : write::Operation::fromJson(first->front().argument);
        if (!operation)
            return operation.err();
        const std::int64_t ageMs = first->empty() ? 0 : (m_clock.utcNs() - operation->atNs) / nsPerMs;
        if (*bytes > m_options.logBytesMax) {
            leaveBehind(*link, "the node is " + std::to_string(*bytes / bytesPerMb)
                    + " MB of writes behind, more than the log keeps; it must be copied anew");
        } else if (ageMs > m_options.logAgeMaxMs) {
            leaveBehind(*link, "the node has missed writes for " + std::to_string(ageMs / msPerHour)
                    + " hours, longer than the log keeps them; it must be copied anew");
        }
    }
    return Done {};
}

void Control::leaveBehind(const NodeLink &link, const std::string &why)
{
    for (const auto &[index, pipe] : link.pipes) {
        // Where nobody else has a copy the log has to wait for the node.
        if (!pipe->idle() && m_recovery.copyable(link.spec.id, index))
            m_recovery.mark(link.spec.id, index, why);
    }
    // Remembered before anything is trimmed: a pipe must never go on behind a gap.
    m_commit.flush();
}

} // namespace miroir::cluster
