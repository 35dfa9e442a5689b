// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/Transport.h"

#include <QTimer>

#include <functional>
#include <map>
#include <vector>

namespace miroir::node {

/// Deadlines of many calls behind one timer. A timer for each call would be started and stopped for
/// every request; here an ended call is only struck off the list, and the timer is set anew when
/// the earliest deadline moves forward.
class DeadlineQueue : public QObject
{
    Q_OBJECT
public:
    using Expired = std::function<void(CallId)>;
    DeadlineQueue(Expired expired, QObject *parent);

    /// dueMs on the clock of nowMs().
    void add(CallId id, std::int64_t dueMs);
    void remove(CallId id, std::int64_t dueMs);
    [[nodiscard]] static std::int64_t nowMs();

private:
    void fire();
    void arm();

    Expired m_expired;
    QTimer m_timer;
    std::int64_t m_armedMs = 0; ///< 0: not armed
    std::multimap<std::int64_t, CallId> m_due;
};

} // namespace miroir::node
