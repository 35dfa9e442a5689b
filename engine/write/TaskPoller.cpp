// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/TaskPoller.h"

#include "write/Pipe.h"

#include <algorithm>

namespace miroir::write {

namespace {
constexpr int intervalMinMs = 10;
constexpr int intervalMaxMs = 400;
constexpr std::size_t uidsMax = 500; ///< in one request
} // namespace

TaskPoller::TaskPoller(const node::NodeClient &client, QObject *parent)
    : QObject(parent), m_client(client), m_intervalMs(intervalMinMs)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &TaskPoller::poll);
}

void TaskPoller::addPipe(Pipe *pipe)
{
    m_pipes.push_back(pipe);
    connect(pipe, &Pipe::waiting, this, &TaskPoller::hurry);
    connect(pipe, &QObject::destroyed, this, [this, pipe] { std::erase(m_pipes, pipe); });
}

void TaskPoller::setUsable(bool usable)
{
    m_usable = usable;
    if (usable)
        hurry();
}

void TaskPoller::hurry()
{
    m_intervalMs = intervalMinMs;
    if (m_usable && !m_asking && (!m_timer.isActive() || m_timer.remainingTime() > m_intervalMs))
        m_timer.start(m_intervalMs);
}

void TaskPoller::poll()
{
    node::TaskQuery query;
    std::vector<Pipe *> asked;
    for (Pipe *pipe : m_pipes) {
        const std::vector<std::uint32_t> uids = pipe->pendingTasks();
        if (uids.empty() || query.uids.size() + uids.size() > uidsMax)
            continue;
        query.uids.insert(query.uids.end(), uids.begin(), uids.end());
        asked.push_back(pipe);
    }
    if (query.uids.empty() || !m_usable)
        return;
    // Pipes beyond the limit come first the next time.
    if (asked.size() < m_pipes.size())
        std::rotate(m_pipes.begin(), m_pipes.begin() + 1, m_pipes.end());
    query.limit = static_cast<std::uint32_t>(query.uids.size());
    m_asking = true;
    m_client.tasks(query, [this, asked, uids = query.uids](const node::Tasks &answer) { heard(answer, asked, uids); });
}

void TaskPoller::heard(
    const node::Tasks &answer, const std::vector<Pipe *> &asked, const std::vector<std::uint32_t> &uids)
{
    m_asking = false;
    if (answer.page) {
        std::map<std::uint32_t, std::optional<node::NodeTask>> tasks;
        for (const std::uint32_t uid : uids)
            tasks.emplace(uid, std::nullopt);
        bool ended = false;
        for (const node::NodeTask &task : answer.page->tasks) {
            ended = ended || task.finished();
            tasks[task.uid] = task;
        }
        if (ended)
            m_intervalMs = intervalMinMs;
        for (Pipe *pipe : asked) {
            // a pipe may have been removed, or have sent more, while the node was asked
            if (std::find(m_pipes.begin(), m_pipes.end(), pipe) == m_pipes.end())
                continue;
            pipe->learn(tasks);
        }
    }
    m_intervalMs = std::min(m_intervalMs * 3 / 2, intervalMaxMs);
    if (m_usable && !m_timer.isActive())
        m_timer.start(m_intervalMs);
}

} // namespace miroir::write
