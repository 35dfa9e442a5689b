// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Requests about indexes themselves, and lists in general. Pure.
namespace miroir::protocol {

bool isIndexUid(std::string_view text); ///< 1 to 400 of [A-Za-z0-9_-]
/// The uid, or invalid_index_uid as for a path (without a place).
ApiStatus checkIndexUid(std::string_view uid);
std::string indexUidProblem(std::string_view uid); ///< "`x y` is not a valid index uid. .."
ApiError indexNotFound(std::string_view uid);
ApiError indexAlreadyExists(std::string_view uid);

struct IndexCreateRequest
{
    std::string uid;
    std::optional<std::string> primaryKey;
};
ApiResult<IndexCreateRequest> parseIndexCreate(const json::Value &body);

struct IndexUpdateRequest
{
    std::optional<std::string> primaryKey;
    std::optional<std::string> newUid; ///< a rename
};
ApiResult<IndexUpdateRequest> parseIndexUpdate(const json::Value &body);

struct PageQuery
{
    std::uint64_t offset = 0;
    std::uint64_t limit = 20;
};
/// Raw query string of GET /indexes.
ApiResult<PageQuery> parseIndexListQuery(std::string_view query);
/// Of GET /keys: the same with the codes of keys.
ApiResult<PageQuery> parseKeyListQuery(std::string_view query);

struct IndexInfo
{
    std::string uid;
    std::int64_t createdAtNs = 0;
    std::int64_t updatedAtNs = 0;
    std::optional<std::string> primaryKey;
    bool operator==(const IndexInfo &) const = default;
};
QByteArray indexToJson(const IndexInfo &index);
/// {results,offset,limit,total}: `all` are all visible items in their order, already as JSON.
QByteArray pageToJson(const std::vector<QByteArray> &all, const PageQuery &page);
/// The same when the items are the page already.
QByteArray pageToJson(
    const std::vector<QByteArray> &results, std::uint64_t offset, std::uint64_t limit, std::uint64_t total);

struct VersionInfo
{
    std::string commitSha = "unknown";
    std::string commitDate = "unknown";
    std::string pkgVersion = "1.50.0";
};
QByteArray versionToJson(const VersionInfo &version);
QByteArray healthToJson(); ///< {"status":"available"}

} // namespace miroir::protocol
