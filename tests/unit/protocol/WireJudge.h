// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "unit/protocol/WireRecording.h"

#include "protocol/DocumentsPayload.h"
#include "protocol/DocumentsRequest.h"
#include "protocol/FilterCheck.h"
#include "protocol/IndexRequests.h"
#include "protocol/MultiSearchRequest.h"

#include <map>

/// What the parsers and checks refuse of recorded requests for searches and documents, asked in a node's order.
namespace miroir::test {

using namespace miroir::protocol;

using Refusal = std::optional<ApiError>;

template <typename T>
Refusal refusalOf(const Result<T, ApiError> &result)
{
    return result ? Refusal {} : Refusal {result.error()};
}

/// Exchanges whose answer needs more than the request and the settings.
inline const std::map<int, const char *> &needState()
{
    static const std::map<int, const char *> reasons = {
        {62, "no document has this id"},
        {121, "no document has this id"},
        {349, "the index has no embedder of this name"},
        {360, "dimensions of the embedder"},
        {363, "the index has no embedder of this name"},
        {367, "no document has this id"},
        {489, "the function's syntax needs its compiler"},
    };
    return reasons;
}

/// The settings of the recorded indexes at that place of the conversation.
inline Settings settingsAt(int number)
{
    Settings out;
    if (number < 219)
        return out;
    for (const char *name : {"_geo", "genres", "price", "year"})
        out.filterableAttributes.push_back({false, {name}, {true, true, true}});
    out.sortableAttributes = {"_geo", "price", "title", "year"};
    return out;
}

struct Judge {
    const Exchange &exchange;
    Features features;
    Settings settings;

    std::optional<std::string> contentType() const
    {
        const json::Value type = exchange.line->root()["contentType"];
        return type.isString() ? std::optional(type.toString()) : std::nullopt;
    }

    /// The recording keeps texts as they were sent; only values that are noted as bad were sent as JSON strings.
    QByteArray body() const
    {
        if (!exchange.body || exchange.body.isNull())
            return {};
        const std::string note = exchange.line->root()["note"].toString();
        const bool json = note.starts_with("bad");
        if (exchange.body.isString() && (!json || contentType() == "text/csv"))
            return QByteArray::fromStdString(exchange.body.toString());
        return toBytes(exchange.body.raw());
    }

    Refusal index(const std::string &uid) const
    {
        if (auto s = checkIndexUid(uid); !s)
            return s.error();
        return uid == "none" ? Refusal {indexNotFound(uid)} : Refusal {};
    }

    template <typename Parse>
    Refusal withBody(const Parse &parse) const
    {
        const auto type = contentType();
        auto doc = parseJsonBody(type ? std::optional<std::string_view>(*type) : std::nullopt, body());
        return doc ? parse(doc->root()) : Refusal {doc.error()};
    }

    Refusal search(const SearchRequest &request, const std::string &uid) const
    {
        auto filter = checkSearchFilter(request, features);
        if (!filter)
            return filter.error();
        if (auto r = refusalOf(checkUseNetwork(request.useNetwork, features)))
            return r;
        if (auto r = index(uid))
            return r;
        if (auto r = refusalOf(checkSearchKind(request, features)))
            return r;
        if (auto r = settingsRefuse(request, *filter, uid))
            return r;
        return refusalOf(checkPersonalize(request));
    }

    Refusal settingsRefuse(const SearchRequest &request, const MaybeFilter &filter, const std::string &uid) const
    {
        if (request.attributesToSearchOn) {
            if (auto r = refusalOf(checkSearchOn(*request.attributesToSearchOn, settings, {}, uid)))
                return r;
        }
        if (request.distinct) {
            if (auto r = refusalOf(checkDistinct(*request.distinct, settings, uid)))
                return r;
        }
        if (filter) {
            const FilterScope scope {settings.filterableAttributes, "invalid_search_filter", uid};
            if (auto r = refusalOf(checkFilter(renumbered(*filter), scope)))
                return r;
        }
        if (request.sort) {
            auto sort = parseSort(*request.sort, "invalid_search_sort");
            if (auto r = refusalOf(checkSearchSort(*sort, settings, uid)))
                return r;
        }
        return request.facets ? refusalOf(checkFacets(*request.facets, settings.filterableAttributes)) : Refusal {};
    }

    Refusal searchRoute(const std::string &uid) const
    {
        if (exchange.method == "GET") {
            auto request = parseSearchQuery(QueryParams::parse(exchange.query));
            return request ? search(*request, uid) : Refusal {request.error()};
        }
        return withBody([&](const json::Value &v) {
            auto request = parseSearchBody(v);
            return request ? search(*request, uid) : Refusal {request.error()};
        });
    }

    Refusal facetSearchRoute(const std::string &uid) const
    {
        return withBody([&](const json::Value &v) -> Refusal {
            auto request = parseFacetSearchBody(v);
            if (!request)
                return request.error();
            if (auto r = search(request->search, uid))
                return r;
            return refusalOf(checkFacetName(request->facetName, settings));
        });
    }

