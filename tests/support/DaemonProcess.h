// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "support/PlainHttp.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace miroir::test {

/// Bytes of a line such as "VmHWM:  1234 kB" of a process; 0 when it has ended.
inline qint64 processBytes(qint64 pid, const QByteArray &name)
{
    QFile file(QStringLiteral("/proc/%1/status").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(name + ':'))
            return line.mid(name.size() + 1).trimmed().split(' ').first().toLongLong() * 1024;
    }
    return 0;
}

/// A zombie counts as ended: it only waits for somebody to read its exit code.
inline bool processAlive(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (pid <= 0 || !file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray stat = file.readAll();
    return stat.mid(stat.lastIndexOf(')') + 2, 1) != "Z";
}

/// The real programs: miroir --daemon with a local cluster of three nodes and two replicas, on ports of the kernel's
/// choice and in a folder of its own. The nodes are what the environment offers: $MIROIR_MEILISEARCH, meilisearch on
/// the PATH, else miroir-node. Killed at the end, and the nodes with it.
class DaemonProcess
{
public:
    static constexpr const char *key = "dev-key";

    ~DaemonProcess()
    {
        if (m_process.state() != QProcess::NotRunning)
            signal(SIGKILL);
    }

    /// Starts it (anew, on the same folder) and waits until all nodes serve.
    [[nodiscard]] bool start(const QStringList &more = {})
    {
        m_output.clear();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("MIROIR_MASTER_KEY"), QString::fromLatin1(key));
        m_process.setProcessEnvironment(environment);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setProgram(program("miroir"));
        m_process.setArguments(QStringList {QStringLiteral("--daemon"), QStringLiteral("--local-cluster-nodes"),
                                   QStringLiteral("3"), QStringLiteral("--replication-factor"), QStringLiteral("2"),
                                   QStringLiteral("--server-port"), QStringLiteral("0"), QStringLiteral("--data-dir"),
                                   folder()}
            + more);
        m_process.start();
        const bool ready = QTest::qWaitFor([this] {
            m_output += m_process.readAll();
            return m_output.contains("All nodes serve") || m_process.state() == QProcess::NotRunning;
        }, 60'000);
        const QByteArray url = QByteArray("Listening on http://localhost:");
        const qsizetype at = m_output.indexOf(url);
        if (!ready || at < 0 || !m_output.contains("All nodes serve")) {
            qWarning("the daemon says: %s", m_output.constData());
            return false;
        }
        m_port = m_output.mid(at + url.size()).split('\n').first().toUShort();
        return m_port != 0;
    }
    /// Sends a signal and waits for the end; the exit code, or -1 when a signal has ended it or nothing has.
    int signal(int number)
    {
        ::kill(static_cast<pid_t>(m_process.processId()), number);
        if (!m_process.waitForFinished(20'000))
            return -1;
        m_output += m_process.readAll();
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }

    [[nodiscard]] static QString program(const char *name)
    {
        return QStringLiteral(MIROIR_BIN_DIR "/") + QString::fromLatin1(name);
    }
    [[nodiscard]] QString folder() const { return m_folder.filePath(QStringLiteral("data")); }
    [[nodiscard]] QString nodeFolder(int number) const
    {
        return folder() + QStringLiteral("/nodes/node-%1").arg(number);
    }
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] const QByteArray &output() const { return m_output; }
    [[nodiscard]] PlainHttp http() const { return PlainHttp(m_port, key); }
    [[nodiscard]] PlainHttp admin() const
    {
        QFile file(folder() + QStringLiteral("/admin.key"));
        return PlainHttp(m_port, file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray());
    }

    [[nodiscard]] QByteArray nodeKey() const
    {
        QFile file(folder() + QStringLiteral("/nodes/node.key"));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
    }

    struct Node {
        qint64 pid = 0;
        quint16 port = 0;
        std::string state;
    };
    /// The nodes by id, as the admin API tells them.
    [[nodiscard]] std::map<std::string, Node> nodes() const
    {
        std::map<std::string, Node> all;
        const auto answer = json::Document::parse(admin().send("GET", "/_miroir/nodes").body);
        if (!answer)
            return all;
        for (const json::Value node : answer->root()["nodes"].items()) {
            const QUrl address(QString::fromStdString(node["address"].toString()));
            all[node["id"].toString()] = {node["pid"].toI64().value_or(0), static_cast<quint16>(address.port()),
                node["state"].toString()};
        }
        return all;
    }
    [[nodiscard]] QByteArray state() const { return admin().send("GET", "/_miroir/cluster").text("state"); }
    [[nodiscard]] bool waitForState(const QByteArray &wanted, int timeoutMs = 30'000) const
    {
        return QTest::qWaitFor([&] { return state() == wanted; }, timeoutMs);
    }
    /// Waits for the end of the task that the answer names; gives its status.
    [[nodiscard]] QByteArray statusOf(const PlainHttp::Answer &accepted) const
    {
        QByteArray status;
        const QByteArray target = "/tasks/" + accepted.member("taskUid");
        const bool ended = QTest::qWaitFor([&] {
            status = http().send("GET", target).text("status");
            return status == "succeeded" || status == "failed" || status == "canceled";
        }, 180'000); // a real node on a loaded machine takes many seconds for its first tasks
        return ended ? status : QByteArray("no end");
    }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    QByteArray m_output;
    quint16 m_port = 0;
};

} // namespace miroir::test
