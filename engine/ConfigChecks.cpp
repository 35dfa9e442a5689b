// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConfigInternal.h"

#include "node/AddressPolicy.h"

namespace miroir::config {

namespace {

constexpr qsizetype safeKeyBytes = 16;

} // namespace

void Loading::checkWhole()
{
    checkNodes();
    checkReplication();
    checkKeys();
    const std::string networks = "allowed_ip_networks";
    const auto policy = node::AddressPolicy::parse(result.config.allowedIpNetworks);
    if (!policy)
        problem(whereSet(networks), networks, policy.error().message);
}

void Loading::checkReplication()
{
    const Config &config = result.config;
    const auto nodes = config.localCluster.nodes > 0
        ? static_cast<std::size_t>(config.localCluster.nodes)
        : config.nodes.size();
    if (nodes == 0 || static_cast<std::size_t>(config.replicationFactor) <= nodes)
        return;
    const std::string set = whereSet("replication_factor");
    const std::string count = std::to_string(nodes) + (nodes == 1 ? " node" : " nodes");
    const std::string factor = std::to_string(config.replicationFactor);
    if (set.empty())
        problem(whereSet(config.localCluster.nodes > 0 ? "local_cluster.nodes" : "nodes"),
            "replication_factor",
            "expected at least " + factor + " nodes for the default of " + factor + ", found "
                + count + "; add nodes or set it to " + std::to_string(nodes));
    else
        problem(set, "replication_factor",
            "expected at most the number of nodes, found " + factor + " with " + count);
}

void Loading::checkKeys()
{
    const Config &config = result.config;
    const bool production = config.env == Environment::Production;
    const auto check = [&](const std::string &key, const QByteArray &value,
                           const std::string &absent, bool needed) {
        if (value.isEmpty() && needed)
            problem(whereSet(key), key, absent, !production);
        else if (!value.isEmpty() && value.size() < safeKeyBytes)
            problem(whereSet(key), key,
                "expected at least " + std::to_string(safeKeyBytes) + " bytes"
                    + (production ? " in production" : "") + ", found "
                    + std::to_string(value.size()),
                !production);
    };
    // A key that was given but could not be taken has been reported already.
    check("master_key", config.masterKey,
        production ? "expected a key in production, found none"
                   : "no key is set: every route is open to everybody",
        whereSet("master_key").empty());
    check("node_master_key", config.nodeMasterKey,
        production ? "expected the master key of the nodes in production, found none"
                   : "no key is set: the nodes are expected to be open to everybody",
        whereSet("node_master_key").empty() && !config.nodes.empty());
    check("admin.api_key", config.admin.apiKey, {}, false);
}

} // namespace miroir::config
