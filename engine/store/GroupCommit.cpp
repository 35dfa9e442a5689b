// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/GroupCommit.h"

#include "base/Bytes.h"

namespace miroir::store {

GroupCommit::GroupCommit(Store &store, QObject *parent) : QObject(parent), m_store(store)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &GroupCommit::flush);
}

Status<> GroupCommit::touch()
{
    if (m_open)
        return Done {};
    if (const Status<> begun = m_store.begin(); !begun)
        return begun;
    m_open = true;
    m_timer.start();
    return Done {};
}

void GroupCommit::after(std::function<void(bool)> done)
{
    m_after.push_back(std::move(done));
    if (!m_open)
        m_timer.start(); // nothing to wait for, but never from inside the caller
}

void GroupCommit::flush()
{
    m_timer.stop();
    if (m_open) {
        m_open = false;
        if (const Status<> committed = m_store.commit(); !committed) {
            m_store.rollback();
            end(false);
            Q_EMIT undone(toQString(committed.error().message));
            return;
        }
    }
    end(true);
}

void GroupCommit::abandon()
{
    m_timer.stop();
    if (m_open) {
        m_open = false;
        m_store.rollback();
    }
    end(false);
}

void GroupCommit::end(bool kept)
{
    for (const auto &done : std::exchange(m_after, {}))
        done(kept);
}

} // namespace miroir::store
