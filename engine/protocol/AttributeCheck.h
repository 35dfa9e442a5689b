// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "protocol/Settings.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What an index allows as sort, distinct, facet and attributesToSearchOn, with Meilisearch's sentences. Pure.
namespace miroir::protocol {

/// One sort criterion: `price:asc` or `_geoPoint(48.8, 2.3):desc`.
struct SortRule {
    std::string field; ///< empty for a geo point
    bool geo = false;
    double latitude = 0; ///< of a geo point
    double longitude = 0;
    bool ascending = true;
};
/// Codes: invalid_search_sort, invalid_document_sort.
ApiResult<SortRule> parseSortRule(std::string_view text, std::string_view code);
ApiResult<std::vector<SortRule>> parseSort(const std::vector<std::string> &texts, std::string_view code);

/// Of a search: needs `sort` among the ranking rules and sortable attributes. Hidden names are not listed.
ApiStatus checkSearchSort(const std::vector<SortRule> &sort, const Settings &settings, std::string_view indexUid);
/// Of a fetch of documents.
ApiStatus checkDocumentSort(const std::vector<SortRule> &sort, const std::set<std::string> &sortable);

/// The parameter `distinct`.
ApiStatus checkDistinct(std::string_view attribute, const Settings &settings, std::string_view indexUid);
/// `facets`: names, and patterns where some rule is an object or the pattern is a filterable name.
ApiStatus checkFacets(const std::vector<std::string> &facets, const std::vector<FilterableRule> &rules);
/// The fields that `facets` stands for, among those that documents have; in the given order.
std::vector<std::string> expandFacets(const std::vector<std::string> &facets,
                                      const std::vector<FilterableRule> &rules,
                                      const std::vector<std::string> &fields);
ApiStatus checkFacetName(std::string_view facet, const Settings &settings);
/// searchable: the fields that are searched now (for `*` all that documents have).
ApiStatus checkSearchOn(const std::vector<std::string> &attributes, const Settings &settings,
                        const std::vector<std::string> &searchable, std::string_view indexUid);

/// The first rule that covers the field, if it allows filtering.
bool isFilterable(std::string_view field, const std::vector<FilterableRule> &rules);

} // namespace miroir::protocol
