// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexData.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace miroir::localnode {

struct FacetCounts {
    QByteArray distribution, stats; ///< JSON objects
};

/// Counts of the values of these facets (as in the request) over the candidates; the facets were checked.
FacetCounts countFacets(const IndexData &data, const std::vector<std::string> &facets, const IndexSet &candidates);

struct FacetHit {
    std::string value; ///< as written in the document with the lowest number
    std::uint64_t count = 0;
};
/// Values of one facet whose text resembles the query (nullopt: all), in the order of the settings.
std::vector<FacetHit> searchFacet(
    const IndexData &data, std::string_view facet, const std::optional<std::string> &query, const IndexSet &candidates);

} // namespace miroir::localnode
