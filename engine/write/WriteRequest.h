// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "protocol/SettingsPatch.h"
#include "protocol/Task.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a client asks to be changed, checked by the front as far as that is possible without state. Values; made in a
/// front thread, carried out in the control thread.
namespace miroir::write {

struct BatchDocument {
    std::uint32_t begin = 0, length = 0; ///< slice of the payload
    std::string id; ///< canonical
    std::uint64_t hash = 0; ///< of the id
};

/// The documents of one request. The payload is what the client sent (JSON rows made of it, for CSV).
struct DocumentBatch {
    std::string uid; ///< logical index, for sentences
    QByteArray payload;
    std::vector<BatchDocument> documents;
    std::string primaryKey; ///< by which the ids were found; empty when that failed
    bool keyGiven = false; ///< the client named it
    std::optional<protocol::ApiError> failure; ///< what the task fails with: no usable key, a bad id
};

struct WriteRequest {
    enum class Kind : std::uint8_t {
        CreateIndex,
        UpdateIndex,
        DeleteIndex,
        Settings,
        Documents,
        DeleteDocuments,
        ClearDocuments,
        SwapIndexes,
    };
    Kind kind = Kind::CreateIndex;
    std::string uid; ///< logical index; unused for SwapIndexes
    std::optional<std::string> primaryKey; ///< CreateIndex, UpdateIndex
    std::optional<std::string> newUid; ///< UpdateIndex: a rename
    protocol::SettingsPatch patch; ///< Settings
    bool settingsReset = false; ///< Settings: a DELETE, which does not create the index
    bool partial = false; ///< Documents: PUT
    bool mayCreateIndex = true; ///< the caller's key allows indexes.create
    std::shared_ptr<DocumentBatch> batch; ///< Documents
    std::vector<std::string> ids; ///< DeleteDocuments, canonical; ids no document can have are left out
    std::uint64_t providedIds = 0; ///< DeleteDocuments: as many as the client named
    std::vector<protocol::TaskSwap> swaps; ///< SwapIndexes
    std::optional<std::string> customMetadata;
};

} // namespace miroir::write
