// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/FacetForms.h"

#include "json/Json.h"
#include "merge/FacetMerge.h"

#include <algorithm>
#include <vector>

namespace miroir::merge {

Result<std::optional<FacetForms>, MergeError> firstForms(
    const FacetValues &values, const Tags &tags, const NodeAnswers &answers)
{
    const auto list = HitList::read(answers, totalMember(false), tags);
    if (!list)
        return list.err();
    if (list->total > list->hits.size() + list->pinned.size())
        return std::optional<FacetForms>();
    std::vector<const Hit *> hits;
    for (const std::vector<Hit> *some : {&list->hits, &list->pinned}) {
        for (const Hit &hit : *some)
            hits.push_back(&hit);
    }
    std::sort(hits.begin(), hits.end(), [](const Hit *a, const Hit *b) { return a->key.order < b->key.order; });
    std::set<std::string> facets;
    for (const FacetValue &value : values)
        facets.insert(value.facet);
    FacetForms forms;
    for (const Hit *hit : hits) {
        for (const std::string &facet : facets) {
            for (const auto &[key, value] : facetValues(hit->object, facet)) {
                FacetValue named {facet, key};
                if (value.isString() && values.contains(named))
                    forms.try_emplace(std::move(named), value.raw());
            }
        }
    }
    return std::optional(std::move(forms));
}

} // namespace miroir::merge
