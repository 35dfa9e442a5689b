// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "protocol/SettingsPatch.h"
#include "protocol/Task.h"

#include <QByteArray>

#include <deque>
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
    bool hasGeo = false, hasVectors = false; ///< has the member `_geo`, `_vectors`
};

/// The documents of one request. The payload is what the client sent (JSON rows made of it, for CSV).
struct DocumentBatch {
    std::string uid; ///< logical index, for sentences
    QByteArray payload;
    std::deque<BatchDocument> documents; ///< millions in a large upload: never copied while it grows
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
        DeleteByFilter, ///< depends on what the index holds: see WaitingRoom
        EditDocuments, ///< the same
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
    bool skipCreation = false; ///< Documents: ids that do not exist are left out
    std::optional<std::string> filter; ///< DeleteByFilter, EditDocuments: JSON text
    std::optional<std::string> context; ///< EditDocuments: JSON text of an object
    std::string function; ///< EditDocuments
    std::optional<std::string> customMetadata;

    /// True when what it does can only be told once everything before it is applied.
    [[nodiscard]] bool needsBarrier() const { return kind == Kind::DeleteByFilter || kind == Kind::EditDocuments; }
    /// Indexes that it concerns.
    [[nodiscard]] std::vector<std::string> indexUids() const;
    /// For the store, without the payload of `batch`; read back with it, and without its documents when it
    /// is not given. The ids of the documents are found anew.
    [[nodiscard]] QByteArray toText() const;
    static Result<WriteRequest> fromText(const QByteArray &text, QByteArray payload);
};

} // namespace miroir::write
