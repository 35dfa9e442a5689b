// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Control.h"

#include <QLoggingCategory>

#include <algorithm>

/// How new settings reach the nodes: in turns, so that searches find one state of them (write/SettingsRoll.h).
namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(settingsLog, "miroir.settings", QtInfoMsg)

/// How long a turn waits for searches that began before it was known.
constexpr std::int64_t searchesWaitMs = 500;
constexpr int lookAgainMs = 5;

} // namespace

write::RollNode::State Control::rollState(
    const NodeId &node, const write::Pipe &pipe, const Rolling &rolling) const
{
    using State = write::RollNode::State;
    const bool refused = pipe.refusal() && pipe.refusedAt() == rolling.at;
    if (pipe.applied() >= rolling.at || refused)
        return State::New;
    return rolling.turns.contains(node) ? State::Changing : State::Old;
}

Result<Control::Rolling> Control::beginRoll(const std::string &physical, LogOffset at) const
{
    const Result<std::uint64_t> held = m_store->directorySize(physical);
    if (!held)
        return held.err();
    Rolling rolling;
    rolling.at = at;
    rolling.inTurns = *held > 0;
    return rolling;
}

void Control::continueRoll(const std::string &physical, Rolling &rolling)
{
    std::vector<write::RollNode> nodes;
    bool refused = false;
    for (const auto &link : m_links) {
        const write::Pipe *pipe = pipeOf(link->spec.id, physical);
        if (pipe == nullptr)
            continue;
        refused = refused || (pipe->refusal() && pipe->refusedAt() == rolling.at);
        const bool alive = m_membership.up(link->spec.id) && !m_recovery.marked(link->spec.id, physical);
        const bool upToDate = pipe->applied() >= m_progress.committed(physical);
        nodes.push_back({link->spec.id, link->spec.zone, m_map.shardsOf(link->spec.id),
            rollState(link->spec.id, *pipe, rolling), alive && upToDate, alive && !upToDate});
    }
    bool announced = false;
    if (rolling.inTurns) {
        const write::Roll roll = write::planRoll(nodes, placement::allShards());
        // Once switched, the rest go when searches have been told: endRoll(). But where a node has refused, all have to
        // say whether they do.
        const bool rest = roll.switched && !refused;
        for (const NodeId &node : rest ? std::vector<NodeId> {} : roll.send)
            announced = announce(rolling, node) || announced;
    }
    if (announced)
        publishView(); // searches have to know before the node does
    for (const write::RollNode &node : nodes) {
        const bool free = !rolling.inTurns || mayGo(rolling, node.id);
        pipeOf(node.id, physical)->holdFrom(free ? rolling.next : rolling.at);
    }
}

bool Control::announce(Rolling &rolling, const NodeId &node)
{
    return rolling.turns.try_emplace(node, Rolling::Turn {m_viewNumber, m_clock.monotonicMs() + searchesWaitMs}).second;
}

bool Control::mayGo(const Rolling &rolling, const NodeId &node)
{
    const auto turn = rolling.turns.find(node);
    if (turn == rolling.turns.end())
        return false;
    std::erase_if(m_pastViews, [](const auto &past) { return past.second.expired(); });
    const bool inUse = turn->second.view >= m_viewNumber
        || std::any_of(m_pastViews.begin(), m_pastViews.end(),
            [&](const auto &past) { return past.first <= turn->second.view; });
    if (!inUse || m_clock.monotonicMs() >= turn->second.latestMs)
        return true;
    m_rollTimer.start(lookAgainMs);
    return false;
}

bool Control::endRoll(const std::string &physical, Rolling &rolling)
{
    bool all = true;
    for (const auto &link : m_links) {
        write::Pipe *pipe = pipeOf(link->spec.id, physical);
        if (pipe == nullptr)
            continue;
        announce(rolling, link->spec.id);
        if (!rolling.inTurns || mayGo(rolling, link->spec.id))
            pipe->holdFrom({});
        else
            all = false;
    }
    return all;
}

void Control::rollSettings()
{
    const auto open = m_progress.openSettings();
    for (const auto &[physical, changes] : open) {
        Rolling &rolling = m_rolling[physical];
        if (rolling.at != changes.first) {
            auto begun = beginRoll(physical, changes.first);
            if (!begun) {
                qCCritical(settingsLog, "%s", begun.error().message.c_str());
                continue;
            }
            rolling = std::move(*begun);
        }
        rolling.next = changes.next;
        continueRoll(physical, rolling);
    }
    for (auto entry = m_rolling.begin(); entry != m_rolling.end();) {
        const bool over = !open.contains(entry->first) && endRoll(entry->first, entry->second);
        entry = over ? m_rolling.erase(entry) : std::next(entry);
    }
}

void Control::retryLateRefusals()
{
    // A node that was away, or whose turn came later, may refuse what others have applied long since.
    for (const auto &link : m_links) {
        for (const auto &[physical, pipe] : link->pipes) {
            if (!pipe->refusal() || pipe->refusedAt() > m_progress.committed(physical))
                continue;
            qCWarning(settingsLog, "node %s refused what other replicas applied (%s): %s", link->spec.id.c_str(),
                physical.c_str(), pipe->refusal()->message.c_str());
            pipe->retryRefused();
        }
    }
}

} // namespace miroir::cluster
