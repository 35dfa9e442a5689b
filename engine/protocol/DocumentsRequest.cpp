// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/DocumentsRequest.h"

#include "base/Bytes.h"
#include "protocol/DocumentId.h"
#include "protocol/DocumentsPayload.h"
#include "protocol/FilterText.h"
#include "protocol/SearchParams.h"

namespace miroir::protocol {

namespace {

/// `*` stands for all fields.
ReadParam paramIntoFields(std::optional<std::vector<std::string>> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        std::vector<std::string> fields;
        if (auto s = readParam(fields, text, param, code); !s)
            return s;
        bool all = false;
        for (const std::string &field : fields)
            all = all || field == "*";
        if (all)
            out->reset();
        else
            *out = std::move(fields);
        return Done {};
    };
}

/// A node asks for a boolean where only texts can be, so every value is refused, with odd words.
ReadParam refusedBoolean()
{
    return [](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        return refuse(code,
                      "Invalid value type for parameter `" + std::string(param)
                          + "`: expected a string, but found a string: `" + std::string(text) + "`");
    };
}

ReadParam paramIntoDelimiter(std::optional<char> *out)
{
    return [out](std::string_view text, std::string_view param, std::string_view code) -> ApiStatus {
        const std::size_t length = characterCount(text);
        if (length == 0)
            return invalidParam("expected a string of one character, but found an empty string", param, code);
        if (length > 1) {
            return invalidParam("expected a string of one character, but found the following string of "
                                    + std::to_string(length) + " characters: `" + std::string(text) + "`",
                                param, code);
        }
        if (text.size() > 1)
            return refuse(code, "csv delimiter must be an ascii character. Found: `" + std::string(text) + "`");
        *out = text[0];
        return Done {};
    };
}

ReadParam paramIntoSkipCreation(std::optional<bool> *out)
{
    return [out](std::string_view text, std::string_view, std::string_view code) -> ApiStatus {
        const QByteArray lower = toBytes(text).toLower();
        if (lower != "true" && lower != "false")
            return refuse(code,
                          "skipCreation must be either `true` or `false`. Found: `" + std::string(text) + "`");
        *out = lower == "true";
        return Done {};
    };
}

ReadJson intoIds(std::optional<std::vector<std::string>> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        out->reset();
        if (v.isNull())
            return Done {};
        if (!v.isArray())
            return wrongType(v, AcceptsArray, at, code);
        std::vector<std::string> &ids = out->emplace();
        ids.reserve(v.size());
        for (const json::Value id : v.items())
            ids.emplace_back(id.raw());
        return Done {};
    };
}

/// Keeps the JSON text of any value, null too.
ReadJson intoAnyJson(std::string *out)
{
    return [out](const json::Value &v, const Location &, std::string_view) -> ApiStatus {
        *out = v.raw();
        return Done {};
    };
}

ApiError emptyFilter()
{
    return apiError("invalid_document_filter", "Sending an empty filter is forbidden.");
}

/// What serde calls a value that is no list.
std::string serdeName(const json::Value &v)
{
    switch (v.kind()) {
    case json::Kind::Null:
        return "null";
    case json::Kind::Bool:
        return "boolean `" + std::string(v.raw()) + "`";
    case json::Kind::PositiveInteger:
    case json::Kind::NegativeInteger:
        return "integer `" + std::string(v.raw()) + "`";
    case json::Kind::Float:
        return "floating point `" + json::formatDouble(v.toDouble()) + "`";
    case json::Kind::String:
        return "string " + debugQuoted(v.toString());
    default:
        return "map";
    }
}

} // namespace

QByteArray DocumentsFetch::toJson() const
{
    json::Writer out;
    out.beginObject().key("offset").number(offset).key("limit").number(limit);
    writeMember(out, "fields", fields);
    writeFlag(out, "retrieveVectors", retrieveVectors);
    if (ids) {
        out.key("ids").beginArray();
        for (const std::string &id : *ids)
            out.raw(id);
        out.endArray();
    }
    writeRawMember(out, "filter", filter);
    writeMember(out, "sort", sort);
    writeMember(out, "useNetwork", useNetwork);
    out.endObject();
    return out.take();
}

