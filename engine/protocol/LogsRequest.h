// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/LogTargets.h"
#include "json/Json.h"
#include "protocol/Error.h"

/// POST /logs/stream and /logs/stderr. Pure.
namespace miroir::protocol {

struct LogsStream {
    LogTargets targets;
    bool json = false; ///< else for people
    bool profile = false; ///< a trace for a profiler
};
ApiResult<LogsStream> parseLogsStream(const json::Value &body);
ApiResult<LogTargets> parseLogsStderr(const json::Value &body);

} // namespace miroir::protocol
