// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Limits.h"
#include "node/DeadlineQueue.h"
#include "node/Transport.h"

#include <QPointer>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

class QNetworkAccessManager;
class QNetworkReply;

namespace miroir::node {

/// Calls over QNetworkAccessManager. The manager would open six connections to a host and would
/// send a request again by itself when a connection drops before the answer. Both are worked
/// around: calls are spread over several connection pools for each host (for http by the peer name,
/// which is part of the pool's key; for https by several managers), and every body is a device that
/// refuses to be rewound once anything of it has been read, so that a second sending fails.
class QnamTransport final : public Transport
{
    Q_OBJECT
public:
    static constexpr int slotCount = 8; ///< of six connections each, for each http host
    static constexpr int managerCount = 4; ///< for https hosts

    explicit QnamTransport(
        std::size_t answerBytes = limits::nodeAnswerBytes, QObject *parent = nullptr);
    ~QnamTransport() override;
    CallId send(const QUrl &base, Call call, QObject *context, Callback callback) override;
    void cancel(CallId id) override;

private:
    struct Pending;
    using Slots = std::array<int, slotCount>; ///< calls in flight in each

    QNetworkAccessManager *manager(std::size_t index);
    void start(Pending &call, const QUrl &base, const Call &request);
    void collect(CallId id);
    void ended(CallId id);
    void abandon(CallId id, Answer::Outcome outcome, std::string failure);
    void finish(CallId id, Answer answer);

    std::size_t m_answerBytes;
    CallId m_lastId = 0;
    std::array<QNetworkAccessManager *, managerCount> m_managers {};
    std::map<std::string, Slots, std::less<>> m_hosts;
    std::unordered_map<CallId, std::unique_ptr<Pending>> m_calls;
    DeadlineQueue m_deadlines;
};

} // namespace miroir::node
