// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// YAML text as a tree with line numbers. Built from the parser's events, because its own tree
/// hides anchors, duplicate keys and where a value stood.
namespace miroir::config {

struct YamlMember;

struct YamlNode
{
    enum class Kind { Null, Scalar, List, Map, Alias };
    Kind kind = Kind::Null;
    std::string text {}; ///< of a scalar
    bool quoted = false; ///< written in quotes, so it is text whatever it looks like
    bool anchored = false;
    bool tagged = false; ///< has a tag other than !!str
    int line = 0; ///< from 1
    std::vector<YamlNode> items {};
    std::vector<YamlMember> members {}; ///< written order, duplicates kept
};

struct YamlMember
{
    std::string key;
    int line = 0;
    YamlNode value;
};

struct YamlProblem
{
    int line = 0; ///< 0: the text as a whole
    std::string expected;
};

struct YamlText
{
    YamlNode root; ///< Null when the text is empty
    std::vector<YamlProblem> problems; ///< the text cannot be read at all
};

/// Never throws. At most 1 MiB, 32 levels, one document.
YamlText readYaml(std::string_view text);

/// "text", "a list", "nothing" ... for messages.
std::string_view kindName(const YamlNode &node);

} // namespace miroir::config
