// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Which characters part words, as Meilisearch v1.50 has it: punctuation and mathematical signs of Unicode 12 without
/// `< = > | ~`, plus control characters that are white space and the back quote. Pure tables.
namespace miroir::localnode {

bool isSeparatorCode(char32_t c);
/// Ends a sentence or a paragraph: words on its two sides are eight positions apart instead of one.
bool isHardSeparatorCode(char32_t c);
/// Combining marks that are dropped from words of Latin, Greek, Hebrew, Arabic and Thai script.
bool isRemovedMark(char32_t c);

} // namespace miroir::localnode
