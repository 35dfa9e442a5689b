// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Stats.h"

#include "base/Bytes.h"
#include "base/Clock.h"
#include "protocol/Query.h"
#include "json/Json.h"

#include <array>
#include <cmath>

namespace miroir::protocol {

namespace {

void writeSize(json::Writer &out, std::uint64_t bytes, const StatsQuery &query)
{
    if (query.human)
        out.string(humanSize(bytes));
    else
        out.number(bytes);
}

void writeIndexStats(json::Writer &out, const IndexStats &stats, const StatsQuery &query)
{
    out.beginObject();
    out.key("numberOfDocuments").number(stats.numberOfDocuments);
    out.key("rawDocumentDbSize");
    writeSize(out, stats.rawDocumentDbSize, query);
    out.key("avgDocumentSize");
    writeSize(out, stats.avgDocumentSize, query);
    out.key("isIndexing").boolean(stats.isIndexing);
    if (query.showInternalDatabaseSizes && !stats.internalDatabaseSizes.empty()) {
        out.key("internalDatabaseSizes").beginObject();
        for (const auto &[name, bytes] : stats.internalDatabaseSizes) {
            out.key(name);
            writeSize(out, bytes, query);
        }
        out.endObject();
    }
    if (stats.numberOfEmbeddings)
        out.key("numberOfEmbeddings").number(*stats.numberOfEmbeddings);
    if (stats.numberOfEmbeddedDocuments)
        out.key("numberOfEmbeddedDocuments").number(*stats.numberOfEmbeddedDocuments);
    out.key("fieldDistribution").beginObject();
    for (const auto &[field, count] : stats.fieldDistribution)
        out.key(field).number(count);
    out.endObject().endObject();
}

} // namespace

ApiResult<StatsQuery> StatsQuery::parse(std::string_view query)
{
    StatsQuery q;
    const ReadParam format = [&](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        static constexpr std::array<const char *, 2> names {"human", "raw"};
        q.human = text == names[0];
        return q.human || text == names[1] ? ApiStatus(Done {}) : unknownParamValue(text, names, param, code);
    };
    const auto s = readParams(QueryParams::parse(query),
        {{"showInternalDatabaseSizes", "invalid_stats_show_internal_database_sizes",
             paramInto(&q.showInternalDatabaseSizes)},
            {"sizeFormat", "invalid_stats_size_format", format}});
    if (!s)
        return s.err();
    return q;
}

QByteArray indexStatsToJson(const IndexStats &stats, const StatsQuery &query)
{
    json::Writer out;
    writeIndexStats(out, stats, query);
    return out.take();
}

QByteArray globalStatsToJson(const GlobalStats &stats, const StatsQuery &query)
{
    json::Writer out;
    out.beginObject();
    out.key("databaseSize");
    writeSize(out, stats.databaseSize, query);
    out.key("usedDatabaseSize");
    writeSize(out, stats.usedDatabaseSize, query);
    out.key("lastUpdate");
    if (stats.lastUpdateNs)
        out.string(rfc3339(*stats.lastUpdateNs));
    else
        out.null();
    out.key("indexes").beginObject();
    for (const auto &[uid, index] : stats.indexes) {
        out.key(uid);
        writeIndexStats(out, index, query);
    }
    out.endObject().endObject();
    return out.take();
}

std::string humanSize(std::uint64_t bytes)
{
    constexpr std::array<const char *, 7> units {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double step = 1024;
    std::size_t unit = 0;
    auto value = static_cast<double>(bytes);
    for (std::uint64_t rest = bytes; rest >= 1024; rest /= 1024) {
        value /= step;
        ++unit;
    }
    // two decimals, trailing zeros dropped
    std::string text = QByteArray::number(std::round(value * 100) / 100, 'f', 2).toStdString();
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.')
        text.pop_back();
    return text + " " + units[unit];
}

std::uint64_t averageDocumentSize(std::uint64_t rawBytes, std::uint64_t documents)
{
    constexpr std::uint64_t keyBytes = 8;
    if (documents == 0)
        return 0;
    const std::uint64_t each = rawBytes / documents;
    return each < keyBytes ? 0 : (rawBytes - documents * keyBytes) / documents;
}

} // namespace miroir::protocol
