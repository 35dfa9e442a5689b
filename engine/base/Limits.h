// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit on input from outside, in one place.
namespace miroir::limits {

inline constexpr std::size_t requestLineBytes = 16 * 1024;
inline constexpr std::size_t headBytes = 64 * 1024;
inline constexpr int headFields = 100;
inline constexpr std::size_t bodyBytes = 100'000'000; ///< raw and decoded, as a Meilisearch node
inline constexpr int headTimeoutMs = 10'000;
inline constexpr int idleTimeoutMs = 75'000;
inline constexpr int bodyMinBytesPerSecond = 1024;
inline constexpr int bodyGraceMs = 10'000; ///< before the minimum rate is asked for
inline constexpr int connections = 2048;
inline constexpr int jsonDepth = 128; ///< as serde_json
inline constexpr std::size_t indexUidBytes = 400;
inline constexpr std::size_t documentIdBytes = 511;
inline constexpr std::size_t nodeAnswerBytes = 256'000'000; ///< a larger answer of a node is refused

} // namespace miroir::limits
