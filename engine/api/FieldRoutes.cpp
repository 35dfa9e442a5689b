// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Reading.h"

#include "placement/Shards.h"
#include "protocol/FieldsRequest.h"
#include "read/Scatter.h"

#include <set>

/// POST /indexes/{uid}/fields: the fields that any document of the cluster has, seen by the logical settings.
namespace miroir::api {

using protocol::Action;

namespace {

/// More than a node has fields.
constexpr int everyField = 100'000;

void fields(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const auto request = protocol::parseFieldsRequest(body->root());
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    const read::IndexView *index = exchange->indexOrRefuse();
    if (index == nullptr)
        return;
    read::ScatterRequest scatter;
    scatter.view = exchange->view;
    scatter.index = index;
    scatter.route = "/fields";
    scatter.nodeTimeoutMs = front.services.nodeTimeoutMs;
    scatter.body = [](const std::string &) { // a node knows the fields of all it holds, whatever its shards
        return QByteArray("{\"limit\":" + QByteArray::number(everyField) + '}');
    };
    read::Scatter::run(
        std::move(scatter), front.transport, front.context,
        [exchange, index, request = *request](const read::Scatter::Parts &parts) -> std::optional<std::size_t> {
            std::set<std::string> names;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const json::Value results = parts[i].answer.root()["results"];
                if (!results.isArray())
                    return i;
                for (const json::Value field : results.items()) {
                    std::string name = field["name"].toString();
                    if (!name.starts_with(placement::hiddenPrefix))
                        names.insert(std::move(name));
                }
            }
            exchange->send(200, protocol::fieldsToJson({names.begin(), names.end()}, *index->settings, request));
            return std::nullopt;
        },
        [exchange](const protocol::ApiError &error) { exchange->refuse(error); },
        readContext(front, exchange, index).suspect);
}

} // namespace

void addFieldRoutes(Routes &routes)
{
    routes.add("POST", "/indexes/{uid}/fields", {Route::Access::Key, Action::FieldsPost, fields});
}

} // namespace miroir::api
