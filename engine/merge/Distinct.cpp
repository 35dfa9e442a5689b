// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Distinct.h"

#include "merge/FacetMerge.h"
#include "merge/Selection.h"

#include <algorithm>

namespace miroir::merge {

namespace {

/// Texts and numbers never meet: the first character tells them apart. A node treats true and false as texts.
void addKey(const json::Value &value, std::vector<std::string> &keys)
{
    if (value.isString() || value.isBool())
        keys.push_back('s' + facetKey(value));
    else if (value.isNumber())
        keys.push_back('n' + facetKey(value));
}

} // namespace

std::vector<std::string> Distinct::keysOf(const json::Value &document) const
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
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

bool Distinct::seen(const std::vector<std::string> &keys) const
{
    return std::any_of(
        keys.begin(), keys.end(), [this](const std::string &key) { return m_seen.contains(key); });
}

bool Distinct::allSeen(const std::vector<std::string> &keys) const
{
    return std::all_of(
        keys.begin(), keys.end(), [this](const std::string &key) { return m_seen.contains(key); });
}

bool Distinct::passes(const std::vector<std::string> &keys)
{
    const bool pass = !seen(keys);
    if (pass)
        m_seen.insert(keys.begin(), keys.end());
    return pass;
}

} // namespace miroir::merge
