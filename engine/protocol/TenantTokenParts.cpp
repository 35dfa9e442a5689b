// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/TenantTokenParts.h"

#include "base/Bytes.h"
#include "protocol/Deserr.h"
#include "protocol/Key.h"
#include "json/Json.h"

#include <algorithm>
#include <array>

namespace miroir::protocol::tokenparts {

namespace {

constexpr unsigned Invalid = 64;

unsigned sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z')
        return static_cast<unsigned>(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0') + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : Invalid;
}

Err<std::string> badSymbol(std::string_view text, std::size_t at, std::string_view what = "symbol")
{
    return Err<std::string> {"Base64 error: Invalid " + std::string(what) + " "
        + std::to_string(static_cast<unsigned char>(text[at])) + ", offset " + std::to_string(at) + "."};
}

/// The last, maybe incomplete group of four.
Result<std::string, std::string> decodeTail(std::string_view text, std::size_t from)
{
    unsigned bits = 0;
    std::size_t count = 0;
    std::size_t padding = 0;
    std::size_t firstPadding = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '=') {
            if (i - from < 2)
                return badSymbol(text, i);
            firstPadding = padding == 0 ? i : firstPadding;
            ++padding;
            continue;
        }
        if (padding > 0)
            return badSymbol(text, firstPadding);
        if (sextet(text[i]) == Invalid)
            return badSymbol(text, i);
        bits = bits << 6 | sextet(text[i]);
        ++count;
    }
    if (from < text.size() && count < 2)
        return Err<std::string> {"Base64 error: Invalid input length: " + std::to_string(from + count)};
    if (padding > 0)
        return Err<std::string> {"Base64 error: Invalid padding"};
    const std::size_t bytes = count * 6 / 8;
    const unsigned spare = static_cast<unsigned>(count * 6 - bytes * 8);
    if ((bits & ((1U << spare) - 1)) != 0)
        return badSymbol(text, from + count - 1, "last symbol");
    bits >>= spare;
    std::string out(bytes, '\0');
    for (std::size_t i = bytes; i > 0; --i, bits >>= 8)
        out[i - 1] = static_cast<char>(bits & 0xFFU);
    return out;
}

/// Where serde_json stands when it notices an error.
std::string positioned(std::string_view text, std::size_t offset, const std::string &reason)
{
    const std::string_view before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
    return "JSON error: " + reason + " at line " + std::to_string(line) + " column " + std::to_string(column);
}

std::size_t endOf(const json::Value &v) { return v.offset() + v.raw().size(); }

/// An error that a whole value gave is noticed behind the space after it, or behind the closing brace.
std::size_t afterValue(std::string_view text, const json::Value &v)
{
    std::size_t at = endOf(v);
    while (at < text.size() && std::string_view(" \n\t\r").find(text[at]) != std::string_view::npos)
        ++at;
    return at < text.size() && text[at] == '}' ? at + 1 : at;
}

std::string describe(const json::Value &v)
{
    switch (v.kind()) {
    case json::Kind::Null:
        return "null";
    case json::Kind::Bool:
        return "boolean `" + std::string(v.raw()) + "`";
    case json::Kind::PositiveInteger:
    case json::Kind::NegativeInteger:
        return "integer `" + std::string(v.raw()) + "`";
    case json::Kind::Float:
        return "floating point `" + json::formatDouble(v.toDouble()) + "`";
    case json::Kind::String:
        return "string " + json::quoted(v.toString());
    case json::Kind::Array:
        return "sequence";
    case json::Kind::Object:
        break;
    }
    return "map";
}

Err<std::string> wrongKind(std::string_view text, const json::Value &v, std::string_view expected)
{
    return Err<std::string> {
        positioned(text, endOf(v), "invalid type: " + describe(v) + ", expected " + std::string(expected))};
}

/// A list of patterns, or a map of them to null or {"filter":..}.
std::optional<TenantRules> readRules(const json::Value &v)
{
    TenantRules rules;
    if (v.isArray()) {
        for (const json::Value item : v.items()) {
            if (!item.isString())
                return std::nullopt;
            rules.patterns[item.toString()] = std::nullopt;
        }
        return rules;
    }
    if (!v.isObject())
        return std::nullopt;
    rules.isMap = true;
    for (const auto &[pattern, rule] : uniqueMembers(v)) {
        if (!rule.isNull() && !rule.isObject())
            return std::nullopt;
        const json::Value filter = rule.find("filter");
        rules.patterns[pattern]
            = filter.exists() && !filter.isNull() ? std::optional(json::compact(filter)) : std::nullopt;
    }
    return rules;
}

bool isAudience(const json::Value &v)
{
    if (v.isString())
        return true;
    if (!v.isArray())
        return false;
    for (const json::Value item : v.items()) {
        if (!item.isString())
            return false;
    }
    return true;
}

} // namespace

