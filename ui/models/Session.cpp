// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/Session.h"

#include "models/Words.h"

#include <QLocale>

namespace miroir::ui {

using Link = AdminClient::Link;

namespace {

constexpr int namedMax = 3; // nodes in a sentence

// The engine speaks English; who speaks something else gets the same in the language of the window.
QString localSentence(const ClusterInfo &cluster)
{
    const auto speaks = QLocale().language();
    if (speaks == QLocale::English || speaks == QLocale::C)
        return cluster.sentence;
    if (cluster.state == ClusterState::Healthy)
        return Session::tr("Healthy: %1, %2 shards × %3 replicas")
            .arg(Session::tr("%Ln node(s)", nullptr, static_cast<int>(cluster.nodes.size())),
                Words::count(cluster.shards), Words::count(cluster.replicationFactor));
    QStringList named;
    for (const NodeInfo &node : cluster.nodes) {
        if (node.state != NodeState::Serving && node.state != NodeState::Spare)
            named.append(Session::tr("%1 is %2").arg(node.id, Words::state(node.state)));
    }
    if (named.isEmpty())
        return cluster.sentence;
    if (named.size() > namedMax)
        named = named.mid(0, namedMax) << QStringLiteral("\u2026");
    const QString who = named.join(QStringLiteral(", "));
    return cluster.state == ClusterState::Degraded
        ? Session::tr("Degraded: %1; every shard still has a replica").arg(who)
        : Session::tr("Unavailable: %1; some shards have no replica").arg(who);
}

} // namespace

Session::Session(QObject *parent) : QObject(parent)
{
    connect(&client, &AdminClient::clusterChanged, this, [this](const ClusterInfo &cluster) {
        nodes.setNodes(cluster.nodes);
        indexes.setIndexes(cluster.indexes);
        Q_EMIT changed();
    });
    connect(&client, &AdminClient::shardsChanged, &shards, &ShardModel::setMap);
    connect(&client, &AdminClient::tasksReplaced, &tasks, &TaskModel::setTasks);
    connect(&client, &AdminClient::taskChanged, &tasks, &TaskModel::put);
    connect(&client, &AdminClient::linkChanged, this, &Session::changed);
}

void Session::open(const Host::Endpoint &endpoint)
{
    empty();
    client.open(endpoint);
}

void Session::close()
{
    client.close();
    empty();
    Q_EMIT changed();
}

void Session::empty()
{
    selection.clear();
    nodes.setNodes({});
    shards.setMap({});
    indexes.setIndexes({});
    tasks.setTasks({});
}

bool Session::isCurrent() const
{
    return client.link() == Link::Live || client.link() == Link::Polling;
}

QString Session::sentence() const
{
    switch (client.link()) {
    case Link::Idle:
        return tr("Not connected");
    case Link::Connecting:
        if (client.cluster().nodes.isEmpty())
            return tr("Connecting to %1").arg(client.endpoint().url.authority());
        break;
    case Link::Lost:
        return tr("Connection lost: %1").arg(client.linkError());
    case Link::Refused:
        return tr("Cannot connect to %1: %2").arg(client.endpoint().url.authority(), client.linkError());
    case Link::Live:
    case Link::Polling:
        break;
    }
    return localSentence(client.cluster());
}

Colour Session::tone() const
{
    switch (client.link()) {
    case Link::Idle:
        return Colour::Spare;
    case Link::Lost:
    case Link::Refused:
        return Colour::Error;
    case Link::Connecting:
        if (client.cluster().nodes.isEmpty())
            return Colour::Info;
        break;
    default:
        break;
    }
    return toneOf(client.cluster().state);
}

QString Session::iconName() const
{
    switch (client.link()) {
    case Link::Idle:
        return QStringLiteral("connect");
    case Link::Lost:
    case Link::Refused:
        return QStringLiteral("lost");
    case Link::Connecting:
        if (client.cluster().nodes.isEmpty())
            return QStringLiteral("waiting");
        break;
    default:
        break;
    }
    return Words::icon(client.cluster().state);
}

} // namespace miroir::ui
