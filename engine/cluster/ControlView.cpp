// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "cluster/Control.h"
#include "placement/Shards.h"

namespace miroir::cluster {

void Control::scheduleView()
{
    if (!m_viewTimer.isActive())
        m_viewTimer.start();
}

std::vector<Control::PendingDelivery> Control::pendingOf(const std::string &physical) const
{
    std::vector<PendingDelivery> pending;
    for (const auto &link : m_links) {
        const write::Pipe *pipe = pipeOf(link->spec.id, physical);
        if (pipe != nullptr && !pipe->idle())
            pending.push_back({link->spec.id, pipe->newest().value - pipe->applied().value});
    }
    return pending;
}

read::NodeView Control::nodeView(const NodeLink &link) const
{
    const Membership::Node *node = m_membership.find(link.spec.id);
    read::NodeView view;
    view.id = link.spec.id;
    view.url = link.spec.url;
    view.zone = link.spec.zone;
    view.pid = link.pid;
    view.weight = link.spec.weight / 1000.0;
    view.stateSinceNs = node->sinceNs;
    view.version = node->version;
    view.latencyMs = node->latencyMs;
    view.error = node->error;
    bool behind = false;
    for (const auto &[index, pipe] : link.pipes) {
        view.lag += pipe->idle() ? 0 : pipe->newest().value - pipe->applied().value;
        const bool marked = m_recovery.marked(link.spec.id, index);
        if (marked || pipe->applied() < m_progress.committed(index)) {
            behind = true;
            if (view.error.empty() && marked)
                view.error = "index '" + index + "' is copied anew from other nodes";
            if (view.error.empty())
                view.error = pipe->trouble();
        }
    }
    switch (node->health) {
    case Membership::Health::Up:
        view.state = behind ? read::NodeState::CatchingUp : read::NodeState::Serving;
        break;
    case Membership::Health::Refused:
        view.state = read::NodeState::Refused;
        break;
    case Membership::Health::Unknown:
    case Membership::Health::Down:
        view.state = read::NodeState::Down;
    }
    if (node->statsKnown) {
        view.bytes = node->stats.databaseBytes;
        for (const node::NodeStats::Index &index : node->stats.indexes) {
            if (m_progress.visible().findPhysical(index.uid) != nullptr)
                view.documents += index.documents;
        }
    }
    return view;
}

read::IndexView Control::indexView(const store::StoredIndex &index) const
{
    read::IndexView view;
    view.uid = index.uid;
    view.physical = index.physical;
    if (!index.primaryKey.empty())
        view.primaryKey = index.primaryKey;
    view.createdAtNs = index.createdAtNs;
    view.updatedAtNs = index.updatedAtNs;
    view.indexing = m_progress.busy(index.physical);
    auto &[text, parsed] = m_settings[index.physical];
    if (parsed == nullptr || text != index.settings) {
        auto settings = protocol::settingsFromText(toBytes(index.settings));
        MIROIR_ASSERT(settings.ok()); // we wrote it
        text = index.settings;
        parsed = std::make_shared<const protocol::Settings>(std::move(*settings));
    }
    view.settings = parsed;
    view.pins = m_rules->pinsOf(index);
    for (const auto &link : m_links) {
        const write::Pipe *pipe = pipeOf(link->spec.id, index.physical);
        if (pipe == nullptr || pipe->applied() < m_progress.committed(index.physical)
            || m_recovery.marked(link->spec.id, index.physical))
            continue;
        view.current.push_back(link->spec.id);
        const auto rolling = m_rolling.find(index.physical);
        if (rolling == m_rolling.end() || !rolling->second.inTurns
            || rolling->second.at <= m_progress.committed(index.physical))
            continue;
        const auto state = rollState(link->spec.id, *pipe, rolling->second);
        if (state == write::RollNode::State::Changing)
            view.changing.push_back(link->spec.id);
        else if (state == write::RollNode::State::New)
            view.changed.push_back(link->spec.id);
    }
    return view;
}

void Control::publishView()
{
    auto view = std::make_shared<read::ClusterView>();
    view->name = m_options.name;
    view->masterKey = m_options.masterKey;
    view->keys = m_keys;
    view->features = m_features;
    view->rules = m_rules->rules();
    view->nodeKey = m_options.nodeKey;
    view->map = m_map;
    for (const auto &link : m_links)
        view->nodes.push_back(nodeView(*link));
    view->copies = m_recovery.views();
    for (const auto &[uid, index] : m_progress.visible().all())
        view->indexes.emplace(uid, indexView(index));
    std::erase_if(m_settings, [this](const auto &entry) {
        return m_progress.visible().findPhysical(entry.first) == nullptr;
    });
    m_pastViews.emplace_back(m_viewNumber++, m_views->get());
    m_views->set(std::move(view));
    Q_EMIT viewChanged();
}

} // namespace miroir::cluster
