// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"

namespace miroir::protocol {

/// The code with that name, or null. For names that come from a node, which may say anything; errorCode() is for names
/// that are written in our own code.
const ErrorCode *findErrorCode(std::string_view name);

} // namespace miroir::protocol
