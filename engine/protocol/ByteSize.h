// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <cstdint>
#include <string>
#include <string_view>

/// Sizes as clients write and read them: "24MiB", "1.5 GB". Pure.
namespace miroir::protocol {

/// Bytes of a text such as "10", "10 B", "10KB", "10 KiB", case ignored; or why it is none, in a node's words.
Result<std::uint64_t, std::string> parseByteSize(std::string_view text);
/// The largest unit, decimal or binary, that does not exceed the size, with all its decimals: "24 MiB", "1.0005 MB".
std::string byteSizeText(std::uint64_t bytes);
/// The largest unit of which the size is a whole number: "1064 KiB".
std::string wholeByteSizeText(std::uint64_t bytes);

} // namespace miroir::protocol
