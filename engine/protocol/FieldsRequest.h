// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "protocol/Settings.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// POST /indexes/{uid}/fields: every field with what the settings make of it. Pure.
namespace miroir::protocol {

struct FieldsFilter {
    std::optional<std::vector<std::string>> attributePatterns;
    std::optional<bool> displayed, searchable, sortable, distinct, rankingRule, filterable;
};

struct FieldsRequest {
    std::uint64_t offset = 0;
    std::uint64_t limit = 20;
    FieldsFilter filter;
};

ApiResult<FieldsRequest> parseFieldsRequest(const json::Value &body);

/// {results,offset,limit,total}. names: every field of the index, nested ones as dotted paths, in any order.
QByteArray fieldsToJson(std::vector<std::string> names, const Settings &settings, const FieldsRequest &request);

} // namespace miroir::protocol
