// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Reading.h"

#include "base/Bytes.h"
#include "protocol/IndexRequests.h"
#include "protocol/SearchRequest.h"
#include "read/FacetSearch.h"

namespace miroir::api {

using protocol::Action;
using protocol::ApiResult;
using protocol::SearchRequest;
using protocol::SimilarRequest;

namespace {

void runSearch(FrontContext &front, const ExchangePtr &exchange, const SearchRequest &request)
{
    // A node looks at the filter's syntax before it looks for the index.
    const auto filter = protocol::checkSearchFilter(request, exchange->view->features);
    if (!filter) {
        exchange->refuse(filter.error());
        return;
    }
    if (const auto network = protocol::checkUseNetwork(request.useNetwork, exchange->view->features); !network) {
        exchange->refuse(network.error());
        return;
    }
    const read::IndexView *index = exchange->indexOrRefuse();
    if (index == nullptr)
        return;
    read::SearchOptions options;
    options.tenantFilter = exchange->scope.tenantFilter(exchange->uid());
    options.requestUid = freshRequestUid(*front.services.clock);
    options.queryUid = freshRequestUid(*front.services.clock);
    options.metadata = metadataWanted(exchange);
    read::search(readContext(front, exchange, index), request, options, answerWith(exchange));
}

void searchPost(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const ApiResult<SearchRequest> request = protocol::parseSearchBody(body->root());
    if (!request)
        exchange->refuse(request.error());
    else
        runSearch(front, exchange, *request);
}

void searchGet(FrontContext &front, ExchangePtr exchange)
{
    const auto request = protocol::parseSearchQuery(protocol::QueryParams::parse(sv(exchange->request.query)));
    if (!request)
        exchange->refuse(request.error());
    else
        runSearch(front, exchange, *request);
}

void runSimilar(FrontContext &front, const ExchangePtr &exchange, const ApiResult<SimilarRequest> &request)
{
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    if (const read::IndexView *index = exchange->indexOrRefuse()) {
        read::similar(readContext(front, exchange, index), *request, exchange->scope.tenantFilter(exchange->uid()),
            answerWith(exchange));
    }
}

void similarPost(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body)
        exchange->refuse(body.error());
    else
        runSimilar(front, exchange, protocol::parseSimilarBody(body->root()));
}

void similarGet(FrontContext &front, ExchangePtr exchange)
{
    runSimilar(
        front, exchange, protocol::parseSimilarQuery(protocol::QueryParams::parse(sv(exchange->request.query))));
}

void facetSearch(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    const ApiResult<protocol::FacetSearchRequest> request = protocol::parseFacetSearchBody(body->root());
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    if (const auto valid = protocol::checkIndexUid(exchange->uid()); !valid) {
        exchange->refuse(valid.error());
        return;
    }
    const auto allowed = protocol::checkUseNetwork(request->search.useNetwork, exchange->view->features);
    if (!allowed) {
        exchange->refuse(allowed.error());
        return;
    }
    const read::IndexView *index = exchange->indexOrRefuse();
    if (index == nullptr)
        return;
    read::facetSearch(readContext(front, exchange, index), *request, exchange->scope.tenantFilter(exchange->uid()),
        answerWith(exchange));
}

} // namespace

void addSearchRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("POST", "/indexes/{uid}/search", {key, Action::Search, searchPost});
    routes.add("GET", "/indexes/{uid}/search", {key, Action::Search, searchGet});
    routes.add("POST", "/indexes/{uid}/similar", {key, Action::Search, similarPost});
    routes.add("GET", "/indexes/{uid}/similar", {key, Action::Search, similarGet});
    routes.add("POST", "/indexes/{uid}/facet-search", {key, Action::Search, facetSearch});
}

} // namespace miroir::api
