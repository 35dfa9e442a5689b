// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace miroir::placement {

/// A share of replicas as an exact fraction, so that rounding is the same everywhere.
struct Share {
    std::uint64_t numerator = 0;
    std::uint64_t denominator = 1;
    [[nodiscard]] unsigned floor() const { return static_cast<unsigned>(numerator / denominator); }
    [[nodiscard]] unsigned ceil() const
    {
        return static_cast<unsigned>((numerator + denominator - 1) / denominator);
    }
    [[nodiscard]] double value() const
    {
        return static_cast<double>(numerator) / static_cast<double>(denominator);
    }
};

struct ShareNode {
    std::uint32_t weight = 1;
    std::size_t zone = 0; ///< index, dense from 0
};

/// How many replicas of one shard a zone may hold: the fewest with which all replicas find a place.
[[nodiscard]] unsigned zoneCapacity(const std::vector<ShareNode> &nodes, unsigned replicationFactor);

/// Replicas by weight (64 * replicationFactor in sum), where no node gets more than 64 and no zone more than 64
/// times its capacity; what they cannot take goes to the others by weight (progressive filling, as max-min
/// fairness is computed: D. Bertsekas, R. Gallager, "Data Networks", 1992, 6.5.2). Needs at least
/// replicationFactor nodes.
[[nodiscard]] std::vector<Share> fairShares(
    const std::vector<ShareNode> &nodes, unsigned replicationFactor, unsigned capacity);

} // namespace miroir::placement
