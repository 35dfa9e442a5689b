// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <string>
#include <unordered_set>

namespace miroir::merge {

/// Lets the best document of each value of the distinct attribute pass. A document with several values passes
/// only when none was seen; one without a value always does.
class Distinct
{
public:
    explicit Distinct(std::string path) : m_path(std::move(path)) { }
    /// Documents must come best first.
    [[nodiscard]] bool passes(const json::Value &document);

private:
    std::string m_path;
    std::unordered_set<std::string> m_seen;
};

} // namespace miroir::merge
