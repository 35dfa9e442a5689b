// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace miroir::store {

/// What one entry of the operation log does to its index. Values are stored: never renumber.
enum class OperationKind : std::uint8_t {
    CreateIndex = 1, ///< argument: {"primaryKey":..}
    DeleteIndex = 2,
    SetPrimaryKey = 3, ///< argument: {"primaryKey":..}
    /// argument: {"logical": all logical settings after it, "node": body for PATCH /settings of a node}
    ApplySettings = 4,
    ReplaceDocuments = 5, ///< payload and documents
    UpdateDocuments = 6, ///< payload and documents
    DeleteDocuments = 7, ///< documents: ids only; argument: JSON array of ids
    ClearDocuments = 8,
    Nothing = 9, ///< keeps the place of a request that was accepted and cannot succeed; argument: {"error":..}
    SwapIndexes = 10, ///< argument: {"swaps":[..]}: only the names of physical indexes change, nodes see nothing
    RenameIndex = 11, ///< argument: {"from":..,"to":..}
};

/// One document of a record: where its bytes stand in the payload and what is stored with it.
struct LoggedDocument {
    std::uint64_t order = 0; ///< value of the hidden order field: when the id was first seen
    std::uint64_t hash = 0; ///< xxh3_64 of the canonical id: its shard at every level
    std::uint32_t begin = 0; ///< bytes of payload
    std::uint32_t length = 0;
};

/// One entry of the operation log: a request of a client, or a step that Miroir adds for itself.
struct LogRecord {
    LogOffset offset; ///< given by the store when it is appended
    std::string index; ///< physical index
    OperationKind kind = OperationKind::Nothing;
    std::optional<TaskUid> task; ///< the client's task; absent for steps of our own
    QByteArray argument; ///< JSON, by kind
    std::vector<LoggedDocument> documents;
    std::uint64_t payloadBytes = 0;
    std::string primaryKey; ///< for documents: the one that nodes are told
};

} // namespace miroir::store
