// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Reading.h"

#include "protocol/KeyAuth.h"
#include "protocol/MultiSearchRequest.h"
#include "read/MultiSearch.h"

namespace miroir::api {

using protocol::MultiSearchRequest;

namespace {

/// The first query of an index that the key must not search, if any.
std::optional<std::size_t> forbiddenQuery(const Exchange &exchange, const MultiSearchRequest &request)
{
    for (std::size_t i = 0; i < request.queries.size(); ++i) {
        if (!exchange.scope.allowsIndex(request.queries[i].indexUid))
            return i;
    }
    return std::nullopt;
}

void multiSearch(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto request = protocol::parseMultiSearchBody(body->root());
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    if (const auto forbidden = forbiddenQuery(*exchange, *request)) {
        exchange->refuse(protocol::insideQuery(protocol::invalidApiKey(), *forbidden));
        return;
    }
    read::MultiSearchOptions options;
    options.tenantFilter = [exchange](std::string_view uid) { return exchange->scope.tenantFilter(uid); };
    options.requestUid = freshRequestUid(*front.services.clock);
    options.metadata = metadataWanted(exchange);
    options.freshUid = [clock = front.services.clock] { return freshRequestUid(*clock); };
    const read::ReadContext context = readContext(front, exchange, nullptr);
    if (request->federation) {
        read::federatedSearch(context, *request, options, answerWith(exchange));
        return;
    }
    auto shared = std::make_shared<const MultiSearchRequest>(std::move(*request));
    read::multiSearch(context, shared, options, answerWith(exchange));
}

} // namespace

void addMultiSearchRoutes(Routes &routes)
{
    routes.add("POST", "/multi-search", {Route::Access::Key, protocol::Action::Search, multiSearch});
}

} // namespace miroir::api
