// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"

#include <optional>
#include <string_view>

/// `_geo` of documents. Pure.
namespace miroir::protocol {

struct GeoPoint {
    double lat = 0, lng = 0; ///< degrees
};

/// A number, or a string that holds one.
std::optional<double> geoNumber(const json::Value &value);
/// The value of `_geo`: nullopt for null; the error of a node when it is no point.
ApiResult<std::optional<GeoPoint>> geoPointOf(std::string_view documentId, const json::Value &value);

} // namespace miroir::protocol
