// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/NodeAnswers.h"
#include "node/Transport.h"
#include "read/ClusterView.h"

#include <functional>
#include <map>

namespace miroir::read {

/// One GET to each of several nodes; the answers when all are there, by node, failures included. One front thread.
/// `done` is called once, later, unless context is gone.
void fanOut(const ClusterView &view, const std::vector<NodeId> &nodes, const QByteArray &target, int timeoutMs,
    node::Transport *transport, QObject *context, std::function<void(std::map<NodeId, node::Answer>)> done);

} // namespace miroir::read
