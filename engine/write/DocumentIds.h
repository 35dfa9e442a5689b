// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/DocumentsPayload.h"
#include "protocol/Error.h"
#include "write/WriteRequest.h"

#include <optional>
#include <string_view>

/// Which documents a payload holds. Pure; used by the fronts, and by the sequencer when the primary key that the front
/// knew has changed meanwhile.
namespace miroir::write {

/// Splits a payload and finds the ids. A malformed payload is refused at once; a bad id or no usable key is what the
/// task fails with (batch.failure). givenKey: named by the client; knownKey: the index has it (wins for finding ids, a
/// clash is judged by the sequencer).
protocol::ApiResult<DocumentBatch> readBatch(const std::string &uid, QByteArray payload,
    protocol::PayloadFormat format, const std::optional<std::string> &givenKey,
    const std::optional<std::string> &knownKey);

/// Finds the id of every document by that key and fills in id and hash; sets batch.failure when one has no usable id or
/// a reserved field.
void findIds(DocumentBatch &batch, std::string_view primaryKey);

} // namespace miroir::write
