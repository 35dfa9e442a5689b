// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verify/IndexProfile.h"

namespace miroir::ctl {

/// Of an index with two documents. In a file of its own: moc of Qt 6.4 misreads raw strings with brackets.
inline IndexProfile sampleProfile()
{
    const auto settings = json::Document::parse(std::string_view(
        R"({"searchableAttributes":["*"],"filterableAttributes":["genre",{"attributePatterns":["y*"]},"_geo"],)"
        R"("sortableAttributes":["year","_geo"],"distinctAttribute":null,)"
        R"("embedders":{"e":{"source":"userProvided","dimensions":2}},)"
        R"("faceting":{"sortFacetValuesBy":{"*":"alpha","genre":"count"}}})"));
    const auto documents = json::Document::parse(std::string_view(
        R"([{"id":1,"title":"The \"Big\" Wheel","genre":["a","b \"c\""],"year":1999,"_geo":{"lat":1.5,"lng":2.0}},)"
        R"({"id":2,"title":"Stormy weather","genre":null,"year":2001.5,"cast":[{"name":"Ida"}]}])"));
    return IndexProfile::make("movies", "id", settings->root(), documents->root());
}

} // namespace miroir::ctl
