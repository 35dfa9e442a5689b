// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/LogTargets.h"

#include <QByteArray>
#include <QLoggingCategory>
#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace miroir {

/// One reader of the log. Threads that log never wait for it: what does not fit into its queue is left out and counted.
class LogTap
{
public:
    enum class Form : std::uint8_t { Human, Json };
    static constexpr std::size_t queueBytes = 256'000;

    LogTap(LogTargets targets, Form form) : m_targets(std::move(targets)), m_form(form) { }
    /// wake is called in the thread of the context, from its event loop, when there is something to take. Without a
    /// context (before the object that was given dies) nothing is called.
    void attach(QObject *context, std::function<void()> wake);

    struct Taken {
        QByteArray lines;
        bool ended = false; ///< nothing will come any more
    };
    [[nodiscard]] Taken take();

    [[nodiscard]] bool wants(std::string_view category, LogLevel level) const
    {
        return m_targets.enabled(category, level);
    }
    void add(std::string_view category, LogLevel level, const QString &message);
    void end();

private:
    void wakeLocked();

    const LogTargets m_targets;
    const Form m_form;
    std::mutex m_mutex; // for what follows
    QByteArray m_lines;
    std::uint64_t m_leftOut = 0;
    bool m_ended = false;
    bool m_woken = false;
    QObject *m_context = nullptr;
    std::function<void()> m_wake;
};

/// Stands between the logging of Qt and what it is written to, from its first use to the end of the process. Lines of
/// our own categories (`miroir.*`) go to standard error, as before or by targets, and to one tap. Any thread.
class LogHub
{
public:
    static LogHub &instance();

    /// Which of our lines are written to standard error from now on.
    void setStderr(LogTargets targets);
    /// The tap, or nullptr while somebody has it.
    [[nodiscard]] std::shared_ptr<LogTap> open(LogTargets targets, LogTap::Form form);
    /// Ends the tap; the other form only if it is still that one.
    void close();
    void close(const std::shared_ptr<LogTap> &tap);

private:
    LogHub();
    static void filter(QLoggingCategory *category);
    static void handle(QtMsgType type, const QMessageLogContext &context, const QString &message);
    void apply();
    void judge(QLoggingCategory &category);
    [[nodiscard]] bool toStderr(const std::string &category, QtMsgType type) const;

    mutable std::mutex m_mutex;
    std::optional<LogTargets> m_stderr; // none: as Qt decides
    std::map<std::string, unsigned, std::less<>> m_byQt; // category to the types that Qt lets through, as bits
    std::shared_ptr<LogTap> m_tap;
    const QtMessageHandler m_next;
    QLoggingCategory::CategoryFilter m_nextFilter = nullptr;
};

} // namespace miroir
