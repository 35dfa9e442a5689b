// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

/// Names of locales that settings and searches accept. Pure.
namespace miroir::protocol {

/// ISO 639-1 names, then ISO 639-3 ones, in the order of a node's error texts.
std::span<const char *const> localeNames();

} // namespace miroir::protocol
