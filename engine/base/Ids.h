// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace miroir {

/// A number with a meaning: no arithmetic by accident, no mixing of kinds.
template <typename Tag, typename Number>
struct StrongId {
    Number value = 0;
    auto operator<=>(const StrongId &) const = default;
};

using ShardId = StrongId<struct ShardTag, std::uint16_t>; ///< 0 .. shardCount-1
using TaskUid = StrongId<struct TaskTag, std::uint32_t>; ///< client-visible task number
using Epoch = StrongId<struct EpochTag, std::uint64_t>; ///< version of the shard map, from 1
using LogOffset = StrongId<struct OffsetTag, std::uint64_t>; ///< position in the operation log, from 1; 0 = before all
using NodeId = std::string; ///< as in the configuration, [A-Za-z0-9._-]{1,64}

} // namespace miroir
