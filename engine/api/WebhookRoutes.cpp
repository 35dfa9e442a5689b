// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "protocol/Webhook.h"

#include <QUuid>

namespace miroir::api {

using protocol::Action;
using protocol::ApiResult;
using Webhooks = cluster::Control::Webhooks;

namespace {

/// Answers with what `work` makes of the webhooks in the control thread.
void answerWith(FrontContext &front, const ExchangePtr &exchange, int status,
    std::function<ApiResult<QByteArray>(cluster::Control &)> work)
{
    using Answer = ApiResult<QByteArray>;
    front.services.control.ask<Answer>(std::move(work), front.context, [exchange, status](Answer answer) {
        if (answer)
            exchange->send(status, std::move(*answer));
        else
            exchange->refuse(answer.error());
    });
}

/// The {uuid} of the path, or nothing after the refusal has been sent.
std::optional<std::string> uuidOrRefuse(const ExchangePtr &exchange)
{
    auto uuid = protocol::parseWebhookUuid(exchange->params["uuid"]);
    if (uuid)
        return std::move(*uuid);
    exchange->refuse(uuid.error());
    return std::nullopt;
}

std::optional<protocol::WebhookChange> changeOrRefuse(const ExchangePtr &exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return std::nullopt;
    }
    auto change = protocol::parseWebhookChange(body->root());
    if (change)
        return std::move(*change);
    exchange->refuse(change.error());
    return std::nullopt;
}

void listWebhooks(FrontContext &front, ExchangePtr exchange)
{
    answerWith(front, exchange, 200,
        [](cluster::Control &control) { return protocol::webhooksToJson(control.webhooks()); });
}

void getWebhook(FrontContext &front, ExchangePtr exchange)
{
    const auto uuid = uuidOrRefuse(exchange);
    if (!uuid)
        return;
    answerWith(front, exchange, 200, [uuid = *uuid](cluster::Control &control) -> ApiResult<QByteArray> {
        const auto found = control.webhooks().find(uuid);
        if (found == control.webhooks().end())
            return Err {protocol::webhookNotFound(uuid)};
        return protocol::webhookToJson(found->second);
    });
}

void createWebhook(FrontContext &front, ExchangePtr exchange)
{
    const auto change = changeOrRefuse(exchange);
    if (!change)
        return;
    answerWith(front, exchange, 201, [change = *change](cluster::Control &control) -> ApiResult<QByteArray> {
        QByteArray json;
        const auto done = control.changeWebhooks([&](Webhooks &all) -> protocol::ApiStatus {
            const std::string uuid = QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
            auto made = protocol::createWebhook(change, uuid, all.size());
            if (!made)
                return made.err();
            json = protocol::webhookToJson(*made);
            all.emplace(uuid, std::move(*made));
            return Done {};
        });
        if (!done)
            return done.err();
        return json;
    });
}

void patchWebhook(FrontContext &front, ExchangePtr exchange)
{
    const auto change = changeOrRefuse(exchange);
    if (!change)
        return;
    const auto uuid = uuidOrRefuse(exchange);
    if (!uuid)
        return;
    answerWith(front, exchange, 200,
        [change = *change, uuid = *uuid](cluster::Control &control) -> ApiResult<QByteArray> {
            QByteArray json;
            const auto done = control.changeWebhooks([&](Webhooks &all) -> protocol::ApiStatus {
                const auto found = all.find(uuid);
                if (found == all.end())
                    return Err {uuid == protocol::nilUuid ? protocol::immutableWebhook(uuid)
                                                          : protocol::webhookNotFound(uuid)};
                auto changed = protocol::patchWebhook(found->second, change);
                if (!changed)
                    return changed.err();
                json = protocol::webhookToJson(*changed);
                found->second = std::move(*changed);
                return Done {};
            });
            if (!done)
                return done.err();
            return json;
        });
}

void deleteWebhook(FrontContext &front, ExchangePtr exchange)
{
    const auto uuid = uuidOrRefuse(exchange);
    if (!uuid)
        return;
    answerWith(front, exchange, 204, [uuid = *uuid](cluster::Control &control) -> ApiResult<QByteArray> {
        const auto done = control.changeWebhooks([&uuid](Webhooks &all) -> protocol::ApiStatus {
            if (uuid == protocol::nilUuid)
                return Err {protocol::immutableWebhook(uuid)};
            if (all.erase(uuid) == 0)
                return Err {protocol::webhookNotFound(uuid)};
            return Done {};
        });
        if (!done)
            return done.err();
        return QByteArray();
    });
}

} // namespace

void addWebhookRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("GET", "/webhooks", {key, Action::WebhooksGet, listWebhooks});
    routes.add("POST", "/webhooks", {key, Action::WebhooksCreate, createWebhook});
    routes.add("GET", "/webhooks/{uuid}", {key, Action::WebhooksGet, getWebhook});
    routes.add("PATCH", "/webhooks/{uuid}", {key, Action::WebhooksUpdate, patchWebhook});
    routes.add("DELETE", "/webhooks/{uuid}", {key, Action::WebhooksDelete, deleteWebhook});
}

} // namespace miroir::api
