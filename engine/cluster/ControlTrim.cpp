// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Control.h"

#include <QLoggingCategory>

#include <algorithm>

/// What the log keeps, and for how long.
namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(log, "miroir.log", QtInfoMsg)

constexpr std::int64_t nsPerMs = 1'000'000;
constexpr std::int64_t msPerHour = 3'600'000;
constexpr std::uint64_t bytesPerMb = 1'000'000;

} // namespace

std::string Control::leftBehindKey(const NodeId &id)
{
    return "left_behind:" + id;
}

void Control::trim()
{
    if (const Status<> done = limitLog(); !done)
        qCWarning(log, "%s", done.error().message.c_str());
    LogOffset upTo = m_progress.finishedUpTo();
    for (const auto &link : m_links) {
        for (const auto &[index, pipe] : link->pipes) {
            if (!pipe->idle() && link->leftBehind.empty())
                upTo = std::min(upTo, pipe->applied());
        }
    }
    if (upTo <= m_trimmed)
        return;
    const Status<> open = m_commit.touch();
    if (const Status<> done = open ? m_store->trim(upTo) : open; !done)
        qCWarning(log, "%s", done.error().message.c_str());
    m_trimmed = upTo;
}

Status<> Control::limitLog()
{
    for (const auto &link : m_links) {
        if (!link->leftBehind.empty() || m_membership.up(link->spec.id))
            continue; // who is up catches up
        LogOffset oldest = m_progress.finishedUpTo();
        for (const auto &[index, pipe] : link->pipes) {
            if (!pipe->idle())
                oldest = std::min(oldest, pipe->applied());
        }
        if (oldest >= m_progress.finishedUpTo())
            continue;
        const auto bytes = m_store->logBytes(oldest);
        const auto first = m_store->records({}, {oldest.value + 1}, 1);
        if (!bytes || !first)
            return bytes ? first.err() : bytes.err();
        const auto operation = first->empty() ? write::Operation {} : write::Operation::fromJson(first->front().argument);
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

void Control::leaveBehind(NodeLink &link, const std::string &why)
{
    // Remembered before anything is trimmed: a pipe must never go on behind a gap.
    const Status<> open = m_commit.touch();
    const Status<> saved = open ? m_store->setMeta(leftBehindKey(link.spec.id), why) : open;
    if (!saved) {
        qCWarning(log, "%s", saved.error().message.c_str());
        return;
    }
    m_commit.flush();
    qCWarning(log, "node %s: %s", link.spec.id.c_str(), why.c_str());
    link.leftBehind = why;
    m_membership.refuse(link.spec.id, why);
    m_settleTimer.start();
}

} // namespace miroir::cluster
