// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/DocumentGeo.h"

#include <string>

namespace miroir::protocol {

namespace {

Err<ApiError> bad(std::string message)
{
    return refuse("invalid_document_geo_field", std::move(message));
}

std::string remaining(const json::Value &object)
{
    std::string out = "{";
    for (const json::Member member : object.members()) {
        const std::string key = member.key();
        if (key == "lat" || key == "lng")
            continue;
        out += (out.size() > 1 ? "," : "") + json::quoted(key) + ':' + json::compact(member.value);
    }
    return out + '}';
}

} // namespace

std::optional<double> geoNumber(const json::Value &value)
{
    if (value.isNumber())
        return value.toDouble();
    if (!value.isString())
        return std::nullopt;
    // The grammar of JSON numbers is narrower than Rust's, but what differs ("+1", "1.", ".5") is accepted there.
    std::string text = value.toString();
    if (text.starts_with('+'))
        text.erase(0, 1);
    if (text.starts_with('.'))
        text.insert(0, 1, '0');
    if (text.ends_with('.'))
        text.push_back('0');
    const auto parsed = json::Document::parse(std::string_view(text));
    if (!parsed || !parsed->root().isNumber())
        return std::nullopt;
    return parsed->root().toDouble();
}

ApiResult<std::optional<GeoPoint>> geoPointOf(std::string_view documentId, const json::Value &value)
{
    const std::string id = '`' + json::quoted(documentId) + '`';
    if (!value.exists() || value.isNull())
        return std::optional<GeoPoint> {};
    if (!value.isObject())
        return bad("The `_geo` field in the document with the id: " + id + " is not an object. Was expecting an object "
                   "with the `_geo.lat` and `_geo.lng` fields but instead got `" + json::compact(value) + "`.");
    const json::Value lat = value["lat"];
    const json::Value lng = value["lng"];
    const std::string with = " in the document with the id: " + id + ". ";
    if (!lat.exists() && !lng.exists())
        return bad("Could not find latitude nor longitude" + with
                   + "Was expecting `_geo.lat` and `_geo.lng` fields.");
    if (!lat.exists())
        return bad("Could not find latitude" + with + "Was expecting a `_geo.lat` field.");
    if (!lng.exists())
        return bad("Could not find longitude" + with + "Was expecting a `_geo.lng` field.");
    if (const std::string rest = remaining(value); rest != "{}")
        return bad("The `_geo` field in the document with the id: " + id
                   + " contains the following unexpected fields: `" + rest + "`.");
    const auto latitude = geoNumber(lat);
    const auto longitude = geoNumber(lng);
    if (latitude && longitude)
        return std::optional<GeoPoint> {GeoPoint {*latitude, *longitude}};
    if (!latitude && !longitude)
        return bad("Could not parse latitude nor longitude" + with + "Was expecting finite numbers but instead got `"
                   + json::compact(lat) + "` and `" + json::compact(lng) + "`.");
    const bool isLat = !latitude;
    return bad(std::string("Could not parse ") + (isLat ? "latitude" : "longitude") + with
               + "Was expecting a finite number but instead got `" + json::compact(isLat ? lat : lng) + "`.");
}

} // namespace miroir::protocol
