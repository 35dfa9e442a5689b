// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/ClusterView.h"

#include <algorithm>

namespace miroir::read {

const char *nodeStateName(NodeState state)
{
    switch (state) {
    case NodeState::Serving:
        return "serving";
    case NodeState::CatchingUp:
        return "catching_up";
    case NodeState::Down:
        return "down";
    case NodeState::Refused:
        return "refused";
    }
    return "down";
}

const NodeView *ClusterView::node(std::string_view id) const
{
    const auto found = std::find_if(nodes.begin(), nodes.end(), [id](const NodeView &n) { return n.id == id; });
    return found == nodes.end() ? nullptr : &*found;
}

const IndexView *ClusterView::index(std::string_view uid) const
{
    const auto found = indexes.find(uid);
    return found == indexes.end() ? nullptr : &found->second;
}

} // namespace miroir::read
