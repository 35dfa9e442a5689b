// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace miroir::localnode {

/// A UUID of version 7 (RFC 9562): 48 bits of milliseconds since 1970, the rest random. Thread-safe.
std::string freshUuidV7();

} // namespace miroir::localnode
