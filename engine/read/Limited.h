// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>

namespace miroir::read {

/// Runs jobs 0 to count - 1, at most `atOnce` of them at a time, and then `done`, once. A job calls `finished` when it
/// has ended, at once or later; a job that never does keeps `done` from being called. One thread.
void runLimited(std::size_t count, std::size_t atOnce,
    std::function<void(std::size_t number, std::function<void()> finished)> job, std::function<void()> done);

} // namespace miroir::read
