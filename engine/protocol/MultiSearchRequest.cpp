// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/MultiSearchRequest.h"

#include "protocol/FilterText.h"
#include "protocol/IndexRequests.h"
#include "protocol/SearchParams.h"

namespace miroir::protocol {

ApiStatus readInto(MultiSearchQuery &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(FederationOptions &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(Federation &out, const json::Value &v, const Location &at, std::string_view code);
ApiStatus readInto(MergeFacets &out, const json::Value &v, const Location &at, std::string_view code);

namespace {

ReadJson intoIndexUid(std::string *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (auto s = readInto(*out, v, at, code); !s)
            return s;
        if (!isIndexUid(*out))
            return invalidValue(indexUidProblem(*out), at, code);
        return Done {};
    };
}

ReadJson intoWeight(double *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (auto s = readInto(*out, v, at, code); !s)
            return s;
        if (*out < 0)
            return invalidValue("the value of `weight` is invalid, expected a positive float (>= 0.0).", at, code);
        return Done {};
    };
}

ReadJson intoFacetsByIndex(std::map<std::string, std::optional<std::vector<std::string>>> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (!v.isObject())
            return wrongType(v, AcceptsObject, at, code);
        out->clear();
        for (const auto &[uid, value] : uniqueMembers(v)) {
            if (!isIndexUid(uid)) {
                // the words of the reader that a node uses, with the name of its type
                return invalidValue("the key \"" + uid
                                        + "\" could not be deserialized into the key type "
                                          "`meilisearch_types::index_uid::IndexUid`",
                                    at, code);
            }
            if (auto s = readInto((*out)[uid], value, at.key(uid), code); !s)
                return s;
        }
        return Done {};
    };
}

void writePage(json::Writer &out, const Federation &federation)
{
    if (federation.limit != defaultSearchLimit)
        out.key("limit").number(federation.limit);
    if (federation.offset != 0)
        out.key("offset").number(federation.offset);
    writeMember(out, "page", federation.page);
    writeMember(out, "hitsPerPage", federation.hitsPerPage);
}

void writeFederation(json::Writer &out, const Federation &federation)
{
    out.key("federation").beginObject();
    writePage(out, federation);
    if (!federation.facetsByIndex.empty()) {
        out.key("facetsByIndex").beginObject();
        for (const auto &[uid, facets] : federation.facetsByIndex) {
            out.key(uid);
            if (facets)
                writeStrings(out, *facets);
            else
                out.null();
        }
        out.endObject();
    }
    if (federation.mergeFacets) {
        out.key("mergeFacets").beginObject();
        writeMember(out, "maxValuesPerFacet", federation.mergeFacets->maxValuesPerFacet);
        out.endObject();
    }
    writeMember(out, "distinct", federation.distinct);
    writeFlag(out, "showPerformanceDetails", federation.showPerformanceDetails);
    if (federation.userContext)
        out.key("personalize").beginObject().key("userContext").string(*federation.userContext).endObject();
    out.endObject();
}

const char *paginationOf(const SearchRequest &search)
{
    if (search.offset)
        return "offset";
    if (search.limit)
        return "limit";
    if (search.page)
        return "page";
    return search.hitsPerPage ? "hitsPerPage" : nullptr;
}

/// As Rust prints a list of texts for debugging: ["a", "b"]
std::string debugList(const std::vector<std::string> &texts)
{
    std::string out = "[";
    for (std::size_t i = 0; i < texts.size(); ++i)
        out += (i > 0 ? ", " : "") + debugQuoted(texts[i]);
    return out + "]";
}

constexpr std::string_view removeHint = "from the query or remove `federation` from the request";

ApiStatus checkFederated(const MultiSearchQuery &query, const Federation &federation)
{
    const SearchRequest &search = query.search;
    if (const char *field = paginationOf(search)) {
        return refuse(
            "invalid_multi_search_query_pagination",
            "Using pagination options is not allowed in federated queries.\n - Hint: remove `" + std::string(field)
                + "` " + std::string(removeHint)
                + "\n - Hint: pass `federation.limit` and `federation.offset` for pagination in federated search");
    }
    if (search.facets && !search.facets->empty()) {
        return refuse("invalid_multi_search_query_facets",
                      "Using facet options is not allowed in federated queries.\n - Hint: remove `facets` "
                          + std::string(removeHint) + "\n - Hint: pass `federation.facetsByIndex." + query.indexUid
                          + ": " + debugList(*search.facets) + "` for facets in federated search");
    }
    if (search.userContext) {
        return refuse("invalid_multi_search_query_personalization",
                      "Using `.personalize` is not allowed in federated queries.\n - Hint: remove `personalize` "
                          + std::string(removeHint)
                          + "\n - Hint: pass `federation.personalize` for personalization in federated search");
    }
    const bool remote = query.federationOptions && query.federationOptions->remote;
    if (remote && search.useNetwork == true) {
        return refuse("invalid_multi_search_federation_options",
                      "Using `.useNetwork` is not allowed as the same time as `.federationOptions.remote`.\n  - "
                      "Hint: to perform an "
                      "explicit query against a remote, remove `.useNetwork`.\n  - Hint: to automatically perform "
                      "queries against "
                      "the entire network, remove `.federationOptions.remote`.");
    }
    if (search.showPerformanceDetails) {
        return refuse("invalid_multi_search_query_show_performance_details",
                      "Using `.showPerformanceDetails` is not allowed in federated queries.\n - Hint: remove "
                      "`showPerformanceDetails` "
                          + std::string(removeHint));
    }
    if (search.distinct && federation.distinct) {
        return refuse("invalid_multi_search_distinct",
                      "Using `distinct` options is not allowed in federated queries when it also appears in "
                      "`.federation.distinct`.\n - Hint: remove `distinct` "
                          + std::string(removeHint)
                          + "\n  - Note: `distinct` at the query level is discouraged in federated search.");
    }
    return Done {};
}

ApiStatus checkRemote(const FederationOptions &options, const Features &features)
{
    if (options.remote) {
        if (auto s = checkFeature(features, Feature::Network, "Performing a remote federated search"); !s)
            return s;
        return refuse("invalid_multi_search_remote",
                      "Invalid `.federation_options.remote`: remote `" + *options.remote + "` is not registered");
    }
    if (options.queryPosition)
        return checkFeature(features, Feature::Network, "Using `federationOptions.queryPosition`");
    return Done {};
}

} // namespace

