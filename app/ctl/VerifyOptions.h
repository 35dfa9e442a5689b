// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QStringList>
#include <QUrl>

namespace miroir::ctl {

/// Arguments of `miroir-ctl verify`, with the keys that flags, files or the environment give.
struct VerifyOptions {
    QUrl cluster, reference;
    QByteArray clusterKey, referenceKey; ///< of the Meilisearch API; empty: none is sent
    QString requests; ///< file of recorded requests, "-" for the standard input; empty: random ones
    QStringList indexes; ///< empty: all
    std::uint64_t seed = 1;
    std::uint64_t count = 200;
    bool load = false;
    bool json = false;
    bool verbose = false;

    static Result<VerifyOptions> parse(const QStringList &words);
    static std::string help();
};

} // namespace miroir::ctl
