// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Percent-encoding, the parts that paths and queries share. Pure.
namespace miroir::http {

/// The byte that the escape at text[at] (a '%') stands for; nullopt when no two hexadecimal digits follow.
std::optional<char> escapedByte(std::string_view text, std::size_t at);

enum class Plus : std::uint8_t { Literal, Space };

/// Decodes as Meilisearch does: a broken escape stays as it is, bytes that are no UTF-8 become U+FFFD.
std::string decodeLeniently(std::string_view text, Plus plus);

} // namespace miroir::http
