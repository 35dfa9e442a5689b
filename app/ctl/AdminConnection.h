// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "json/Json.h"

#include <QByteArray>
#include <QString>
#include <QUrl>

namespace miroir::ctl {

/// Why a command gives no answer, with the exit code that scripts see.
enum ExitCode { Success = 0, Failed = 1, WrongUsage = 2, Unreachable = 3, Refused = 4 };

struct ConnectionError {
    ExitCode code = Failed;
    std::string message;
};

/// Where the engine listens and the key of its admin API: from flags, environment, or the endpoint file that an engine
/// on this machine keeps in its data folder.
struct Endpoint {
    QUrl url;
    QByteArray key;
    /// Empty arguments mean: not given.
    static Result<Endpoint, ConnectionError> find(const QString &url, const QString &keyFile, const QString &dataDir);
};

/// Asks the admin API and waits for the answer, for 10 seconds at most.
Result<json::Document, ConnectionError> ask(const Endpoint &endpoint, const QByteArray &target);

} // namespace miroir::ctl
