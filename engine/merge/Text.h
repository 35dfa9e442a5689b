// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <deque>
#include <string>
#include <string_view>

namespace miroir::merge {

/// Texts of JSON strings as slices: of the document itself where nothing is escaped, else of a decoded copy
/// kept here.
class TextStore
{
public:
    [[nodiscard]] std::string_view keep(std::string text)
    {
        return m_kept.emplace_back(std::move(text));
    }
    /// Empty when the value is no string.
    [[nodiscard]] std::string_view text(const json::Value &string)
    {
        if (!string.isString())
            return {};
        const std::string_view raw = string.raw();
        if (raw.find('\\') != std::string_view::npos)
            return keep(string.toString());
        return raw.substr(1, raw.size() - 2);
    }

private:
    std::deque<std::string> m_kept; // addresses must stay
};

/// A normalised text without the marks that stand on letters (accents).
[[nodiscard]] std::string withoutMarks(std::string_view normalised);

/// A facet value as a node compares it: white space around removed, NFKD, lower case, cut to 468 bytes.
[[nodiscard]] std::string normaliseFacet(std::string_view utf8);

} // namespace miroir::merge
