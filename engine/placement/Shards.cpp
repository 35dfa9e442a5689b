// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement/Shards.h"

#include "base/Bytes.h"

#include <xxhash.h>

namespace miroir::placement {

namespace {

constexpr int orderDigits = 16;

char digitChar(std::uint64_t digit)
{
    return digitAlphabet[static_cast<std::size_t>(digit & 7U)];
}

std::string digitsOf(std::uint64_t value, int count)
{
    std::string text(static_cast<std::size_t>(count), digitAlphabet.front());
    for (auto place = text.rbegin(); place != text.rend(); ++place, value >>= 3U)
        *place = digitChar(value);
    return text;
}

std::optional<std::uint64_t> numberOf(std::string_view digits)
{
    std::uint64_t value = 0;
    for (const char c : digits) {
        const std::size_t digit = digitAlphabet.find(c);
        if (digit == std::string_view::npos)
            return std::nullopt;
        value = value << 3U | digit;
    }
    return value;
}

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace

std::uint64_t idHash(std::string_view canonicalId)
{
    return XXH3_64bits(canonicalId.data(), canonicalId.size());
}

ShardId shardOf(std::string_view canonicalId)
{
    return {bucketOf(canonicalId, 2).value};
}

Bucket bucketOf(std::string_view canonicalId, int digits)
{
    MIROIR_ASSERT(digits >= 2 && digits <= 4);
    return {digits, static_cast<std::uint16_t>(idHash(canonicalId) >> (64U - 3U * static_cast<unsigned>(digits)))};
}

std::string bucketTag(Bucket bucket)
{
    MIROIR_ASSERT(bucket.digits >= 2 && bucket.digits <= 4);
    MIROIR_ASSERT(bucket.value < 1U << (3U * static_cast<unsigned>(bucket.digits)));
    return digitsOf(bucket.value, bucket.digits);
}

std::optional<Bucket> parseTag(std::string_view tag)
{
    if (tag.size() < 2 || tag.size() > 4)
        return std::nullopt;
    const auto value = numberOf(tag);
    if (!value)
        return std::nullopt;
    return Bucket {static_cast<int>(tag.size()), static_cast<std::uint16_t>(*value)};
}

std::array<std::string, 3> shardTags(std::uint64_t hash)
{
    const std::string finest = bucketTag({4, static_cast<std::uint16_t>(hash >> 52U)});
    return {finest.substr(0, 2), finest.substr(0, 3), finest};
}

std::array<std::string, 3> shardTags(std::string_view canonicalId)
{
    return shardTags(idHash(canonicalId));
}

std::string orderString(std::uint64_t order)
{
    MIROIR_ASSERT(order < orderLimit);
    return digitsOf(order, orderDigits);
}

std::optional<std::uint64_t> parseOrderString(std::string_view text)
{
    return text.size() == orderDigits ? numberOf(text) : std::nullopt;
}

std::string hiddenMembers(std::string_view canonicalId, std::uint64_t order)
{
    return hiddenMembers(idHash(canonicalId), order);
}

std::string hiddenMembers(std::uint64_t hash, std::uint64_t order)
{
    const auto tags = shardTags(hash);
    std::string out;
    out.reserve(80);
    out += '"';
    out += shardField;
    out += "\":[\"" + tags[0] + "\",\"" + tags[1] + "\",\"" + tags[2] + "\"],\"";
    out += orderField;
    out += "\":\"" + orderString(order) + '"';
    return out;
}

Status<> appendTagged(QByteArray &out, std::string_view object, std::string_view canonicalId, std::uint64_t order)
{
    return appendTagged(out, object, idHash(canonicalId), order);
}

Status<> appendTagged(QByteArray &out, std::string_view object, std::uint64_t hash, std::uint64_t order)
{
    object = trimmed(object);
    if (object.size() < 2 || object.front() != '{' || object.back() != '}')
        return fail("the document is not a JSON object");
    const std::string_view inside = trimmed(object.substr(1, object.size() - 2));
    const std::string members = hiddenMembers(hash, order);
    out += '{';
    if (!inside.empty()) {
        out.append(inside.data(), static_cast<qsizetype>(inside.size()));
        out += ',';
    }
    out.append(members.data(), static_cast<qsizetype>(members.size()));
    out += '}';
    return Done {};
}

} // namespace miroir::placement
