// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeStoreThread.h"

#include "base/Assert.h"

namespace miroir::localnode {

NodeStoreThread::~NodeStoreThread()
{
    stop();
}

Status<> NodeStoreThread::start(const QString &file)
{
    MIROIR_ASSERT(!m_thread.joinable());
    m_thread = std::thread([this] { loop(); });
    auto open = std::make_shared<std::packaged_task<Status<>()>>([this, file]() -> Status<> {
        auto store = NodeStore::open(file);
        if (!store)
            return store.err();
        m_store = std::move(*store);
        return Done {};
    });
    auto opened = open->get_future();
    post([open] { (*open)(); });
    auto result = opened.get();
    if (!result)
        stop();
    return result;
}

void NodeStoreThread::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void NodeStoreThread::post(std::function<void()> job)
{
    {
        const std::lock_guard lock(m_mutex);
        MIROIR_ASSERT(!m_stopping);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void NodeStoreThread::loop()
{
    for (;;) {
        std::function<void()> job;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || !m_jobs.empty(); });
            if (m_jobs.empty())
                break;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job();
    }
    m_store.reset();
}

} // namespace miroir::localnode
