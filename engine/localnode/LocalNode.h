// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QHostAddress>
#include <QString>

#include <memory>
#include <string>

namespace miroir::localnode {

struct LocalNodeOptions {
    QString dbPath; ///< folder of the database, made when missing; empty keeps everything in memory
    std::string masterKey; ///< empty: every route is open except those of keys, as Meilisearch does it
    bool production = false; ///< a master key of at least 16 bytes is required
    int frontThreads = 1; ///< 1 or 2 are enough: the work is done by other threads
    int searchThreads = 2; ///< readers; requests beyond wait in order
};

/// The embedded evaluation node: a small Meilisearch-compatible server. miroir-node is a thin program around it; tests
/// and the local cluster may run several in one process.
///
/// Threads. HTTP fronts only parse and answer. Readers (search, documents, tasks, settings) run in a pool of
/// searchThreads; writers (uploads and everything that makes a task) in a pool of two, so that uploads never keep
/// searches waiting. One thread owns SQLite; one worker runs one task at a time in the order of their uids.
///
/// What holds. A 202 is sent after the task and its payload are on disk. A task's documents, settings and its end are
/// one SQLite transaction, so that a task that was cut off by kill -9 has done nothing and is run again at the next
/// start. Documents are put into the searchable index in steps of at most 500, each under the lock of that index: a
/// search waits for one step at most, and may see a large task half applied. A step that is refused undoes the earlier
/// ones. Settings that need a new index are built beside the old one and swapped in. Searches of one index run one
/// after another, those of different indexes side by side.
class LocalNode
{
public:
    explicit LocalNode(LocalNodeOptions options);
    ~LocalNode(); ///< stops
    LocalNode(const LocalNode &) = delete;
    LocalNode &operator=(const LocalNode &) = delete;

    /// Opens the database, starts the threads and listens. Port 0 takes a free one. Gives the port.
    /// Fails when the folder is in use by another process, the database is newer than this program, the master key is
    /// missing or too short in production, or the port is taken. Call it in a thread with a QCoreApplication alive.
    Result<quint16> start(const QHostAddress &address = QHostAddress::LocalHost, quint16 port = 0);
    /// Lets requests and the running task step end, then closes. A task that was cut off stays enqueued. Idempotent.
    void stop();

    [[nodiscard]] quint16 port() const; ///< 0 when it is not running
    [[nodiscard]] QString url() const; ///< "http://127.0.0.1:7700"

    static constexpr const char *apiVersion = "1.50.0"; ///< of the Meilisearch API that is spoken

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace miroir::localnode
