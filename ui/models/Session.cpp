// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/Session.h"

#include "models/Words.h"

namespace miroir::ui {

using Link = AdminClient::Link;

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
    return client.cluster().sentence;
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
