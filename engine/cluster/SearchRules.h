// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "base/Clock.h"
#include "cluster/Membership.h"
#include "cluster/RulePlan.h"
#include "cluster/RuleSync.h"
#include "protocol/Task.h"
#include "read/ClusterView.h"
#include "store/GroupCommit.h"
#include "write/Progress.h"
#include "write/Sequencer.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace miroir::cluster {

/// The dynamic search rules of the cluster, the tasks that change them, and their way to the nodes. Tasks are carried
/// out in their order, beside the log, those that wait together: their changes are stored, every node that is up is
/// given what follows from them, then the tasks end. A node that was away is given the rules before it serves. Control
/// thread.
class SearchRules : public QObject
{
    Q_OBJECT
public:
    struct Parts {
        store::Store &store;
        store::GroupCommit &commit;
        write::Sequencer &sequencer;
        write::Progress &progress;
        Membership &membership;
        const Clock &clock;
        std::function<const node::NodeClient *(const NodeId &node)> clientOf;
        std::function<void(const protocol::TaskRecord &)> taskChanged;
        std::function<void(const std::string &why)> storeFailed;
    };
    SearchRules(Parts parts, QObject *parent);

    /// Reads rules and unfinished tasks from the store.
    Status<> load();
    /// Nodes follow rules only while the feature is on.
    void setEnabled(bool enabled);

    /// A change of one rule or of all.
    struct Change {
        std::optional<std::string> uid; ///< none: all rules are deleted
        std::optional<protocol::SearchRulePatch> patch; ///< none: the rule is deleted
    };
    using TaskAnswer = std::function<void(protocol::ApiResult<protocol::TaskRecord>)>;
    /// Enqueues the change; answers when it is durable.
    void submit(Change change, std::optional<std::string> customMetadata, const TaskAnswer &answer);
    /// Takes a change out of the line that was not begun; false when there is none of that task. Within a transaction.
    Result<bool> cancel(TaskUid task);

    using Rules = std::shared_ptr<const std::vector<read::ListedRule>>;
    [[nodiscard]] Rules rules() const { return m_rules; } ///< as they are listed
    /// What the rules pin in an index that clients see; null: nothing.
    [[nodiscard]] std::shared_ptr<const merge::Pins> pinsOf(const store::StoredIndex &index);
    /// Clients see other indexes than before.
    void indexesChanged();
    /// A node is up that was not, or the other way round.
    void nodesChanged();
    /// Gives a node the rules before it is up. A node that answers and does not take them again and again comes up
    /// without them: pins are not worth the answers of a node.
    void teach(const NodeId &node, const node::NodeClient &client, const RuleSync::OnDone &done);

Q_SIGNALS:
    void changed(); ///< rules() and pinsOf() are others

private:
    struct Queued {
        std::uint32_t task = 0;
        Change change;
        bool begun = false; // its effect is in the table
    };
    Status<> loadTable();
    Status<> loadQueue();
    Status<> saveTable();
    Status<> saveQueue();
    Result<protocol::TaskRecord> enqueue(Change &change, std::optional<std::string> customMetadata);
    void advance();
    using Tasks = std::vector<protocol::TaskRecord>;
    bool begin();
    Result<Tasks> beginAll();
    bool end();
    Result<Tasks> endAll();
    bool step(Result<Tasks> (SearchRules::*work)(), std::function<void()> then);
    void setTable(std::shared_ptr<const RuleTable> table);
    void carryOut(const Change &change, protocol::TaskRecord &task);
    [[nodiscard]] static std::uint32_t freeNumber(const RuleTable &table);
    Result<protocol::TaskRecord> load(std::uint32_t task);
    void replan();
    void push();
    void pushed(const NodeId &node, std::uint64_t version, const Status<> &done);
    [[nodiscard]] bool everywhere() const;

    Parts m_parts;
    bool m_enabled = false;
    std::shared_ptr<const RuleTable> m_table = std::make_shared<const RuleTable>();
    std::deque<Queued> m_queue; // oldest first
    Rules m_rules = std::make_shared<const std::vector<read::ListedRule>>();
    RuleSync::Rules m_wanted = std::make_shared<const std::vector<protocol::SearchRule>>();
    std::uint64_t m_version = 1; // of m_wanted
    bool m_planned = true; // m_wanted follows from m_table: not so while a change is on its way to the disk
    std::map<NodeId, std::uint64_t> m_given; // version that each node has
    std::set<NodeId> m_running;
    std::map<NodeId, int> m_failures; // in a row
    struct Pinned {
        std::string primaryKey;
        std::shared_ptr<const RuleTable> table; // it was made from
        std::shared_ptr<const merge::Pins> pins;
    };
    std::map<std::string, Pinned, std::less<>> m_pins; // by uid
};

} // namespace miroir::cluster
