// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "merge/Pins.h"
#include "placement/ShardMap.h"
#include "protocol/Features.h"
#include "protocol/Key.h"
#include "protocol/SearchRule.h"
#include "protocol/Settings.h"

#include <QByteArray>
#include <QUrl>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What every thread may know of the cluster, as immutable snapshots made by the control thread.
namespace miroir::read {

enum class NodeState : std::uint8_t {
    Serving, ///< healthy and up to date in every index
    CatchingUp, ///< healthy, but some index is behind: it serves the others
    Down, ///< does not answer
    Refused, ///< answers, but must not be used: wrong version, wrong key, lost data
};
const char *nodeStateName(NodeState state); ///< "serving", "catching_up", "down", "refused"

struct NodeView {
    NodeId id;
    QUrl url;
    std::string zone; ///< empty: none
    double weight = 1; ///< as configured
    NodeState state = NodeState::Down;
    std::int64_t stateSinceNs = 0;
    std::string version;
    double latencyMs = 0; ///< of the last health check
    std::string error; ///< why it is down or refused
    std::optional<std::uint64_t> bytes; ///< database size as the node tells it
    std::uint64_t documents = 0; ///< shard copies' documents by the node's own count
    std::int64_t pid = 0; ///< of its process, when the engine runs it; else 0
    std::uint64_t lag = 0; ///< log records that wait for this node
};

struct IndexView {
    std::string uid;
    std::string physical;
    std::optional<std::string> primaryKey;
    std::int64_t createdAtNs = 0;
    std::int64_t updatedAtNs = 0;
    std::shared_ptr<const protocol::Settings> settings;
    std::shared_ptr<const merge::Pins> pins; ///< what dynamic search rules pin in it; empty: nothing
    bool indexing = false; ///< some task of it is running
    /// Nodes that have applied every finished write of this index; only these may serve it.
    std::vector<NodeId> current;
    /// While new settings go from node to node: those of `current` that may switch to them at any moment. Asked only
    /// for what the others do not cover.
    std::vector<NodeId> changing;
    /// Those of `current` that have switched already, before searches have. Asked when nobody else is left.
    std::vector<NodeId> changed;
};

/// An index that is copied to a node anew, or has to be.
struct CopyView {
    NodeId node;
    std::string indexUid;
    std::string stage; ///< "waiting", "preparing", "copying", "finishing"
    std::string why; ///< the node needs it
    std::string note; ///< what it waits for, or why the last attempt failed; empty: nothing is known
    std::uint64_t copied = 0; ///< documents
    std::uint64_t documents = 0; ///< of all, as of its beginning
};

struct ListedRule {
    protocol::SearchRule rule;
    bool activeGiven = false; ///< `active` was set by a client, not left to its default
    std::optional<bool> active; ///< what lists are filtered by; nothing: the rule is neither, as a node has it
};

struct ClusterView {
    std::string name;
    std::string masterKey; ///< empty: every route is open. A secret: never in answers or logs.
    std::vector<protocol::ApiKey> keys;
    protocol::Features features;
    std::shared_ptr<const std::vector<ListedRule>> rules; ///< dynamic search rules as they are listed
    QByteArray nodeKey; ///< what nodes are addressed with; a secret
    placement::ShardMap map;
    std::vector<NodeView> nodes; ///< in configured order
    std::vector<CopyView> copies;
    std::map<std::string, IndexView, std::less<>> indexes; ///< by logical uid, byte order

    [[nodiscard]] const NodeView *node(std::string_view id) const;
    [[nodiscard]] const IndexView *index(std::string_view uid) const;
};

/// Where the newest view is found; any thread. Taking it costs one atomic reference count.
class ViewHolder
{
public:
    [[nodiscard]] std::shared_ptr<const ClusterView> get() const { return m_view.load(); }
    void set(std::shared_ptr<const ClusterView> view) { m_view.store(std::move(view)); }

private:
    std::atomic<std::shared_ptr<const ClusterView>> m_view {std::make_shared<const ClusterView>()};
};

} // namespace miroir::read
