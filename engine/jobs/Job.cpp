// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Job.h"

#include <QTimer>

namespace miroir::jobs {

std::optional<read::ReadContext> JobContext::reading(const std::string &physical) const
{
    read::ReadContext reading;
    reading.view = views->get();
    for (const auto &[uid, index] : reading.view->indexes) {
        if (index.physical == physical)
            reading.index = &index;
    }
    if (reading.index == nullptr)
        return std::nullopt;
    reading.transport = transport;
    reading.context = context;
    reading.nodeTimeoutMs = nodeTimeoutMs;
    reading.suspect = [link = control](const NodeId &node) {
        link.post([node](cluster::Control &c) { c.suspect(node); });
    };
    return reading;
}

void JobContext::later(int ms, std::function<void()> what) const
{
    QTimer::singleShot(ms, context, std::move(what));
}

void Job::end(std::optional<protocol::ApiError> error)
{
    if (!*m_alive)
        return;
    *m_alive = false;
    m_ended(std::move(error));
}

} // namespace miroir::jobs
