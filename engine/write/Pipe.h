// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "node/NodeClient.h"
#include "store/GroupCommit.h"
#include "write/NodeSteps.h"
#include "write/QueueWatch.h"

#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace miroir::write {

/// The ordered stream of operations to one (node, index): takes records from the log behind its position, sends their
/// requests one after the other, and moves on when the node's tasks have ended. At most a few tasks are in flight, so
/// that a copy of a shard need not wait long. A lost answer is repeated from the last certain position: records are
/// made so that a suffix may be applied twice. Control thread.
class Pipe : public QObject
{
    Q_OBJECT
public:
    struct Setup {
        NodeId node;
        std::string index; ///< physical
        LogOffset applied; ///< position from the store
        placement::ShardSet owned; ///< shards of the node
        std::string cluster; ///< name in the tag of requests
        std::shared_ptr<QueueWatch> queue = std::make_shared<QueueWatch>(); ///< of the node
    };
    Pipe(Setup setup, store::Store &store, store::GroupCommit &commit, const node::NodeClient &client, QObject *parent);

    [[nodiscard]] const NodeId &node() const { return m_setup.node; }
    [[nodiscard]] const std::string &index() const { return m_setup.index; }
    [[nodiscard]] LogOffset applied() const { return m_setup.applied; }
    [[nodiscard]] LogOffset newest() const { return m_newest; }
    [[nodiscard]] bool idle() const { return m_setup.applied >= m_newest; }
    /// Why the node's answers keep it from going on; empty when nothing does.
    [[nodiscard]] const std::string &trouble() const { return m_trouble; }
    /// The task error with which the node refused the record behind applied(); it stays there until decided.
    [[nodiscard]] const std::optional<node::NodeError> &refusal() const { return m_refusal; }
    [[nodiscard]] LogOffset refusedAt() const { return m_refusedAt; }

    /// A record of this index was appended.
    void noticeRecord(LogOffset offset);
    /// That record was changed in the log before any node was sent it: it is read anew.
    void forget(LogOffset offset);
    /// The node can be reached or not. When it comes back, everything behind applied() is sent again.
    void setUsable(bool usable);
    /// Stops for as long as the index is made anew on the node: nothing more is sent, what is under way is forgotten.
    void hold();
    [[nodiscard]] bool held() const { return m_held; }
    /// No request is under way to the node, not even one whose answer will be ignored.
    [[nodiscard]] bool quiet() const { return m_underWay == 0; }
    /// While held: everything up to that offset is in the copy that is being made. Stored.
    Status<> rebase(LogOffset applied);
    /// Goes on behind applied().
    void release();
    /// The node has another address now.
    void setClient(const node::NodeClient &client);
    /// Records from that one on wait until this is called again; offset 0: none waits. What was sent already stays
    /// sent.
    void holdFrom(LogOffset offset);
    /// Goes over the refused record: it failed in the same way everywhere.
    void skipRefused();
    /// Sends the refused record again: others could apply it, so this node has to.
    void retryRefused();

    /// Node tasks whose end is waited for, oldest first.
    [[nodiscard]] std::vector<std::uint32_t> pendingTasks() const;
    /// What the node says of the tasks that it was asked for; nothing for one that it does not know: that one is lost
    /// with the node's data or queue. Tasks that were not asked for are left alone.
    void learn(const std::map<std::uint32_t, std::optional<node::NodeTask>> &tasks);

Q_SIGNALS:
    void nodeBeganAnew(); ///< the node's task uids have started again: it has lost its data
    void progressed(); ///< applied() or refusal() changed
    void waiting(); ///< pendingTasks() has something new
    void sent(miroir::LogOffset offset); ///< the first request of that record has gone out

private:
    struct InFlight {
        LogOffset offset;
        std::uint32_t task = 0;
        std::string harmlessError;
        bool last = false; ///< the record's last step
    };
    void pump();
    bool loadNext();
    void sendStep();
    void answered(const node::Accepted &accepted, std::int64_t newestBefore);
    void advance(LogOffset offset);
    void fail(node::NodeError error, LogOffset offset);
    void rewind(const std::string &why);
    [[nodiscard]] std::string tag(LogOffset offset) const;

    Setup m_setup;
    store::Store &m_store;
    store::GroupCommit &m_commit;
    node::NodeClient m_client;
    LogOffset m_newest; // last record of this index in the log
    LogOffset m_sentUpTo; // last record whose steps have all been accepted
    LogOffset m_loaded; // record whose steps are in m_steps
    std::optional<NodeSteps> m_steps; // of m_loaded, those behind m_step
    std::optional<NodeStep> m_step; // the one to be sent, kept until it is accepted
    std::deque<InFlight> m_inFlight;
    bool m_usable = false;
    bool m_sending = false;
    bool m_held = false;
    int m_underWay = 0; // requests without an answer, of all generations
    std::uint64_t m_generation = 0; // answers to requests from before a rewind are ignored
    int m_backoffMs = 0;
    QTimer m_retry;
    std::string m_trouble;
    std::optional<node::NodeError> m_refusal;
    LogOffset m_refusedAt;
    LogOffset m_heldFrom; // 0: nothing is held
};

} // namespace miroir::write
