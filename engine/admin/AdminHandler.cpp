// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/AdminHandler.h"

#include "base/Bytes.h"
#include "protocol/Error.h"
#include "protocol/IndexRequests.h"
#include "protocol/Key.h"
#include "protocol/KeyDigest.h"
#include "protocol/Query.h"

#include <algorithm>
#include <span>

namespace miroir::admin {

namespace {

constexpr int clusterDelayMs = 100; ///< changes that come together are told once
constexpr int pingIntervalMs = 10'000;
constexpr std::uint32_t tasksMax = 1000;
constexpr const char *shardsParameters[] = {"index"};
constexpr const char *tasksParameters[] = {"limit"};

void sendJson(const http::Responder &responder, int status, QByteArray body)
{
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    responder.send(std::move(response));
}

void refuse(const http::Responder &responder, const protocol::ApiError &error)
{
    sendJson(responder, error.httpStatus(), error.toJson());
}

using Parameters = std::map<std::string, std::string>;

/// The parameters of a request whose route takes those; anything else is refused, so that a misspelt one is not
/// overlooked.
protocol::ApiResult<Parameters> parametersOf(const http::Request &request, std::span<const char *const> accepted)
{
    Parameters found;
    for (const auto &[name, value] : http::parseQuery(sv(request.query))) {
        const auto known = std::find_if(
            accepted.begin(), accepted.end(), [&name = name](const char *each) { return name == each; });
        if (known == accepted.end() && accepted.empty())
            return protocol::refuse("bad_request", "Unknown parameter `" + name + "`: this route takes none");
        if (known == accepted.end())
            return protocol::unknownParam(name, accepted, "bad_request");
        if (!found.emplace(name, value).second)
            return protocol::refuse("bad_request", "Parameter `" + name + "` is given twice");
    }
    return found;
}

protocol::ApiResult<std::uint32_t> limitOf(const Parameters &parameters)
{
    std::uint32_t limit = protocol::TaskQuery {}.limit;
    const auto given = parameters.find("limit");
    if (given == parameters.end())
        return limit;
    if (const auto read = protocol::readParam(limit, given->second, "limit", "invalid_task_limit"); !read)
        return read.err();
    if (limit > tasksMax)
        return protocol::invalidParam(
            "expected at most " + std::to_string(tasksMax) + ", but found `" + given->second + '`', "limit",
            "invalid_task_limit");
    return limit;
}

} // namespace

AdminHandler::AdminHandler(AdminServices services) : m_services(std::move(services)), m_link(m_services.control)
{
    m_routes.add("GET", "/_miroir/cluster", {&AdminHandler::cluster, {}});
    m_routes.add("GET", "/_miroir/nodes", {&AdminHandler::nodes, {}});
    m_routes.add("GET", "/_miroir/shards", {&AdminHandler::shards, shardsParameters});
    m_routes.add("GET", "/_miroir/indexes", {&AdminHandler::indexes, {}});
    m_routes.add("GET", "/_miroir/tasks", {&AdminHandler::tasks, tasksParameters});
    m_routes.add("GET", "/_miroir/events", {&AdminHandler::events, {}});
    m_routes.add("GET", "/_miroir/access", {&AdminHandler::access, {}});
    m_clusterTimer.setSingleShot(true);
    m_clusterTimer.setInterval(clusterDelayMs);
    connect(&m_clusterTimer, &QTimer::timeout, this, &AdminHandler::sendCluster);
    m_pingTimer.setInterval(pingIntervalMs);
    connect(&m_pingTimer, &QTimer::timeout, this, [this] { broadcast("ping", "{}"); });
    m_pingTimer.start();
    // The handler lives in a front thread: these arrive through its event loop.
    connect(m_services.control, &cluster::Control::viewChanged, this, [this] {
        if (!m_sinks.empty() && !m_clusterTimer.isActive())
            m_clusterTimer.start();
    });
    connect(m_services.control, &cluster::Control::taskChanged, this, &AdminHandler::sendTask);
}

bool AdminHandler::authorised(const http::Request &request) const
{
    const QByteArray field = request.field("authorization");
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view text = sv(field);
    return text.starts_with(scheme)
        && protocol::equalInConstantTime(text.substr(scheme.size()), sv(m_services.key));
}

void AdminHandler::handle(http::Request request, http::Responder responder)
{
    if (!authorised(request)) {
        const bool missing = request.field("authorization").isNull();
        refuse(responder,
            missing ? protocol::apiError("missing_authorization_header",
                "The Authorization header is missing. It must use the bearer authorization method.")
                    : protocol::apiError("invalid_api_key", "The provided admin key is invalid."));
        return;
    }
    const auto match = m_routes.find(sv(request.method), sv(request.path));
    if (match.kind != http::RouteKind::Found) {
        http::Response response;
        response.status = match.kind == http::RouteKind::NotFound ? 404 : 405;
        response.contentType.clear();
        responder.send(std::move(response));
        return;
    }
    auto parameters = parametersOf(request, match.target->parameters);
    if (!parameters) {
        refuse(responder, parameters.error());
        return;
    }
    (this->*match.target->run)(
        std::make_shared<Exchange>(Exchange {std::move(request), std::move(responder), std::move(*parameters)}));
}

void AdminHandler::report(std::function<QByteArray(const Report &)> render, std::function<void(QByteArray)> done)
{
    m_link.ask<QByteArray>(
        [views = m_services.views, local = m_services.local, render = std::move(render)](
            cluster::Control &control) { return render(makeReport(control, views->get(), local)); },
        this, std::move(done));
}

void AdminHandler::answerReport(
    const std::shared_ptr<Exchange> &exchange, std::function<QByteArray(const Report &)> render)
{
    report(std::move(render), [exchange](QByteArray body) { sendJson(exchange->responder, 200, std::move(body)); });
}

void AdminHandler::cluster(std::shared_ptr<Exchange> exchange)
{
    answerReport(exchange, clusterJson);
}

void AdminHandler::nodes(std::shared_ptr<Exchange> exchange)
{
    sendJson(exchange->responder, 200, nodesJson(*m_services.views->get()));
}

void AdminHandler::shards(std::shared_ptr<Exchange> exchange)
{
    const auto given = exchange->parameters.find("index");
    const std::string uid = given == exchange->parameters.end() ? std::string() : given->second;
    const auto valid = protocol::checkIndexUid(uid);
    if (given != exchange->parameters.end() && !valid) {
        refuse(exchange->responder, valid.error());
        return;
    }
    if (!uid.empty() && m_services.views->get()->index(uid) == nullptr) {
        refuse(exchange->responder, protocol::apiError("index_not_found", "Index `" + uid + "` not found."));
        return;
    }
    answerReport(exchange, [uid](const Report &report) { return shardsJson(report, uid); });
}

void AdminHandler::indexes(std::shared_ptr<Exchange> exchange)
{
    answerReport(exchange, indexesJson);
}

void AdminHandler::tasks(std::shared_ptr<Exchange> exchange)
{
    const auto limit = limitOf(exchange->parameters);
    if (!limit) {
        refuse(exchange->responder, limit.error());
        return;
    }
    protocol::TaskQuery query;
    query.limit = *limit;
    m_link.ask<Result<QByteArray>>(
        [query, views = m_services.views](cluster::Control &control) -> Result<QByteArray> {
            const auto list = control.tasks(query, {});
            if (!list)
                return list.err();
            json::Writer out;
            out.beginObject().key("tasks").beginArray();
            for (const protocol::TaskRecord &task : list->tasks)
                out.raw(sv(taskJson(task, pendingOf(control, *views->get(), task))));
            return out.endArray().endObject().take();
        },
        this, [exchange](Result<QByteArray> body) {
            if (body)
                sendJson(exchange->responder, 200, std::move(*body));
            else
                refuse(exchange->responder, protocol::apiError("internal", body.error().message));
        });
}

void AdminHandler::events(std::shared_ptr<Exchange> exchange)
{
    m_sinks.push_back(exchange->responder.stream());
    sendCluster();
}

void AdminHandler::access(std::shared_ptr<Exchange> exchange)
{
    const auto view = m_services.views->get();
    json::Writer out;
    out.beginObject().key("apiKey");
    const auto admin = std::find_if(view->keys.begin(), view->keys.end(), [](const protocol::ApiKey &key) {
        return std::find(key.actions.begin(), key.actions.end(), protocol::Action::All) != key.actions.end()
            && key.allIndexes() && !key.expiresAtNs;
    });
    if (view->masterKey.empty() || admin == view->keys.end())
        out.null();
    else
        out.string(protocol::keyValue(view->masterKey, admin->uid));
    sendJson(exchange->responder, 200, out.endObject().take());
}

void AdminHandler::sendCluster()
{
    report(clusterJson, [this](const QByteArray &body) { broadcast("cluster", body); });
}

void AdminHandler::sendTask(const std::shared_ptr<const protocol::TaskRecord> &task)
{
    if (m_sinks.empty())
        return;
    m_link.ask<QByteArray>(
        [task, views = m_services.views](
            cluster::Control &control) { return taskJson(*task, pendingOf(control, *views->get(), *task)); },
        this, [this](const QByteArray &body) { broadcast("task", body); });
}

void AdminHandler::broadcast(const QByteArray &event, const QByteArray &data)
{
    std::erase_if(m_sinks, [&](const auto &sink) { return !sink->open() || !sink->send(event, data); });
}

} // namespace miroir::admin
