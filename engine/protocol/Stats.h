// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"

#include <QByteArray>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Statistics as clients see them. Pure.
namespace miroir::protocol {

struct StatsQuery
{
    bool showInternalDatabaseSizes = false;
    bool human = false; ///< sizeFormat=human
    static ApiResult<StatsQuery> parse(std::string_view query); ///< raw query string
};

struct IndexStats
{
    std::uint64_t numberOfDocuments = 0;
    std::uint64_t rawDocumentDbSize = 0; ///< bytes
    std::uint64_t avgDocumentSize = 0; ///< bytes
    bool isIndexing = false;
    std::vector<std::pair<std::string, std::uint64_t>> internalDatabaseSizes; ///< names, bytes; in a node's order
    std::optional<std::uint64_t> numberOfEmbeddings = 0;
    std::optional<std::uint64_t> numberOfEmbeddedDocuments = 0;
    std::map<std::string, std::uint64_t> fieldDistribution;
    bool operator==(const IndexStats &) const = default;
};

struct GlobalStats
{
    std::uint64_t databaseSize = 0; ///< bytes
    std::uint64_t usedDatabaseSize = 0;
    std::optional<std::int64_t> lastUpdateNs;
    std::map<std::string, IndexStats> indexes;
};

QByteArray indexStatsToJson(const IndexStats &stats, const StatsQuery &query = {});
QByteArray globalStatsToJson(const GlobalStats &stats, const StatsQuery &query = {});
/// Of a document without its key: a node takes 8 bytes for that out of the raw size. 0 when there is no document.
std::uint64_t averageDocumentSize(std::uint64_t rawBytes, std::uint64_t documents);
/// "1.50 MiB"
std::string humanSize(std::uint64_t bytes);

} // namespace miroir::protocol
