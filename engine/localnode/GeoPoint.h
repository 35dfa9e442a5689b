// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/DocumentGeo.h"

namespace miroir::localnode {

using protocol::geoNumber;
using protocol::GeoPoint;
using protocol::geoPointOf;

/// Great-circle distance in metres by the haversine formula on a sphere of 6,371 km, rounded to millimetres as
/// the geoutils crate does, because distances are shown to clients.
double geoDistanceMetres(const GeoPoint &a, const GeoPoint &b);

} // namespace miroir::localnode
