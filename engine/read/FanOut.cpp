// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/FanOut.h"

#include <QTimer>

#include <memory>

namespace miroir::read {

void fanOut(const ClusterView &view, const std::vector<NodeId> &nodes, const QByteArray &target, int timeoutMs,
    node::Transport *transport, QObject *context, std::function<void(std::map<NodeId, node::Answer>)> done)
{
    struct Gather {
        std::map<NodeId, node::Answer> answers;
        std::size_t left = 0;
    };
    auto gather = std::make_shared<Gather>();
    gather->left = nodes.size();
    if (nodes.empty()) {
        QTimer::singleShot(0, context, [done] { done({}); });
        return;
    }
    for (const NodeId &id : nodes) {
        node::Call call;
        call.method = "GET";
        call.target = target;
        call.key = view.nodeKey;
        call.deadlineMs = timeoutMs;
        transport->send(view.node(id)->url, std::move(call), context, [gather, id, done](node::Answer answer) {
            gather->answers.emplace(id, std::move(answer));
            if (--gather->left == 0)
                done(std::move(gather->answers));
        });
    }
}

} // namespace miroir::read
