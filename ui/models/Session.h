// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/AdminClient.h"
#include "models/IndexModel.h"
#include "models/NodeModel.h"
#include "models/Selection.h"
#include "models/ShardModel.h"
#include "models/TaskModel.h"
#include "theme/Colours.h"

namespace miroir::ui {

/// One connection and everything the panes show of it: the client, the models it fills, the selection. Lives as long as
/// the window; opening another endpoint empties and fills the same models.
class Session : public QObject
{
    Q_OBJECT
public:
    explicit Session(QObject *parent = nullptr);

    AdminClient client;
    NodeModel nodes;
    ShardModel shards;
    IndexModel indexes;
    TaskModel tasks;
    Selection selection;

    void open(const Host::Endpoint &endpoint);
    void close();
    [[nodiscard]] bool isOpen() const { return client.link() != AdminClient::Link::Idle; }
    /// True while what is shown is what the cluster is: not before the first answer and not while the line is lost.
    [[nodiscard]] bool isCurrent() const;
    /// One sentence about the cluster, or about the connection while that is the news: status bar, title, readers.
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] Colour tone() const;
    [[nodiscard]] QString iconName() const;

Q_SIGNALS:
    void changed(); ///< sentence, tone or cluster facts

private:
    void empty();
};

} // namespace miroir::ui
