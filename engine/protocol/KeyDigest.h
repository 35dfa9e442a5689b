// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// Digests behind keys and tokens. Pure.
namespace miroir::protocol {

enum class HashKind : std::uint8_t { Sha256, Sha384, Sha512 };
QByteArray hmac(HashKind kind, std::string_view key, std::string_view message);
/// Value of an API key: lower-case hex of HMAC-SHA256(master key, hyphenated lower-case uid).
std::string keyValue(std::string_view masterKey, std::string_view uid);
/// Compares in time that depends on the lengths only.
bool equalInConstantTime(std::string_view a, std::string_view b);
/// Is `token` the value of that key? Upper-case hex counts as well.
bool isKeyValue(std::string_view token, std::string_view masterKey, std::string_view uid);
std::string toBase64Url(std::string_view bytes); ///< without padding

} // namespace miroir::protocol
