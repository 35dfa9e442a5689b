// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/NodeClient.h"
#include "protocol/SearchRule.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace miroir::cluster {

/// Gives one node the dynamic search rules that it should have: reads those that it has, sends what differs, waits for
/// the node's tasks, and looks again. Lives in its callbacks; control thread.
class RuleSync : public std::enable_shared_from_this<RuleSync>
{
public:
    using Rules = std::shared_ptr<const std::vector<protocol::SearchRule>>; ///< in the order in which they are created
    using OnDone = std::function<void(Status<>)>;
    /// done: soon, unless context is gone before. Fails when the node cannot be reached or does not keep the rules.
    static void run(const node::NodeClient &client, QObject *context, Rules rules, OnDone done);

private:
    struct Step {
        QByteArray method, target, body;
    };
    RuleSync(const node::NodeClient &client, QObject *context, Rules rules, OnDone done)
        : m_client(client), m_context(context), m_rules(std::move(rules)), m_done(std::move(done))
    {
    }
    void look(std::uint64_t offset);
    [[nodiscard]] Result<std::uint64_t> take(const QByteArray &body); ///< how many rules the page held
    void compare();
    void send();
    void await(int pauseMs);

    node::NodeClient m_client;
    QObject *m_context;
    Rules m_rules;
    OnDone m_done;
    std::map<std::string, protocol::SearchRule> m_found; // by uid
    std::vector<Step> m_steps; // the next one last
    std::uint32_t m_task = 0; // the last one that the node has accepted
    int m_rounds = 0;
};

} // namespace miroir::cluster
