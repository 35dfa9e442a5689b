// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/AnyNode.h"

#include "protocol/ErrorLookup.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <array>
#include <atomic>

namespace miroir::read {

namespace {

/// Spreads requests over nodes: each begins with the next one.
std::size_t nextTurn()
{
    static std::atomic<std::size_t> turn {0};
    return turn.fetch_add(1, std::memory_order_relaxed);
}

std::vector<NodeView> healthyNodes(const ClusterView &view)
{
    std::vector<NodeView> nodes;
    for (const NodeView &node : view.nodes) {
        if (node.state == NodeState::Serving || node.state == NodeState::CatchingUp)
            nodes.push_back(node);
    }
    if (!nodes.empty())
        std::rotate(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(nextTurn() % nodes.size()), nodes.end());
    return nodes;
}

/// Does such an answer tell that the node did nothing, and that another one may be able to?
bool mayAskAnother(const node::Answer &answer, const std::optional<node::NodeError> &error)
{
    if (!answer.answered())
        return answer.outcome == node::Answer::Outcome::Refused || answer.unsent;
    constexpr std::array<int, 5> notHere {401, 403, 404, 405, 503};
    return std::find(notHere.begin(), notHere.end(), answer.status) != notHere.end()
        || (error && error->code == "feature_not_enabled");
}

struct Asking {
    AnyNodeRequest request;
    node::Transport *transport = nullptr;
    QPointer<QObject> context;
    Scatter::OnSuspect suspect;
    std::function<void(protocol::ApiResult<QByteArray>)> done;
    std::vector<NodeView> nodes;
    std::size_t next = 0;
    std::string lastFailure {};
    std::optional<protocol::ApiError> inability {}; ///< a node says that it cannot do such things
};
using AskingPtr = std::shared_ptr<Asking>;

void giveUp(const AskingPtr &asking)
{
    if (asking->inability) {
        asking->done(Err {*asking->inability});
        return;
    }
    std::string message = "No node can " + asking->request.what + " now.";
    if (!asking->lastFailure.empty())
        message += " Last failure: " + asking->lastFailure;
    asking->done(protocol::refuse("miroir_node_unavailable", std::move(message)));
}

void ask(const AskingPtr &asking);

void heard(const AskingPtr &asking, const NodeView &node, node::Answer answer)
{
    if (answer.success()) {
        asking->done(std::move(answer.body));
        return;
    }
    const auto error = node::nodeError(answer);
    const bool another = mayAskAnother(answer, error);
    const protocol::ErrorCode *code = error ? protocol::findErrorCode(error->code) : nullptr;
    if (code != nullptr && error->code == "feature_not_enabled")
        asking->inability = protocol::ApiError {code, error->message, answer.status};
    if (!another && code != nullptr && error->type == "invalid_request") {
        asking->done(Err {protocol::ApiError {code, error->message, answer.status}});
        return;
    }
    if (!answer.answered() && asking->suspect)
        asking->suspect(node.id);
    asking->lastFailure = "node " + node.id + ": " + node::whyNot(answer);
    if (another && asking->next < asking->nodes.size())
        ask(asking);
    else
        giveUp(asking);
}

void ask(const AskingPtr &asking)
{
    const NodeView node = asking->nodes[asking->next++];
    node::Call call;
    call.method = "POST";
    call.target = asking->request.target;
    call.body = asking->request.body;
    call.key = asking->request.view->nodeKey;
    call.deadlineMs = asking->request.nodeTimeoutMs;
    asking->transport->send(node.url, std::move(call), asking->context,
        [asking, node](node::Answer answer) { heard(asking, node, std::move(answer)); });
}

} // namespace

void askAnyNode(AnyNodeRequest request, node::Transport *transport, QObject *context, Scatter::OnSuspect suspect,
    std::function<void(protocol::ApiResult<QByteArray>)> done)
{
    const AskingPtr asking = std::make_shared<Asking>();
    asking->nodes = healthyNodes(*request.view);
    asking->request = std::move(request);
    asking->transport = transport;
    asking->context = context;
    asking->suspect = std::move(suspect);
    asking->done = std::move(done);
    if (asking->nodes.empty())
        QTimer::singleShot(0, context, [asking] { giveUp(asking); });
    else
        ask(asking);
}

} // namespace miroir::read
