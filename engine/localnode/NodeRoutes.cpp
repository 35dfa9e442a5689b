// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "protocol/Deserr.h"

namespace miroir::localnode {

using protocol::ApiResult;

NodeRoutes::NodeRoutes(Context context) : m_c(context)
{
    addSystemRoutes();
    addRuleRoutes();
    addIndexRoutes();
    addDocumentRoutes();
    addSettingsRoutes();
    addSearchRoutes();
    addTaskRoutes();
    addKeyRoutes();
}

void NodeRoutes::read(std::string_view method, std::string_view path, Route route)
{
    m_router.add(method, path, {route, Pool::Read});
}

void NodeRoutes::write(std::string_view method, std::string_view path, Route route)
{
    m_router.add(method, path, {route, Pool::Write});
}

NodeRoutes::Match NodeRoutes::find(const http::Request &request) const
{
    return m_router.find(sv(request.method), sv(request.path));
}

http::Response NodeRoutes::run(const http::Request &request, const Match &match)
{
    if (match.kind == http::RouteKind::NotFound)
        return empty(404);
    if (match.kind == http::RouteKind::MethodNotAllowed)
        return empty(405);
    Answer answer = (this->*match.target->route)({request, match.params});
    return answer ? std::move(*answer) : refusal(answer.error());
}

http::Response NodeRoutes::ok(QByteArray json, int status)
{
    http::Response response;
    response.status = status;
    response.body = std::move(json);
    return response;
}

http::Response NodeRoutes::empty(int status)
{
    http::Response response;
    response.status = status;
    response.contentType.clear();
    return response;
}

http::Response NodeRoutes::refusal(const protocol::ApiError &error)
{
    http::Response response = ok(error.toJson(), error.httpStatus());
    if (response.status == 503)
        response.fields.emplace_back("Retry-After", "10");
    return response;
}

NodeRoutes::Answer NodeRoutes::unavailable(std::string_view what)
{
    return protocol::refuse("feature_not_enabled",
                            "The evaluation node miroir-node does not have " + std::string(what)
                                + ". Use Meilisearch for it.");
}

ApiResult<protocol::AuthScope> NodeRoutes::authorise(const Call &call, protocol::Action action) const
{
    std::optional<std::string_view> index;
    if (call.params.has("index_uid"))
        index = uid(call);
    return m_c.keys.authorise(call.request, action, index);
}

ApiResult<IndexEntry> NodeRoutes::index(const std::string &uid) const
{
    if (auto valid = protocol::checkIndexUid(uid); !valid)
        return valid.err();
    std::optional<IndexEntry> entry = m_c.indexes.find(uid);
    if (!entry)
        return Err<protocol::ApiError> {protocol::indexNotFound(uid)};
    return std::move(*entry);
}

ApiResult<json::Document> NodeRoutes::body(const Call &call)
{
    const QByteArray type = call.request.field("content-type");
    return protocol::parseJsonBody(type.isNull() ? std::nullopt : std::optional(sv(type)), call.request.body);
}

NodeRoutes::Answer NodeRoutes::enqueue(protocol::TaskRecord draft, NodeTaskContent content, const QByteArray &payload,
                                       int status)
{
    const auto task = m_c.tasks.enqueue(std::move(draft), std::move(content), payload);
    if (!task)
        return protocol::refuse("internal", task.error().message);
    return ok(protocol::taskSummaryToJson(*task), status);
}

NodeTasks::Visible NodeRoutes::visibleTo(const protocol::AuthScope &scope)
{
    return [scope](const protocol::TaskRecord &task) {
        return protocol::taskVisible(task, scope.allIndexes(),
                                     [&](std::string_view uid) { return scope.allowsIndex(uid); });
    };
}

} // namespace miroir::localnode