Result<std::string, std::string> decodeBase64Url(std::string_view text)
{
    if (text.size() % 4 == 1 && text.back() != '=' && sextet(text.back()) == Invalid)
        return badSymbol(text, text.size() - 1);
    const std::size_t rest = text.size() % 4;
    const std::size_t whole = text.size() - (rest > 0 ? rest : std::min<std::size_t>(4, text.size()));
    std::string out;
    out.reserve(text.size() / 4 * 3 + 3);
    for (std::size_t i = 0; i < whole; i += 4) {
        unsigned bits = 0;
        for (std::size_t k = i; k < i + 4; ++k) {
            if (sextet(text[k]) == Invalid)
                return badSymbol(text, k);
            bits = bits << 6 | sextet(text[k]);
        }
        for (const unsigned shift : {16U, 8U, 0U})
            out.push_back(static_cast<char>(bits >> shift & 0xFFU));
    }
    auto tail = decodeTail(text, whole);
    if (!tail)
        return tail;
    return out + *tail;
}

Result<std::optional<HashKind>, std::string> readHeader(std::string_view json)
{
    static constexpr std::array<const char *, 12> algorithms {
        "HS256", "HS384", "HS512", "ES256", "ES384", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"};
    // of these a node knows the shape itself
    static constexpr std::array<std::string_view, 3> structured {"jwk", "x5c", "crit"};
    const auto doc = json::Document::parse(json);
    if (!doc)
        return Err<std::string> {"JSON error: " + doc.error().message()};
    const json::Value root = doc->root();
    if (!root.isObject())
        return wrongKind(json, root, "struct Header");
    std::optional<std::size_t> algorithm;
    for (const json::Member &member : root.members()) {
        const std::string name = member.key();
        if (name == "alg") {
            if (!member.value.isString())
                return wrongKind(json, member.value, "variant identifier");
            const std::string text = member.value.toString();
            const auto found
                = std::find_if(algorithms.begin(), algorithms.end(), [&](const char *a) { return text == a; });
            if (found == algorithms.end()) {
                return Err<std::string> {positioned(json, endOf(member.value),
                    "unknown variant `" + text + "`, expected one of "
                        + listInBackticks(std::span<const char *const>(algorithms)))};
            }
            algorithm = static_cast<std::size_t>(found - algorithms.begin());
        } else if (!member.value.isString() && !member.value.isNull()
            && std::find(structured.begin(), structured.end(), name) == structured.end()) {
            return wrongKind(json, member.value, "a string");
        }
    }
    if (!algorithm)
        return Err<std::string> {positioned(json, endOf(root), "missing field `alg`")};
    if (*algorithm > static_cast<std::size_t>(HashKind::Sha512))
        return std::optional<HashKind> {};
    return std::optional(static_cast<HashKind>(*algorithm));
}

Result<Claims, std::string> readClaims(std::string_view json)
{
    const auto doc = json::Document::parse(json);
    if (!doc)
        return Err<std::string> {"JSON error: " + doc.error().message()};
    const json::Value root = doc->root();
    if (!root.isObject())
        return wrongKind(json, root, "struct Claims");
    Claims claims;
    bool rules = false;
    bool exp = false;
    for (const json::Member &member : root.members()) {
        const std::string name = member.key();
        const json::Value &v = member.value;
        const bool again = (name == "searchRules" && rules) || (name == "exp" && exp)
            || (name == "apiKeyUid" && !claims.token.apiKeyUid.empty());
        if (again)
            return Err<std::string> {positioned(json, endOf(member.name), "duplicate field `" + name + "`")};
        if (name == "searchRules") {
            auto read = readRules(v);
            if (!read) {
                return Err<std::string> {positioned(
                    json, afterValue(json, v), "data did not match any variant of untagged enum SearchRules")};
            }
            claims.token.rules = std::move(*read);
            rules = true;
        } else if (name == "exp") {
            exp = true;
            claims.token.expSeconds = v.toI64();
            if (v.isInteger() && !claims.token.expSeconds) {
                return Err<std::string> {
                    positioned(json, endOf(v), "invalid value: " + describe(v) + ", expected i64")};
            }
            if (!v.isInteger() && !v.isNull())
                return wrongKind(json, v, "i64");
        } else if (name == "apiKeyUid") {
            if (!v.isString())
                return wrongKind(json, v, "a formatted UUID string");
            auto uid = parseUuid(v.toString());
            if (!uid)
                return Err<std::string> {positioned(json, endOf(v), "UUID parsing failed: " + uid.error())};
            claims.token.apiKeyUid = std::move(uid).value();
        } else if (name == "aud") {
            claims.hasAudience = isAudience(v);
        }
    }
    if (!rules)
        return Err<std::string> {positioned(json, endOf(root), "missing field `searchRules`")};
    if (claims.token.apiKeyUid.empty())
        return Err<std::string> {positioned(json, endOf(root), "missing field `apiKeyUid`")};
    return claims;
}

} // namespace miroir::protocol::tokenparts
