// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace miroir::localnode {

/// The command line of miroir-node: that of `meilisearch`, as far as it concerns this node. Flags win over the
/// environment (MEILI_HTTP_ADDR, MEILI_DB_PATH, MEILI_MASTER_KEY, MEILI_ENV).
struct NodeArguments {
    QString host = QStringLiteral("localhost");
    quint16 port = 7700; ///< 0: a free one
    QString dbPath = QStringLiteral("./data.ms");
    QString masterKey;
    bool production = false;
    bool help = false;
    bool version = false;
    QStringList notes; ///< flags that were ignored, one sentence each

    /// `arguments` without the program's name. The failure is a usage error.
    static Result<NodeArguments> parse(const QStringList &arguments, const QProcessEnvironment &environment);
    static QString helpText();
};

} // namespace miroir::localnode
