// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Clock.h"
#include "cluster/Control.h"
#include "node/OutsideClient.h"
#include "protocol/Task.h"
#include "read/Search.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace miroir::jobs {

/// What jobs work with; all of it belongs to the job thread.
struct JobContext {
    std::shared_ptr<read::ViewHolder> views {};
    cluster::ControlLink control;
    const Clock *clock = nullptr;
    node::Transport *transport = nullptr; ///< to nodes
    node::OutsideClient *outside = nullptr;
    QObject *context = nullptr; ///< lives as long as the jobs
    int nodeTimeoutMs = 5000;
    QString dumpDir {};

    /// A read of that physical index in the newest view; nothing when the index is gone.
    [[nodiscard]] std::optional<read::ReadContext> reading(const std::string &physical) const;
    /// Runs `what` after that time, unless the jobs have ended by then.
    void later(int ms, std::function<void()> what) const;
};

/// One task that is carried out beside the log. Job thread; made, started once, and deleted after `ended` was called.
class Job
{
public:
    /// nothing: it succeeded. The task's details are final then.
    using Ended = std::function<void(std::optional<protocol::ApiError>)>;
    Job(const JobContext &context, protocol::TaskRecord &task, Ended ended)
        : m_context(context), m_task(task), m_ended(std::move(ended))
    {
    }
    virtual ~Job() { *m_alive = false; }
    virtual void start() = 0;
    /// The task was cancelled: nothing more is sent, and `ended` is not called.
    void cancel() { *m_alive = false; }

protected:
    void end(std::optional<protocol::ApiError> error);
    /// A callback that does nothing once the job is over: answers may come later.
    template <typename Function>
    auto guarded(Function function)
    {
        return [alive = m_alive, function = std::move(function)](auto &&...arguments) mutable {
            if (*alive)
                function(std::forward<decltype(arguments)>(arguments)...);
        };
    }

    const JobContext &m_context;
    protocol::TaskRecord &m_task;

private:
    Ended m_ended;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace miroir::jobs
