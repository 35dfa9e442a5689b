// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "node/AddressPolicy.h"
#include "node/Transport.h"

#include <QNetworkAccessManager>

#include <utility>
#include <vector>

namespace miroir::node {

/// One request to a server that a client has named.
struct OutsideCall {
    QByteArray method; ///< GET, POST, PATCH
    QUrl url; ///< absolute, http or https
    std::vector<std::pair<QByteArray, QByteArray>> fields; ///< may hold secrets: never logged
    QByteArray body;
    int deadlineMs = 30'000; ///< until the last byte of the answer
};

/// Answer::failure of a call that the policy forbids.
inline constexpr const char *rejectedAddress = "Rejected IP";

/// Calls servers outside the cluster: webhooks, targets of exports. The name is resolved first and the connection made
/// to an address that the policy allows, so that a name cannot be pointed elsewhere in between. Redirects are not
/// followed, proxies and cookies not used. One thread; destroying it drops its calls without their callbacks.
class OutsideClient : public QObject
{
public:
    explicit OutsideClient(AddressPolicy policy, QObject *parent = nullptr);
    /// The callback runs exactly once, later, unless this object is gone by then. Outcome::Refused with
    /// rejectedAddress when the policy forbids it.
    void send(OutsideCall call, Transport::Callback done);

private:
    void sendTo(const QHostAddress &address, const OutsideCall &call, const Transport::Callback &done);

    AddressPolicy m_policy;
    QNetworkAccessManager m_network;
};

} // namespace miroir::node
