// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace miroir::merge {

/// A filter for the documents that have one of these values of the distinct attribute: plain text, for a node; empty
/// when there are no values. keys: Distinct::keysOf(), of which numbers and texts do not meet. In a filter they do: `7`
/// and `"7"` both stand for the number and the text. With `ranges` (the attribute may be compared) the filter tells
/// them apart; without, it takes them for the same. Pure.
[[nodiscard]] std::string valueFilter(
    const std::string &attribute, const std::vector<std::string> &keys, bool ranges);

} // namespace miroir::merge
