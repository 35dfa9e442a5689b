// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Scatter.h"

#include "base/Bytes.h"

#include <QPointer>

#include <algorithm>
#include <atomic>

namespace miroir::read {

namespace {

/// Spreads searches over replicas: each takes the next number.
std::uint64_t nextSeed()
{
    static std::atomic<std::uint64_t> seed {0};
    return seed.fetch_add(1, std::memory_order_relaxed);
}

/// A node's error that would be the same on every node: the request is wrong.
bool blamesRequest(const node::Answer &answer, const std::optional<node::NodeError> &error)
{
    return answer.answered() && answer.status >= 400 && answer.status < 500 && error
        && error->type == "invalid_request" && error->code != "index_not_found" && error->code != "payload_too_large";
}

} // namespace

std::vector<placement::Server> serversFor(const ClusterView &view, const IndexView &index)
{
    std::vector<placement::Server> servers;
    for (const NodeView &node : view.nodes) {
        const bool current = std::find(index.current.begin(), index.current.end(), node.id) != index.current.end();
        if (!current || node.state == NodeState::Down || node.state == NodeState::Refused)
            continue;
        placement::Server server;
        server.id = node.id;
        server.zone = node.zone;
        server.serves = view.map.shardsOf(node.id);
        server.holds = server.serves;
        servers.push_back(std::move(server));
    }
    return servers;
}

protocol::ApiError shardsUnavailable(std::size_t count, const std::string &lastFailure)
{
    std::string message = std::to_string(count) + " of " + std::to_string(placement::shardCount)
        + " shards have no replica that can answer now.";
    if (!lastFailure.empty())
        message += " Last failure: " + lastFailure + '.';
    return protocol::apiError("miroir_shard_unavailable", std::move(message));
}

Scatter::Scatter(ScatterRequest request, node::Transport *transport, QObject *context)
    : QObject(context), m_request(std::move(request)), m_transport(transport),
      m_servers(serversFor(*m_request.view, *m_request.index))
{
}

void Scatter::run(ScatterRequest request, node::Transport *transport, QObject *context, OnAnswers onAnswers,
    OnError onError, OnSuspect onSuspect)
{
    auto *scatter = new Scatter(std::move(request), transport, context);
    scatter->m_onAnswers = std::move(onAnswers);
    scatter->m_onError = std::move(onError);
    scatter->m_onSuspect = std::move(onSuspect);
    scatter->ask(scatter->m_request.wanted);
}

void Scatter::ask(const placement::ShardSet &shards)
{
    std::vector<placement::Server> usable;
    for (const placement::Server &server : m_servers) {
        if (!m_failed.contains(server.id))
            usable.push_back(server);
    }
    const placement::CoveringSet chosen = placement::cover(usable, nextSeed(), shards);
    if (!chosen.complete()) {
        leaveOut(chosen.missing);
        if (m_over)
            return;
    }
    for (const placement::CoveringPart &part : chosen.parts)
        send(part);
    finishIfComplete();
}

void Scatter::leaveOut(const placement::ShardSet &shards)
{
    m_missing |= shards;
    // An answer from nothing is no answer.
    if (m_request.missing == nullptr || m_missing == m_request.wanted)
        giveUp(shardsUnavailable(m_missing.count(), m_lastFailure));
}

void Scatter::send(const placement::CoveringPart &part)
{
    const NodeView *node = m_request.view->node(part.node);
    node::Call call;
    call.method = "POST";
    call.target = "/indexes/" + node::encoded(m_request.index->physical) + m_request.route;
    call.body = m_request.body(part.needsFilter ? placement::shardFilter(part.shards) : std::string());
    call.key = m_request.view->nodeKey;
    call.deadlineMs = m_request.nodeTimeoutMs;
    ++m_running;
    m_transport->send(node->url, std::move(call), this,
        [this, part](node::Answer answer) { heard(part, std::move(answer)); });
}

void Scatter::heard(const placement::CoveringPart &part, node::Answer answer)
{
    --m_running;
    if (m_over)
        return;
    if (answer.success()) {
        m_parts.push_back({part.node, part.shards, std::move(answer.body), answer.elapsedMs});
        finishIfComplete();
        return;
    }
    const std::optional<node::NodeError> error = node::nodeError(answer);
    if (blamesRequest(answer, error)) {
        giveUp({&protocol::errorCode(error->code), error->message, answer.status});
        return;
    }
    const bool missesIndex = error && error->code == "index_not_found";
    if ((!answer.answered() || missesIndex) && m_onSuspect)
        m_onSuspect(part.node);
    if (answer.outcome == node::Answer::Outcome::TimedOut && !m_request.retryOnTimeout) {
        m_lastFailure = "node " + part.node + ": " + node::whyNot(answer);
        leaveOut(part.shards);
        finishIfComplete();
        return;
    }
    replace(part.node, part.shards, "node " + part.node + ": " + node::whyNot(answer));
}

void Scatter::replace(const NodeId &node, const placement::ShardSet &shards, const std::string &why)
{
    m_lastFailure = why;
    m_failed.insert(node);
    ask(shards);
}

void Scatter::finishIfComplete()
{
    if (m_running > 0 || m_over)
        return;
    if (m_missing.any())
        m_request.missing->shards |= m_missing;
    const std::optional<std::size_t> unusable = m_onAnswers(m_parts);
    if (!unusable) {
        m_over = true;
        deleteLater();
        return;
    }
    MIROIR_ASSERT(*unusable < m_parts.size());
    const Part part = std::move(m_parts[*unusable]);
    m_parts.erase(m_parts.begin() + static_cast<std::ptrdiff_t>(*unusable));
    replace(part.node, part.shards, "node " + part.node + " gave an answer that makes no sense");
}

void Scatter::giveUp(protocol::ApiError error)
{
    m_over = true;
    m_onError(error);
    deleteLater();
}

} // namespace miroir::read
