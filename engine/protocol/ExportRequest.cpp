// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/ExportRequest.h"

#include "protocol/ByteSize.h"
#include "protocol/Deserr.h"
#include "protocol/IndexRequests.h"
#include "protocol/Key.h"

namespace miroir::protocol {

namespace {

ApiStatus readPayloadSize(
    std::optional<std::uint64_t> &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (v.isNull())
        return Done {};
    if (v.kind() == json::Kind::PositiveInteger) {
        out = v.toU64();
        return Done {};
    }
    if (!v.isString())
        return wrongType(v, AcceptsPositiveInteger | AcceptsString, at, code);
    const auto bytes = parseByteSize(v.toString());
    if (!bytes)
        return invalidValue(bytes.error(), at, code);
    out = *bytes;
    return Done {};
}

ApiStatus readIndex(ExportIndex &out, const json::Value &v, const Location &at)
{
    const ReadJson filter = [&out](const json::Value &value, const Location &, std::string_view) -> ApiStatus {
        if (!value.isNull())
            out.filter = std::string(value.raw());
        return Done {};
    };
    return readObject(v, at,
        {{"filter", "invalid_export_index_filter", filter},
            {"overrideSettings", "invalid_export_index_override_settings", into(&out.overrideSettings)}});
}

ApiStatus readIndexes(std::optional<std::map<std::string, ExportIndex>> &out, const json::Value &v, const Location &at)
{
    if (v.isNull())
        return Done {};
    if (!v.isObject())
        return wrongType(v, AcceptsObject, at, "bad_request");
    out.emplace();
    for (const auto &[pattern, value] : uniqueMembers(v)) {
        const Location place = at.key(pattern);
        if (!isIndexPattern(pattern)) {
            return invalidValue("the key \"" + pattern
                    + "\" could not be deserialized into the key type "
                      "`meilisearch_types::index_uid_pattern::IndexUidPattern`",
                at, "bad_request");
        }
        ExportIndex index;
        if (auto s = readIndex(index, value, place); !s)
            return s;
        out->insert_or_assign(pattern, std::move(index));
    }
    return Done {};
}

} // namespace

ApiResult<ExportRequest> parseExport(const json::Value &body)
{
    ExportRequest request;
    std::optional<std::map<std::string, ExportIndex>> indexes;
    const ReadJson size = [&request](const json::Value &v, const Location &at, std::string_view code) {
        return readPayloadSize(request.payloadBytes, v, at, code);
    };
    const ReadJson patterns = [&indexes](const json::Value &v, const Location &at, std::string_view) {
        return readIndexes(indexes, v, at);
    };
    const auto read = readObject(body, {},
        {{"url", "invalid_export_url", into(&request.url)}, {"apiKey", "invalid_export_api_key", into(&request.apiKey)},
            {"payloadSize", "invalid_export_payload_size", size}, {"indexes", "bad_request", patterns}});
    if (!read)
        return read.err();
    if (indexes)
        request.indexes = std::move(*indexes);
    else
        request.indexes.emplace("*", ExportIndex {});
    return request;
}

std::string exportIndexesText(const std::map<std::string, ExportIndex> &indexes)
{
    json::Writer out;
    out.beginObject();
    for (const auto &[pattern, index] : indexes) {
        out.key(pattern).beginObject().key("filter").raw(index.filter.value_or("null"));
        out.key("overrideSettings").boolean(index.overrideSettings);
        if (index.matchedDocuments)
            out.key("matchedDocuments").number(*index.matchedDocuments);
        out.endObject();
    }
    return out.endObject().take().toStdString();
}

TaskDetails ExportRequest::details() const
{
    TaskDetails details;
    details.url = url;
    details.apiKey = apiKey;
    if (payloadBytes)
        details.payloadSize = byteSizeText(*payloadBytes);
    details.indexes = exportIndexesText(indexes);
    return details;
}

Result<ExportRequest> ExportRequest::fromDetails(const TaskDetails &details)
{
    ExportRequest request;
    request.url = details.url.value_or("");
    request.apiKey = details.apiKey;
    if (details.payloadSize) {
        const auto bytes = parseByteSize(*details.payloadSize);
        if (!bytes)
            return fail("stored export: " + bytes.error());
        request.payloadBytes = *bytes;
    }
    const auto indexes = json::Document::parse(std::string_view(details.indexes.value_or("{}")));
    if (!indexes)
        return fail("stored export: " + indexes.error().message());
    for (const json::Member member : indexes->root().members()) {
        ExportIndex index;
        if (const json::Value filter = member.value["filter"]; filter && !filter.isNull())
            index.filter = std::string(filter.raw());
        index.overrideSettings = member.value["overrideSettings"].toBool();
        index.matchedDocuments = member.value["matchedDocuments"].toU64();
        request.indexes.insert_or_assign(member.key(), std::move(index));
    }
    return request;
}

const ExportIndex *ExportRequest::of(std::string_view uid) const
{
    for (const auto &[pattern, index] : indexes) {
        if (indexPatternMatches(pattern, uid))
            return &index;
    }
    return nullptr;
}

} // namespace miroir::protocol
