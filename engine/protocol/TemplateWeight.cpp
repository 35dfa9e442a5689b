// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/TemplateWeight.h"

#include <algorithm>

namespace miroir::protocol {

namespace {

bool isWordLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The word that begins there, behind what is no word.
std::string_view nextWord(std::string_view text, std::size_t from)
{
    while (from < text.size() && !isWordLetter(text[from]))
        ++from;
    std::size_t to = from;
    while (to < text.size() && isWordLetter(text[to]))
        ++to;
    return text.substr(from, to - from);
}

} // namespace

std::size_t templateWeight(std::string_view text)
{
    std::size_t weight = static_cast<std::size_t>(std::count(text.begin(), text.end(), '['));
    for (std::size_t at = text.find("{%"); at != std::string_view::npos; at = text.find("{%", at + 2)) {
        if (!nextWord(text, at + 2).starts_with("end"))
            weight += 2;
    }
    for (std::string_view word = nextWord(text, 0); !word.empty();) {
        weight += word == "and" || word == "or" ? 1U : 0U;
        word = nextWord(text, static_cast<std::size_t>(word.data() - text.data()) + word.size());
    }
    return weight;
}

ApiStatus checkTemplateWeight(const json::Value &value, std::string_view code, std::string_view prefix)
{
    if (value.isString()) {
        if (templateWeight(value.toString()) <= templateWeightMax)
            return Done {};
        return refuse(code,
            std::string(prefix) + "a template of a cluster may have " + std::to_string(templateWeightMax / 2)
                + " tags, counting two brackets or conditions as one: more can end the process of a node.");
    }
    for (const json::Value item : value.items()) {
        if (auto s = checkTemplateWeight(item, code, prefix); !s)
            return s;
    }
    for (const json::Member member : value.members()) {
        if (auto s = checkTemplateWeight(member.value, code, prefix); !s)
            return s;
    }
    return Done {};
}

} // namespace miroir::protocol
