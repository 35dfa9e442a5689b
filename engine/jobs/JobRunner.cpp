// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/JobRunner.h"

#include "jobs/CompactJob.h"
#include "jobs/DumpJob.h"
#include "jobs/ExportJob.h"

#include <QLoggingCategory>

#include <algorithm>

namespace miroir::jobs {

using protocol::TaskKind;
using protocol::TaskRecord;
using protocol::TaskStatus;

namespace {

Q_LOGGING_CATEGORY(jobLog, "miroir.jobs", QtInfoMsg)

} // namespace

JobRunner::~JobRunner() = default;

void JobRunner::start()
{
    m_transport = node::makeTransport();
    m_outside = std::make_unique<node::OutsideClient>(m_services.policy);
    m_webhooks = std::make_unique<WebhookSender>(*m_outside, this);
    m_context = {m_services.views, cluster::ControlLink(m_services.control), m_services.clock, m_transport.get(),
        m_outside.get(), this, m_services.nodeTimeoutMs, m_services.dumpDir};
    connect(m_services.control, &cluster::Control::taskChanged, this, &JobRunner::taskChanged);
    connect(m_services.control, &cluster::Control::webhooksChanged, this, &JobRunner::readWebhooks);
    readWebhooks();
    using Open = Result<std::vector<TaskRecord>>;
    m_context.control.ask<Open>([](cluster::Control &control) { return control.openJobs(); }, this, [this](Open open) {
        if (!open) {
            qCCritical(jobLog, "%s", open.error().message.c_str());
            return;
        }
        for (TaskRecord &task : *open)
            enqueue(std::move(task));
    });
}

void JobRunner::readWebhooks()
{
    using Webhooks = cluster::Control::Webhooks;
    m_context.control.ask<Webhooks>([](cluster::Control &control) { return control.webhooks(); }, this,
        [this](Webhooks webhooks) { m_webhooks->setWebhooks(std::move(webhooks)); });
}

void JobRunner::taskChanged(const std::shared_ptr<const TaskRecord> &task)
{
    if (protocol::isFinished(task->status))
        m_webhooks->taskEnded(*task);
    if (!cluster::isJob(task->kind))
        return;
    if (task->status == TaskStatus::Enqueued) {
        enqueue(*task);
        return;
    }
    if (task->status != TaskStatus::Canceled)
        return;
    std::erase_if(m_waiting, [&task](const TaskRecord &waiting) { return waiting.uid == task->uid; });
    if (m_busy && m_task.uid == task->uid && m_job) {
        m_job->cancel();
        over();
    }
}

void JobRunner::enqueue(TaskRecord task)
{
    // At the start a task may come twice: as an open one and as a new one.
    const bool known = (m_busy && m_task.uid == task.uid)
        || std::any_of(m_waiting.begin(), m_waiting.end(),
            [&task](const TaskRecord &waiting) { return waiting.uid == task.uid; });
    if (known)
        return;
    m_waiting.push_back(std::move(task));
    next();
}

void JobRunner::next()
{
    if (m_busy || m_waiting.empty())
        return;
    m_busy = true;
    m_task = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_task.status = TaskStatus::Processing;
    m_task.startedAtNs = m_services.clock->utcNs();
    using Saved = Result<bool>;
    m_context.control.ask<Saved>([task = m_task](cluster::Control &control) { return control.saveJob(task); }, this,
        [this, run = m_run](Saved saved) {
            if (!saved)
                qCCritical(jobLog, "%s", saved.error().message.c_str());
            if (run != m_run)
                return;
            if (saved && *saved)
                carryOut();
            else
                over(); // cancelled before it began
        });
}

void JobRunner::carryOut()
{
    const auto whenEnded = [this](const std::optional<protocol::ApiError> &error) { ended(error); };
    switch (m_task.kind) {
    case TaskKind::Export:
        m_job = std::make_unique<ExportJob>(m_context, m_task, whenEnded);
        break;
    case TaskKind::IndexCompaction:
        m_job = std::make_unique<CompactJob>(m_context, m_task, whenEnded);
        break;
    default:
        m_job = std::make_unique<DumpJob>(m_context, m_task, whenEnded);
    }
    m_job->start();
}

void JobRunner::ended(const std::optional<protocol::ApiError> &error)
{
    m_task.finishedAtNs = m_services.clock->utcNs();
    m_task.status = error ? TaskStatus::Failed : TaskStatus::Succeeded;
    if (error)
        m_task.error = protocol::TaskError::from(*error);
    using Saved = Result<bool>;
    m_context.control.ask<Saved>([task = m_task](cluster::Control &control) { return control.saveJob(task); }, this,
        [this, run = m_run](Saved saved) {
            if (!saved)
                qCCritical(jobLog, "%s", saved.error().message.c_str());
            if (run == m_run)
                over();
        });
}

void JobRunner::over()
{
    ++m_run;
    // Not here and now: the job itself may be what calls.
    m_context.later(0, [this, job = std::shared_ptr<Job>(std::move(m_job))] {
        m_busy = false;
        next();
    });
}

Jobs::Jobs(JobServices services)
{
    m_thread.setObjectName(QStringLiteral("jobs"));
    auto *runner = new JobRunner(std::move(services));
    runner->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::started, runner, &JobRunner::start);
    QObject::connect(&m_thread, &QThread::finished, runner, &QObject::deleteLater);
    m_thread.start();
}

Jobs::~Jobs()
{
    m_thread.quit();
    m_thread.wait();
}

} // namespace miroir::jobs
