// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "LocalCluster.h"

#include "LocalClusterNode.h"
#include "base/Bytes.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QRandomGenerator>
#include <QSaveFile>
#include <QStandardPaths>
#include <QTcpServer>

#include <algorithm>

/// Folder, program and ports of a local cluster.
namespace miroir {

namespace {

constexpr int maxNodes = 16;
constexpr int portTries = 200;
constexpr int lowestPort = 20'000;
constexpr qint64 stateBytes = 64 * 1024;

const QString bundledName = QStringLiteral("miroir-node");
const QString realName = QStringLiteral("meilisearch");

/// Whose data format a program writes.
QString kindOf(const QString &program)
{
    return QFileInfo(program).fileName().startsWith(bundledName) ? bundledName : realName;
}

QString bundledProgram()
{
    const QString beside = QDir(QCoreApplication::applicationDirPath()).filePath(bundledName);
    return QFileInfo(beside).isExecutable() ? beside : QStandardPaths::findExecutable(bundledName);
}

QString programFromEnvironment()
{
    return qEnvironmentVariable("MIROIR_MEILISEARCH");
}

bool isFree(quint16 port)
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost, port);
}

/// Where the kernel's own choice of ports for outgoing connections begins.
int ephemeralFrom()
{
    QFile file(QStringLiteral("/proc/sys/net/ipv4/ip_local_port_range"));
    constexpr int usual = 32'768;
    if (!file.open(QIODevice::ReadOnly))
        return usual;
    const int low = file.readLine(64).simplified().split(' ').value(0).toInt();
    return low > 1024 ? low : usual;
}

} // namespace

LocalClusterOptions LocalClusterOptions::from(const Config &config)
{
    LocalClusterOptions options;
    options.nodes = config.localCluster.nodes;
    options.nodeProgram = config.localCluster.nodeProgram;
    options.restart = config.localCluster.restart;
    options.dataDir = config.localClusterDir();
    return options;
}

Result<QString> LocalCluster::findNodeProgram(const QString &configured)
{
    for (const QString &wanted : {configured, programFromEnvironment()}) {
        if (wanted.isEmpty())
            continue;
        const QFileInfo file(wanted);
        const bool isPath = wanted.contains(QLatin1Char('/'));
        const QString found = !isPath              ? QStandardPaths::findExecutable(wanted)
            : file.isFile() && file.isExecutable() ? file.absoluteFilePath()
                                                   : QString();
        if (found.isEmpty())
            return fail("the node program " + toStd(wanted) + " does not exist or cannot be run");
        return found;
    }
    for (const QString &found : {QStandardPaths::findExecutable(realName), bundledProgram()}) {
        if (!found.isEmpty())
            return found;
    }
    return fail("neither meilisearch nor miroir-node was found");
}

Status<> LocalCluster::prepare()
{
    if (m_options.nodes < 1 || m_options.nodes > maxNodes)
        return fail("a local cluster has 1 to " + std::to_string(maxNodes) + " nodes");
    const QDir dir(QDir(m_options.dataDir).absolutePath());
    if (m_options.dataDir.isEmpty() || !QDir().mkpath(dir.path()))
        return fail("cannot make the folder " + toStd(dir.path()));
    m_options.dataDir = dir.path();
    m_lock = std::make_unique<QLockFile>(dir.filePath(QStringLiteral("cluster.lock")));
    m_lock->setStaleLockTime(0); // only a lock whose process is gone is stale
    if (!m_lock->tryLock(0))
        return fail("another process uses the local cluster in " + toStd(dir.path()));

    const std::map<std::string, std::string> saved = savedState();
    const auto value = [&saved](const std::string &name) {
        const auto at = saved.find(name);
        return at == saved.end() ? QString() : toQString(at->second);
    };
    const Status<> program = chooseProgram(value("program"));
    if (!program)
        return program;
    const Result<QByteArray> key = keptSecret(dir.filePath(QStringLiteral("node.key")));
    if (!key)
        return key.err();
    m_key = *key;
    for (int number = 1; number <= m_options.nodes; ++number) {
        const QString name = QStringLiteral("node-%1").arg(number);
        if (!dir.mkpath(name))
            return fail("cannot make the folder " + toStd(dir.filePath(name)));
        m_nodes.push_back(
            std::make_unique<Node>(toStd(name), dir.filePath(name), m_options.stopTimeoutMs));
        m_nodes.back()->port = value(toStd(name)).toUShort();
    }
    for (const auto &node : m_nodes) {
        const Status<> chosen = choosePort(*node);
        if (!chosen)
            return chosen;
    }
    return saveState();
}

Status<> LocalCluster::chooseProgram(const QString &remembered)
{
    const Result<QString> found = findNodeProgram(m_options.nodeProgram);
    m_program = found ? *found : QString();
    const bool asked = !m_options.nodeProgram.isEmpty() || !programFromEnvironment().isEmpty();
    if (!found && (asked || remembered.isEmpty()))
        return found.err();
    if (remembered.isEmpty() || (found && kindOf(m_program) == remembered))
        return Done {};
    // The two write different files: data of one must not be opened, or taken for empty, by the
    // other.
    if (!asked && remembered == bundledName && !bundledProgram().isEmpty()) {
        m_program = bundledProgram();
        return Done {};
    }
    return fail("the data in " + toStd(m_options.dataDir) + " was written by " + toStd(remembered)
        + ", which was not found or not chosen; use that program or another folder");
}

Status<> LocalCluster::choosePort(Node &node)
{
    const auto taken = [&](quint16 port) {
        return std::any_of(m_nodes.begin(), m_nodes.end(),
            [&](const auto &other) { return other.get() != &node && other->port == port; });
    };
    if (node.port != 0 && !taken(node.port) && isFree(node.port))
        return Done {};
    // Below the ports of outgoing connections: otherwise the check of a dead node could connect to
    // itself on that very port (a TCP simultaneous open), and any client could hold the port when
    // the node wants it back.
    const int below = ephemeralFrom();
    for (int tries = 0; tries < portTries && below > lowestPort; ++tries) {
        const auto port
            = static_cast<quint16>(QRandomGenerator::global()->bounded(lowestPort, below));
        if (!taken(port) && isFree(port)) {
            node.port = port;
            return Done {};
        }
    }
    QTcpServer any;
    if (!any.listen(QHostAddress::LocalHost, 0))
        return fail("no free port for " + node.id + ": " + toStd(any.errorString()));
    node.port = any.serverPort();
    return Done {};
}

std::map<std::string, std::string> LocalCluster::savedState() const
{
    std::map<std::string, std::string> saved;
    QFile file(QDir(m_options.dataDir).filePath(QStringLiteral("cluster.state")));
    if (!file.open(QIODevice::ReadOnly))
        return saved;
    const QByteArrayList lines = file.read(stateBytes).split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype space = line.indexOf(' ');
        if (space > 0)
            saved.emplace(
                line.left(space).toStdString(), line.mid(space + 1).trimmed().toStdString());
    }
    return saved;
}

Status<> LocalCluster::saveState() const
{
    std::map<std::string, std::string> state
        = savedState(); // nodes beyond today's number keep their ports
    state["program"] = toStd(kindOf(m_program));
    for (const auto &node : m_nodes)
        state[node->id] = std::to_string(node->port);
    QByteArray text;
    for (const auto &[name, value] : state)
        text += toBytes(name) + ' ' + toBytes(value) + '\n';
    QSaveFile file(QDir(m_options.dataDir).filePath(QStringLiteral("cluster.state")));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail("cannot write " + toStd(file.fileName()) + ": " + toStd(file.errorString()));
    return Done {};
}

} // namespace miroir
