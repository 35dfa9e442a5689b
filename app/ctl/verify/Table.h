// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace miroir::ctl {

/// Columns aligned with spaces; the first row is the heading.
std::string table(const std::vector<std::vector<std::string>> &rows);

} // namespace miroir::ctl
