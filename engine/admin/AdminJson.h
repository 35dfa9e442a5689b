// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/Control.h"
#include "read/ClusterView.h"

#include <QByteArray>

#include <map>
#include <string>
#include <vector>

/// The answers of the admin API. Pure; docs/admin-api.md describes them.
namespace miroir::admin {

/// What an answer needs besides the view; gathered in the control thread.
struct Report {
    std::shared_ptr<const read::ClusterView> view;
    std::vector<std::uint64_t> taskCounts; ///< by TaskStatus
    std::map<std::string, std::vector<std::uint64_t>> shardDocuments; ///< by logical uid: documents of each shard
    bool local = false; ///< nodes are processes of this engine
};
Report makeReport(cluster::Control &control, std::shared_ptr<const read::ClusterView> view, bool local);

/// How many shards have all, some or none of their replicas fit to serve every index.
struct Cover {
    unsigned full = 0, reduced = 0, none = 0;
};
Cover coverOf(const read::ClusterView &view);
/// "healthy", "degraded" or "unavailable".
std::string stateOf(const read::ClusterView &view);
/// "Degraded: node-2 is down; every shard still has a replica."
std::string sentenceOf(const read::ClusterView &view);

QByteArray clusterJson(const Report &report);
/// uid empty: documents of all indexes together.
QByteArray shardsJson(const Report &report, const std::string &uid);
QByteArray indexesJson(const Report &report);
/// Nodes that still have to do something for a task that is not finished.
std::vector<cluster::Control::PendingDelivery> pendingOf(
    const cluster::Control &control, const read::ClusterView &view, const protocol::TaskRecord &task);
QByteArray nodesJson(const read::ClusterView &view);
QByteArray taskJson(const protocol::TaskRecord &task, const std::vector<cluster::Control::PendingDelivery> &pending);

} // namespace miroir::admin
