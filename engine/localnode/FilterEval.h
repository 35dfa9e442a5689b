// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexData.h"
#include "protocol/Filter.h"

#include <optional>
#include <string_view>

namespace miroir::localnode {

/// Documents that satisfy a filter. The filter was checked against the settings before (protocol/FilterCheck.h): here
/// an attribute that no document has selects nothing.
IndexSet evaluateFilter(const IndexData &data, const protocol::FilterNode &filter);
/// As Rust's parse::<f64>, finite numbers only.
std::optional<double> finiteFloat(std::string_view text);

} // namespace miroir::localnode
