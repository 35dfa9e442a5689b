// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Webhook.h"

#include "base/Bytes.h"
#include "protocol/Deserr.h"
#include "protocol/Key.h"
#include "protocol/WebhookUrl.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

Err<ApiError> missingUrl(const std::string &uuid)
{
    return refuse("invalid_webhook_url", "The URL for the webhook `" + uuid + "` is missing.");
}

Err<ApiError> tooManyHeaders(const std::string &uuid)
{
    return refuse("invalid_webhook_headers",
        "Too many headers for the webhook `" + uuid
            + "`. Please limit the number of headers to 200. Hint: To remove an already defined header set its "
              "value to `null`");
}

bool isHeaderName(std::string_view name)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    const auto token = [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || marks.find(c) != std::string_view::npos;
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), token);
}

bool isHeaderValue(std::string_view value)
{
    return std::all_of(value.begin(), value.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

ApiStatus check(const Webhook &webhook)
{
    if (webhook.url.empty())
        return missingUrl(webhook.uuid);
    if (webhook.headers.size() > webhookHeaderLimit)
        return tooManyHeaders(webhook.uuid);
    for (const auto &[name, value] : webhook.headers) {
        if (!isHeaderName(name))
            return refuse("invalid_webhook_headers", "Invalid header name `" + name + "`: invalid HTTP header name");
        if (!isHeaderValue(value))
            return refuse(
                "invalid_webhook_headers", "Invalid header value `" + name + "`: failed to parse header value");
    }
    if (const auto problem = urlProblem(webhook.url))
        return refuse("invalid_webhook_url", "Invalid URL `" + webhook.url + "`: " + *problem);
    return Done {};
}

void writeHeaders(json::Writer &out, const Webhook &webhook, bool masked)
{
    constexpr std::string_view bearer = "Bearer ";
    out.beginObject();
    for (const auto &[name, value] : webhook.headers) {
        out.key(name);
        const bool secret
            = masked && toQString(name).compare(QLatin1String("authorization"), Qt::CaseInsensitive) == 0;
        if (!secret)
            out.string(value);
        else if (value.starts_with(bearer))
            out.string(std::string(bearer) + maskedSecret(std::string_view(value).substr(bearer.size())));
        else
            out.string(maskedSecret(value));
    }
    out.endObject();
}

ApiStatus readHeaders(WebhookChange &out, const json::Value &v, const Location &at, std::string_view code)
{
    using Headers = std::map<std::string, std::optional<std::string>>;
    if (v.isNull()) {
        out.headers = Change<Headers>::reset();
        return Done {};
    }
    Headers headers;
    if (auto s = readInto(headers, v, at, code); !s)
        return s;
    out.headers = Change<Headers>::set(std::move(headers));
    return Done {};
}

ApiStatus readUrl(WebhookChange &out, const json::Value &v, const Location &at, std::string_view code)
{
    std::optional<std::string> url;
    if (auto s = readInto(url, v, at, code); !s)
        return s;
    out.url = url ? Change<std::string>::set(std::move(*url)) : Change<std::string>::reset();
    return Done {};
}

} // namespace

ApiResult<WebhookChange> parseWebhookChange(const json::Value &body)
{
    WebhookChange change;
    ObjectRules rules;
    rules.onUnknown
        = [](std::string_view name, const std::vector<const char *> &accepted) -> std::optional<ApiError> {
        const char *const code = name == "uuid" ? "immutable_webhook_uuid"
            : name == "isEditable"              ? "immutable_webhook_is_editable"
                                                : nullptr;
        if (code == nullptr)
            return std::nullopt;
        return apiError(code,
            "Immutable field `" + std::string(name) + "`: expected one of "
                + listInBackticks(std::span<const char *const>(accepted)));
    };
    const ReadJson url = [&](const json::Value &v, const Location &at, std::string_view code) {
        return readUrl(change, v, at, code);
    };
    const ReadJson headers = [&](const json::Value &v, const Location &at, std::string_view code) {
        return readHeaders(change, v, at, code);
    };
    const auto s = readObject(
        body, {}, {{"url", "invalid_webhook_url", url}, {"headers", "invalid_webhook_headers", headers}}, rules);
    if (!s)
        return s.err();
    return change;
}

ApiResult<Webhook> createWebhook(const WebhookChange &change, std::string freshUuid, std::size_t existing)
{
    Webhook webhook;
    webhook.uuid = std::move(freshUuid);
    if (change.headers.isSet() && change.headers.value().size() > webhookHeaderLimit)
        return tooManyHeaders(webhook.uuid);
    if (existing >= webhookLimit) {
        return refuse("invalid_webhooks",
            "Defining too many webhooks would crush the server. Please limit the number of webhooks to 20. You may "
            "use a third-party proxy server to dispatch events to more than 20 endpoints.");
    }
    if (!change.url.isSet())
        return missingUrl(webhook.uuid);
    webhook.url = change.url.value();
    if (change.headers.isSet()) {
        for (const auto &[name, value] : change.headers.value())
            webhook.headers[name] = value.value_or("");
    }
    if (auto s = check(webhook); !s)
        return s.err();
    return webhook;
}

ApiResult<Webhook> patchWebhook(const Webhook &before, const WebhookChange &change)
{
    if (before.uuid == nilUuid)
        return Err<ApiError> {immutableWebhook(before.uuid)};
    Webhook after = before;
    if (change.url.isSet())
        after.url = change.url.value();
    else if (change.url.given())
        return missingUrl(before.uuid);
    if (change.headers.isSet()) {
        for (const auto &[name, value] : change.headers.value()) {
            if (value)
                after.headers[name] = *value;
            else
                after.headers.erase(name);
        }
    } else if (change.headers.given()) {
        after.headers.clear();
    }
    if (auto s = check(after); !s)
        return s.err();
    return after;
}

ApiResult<std::string> parseWebhookUuid(std::string_view pathPart)
{
    auto uuid = parseUuid(pathPart);
    if (!uuid)
        return refuse("invalid_webhook_uuid", "Invalid UUID: " + uuid.error());
    return std::move(uuid).value();
}

ApiError webhookNotFound(std::string_view uuid)
{
    return apiError("webhook_not_found", "Webhook `" + std::string(uuid) + "` not found.");
}

ApiError immutableWebhook(std::string_view uuid)
{
    return apiError("immutable_webhook",
        "Webhook `" + std::string(uuid)
            + "` is immutable. The webhook defined from the command line cannot be modified using the API.");
}

QByteArray webhookToJson(const Webhook &webhook)
{
    json::Writer out;
    out.beginObject();
    out.key("uuid").string(webhook.uuid);
    out.key("isEditable").boolean(webhook.uuid != nilUuid);
    out.key("url").string(webhook.url);
    out.key("headers");
    writeHeaders(out, webhook, true);
    out.endObject();
    return out.take();
}

QByteArray webhooksToJson(const std::map<std::string, Webhook> &byUuid)
{
    json::Writer out;
    out.beginObject().key("results").beginArray();
    for (const auto &[uuid, webhook] : byUuid)
        out.raw(sv(webhookToJson(webhook)));
    out.endArray().endObject();
    return out.take();
}

QByteArray webhookToText(const Webhook &webhook)
{
    json::Writer out;
    out.beginObject();
    out.key("uuid").string(webhook.uuid);
    out.key("url").string(webhook.url);
    out.key("headers");
    writeHeaders(out, webhook, false);
    out.endObject();
    return out.take();
}

Result<Webhook> webhookFromText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    if (!doc)
        return fail("a stored webhook is no JSON: " + doc.error().message());
    const json::Value root = doc->root();
    Webhook webhook {root["uuid"].toString(), root["url"].toString(), {}};
    for (const json::Member &member : root["headers"].members())
        webhook.headers[member.key()] = member.value.toString();
    if (webhook.uuid.empty())
        return fail("a stored webhook has no uuid");
    return webhook;
}

} // namespace miroir::protocol
