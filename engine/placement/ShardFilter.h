// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement/Shards.h"

#include <vector>

namespace miroir::placement {

/// The fewest buckets that name the same part of the hash space: covered ones are dropped, eight brothers
/// become their parent (never coarser than a shard). Sorted by place.
[[nodiscard]] std::vector<Bucket> simplify(std::vector<Bucket> buckets);

/// Filter expression for a node: `_miroir_shard IN ["!!","!("]`. Plain text: quote it when it goes into JSON.
/// An empty set gives a filter that no document passes.
[[nodiscard]] std::string shardFilter(const ShardSet &shards);
[[nodiscard]] std::string shardFilter(const std::vector<Bucket> &buckets);

} // namespace miroir::placement
