// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNode.h"

#include "base/Bytes.h"
#include "http/FrontGroup.h"
#include "localnode/LocalNodeFront.h"
#include "localnode/NodeTasksRunner.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace miroir::localnode {
namespace {

/// An advisory lock on a file of the folder. The kernel gives it back when the process ends in whatever way.
class FolderLock
{
public:
    FolderLock() = default;
    ~FolderLock()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    FolderLock(const FolderLock &) = delete;
    FolderLock &operator=(const FolderLock &) = delete;

    Status<> take(const QString &file)
    {
        m_descriptor = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_descriptor < 0)
            return fail("cannot open " + toStd(file) + ": " + toStd(qt_error_string(errno)));
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0)
            return fail("the database folder is in use by another process (lock file " + toStd(file) + ")");
        return Done {};
    }

private:
    int m_descriptor = -1;
};

constexpr std::size_t productionKeyBytes = 16;
constexpr int writerThreads = 2;

} // namespace

struct LocalNode::Parts {
    /// Everything that exists between start and stop, in the order of construction.
    struct Running {
        explicit Running(const LocalNodeOptions &options)
            : tasks(store, clock), keys(store, clock, options.masterKey), state(store),
              routes({store, tasks, indexes, rules, keys, state, clock}),
              runner({store, tasks, indexes, rules, clock, options.dbPath})
        {
        }
        FolderLock lock;
        SystemClock clock;
        NodeStoreThread store;
        NodeTasks tasks;
        LocalNodeIndexes indexes;
        LocalNodeRules rules;
        NodeKeys keys;
        LocalNodeState state;
        NodeRoutes routes;
        NodeTasksRunner runner;
        QThreadPool readers, writers;
        std::thread worker;
        std::unique_ptr<http::FrontGroup> fronts;
    };
    LocalNodeOptions options;
    std::unique_ptr<Running> running;
    QString host;

    Status<> open();
};

LocalNode::LocalNode(LocalNodeOptions options) : m_parts(std::make_unique<Parts>())
{
    m_parts->options = std::move(options);
}

LocalNode::~LocalNode()
{
    stop();
}

Status<> LocalNode::Parts::open()
{
    QString file;
    if (!options.dbPath.isEmpty()) {
        const QDir folder(options.dbPath);
        if (!folder.mkpath(QStringLiteral(".")))
            return fail("cannot make the database folder " + toStd(options.dbPath));
        if (auto locked = running->lock.take(folder.filePath(QStringLiteral("node.lock"))); !locked)
            return locked;
        file = folder.filePath(QStringLiteral("data.sqlite"));
    }
    if (auto opened = running->store.start(file); !opened)
        return opened;
    if (auto loaded = running->state.load(); !loaded)
        return loaded;
    if (auto loaded = running->keys.load(); !loaded)
        return loaded;
    if (auto loaded = running->indexes.load(running->store); !loaded)
        return loaded;
    if (auto loaded = running->rules.load(running->store, running->indexes); !loaded)
        return loaded;
    return running->tasks.load();
}

Result<quint16> LocalNode::start(const QHostAddress &address, quint16 port)
{
    MIROIR_ASSERT(!m_parts->running);
    const LocalNodeOptions &options = m_parts->options;
    if (options.production && options.masterKey.size() < productionKeyBytes)
        return fail("in production a master key of at least 16 bytes is required");
    m_parts->running = std::make_unique<Parts::Running>(options);
    Parts::Running &r = *m_parts->running;
    if (auto opened = m_parts->open(); !opened) {
        m_parts->running.reset();
        return opened.err();
    }
    r.readers.setMaxThreadCount(std::max(1, options.searchThreads));
    r.writers.setMaxThreadCount(writerThreads);
    r.fronts = std::make_unique<http::FrontGroup>(
        [&r] { return std::make_unique<LocalNodeFront>(r.routes, r.readers, r.writers); });
    auto listening = r.fronts->start(address, port, std::max(1, options.frontThreads));
    if (!listening) {
        m_parts->running.reset();
        return listening;
    }
    r.worker = std::thread([&r] { r.runner.run(); });
    m_parts->host = address.protocol() == QAbstractSocket::IPv6Protocol
        ? QLatin1Char('[') + address.toString() + QLatin1Char(']')
        : address.toString();
    return listening;
}

void LocalNode::stop()
{
    if (!m_parts->running)
        return;
    Parts::Running &r = *m_parts->running;
    r.fronts->stop();
    r.readers.waitForDone();
    r.writers.waitForDone();
    r.tasks.stop();
    r.worker.join();
    r.store.stop();
    m_parts->running.reset();
}

quint16 LocalNode::port() const
{
    return m_parts->running ? m_parts->running->fronts->port() : quint16 {0};
}

QString LocalNode::url() const
{
    return port() == 0 ? QString() : QStringLiteral("http://%1:%2").arg(m_parts->host).arg(port());
}

} // namespace miroir::localnode
