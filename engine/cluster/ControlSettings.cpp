// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/Control.h"

#include <QLoggingCategory>

/// How new settings reach the nodes: in turns, so that searches find one state of them (write/SettingsRoll.h).
namespace miroir::cluster {

namespace {

Q_LOGGING_CATEGORY(log, "miroir.settings", QtInfoMsg)

} // namespace

write::RollNode::State Control::rollState(
    const NodeId &node, const write::Pipe &pipe, const Rolling &rolling) const
{
    using State = write::RollNode::State;
    const bool refused = pipe.refusal() && pipe.refusedAt() == rolling.at;
    if (pipe.applied() >= rolling.at || refused)
        return State::New;
    return rolling.sent.contains(node) ? State::Changing : State::Old;
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
    for (const auto &link : m_links) {
        const write::Pipe *pipe = pipeOf(link->spec.id, physical);
        if (pipe == nullptr)
            continue;
        const bool usable
            = m_membership.up(link->spec.id) && pipe->applied() >= m_progress.committed(physical)
            && !m_recovery.marked(link->spec.id, physical);
        nodes.push_back({link->spec.id, link->spec.zone, m_map.shardsOf(link->spec.id),
            rollState(link->spec.id, *pipe, rolling), usable});
    }
    if (rolling.inTurns) {
        const write::Roll roll = write::planRoll(nodes, placement::allShards());
        rolling.sent.insert(roll.send.begin(), roll.send.end());
        rolling.switched = roll.switched;
    } else {
        for (const write::RollNode &node : nodes)
            rolling.sent.insert(node.id);
    }
    for (const write::RollNode &node : nodes) {
        const bool free = rolling.switched || rolling.sent.contains(node.id);
        pipeOf(node.id, physical)->holdFrom(free ? rolling.next : rolling.at);
    }
}

void Control::rollSettings()
{
    const auto open = m_progress.openSettings();
    for (const auto &[physical, changes] : open) {
        Rolling &rolling = m_rolling[physical];
        if (rolling.at != changes.first) {
            auto begun = beginRoll(physical, changes.first);
            if (!begun) {
                qCCritical(log, "%s", begun.error().message.c_str());
                continue;
            }
            rolling = std::move(*begun);
        }
        rolling.next = changes.next;
        continueRoll(physical, rolling);
    }
    std::erase_if(m_rolling, [&](const auto &entry) {
        if (open.contains(entry.first))
            return false;
        for (const auto &link : m_links) {
            if (write::Pipe *pipe = pipeOf(link->spec.id, entry.first))
                pipe->holdFrom({});
        }
        return true;
    });
}

void Control::retryLateRefusals()
{
    // A node that was away, or whose turn came later, may refuse what others have applied long since.
    for (const auto &link : m_links) {
        for (const auto &[physical, pipe] : link->pipes) {
            if (!pipe->refusal() || pipe->refusedAt() > m_progress.committed(physical))
                continue;
            qCWarning(log, "node %s refused what other replicas applied (%s): %s", link->spec.id.c_str(),
                physical.c_str(), pipe->refusal()->message.c_str());
            pipe->retryRefused();
        }
    }
}

} // namespace miroir::cluster
