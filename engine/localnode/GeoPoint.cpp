// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/GeoPoint.h"

#include <cmath>
#include <numbers>

namespace miroir::localnode {

namespace {

double radians(double degrees)
{
    return degrees * (std::numbers::pi / 180.0);
}

double haversine(double theta)
{
    return (1.0 - std::cos(theta)) / 2.0;
}

} // namespace

double geoDistanceMetres(const GeoPoint &a, const GeoPoint &b)
{
    const double phi1 = radians(a.lat);
    const double phi2 = radians(b.lat);
    const double part = std::cos(phi1) * std::cos(phi2) * haversine(radians(b.lng) - radians(a.lng));
    const double total = haversine(phi2 - phi1) + part;
    return std::round(2.0 * 6371e3 * std::asin(std::sqrt(total)) * 1000.0) / 1000.0;
}

} // namespace miroir::localnode
