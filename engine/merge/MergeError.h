// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <string>

namespace miroir::merge {

/// Why there is no merged answer: which answer (index into the list given) and what is wrong with it.
struct MergeError {
    std::size_t answer = 0;
    std::string reason;
    [[nodiscard]] std::string message() const ///< "answer 2: hits is not an array"
    {
        return "answer " + std::to_string(answer) + ": " + reason;
    }
};

inline Err<MergeError> refuse(std::size_t answer, std::string reason)
{
    return Err<MergeError> {MergeError {answer, std::move(reason)}};
}

} // namespace miroir::merge
