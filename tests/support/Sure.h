// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <stdexcept>
#include <utility>

namespace miroir::test {

/// The value of a result that a test cannot go on without; throws its message when there is none.
template <typename T, typename E>
T sure(Result<T, E> result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
    return std::move(*result);
}

} // namespace miroir::test
