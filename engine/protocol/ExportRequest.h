// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "protocol/Task.h"
#include "json/Json.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

/// POST /export: which indexes go to which other server. Pure.
namespace miroir::protocol {

struct ExportIndex {
    std::optional<std::string> filter; ///< JSON text
    bool overrideSettings = false;
    std::optional<std::uint64_t> matchedDocuments; ///< of a finished export
    bool operator==(const ExportIndex &) const = default;
};

struct ExportRequest {
    std::string url;
    std::optional<std::string> apiKey; ///< a secret
    std::optional<std::uint64_t> payloadBytes; ///< of one request at the other server
    std::map<std::string, ExportIndex> indexes; ///< by index pattern
    bool operator==(const ExportRequest &) const = default;

    /// What the task keeps; the key is masked when it is shown.
    [[nodiscard]] TaskDetails details() const;
    /// The inverse, for an export that goes on after a restart.
    static Result<ExportRequest> fromDetails(const TaskDetails &details);
    /// The first pattern, in their order, that the index matches; nullptr: it is not exported.
    [[nodiscard]] const ExportIndex *of(std::string_view uid) const;
};
ApiResult<ExportRequest> parseExport(const json::Value &body);

/// `indexes` of the details: {"movies":{"filter":null,"overrideSettings":false,"matchedDocuments":9}}
std::string exportIndexesText(const std::map<std::string, ExportIndex> &indexes);

} // namespace miroir::protocol
