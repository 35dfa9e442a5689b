// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "jobs/Job.h"
#include "jobs/WebhookSender.h"

#include <QThread>

#include <deque>
#include <memory>

namespace miroir::jobs {

struct JobServices {
    std::shared_ptr<read::ViewHolder> views;
    cluster::Control *control = nullptr; ///< must outlive the Jobs
    const Clock *clock = nullptr;
    node::AddressPolicy policy; ///< of webhooks and exports
    int nodeTimeoutMs = 5000;
    QString dumpDir {};
};

/// Carries out the control's jobs, one after the other, and tells webhooks what has ended. Lives in the job thread.
class JobRunner : public QObject
{
    Q_OBJECT
public:
    explicit JobRunner(JobServices services) : m_services(std::move(services)) { }
    ~JobRunner() override;
    /// Goes on with what was open when the process ended; called once, in the job thread.
    void start();

private:
    void taskChanged(const std::shared_ptr<const protocol::TaskRecord> &task);
    void readWebhooks();
    void enqueue(protocol::TaskRecord task);
    void next();
    void carryOut();
    void ended(const std::optional<protocol::ApiError> &error);
    void over();

    JobServices m_services;
    std::unique_ptr<node::Transport> m_transport;
    std::unique_ptr<node::OutsideClient> m_outside;
    std::unique_ptr<WebhookSender> m_webhooks;
    JobContext m_context {nullptr, cluster::ControlLink(nullptr)};
    std::deque<protocol::TaskRecord> m_waiting;
    protocol::TaskRecord m_task; // that runs
    std::unique_ptr<Job> m_job;
    bool m_busy = false;
    std::uint64_t m_run = 0; // of m_task; answers to an earlier one are ignored
};

/// The thread with the JobRunner in it: started when made, ended when destroyed. Any thread.
class Jobs
{
public:
    explicit Jobs(JobServices services);
    ~Jobs();
    Jobs(const Jobs &) = delete;
    Jobs &operator=(const Jobs &) = delete;

private:
    QThread m_thread;
};

} // namespace miroir::jobs
