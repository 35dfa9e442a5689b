// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"

/// How much of its stack a node may need for a Liquid template. It reads blocks, branches, conditions and brackets by
/// recursion without a limit: from 700 to 1,000 blocks inside each other its process ends, and so would that of every
/// other node that is asked the same. Pure.
namespace miroir::protocol {

/// Counts tags that begin something twice, brackets and conditions once. What is inside what is not looked at, for a
/// text can be made that another reader sees otherwise: this is what it takes at most.
std::size_t templateWeight(std::string_view text);
inline constexpr std::size_t templateWeightMax = 800;

/// Every string of the value is a template. Refused with that code, behind the prefix, when one is too heavy.
ApiStatus checkTemplateWeight(const json::Value &value, std::string_view code, std::string_view prefix = {});

} // namespace miroir::protocol
