// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/TenantToken.h"

#include "base/Bytes.h"
#include "protocol/Key.h"
#include "protocol/TenantTokenParts.h"

#include <algorithm>

namespace miroir::protocol {

using namespace tokenparts;

namespace {

TokenResult undecodable(const std::string &why)
{
    return {TokenVerdict::Refused, "Could not decode tenant token, " + why + ".", {}};
}

} // namespace

bool TenantRules::allowsIndex(std::string_view uid) const
{
    return std::any_of(
        patterns.begin(), patterns.end(), [&](const auto &entry) { return indexPatternMatches(entry.first, uid); });
}

std::optional<std::string> TenantRules::filterFor(std::string_view uid) const
{
    const std::string *best = nullptr;
    const std::optional<std::string> *filter = nullptr;
    const auto rank = [](const std::string &pattern) { return std::pair(!pattern.ends_with('*'), pattern.size()); };
    for (const auto &[pattern, rule] : patterns) {
        if (!indexPatternMatches(pattern, uid) || (best != nullptr && rank(pattern) < rank(*best)))
            continue;
        best = &pattern;
        filter = &rule;
    }
    return filter == nullptr ? std::nullopt : *filter;
}

std::vector<std::string> TenantRules::list() const
{
    std::vector<std::string> names;
    for (const auto &[pattern, rule] : patterns)
        names.push_back(pattern);
    return names;
}

TokenResult verifyTenantToken(
    std::string_view token, const std::function<std::string(std::string_view uid)> &keyValueOf, std::int64_t nowNs)
{
    const std::size_t last = token.rfind('.');
    const std::size_t middle = last == std::string_view::npos || last == 0 ? last : token.rfind('.', last - 1);
    if (last == std::string_view::npos || last == 0 || middle == std::string_view::npos)
        return {};
    const std::string_view message = token.substr(0, last);

    const auto headerText = decodeBase64Url(token.substr(0, middle));
    if (!headerText)
        return undecodable(headerText.error());
    const auto algorithm = readHeader(*headerText);
    if (!algorithm)
        return undecodable(algorithm.error());
    const auto claimsText = decodeBase64Url(token.substr(middle + 1, last - middle - 1));
    if (!claimsText)
        return undecodable(claimsText.error());
    auto claims = readClaims(*claimsText);
    if (!claims)
        return undecodable(claims.error());

    const std::string key = keyValueOf(claims->token.apiKeyUid);
    if (key.empty())
        return {};
    if (!*algorithm)
        return undecodable("InvalidAlgorithm");
    const auto signature = decodeBase64Url(token.substr(last + 1));
    if (!signature)
        return undecodable(signature.error());
    if (!equalInConstantTime(*signature, sv(hmac(**algorithm, key, message))))
        return undecodable("InvalidSignature");
    if (claims->hasAudience)
        return undecodable("InvalidAudience");

    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t now = nowNs / second;
    const auto exp = claims->token.expSeconds;
    if (exp && now > *exp) {
        return {TokenVerdict::Refused,
            "Tenant token expired. Was valid up to `" + std::to_string(*exp) + "` and we're now `"
                + std::to_string(now) + "`.",
            {}};
    }
    return {TokenVerdict::Valid, {}, std::move(claims->token)};
}

std::string makeTenantToken(std::string_view claimsJson, std::string_view signingKey, std::string_view algorithm)
{
    HashKind kind = HashKind::Sha256;
    if (algorithm == "HS384")
        kind = HashKind::Sha384;
    else if (algorithm == "HS512")
        kind = HashKind::Sha512;
    const std::string header = R"({"typ":"JWT","alg":")" + std::string(algorithm) + "\"}";
    const std::string message = toBase64Url(header) + "." + toBase64Url(claimsJson);
    return message + "." + toBase64Url(sv(hmac(kind, signingKey, message)));
}

} // namespace miroir::protocol
