// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/KeyAuth.h"

#include "protocol/KeyDigest.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

Err<ApiError> missingHeader()
{
    return refuse("missing_authorization_header",
        "The Authorization header is missing. It must use the bearer authorization method.");
}

bool isKeysAction(Action action)
{
    return action == Action::KeysGet || action == Action::KeysCreate || action == Action::KeysUpdate
        || action == Action::KeysDelete;
}

/// ["a", "b"] with the escapes that such lists show.
std::string quotedList(const std::vector<std::string> &items)
{
    std::string out = "[";
    for (const std::string &item : items) {
        if (out.size() > 1)
            out += ", ";
        out += '"';
        for (const char c : item) {
            constexpr std::string_view special = "\"\\\n\r\t";
            constexpr std::string_view letters = "\"\\nrt";
            const std::size_t place = special.find(c);
            if (place == std::string_view::npos)
                out += c;
            else
                out += {'\\', letters[place]};
        }
        out += '"';
    }
    return out + "]";
}

std::vector<std::string> sorted(std::vector<std::string> list)
{
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

/// The token behind "Bearer ", or the refusal of another kind of header.
ApiResult<std::string_view> bearerToken(std::string_view header)
{
    const bool shown
        = std::all_of(header.begin(), header.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
    const std::size_t space = header.find(' ');
    if (!shown || header.substr(0, space) != "Bearer")
        return missingHeader();
    if (space == std::string_view::npos)
        return Err<ApiError> {invalidApiKey()};
    return header.substr(space + 1);
}

Err<ApiError> indexRefusal(const AuthScope &scope, std::string_view index)
{
    const std::string name = "`" + std::string(index) + "`";
    if (scope.tenant && !scope.tenant->allowsIndex(index)) {
        return refuse("invalid_api_key",
            "The provided tenant token cannot acces the index " + name + ", allowed indexes are "
                + quotedList(scope.tenant->list()) + ".");
    }
    // what the key behind a token allows is not public
    if (scope.tenant) {
        return refuse(
            "invalid_api_key", "The API key used to generate this tenant token cannot acces the index " + name + ".");
    }
    return refuse("invalid_api_key",
        "The API key cannot acces the index " + name + ", authorized indexes are "
            + quotedList(sorted(scope.keyIndexes)) + ".");
}

} // namespace

ApiError invalidApiKey() { return apiError("invalid_api_key", "The provided API key is invalid."); }

bool AuthScope::allIndexes() const
{
    const bool byKey = everything || std::find(keyIndexes.begin(), keyIndexes.end(), "*") != keyIndexes.end();
    return byKey && (!tenant || tenant->allIndexes());
}

bool AuthScope::allowsIndex(std::string_view uid) const
{
    const bool byKey = everything
        || std::any_of(keyIndexes.begin(), keyIndexes.end(),
            [&](const std::string &pattern) { return indexPatternMatches(pattern, uid); });
    return byKey && (!tenant || tenant->allowsIndex(uid));
}

std::optional<std::string> AuthScope::tenantFilter(std::string_view uid) const
{
    return tenant && allowsIndex(uid) ? tenant->filterFor(uid) : std::nullopt;
}

bool keyAllows(const ApiKey &key, Action action, std::optional<std::string_view> indexUid, std::int64_t nowNs)
{
    const bool may = std::any_of(
        key.actions.begin(), key.actions.end(), [action](Action granted) { return actionCovers(granted, action); });
    if (!may || key.expired(nowNs))
        return false;
    if (key.allIndexes())
        return true;
    if (indexUid)
        return key.allowsIndex(*indexUid);
    return routeSortsOutIndexes(action) && !key.indexes.empty();
}

const ApiKey *keyByValue(const std::vector<ApiKey> &keys, std::string_view token, std::string_view masterKey)
{
    const ApiKey *found = nullptr;
    for (const ApiKey &key : keys) {
        if (isKeyValue(token, masterKey, key.uid))
            found = &key;
    }
    return found;
}

ApiResult<AuthScope> authorise(const AuthRequest &request, const KeyByUid &byUid, const KeyByToken &byToken)
{
    std::optional<std::string_view> token;
    if (request.authorization) {
        const auto bearer = bearerToken(*request.authorization);
        if (!bearer)
            return bearer.err();
        token = *bearer;
    }
    AuthScope scope;
    scope.everything = true;
    if (request.masterKey.empty()) {
        if (!isKeysAction(request.action))
            return scope;
        return refuse("missing_master_key",
            "Meilisearch is running without a master key. To access this API endpoint, you "
            "must have set a master key at launch.");
    }
    if (!token)
        return missingHeader();
    if (equalInConstantTime(*token, request.masterKey))
        return scope;

    scope.everything = false;
    const ApiKey *key = nullptr;
    if (request.action == Action::Search || request.action == Action::ChatCompletions) {
        const auto valueOf = [&](std::string_view uid) { return keyValue(request.masterKey, uid); };
        TokenResult tenant = verifyTenantToken(*token, valueOf, request.nowNs);
        if (tenant.verdict == TokenVerdict::Refused)
            return refuse("invalid_api_key", std::move(tenant.message));
        if (tenant.verdict == TokenVerdict::Valid) {
            key = byUid(tenant.token.apiKeyUid);
            if (key == nullptr)
                return Err<ApiError> {invalidApiKey()};
            scope.tenant = std::move(tenant.token.rules);
        }
    }
    if (!scope.tenant)
        key = byToken(*token);
    if (key == nullptr)
        return Err<ApiError> {invalidApiKey()};
    scope.keyUid = key->uid;
    scope.keyIndexes = key->indexes;
    scope.mayCreateIndexes = keyAllows(*key, Action::IndexesCreate, std::nullopt, request.nowNs);
    if (request.indexUid && !scope.allowsIndex(*request.indexUid))
        return indexRefusal(scope, *request.indexUid);
    if (!keyAllows(*key, request.action, request.indexUid, request.nowNs))
        return Err<ApiError> {invalidApiKey()};
    return scope;
}

} // namespace miroir::protocol