ApiResult<DocumentsFetch> parseDocumentsFetchBody(const json::Value &body)
{
    DocumentsFetch out;
    const auto status =
        readObject(body, {},
                   {{"offset", "invalid_document_offset", into(&out.offset)},
                    {"limit", "invalid_document_limit", into(&out.limit)},
                    {"fields", "invalid_document_fields", into(&out.fields)},
                    {"retrieveVectors", "invalid_document_retrieve_vectors", into(&out.retrieveVectors)},
                    {"ids", "invalid_document_ids", intoIds(&out.ids)},
                    {"filter", "invalid_document_filter", intoRaw(&out.filter)},
                    {"sort", "invalid_document_sort", into(&out.sort)},
                    {"useNetwork", "invalid_document_use_network", into(&out.useNetwork)}});
    if (!status)
        return status.err();
    return out;
}

ApiResult<DocumentsFetch> parseDocumentsFetchQuery(const QueryParams &query)
{
    DocumentsFetch out;
    std::optional<std::string> filter, sort;
    const auto status =
        readParams(query,
                   {{"offset", "invalid_document_offset", paramInto(&out.offset)},
                    {"limit", "invalid_document_limit", paramInto(&out.limit)},
                    {"fields", "invalid_document_fields", paramIntoFields(&out.fields)},
                    {"retrieveVectors", "invalid_document_retrieve_vectors", paramInto(&out.retrieveVectors)},
                    {"ids", "invalid_document_ids", paramInto(&out.ids)},
                    {"filter", "invalid_document_filter", paramInto(&filter)},
                    {"sort", "invalid_document_sort", paramInto(&sort)},
                    {"useNetwork", "invalid_document_use_network", refusedBoolean()}});
    if (!status)
        return status.err();
    if (out.ids) {
        for (std::string &id : *out.ids)
            id = json::quoted(id);
    }
    if (filter)
        out.filter = filterParamJson(*filter);
    if (sort)
        out.sort = splitSortParam(*sort);
    return out;
}

ApiResult<std::optional<std::vector<std::string>>> checkedIds(const DocumentsFetch &fetch)
{
    if (!fetch.ids)
        return std::optional<std::vector<std::string>> {};
    std::vector<std::string> out;
    out.reserve(fetch.ids->size());
    for (const std::string &json : *fetch.ids) {
        auto id = canonicalIdJson(json, "invalid_document_ids");
        if (!id)
            return Err {prefixed(id.error(), "In `.ids[" + std::to_string(out.size()) + "]`: ")};
        out.push_back(std::move(id).value());
    }
    return std::optional {std::move(out)};
}

ApiResult<std::vector<SortRule>> fetchSort(const DocumentsFetch &fetch)
{
    return fetch.sort ? parseSort(*fetch.sort, "invalid_document_sort")
                      : ApiResult<std::vector<SortRule>>(std::vector<SortRule> {});
}

ApiResult<MaybeFilter> fetchFilter(const DocumentsFetch &fetch, const Features &features)
{
    return checkFilterParam(fetch.filter, features, "invalid_document_filter");
}

ApiResult<DocumentGet> parseDocumentGetQuery(const QueryParams &query)
{
    DocumentGet out;
    const auto status =
        readParams(query,
                   {{"fields", "invalid_document_fields", paramIntoFields(&out.fields)},
                    {"retrieveVectors", "invalid_document_retrieve_vectors", paramInto(&out.retrieveVectors)},
                    {"useNetwork", "invalid_document_use_network", refusedBoolean()}});
    if (!status)
        return status.err();
    return out;
}

