// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace miroir::protocol {

/// Why a text is no absolute URL, in the words of a node ("relative URL without a base"), or nothing. Pure.
std::optional<std::string> urlProblem(std::string_view text);

} // namespace miroir::protocol
