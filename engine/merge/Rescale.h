// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/HitList.h"

#include <vector>

namespace miroir::merge {

/// Makes the scores of several nodes comparable. How many typos a query may have at most depends on whether its words
/// are also found written together, so a node that holds no such document divides the rule into fewer ranks. One
/// node with all documents has the greatest number: the typo entries and scores become those of that. The order of
/// hits does not change. A score whose ranks cannot be found again stays as it is, and so do hits of vectors.
void rescale(std::vector<Hit> &hits);

} // namespace miroir::merge
