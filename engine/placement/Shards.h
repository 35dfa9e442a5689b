// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "base/Result.h"

#include <QByteArray>

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Which shard a document belongs to, and the two hidden fields that say so on a node. Pure; callable from any
/// thread.
///
/// With h = XXH3_64bits(canonical id, no seed) as a number, digit k (k = 0 the first) is bits 63-3k .. 61-3k of
/// h, a number 0..7. The shard is digits 0 and 1, so h >> 58; finer buckets add digit 2 (h >> 55, 512 of them)
/// and digit 3 (h >> 52, 4096). A digit is written as one of `!(),;?[]`, ascending in ASCII: these leave no
/// word in a node's index and need no escape in JSON or in a filter, and strings of equal length sort as their
/// numbers.
namespace miroir::placement {

inline constexpr unsigned shardCount = 64;
inline constexpr std::string_view shardField = "_miroir_shard";
inline constexpr std::string_view orderField = "_miroir_ord";
inline constexpr std::string_view hiddenPrefix = "_miroir_"; ///< reserved in every client input
inline constexpr std::string_view digitAlphabet = "!(),;?[]";

/// A set of shards: bit i stands for ShardId i.
using ShardSet = std::bitset<shardCount>;
[[nodiscard]] inline ShardSet allShards()
{
    return ShardSet().set();
}

/// The part of the hash space whose digits begin with these: digits 2 (a shard), 3 or 4; value < 8^digits.
struct Bucket {
    int digits = 2;
    std::uint16_t value = 0;
    auto operator<=>(const Bucket &) const = default;
};

/// canonicalId: the id as text; 1 and "1" are one id.
[[nodiscard]] std::uint64_t idHash(std::string_view canonicalId);
[[nodiscard]] ShardId shardOf(std::string_view canonicalId);
[[nodiscard]] Bucket bucketOf(std::string_view canonicalId, int digits);

/// "!(" for {2, 1}.
[[nodiscard]] std::string bucketTag(Bucket bucket);
[[nodiscard]] inline std::string shardTag(ShardId shard)
{
    return bucketTag({2, shard.value});
}
/// The inverse; nothing when the text is no tag of two, three or four digits.
[[nodiscard]] std::optional<Bucket> parseTag(std::string_view tag);
/// The values of `_miroir_shard`: prefixes of two, three and four digits.
[[nodiscard]] std::array<std::string, 3> shardTags(std::string_view canonicalId);
[[nodiscard]] std::array<std::string, 3> shardTags(std::uint64_t hash); ///< of idHash

/// Sixteen digits, so 48 bits: order numbers must stay below orderLimit (asserted). Sorts as the number.
inline constexpr std::uint64_t orderLimit = std::uint64_t {1} << 48U;
[[nodiscard]] std::string orderString(std::uint64_t order);
[[nodiscard]] std::optional<std::uint64_t> parseOrderString(std::string_view text);

/// Appends the document with the hidden fields as its last keys: {"id":1} becomes
/// {"id":1,"_miroir_shard":["!!","!!(","!!(;"],"_miroir_ord":"!!!!!!!!!!!!!!!("}. Every other byte stays as it
/// is; space around the object is dropped. `object` must be a valid JSON object, which is checked by its braces
/// only.
Status<> appendTagged(QByteArray &out, std::string_view object, std::string_view canonicalId, std::uint64_t order);
Status<> appendTagged(QByteArray &out, std::string_view object, std::uint64_t hash, std::uint64_t order);
/// The members alone, without a comma in front: "_miroir_shard":[..],"_miroir_ord":"..".
[[nodiscard]] std::string hiddenMembers(std::string_view canonicalId, std::uint64_t order);
[[nodiscard]] std::string hiddenMembers(std::uint64_t hash, std::uint64_t order);

} // namespace miroir::placement
