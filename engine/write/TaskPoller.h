// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "node/NodeClient.h"

#include <QTimer>

#include <vector>

namespace miroir::write {

class Pipe;

/// Asks one node for the tasks that its pipes wait for, all in one request: often just after something was sent, less
/// often the longer nothing ends. Control thread.
class TaskPoller : public QObject
{
    Q_OBJECT
public:
    TaskPoller(const node::NodeClient &client, QObject *parent);
    void addPipe(Pipe *pipe); ///< kept as long as the pipe lives
    void setUsable(bool usable);
    /// The node has another address now.
    void setClient(const node::NodeClient &client) { m_client = client; }

private:
    void hurry();
    void poll();
    void heard(const node::Tasks &answer, const std::vector<Pipe *> &asked, const std::vector<std::uint32_t> &uids);

    node::NodeClient m_client;
    std::vector<Pipe *> m_pipes;
    QTimer m_timer;
    int m_intervalMs;
    bool m_asking = false;
    bool m_usable = false;
};

} // namespace miroir::write
