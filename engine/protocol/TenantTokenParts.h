// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/KeyDigest.h"
#include "protocol/TenantToken.h"

/// The parts of a token, decoded strictly and refused in the words of a node. For this module only.
namespace miroir::protocol::tokenparts {

/// Unpadded base64url (RFC 4648, section 5) without stray bits; the error names the first bad symbol.
Result<std::string, std::string> decodeBase64Url(std::string_view text);

/// The algorithm; nothing for one that is well known but not symmetric.
Result<std::optional<HashKind>, std::string> readHeader(std::string_view json);

struct Claims
{
    TenantToken token;
    bool hasAudience = false; ///< such a token is meant for somebody else
};
Result<Claims, std::string> readClaims(std::string_view json);

} // namespace miroir::protocol::tokenparts
