// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexSet.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace miroir::localnode {

using FieldId = std::uint16_t;

/// One value of one document in a field that is filterable, sortable, distinct or used by a ranking rule.
struct FacetValue {
    FieldId field = 0;
    bool isNumber = false;
    double number = 0;
    const std::string *key = nullptr; ///< normalised text, owned by the store; null for numbers
    std::string original; ///< as written
};

/// Ascending numbers of documents.
using DocList = std::vector<std::uint32_t>;

/// Values of one field, each with its documents.
struct FacetColumn {
    std::map<double, DocList> numbers;
    std::map<std::string, DocList, std::less<>> strings; ///< by normalised text
    IndexSet exists, nulls, empties;
};

/// For sorting: every document's place in the order of values, so that ranking compares integers.
struct SortColumn {
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    struct Key {
        bool isNumber = false;
        double number = 0;
        const std::string *text = nullptr;
    };
    std::vector<Key> keys; ///< numbers ascending, then texts ascending
    std::vector<std::uint32_t> lowest, highest; ///< by document: index of the key that counts for asc and for desc
    std::uint32_t numberCount = 0;
};

/// Values of documents by field. Writers call add and remove; readers get columns.
class FacetStore
{
public:
    static constexpr std::size_t maxKeyBytes = 468; ///< a longer text is cut, as on a node

    [[nodiscard]] const FacetColumn *column(FieldId field) const;
    FacetColumn &columnFor(FieldId field);
    [[nodiscard]] const std::vector<FacetValue> &valuesOf(std::uint32_t doc) const;
    void addNumber(std::uint32_t doc, FieldId field, double number);
    void addString(std::uint32_t doc, FieldId field, std::string normalised, std::string_view original);
    void removeDocuments(const IndexSet &documents);
    void clear();
    /// Call after writes: makes lists ascending again and drops what was derived.
    void finish();

    [[nodiscard]] const SortColumn &sortColumn(FieldId field) const;
    /// Normalised texts of a field by their folded form, ascending: what facet search walks.
    [[nodiscard]] const std::map<std::string, std::vector<const std::string *>> &foldedTexts(FieldId field) const;

private:
    std::map<FieldId, FacetColumn> m_columns;
    std::vector<std::vector<FacetValue>> m_values;
    std::vector<DocList *> m_touched;
    mutable std::map<FieldId, std::unique_ptr<SortColumn>> m_sortColumns;
    mutable std::map<FieldId, std::map<std::string, std::vector<const std::string *>>> m_folded;
};

} // namespace miroir::localnode
