// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "json/Json.h"
#include "localnode/FacetStore.h"
#include "protocol/Settings.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace miroir::localnode {

inline constexpr std::string_view geoField = "_geo";
inline constexpr std::string_view geoLatField = "_geo.lat";
inline constexpr std::string_view geoLngField = "_geo.lng";
inline constexpr std::string_view vectorsField = "_vectors";
inline constexpr std::string_view geojsonField = "_geojson";

/// What the settings say about a field.
struct FieldRules {
    bool searchable = false;
    std::uint16_t weight = 0; ///< place in searchableAttributes; 0 for all when every field is searchable
    bool exact = false; ///< no typos in this field
    bool faceted = false; ///< values are kept for filters, sort, distinct or ranking rules
    bool facetParent = false; ///< it or something below it is faceted
};

/// Names of fields, numbered in the order in which they first appeared; nested ones by dotted name ("a.b").
class IndexFields
{
public:
    static constexpr std::size_t limit = 65'535;

    [[nodiscard]] std::optional<FieldId> find(std::string_view name) const;
    /// Adds it; nullopt when there is no room for another field.
    std::optional<FieldId> idOf(std::string_view name);
    [[nodiscard]] const std::string &name(FieldId id) const { return m_names[id]; }
    [[nodiscard]] const std::vector<std::string> &names() const { return m_names; }
    [[nodiscard]] const FieldRules &rules(FieldId id) const { return m_rules[id]; }
    void setNames(const std::vector<std::string> &names);
    void applySettings(const protocol::Settings &settings);
    /// Weight of the last searchable attribute; nullopt when every field is searchable.
    [[nodiscard]] std::optional<std::uint16_t> maxWeight() const { return m_maxWeight; }
    [[nodiscard]] std::vector<FieldId> searchableIds() const; ///< by weight, then number

private:
    [[nodiscard]] FieldRules rulesFor(std::string_view name) const;

    protocol::Settings m_settings;
    std::vector<std::string> m_names;
    std::vector<FieldRules> m_rules;
    std::unordered_map<std::string, FieldId, StringHash, std::equal_to<>> m_ids;
    std::optional<std::uint16_t> m_maxWeight;
};

/// True for fields that Meilisearch keeps for itself: no words, facets only where stated.
bool isReservedField(std::string_view topLevelName);

/// Visits a value and everything in it: name (dotted), whether it stands alone or inside an array, the value.
/// Objects and nested arrays are visited themselves before their contents; a top-level array is not.
using LeafVisit = std::function<void(const std::string &name, bool insideArray, const json::Value &value)>;
void visitLeaves(const std::string &name, const json::Value &value, const LeafVisit &visit);

} // namespace miroir::localnode
