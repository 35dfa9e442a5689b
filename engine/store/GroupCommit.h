// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "store/Store.h"

#include <QTimer>

#include <functional>
#include <vector>

namespace miroir::store {

/// Joins the changes of one turn of the event loop into one transaction, so that many small writes share one sync to
/// disk. Control thread.
class GroupCommit : public QObject
{
    Q_OBJECT
public:
    explicit GroupCommit(Store &store, QObject *parent = nullptr);

    /// Call before changing the store: opens the transaction when none is open.
    Status<> touch();
    /// Runs when the changes made so far are on disk (true) or were undone (false).
    void after(std::function<void(bool)> done);
    /// Commits now what is open.
    void flush();
    /// Undoes what is open; callbacks hear false.
    void abandon();

Q_SIGNALS:
    /// A commit failed: the store is as before the transaction, memory is ahead of it.
    void undone(const QString &why);

private:
    void end(bool kept);
    Store &m_store;
    QTimer m_timer;
    bool m_open = false;
    std::vector<std::function<void(bool)>> m_after;
};

} // namespace miroir::store
