// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"

#include <QByteArray>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

/// Payloads of documents: JSON, NDJSON and CSV, visited document by document without a copy of the whole. Documents
/// of JSON and NDJSON are slices of the payload, byte for byte; a row of CSV is written as a JSON object. Pure.
namespace miroir::protocol {

struct PayloadFormat {
    enum class Kind : std::uint8_t { Json, NdJson, Csv };
    Kind kind = Kind::Json;
    char delimiter = ','; ///< of CSV
};

/// missing_content_type, invalid_content_type (also for a delimiter with anything but CSV).
ApiResult<PayloadFormat> payloadFormat(std::optional<std::string_view> contentType,
                                       std::optional<char> csvDelimiter);

/// Gets each document; false ends the walk early (which is no error). The slice is valid during the call only for
/// CSV, and as long as the payload for the others.
using DocumentVisitor = std::function<bool(std::string_view document)>;

/// The number of documents visited, or missing_payload, malformed_payload, internal (an array of no objects), in
/// Meilisearch's words. Documents before a malformed place have been visited then: keep nothing of them.
ApiResult<std::uint64_t> visitDocuments(std::string_view payload, PayloadFormat format,
                                        const DocumentVisitor &visit);

} // namespace miroir::protocol
