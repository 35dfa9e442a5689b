// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/LogHub.h"

#include "base/Bytes.h"
#include "base/Clock.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMetaObject>

#include <array>

namespace miroir {

namespace {

constexpr std::string_view ours = "miroir";
constexpr std::array<QtMsgType, 4> types {QtDebugMsg, QtInfoMsg, QtWarningMsg, QtCriticalMsg};

LogLevel levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return LogLevel::Debug;
    case QtInfoMsg:
        return LogLevel::Info;
    case QtWarningMsg:
        return LogLevel::Warn;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return LogLevel::Error;
}

unsigned bit(QtMsgType type) { return 1U << static_cast<unsigned>(type); }

/// "2026-03-01T10:00:00.123456Z"
QByteArray timestamp()
{
    const std::int64_t us = SystemClock().utcNs() / 1000;
    const QDateTime second = QDateTime::fromSecsSinceEpoch(us / 1'000'000, Qt::UTC);
    return second.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss")).toLatin1() + '.'
        + QByteArray::number(us % 1'000'000).rightJustified(6, '0') + 'Z';
}

/// A string of JSON. base/ stands below json/.
QByteArray quoted(const QString &text)
{
    QByteArray object = QJsonDocument(QJsonObject {{QStringLiteral("a"), text}}).toJson(QJsonDocument::Compact);
    return object.mid(5, object.size() - 6);
}

QByteArray lineOf(LogTap::Form form, std::string_view category, LogLevel level, const QString &message)
{
    const QByteArray name = logLevelName(level);
    if (form == LogTap::Form::Human)
        return timestamp() + ' ' + name.rightJustified(5) + ' ' + toBytes(category) + ": " + message.toUtf8() + '\n';
    return "{\"timestamp\":\"" + timestamp() + "\",\"level\":\"" + name + "\",\"fields\":{\"message\":"
        + quoted(message) + "},\"target\":" + quoted(toQString(category)) + "}\n";
}

} // namespace

void LogTap::attach(QObject *context, std::function<void()> wake)
{
    const std::lock_guard lock(m_mutex);
    m_context = context;
    m_wake = std::move(wake);
    if (!m_lines.isEmpty() || m_ended)
        wakeLocked();
}

void LogTap::wakeLocked()
{
    if (m_context == nullptr || m_woken)
        return;
    m_woken = true;
    QMetaObject::invokeMethod(m_context, m_wake, Qt::QueuedConnection);
}

void LogTap::add(std::string_view category, LogLevel level, const QString &message)
{
    const QByteArray line = lineOf(m_form, category, level, message);
    const std::lock_guard lock(m_mutex);
    if (static_cast<std::size_t>(m_lines.size() + line.size()) > queueBytes)
        ++m_leftOut;
    else
        m_lines += line;
    wakeLocked();
}

void LogTap::end()
{
    const std::lock_guard lock(m_mutex);
    m_ended = true;
    wakeLocked();
}

LogTap::Taken LogTap::take()
{
    const std::lock_guard lock(m_mutex);
    m_woken = false;
    if (m_leftOut > 0) {
        m_lines += lineOf(m_form, "miroir.log", LogLevel::Warn,
            QStringLiteral("%1 lines are left out here: the reader is too slow").arg(m_leftOut));
        m_leftOut = 0;
    }
    return {std::exchange(m_lines, {}), m_ended};
}

LogHub &LogHub::instance()
{
    static LogHub *const hub = new LogHub; // never deleted: threads may log while the process ends
    return *hub;
}

LogHub::LogHub() : m_next(qInstallMessageHandler(&LogHub::handle)) { }

void LogHub::setStderr(LogTargets targets)
{
    {
        const std::lock_guard lock(m_mutex);
        m_stderr = std::move(targets);
    }
    apply();
}

std::shared_ptr<LogTap> LogHub::open(LogTargets targets, LogTap::Form form)
{
    std::shared_ptr<LogTap> tap;
    {
        const std::lock_guard lock(m_mutex);
        if (m_tap != nullptr)
            return nullptr;
        m_tap = tap = std::make_shared<LogTap>(std::move(targets), form);
    }
    apply();
    return tap;
}

void LogHub::close()
{
    std::shared_ptr<LogTap> tap;
    {
        const std::lock_guard lock(m_mutex);
        tap = std::exchange(m_tap, nullptr);
    }
    if (tap == nullptr)
        return;
    tap->end();
    apply();
}

void LogHub::close(const std::shared_ptr<LogTap> &tap)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_tap != tap)
            return;
        m_tap.reset();
    }
    apply();
}

/// Without our lock: Qt holds its own while it calls the filter, and takes it first whenever a category appears.
void LogHub::apply()
{
    const QLoggingCategory::CategoryFilter before = QLoggingCategory::installFilter(&LogHub::filter);
    if (before == &LogHub::filter)
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_nextFilter = before;
    }
    QLoggingCategory::installFilter(&LogHub::filter); // judges all anew, now that the one before is known
}

void LogHub::filter(QLoggingCategory *category) { instance().judge(*category); }

void LogHub::judge(QLoggingCategory &category)
{
    const std::string name = category.categoryName();
    const std::lock_guard lock(m_mutex);
    if (m_nextFilter == nullptr)
        return;
    m_nextFilter(&category);
    if (!name.starts_with(ours))
        return;
    unsigned &byQt = m_byQt[name];
    byQt = 0;
    for (const QtMsgType type : types)
        byQt |= category.isEnabled(type) ? bit(type) : 0U;
    for (const QtMsgType type : types)
        category.setEnabled(type, toStderr(name, type) || (m_tap != nullptr && m_tap->wants(name, levelOf(type))));
}

bool LogHub::toStderr(const std::string &category, QtMsgType type) const
{
    if (m_stderr)
        return m_stderr->enabled(category, levelOf(type));
    const auto byQt = m_byQt.find(category);
    return byQt == m_byQt.end() || (byQt->second & bit(type)) != 0;
}

void LogHub::handle(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    LogHub &hub = instance();
    const std::string category = context.category != nullptr ? context.category : "default";
    std::shared_ptr<LogTap> tap;
    bool shown = true;
    {
        const std::lock_guard lock(hub.m_mutex);
        tap = hub.m_tap;
        if (category.starts_with(ours) && type != QtFatalMsg)
            shown = hub.toStderr(category, type);
    }
    if (tap != nullptr && tap->wants(category, levelOf(type)))
        tap->add(category, levelOf(type), message);
    if (shown)
        hub.m_next(type, context, message);
}

} // namespace miroir
