// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/IndexRequests.h"

#include "base/Bytes.h"
#include "base/Clock.h"
#include "base/Limits.h"
#include "protocol/Deserr.h"

#include <algorithm>

namespace miroir::protocol {

bool isIndexUid(std::string_view text)
{
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= limits::indexUidBytes && std::all_of(text.begin(), text.end(), allowed);
}

std::string indexUidProblem(std::string_view uid)
{
    return "`" + std::string(uid)
        + "` is not a valid index uid. Index uid can be an integer or a string containing only alphanumeric "
          "characters, "
          "hyphens (-) and underscores (_), and can not be more than 512 bytes.";
}

ApiStatus checkIndexUid(std::string_view uid)
{
    return isIndexUid(uid) ? ApiStatus(Done {}) : refuse("invalid_index_uid", indexUidProblem(uid));
}

ApiError indexNotFound(std::string_view uid)
{
    return apiError("index_not_found", "Index `" + std::string(uid) + "` not found.");
}

ApiError indexAlreadyExists(std::string_view uid)
{
    return apiError("index_already_exists", "Index `" + std::string(uid) + "` already exists.");
}

ApiResult<IndexCreateRequest> parseIndexCreate(const json::Value &body)
{
    IndexCreateRequest request;
    const ReadJson uid = [&](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (auto s = readInto(request.uid, v, at, code); !s)
            return s;
        return isIndexUid(request.uid) ? ApiStatus(Done {}) : invalidValue(indexUidProblem(request.uid), at, code);
    };
    const auto s = readObject(body, {},
        {{"uid", "invalid_index_uid", uid, "missing_index_uid"},
            {"primaryKey", "invalid_index_primary_key", into(&request.primaryKey)}});
    if (!s)
        return s.err();
    return request;
}

ApiResult<IndexUpdateRequest> parseIndexUpdate(const json::Value &body)
{
    IndexUpdateRequest request;
    ObjectRules rules;
    rules.onUnknown
        = [](std::string_view name, const std::vector<const char *> &accepted) -> std::optional<ApiError> {
        const char *const code = name == "createdAt" ? "immutable_index_created_at"
            : name == "updatedAt"                    ? "immutable_index_updated_at"
                                                     : nullptr;
        if (code == nullptr)
            return std::nullopt;
        return apiError(code,
            "Immutable field `" + std::string(name) + "`: expected one of "
                + listInBackticks(std::span<const char *const>(accepted)));
    };
    const auto s = readObject(body, {},
        {{"primaryKey", "invalid_index_primary_key", into(&request.primaryKey)},
            {"uid", "invalid_index_uid", into(&request.newUid)}},
        rules);
    if (!s)
        return s.err();
    if (request.newUid) {
        if (auto valid = checkIndexUid(*request.newUid); !valid)
            return valid.err();
    }
    return request;
}

namespace {

ApiResult<PageQuery> parsePage(std::string_view query, const char *offsetCode, const char *limitCode)
{
    PageQuery page;
    const auto s = readParams(QueryParams::parse(query),
        {{"offset", offsetCode, paramInto(&page.offset)}, {"limit", limitCode, paramInto(&page.limit)}});
    if (!s)
        return s.err();
    return page;
}

} // namespace

ApiResult<PageQuery> parseIndexListQuery(std::string_view query)
{
    return parsePage(query, "invalid_index_offset", "invalid_index_limit");
}

ApiResult<PageQuery> parseKeyListQuery(std::string_view query)
{
    return parsePage(query, "invalid_api_key_offset", "invalid_api_key_limit");
}

QByteArray indexToJson(const IndexInfo &index)
{
    json::Writer out;
    out.beginObject();
    out.key("uid").string(index.uid);
    out.key("createdAt").string(rfc3339(index.createdAtNs));
    out.key("updatedAt").string(rfc3339(index.updatedAtNs));
    out.key("primaryKey");
    if (index.primaryKey)
        out.string(*index.primaryKey);
    else
        out.null();
    out.endObject();
    return out.take();
}

QByteArray pageToJson(const std::vector<QByteArray> &all, const PageQuery &page)
{
    const std::uint64_t first = std::min<std::uint64_t>(page.offset, all.size());
    const std::uint64_t count = std::min<std::uint64_t>(page.limit, all.size() - first);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return pageToJson({begin, begin + static_cast<std::ptrdiff_t>(count)}, page.offset, page.limit, all.size());
}

QByteArray pageToJson(
    const std::vector<QByteArray> &results, std::uint64_t offset, std::uint64_t limit, std::uint64_t total)
{
    json::Writer out;
    out.beginObject().key("results").beginArray();
    for (const QByteArray &result : results)
        out.raw(sv(result));
    out.endArray();
    out.key("offset").number(offset);
    out.key("limit").number(limit);
    out.key("total").number(total);
    out.endObject();
    return out.take();
}

QByteArray versionToJson(const VersionInfo &version)
{
    json::Writer out;
    out.beginObject();
    out.key("commitSha").string(version.commitSha);
    out.key("commitDate").string(version.commitDate);
    out.key("pkgVersion").string(version.pkgVersion);
    out.endObject();
    return out.take();
}

QByteArray healthToJson() { return QByteArrayLiteral(R"({"status":"available"})"); }

} // namespace miroir::protocol
