// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "read/Scatter.h"

#include <functional>
#include <memory>

namespace miroir::read {

/// What is asked of one node, whichever, because the answer depends on no index.
struct AnyNodeRequest {
    std::shared_ptr<const ClusterView> view;
    QByteArray target;
    QByteArray body;
    int nodeTimeoutMs = 5000;
    std::string what; ///< "render templates": what no node can do when the request fails
};

/// POST to a healthy node. Another one is asked only where the first has certainly not worked on it, or says that it
/// cannot do such things: what broke one node might break all. Gives the body of the answer, the refusal of the node
/// (feature_not_enabled when no other can), or miroir_node_unavailable. Called once, later, unless context is gone. One
/// front thread.
void askAnyNode(AnyNodeRequest request, node::Transport *transport, QObject *context, Scatter::OnSuspect suspect,
    std::function<void(protocol::ApiResult<QByteArray>)> done);

} // namespace miroir::read
