// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"

#include <optional>
#include <string_view>

namespace miroir::localnode {

struct GeoPoint {
    double lat = 0, lng = 0; ///< degrees
};

/// Great-circle distance in metres by the haversine formula on a sphere of 6,371 km, rounded to millimetres as
/// the geoutils crate does, because distances are shown to clients.
double geoDistanceMetres(const GeoPoint &a, const GeoPoint &b);
/// A number, or a string that holds one.
std::optional<double> geoNumber(const json::Value &value);
/// The value of `_geo`: nullopt for null; the error of a node when it is no point.
protocol::ApiResult<std::optional<GeoPoint>> geoPointOf(std::string_view documentId, const json::Value &value);

} // namespace miroir::localnode
