// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/LogReader.h"

#include <QTimer>

namespace miroir::api {

namespace {
constexpr int lookAfterClientMs = 200; ///< a quiet log tells nobody that its reader has gone
} // namespace

LogReader::LogReader(std::shared_ptr<LogTap> tap, std::shared_ptr<http::EventSink> sink, QObject *parent)
    : QObject(parent), m_tap(std::move(tap)), m_sink(std::move(sink))
{
    auto *timer = new QTimer(this);
    timer->callOnTimeout(this, &LogReader::carry);
    timer->start(lookAfterClientMs);
    m_tap->attach(this, [this] { carry(); });
}

LogReader::~LogReader()
{
    m_tap->attach(nullptr, {});
    LogHub::instance().close(m_tap);
}

void LogReader::carry()
{
    const LogTap::Taken taken = m_tap->take();
    if (!taken.lines.isEmpty())
        m_sink->write(taken.lines);
    if (taken.ended)
        m_sink->close();
    if (m_sink->open())
        return;
    LogHub::instance().close(m_tap); // at once: the next reader may be asking
    deleteLater();
}

} // namespace miroir::api
