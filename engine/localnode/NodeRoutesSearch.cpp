// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"
#include "localnode/NodeRoutesFederation.h"
#include "localnode/NodeRoutesRequestUid.h"
#include "protocol/MultiSearchRequest.h"
#include "protocol/SearchRequest.h"

/// Searches of one index and several searches in one request.
namespace miroir::localnode {

using protocol::Action;
using protocol::ApiResult;
using protocol::QueryParams;

namespace {

void joinTenantFilter(std::optional<std::string> &filter, const protocol::AuthScope &scope, std::string_view uid)
{
    if (const auto tenant = scope.tenantFilter(uid))
        filter = filter ? protocol::fuseFilters(*filter, *tenant) : *tenant;
}

/// The members behind requestUid: metadata when the client asked for it, and what took how long.
std::string extraMembers(const http::Request &http, const protocol::SearchRequest &request, const std::string &uid,
                         const std::optional<std::string> &primaryKey, std::int64_t elapsedMs)
{
    json::Writer w;
    w.beginObject();
    if (protocol::wantsMetadata(sv(http.field("meili-include-metadata")))) {
        w.key("metadata").beginObject();
        if (request.q && !request.q->empty())
            w.key("query").string(*request.q);
        w.key("queryUid").string(freshUuidV7());
        w.key("indexUid").string(uid);
        if (primaryKey)
            w.key("primaryKey").string(*primaryKey);
        w.endObject();
    }
    if (request.showPerformanceDetails.value_or(false)) {
        w.key("performanceDetails").beginObject();
        w.key("search").string(std::to_string(elapsedMs) + ".00ms").endObject();
    }
    w.endObject();
    const std::string_view braces = sv(w.bytes());
    return std::string(braces.substr(1, braces.size() - 2));
}

} // namespace

void NodeRoutes::addSearchRoutes()
{
    read("GET", "/indexes/{index_uid}/search", &NodeRoutes::searchGet);
    read("POST", "/indexes/{index_uid}/search", &NodeRoutes::searchPost);
    read("POST", "/indexes/{index_uid}/facet-search", &NodeRoutes::facetSearch);
    read("GET", "/indexes/{index_uid}/similar", &NodeRoutes::similarGet);
    read("POST", "/indexes/{index_uid}/similar", &NodeRoutes::similarPost);
    read("POST", "/multi-search", &NodeRoutes::multiSearch);
}

NodeRoutes::Answer NodeRoutes::searchGet(const Call &call)
{
    const auto scope = authorise(call, Action::Search);
    if (!scope)
        return scope.err();
    auto request = protocol::parseSearchQuery(QueryParams::parse(sv(call.request.query)));
    if (!request)
        return request.err();
    return searchOne(call, *scope, std::move(*request));
}

NodeRoutes::Answer NodeRoutes::searchPost(const Call &call)
{
    const auto scope = authorise(call, Action::Search);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto request = protocol::parseSearchBody(document->root());
    if (!request)
        return request.err();
    return searchOne(call, *scope, std::move(*request));
}

NodeRoutes::Answer NodeRoutes::searchOne(const Call &call, const protocol::AuthScope &scope,
                                         protocol::SearchRequest request)
{
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    joinTenantFilter(request.filter, scope, uid(call));
    auto json = searchJson(call, request, uid(call), {});
    if (!json)
        return json.err();
    return ok(std::move(*json));
}

/// The whole search of one index, in a node's order of refusals; `shownUid` is written first inside a multi-search.
ApiResult<QByteArray> NodeRoutes::searchJson(const Call &call, const protocol::SearchRequest &request,
                                             const std::string &uid, std::string_view shownUid) const
{
    const std::int64_t start = m_c.clock.monotonicMs();
    const protocol::Features features = m_c.state.features();
    if (auto filter = protocol::checkSearchFilter(request, features); !filter)
        return filter.err();
    if (auto allowed = protocol::checkUseNetwork(request.useNetwork, features); !allowed)
        return allowed.err();
    const auto entry = index(uid);
    if (!entry)
        return entry.err();
    if (auto kind = protocol::checkSearchKind(request, features); !kind)
        return kind.err();
    std::optional<std::string> primaryKey;
    const std::optional<RulesNow> rules = rulesNow();
    const auto answer = entry->slot->with([&](LocalIndex &i) {
        primaryKey = i.primaryKey();
        return i.search(request, rules ? &*rules : nullptr);
    });
    if (!answer)
        return answer.err();
    if (auto personal = protocol::checkPersonalize(request); !personal)
        return personal.err();
    const std::int64_t elapsed = m_c.clock.monotonicMs() - start;
    const std::string extra = extraMembers(call.request, request, uid, primaryKey, elapsed);
    return answer->toJson(elapsed, freshUuidV7(), extra, shownUid);
}

NodeRoutes::Answer NodeRoutes::facetSearch(const Call &call)
{
    const auto scope = authorise(call, Action::Search);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto request = protocol::parseFacetSearchBody(document->root());
    if (!request)
        return request.err();
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    const std::int64_t start = m_c.clock.monotonicMs();
    joinTenantFilter(request->search.filter, *scope, uid(call));
    const protocol::Features features = m_c.state.features();
    if (auto filter = protocol::checkSearchFilter(request->search, features); !filter)
        return filter.err();
    if (auto allowed = protocol::checkUseNetwork(request->search.useNetwork, features); !allowed)
        return allowed.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    if (auto kind = protocol::checkSearchKind(request->search, features); !kind)
        return kind.err();
    const auto answer = entry->slot->with([&](LocalIndex &i) { return i.facetSearch(*request); });
    if (!answer)
        return answer.err();
    return ok(answer->toJson(m_c.clock.monotonicMs() - start));
}

NodeRoutes::Answer NodeRoutes::similarGet(const Call &call)
{
    const auto scope = authorise(call, Action::Search);
    if (!scope)
        return scope.err();
    auto request = protocol::parseSimilarQuery(QueryParams::parse(sv(call.request.query)));
    if (!request)
        return request.err();
    return similarOne(call, *scope, std::move(*request));
}

NodeRoutes::Answer NodeRoutes::similarPost(const Call &call)
{
    const auto scope = authorise(call, Action::Search);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto request = protocol::parseSimilarBody(document->root());
    if (!request)
        return request.err();
    return similarOne(call, *scope, std::move(*request));
}

NodeRoutes::Answer NodeRoutes::similarOne(const Call &call, const protocol::AuthScope &scope,
                                          protocol::SimilarRequest request)
{
    if (auto valid = protocol::checkIndexUid(uid(call)); !valid)
        return valid.err();
    const std::int64_t start = m_c.clock.monotonicMs();
    joinTenantFilter(request.filter, scope, uid(call));
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    if (auto filter = protocol::checkSimilarFilter(request, m_c.state.features()); !filter)
        return filter.err();
    const auto answer = entry->slot->with([&](LocalIndex &i) { return i.similar(request); });
    if (!answer)
        return answer.err();
    const auto id = protocol::similarId(request);
    if (!id)
        return id.err();
    json::Writer w;
    w.beginObject().key("hits").beginArray();
    for (const Hit &hit : answer->hits)
        w.raw(sv(hit.json));
    w.endArray().key("id").string(*id);
    w.key("processingTimeMs").number(m_c.clock.monotonicMs() - start);
    w.key("limit").number(request.limit).key("offset").number(request.offset);
    w.key("estimatedTotalHits").number(answer->total).endObject();
    return ok(w.take());
}

NodeRoutes::Answer NodeRoutes::multiSearch(const Call &call)
{
    const auto scope = authorise(call, Action::Search);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto request = protocol::parseMultiSearchBody(document->root());
    if (!request)
        return request.err();
    for (std::size_t i = 0; i < request->queries.size(); ++i) {
        protocol::MultiSearchQuery &query = request->queries[i];
        if (!scope->allowsIndex(query.indexUid))
            return Err<protocol::ApiError> {protocol::insideQuery(protocol::invalidApiKey(), i)};
        joinTenantFilter(query.search.filter, *scope, query.indexUid);
    }
    if (request->federation) {
        auto merged = FederatedSearch(m_c.indexes, m_c.state.features(), rulesNow(), m_c.clock)
                          .run(*request, protocol::wantsMetadata(sv(call.request.field("meili-include-metadata"))));
        if (!merged)
            return merged.err();
        return ok(std::move(*merged));
    }
    json::Writer w;
    w.beginObject().key("results").beginArray();
    for (std::size_t i = 0; i < request->queries.size(); ++i) {
        const protocol::MultiSearchQuery &query = request->queries[i];
        auto fits = protocol::checkMultiSearchQuery(query, *request, m_c.state.features());
        auto json = fits ? searchJson(call, query.search, query.indexUid, query.indexUid)
                         : ApiResult<QByteArray>(fits.err());
        if (!json) {
            // A missing index is the client's mistake in the body here, not one in the path.
            protocol::ApiError error = json.error();
            if (std::string_view(error.code->name) == "index_not_found")
                error.status = 400;
            return Err<protocol::ApiError> {protocol::insideQuery(std::move(error), i)};
        }
        w.raw(sv(*json));
    }
    w.endArray().endObject();
    return ok(w.take());
}

} // namespace miroir::localnode
