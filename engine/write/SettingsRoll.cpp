// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/SettingsRoll.h"

#include <algorithm>

namespace miroir::write {

namespace {

using State = RollNode::State;
using Marks = std::vector<bool>; // by place in the list of nodes

placement::ShardSet coverOf(const std::vector<RollNode> &nodes, State state, const Marks &without)
{
    placement::ShardSet cover;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].usable && nodes[i].state == state && !without[i])
            cover |= nodes[i].shards;
    }
    return cover;
}

/// Zones one after the other: a whole zone can be spared where single nodes of several zones could not.
std::vector<std::size_t> byZone(const std::vector<RollNode> &nodes)
{
    std::vector<std::size_t> order(nodes.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return nodes[a].zone < nodes[b].zone; });
    return order;
}

/// Marks Old nodes as long as the other Old ones cover everything.
bool spare(const std::vector<RollNode> &nodes, const placement::ShardSet &wanted, Marks &chosen)
{
    bool any = false;
    for (const std::size_t i : byZone(nodes)) {
        if (!nodes[i].usable || nodes[i].state != State::Old)
            continue;
        chosen[i] = true;
        if ((wanted & ~coverOf(nodes, State::Old, chosen)).any())
            chosen[i] = false;
        else
            any = true;
    }
    return any;
}

/// Marks the Old nodes that the New ones need in order to cover everything, the most useful first.
void complete(const std::vector<RollNode> &nodes, const placement::ShardSet &wanted, Marks &chosen)
{
    placement::ShardSet missing = wanted & ~coverOf(nodes, State::New, Marks(nodes.size(), false));
    while (missing.any()) {
        std::size_t best = nodes.size();
        std::size_t gain = 0;
        for (const std::size_t i : byZone(nodes)) {
            const bool free = nodes[i].usable && nodes[i].state == State::Old && !chosen[i];
            if (free && (nodes[i].shards & missing).count() > gain) {
                best = i;
                gain = (nodes[i].shards & missing).count();
            }
        }
        if (best == nodes.size())
            break; // shards without a node: nothing that a turn could do
        chosen[best] = true;
        missing &= ~nodes[best].shards;
    }
}

} // namespace

Roll planRoll(const std::vector<RollNode> &nodes, const placement::ShardSet &wanted)
{
    Roll roll;
    const Marks nobody(nodes.size(), false);
    roll.switched = (wanted & ~coverOf(nodes, State::New, nobody)).none();
    Marks chosen(nodes.size(), roll.switched);
    const bool underWay = std::any_of(nodes.begin(), nodes.end(), [](const RollNode &n) {
        return (n.usable && n.state == State::Changing) || (n.coming && n.state != State::New);
    });
    if (!roll.switched && !spare(nodes, wanted, chosen) && !underWay) {
        complete(nodes, wanted, chosen);
        // what cannot be covered any more must not keep the others from going on
        const bool stuck = std::none_of(chosen.begin(), chosen.end(), [](bool mark) { return mark; });
        if (stuck)
            chosen.assign(nodes.size(), true);
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].state == State::Old && (chosen[i] || !nodes[i].usable))
            roll.send.push_back(nodes[i].id);
    }
    return roll;
}

} // namespace miroir::write
