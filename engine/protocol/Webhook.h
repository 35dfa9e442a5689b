// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SettingsPatch.h"
#include "json/Json.h"

#include <map>

/// Webhooks. Pure.
namespace miroir::protocol {

inline constexpr std::size_t webhookLimit = 20;
inline constexpr std::size_t webhookHeaderLimit = 200;
inline constexpr std::string_view nilUuid = "00000000-0000-0000-0000-000000000000"; ///< the one of the command line

struct Webhook
{
    std::string uuid;
    std::string url;
    std::map<std::string, std::string> headers;
    bool operator==(const Webhook &) const = default;
};

/// What POST and PATCH bodies say.
struct WebhookChange
{
    Change<std::string> url;
    Change<std::map<std::string, std::optional<std::string>>> headers; ///< nullopt removes a header
};
ApiResult<WebhookChange> parseWebhookChange(const json::Value &body);
/// POST: `existing` is the number there is already.
ApiResult<Webhook> createWebhook(const WebhookChange &change, std::string freshUuid, std::size_t existing);
/// PATCH.
ApiResult<Webhook> patchWebhook(const Webhook &before, const WebhookChange &change);
/// {uuid} of a path: hyphenated lower case, or invalid_webhook_uuid.
ApiResult<std::string> parseWebhookUuid(std::string_view pathPart);
ApiError webhookNotFound(std::string_view uuid);
ApiError immutableWebhook(std::string_view uuid);

QByteArray webhookToJson(const Webhook &webhook); ///< authorization headers masked
QByteArray webhooksToJson(const std::map<std::string, Webhook> &byUuid);
QByteArray webhookToText(const Webhook &webhook); ///< for the store, secrets included
Result<Webhook> webhookFromText(const QByteArray &text);

} // namespace miroir::protocol
