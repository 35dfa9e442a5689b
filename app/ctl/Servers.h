// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/Transport.h"
#include "verify/Compare.h"
#include "verify/Replay.h"

#include <memory>
#include <optional>
#include <utility>

namespace miroir::ctl {

/// One server of the Meilisearch API.
struct Server {
    std::string name; ///< for messages: "the cluster", "the reference"
    QUrl url;
    QByteArray key;
};

/// Asks servers and waits for the answers. Fails only when a server gives no answer at all.
class Servers
{
public:
    Servers();
    Result<ServerAnswer> ask(const Server &server, const Replay &replay);
    /// The same request to both at once.
    Result<std::pair<ServerAnswer, ServerAnswer>> askBoth(
        const Server &first, const Server &second, const Replay &replay);
    /// Any request; fails also when the answer is not 2xx or no JSON.
    Result<json::Document> call(const Server &server, QByteArray method, QByteArray target, QByteArray body = {});
    /// Waits until the task that the summary names has ended; fails when it did not succeed.
    Status<> finish(const Server &server, const json::Document &summary);

private:
    Result<std::vector<ServerAnswer>> askAll(const std::vector<const Server *> &servers, const Replay &replay);
    std::unique_ptr<node::Transport> m_transport;
};

} // namespace miroir::ctl