ApiResult<DocumentsWrite> parseDocumentsWriteQuery(const QueryParams &query)
{
    DocumentsWrite out;
    const auto status =
        readParams(query,
                   {{"primaryKey", "invalid_index_primary_key", paramInto(&out.primaryKey)},
                    {"csvDelimiter", "invalid_document_csv_delimiter", paramIntoDelimiter(&out.csvDelimiter)},
                    {"customMetadata", "invalid_index_custom_metadata", paramInto(&out.customMetadata)},
                    {"skipCreation", "invalid_skip_creation", paramIntoSkipCreation(&out.skipCreation)}});
    if (!status)
        return status.err();
    return out;
}

ApiResult<std::optional<std::string>> parseCustomMetadataQuery(const QueryParams &query)
{
    std::optional<std::string> out;
    if (auto s = readParams(query, {{"customMetadata", "invalid_index_custom_metadata", paramInto(&out)}}); !s)
        return s.err();
    return out;
}

ApiResult<std::vector<std::string>> parseDeleteBatch(std::optional<std::string_view> contentType,
                                                     const QByteArray &body)
{
    auto doc = parseJsonBody(contentType, body);
    if (!doc)
        return doc.err();
    const json::Value root = doc->root();
    if (!root.isArray()) {
        // read straight into a list by serde: the column is what it has consumed of the value
        const std::size_t column = root.isObject() ? 0 : root.offset() + root.raw().size();
        return refuse("bad_request",
                      "Json deserialize error: invalid type: " + serdeName(root)
                          + ", expected a sequence at line 1 column " + std::to_string(column));
    }
    std::vector<std::string> out;
    out.reserve(root.size());
    for (const json::Value id : root.items())
        out.push_back(id.isString() ? id.toString() : json::compact(id));
    return out;
}

ApiResult<DeleteByFilter> parseDeleteByFilterBody(const json::Value &body)
{
    DeleteByFilter out;
    const auto status = readObject(
        body, {}, {{"filter", "invalid_document_filter", intoAnyJson(&out.filter), "missing_document_filter"}});
    if (!status)
        return status.err();
    return out;
}

ApiResult<FilterNode> deletionFilter(const DeleteByFilter &request, const Features &features)
{
    auto filter = checkFilterParam(request.filter, features, "invalid_document_filter");
    if (!filter)
        return filter.err();
    if (!filter->has_value())
        return Err {emptyFilter()};
    return std::move(**filter);
}

QByteArray EditDocuments::toJson() const
{
    json::Writer out;
    out.beginObject();
    writeRawMember(out, "filter", filter);
    writeRawMember(out, "context", context);
    out.key("function").string(function).endObject();
    return out.take();
}

ApiResult<EditDocuments> parseEditBody(const json::Value &body)
{
    EditDocuments out;
    const auto status = readObject(body, {},
                                   {{"filter", "invalid_document_filter", intoRaw(&out.filter)},
                                    {"context", "invalid_document_edition_context", intoRaw(&out.context)},
                                    {"function", "invalid_document_edition_function_filter", into(&out.function),
                                     "missing_document_edition_function"}});
    if (!status)
        return status.err();
    return out;
}

ApiStatus checkEditFeature(const Features &features)
{
    return checkFeature(features, Feature::EditDocumentsByFunction, "Using the documents edit route");
}

ApiResult<MaybeFilter> checkEdit(const EditDocuments &request, const Features &features, std::string_view indexUid)
{
    if (auto s = checkEditFeature(features); !s)
        return s.err();
    MaybeFilter filter;
    if (request.filter) {
        auto parsed = parseFilterJson(*request.filter, "invalid_document_filter", indexUid);
        if (!parsed)
            return parsed;
        if (!parsed->has_value())
            return Err {emptyFilter()};
        filter = std::move(parsed).value();
        if (auto s = checkFilterFeatures(*filter, features, "invalid_document_filter", indexUid); !s)
            return s.err();
    }
    if (request.context && !request.context->starts_with('{'))
        return refuse("invalid_document_edition_context", "The context must be an object");
    return filter;
}

} // namespace miroir::protocol
