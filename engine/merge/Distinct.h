// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <string>
#include <unordered_set>
#include <vector>

namespace miroir::merge {

/// Lets the best document of each value of the distinct attribute pass. A document with several values passes
/// only when none was seen; one without a value always does.
class Distinct
{
public:
    explicit Distinct(std::string path) : m_path(std::move(path)) { }
    /// Documents must come best first.
    [[nodiscard]] bool passes(const json::Value &document) { return passes(keysOf(document)); }
    /// What two documents must have in common to exclude one another; of a document, each once.
    [[nodiscard]] std::vector<std::string> keysOf(const json::Value &document) const;
    [[nodiscard]] bool seen(const std::vector<std::string> &keys) const; ///< does any of them exclude the document?
    [[nodiscard]] bool allSeen(const std::vector<std::string> &keys) const; ///< each of them excludes it
    [[nodiscard]] bool passes(const std::vector<std::string> &keys);
    /// The key as a facet counts it.
    [[nodiscard]] static std::string facetKeyOf(const std::string &key) { return key.substr(1); }
    [[nodiscard]] static bool isNumber(const std::string &key) { return key.starts_with('n'); }
    [[nodiscard]] const std::unordered_set<std::string> &allSeen() const { return m_seen; }

private:
    std::string m_path;
    std::unordered_set<std::string> m_seen;
};

} // namespace miroir::merge
