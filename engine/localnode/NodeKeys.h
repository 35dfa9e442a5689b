// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "http/Http.h"
#include "localnode/NodeStoreThread.h"
#include "protocol/IndexRequests.h"
#include "protocol/KeyAuth.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace miroir::localnode {

/// The API keys of the node: in memory, with a copy on disk. Thread-safe.
class NodeKeys
{
public:
    NodeKeys(NodeStoreThread &store, const Clock &clock, std::string masterKey)
        : m_store(store), m_clock(clock), m_masterKey(std::move(masterKey))
    {
    }

    /// Reads the keys; makes the default ones when there is a master key and not a single key.
    Status<> load();

    /// May this request do `action` (on the index of its path)?
    [[nodiscard]] protocol::ApiResult<protocol::AuthScope> authorise(const http::Request &request,
                                                                     protocol::Action action,
                                                                     std::optional<std::string_view> index) const;

    [[nodiscard]] QByteArray listJson(const protocol::PageQuery &page) const;
    /// By uid or by value.
    [[nodiscard]] protocol::ApiResult<QByteArray> json(const std::string &uidOrKey) const;
    protocol::ApiResult<QByteArray> create(const json::Value &body);
    protocol::ApiResult<QByteArray> patch(const std::string &uidOrKey, const json::Value &body);
    protocol::ApiStatus remove(const std::string &uidOrKey);

private:
    [[nodiscard]] const protocol::ApiKey *lookUp(const std::string &uidOrKey) const; // m_mutex is held
    [[nodiscard]] QByteArray toJson(const protocol::ApiKey &key) const;
    Status<> put(const protocol::ApiKey &key);

    NodeStoreThread &m_store;
    const Clock &m_clock;
    const std::string m_masterKey;
    mutable std::mutex m_mutex;
    std::map<std::string, protocol::ApiKey, std::less<>> m_byUid;
    std::map<std::string, std::string, std::less<>> m_uidByValue;
};

} // namespace miroir::localnode
