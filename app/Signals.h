// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace miroir {

/// TERM, INT and HUP as Qt signals. block() must come before any thread exists, since threads inherit the mask.
class Signals : public QObject
{
    Q_OBJECT
public:
    /// Gives the descriptor from which the signals are read; -1 when the system refuses.
    static int block();
    explicit Signals(int descriptor, QObject *parent = nullptr);

Q_SIGNALS:
    void terminate(); ///< TERM or INT
    void hangUp();

private:
    void read();
    int m_descriptor;
    QSocketNotifier m_notifier;
};

/// Tells systemd (or whoever set NOTIFY_SOCKET) about the service: "READY=1", "STATUS=..", "STOPPING=1".
void notifyService(const QByteArray &state);

} // namespace miroir
