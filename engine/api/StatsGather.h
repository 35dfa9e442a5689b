// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/Exchange.h"
#include "protocol/Stats.h"

#include <functional>
#include <string>
#include <vector>

namespace miroir::api {

struct StatsWanted {
    std::vector<std::string> uids;
    bool internalDatabaseSizes = false; ///< nodes are asked for them, too
};

/// Statistics of these indexes as one index would show them: documents counted once whatever the replicas, hidden
/// fields left out. Field counts are exact when some nodes hold every document once between them (a zone) or when all
/// nodes answer; otherwise what a missing node said last stands for it, and the sum is scaled by the exact number of
/// documents.
void gatherStats(FrontContext &front, const ExchangePtr &exchange, StatsWanted wanted,
    std::function<void(protocol::ApiResult<protocol::GlobalStats>)> done);

} // namespace miroir::api