    Refusal similarRoute(const std::string &uid) const
    {
        const auto checked = [&](const ApiResult<SimilarRequest> &request) -> Refusal {
            if (!request)
                return request.error();
            if (auto r = index(uid))
                return r;
            if (auto filter = checkSimilarFilter(*request, features); !filter)
                return filter.error();
            return refusalOf(similarId(*request));
        };
        if (exchange.method == "GET")
            return checked(parseSimilarQuery(QueryParams::parse(exchange.query)));
        return withBody([&](const json::Value &v) { return checked(parseSimilarBody(v)); });
    }

    Refusal multiSearchRoute() const
    {
        return withBody([&](const json::Value &v) -> Refusal {
            auto request = parseMultiSearchBody(v);
            if (!request)
                return request.error();
            for (std::size_t i = 0; i < request->queries.size(); ++i) {
                const MultiSearchQuery &query = request->queries[i];
                auto refusal = refusalOf(checkMultiSearchQuery(query, *request, features));
                if (!refusal)
                    refusal = search(query.search, query.indexUid);
                if (refusal) {
                    // a missing index is the client's mistake here: it does not stand in the path
                    refusal->status = std::string_view(refusal->code->name) == "index_not_found" ? 400 : 0;
                    return insideQuery(*refusal, i);
                }
            }
            return {};
        });
    }

    Refusal write(const std::string &uid) const
    {
        auto params = parseDocumentsWriteQuery(QueryParams::parse(exchange.query));
        if (!params)
            return params.error();
        if (auto r = index(uid))
            return r;
        const auto type = contentType();
        auto format =
            payloadFormat(type ? std::optional<std::string_view>(*type) : std::nullopt, params->csvDelimiter);
        if (!format)
            return format.error();
        const QByteArray payload = body();
        return refusalOf(visitDocuments(sv(payload), *format, [](std::string_view) { return true; }));
    }

    Refusal fetch(const ApiResult<DocumentsFetch> &request, const std::string &uid) const
    {
        if (!request)
            return request.error();
        if (auto r = refusalOf(checkUseNetwork(request->useNetwork, features)))
            return r;
        if (auto ids = checkedIds(*request); !ids)
            return ids.error();
        auto sort = fetchSort(*request);
        if (!sort)
            return sort.error();
        if (auto r = index(uid))
            return r;
        auto filter = fetchFilter(*request, features);
        if (!filter)
            return filter.error();
        if (*filter) {
            const FilterScope scope {settings.filterableAttributes, "invalid_document_filter"};
            if (auto r = refusalOf(checkFilter(**filter, scope)))
                return r;
        }
        return refusalOf(checkDocumentSort(*sort, settings.sortableAttributes));
    }

    Refusal documentsRoute(const std::string &uid, const std::string &rest) const
    {
        const QueryParams query = QueryParams::parse(exchange.query);
        if (rest.empty() && (exchange.method == "POST" || exchange.method == "PUT"))
            return write(uid);
        if (rest.empty() && exchange.method == "GET")
            return fetch(parseDocumentsFetchQuery(query), uid);
        if (rest == "/fetch")
            return withBody([&](const json::Value &v) { return fetch(parseDocumentsFetchBody(v), uid); });
        if (rest == "/delete-batch") {
            const auto type = contentType();
            return refusalOf(
                parseDeleteBatch(type ? std::optional<std::string_view>(*type) : std::nullopt, body()));
        }
        if (rest == "/delete") {
            return withBody([&](const json::Value &v) {
                auto request = parseDeleteByFilterBody(v);
                return request ? refusalOf(deletionFilter(*request, features)) : Refusal {request.error()};
            });
        }
        if (rest == "/edit") {
            return withBody([&](const json::Value &v) {
                auto request = parseEditBody(v);
                return request ? refusalOf(checkEdit(*request, features, uid)) : Refusal {request.error()};
            });
        }
        if (exchange.method != "GET")
            return {}; // deletions are always accepted
        auto request = parseDocumentGetQuery(query);
        return request ? index(uid) : Refusal {request.error()};
    }

    /// Nothing when the route is none of ours.
    std::optional<Refusal> route() const
    {
        if (exchange.path == "/multi-search")
            return multiSearchRoute();
        constexpr std::string_view start = "/indexes/";
        if (!exchange.path.starts_with(start) || exchange.method == "OPTIONS")
            return std::nullopt;
        const std::size_t end = exchange.path.find('/', start.size());
        if (end == std::string::npos)
            return std::nullopt;
        std::string uid = exchange.path.substr(start.size(), end - start.size());
        uid = QByteArray::fromPercentEncoding(QByteArray::fromStdString(uid)).toStdString();
        const std::string rest = exchange.path.substr(end);
        if (rest == "/search")
            return searchRoute(uid);
        if (rest == "/facet-search")
            return facetSearchRoute(uid);
        if (rest == "/similar")
            return similarRoute(uid);
        if (rest == "/documents" || rest.starts_with("/documents/"))
            return documentsRoute(uid, rest.substr(std::string_view("/documents").size()));
        return std::nullopt;
    }
};

} // namespace miroir::test
