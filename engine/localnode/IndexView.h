// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexData.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

/// Which parts of documents are shown: names of fields, where "a" shows everything below and "a.b" only that part.
class FieldSelection
{
public:
    enum class Match : std::uint8_t { None, Part, Whole };
    static FieldSelection all() { return FieldSelection(); }
    explicit FieldSelection(std::set<std::string> names) : m_names(std::move(names)) { }
    [[nodiscard]] Match match(std::string_view path) const;
    [[nodiscard]] bool isAll() const { return !m_names.has_value(); }

private:
    FieldSelection() = default;
    std::optional<std::set<std::string>> m_names;
};

/// Top-level members of a document in the order of their fields, without `_vectors`.
std::vector<json::Member> orderedMembers(const IndexData &data, const json::Value &document);
/// Writes the selected members (key and value) inside an object that is open.
void writeSelected(json::Writer &out, const IndexData &data, const json::Value &document,
                   const FieldSelection &selection);
/// The member `_vectors` of a document: {"name":{"embeddings":[[..]],"regenerate":false}}, with what else was stored.
std::string vectorsJson(const IndexData &data, DocId doc, const json::Value &document);
/// A whole document as the documents routes answer it.
QByteArray documentJson(const IndexData &data, DocId doc, const std::optional<std::vector<std::string>> &fields,
                        bool retrieveVectors);

/// Fields that a client asked for and may see, as attributesToRetrieve and displayedAttributes say.
FieldSelection retrievedFields(const IndexData &data, const std::optional<std::vector<std::string>> &attributes);
/// Fields that displayedAttributes shows.
FieldSelection displayedFields(const IndexData &data);

} // namespace miroir::localnode
