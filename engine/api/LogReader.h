// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "base/LogHub.h"
#include "http/Http.h"

#include <memory>

namespace miroir::api {

/// Carries the lines of a tap to one client, and gives the tap back when the client is gone or the tap has ended; then
/// it deletes itself. The front's thread.
class LogReader : public QObject
{
public:
    LogReader(std::shared_ptr<LogTap> tap, std::shared_ptr<http::EventSink> sink, QObject *parent);
    ~LogReader() override;

private:
    void carry();

    std::shared_ptr<LogTap> m_tap;
    std::shared_ptr<http::EventSink> m_sink;
};

} // namespace miroir::api
