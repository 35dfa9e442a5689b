// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Task.h"
#include "json/Json.h"

#include <functional>

/// POST /swap-indexes. Pure.
namespace miroir::protocol {

/// Shape and duplicates. `allowed` tells if the caller may touch an index; the order of refusals is that of a node.
ApiResult<std::vector<TaskSwap>> parseSwapIndexes(
    const json::Value &body, const std::function<bool(std::string_view)> &allowed);
/// What the task fails with when indexes are missing (index_not_found), or nothing. With `rename` the second index of
/// a pair must not exist (index_already_exists).
std::optional<ApiError> checkSwaps(
    const std::vector<TaskSwap> &swaps, const std::function<bool(std::string_view)> &exists);

} // namespace miroir::protocol
