// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/FrontCore.h"
#include "http/Http.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace miroir::http {

/// One request of one connection, for addressing answers: an answer to a request that is over finds nobody.
struct RequestId {
    ConnectionId connection = 0;
    std::uint64_t serial = 0;
};

/// What stands behind a Responder. Thread-safe but for stream().
class Exchange final : public Responder::Sender
{
public:
    Exchange(std::shared_ptr<FrontLink> link, RequestId id) : m_link(std::move(link)), m_id(id) { }
    ~Exchange() override; ///< answers 500 when nobody has answered
    Exchange(const Exchange &) = delete;
    Exchange &operator=(const Exchange &) = delete;

    void send(Response response) override;
    std::shared_ptr<EventSink> stream(const StreamKind &kind) override;
    [[nodiscard]] bool clientGone() const override { return m_clientGone; }
    void setClientGone() { m_clientGone = true; }

private:
    std::shared_ptr<FrontLink> m_link;
    RequestId m_id;
    std::atomic<bool> m_answered {false};
    std::atomic<bool> m_clientGone {false};
};

} // namespace miroir::http
