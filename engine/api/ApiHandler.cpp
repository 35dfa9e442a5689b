// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/ApiHandler.h"

#include "base/Bytes.h"

#include <QByteArrayList>
#include <QLoggingCategory>

#include <algorithm>

namespace miroir::api {

namespace {

Q_LOGGING_CATEGORY(requestLog, "miroir.requests", QtInfoMsg)

protocol::ApiResult<protocol::AuthScope> authoriseRoute(
    const Route &route, const Exchange &exchange, const Clock &clock)
{
    const read::ClusterView &view = *exchange.view;
    const QByteArray field = exchange.request.field("authorization");
    protocol::AuthRequest request;
    request.masterKey = view.masterKey;
    if (!field.isNull())
        request.authorization = sv(field);
    request.action = route.action;
    if (exchange.params.has("uid"))
        request.indexUid = exchange.params["uid"];
    request.nowNs = clock.utcNs();
    const auto byUid = [&view](std::string_view uid) -> const protocol::ApiKey * {
        for (const protocol::ApiKey &key : view.keys) {
            if (key.uid == uid)
                return &key;
        }
        return nullptr;
    };
    const auto byToken
        = [&view](std::string_view token) { return protocol::keyByValue(view.keys, token, view.masterKey); };
    auto scope = protocol::authorise(request, byUid, byToken);
    if (!scope || !route.second)
        return scope;
    request.action = *route.second;
    return protocol::authorise(request, byUid, byToken);
}

/// 404, or 405 with the methods that there are; neither has a body.
void sendUnknown(const Exchange &exchange, const std::vector<std::string> &methods)
{
    http::Response response;
    response.status = methods.empty() ? 404 : 405;
    response.contentType.clear();
    QByteArrayList allowed;
    for (const char *method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) { // the order of Meilisearch
        if (std::find(methods.begin(), methods.end(), method) != methods.end())
            allowed.append(method);
    }
    if (!allowed.isEmpty())
        response.fields.emplace_back("allow", allowed.join(", "));
    exchange.responder.send(std::move(response));
}

} // namespace

ApiHandler::ApiHandler(Services services, std::unique_ptr<node::Transport> transport)
    : m_services(std::move(services)), m_transport(std::move(transport))
{
    m_front = {m_services, m_transport.get(), this};
    addSystemRoutes(m_routes);
    addIndexRoutes(m_routes);
    addSettingsRoutes(m_routes);
    addDocumentRoutes(m_routes);
    addSearchRoutes(m_routes);
    addMultiSearchRoutes(m_routes);
    addTaskRoutes(m_routes);
    addKeyRoutes(m_routes);
    addInstanceRoutes(m_routes);
    addRuleRoutes(m_routes);
    addFieldRoutes(m_routes);
    addWebhookRoutes(m_routes);
    addJobRoutes(m_routes);
    addMetricsRoutes(m_routes);
    addRenderRoutes(m_routes);
    addLogRoutes(m_routes);
}

void ApiHandler::handle(http::Request request, http::Responder responder)
{
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    exchange->responder = std::move(responder);
    exchange->view = m_services.views->get();
    // HEAD is no method of any route of Meilisearch: 405
    Routes::Match match = m_routes.find(sv(exchange->request.method), sv(exchange->request.path));
    if (match.kind != http::RouteKind::Found) {
        sendUnknown(*exchange, match.methods);
        return;
    }
    exchange->measured = m_services.metrics->begin(
        sv(exchange->request.method), *match.path, exchange->view->features.has(protocol::Feature::Metrics));
    // The route instead of the path: a key may stand in one.
    qCDebug(requestLog, "%s %s", exchange->request.method.constData(), match.path->c_str());
    exchange->params = std::move(match.params);
    if (match.target->access == Route::Access::Key) {
        auto scope = authoriseRoute(*match.target, *exchange, *m_services.clock);
        if (!scope) {
            exchange->refuse(scope.error());
            return;
        }
        exchange->scope = std::move(*scope);
    }
    match.target->run(m_front, exchange);
}

} // namespace miroir::api
