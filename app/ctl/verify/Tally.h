// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verify/Compare.h"
#include "verify/Replay.h"

#include <map>
#include <string>
#include <vector>

namespace miroir::ctl {

/// Counts what a verification found and writes it down. Pure.
class Tally
{
public:
    void same() { ++m_same; }
    void different(const Replay &replay, std::vector<Difference> differences);
    /// A line of the recording, from 1, that was not replayed.
    void skipped(std::size_t line, const std::string &why);

    [[nodiscard]] std::size_t requests() const { return m_same + m_different.size(); }
    [[nodiscard]] std::size_t unexplained() const; ///< requests
    /// Columns for people. verbose: documented differences one by one as well.
    [[nodiscard]] std::string human(bool verbose) const;
    [[nodiscard]] std::string json(bool verbose) const;

private:
    struct Case {
        Replay replay;
        std::vector<Difference> differences;
        [[nodiscard]] bool documented() const;
    };
    struct Skip {
        std::size_t line;
        std::string why;
    };
    /// Requests by class and reason.
    [[nodiscard]] std::map<std::pair<DifferenceClass, Reason>, std::size_t> counts() const;
    [[nodiscard]] std::size_t equalHits() const; ///< requests whose documents stand in the same order

    std::size_t m_same = 0;
    std::vector<Case> m_different;
    std::vector<Skip> m_skipped;
};

} // namespace miroir::ctl
