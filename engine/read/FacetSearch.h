// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SearchRequest.h"
#include "read/Search.h"

namespace miroir::read {

/// POST /facet-search: values of one facet among the documents found, counted over the whole cluster. One front thread.
void facetSearch(const ReadContext &context, const protocol::FacetSearchRequest &request,
    const std::optional<std::string> &tenantFilter, OnBody done);

/// What a node with the logical settings would refuse, in its words and its order. Pure.
protocol::ApiStatus checkFacetSearch(const protocol::FacetSearchRequest &request, const protocol::Settings &settings,
    const std::string &indexUid, const protocol::Features &features);

} // namespace miroir::read
