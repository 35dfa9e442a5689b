// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/QueryContext.h"
#include "localnode/QueryGraph.h"

#include <string_view>
#include <vector>

namespace miroir::localnode {

/// A query taken apart.
struct ParsedQuery {
    std::vector<LocatedTerm> terms; ///< words and phrases, then words joined from neighbours
    QueryGraphPtr graph;
    std::vector<WordRef> negativeWords; ///< -word
    std::vector<PhraseRef> negativePhrases; ///< -"some words"
};

/// The last word is a prefix unless a separator follows it; what is in double quotes is a phrase; of more than ten
/// words and phrases the rest is ignored.
ParsedQuery parseQuery(QueryContext &context, std::string_view text);

} // namespace miroir::localnode
