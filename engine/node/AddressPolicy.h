// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QHostAddress>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Which addresses the orchestrator may call on behalf of clients (webhooks, exports), as in Meilisearch: those of the
/// internet, and private ones only in networks that the operator has named. Pure.
namespace miroir::node {

/// False for loopback, private, link-local, shared, documentation, benchmarking and reserved addresses (RFC 6890).
bool isGlobalAddress(const QHostAddress &address);

class AddressPolicy
{
public:
    AddressPolicy() = default; ///< no private address is allowed
    /// networks: comma separated addresses or prefixes ("10.0.0.0/8, 127.0.0.1, fd00::/8"); "any" means all. Fails on
    /// anything else.
    static Result<AddressPolicy> parse(std::string_view networks);

    [[nodiscard]] bool allows(const QHostAddress &address) const;

private:
    std::vector<std::pair<QHostAddress, int>> m_networks;
    bool m_any = false;
};

} // namespace miroir::node
