// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"
#include "api/LogReader.h"

#include "base/LogHub.h"
#include "protocol/LogsRequest.h"

/// The log of the orchestrator, for one client at a time. The logs of nodes are theirs.
namespace miroir::api {

using protocol::Action;

namespace {

bool isOn(const ExchangePtr &exchange)
{
    const auto on = protocol::checkFeature(exchange->view->features, protocol::Feature::LogsRoute);
    if (!on)
        exchange->refuse(on.error());
    return on.ok();
}

void stream(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto request = protocol::parseLogsStream(body->root());
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    if (!isOn(exchange))
        return;
    if (request->profile) {
        exchange->refuse(protocol::apiError("bad_request",
            "Invalid value at `.mode`: an orchestrator keeps no trace that could be profiled, use `human` or `json`"));
        return;
    }
    auto tap = LogHub::instance().open(
        std::move(request->targets), request->json ? LogTap::Form::Json : LogTap::Form::Human);
    if (tap == nullptr) {
        exchange->refuse(protocol::apiError(
            "bad_request", "The `/logs/stream` route is currently in use by someone else."));
        return;
    }
    if (exchange->measured)
        exchange->measured->answered(200);
    http::StreamKind kind;
    kind.contentType = "application/octet-stream";
    kind.fields = {{"x-accel-buffering", "no"}};
    kind.pings = false;
    new LogReader(std::move(tap), exchange->responder.stream(kind), front.context);
}

void endStream(FrontContext &, ExchangePtr exchange)
{
    if (!isOn(exchange))
        return;
    LogHub::instance().close();
    exchange->send(204, {});
}

void setStderr(FrontContext &, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto targets = protocol::parseLogsStderr(body->root());
    if (!targets) {
        exchange->refuse(targets.error());
        return;
    }
    if (!isOn(exchange))
        return;
    LogHub::instance().setStderr(std::move(*targets));
    exchange->send(204, {});
}

} // namespace

void addLogRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("POST", "/logs/stream", {key, Action::MetricsGet, stream});
    routes.add("DELETE", "/logs/stream", {key, Action::MetricsGet, endStream});
    routes.add("POST", "/logs/stderr", {key, Action::MetricsGet, setStderr});
}

} // namespace miroir::api
