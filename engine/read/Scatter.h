// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "merge/Answers.h"
#include "node/NodeClient.h"
#include "placement/CoveringSet.h"
#include "protocol/Error.h"
#include "read/ClusterView.h"
#include "read/WorkClock.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace miroir::read {

/// Shards that an answer lacks, over all requests that it was made from. One front thread.
struct MissingShards {
    placement::ShardSet shards;
};

/// What is asked of every node of a covering set.
struct ScatterRequest {
    std::shared_ptr<const ClusterView> view; ///< pinned: one epoch for the whole request
    const IndexView *index = nullptr; ///< of that view
    QByteArray route; ///< below the index: "/search", "/documents/fetch"
    QByteArray target; ///< instead of a route below the index: "/multi-search"
    /// Body for one node; the filter names the shards it answers and is empty when it answers all that it holds.
    std::function<QByteArray(const std::string &shardFilter)> body;
    /// Instead of `body`, where the question is another for other shards.
    std::function<QByteArray(const std::string &shardFilter, const placement::ShardSet &shards)> bodyOfShards;
    placement::ShardSet wanted = placement::allShards();
    int nodeTimeoutMs = 5000;
    bool retryOnTimeout = true; ///< a node that is late is replaced, too
    /// When set, shards without a replica are left out and noted here, as long as some are answered; else they are an
    /// error.
    std::shared_ptr<MissingShards> missing;
    std::shared_ptr<WorkClock> clock; ///< told what the ways to the nodes took; may be empty
};

/// One request to every shard exactly once, answered with JSON objects. A node that fails, refuses or is late is
/// replaced, within the request, by others that hold its shards. One front thread; deletes itself when the caller has
/// been told.
class Scatter : public QObject
{
public:
    struct Part {
        NodeId node;
        placement::ShardSet shards;
        merge::NodeAnswer answer; ///< ok()
        int elapsedMs = 0;
    };
    using Parts = std::vector<Part>;
    [[nodiscard]] static merge::NodeAnswers answers(const Parts &parts)
    {
        merge::NodeAnswers all;
        for (const Part &part : parts)
            all.push_back(part.answer);
        return all;
    }
    /// The answers, each shard in exactly one. Gives the number of an answer that cannot be used (it is asked of
    /// others then, and the function called again), or nothing when all is well.
    using OnAnswers = std::function<std::optional<std::size_t>(const Parts &)>;
    using OnError = std::function<void(const protocol::ApiError &)>;
    using OnSuspect = std::function<void(const NodeId &)>;

    /// Starts at once; one of the functions is called later, from the event loop, unless context is gone by then.
    static void run(ScatterRequest request, node::Transport *transport, QObject *context, OnAnswers onAnswers,
        OnError onError, OnSuspect onSuspect);

private:
    Scatter(ScatterRequest request, node::Transport *transport, QObject *context);
    [[nodiscard]] placement::CoveringSet choose(const placement::ShardSet &shards) const;
    void ask(const placement::ShardSet &shards);
    void send(const placement::CoveringPart &part);
    void heard(const placement::CoveringPart &part, node::Answer answer);
    void replace(const NodeId &node, const placement::ShardSet &shards, const std::string &why);
    void replaceSenseless(const NodeId &node, const placement::ShardSet &shards);
    void leaveOut(const placement::ShardSet &shards);
    void finishIfComplete();
    void tellClock() const;
    void giveUp(protocol::ApiError error);

    ScatterRequest m_request;
    node::Transport *m_transport;
    OnAnswers m_onAnswers;
    OnError m_onError;
    OnSuspect m_onSuspect;
    std::vector<placement::Server> m_servers;
    std::set<NodeId> m_failed;
    Parts m_parts;
    std::int64_t m_askedNs = 0; // of the clock
    int m_running = 0;
    placement::ShardSet m_missing;
    bool m_over = false;
    std::string m_lastFailure;
    std::optional<protocol::ApiError> m_refusal; // a node's 4xx, kept until another node says the same
};

/// Nodes that may answer for an index, with the shards of each.
std::vector<placement::Server> serversFor(const ClusterView &view, const IndexView &index);
/// How a client is told that a shard has no replica left.
protocol::ApiError shardsUnavailable(std::size_t count, const std::string &lastFailure);

} // namespace miroir::read
