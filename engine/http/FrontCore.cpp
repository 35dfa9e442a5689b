// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/FrontCore.h"

#include "base/Clock.h"
#include "http/AnswerWriter.h"

namespace miroir::http {

Connection *FrontCore::find(ConnectionId id) const
{
    const auto it = connections.find(id);
    return it == connections.end() ? nullptr : it->second;
}

std::int64_t FrontCore::nowMs()
{
    return SystemClock().monotonicMs();
}

QByteArray FrontCore::date()
{
    const std::int64_t second = SystemClock().utcNs() / 1'000'000'000;
    if (second != m_dateSecond) {
        m_dateSecond = second;
        m_date = httpDate(second);
    }
    return m_date;
}

void FrontLink::attach(FrontCore *core)
{
    const std::lock_guard lock(m_mutex);
    m_core = core;
}

void FrontLink::detach()
{
    const std::lock_guard lock(m_mutex);
    m_core = nullptr;
    m_context = nullptr;
}

FrontCore *FrontLink::here() const
{
    if (!inThread())
        return nullptr;
    const std::lock_guard lock(m_mutex);
    return m_core;
}

void FrontLink::post(std::function<void()> work)
{
    // Under the lock, so that the context cannot be destroyed between the question and the post.
    const std::lock_guard lock(m_mutex);
    if (m_context != nullptr)
        QMetaObject::invokeMethod(m_context, std::move(work), Qt::QueuedConnection);
}

} // namespace miroir::http
