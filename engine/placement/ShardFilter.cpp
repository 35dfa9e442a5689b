// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/ShardFilter.h"

#include <algorithm>

namespace miroir::placement {

namespace {

constexpr int finestDigits = 4;
constexpr std::size_t finestCount = 4096;

/// First finest bucket and how many of them a bucket covers.
std::pair<std::size_t, std::size_t> span(Bucket bucket)
{
    const unsigned shift = 3U * static_cast<unsigned>(finestDigits - bucket.digits);
    return {static_cast<std::size_t>(bucket.value) << shift, std::size_t {1} << shift};
}

} // namespace

std::vector<Bucket> simplify(std::vector<Bucket> buckets)
{
    std::bitset<finestCount> wanted;
    for (const Bucket bucket : buckets) {
        MIROIR_ASSERT(bucket.digits >= 2 && bucket.digits <= finestDigits);
        const auto [first, count] = span(bucket);
        MIROIR_ASSERT(first + count <= finestCount);
        for (std::size_t i = first; i < first + count; ++i)
            wanted.set(i);
    }
    std::vector<Bucket> fewest;
    const auto full = [&wanted](Bucket bucket) {
        const auto [first, count] = span(bucket);
        for (std::size_t i = first; i < first + count; ++i) {
            if (!wanted.test(i))
                return false;
        }
        return true;
    };
    // take the coarsest bucket that fits at each place
    for (std::size_t at = 0; at < finestCount;) {
        int digits = 2;
        Bucket bucket;
        for (; digits <= finestDigits; ++digits) {
            const unsigned shift = 3U * static_cast<unsigned>(finestDigits - digits);
            bucket = {digits, static_cast<std::uint16_t>(at >> shift)};
            if (span(bucket).first == at && full(bucket))
                break;
        }
        if (digits > finestDigits) {
            ++at;
            continue;
        }
        fewest.push_back(bucket);
        at += span(bucket).second;
    }
    return fewest;
}

std::string shardFilter(const std::vector<Bucket> &buckets)
{
    std::string text(shardField);
    text += " IN [";
    bool first = true;
    for (const Bucket bucket : simplify(buckets)) {
        text += first ? "\"" : ",\"";
        text += bucketTag(bucket);
        text += '"';
        first = false;
    }
    return text += ']';
}

std::string shardFilter(const ShardSet &shards)
{
    std::string text(shardField);
    text.reserve(text.size() + 6 + shards.count() * 5);
    text += " IN [";
    bool first = true;
    for (std::uint16_t s = 0; s < shardCount; ++s) {
        if (!shards.test(s))
            continue;
        text += first ? "\"" : ",\"";
        text += shardTag({s});
        text += '"';
        first = false;
    }
    return text += ']';
}

} // namespace miroir::placement
