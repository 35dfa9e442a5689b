// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Config.h"
#include "base/Result.h"

#include <QByteArray>
#include <QLockFile>
#include <QObject>
#include <QString>
#include <QUrl>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace miroir {

namespace node {
class Transport;
}

struct LocalClusterOptions
{
    int nodes = 3;
    QString nodeProgram; ///< empty: found by LocalCluster::findNodeProgram
    bool restart = true; ///< a node that dies is started again
    QString dataDir; ///< made when missing; one cluster at a time uses it
    int startTimeoutMs = 30'000; ///< until /health answers
    int stopTimeoutMs = 5000; ///< from SIGTERM to SIGKILL
    std::int64_t logBytes
        = 5'000'000; ///< a larger log is put aside (node.log.1) when the node starts

    static LocalClusterOptions from(const Config &config);
};

/// Node processes of this machine: starts them on ports, keys and folders of its own, waits until
/// they answer, sees within a second when one dies, and starts it again with growing pauses. Lives
/// in the control thread; that thread must live as long as the nodes, because the kernel ends them
/// with the thread that made them (so that a killed engine leaves none). Folder: cluster.lock,
/// node.key (0600), cluster.state (program and ports), node-N/{data,node.log}.
class LocalCluster : public QObject
{
    Q_OBJECT
public:
    enum class State { Stopped, Starting, Ready, Restarting, Failed };
    Q_ENUM(State)

    struct Member
    {
        NodeId id; ///< node-1, node-2, ...
        QUrl address; ///< http://127.0.0.1:PORT
        qint64 pid = 0; ///< 0: no process
        State state = State::Stopped;
        std::string reason; ///< why it is Restarting or Failed
    };

    explicit LocalCluster(LocalClusterOptions options, QObject *parent = nullptr);
    ~LocalCluster() override; ///< ends the nodes; may wait up to the stop timeout

    /// Prepares the folder and starts all nodes. A Failure means nothing was started; later
    /// troubles come as signals.
    Status<> start();
    /// SIGTERM, after the stop timeout SIGKILL; stopped() when all have ended. Does not wait.
    void stop();
    /// Stops one node and leaves it so; startNode() brings it back. For maintenance and
    /// demonstrations.
    void stopNode(const NodeId &id);
    void startNode(const NodeId &id);

    [[nodiscard]] bool allReady() const;
    [[nodiscard]] std::vector<Member> members() const;
    /// Process of that node; 0: none.
    [[nodiscard]] qint64 pidOf(const NodeId &id) const;
    /// The nodes as configuration; addresses are known once start() has returned.
    [[nodiscard]] std::vector<NodeConfig> nodes() const;
    [[nodiscard]] const QByteArray &nodeKey() const
    {
        return m_key;
    } ///< master key of the nodes; a secret
    [[nodiscard]] const QString &program() const { return m_program; }

    /// The program to run as node: the configured one, $MIROIR_MEILISEARCH, meilisearch on PATH,
    /// miroir-node beside this program or on PATH.
    static Result<QString> findNodeProgram(const QString &configured);

Q_SIGNALS:
    void nodeState(const QString &id, miroir::LocalCluster::State state, const QString &reason);
    /// The node has another port than before (the old one was taken); comes before its Starting
    /// state.
    void addressChanged(const QString &id, const QUrl &address);
    void ready(); ///< all nodes answer; again after each time it was not so
    void failed(const QString &reason); ///< a node cannot be started at all
    void stopped();

private:
    struct Node;

    Node *find(const NodeId &id);
    Status<> prepare();
    Status<> chooseProgram(const QString &remembered);
    Status<> choosePort(Node &node);
    [[nodiscard]] std::map<std::string, std::string> savedState() const;
    Status<> saveState() const;
    void begin(Node &node);
    void launch(Node &node);
    void probe(Node &node, int attempt);
    void checkKey(Node &node, int attempt);
    void probeAgain(Node &node, int attempt, const QString &reason);
    void ended(Node &node, const QString &how);
    void startAgain(Node &node, const QString &reason);
    void giveUp(Node &node, const QString &reason);
    void setState(Node &node, State state, const QString &reason = {});
    static void terminate(Node &node);
    void checkStopped();

    LocalClusterOptions m_options;
    QString m_program;
    QByteArray m_key;
    std::unique_ptr<QLockFile> m_lock;
    std::unique_ptr<node::Transport> m_transport;
    std::vector<std::unique_ptr<Node>> m_nodes;
    bool m_stopping = false;
    bool m_wasReady = false;
};

} // namespace miroir
