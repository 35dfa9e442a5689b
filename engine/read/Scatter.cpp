// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Scatter.h"

#include "base/Bytes.h"
#include "protocol/ErrorLookup.h"

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

/// The code of a node's error that would be the same on every node: the request is wrong. Null for other errors.
const protocol::ErrorCode *blamesRequest(const node::Answer &answer, const std::optional<node::NodeError> &error)
{
    const bool blames = answer.answered() && answer.status >= 400 && answer.status < 500 && error
        && error->type == "invalid_request" && error->code != "index_not_found" && error->code != "payload_too_large";
    return blames ? protocol::findErrorCode(error->code) : nullptr;
}

void replaceAll(std::string &text, std::string_view what, std::string_view by)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

/// A node's sentence with the index as clients name it, and without the hidden fields in lists of attributes.
std::string forClients(std::string message, const IndexView &index)
{
    replaceAll(message, "`" + index.physical + "`", "`" + index.uid + "`");
    for (const std::string_view field : {placement::shardField, placement::orderField}) {
        replaceAll(message, std::string(field) + ", ", {});
        replaceAll(message, ", " + std::string(field), {});
    }
    return message;
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
    if (m_request.clock != nullptr)
        m_askedNs = m_request.clock->nowNs();
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

placement::CoveringSet Scatter::choose(const placement::ShardSet &shards) const
{
    const IndexView &index = *m_request.index;
    const auto among = [](const std::vector<NodeId> &nodes, const NodeId &id) {
        return std::find(nodes.begin(), nodes.end(), id) != nodes.end();
    };
    // While settings go from node to node: one state of them where nodes can give it, else as little of another as can
    // be. First without those that may change or have changed, then without the latter, then with everybody.
    placement::CoveringSet chosen;
    const bool calm = index.changing.empty() && index.changed.empty();
    for (int shunned = calm ? 0 : 2; shunned >= 0; --shunned) {
        std::vector<placement::Server> usable;
        for (const placement::Server &server : m_servers) {
            const bool shun = (shunned > 1 && among(index.changing, server.id))
                || (shunned > 0 && among(index.changed, server.id));
            if (!shun && !m_failed.contains(server.id))
                usable.push_back(server);
        }
        chosen = placement::cover(usable, nextSeed(), shards);
        if (chosen.complete())
            break;
    }
    return chosen;
}

void Scatter::ask(const placement::ShardSet &shards)
{
    const placement::CoveringSet chosen = choose(shards);
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
    // An answer from nothing is no answer; and what every node refuses is the request's fault.
    if (m_refusal || m_request.missing == nullptr || m_missing == m_request.wanted)
        giveUp(m_refusal.value_or(shardsUnavailable(m_missing.count(), m_lastFailure)));
}

void Scatter::send(const placement::CoveringPart &part)
{
    const NodeView *node = m_request.view->node(part.node);
    node::Call call;
    call.method = "POST";
    call.target = m_request.target.isEmpty()
        ? "/indexes/" + node::encoded(m_request.index->physical) + m_request.route
        : m_request.target;
    const std::string filter = part.needsFilter ? placement::shardFilter(part.shards) : std::string();
    call.body = m_request.bodyOfShards ? m_request.bodyOfShards(filter, part.shards) : m_request.body(filter);
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
        merge::NodeAnswer parsed(std::move(answer.body));
        if (!parsed.ok())
            return replaceSenseless(part.node, part.shards);
        m_parts.push_back({part.node, part.shards, std::move(parsed), answer.elapsedMs});
        finishIfComplete();
        return;
    }
    const std::optional<node::NodeError> error = node::nodeError(answer);
    if (const protocol::ErrorCode *code = blamesRequest(answer, error)) {
        // One node alone may be wrong: what is the request's fault, the next one says as well.
        const bool second = m_refusal && m_refusal->code == code;
        m_refusal = {code, forClients(error->message, *m_request.index), answer.status};
        if (second)
            giveUp(*m_refusal);
        else
            replace(part.node, part.shards, "node " + part.node + ": " + error->message);
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
    tellClock();
    const std::optional<std::size_t> unusable = m_onAnswers(m_parts);
    if (!unusable) {
        m_over = true;
        deleteLater();
        return;
    }
    MIROIR_ASSERT(*unusable < m_parts.size());
    const Part part = std::move(m_parts[*unusable]);
    m_parts.erase(m_parts.begin() + static_cast<std::ptrdiff_t>(*unusable));
    replaceSenseless(part.node, part.shards);
}

void Scatter::tellClock() const
{
    if (m_request.clock == nullptr || !m_failed.empty())
        return;
    std::int64_t workMs = 0;
    for (const Part &part : m_parts) {
        const auto says = part.answer.root()["processingTimeMs"].toI64();
        if (!says || *says < 0 || *says > m_request.nodeTimeoutMs)
            return;
        workMs = std::max(workMs, *says);
    }
    m_request.clock->answered(m_askedNs, workMs * 1'000'000);
}

void Scatter::replaceSenseless(const NodeId &node, const placement::ShardSet &shards)
{
    replace(node, shards, "node " + node + " gave an answer that makes no sense");
}

void Scatter::giveUp(protocol::ApiError error)
{
    m_over = true;
    m_onError(error);
    deleteLater();
}

} // namespace miroir::read
