// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Tenant tokens: JWT with HS256, HS384 or HS512, signed with the value of an API key. Pure.
namespace miroir::protocol {

/// What a token allows: index patterns, each with an optional filter (JSON text of a string or array).
struct TenantRules
{
    bool isMap = false; ///< written as a map; a list has no filters
    std::map<std::string, std::optional<std::string>> patterns;
    bool operator==(const TenantRules &) const = default;

    [[nodiscard]] bool allIndexes() const { return patterns.contains("*"); }
    [[nodiscard]] bool allowsIndex(std::string_view uid) const;
    /// Filter of the most specific pattern (exact before prefix, longer before shorter).
    [[nodiscard]] std::optional<std::string> filterFor(std::string_view uid) const;
    [[nodiscard]] std::vector<std::string> list() const; ///< sorted, for error texts
};

struct TenantToken
{
    std::string apiKeyUid; ///< hyphenated, lower case
    TenantRules rules;
    std::optional<std::int64_t> expSeconds;
};

enum class TokenVerdict : unsigned char {
    NotAToken, ///< has no three parts: may still be an API key
    Refused, ///< error says why
    Valid,
};
struct TokenResult
{
    TokenVerdict verdict = TokenVerdict::NotAToken;
    std::string message; ///< of Refused, for invalid_api_key
    TenantToken token; ///< of Valid
};
/// Decodes, verifies the signature with keyValueOf(apiKeyUid) (empty: there is no master key) and the expiry.
TokenResult verifyTenantToken(
    std::string_view token, const std::function<std::string(std::string_view uid)> &keyValueOf, std::int64_t nowNs);

/// Makes a token; for tests and the console. claimsJson is taken as it is. `algorithm`: "HS256", "HS384", "HS512".
std::string makeTenantToken(
    std::string_view claimsJson, std::string_view signingKey, std::string_view algorithm = "HS256");

} // namespace miroir::protocol
