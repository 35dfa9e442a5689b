// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "LocalCluster.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTimer>

namespace miroir {

/// One node process with its folder. Decides nothing; LocalCluster does.
struct LocalCluster::Node
{
    Node(NodeId name, QString folder, int stopTimeoutMs);

    [[nodiscard]] bool running() const { return process.state() != QProcess::NotRunning; }
    [[nodiscard]] QUrl address() const;
    [[nodiscard]] QString logFile() const;
    /// Puts a log that has grown too large aside, as node.log.1.
    void rotateLog(std::int64_t limit) const;
    /// Starts the program; what comes of it is told by the process's signals.
    void start(const QString &program, const QByteArray &key);
    /// `; its last words: "..."` from the log, or nothing.
    [[nodiscard]] QString lastWords() const;

    const NodeId id;
    const QString dir;
    quint16 port = 0;
    QProcess process;
    QTimer pause; ///< before the next start
    QTimer killer; ///< SIGKILL for one that ignores SIGTERM
    QElapsedTimer clock; ///< since the launch, then since it was ready
    State state = State::Stopped;
    QString reason;
    int attempt
        = 0; ///< number of the launch, so that late answers about an earlier one are ignored
    int failures = 0; ///< ends in a row
    bool wanted = true;
};

} // namespace miroir
