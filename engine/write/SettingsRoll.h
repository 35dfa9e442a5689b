// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "placement/Shards.h"

#include <string>
#include <vector>

/// How a change of settings goes from node to node while searches go on. Pure.
///
/// A node switches at a moment of its own somewhere inside its settings task, and a search that asks one node before
/// and another behind that moment mixes two sets of rules. So nodes take the change in turns: as many at a time as the
/// others can spare, which go on answering with the old settings. As soon as the nodes that have it cover every shard,
/// searches move over to them in one step, and the rest follow. With zones that hold whole copies this never mixes.
/// Where no two disjoint covers exist, the last turn needs nodes that are just changing: then as few as can be change.
namespace miroir::write {

struct RollNode {
    enum class State : std::uint8_t {
        Old, ///< has not been sent the change
        Changing, ///< has been sent it, and may switch at any moment
        New, ///< has carried it out, or refused it for good
    };
    NodeId id;
    std::string zone; ///< empty: none
    placement::ShardSet shards; ///< that it answers for
    State state = State::Old;
    bool usable = true; ///< alive, and has applied everything that searches see
    bool coming = false; ///< not usable yet, but alive and about to be: worth waiting for
};

struct Roll {
    std::vector<NodeId> send; ///< Old nodes whose turn it is, in the order given
    bool switched = false; ///< the usable nodes that are New cover every shard of `wanted`
};

/// wanted: shards that have to stay answerable. Nodes that are not usable are always in `send`: no search misses them.
/// When it is called again whenever a state has changed, every node gets its turn; a node lost on the way only shrinks
/// what the others can spare.
[[nodiscard]] Roll planRoll(const std::vector<RollNode> &nodes, const placement::ShardSet &wanted);

} // namespace miroir::write
