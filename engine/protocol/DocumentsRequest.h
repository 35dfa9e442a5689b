// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/AttributeCheck.h"
#include "protocol/Deserr.h"
#include "protocol/Features.h"
#include "protocol/Filter.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Requests about documents, without their payloads (DocumentsPayload.h). Pure.
namespace miroir::protocol {

/// GET /documents and POST /documents/fetch.
struct DocumentsFetch {
    std::uint64_t offset = 0;
    std::uint64_t limit = 20;
    std::optional<std::vector<std::string>> fields; ///< empty optional: all
    bool retrieveVectors = false;
    std::optional<std::vector<std::string>> ids; ///< JSON texts as given; see checkedIds()
    std::optional<std::string> filter; ///< JSON text
    std::optional<std::vector<std::string>> sort;
    std::optional<bool> useNetwork;
    /// The body of POST /documents/fetch.
    [[nodiscard]] QByteArray toJson() const;
};
ApiResult<DocumentsFetch> parseDocumentsFetchBody(const json::Value &body);
ApiResult<DocumentsFetch> parseDocumentsFetchQuery(const QueryParams &query);

// A node checks in this order: useNetwork (checkUseNetwork), ids, sort, the index, filter, then what settings
// forbid.
/// In canonical form, or invalid_document_ids.
ApiResult<std::optional<std::vector<std::string>>> checkedIds(const DocumentsFetch &fetch);
ApiResult<std::vector<SortRule>> fetchSort(const DocumentsFetch &fetch);
ApiResult<MaybeFilter> fetchFilter(const DocumentsFetch &fetch, const Features &features);

/// GET /documents/{id}
struct DocumentGet {
    std::optional<std::vector<std::string>> fields; ///< empty optional: all
    bool retrieveVectors = false;
    std::optional<bool> useNetwork;
};
ApiResult<DocumentGet> parseDocumentGetQuery(const QueryParams &query);

/// POST and PUT /documents
struct DocumentsWrite {
    std::optional<std::string> primaryKey;
    std::optional<char> csvDelimiter;
    std::optional<std::string> customMetadata;
    std::optional<bool> skipCreation;
};
ApiResult<DocumentsWrite> parseDocumentsWriteQuery(const QueryParams &query);
/// The only parameter of deletions and edits.
ApiResult<std::optional<std::string>> parseCustomMetadataQuery(const QueryParams &query);

/// POST /documents/delete-batch: ids as texts, not validated (a node accepts anything in the list). Also the checks
/// of body and content type, which have their own words on this route.
ApiResult<std::vector<std::string>> parseDeleteBatch(std::optional<std::string_view> contentType,
                                                     const QByteArray &body);

/// POST /documents/delete
struct DeleteByFilter {
    std::string filter; ///< JSON text
};
ApiResult<DeleteByFilter> parseDeleteByFilterBody(const json::Value &body);
/// The filter, which must not be empty: invalid_document_filter.
ApiResult<FilterNode> deletionFilter(const DeleteByFilter &request, const Features &features);

/// POST /documents/edit
struct EditDocuments {
    std::optional<std::string> filter; ///< JSON text
    std::optional<std::string> context; ///< JSON text
    std::string function;
    [[nodiscard]] QByteArray toJson() const;
};
ApiResult<EditDocuments> parseEditBody(const json::Value &body);
ApiStatus checkEditFeature(const Features &features);
/// In a node's order: feature, (the function's syntax), filter, context. Gives the filter.
ApiResult<MaybeFilter> checkEdit(const EditDocuments &request, const Features &features, std::string_view indexUid);

} // namespace miroir::protocol
