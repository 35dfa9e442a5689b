// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Reading.h"
#include "api/StatsGather.h"

#include "base/Bytes.h"
#include "protocol/Features.h"
#include "protocol/IndexRequests.h"
#include "protocol/Stats.h"

namespace miroir::api {

using protocol::Action;

namespace {

void health(FrontContext &, ExchangePtr exchange)
{
    exchange->send(200, protocol::healthToJson());
}

void root(FrontContext &, ExchangePtr exchange)
{
    exchange->send(200, R"({"status":"Meilisearch is running"})");
}

void version(FrontContext &, ExchangePtr exchange)
{
    protocol::VersionInfo info;
    for (const read::NodeView &node : exchange->view->nodes) {
        if (!node.version.empty())
            info.pkgVersion = node.version;
    }
    exchange->send(200, protocol::versionToJson(info));
}

void stats(FrontContext &front, ExchangePtr exchange)
{
    const auto query = protocol::StatsQuery::parse(sv(exchange->request.query));
    if (!query) {
        exchange->refuse(query.error());
        return;
    }
    std::vector<std::string> uids;
    for (const auto &[uid, index] : exchange->view->indexes) {
        if (exchange->scope.allowsIndex(uid))
            uids.push_back(uid);
    }
    gatherStats(front, exchange, {std::move(uids), query->showInternalDatabaseSizes},
        [exchange, query = *query](protocol::ApiResult<protocol::GlobalStats> stats) {
            if (stats)
                exchange->send(200, protocol::globalStatsToJson(*stats, query));
            else
                exchange->refuse(stats.error());
        });
}

void indexStats(FrontContext &front, ExchangePtr exchange)
{
    const auto query = protocol::StatsQuery::parse(sv(exchange->request.query));
    if (!query) {
        exchange->refuse(query.error());
        return;
    }
    if (exchange->indexOrRefuse() == nullptr)
        return;
    gatherStats(front, exchange, {{exchange->uid()}, query->showInternalDatabaseSizes},
        [exchange, query = *query](protocol::ApiResult<protocol::GlobalStats> stats) {
            if (stats)
                exchange->send(200, protocol::indexStatsToJson(stats->indexes.at(exchange->uid()), query));
            else
                exchange->refuse(stats.error());
        });
}

void getFeatures(FrontContext &, ExchangePtr exchange)
{
    exchange->send(200, protocol::featuresToJson(exchange->view->features));
}

} // namespace

void addSystemRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("GET", "/", {Route::Access::Open, Action::All, root});
    routes.add("GET", "/health", {Route::Access::Open, Action::All, health});
    routes.add("GET", "/version", {key, Action::Version, version});
    routes.add("GET", "/stats", {key, Action::StatsGet, stats});
    routes.add("GET", "/indexes/{uid}/stats", {key, Action::StatsGet, indexStats});
    routes.add("GET", "/experimental-features", {key, Action::ExperimentalGet, getFeatures});
}

} // namespace miroir::api
