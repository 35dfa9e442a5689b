// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "LocalClusterNode.h"

#include "base/Bytes.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace miroir {

namespace {

/// Runs in the new process before the program, so only calls that are safe after fork.
void prepareChild(pid_t parent)
{
    // The kernel ends the node when the thread that made it ends, also by kill -9.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(1); // the parent died before the line above
    // Its own group: Ctrl-C in a terminal is for the engine, which then stops its nodes in order.
    ::setpgid(0, 0);
    // The engine blocks signals in all its threads to take them from a descriptor; a node must not
    // inherit that.
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Settings of the engine and of another Meilisearch must not reach the node.
QProcessEnvironment cleanEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QStringList names = environment.keys();
    for (const QString &name : names) {
        if (name.startsWith(QLatin1String("MEILI_")) || name.startsWith(QLatin1String("MIROIR_")))
            environment.remove(name);
    }
    return environment;
}

} // namespace

LocalCluster::Node::Node(NodeId name, QString folder, int stopTimeoutMs)
    : id(std::move(name))
    , dir(std::move(folder))
{
    pause.setSingleShot(true);
    killer.setSingleShot(true);
    killer.setInterval(stopTimeoutMs);
    QObject::connect(&killer, &QTimer::timeout, &process, &QProcess::kill);
    QObject::connect(&process, &QProcess::finished, &killer, &QTimer::stop);
    process.setChildProcessModifier([parent = ::getpid()] { prepareChild(parent); });
    process.setStandardInputFile(QProcess::nullDevice());
    process.setProcessChannelMode(QProcess::MergedChannels);
}

QUrl LocalCluster::Node::address() const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(port));
}

QString LocalCluster::Node::logFile() const
{
    return QDir(dir).filePath(QStringLiteral("node.log"));
}

void LocalCluster::Node::rotateLog(std::int64_t limit) const
{
    const QString log = logFile();
    if (QFileInfo(log).size() <= limit)
        return;
    const QString old = log + QStringLiteral(".1");
    QFile::remove(old);
    QFile::rename(log, old);
}

void LocalCluster::Node::start(const QString &program, const QByteArray &key)
{
    QProcessEnvironment environment = cleanEnvironment();
    // Not an argument: everybody on the machine can read those.
    environment.insert(QStringLiteral("MEILI_MASTER_KEY"), QString::fromLatin1(key));
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(dir);
    process.setStandardOutputFile(logFile(), QIODevice::Append);
    process.setProgram(program);
    process.setArguments({QStringLiteral("--http-addr"), QStringLiteral("127.0.0.1:%1").arg(port),
        QStringLiteral("--db-path"), QDir(dir).filePath(QStringLiteral("data")),
        QStringLiteral("--no-analytics")});
    process.start();
}

QString LocalCluster::Node::lastWords() const
{
    constexpr qint64 tailBytes = 2000;
    constexpr qsizetype shown = 300;
    QFile log(logFile());
    if (!log.open(QIODevice::ReadOnly))
        return {};
    log.seek(std::max<qint64>(0, log.size() - tailBytes));
    const QByteArray tail = log.read(tailBytes).trimmed();
    if (tail.isEmpty())
        return {};
    const QString line = QString::fromUtf8(tail.mid(tail.lastIndexOf('\n') + 1)).left(shown);
    return QStringLiteral("; its last words: \"%1\"").arg(line.trimmed());
}

} // namespace miroir
