// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "merge/HitList.h"
#include "merge/MergeError.h"

#include <map>
#include <optional>
#include <set>
#include <string>

/// A value of a facet is shown as its first document writes it. Nodes that write it in different ways leave open which
/// of them holds that document; the documents tell.
namespace miroir::merge {

/// A value of a facet in its normalised form.
struct FacetValue {
    std::string facet, key;
    auto operator<=>(const FacetValue &) const = default;
};
using FacetValues = std::set<FacetValue>;
/// How each is shown: raw JSON strings.
using FacetForms = std::map<FacetValue, std::string>;

/// The forms in the first documents of the hits; answers with the fields of the facets and the hidden order. Nothing
/// when an answer does not hold all that its node found.
[[nodiscard]] Result<std::optional<FacetForms>, MergeError> firstForms(
    const FacetValues &values, const Tags &tags, const NodeAnswers &answers);

} // namespace miroir::merge
