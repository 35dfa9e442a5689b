// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "cluster/IndexCopy.h"
#include "cluster/Membership.h"
#include "placement/ShardMap.h"
#include "read/ClusterView.h"
#include "store/GroupCommit.h"
#include "write/Pipe.h"
#include "write/Progress.h"
#include "write/Sequencer.h"

#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace miroir::cluster {

/// Gives back to nodes what they have lost. An index that a node should hold and does not, or that it is too far behind
/// in, is marked; from then on the node serves nothing of it, no write waits for it there, and its pipe is held. When
/// others hold all its shards the index is copied (IndexCopy); then the pipe goes on behind the position from before
/// the copy. Marks are stored: after a crash the copy begins anew. Control thread.
class Recovery : public QObject
{
    Q_OBJECT
public:
    /// What it works with; all of it outlives the Recovery.
    struct Cluster {
        store::Store &store;
        store::GroupCommit &commit;
        const write::Progress &progress; ///< what clients see
        const write::Sequencer &sequencer; ///< the head of the log
        Membership &membership;
        const placement::ShardMap &map;
        node::Transport *transport = nullptr;
        QByteArray nodeKey;
        std::function<write::Pipe *(const NodeId &node, const std::string &index)> pipeOf;
        std::function<std::shared_ptr<write::QueueWatch>(const NodeId &node)> queueOf;
    };
    Recovery(Cluster cluster, QObject *parent);

    /// Reads the stored marks and holds their pipes.
    Status<> load();
    /// That node needs a copy of that physical index; why is told to people. Nothing when it is marked already.
    void mark(const NodeId &node, const std::string &index, const std::string &why);
    /// The node has begun anew: it needs copies of all indexes.
    void markAll(const NodeId &node, const std::string &why);
    [[nodiscard]] bool marked(const NodeId &node, const std::string &index) const;
    /// A copy runs: the log behind the position of its pipe is needed. That of other marked pipes is not.
    [[nodiscard]] bool running(const NodeId &node, const std::string &index) const;
    /// Other nodes are to hold all that this node should hold of that index, so a copy is possible at all.
    [[nodiscard]] bool copyable(const NodeId &node, const std::string &index) const;
    /// Compares what the node holds by its stats with what it should. arriving: it was away until now, so nothing that
    /// is missing can be on the way. Gives the reason to refuse it when it can never be copied: no other node has it.
    [[nodiscard]] std::optional<std::string> examine(const Membership::Node &node, bool arriving);
    /// The node has gone: its copies stop and begin anew when it is back.
    void nodeGone(const NodeId &node);
    /// Starts what can be started.
    void look();
    [[nodiscard]] std::vector<read::CopyView> views() const;

Q_SIGNALS:
    void changed(); ///< marked() is other than before, or a copy has begun or ended
    void advanced(); ///< a copy has got further

private:
    using Key = std::pair<NodeId, std::string>; // node and physical index
    struct Need {
        std::string why;
        std::string note; // what it waits for, or why the last copy failed
        std::unique_ptr<IndexCopy> copy;
        std::uint64_t documents = 0; // of the copy that runs, at its start
        std::uint64_t attempt = 0; // of `copy`: what an earlier one still has to say is ignored
        int failures = 0;
        std::int64_t notBeforeMs = 0;
    };
    void save();
    void takeBackGiven(const Membership::Node &node);
    [[nodiscard]] bool holdsAll(const Membership::Node &node, const std::string &index) const;
    void drop(const Key &key);
    void begin(const Key &key, Need &need);
    void listenTo(const Key &key, IndexCopy &copy, std::uint64_t attempt);
    void ended(const Key &key);
    void failed(const Key &key, const std::string &why);
    [[nodiscard]] placement::ShardSet neededShards(const NodeId &node, const std::string &index) const;
    [[nodiscard]] std::vector<IndexCopy::Source> sourcesFor(
        const Key &key, const placement::ShardSet &shards, placement::ShardSet &missing) const;
    [[nodiscard]] std::size_t shardsWithoutOther(const NodeId &node, const std::string &index) const;
    [[nodiscard]] std::optional<std::string> hopeless(const NodeId &node) const;

    Cluster m_cluster;
    std::map<Key, Need> m_needs;
    std::uint64_t m_attempts = 0;
    std::set<Key> m_missingOnce; // not there at the last look
    QTimer m_timer;
};

} // namespace miroir::cluster
