// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Distinct.h"

#include "merge/Selection.h"
#include "merge/Text.h"

#include <algorithm>
#include <vector>

namespace miroir::merge {

namespace {

/// Texts and numbers never meet: the first character tells them apart. A node treats true and false as texts.
void addKey(const json::Value &value, std::vector<std::string> &keys)
{
    if (value.isString())
        keys.push_back('s' + normaliseFacet(value.toString()));
    else if (value.isBool())
        keys.push_back('s' + std::string(value.raw()));
    else if (value.isNumber())
        keys.push_back('n' + json::formatDouble(value.toDouble() + 0.0)); // -0 is 0
}

} // namespace

bool Distinct::passes(const json::Value &document)
{
    std::vector<std::string> keys;
    visitLeaves(document, m_path, [&keys](const json::Value &value) {
        if (!value.isArray()) {
            addKey(value, keys);
            return;
        }
        for (const json::Value item : value.items())
            addKey(item, keys);
    });
    const bool seen = std::any_of(keys.begin(), keys.end(),
        [this](const std::string &key) { return m_seen.contains(key); });
    if (!seen)
        m_seen.insert(keys.begin(), keys.end());
    return !seen;
}

} // namespace miroir::merge
