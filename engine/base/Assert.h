// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace miroir {

/// Prints what broke and aborts. Assertions stay on in release builds: a broken invariant must stop the
/// program before it can damage data.
[[noreturn]] void assertionFailed(const char *condition, const char *file, int line);

} // namespace miroir

/// For what must hold because of our own code. Never for input from outside: that is a Result.
#define MIROIR_ASSERT(condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) [[unlikely]]                                                             \
            ::miroir::assertionFailed(#condition, __FILE__, __LINE__);                             \
    } while (false)
