// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SettingsPatch.h"

/// Pieces of settings as JSON, shared by whole settings and by patches. For this module only.
namespace miroir::protocol::settingsjson {

template <typename List>
void writeStrings(json::Writer &out, const List &list)
{
    out.beginArray();
    for (const std::string &item : list)
        out.string(item);
    out.endArray();
}
void writeFilterable(json::Writer &out, const std::vector<FilterableRule> &rules);
void writeForeignKeys(json::Writer &out, const std::vector<ForeignKey> &keys);
void writeRankingRules(json::Writer &out, const std::vector<RankingRule> &rules);
void writeSynonyms(json::Writer &out, const std::map<std::string, std::vector<std::string>> &synonyms);
void writeFacetOrders(json::Writer &out, const std::map<std::string, FacetOrder> &orders);
void writeEmbedder(json::Writer &out, const Embedder &embedder, bool maskSecrets);
void writeLocalized(json::Writer &out, const std::vector<LocalizedRule> &rules);

/// The template of documents that a node uses when none is given, quoted.
inline constexpr std::string_view defaultTemplateJson
    = "\"{% for field in fields %}{% if field.is_searchable and field.value != nil %}"
      "{{ field.name }}: {{ field.value }}\\n{% endif %}{% endfor %}\"";

/// Place of the members of `chat` inside each other: "searchParameters.limit" under "searchParameters".
inline constexpr std::string_view chatSearchPrefix = "searchParameters.";

} // namespace miroir::protocol::settingsjson
