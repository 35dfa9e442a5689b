// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/SearchMerge.h"

namespace miroir::merge {

/// One of the client's sort expressions for documents.
struct SortBy {
    std::string field; ///< dotted path; empty for a distance
    bool ascending = true;
    double lat = 0, lng = 0; ///< when field is empty: the point of _geoPoint(lat,lng)
};

struct DocumentsRequest {
    std::uint64_t offset = 0, limit = 20;
    std::vector<SortBy> sort; ///< as the client gave it; order of insertion after that
    std::optional<std::vector<std::string>> fields; ///< `fields` of the client; nothing or with "*": all
};

struct MergedDocuments {
    QByteArray results; ///< a JSON array
    std::uint64_t count = 0; ///< documents in it
    std::uint64_t total = 0;
};

/// Answers of GET /documents or POST /documents/fetch, each asked with offset 0, limit offset + limit, the
/// client's sort followed by `_miroir_ord:asc`, and (when fields is a list) `_miroir_ord` and the sort fields
/// added to it.
[[nodiscard]] Result<MergedDocuments, MergeError> mergeDocuments(
    const DocumentsRequest &request, const NodeAnswers &answers);

/// {"results":[..],"offset":o,"limit":l,"total":t}
[[nodiscard]] QByteArray writeDocuments(const DocumentsRequest &request, const MergedDocuments &merged);

/// A document without the members whose name begins with `_miroir_`; all other bytes as they are. Fails when
/// the text is no JSON object.
[[nodiscard]] Result<QByteArray> stripHidden(const QByteArray &document);
/// The same for many: an array of documents.
[[nodiscard]] Result<QByteArray> stripHiddenEach(const QByteArray &documents);

} // namespace miroir::merge
