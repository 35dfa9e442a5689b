// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Assert.h"

#include <cstdio>
#include <cstdlib>

namespace miroir {

void assertionFailed(const char *condition, const char *file, int line)
{
    std::fprintf(stderr, "miroir: broken invariant: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

} // namespace miroir
