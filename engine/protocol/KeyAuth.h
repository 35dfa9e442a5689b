// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Key.h"
#include "protocol/TenantToken.h"

#include <functional>

/// Who may do what: one decision for every request. Pure; keys come from a callback.
namespace miroir::protocol {

/// What an allowed request may touch.
struct AuthScope
{
    bool everything = false; ///< master key, or no master key is set
    std::string keyUid; ///< of the API key (or of the key behind a token); empty with the master key
    std::vector<std::string> keyIndexes; ///< patterns of the key
    std::optional<TenantRules> tenant;
    bool mayCreateIndexes = true;

    [[nodiscard]] bool allIndexes() const;
    [[nodiscard]] bool allowsIndex(std::string_view uid) const;
    [[nodiscard]] bool allowsIndexCreation(std::string_view uid) const
    {
        return mayCreateIndexes && allowsIndex(uid);
    }
    /// The tenant's filter for that index (JSON text), to be joined with AND.
    [[nodiscard]] std::optional<std::string> tenantFilter(std::string_view uid) const;
};

struct AuthRequest
{
    std::string_view masterKey; ///< empty: none is set
    /// The whole Authorization field as sent; nullopt when absent.
    std::optional<std::string_view> authorization;
    Action action = Action::All; ///< a concrete one
    std::optional<std::string_view> indexUid; ///< of the path
    std::int64_t nowNs = 0;
};

/// Finds a key by uid; nullptr when there is none. The pointer is used before the function returns only.
using KeyByUid = std::function<const ApiKey *(std::string_view uid)>;
/// Finds the key whose value is the token. Implement with keyByValue() or an index by value.
using KeyByToken = std::function<const ApiKey *(std::string_view token)>;

/// The scope, or missing_authorization_header (401), missing_master_key (401), invalid_api_key (403) in a node's
/// words.
ApiResult<AuthScope> authorise(const AuthRequest &request, const KeyByUid &byUid, const KeyByToken &byToken);
/// Compares with every key in constant time each.
const ApiKey *keyByValue(const std::vector<ApiKey> &keys, std::string_view token, std::string_view masterKey);
/// May this key do this (kind of action, index, expiry)? Without an index: see routeSortsOutIndexes.
bool keyAllows(const ApiKey &key, Action action, std::optional<std::string_view> indexUid, std::int64_t nowNs);

ApiError invalidApiKey(); ///< "The provided API key is invalid."

} // namespace miroir::protocol
