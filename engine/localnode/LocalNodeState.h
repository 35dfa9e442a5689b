// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/NodeStoreThread.h"
#include "protocol/Features.h"
#include "protocol/Webhook.h"

#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace miroir::localnode {

/// What belongs to the whole instance: experimental features, webhooks and the uid of the instance. Thread-safe;
/// changes are on disk when a function returns.
class LocalNodeState
{
public:
    explicit LocalNodeState(NodeStoreThread &store) : m_store(store) { }
    /// Reads everything; makes an instance uid at the first start.
    Status<> load();

    [[nodiscard]] protocol::Features features() const;
    Status<> setFeatures(const protocol::Features &features);

    using Webhooks = std::map<std::string, protocol::Webhook>;
    [[nodiscard]] Webhooks webhooks() const;
    /// Lets `change` work on the list while no other change runs, and stores the outcome unless it gives an error.
    protocol::ApiStatus changeWebhooks(const std::function<protocol::ApiStatus(Webhooks &)> &change);

    [[nodiscard]] std::string instanceUid() const;

private:
    Status<> loadWebhooks(const QByteArray &text);

    NodeStoreThread &m_store;
    mutable std::mutex m_mutex;
    protocol::Features m_features;
    Webhooks m_webhooks;
    std::string m_instanceUid;
};

} // namespace miroir::localnode
