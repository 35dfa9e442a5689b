// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

/// What a task has to do, as far as its visible details do not say it.
struct NodeTaskContent {
    enum class Deletion : std::uint8_t { None, Ids, Filter, Clear };
    bool update = false; ///< documents: PUT
    bool skipCreation = false; ///< documents
    bool mayCreateIndex = true; ///< documents and settings: the key that sent it may create the index
    std::optional<std::string> primaryKey; ///< documents: the parameter
    Deletion deletion = Deletion::None; ///< documentDeletion
    std::string filter; ///< documentDeletion by filter: JSON text
    std::string rule; ///< dsrUpdate: uid of the search rule
    std::vector<std::uint32_t> uids; ///< taskCancelation, taskDeletion: what matched when it was enqueued

    bool operator==(const NodeTaskContent &) const = default;
    [[nodiscard]] QByteArray toText() const;
    static Result<NodeTaskContent> fromText(const QByteArray &text);
};

/// A payload is a list of byte strings (documents or ids), each behind its length in four bytes, little endian.
void appendPayload(QByteArray &payload, std::string_view item);
QByteArray packPayload(const std::vector<std::string_view> &items);
/// Slices of the payload; a failure when it is damaged.
Result<std::vector<std::string_view>> unpackPayload(const QByteArray &payload);

} // namespace miroir::localnode