std::uint64_t Federation::firstHit() const
{
    return finite() ? pageFirstHit(page, hitsPerPage) : offset;
}

std::uint64_t Federation::hitCount() const
{
    return finite() ? pageHitCount(page, hitsPerPage) : limit;
}

ApiStatus readInto(FederationOptions &out, const json::Value &v, const Location &at, std::string_view)
{
    return readObject(v, at,
                      {{"weight", "invalid_multi_search_weight", intoWeight(&out.weight)},
                       {"remote", "invalid_multi_search_remote", into(&out.remote)},
                       {"queryPosition", "invalid_multi_search_query_position", into(&out.queryPosition)}});
}

ApiStatus readInto(MergeFacets &out, const json::Value &v, const Location &at, std::string_view)
{
    ObjectRules rules;
    rules.code = "invalid_multi_search_merge_facets";
    return readObject(
        v, at, {{"maxValuesPerFacet", "invalid_multi_search_max_values_per_facet", into(&out.maxValuesPerFacet)}},
        rules);
}

ApiStatus readInto(Federation &out, const json::Value &v, const Location &at, std::string_view)
{
    return readObject(
        v, at,
        {{"limit", "invalid_search_limit", into(&out.limit)},
         {"offset", "invalid_search_offset", into(&out.offset)},
         {"page", "invalid_search_page", into(&out.page)},
         {"hitsPerPage", "invalid_search_hits_per_page", into(&out.hitsPerPage)},
         {"facetsByIndex", "invalid_multi_search_facets_by_index", intoFacetsByIndex(&out.facetsByIndex)},
         {"mergeFacets", "invalid_multi_search_merge_facets", into(&out.mergeFacets)},
         {"distinct", "invalid_search_distinct", into(&out.distinct)},
         {"showPerformanceDetails", "invalid_search_show_performance_details", into(&out.showPerformanceDetails)},
         {"personalize", "invalid_search_personalize", intoPersonalize(&out.userContext)}});
}

ApiStatus readInto(MultiSearchQuery &out, const json::Value &v, const Location &at, std::string_view)
{
    std::vector<Field> fields = searchFields(out.search, false);
    fields.insert(fields.begin(),
                  {"indexUid", "invalid_index_uid", intoIndexUid(&out.indexUid), "missing_index_uid"});
    fields.push_back({"federationOptions", "bad_request", into(&out.federationOptions)});
    return readObject(v, at, fields);
}

ApiResult<MultiSearchRequest> parseMultiSearchBody(const json::Value &body)
{
    MultiSearchRequest out;
    const auto status = readObject(body, {},
                                   {{"queries", "bad_request", into(&out.queries), "bad_request"},
                                    {"federation", "bad_request", into(&out.federation)}});
    if (!status)
        return status.err();
    return out;
}

void MultiSearchQuery::write(json::Writer &out) const
{
    out.beginObject().key("indexUid").string(indexUid);
    search.writeMembers(out);
    if (federationOptions) {
        out.key("federationOptions").beginObject().key("weight").number(federationOptions->weight);
        writeMember(out, "remote", federationOptions->remote);
        writeMember(out, "queryPosition", federationOptions->queryPosition);
        out.endObject();
    }
    out.endObject();
}

QByteArray MultiSearchRequest::toJson() const
{
    json::Writer out;
    out.beginObject().key("queries").beginArray();
    for (const MultiSearchQuery &query : queries)
        query.write(out);
    out.endArray();
    if (federation)
        writeFederation(out, *federation);
    out.endObject();
    return out.take();
}

ApiStatus checkMultiSearchQuery(const MultiSearchQuery &query, const MultiSearchRequest &request,
                                const Features &features)
{
    if (!request.federation) {
        if (query.federationOptions) {
            return refuse("invalid_multi_search_federation_options",
                          "Using `federationOptions` is not allowed in a non-federated search.\n - Hint: remove "
                          "`federationOptions` from the query or add `federation` to the request.");
        }
        return checkUseNetwork(query.search.useNetwork, features);
    }
    if (auto s = checkFederated(query, *request.federation); !s)
        return s;
    if (auto s = checkUseNetwork(query.search.useNetwork, features); !s)
        return s;
    return query.federationOptions ? checkRemote(*query.federationOptions, features) : ApiStatus(Done {});
}

ApiError insideQuery(ApiError error, std::size_t query)
{
    return prefixed(std::move(error), "Inside `.queries[" + std::to_string(query) + "]`: ");
}

ApiError insideFacetsByIndex(ApiError error, std::string_view indexUid, bool unused)
{
    const std::string uid(indexUid);
    ApiError out = prefixed(std::move(error), "Inside `.federation.facetsByIndex." + uid + "`: ");
    if (unused)
        out.message += "\n - Note: index `" + uid + "` is not used in queries";
    return out;
}

} // namespace miroir::protocol
