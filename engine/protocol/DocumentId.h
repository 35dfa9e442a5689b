// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Document ids and primary keys. 1 and "1" are the same document: the canonical form is the text. Pure.
namespace miroir::protocol {

/// 1 to 511 bytes of [A-Za-z0-9_-].
bool isDocumentId(std::string_view text);
/// "Document identifier `..` is invalid. .."
std::string documentIdProblem(const json::Value &id);
/// The text of a string or an integer; else invalid_document_id (or another code).
ApiResult<std::string> canonicalId(const json::Value &id, std::string_view code = "invalid_document_id");
ApiResult<std::string> canonicalIdJson(std::string_view json, std::string_view code = "invalid_document_id");

/// The id inside a document (an object, as visitDocuments gives it). The key may name a nested field ("a.b"),
/// written nested or flat. missing_document_id, invalid_document_id (also when several fields match).
ApiResult<std::string> documentId(std::string_view document, std::string_view primaryKey);
ApiResult<std::string> documentId(const json::Value &document, std::string_view primaryKey);

/// The key that a node chooses when none is known: the only member of the first document whose name ends with `id`.
/// index_primary_key_no_candidate_found (also for no document: pass an absent value),
/// index_primary_key_multiple_candidates_found.
ApiResult<std::string> inferPrimaryKey(const json::Value &firstDocument);
ApiResult<std::string> inferPrimaryKeyJson(std::string_view firstDocument); ///< empty: no document
ApiError primaryKeyAlreadyExists(std::string_view primaryKey); ///< index_primary_key_already_exists
ApiError documentNotFound(std::string_view id);

} // namespace miroir::protocol
