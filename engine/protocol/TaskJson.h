// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Task.h"

/// Pieces of tasks as JSON, shared with batches. For this module only.
namespace miroir::protocol::taskjson {

void writeTime(json::Writer &out, const std::optional<std::int64_t> &ns); ///< RFC 3339 or null
/// ISO 8601 between two times, or null.
void writeDuration(
    json::Writer &out, const std::optional<std::int64_t> &fromNs, const std::optional<std::int64_t> &toNs);
/// {results,total,limit,from,next} of ready objects.
QByteArray list(const std::vector<QByteArray> &results, std::uint64_t total, std::uint32_t limit,
    std::optional<std::uint32_t> from, std::optional<std::uint32_t> next);

} // namespace miroir::protocol::taskjson
