// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/Text.h"

#include <QByteArray>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::merge {

/// Writes an object member by member as slices; commas are set here.
class SliceObject
{
public:
    explicit SliceObject(QByteArray &out) : m_out(out) { m_out += '{'; }
    void member(const json::Member &member); ///< name and value as written
    void name(std::string_view rawName); ///< then the value is appended by the caller
    void close() { m_out += '}'; }

private:
    QByteArray &m_out;
    bool m_first = true;
};

/// A set of attribute names or dotted paths that is applied to documents as a node applies
/// attributesToRetrieve: `a` selects everything below it, `a.b` goes into objects and into the objects of
/// arrays, and a key that itself contains dots is matched too. Hidden members (`_miroir_*`) at the top are
/// never selected.
class Selection
{
public:
    Selection() = default; ///< everything
    explicit Selection(std::optional<std::vector<std::string>> names) : m_names(std::move(names)) { }
    /// Nothing or a list with "*" is everything.
    static Selection of(const std::optional<std::vector<std::string>> &list);
    /// Names that are in both, literally: a node compares names of fields, not paths.
    static Selection both(const Selection &a, const Selection &b);
    static Selection either(const Selection &a, const Selection &b);

    [[nodiscard]] bool everything() const { return !m_names; }
    [[nodiscard]] bool nothing() const { return m_names && m_names->empty(); }
    [[nodiscard]] bool has(std::string_view name) const; ///< the name itself is in it, or everything is
    [[nodiscard]] bool hasLeaf(std::string_view path) const; ///< the path or something above it is in it

    /// Appends the selected part of the document: whole slices wherever a member is kept whole.
    void append(QByteArray &out, const json::Value &object) const;
    /// The same for one member of an object that is being written; `name` is the member's decoded name.
    void appendMember(
        SliceObject &writer, QByteArray &out, const json::Member &member, std::string_view name) const;

private:
    std::optional<std::vector<std::string>> m_names;
};

[[nodiscard]] bool isHidden(std::string_view name); ///< begins with _miroir_

/// Visits every value that the path leads to, as a node finds facet values: literal keys, objects, objects in arrays.
void visitLeaves(const json::Value &object, std::string_view path,
    const std::function<void(const json::Value &)> &visit);

} // namespace miroir::merge
